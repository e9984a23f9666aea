"""A program that imports the trainer once and forks a process for every line it reads.

A line of JSON in: ``{"config": …, "resume": false, "die_at": 0}``. Lines out: ``pid <n>`` when that process
starts to train, ``ended <exit code>`` when it has ended (-9 for SIGKILL).
"""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[3]))

import torch

from train.config import TrainConfig
from train.loop import fit

WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def train(config: TrainConfig, resume: bool, die_at: int) -> None:
    """Train to the end, or die before it touches the run's folder for the n-th time."""
    touches = 0

    def count(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal touches
        opened = event == "open" and arguments[2] & WRITES
        if not opened and event not in ("os.rename", "os.remove", "os.mkdir"):
            return
        if str(arguments[0]).startswith(config.out):
            touches += 1
            if touches == die_at:
                os.kill(os.getpid(), signal.SIGKILL)

    if die_at:
        sys.addaudithook(count)
    for _ in fit(config, resume=resume):
        pass


def main() -> None:
    torch.set_num_threads(1)
    warmed = False
    for line in sys.stdin:
        order = json.loads(line)
        config = TrainConfig.from_json(order["config"])
        if not warmed:  # what the first step of a process takes long for, the children inherit
            with TemporaryDirectory() as folder:
                train(dataclasses.replace(config, out=f"{folder}/run", steps=2), False, 0)
            warmed = True
        child = os.fork()
        if not child:
            print("pid", os.getpid(), flush=True)
            train(config, order["resume"], order["die_at"])
            os._exit(0)
        _, status = os.waitpid(child, 0)
        print("ended", os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
