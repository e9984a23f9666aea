"""Labels are trained on in exactly their palette's colours, and the model keeps the palette."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from support import LABELS, as_jpeg, label_pair, side_by_side, train_config, write_labels, write_side_by_side

from pix2pix.checkpoint import load_checkpoint
from pix2pix.translator import Translator
from train.config import TrainConfig
from train.data.pairs import PairDataset, Pairs, find_pairs, validation_batch
from train.events import Started
from train.loop import fit, settle_palette
from train.measures.evaluate import evaluate_model, evaluation_config
from train.presets import from_preset

COLOURS = {LABELS[0], LABELS[1], LABELS[2]}


@pytest.fixture(scope="module")
def ringing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Labels | photo as JPEGs, six to train on and two held out."""
    folder = tmp_path_factory.mktemp("data") / "ringing"
    for split, numbers in (("train", range(6)), ("val", range(1000, 1002))):
        (folder / split).mkdir(parents=True)
        for n in numbers:
            as_jpeg(side_by_side(*label_pair(n, 64)), 80).save(folder / split / f"{n:04d}.png")
    return folder


def label_config(data: Path, out: Path, **changes: object) -> TrainConfig:
    return train_config(data, out, **{"input": "labels", "snap_labels": True, **changes})


def snapped(config: TrainConfig) -> Pairs:
    return settle_palette(config, find_pairs(config.data))


def colours(pixels: np.ndarray) -> set[tuple[int, ...]]:
    """Of (3, H, W) uint8."""
    return {tuple(map(int, colour)) for colour in pixels.reshape(3, -1).T}


def test_every_presentation_has_the_palettes_colours_only(ringing: Path, tmp_path: Path) -> None:
    config = label_config(ringing, tmp_path, load_size=50)
    pairs = snapped(config)
    assert pairs.palette is not None and set(pairs.palette.colours) == COLOURS
    raw, flat = (PairDataset(each.train, config) for each in (find_pairs(config.data), pairs))
    for n in range(12):
        (before, photo), (after, same_photo) = raw[n], flat[n]
        assert colours(after.numpy()) <= COLOURS < colours(before.numpy()) | COLOURS
        assert (photo == same_photo).all()  # and the photo goes through the same crop as ever
        moved = (before.float() - after.float()).abs().amax(0) > 100
        assert moved.float().mean() < 0.3  # as the labels do: only their borders differ
    assert colours(validation_batch(pairs.val, config)[0][0].numpy()) <= COLOURS


def test_the_model_keeps_the_palette_and_a_resumed_run_too(ringing: Path, tmp_path: Path) -> None:
    config = label_config(ringing, tmp_path / "run", steps=3)
    events = fit(config)
    for _ in range(2):
        next(events)
    events.close()
    *_, done = fit(config, resume=True)
    model = load_checkpoint(done.checkpoint).config
    assert model.palette is not None and set(model.palette.colours) == COLOURS
    saved = json.loads((done.checkpoint / "config.json").read_text(encoding="utf-8"))
    assert len(saved["palette"]["names"]) == 3


def test_a_model_is_measured_on_what_it_would_be_given(ringing: Path, tmp_path: Path) -> None:
    """Through JPEG's ringing or not, the numbers are the same for the same photos."""
    *_, done = fit(label_config(ringing, tmp_path / "run", steps=2))
    translator = Translator.load(done.checkpoint, device="cpu", precision="float32")
    pairs = find_pairs([str(ringing)])
    numbers = evaluate_model(translator, pairs, evaluation_config(translator.config))["model"]
    assert (
        numbers
        == evaluate_model(
            translator, pairs.snapped(translator.config.palette), evaluation_config(translator.config)
        )["model"]
    )
    assert numbers["l1"] == pytest.approx(done.metrics["model"]["l1"], abs=2e-3)


def test_labels_stay_as_they_are_where_that_is_asked_for(ringing: Path, tmp_path: Path) -> None:
    config = label_config(ringing, tmp_path / "run", steps=1, snap_labels=False)
    assert snapped(config).palette is None
    *_, done = fit(config)
    assert load_checkpoint(done.checkpoint).config.palette is None
    other = dataclasses.replace(config, snap_labels=True, input="photo")
    assert snapped(other).palette is None


def test_what_is_not_flat_is_said_and_trained_on_as_it_is(tmp_path: Path) -> None:
    write_side_by_side(tmp_path / "edges", 4)
    events = list(fit(label_config(tmp_path / "edges", tmp_path / "run", steps=1)))
    (told,) = [event for event in events if isinstance(event, Started)]
    assert any("not snapped" in problem for problem in told.problems)


def test_large_labels_are_made_smaller_without_new_colours(tmp_path: Path) -> None:
    data = write_labels(tmp_path / "labels", train=3, val=1, size=128)
    pairs = snapped(label_config(data, tmp_path))
    config = label_config(data, tmp_path)
    condition, target = PairDataset(pairs.train, config)[0]
    assert condition.shape == target.shape == (3, 32, 32)
    assert colours(condition.numpy()) <= COLOURS


def test_the_quick_preset_snaps_and_the_papers_does_not() -> None:
    assert from_preset("quick").snap_labels and not from_preset("paper").snap_labels
    assert not from_preset("tutorial").snap_labels


def test_the_pictures_on_the_disk_are_not_touched(ringing: Path, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in sorted(ringing.rglob("*.png"))}
    list(fit(label_config(ringing, tmp_path / "run", steps=1)))
    assert {path: path.read_bytes() for path in sorted(ringing.rglob("*.png"))} == before
    assert Image.open(next(iter(before))).size == (128, 64)
