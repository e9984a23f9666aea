"""Cameras are held out or left alone, and cooled nights are blueish in the dark and unchanged where lit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image
from support import assert_one_sentence, noise_picture, side_by_side

from benchmarks.night.data import LIT, SHADE, cooled, split
from benchmarks.night.night import main
from pix2pix.errors import ConfigError
from pix2pix.images import LUMINANCE
from train.data.pairs import find_pairs

SODIUM = (60, 30, 10)  # a sky over a town, and its lamps
LAMP = (255, 220, 160)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Three cameras of two pairs, the last one held out, and a single scene as one file."""
    names = {"train": ["c1_0", "c1_1", "c11_0", "c11_1"], "val": ["c2_0", "c2_1"]}
    for part, chosen in names.items():
        for half in "AB":
            (tmp_path / "data" / part / half).mkdir(parents=True)
        for n, name in enumerate(chosen):
            noise_picture(64, 48, n).save(tmp_path / "data" / part / "A" / f"{name}.png")
            sodium_night().save(tmp_path / "data" / part / "B" / f"{name}.png")
    return tmp_path / "data"


def sodium_night() -> Image.Image:
    night = Image.new("RGB", (64, 48), SODIUM)
    night.paste(LAMP, (20, 30, 26, 36))
    return night


def names(out: Path) -> tuple[list[str], list[str]]:
    pairs = find_pairs([out])
    return sorted(p.name for p in pairs.train), sorted(p.name for p in pairs.val)


def test_cameras_are_left_out_by_links(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "left"
    assert main(["split", str(data), str(out), "--leave", "c1"]) == 0
    assert "4 pairs to train on and 2 held out" in capsys.readouterr().out
    assert names(out) == (["c11_0", "c11_1", "c2_0", "c2_1"], ["c1_0", "c1_1"])
    files = [f for f in out.rglob("*") if f.is_file()]
    assert len(files) == 12 and all(f.is_symlink() and f.resolve().is_relative_to(data) for f in files)


def test_dropped_cameras_go_nowhere(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "left"
    assert main(["split", str(data), str(out), "--leave", "c1", "--drop", "c2"]) == 0
    assert names(out) == (["c11_0", "c11_1"], ["c1_0", "c1_1"])


def test_only_nights_to_train_on_are_cooled(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "left"
    assert main(["split", str(data), str(out), "--leave", "c1", "--cool"]) == 0
    assert names(out) == (["c11_0", "c11_1", "c2_0", "c2_1"], ["c1_0", "c1_1"])
    pairs = find_pairs([out])
    for pair in pairs.train:
        day, night = pair.load("AtoB")
        (source,) = data.glob(f"*/A/{pair.name}.png")
        assert np.array_equal(np.asarray(day), np.asarray(Image.open(source)))
        assert np.array_equal(np.asarray(night), np.asarray(cooled(sodium_night())))
    assert all(np.array_equal(np.asarray(p.load("AtoB")[1]), np.asarray(sodium_night())) for p in pairs.val)


def test_pairs_of_one_file_are_cooled_too(tmp_path: Path) -> None:
    (tmp_path / "data" / "train").mkdir(parents=True)
    for name in ("c1_0", "c2_0"):
        file = tmp_path / "data" / "train" / f"{name}.png"
        side_by_side(noise_picture(64, 48, 1), sodium_night()).save(file)
    assert split(tmp_path / "data", tmp_path / "out", ["c1"], cool=True) == (1, 1)
    (pair,) = find_pairs([tmp_path / "out"]).train
    assert np.array_equal(np.asarray(pair.load("AtoB")[1]), np.asarray(cooled(sodium_night())))


@pytest.mark.parametrize(
    ("leave", "drop"), [(["c9"], []), (["c1"], ["c9"]), (["c1", "c11", "c2"], []), (["c1"], ["c11", "c2"])]
)
def test_what_cannot_be_left_out_is_one_sentence(
    data: Path, tmp_path: Path, leave: list[str], drop: list[str]
) -> None:
    with pytest.raises(ConfigError) as caught:
        split(data, tmp_path / "left", leave, drop=drop)
    assert_one_sentence(caught.value)
    assert not (tmp_path / "left").exists()


def test_no_folder_is_written_into(data: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        split(data, data, ["c1"])
    assert_one_sentence(caught.value)


# ---- cooled nights --------------------------------------------------------------------------------


def luminance(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    return pixels / 255 @ np.array(LUMINANCE)


def test_the_sky_turns_blue_and_lamps_stay() -> None:
    before, after = np.asarray(sodium_night()), np.asarray(cooled(sodium_night()))
    sky, lamp = (2, 2), (32, 22)
    assert after[sky][2] > max(after[sky][0], after[sky][1])
    assert np.array_equal(after[lamp], before[lamp])


@given(st.integers(0, 10**6), st.floats(0, 1))
def test_the_dark_gets_darker_by_the_shade_at_most_and_what_is_lit_stays(seed: int, level: float) -> None:
    before = (np.random.default_rng(seed).random((12, 16, 3)) * 255 * level).round().astype(np.uint8)
    after = np.asarray(cooled(Image.fromarray(before)))
    assert (luminance(after) <= luminance(before) + 1 / 255).all()
    assert (luminance(after) >= SHADE * luminance(before) - 1 / 255).all()
    lit = luminance(before) >= LIT
    assert np.array_equal(after[lit], before[lit])
