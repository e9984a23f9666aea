"""Two real processes under torchrun train the model that one process would, and one of them writes."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest
import torch
from joint_gradients import step
from safetensors.torch import load_file, save_file
from support import assert_one_sentence, assert_same_tensors, train_config

from pix2pix.checkpoint import load_checkpoint
from train.config import TrainConfig
from train.data.pairs import find_pairs
from train.engine.distributed import Processes, join_processes
from train.flags import arguments_for
from train.loop import fit
from train.runs.run import STATE, RunFolder

ROOT = Path(__file__).parents[3]


def torchrun(*words: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2", *map(str, words)],
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def recipe(data: Path, out: Path, **changes: Any) -> TrainConfig:
    return train_config(data, out, **{"steps": 60, "redraw": 0.8, **changes})


def outcome(run: Path) -> tuple[dict[str, torch.Tensor], list[Any]]:
    """The state's tensors and the log without its times."""
    lines = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    steps = [(line["step"], line["losses"]) for line in lines if "losses" in line]
    return RunFolder(run).load_state()[0], steps


# ---- gradients ------------------------------------------------------------------------------------


def test_two_processes_have_the_gradients_of_the_joint_batch(shapes: Path, tmp_path: Path) -> None:
    config = recipe(shapes, tmp_path / "run", dropout=0.0)
    condition, target = torch.randint(0, 256, (2, 4, 3, 32, 32), dtype=torch.uint8)
    batch = {"condition": condition, "target": target}
    save_file(batch, tmp_path / "batch")
    program = Path(__file__).with_name("joint_gradients.py")
    process = torchrun(program, tmp_path / "batch", tmp_path / "out", json.dumps(config.to_json()))
    _, err = process.communicate(timeout=200)
    assert process.returncode == 0, err
    together = load_file(tmp_path / "out")
    alone = step(Processes(), batch, dataclasses.replace(config, batch_size=4))
    assert together.keys() == alone.keys() and len(alone) > 20
    for name, gradient in alone.items():
        scale = gradient.abs().max().item()
        assert scale > 0 or name.endswith("bias"), name  # a bias before an instance norm has none
        torch.testing.assert_close(together[name], gradient, rtol=1e-4, atol=1e-4 * scale + 1e-8, msg=name)


# ---- whole runs -----------------------------------------------------------------------------------


def test_a_run_of_two_processes_survives_the_death_of_one(shapes: Path, tmp_path: Path) -> None:
    """Killed while it trains and saves; the other one ends with a sentence; resumed it ends the same."""
    whole = torchrun("-m", "train", *arguments_for(recipe(shapes, tmp_path / "whole")))
    _, err = whole.communicate(timeout=200)
    assert whole.returncode == 0, err
    assert err.count("8 pairs to train on") == 1  # one of them tells
    assert err.count("Finished at step 60") == 1
    model = load_checkpoint(tmp_path / "whole" / "checkpoint").config
    assert (model.step, model.images_seen) == (60, 60 * 2 * 2)

    run = tmp_path / "run"
    endless = recipe(shapes, run, steps=10**6, save_every=1e-9)
    process = torchrun("-m", "train", *arguments_for(endless))
    try:
        while not (run / STATE).exists() and process.poll() is None:
            time.sleep(0.01)
        trainers = sorted(psutil.Process(process.pid).children(), key=lambda child: child.pid)
        assert len(trainers) == 2
        rank_1 = next(child for child in trainers if child.environ()["RANK"] == "1")
        rank_1.kill()
        _, err = process.communicate(timeout=200)
    finally:
        process.kill()
    assert process.returncode != 0
    sentences = [line for line in err.splitlines() if line.startswith("Error")]
    assert sentences, err
    assert_one_sentence(sentences[0].removeprefix("Error: "))
    assert "--resume" in sentences[0]
    assert json.loads((run / "status.json").read_text())["state"] == "failed"
    saved = RunFolder(run).load_state()[1]["step"]
    assert 0 < saved < 60, "it was killed too late to be compared"

    (run / "config.json").write_text(json.dumps(dataclasses.replace(endless, steps=60).to_json()))
    process = torchrun("-m", "train", "--out", run, "--resume", "--save-every", 1e6)
    _, err = process.communicate(timeout=200)
    assert process.returncode == 0, err
    (ours, log), (theirs, other_log) = outcome(run), outcome(tmp_path / "whole")
    assert_same_tensors(ours, theirs)
    assert log == other_log


def test_ctrl_c_stops_and_saves_both(shapes: Path, tmp_path: Path) -> None:
    """The launcher passes the signal on; both leave after the same step, once the first one has saved."""
    process = torchrun("-m", "train", *arguments_for(recipe(shapes, tmp_path / "run", steps=10**6)))
    try:
        while not (tmp_path / "run" / "metrics.jsonl").exists() and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=200)
    finally:
        process.kill()
    assert err.count("Stopped and saved at step") == 1, err
    assert not [line for line in err.splitlines() if line.startswith("Error")]
    step = RunFolder(tmp_path / "run").load_state()[1]["step"]
    assert load_checkpoint(tmp_path / "run" / "checkpoint").config.step == step >= 10
    assert json.loads((tmp_path / "run" / "status.json").read_text())["state"] == "stopped"


def test_another_number_of_processes_may_go_on(shapes: Path, tmp_path: Path) -> None:
    """As when a GPU is lost: what two processes began, one ends after as many pairs."""
    config = recipe(shapes, tmp_path / "run", steps=None, epochs=3.0)  # 24 presentations
    list(fit(config))
    run = RunFolder(config.out)
    tensors, values = run.load_state()
    assert (values["step"], values["images_seen"], values["processes"]) == (12, 24, 1)
    run.save_state(tensors, {**values, "step": 4, "images_seen": 16, "processes": 2})  # two of them, before
    done = list(fit(config, resume=True))[-1]
    assert done.step == 8 and run.load_state()[1]["images_seen"] == 24


def test_one_process_needs_no_launcher(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"RANK": "0", "LOCAL_RANK": "0", "WORLD_SIZE": "1", "MASTER_ADDR": "x"}.items():
        monkeypatch.setenv(name, value)
    with join_processes("cpu") as group:
        assert (group.rank, group.size, group.first) == (0, 1, True)
        assert group.agree(True, 3.5) == (True, 3.5)
        assert group.from_first(lambda: find_pairs) is find_pairs
    assert not torch.distributed.is_initialized()
