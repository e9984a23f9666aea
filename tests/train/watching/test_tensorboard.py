"""A run's TensorBoard files, read back with TensorBoard's own reader."""

from __future__ import annotations

import errno
import importlib.util
import io
import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from support import assert_one_sentence, train_config

from pix2pix.errors import ConfigError, RunError
from train.events import Done, Event, Preview, Step
from train.loop import fit

needs_tensorboard = pytest.mark.skipif(
    importlib.util.find_spec("tensorboard") is None,
    reason="the optional package tensorboard is not installed",
)


def read_back(run: Path) -> Any:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    return EventAccumulator(str(run / "tensorboard"), size_guidance={"scalars": 0, "images": 0}).Reload()


@needs_tensorboard
def test_losses_sheets_and_metrics_are_there(shapes: Path, tmp_path: Path) -> None:
    config = train_config(shapes, tmp_path / "run", steps=25, tensorboard=True)
    events = list(fit(config))
    board = read_back(tmp_path / "run")
    steps = {event.step: event for event in events if isinstance(event, Step)}
    for name in ("d", "gan", "l1"):
        scalars = board.Scalars(f"loss/{name}")
        assert [s.step for s in scalars] == [1, 11, 21]
        assert [s.value for s in scalars] == pytest.approx([steps[s.step].losses[name] for s in scalars])
    assert next(s.value for s in board.Scalars("learning_rate")) == pytest.approx(config.learning_rate)
    (preview,) = [event for event in events if isinstance(event, Preview)]
    (image,) = board.Images("samples")
    with Image.open(preview.path) as sheet:
        assert image.step == 25 and (image.width, image.height) == sheet.size
        assert Image.open(io.BytesIO(image.encoded_image_string)).tobytes() == sheet.convert("RGB").tobytes()
    done = events[-1]
    assert isinstance(done, Done)
    assert board.Scalars("held_out/l1")[0].value == pytest.approx(done.metrics["model"]["l1"])


@needs_tensorboard
def test_a_resumed_run_goes_on_in_the_same_folder(shapes: Path, tmp_path: Path) -> None:
    config = train_config(shapes, tmp_path / "run", steps=40, tensorboard=True)
    seen: list[Event] = []
    for event in fit(config, stop=lambda: sum(isinstance(e, Step) for e in seen) >= 15):
        seen.append(event)
    list(fit(config, resume=True))
    assert [s.step for s in read_back(tmp_path / "run").Scalars("loss/l1")] == [1, 11, 16, 26, 36]


@needs_tensorboard
def test_who_leaves_early_leaves_a_saved_run(shapes: Path, tmp_path: Path) -> None:
    events = fit(train_config(shapes, tmp_path / "run", steps=1000, tensorboard=True))
    for event in events:
        if isinstance(event, Step) and event.step == 12:
            break
    events.close()  # type: ignore[attr-defined]
    assert json.loads((tmp_path / "run" / "status.json").read_text())["state"] == "stopped"
    assert [s.step for s in read_back(tmp_path / "run").Scalars("loss/l1")] == [1, 11]


@needs_tensorboard
def test_a_full_disk_is_one_sentence_and_the_run_is_saved(
    shapes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: object, **options: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("torch.utils.tensorboard.SummaryWriter.add_scalar", full)
    monkeypatch.setattr("torch.utils.tensorboard.SummaryWriter.close", full)
    with pytest.raises(RunError, match="TensorBoard") as caught:
        list(fit(train_config(shapes, tmp_path / "run", tensorboard=True)))
    assert_one_sentence(caught.value)
    assert json.loads((tmp_path / "run" / "status.json").read_text())["state"] == "stopped"


def test_without_the_package_it_is_said_before_anything_is_done(
    shapes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = importlib.util.find_spec

    def missing(name: str, *more: Any) -> Any:
        return None if name == "tensorboard" else find(name, *more)

    monkeypatch.setattr(importlib.util, "find_spec", missing)
    with pytest.raises(ConfigError) as caught:
        list(fit(train_config(shapes, tmp_path / "run", tensorboard=True)))
    assert_one_sentence(caught.value)
    assert "pip install" in str(caught.value)
    assert not (tmp_path / "run").exists()


def test_it_is_off_unless_asked_for(shapes: Path, tmp_path: Path) -> None:
    list(fit(train_config(shapes, tmp_path / "run", steps=2)))
    assert not (tmp_path / "run" / "tensorboard").exists()
