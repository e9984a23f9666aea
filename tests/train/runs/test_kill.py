"""Real processes ended by SIGKILL, at random moments and at every step of a save, lose nothing.

A fork server imports torch once, so that a process to kill costs little.
"""

from __future__ import annotations

import dataclasses
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
from support import assert_same_tensors, train_config

from pix2pix.checkpoint import CONFIG, load_checkpoint
from train.config import TrainConfig
from train.loop import fit
from train.runs.run import STATE, RunFolder

KILLS = 8
STEPS = 400

pytestmark = pytest.mark.skipif(os.name != "posix", reason="there is no SIGKILL")


def recipe(data: Path, out: Path, **changes: Any) -> TrainConfig:
    """Every source of randomness on, and nearly all the time spent in saving."""
    values = {"image_size": 16, "load_size": 18, "redraw": 0.8, "colour_hints": 0.5, "save_every": 1e-9}
    return train_config(data, out, **{**values, **changes})


class Server:
    """The fork server, seen from the test."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("fork_server.py"))],
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self, config: TrainConfig, die_at: int = 0) -> int:
        """Begin or resume the run in a new process; its id."""
        order = {"config": config.to_json(), "resume": has_begun(Path(config.out)), "die_at": die_at}
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return self._read("pid")

    def ended(self) -> int:
        """Wait for it to end; its exit code."""
        return self._read("ended")

    def _read(self, expected: str) -> int:
        assert self.process.stdout is not None
        word, number = self.process.stdout.readline().split()
        assert word == expected
        return int(number)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Processes that start with everything imported."""
    server = Server()
    yield server
    assert server.process.stdin is not None
    server.process.stdin.close()
    server.process.wait()


def has_begun(run: Path) -> bool:
    return (run / "config.json").exists()


def saved_step(run: Path) -> int:
    """The step of the saved state, read without its tensors; 0 where there is none."""
    if not (run / STATE).exists():
        return 0
    with open(run / STATE, "rb") as file:  # opened once, as it may be replaced at any time
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
    return json.loads(header["__metadata__"]["values"])["step"]


def assert_whole(run: Path) -> None:
    """What a person finds after a kill can be loaded, state and model."""
    if RunFolder(run).has_state():
        RunFolder(run).load_state()
    if (run / "checkpoint" / CONFIG).exists():
        load_checkpoint(run / "checkpoint")


def result(run: Path) -> tuple[dict[str, torch.Tensor], list[dict[str, Any]]]:
    """All tensors of the state and of the model, and the log without its times."""
    tensors, _ = RunFolder(run).load_state()
    model = load_checkpoint(run / "checkpoint")
    for name, network in (("g", model.generator), ("d", model.discriminator)):
        tensors.update({f"model/{name}/{key}": t for key, t in network.state_dict().items()})
    log = run / "metrics.jsonl"
    lines = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
    wanted = ("step", "images_seen", "progress", "learning_rate", "losses")
    steps = [line for line in lines if "losses" in line]  # beside those of the sample sheets
    return tensors, [{name: line[name] for name in wanted} for line in steps]


def assert_same_end(ours: Path, theirs: Path) -> None:
    (tensors, log), (other_tensors, other_log) = result(ours), result(theirs)
    assert_same_tensors(tensors, other_tensors)
    assert log == other_log  # each step once
    assert not list(ours.rglob(".*"))  # and nothing half-written is left


def how_long(config: TrainConfig, server: Server) -> tuple[float, float]:
    """Seconds from a start to its first save and from one save to the next, on this machine now."""
    run, moments = Path(config.out), []
    process = server.start(config)  # after the server has imported everything
    began = time.monotonic()
    for step in (1, 11):
        while saved_step(run) < step:
            time.sleep(0.001)
        moments.append(time.monotonic() - began)
    os.kill(process, signal.SIGKILL)
    assert server.ended() == -signal.SIGKILL
    return moments[0], (moments[1] - moments[0]) / 10


def test_killed_at_random_moments(shapes: Path, tmp_path: Path, server: Server) -> None:
    rng = random.Random(0)
    start, save = how_long(recipe(shapes, tmp_path / "pace", steps=STEPS), server)
    run, at_kills = tmp_path / "run", [0]
    config = recipe(shapes, run, steps=STEPS)
    for _ in range(KILLS):
        more = rng.choice([0, 0, 1, 2])  # 0: while it starts, or about its first step
        process = server.start(config)
        while saved_step(run) < at_kills[-1] + more:
            time.sleep(0.001)
        time.sleep(rng.uniform(0.0, 2 * save if more else start))
        os.kill(process, signal.SIGKILL)
        assert server.ended() == -signal.SIGKILL
        assert_whole(run)
        at_kills.append(saved_step(run))
    assert len(set(at_kills)) > KILLS / 3  # spread over the run
    assert at_kills[-1] < STEPS

    quiet = {"save_every": 1e6}
    for _ in fit(dataclasses.replace(config, **quiet), resume=has_begun(run)):
        pass
    for _ in fit(recipe(shapes, tmp_path / "whole", steps=STEPS, **quiet)):
        pass
    assert_same_end(run, tmp_path / "whole")


def test_killed_at_every_touch_of_the_disk(shapes: Path, tmp_path: Path, server: Server) -> None:
    """From the making of the folder over a save in the course of the run to the last word of its status."""
    for _ in fit(recipe(shapes, tmp_path / "whole", steps=2)):
        pass
    touch = 0
    while True:
        touch += 1
        run = tmp_path / f"{touch}"
        config = recipe(shapes, run, steps=2)
        server.start(config, touch)
        if (code := server.ended()) == 0:
            break
        assert code == -signal.SIGKILL
        assert_whole(run)
        for _ in fit(config, resume=has_begun(run)):
            pass
        assert_same_end(run, tmp_path / "whole")
    assert touch > 30
