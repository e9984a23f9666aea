"""A run that was stopped, closed or killed ends with the same weights as one that was not."""

from __future__ import annotations

import dataclasses
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from support import assert_one_sentence, assert_same_tensors, train_config, write_side_by_side

from pix2pix.checkpoint import load_checkpoint
from pix2pix.errors import Pix2PixError, RunError
from train.config import TrainConfig
from train.events import Done, Event, Step
from train.flags import arguments_for
from train.loop import fit
from train.runs.run import STATE, RunFolder

ROOT = Path(__file__).parents[3]
STEPS = 12


def whole_run(data: Path, out: Path, **changes: Any) -> TrainConfig:
    """Every source of randomness on: dropout, jitter, drawings, hints, quarters, main colours, features."""
    drawn = {"redraw": 0.8, "colour_hints": 0.5, "spread_hints": True, "shrink": 0.5}
    cut = {"quarters": 0.5, "halvings": 4}
    seen = {"lambda_features": 8.0, "lambda_feature_gan": 1.0}
    return train_config(data, out, **{"steps": STEPS, "save_every": 1e6, **drawn, **cut, **seen, **changes})


def run_until(config: TrainConfig, step: int, *, resume: bool = False) -> None:
    """Train, and stop politely after that step."""
    events: list[Event] = []
    stop: Callable[[], bool] = lambda: any(isinstance(e, Step) and e.step >= step for e in events)  # noqa: E731
    for event in fit(config, resume=resume, stop=stop):
        events.append(event)


def close_after(config: TrainConfig, step: int) -> None:
    """Train, and walk away after that step."""
    events = fit(config)
    for event in events:
        if isinstance(event, Step) and event.step == step:
            break
    events.close()


def finish(config: TrainConfig) -> Done:
    done = list(fit(config, resume=True))[-1]
    assert isinstance(done, Done) and done.finished
    return done


def result(out: Path) -> tuple[dict[str, torch.Tensor], dict[str, torch.Tensor]]:
    """All tensors of the state and of the model."""
    state, values = RunFolder(out).load_state()
    assert values["step"] == STEPS
    model = load_checkpoint(out / "checkpoint")
    weights = {f"g/{k}": t for k, t in model.generator.state_dict().items()}
    weights.update({f"d/{k}": t for k, t in model.discriminator.state_dict().items()})
    return state, weights


def assert_same_end(ours: Path, theirs: Path) -> None:
    for mine, other in zip(result(ours), result(theirs), strict=True):
        assert_same_tensors(mine, other)


@pytest.fixture(scope="module")
def uninterrupted(shapes: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run that the others must equal."""
    out = tmp_path_factory.mktemp("whole") / "run"
    list(fit(whole_run(shapes, out)))
    return out


def test_the_same_recipe_gives_the_same_weights(shapes: Path, tmp_path: Path, uninterrupted: Path) -> None:
    list(fit(whole_run(shapes, tmp_path / "run")))
    assert_same_end(tmp_path / "run", uninterrupted)
    list(fit(whole_run(shapes, tmp_path / "other", seed=1)))
    with pytest.raises(AssertionError):
        assert_same_end(tmp_path / "other", uninterrupted)


@pytest.mark.parametrize("workers", [0, 1])
def test_stopped_and_resumed(shapes: Path, tmp_path: Path, uninterrupted: Path, workers: int) -> None:
    config = whole_run(shapes, tmp_path / "run", workers=workers)
    run_until(config, 5)
    finish(config)
    assert_same_end(tmp_path / "run", uninterrupted)


def test_closed_and_resumed(shapes: Path, tmp_path: Path, uninterrupted: Path) -> None:
    config = whole_run(shapes, tmp_path / "run")
    close_after(config, 7)
    finish(config)
    assert_same_end(tmp_path / "run", uninterrupted)


def test_stopped_many_times_with_saves_and_previews(
    shapes: Path, tmp_path: Path, uninterrupted: Path
) -> None:
    config = whole_run(shapes, tmp_path / "run", save_every=1e-9, sample_every=1e-9)
    for step in (1, 2, 8):
        run_until(config, step, resume=step > 1)
    finish(config)
    assert_same_end(tmp_path / "run", uninterrupted)


def test_resuming_a_finished_run_changes_nothing(shapes: Path, tmp_path: Path, uninterrupted: Path) -> None:
    config = whole_run(shapes, tmp_path / "run")
    list(fit(config))
    before = json.loads((tmp_path / "run" / "status.json").read_text())["metrics"]
    assert finish(config).metrics == before
    assert_same_end(tmp_path / "run", uninterrupted)


def test_a_run_that_never_saved_starts_again(shapes: Path, tmp_path: Path, uninterrupted: Path) -> None:
    config = whole_run(shapes, tmp_path / "run")
    RunFolder(config.out).create(config)  # killed before the first save
    finish(config)
    assert_same_end(tmp_path / "run", uninterrupted)


def test_time_is_counted_on_over_pauses(shapes: Path, tmp_path: Path) -> None:
    config = whole_run(shapes, tmp_path / "run", steps=None, minutes=500.0)
    run_until(config, 2)
    first = RunFolder(config.out).load_state()[1]["seconds"]
    run_until(config, 4, resume=True)
    assert RunFolder(config.out).load_state()[1]["seconds"] > first > 0


# ---- killed ---------------------------------------------------------------------------------------


def command(config: TrainConfig, *more: str) -> list[str]:
    return [sys.executable, "-m", "train", *more, *arguments_for(config)]


def test_killed_at_any_moment_and_resumed(shapes: Path, tmp_path: Path) -> None:
    """A real process, ended by SIGKILL while it trains and saves all the time."""
    steps = 4000
    config = whole_run(shapes, tmp_path / "run", steps=steps, save_every=0.01)
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    with open(tmp_path / "stderr.txt", "w") as log:
        process = subprocess.Popen(command(config), cwd=tmp_path, env=environment, stderr=log)
        try:
            while not (tmp_path / "run" / STATE).exists() and process.poll() is None:
                time.sleep(0.02)
            time.sleep(random.Random(4).uniform(0.1, 0.6))
            assert process.poll() is None, (tmp_path / "stderr.txt").read_text()
        finally:
            process.kill()
            process.wait()
    _, values = RunFolder(tmp_path / "run").load_state()
    killed_at = values["step"]
    assert 0 < killed_at < steps

    # Resumed for a few steps, it is where a run without the kill is.
    short = dataclasses.replace(config, save_every=1e6)
    run_until(short, killed_at + 5, resume=True)
    whole = dataclasses.replace(short, out=str(tmp_path / "whole"))
    run_until(whole, killed_at + 5)
    ours, theirs = (RunFolder(tmp_path / name).load_state()[0] for name in ("run", "whole"))
    assert_same_tensors(ours, theirs)
    models = [load_checkpoint(tmp_path / name / "checkpoint") for name in ("run", "whole")]
    assert models[0].config.step == models[1].config.step == killed_at + 5
    assert_same_tensors(*(model.generator.state_dict() for model in models))
    assert process.returncode == -signal.SIGKILL


# ---- what cannot be resumed -----------------------------------------------------------------------


def refused(config: TrainConfig) -> str:
    with pytest.raises(Pix2PixError) as caught:
        list(fit(config, resume=True))
    assert isinstance(caught.value, RunError)
    assert_one_sentence(caught.value)
    return str(caught.value)


@pytest.fixture
def stopped(tmp_path: Path) -> TrainConfig:
    """A stopped run whose data a test may change."""
    write_side_by_side(tmp_path / "data" / "train", 4)
    write_side_by_side(tmp_path / "data" / "val", 1, first=9)
    config = whole_run(tmp_path / "data", tmp_path / "run")
    run_until(config, 2)
    return config


@pytest.mark.parametrize("change", ["added", "removed", "renamed"])
def test_other_data_is_refused(stopped: TrainConfig, change: str) -> None:
    folder = Path(stopped.data[0]) / "train"
    if change == "added":
        write_side_by_side(folder, 1, first=7)
    elif change == "removed":
        (folder / "0001.png").unlink()
    else:
        (folder / "0001.png").rename(folder / "0008.png")
    assert "data" in refused(stopped)
    assert RunFolder(stopped.out).load_state()[1]["step"] == 2


def test_a_state_of_the_first_version(stopped: TrainConfig) -> None:
    run = RunFolder(stopped.out)
    tensors, values = run.load_state()
    run.save_state(tensors, {name: values[name] for name in ("step", "seconds", "data")})
    finish(stopped)
    assert run.load_state()[1]["images_seen"] == STEPS * stopped.batch_size


def test_other_held_out_pairs_do_no_harm(stopped: TrainConfig) -> None:
    write_side_by_side(Path(stopped.data[0]) / "val", 1, first=11)
    finish(stopped)


@pytest.mark.parametrize("kept", [0, 100, -1])
def test_a_damaged_state_is_refused(stopped: TrainConfig, kept: int) -> None:
    path = Path(stopped.out) / STATE
    path.write_bytes(path.read_bytes()[:kept])
    refused(stopped)


def test_a_state_that_is_gone_is_refused_and_the_model_stays(stopped: TrainConfig) -> None:
    model = {path: path.read_bytes() for path in (Path(stopped.out) / "checkpoint").iterdir()}
    (Path(stopped.out) / STATE).unlink()
    assert "--from" in refused(stopped)
    assert {path: path.read_bytes() for path in model} == model


@pytest.mark.parametrize("changes", [{"width": 6}, {"norm": "batch"}, {"receptive_field": 34}])
def test_another_architecture_is_refused(stopped: TrainConfig, changes: dict[str, Any]) -> None:
    assert re.search(
        r"in the (generator|discriminator), the tensor \w+\.\d+",
        refused(dataclasses.replace(stopped, **changes)),
    )


def test_a_run_that_is_not_there_is_refused(shapes: Path, tmp_path: Path) -> None:
    refused(whole_run(shapes, tmp_path / "nowhere"))
    assert not (tmp_path / "nowhere").exists()


# ---- for longer -----------------------------------------------------------------------------------


def test_a_finished_run_is_trained_for_longer(shapes: Path, tmp_path: Path) -> None:
    """It goes on with its optimizers, and what was a share of the run ends at the step where it had ended."""
    config = whole_run(shapes, tmp_path / "run", steps=6, decay_from=1.0)
    list(fit(config))
    longer = dataclasses.replace(config, steps=STEPS)
    finish(longer)
    kept = RunFolder(config.out).load_config()
    assert (kept.steps, kept.quarters) == (STEPS, 0.25)
    assert load_checkpoint(tmp_path / "run" / "checkpoint").config.recipe["steps"] == STEPS
    whole = whole_run(shapes, tmp_path / "whole", steps=STEPS, decay_from=1.0, quarters=0.25)
    list(fit(whole))
    assert_same_end(tmp_path / "run", tmp_path / "whole")


def test_a_longer_run_does_not_warm_up_again(shapes: Path, tmp_path: Path) -> None:
    list(fit(whole_run(shapes, tmp_path / "model", steps=1)))
    changed = {"start": str(tmp_path / "model"), "receptive_field": 34}
    config = whole_run(shapes, tmp_path / "run", steps=10, **changed)
    list(fit(config))
    events = fit(dataclasses.replace(config, steps=30), resume=True)
    first = next(event for event in events if isinstance(event, Step))
    events.close()
    assert "l1" in first.losses  # the generator learns


def test_a_stopped_run_takes_another_length(shapes: Path, tmp_path: Path) -> None:
    config = whole_run(shapes, tmp_path / "run", steps=None, minutes=500.0)
    run_until(config, 2)
    assert finish(dataclasses.replace(config, minutes=None, epochs=1.0)).finished


def test_a_length_that_is_over_already_is_refused(shapes: Path, tmp_path: Path) -> None:
    config = whole_run(shapes, tmp_path / "run", steps=6)
    list(fit(config))
    assert "the whole run" in refused(dataclasses.replace(config, steps=5))
    assert RunFolder(config.out).load_config() == config
    assert json.loads((tmp_path / "run" / "status.json").read_text())["state"] == "finished"
