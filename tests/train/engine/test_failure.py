"""What goes wrong for real: numbers that overflow, memory that ends, disks that are full or read-only."""

from __future__ import annotations

import dataclasses
import json
import math
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from support import assert_one_sentence, assert_same_tensors, train_config

import train.engine.trainer
from pix2pix.checkpoint import load_checkpoint
from pix2pix.errors import RunError
from pix2pix.files import sha256
from pix2pix.messages import decoded
from train.config import TrainConfig
from train.data.pairs import find_pairs
from train.engine.failure import all_finite, not_finite, told
from train.events import Saved, Step
from train.loop import fit
from train.runs.run import STATE, RunFolder

ROOT = Path(__file__).parents[3]


def failure(config: TrainConfig, **options: Any) -> str:
    with pytest.raises(RunError) as caught:
        list(fit(config, **options))
    assert_one_sentence(caught.value)
    status = decoded(json.loads((Path(config.out) / "status.json").read_text()))
    assert (status["state"], status["message"]) == ("failed", str(caught.value))
    return str(caught.value)


# ---- numbers that overflow ------------------------------------------------------------------------


def test_a_learning_rate_that_is_too_high(shapes: Path, tmp_path: Path) -> None:
    """The weights overflow for real; what was saved is from before, and a lower rate goes on from it."""
    config = train_config(shapes, tmp_path / "run", steps=9, norm="none", save_every=1e-9)
    events = fit(config)
    for event in events:
        if isinstance(event, Saved) and event.step == 3:
            break
    events.close()
    message = failure(dataclasses.replace(config, learning_rate=1e30), resume=True)
    assert "learning rate" in message and "--resume --learning-rate 0.0002" in message
    run = RunFolder(config.out)
    tensors, values = run.load_state()
    assert values["step"] == 3 and all_finite(tensors)
    load_checkpoint(run.checkpoint)
    assert list(fit(config, resume=True))[-1].finished


def test_weights_that_overflow_in_the_last_step_are_not_saved(
    shapes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The loss of that step was still a number: only the weights tell."""
    config = train_config(shapes, tmp_path / "run", steps=4, save_every=1e-9)
    real = train.engine.trainer.Trainer.set_learning_rate

    def overflow_at_the_end(self: train.engine.trainer.Trainer) -> None:
        real(self)
        if self.step == 3:
            self.learners["generator"].adam.param_groups[0]["lr"] = math.inf

    monkeypatch.setattr(train.engine.trainer.Trainer, "set_learning_rate", overflow_at_the_end)
    assert "A weight" in failure(config)
    run = RunFolder(config.out)
    tensors, values = run.load_state()
    assert values["step"] == 3 and all_finite(tensors)
    assert load_checkpoint(run.checkpoint).config.step == 3
    monkeypatch.undo()
    assert list(fit(config, resume=True))[-1].finished


def test_a_model_to_start_from_with_a_weight_that_is_not_a_number(shapes: Path, tmp_path: Path) -> None:
    list(fit(train_config(shapes, tmp_path / "first")))
    folder = tmp_path / "first" / "checkpoint"
    weights = load_file(folder / "generator.safetensors")
    weights["last.weight"][0] = math.nan
    save_file(weights, folder / "generator.safetensors")
    values = json.loads((folder / "config.json").read_text())
    values["files"]["generator.safetensors"] = sha256(folder / "generator.safetensors")
    (folder / "config.json").write_text(json.dumps(values))
    message = failure(train_config(shapes, tmp_path / "second", start=str(tmp_path / "first")))
    assert "another model" in message


@pytest.mark.parametrize(
    ("changes", "dtype", "history", "cause"),
    [
        ({}, torch.float32, [1.0] * 40 + [3.0, 30.0, 900.0], "900-fold"),
        ({}, torch.float32, [1.0] * 40, "exploded"),
        ({"learning_rate": 0.1}, torch.float32, [1.0] * 40, "0.1 is high"),
        ({}, torch.bfloat16, [1.0] * 40, "--precision float32"),
        ({}, torch.float16, [1.0] * 40, "65504"),
        ({"start": "edges2photo"}, torch.float32, [], "edges2photo"),
        ({"start": "edges2photo"}, torch.float32, [1.0], "exploded"),
    ],
)
def test_the_likely_cause_is_named(
    changes: dict[str, Any], dtype: torch.dtype, history: list[float], cause: str
) -> None:
    error = not_finite("training.loss_not_finite", 7, TrainConfig(**changes), dtype, history)
    assert_one_sentence(error)
    assert "step 7" in str(error) and cause in str(error)


# ---- float16 --------------------------------------------------------------------------------------


def test_float16_scales_its_loss_and_is_resumed_to_the_last_bit(shapes: Path, tmp_path: Path) -> None:
    changes: dict[str, Any] = {"steps": 14, "precision": "float16"}
    list(fit(train_config(shapes, tmp_path / "whole", **changes)))
    config = train_config(shapes, tmp_path / "run", **changes)
    events = fit(config)
    for event in events:
        if isinstance(event, Step) and event.step == 6:
            break
    events.close()
    generator_scaler = RunFolder(config.out).load_state()[1]["scalers"][0]
    assert 1 < generator_scaler["scale"] < 2**16  # it had to fall from where it starts
    list(fit(config, resume=True))
    (ours, values), (theirs, others) = (RunFolder(tmp_path / n).load_state() for n in ("run", "whole"))
    assert_same_tensors(ours, theirs)
    assert values["scalers"] == others["scalers"]


def test_how_far_losses_have_grown_is_told_of_single_steps(shapes: Path, tmp_path: Path) -> None:
    """In the mean since the last line of metrics the last of nine steps counts for a ninth."""
    config = train_config(shapes, tmp_path / "run")
    trainer = train.engine.trainer.Trainer(config, find_pairs([shapes]))
    for loss in [1.0] * 8 + [900.0]:
        trainer.step += 1
        event = trainer.report(RunFolder(config.out), {"l1": torch.tensor(loss)})
    assert event.losses["l1"] == pytest.approx(908 / 9)
    with pytest.raises(RunError) as caught:
        trainer.report(RunFolder(config.out), {"l1": torch.tensor(math.inf)})
    assert "grown 900-fold within 9 steps" in str(caught.value)


def test_a_step_that_overflows_in_float16_is_skipped_and_the_scale_falls(
    shapes: Path, tmp_path: Path
) -> None:
    config = train_config(shapes, tmp_path / "run", precision="float16")
    trainer = train.engine.trainer.Trainer(config, find_pairs([shapes]))
    before = trainer.generator.last.weight.detach().clone()
    trainer.learners["generator"].scaler = torch.amp.GradScaler("cpu", init_scale=2.0**40)
    x, y = torch.randint(0, 256, (2, 2, 3, 32, 32), dtype=torch.uint8)
    trainer.train_step(x, y)
    assert torch.equal(trainer.generator.last.weight, before)
    assert trainer.learners["generator"].scaler.get_scale() == 2.0**39
    for _ in range(40):
        trainer.train_step(x, y)
    assert not torch.equal(trainer.generator.last.weight, before)
    assert all_finite(trainer.generator.state_dict())


# ---- memory and disk ------------------------------------------------------------------------------


def command(*words: object) -> list[str]:
    return [sys.executable, "-m", "train", *map(str, words)]


TINY = [
    "--image-size",
    "32",
    "--load-size",
    "36",
    "--width",
    "4",
    "--discriminator-width",
    "4",
    "--receptive-field",
    "16",
    "--batch-size",
    "2",
    "--device",
    "cpu",
    "--precision",
    "float32",
    "--workers",
    "0",
]


def in_a_shell(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )


def sentence(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("Error: ")
    assert_one_sentence(last.removeprefix("Error: "))
    return last


@pytest.mark.skipif(sys.platform != "linux", reason="the limit counts what a process maps on Linux")
def test_too_little_memory_names_the_options_to_lower(shapes: Path, tmp_path: Path) -> None:
    """One layer of this network alone takes more than the process may have."""
    words = " ".join(command(shapes, "--out", "run", "--steps", 3, *TINY, "--width", 256))
    done = in_a_shell(f"ulimit -d 1000000; {words}", tmp_path)
    assert "--batch-size" in sentence(done) and "--width" in sentence(done)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB"),
        RuntimeError("MPS backend out of memory (MPS allocated: 9 GB)"),
        RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to allocate"),
    ],
)
def test_the_ways_in_which_memory_ends(error: Exception) -> None:
    assert "--batch-size" in str(told(error)) and "--width" in str(told(error))
    assert_one_sentence(told(error))


def test_an_unknown_error_is_not_disguised() -> None:
    error = RuntimeError("shapes do not match")
    assert told(error) is error


def can_mount() -> bool:
    return (
        shutil.which("unshare") is not None
        and subprocess.run(
            ["unshare", "-rm", "bash", "-c", "mount -t tmpfs none /mnt"], capture_output=True, check=False
        ).returncode
        == 0
    )


@pytest.mark.skipif(not can_mount(), reason="the system lets nobody mount a file system of their own")
def test_a_disk_that_is_really_full_and_one_that_is_read_only(shapes: Path, tmp_path: Path) -> None:
    """A file system of 6 MB that something else fills up while the run goes on, and a read-only one."""
    (tmp_path / "disk").mkdir()
    same = ("--quarters", 0, "--decay-from", 1)  # so that a step does not depend on how many there will be
    small = ("--lambda-feature-gan", 0)  # whose state alone is 5 MB, two of which have no room here
    new = command(shapes, "--out", "disk/run", "--steps", 100000, *TINY, *same, *small, "--save-every", 0.01)
    again = command("--out", "disk/run", "--resume")
    script = f"""
        mount -t tmpfs -o size=6m none disk
        ({" ".join(new)}) 2> first.txt & training=$!
        while [ ! -e disk/run/status.json ] || ! grep -q progress disk/run/status.json; do sleep 0.02; done
        head -c 9000000 /dev/zero > disk/filler
        wait $training; echo $? > code.txt
        cp -r disk/run kept
        mount -o remount,ro disk
        {" ".join(again)}
    """
    done = in_a_shell(f"unshare -rm bash -c '{script}'", tmp_path)
    first = subprocess.CompletedProcess("", int((tmp_path / "code.txt").read_text()), "", "")
    first.stderr = (tmp_path / "first.txt").read_text()
    assert "space" in sentence(first)
    assert "writable" in sentence(done)

    kept = RunFolder(tmp_path / "kept")
    saved = kept.load_state()[1]["step"]
    assert load_checkpoint(kept.checkpoint).config.step in (saved, saved - 1)
    assert not list(kept.path.rglob(".next-*"))
    values = kept.load_config().to_json()
    ended = TrainConfig.from_json({**values, "out": str(kept.path), "steps": saved + 3, "save_every": 1e6})
    assert list(fit(ended, resume=True))[-1].finished
    whole = TrainConfig.from_json({**ended.to_json(), "out": str(tmp_path / "whole")})
    list(fit(whole))
    ours, theirs = (load_file(tmp_path / name / STATE) for name in ("kept", "whole"))
    assert_same_tensors(ours, theirs)


@pytest.mark.skipif(os.name != "posix", reason="there are no limits on the size of files")
def test_a_file_that_may_not_grow(shapes: Path, tmp_path: Path) -> None:
    """The state is larger than the limit; the sheets are not."""
    words = " ".join(command(shapes, "--out", "run", "--steps", 3, *TINY))
    done = in_a_shell(f"ulimit -f 200; {words}", tmp_path)
    assert "could not be saved" in sentence(done)
    assert not list((tmp_path / "run").rglob(".*"))
