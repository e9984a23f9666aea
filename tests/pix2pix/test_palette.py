"""Labels become classes and exact colours, however they were saved."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from support import LABELS, as_jpeg, boxes, label_pair, noise_picture

from pix2pix.palette import Palette, fit_input
from train.data.find_palette import FACADES

PALETTE = Palette(LABELS, ("ground", "box", "band"), (0.5, 0.3, 0.2))


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_jpeg_gets_the_classes_of_the_picture_before(seed: int) -> None:
    clean = label_pair(seed, 96)[0]
    palette = Palette(LABELS, ("ground", "box", "band"))
    exact = palette.classes(clean)
    assert np.array_equal(np.array(LABELS, dtype=np.uint8)[exact], np.asarray(clean))
    assert (palette.classes(as_jpeg(clean, 60)) != exact).mean() < 0.01


def test_no_third_class_appears_between_two() -> None:
    """Halfway from yellow to blue lies grey: a nearest colour alone would outline every box with it.

    Only at a box's corner may a pixel stay grey, which could as well be a small thing of its own.
    """
    palette = Palette(((0, 0, 255), (255, 255, 0), (128, 128, 128)), ("a", "b", "c"))
    sharp = boxes([palette.colours[0], palette.colours[1]], 4)
    soft = sharp.resize((48, 48), Image.Resampling.BILINEAR).resize((96, 96), Image.Resampling.BILINEAR)
    found = palette.classes(soft)
    grey = found == 2
    assert grey.mean() < 0.006 and (found != palette.classes(sharp)).mean() < 0.006
    assert not (grey[:, 4:] & grey[:, :-4]).any() and not (grey[4:] & grey[:-4]).any()  # no outline


@pytest.mark.parametrize(("width", "share"), [(2, 0.6), (3, 0.7), (5, 0.8)])
def test_thin_lines_keep_their_class_through_a_jpeg(width: int, share: float) -> None:
    """As the columns and sills of facades are: two or three pixels wide, on one other class."""
    palette = Palette(tuple(FACADES), tuple(FACADES.values()))
    labels = Image.new("RGB", (96, 96), tuple(FACADES)[1])
    for n, colour in enumerate(tuple(FACADES)[2:10:2]):
        labels.paste(colour, (10 + 22 * n, 8, 10 + 22 * n + width, 88))
    exact = palette.classes(labels)
    lines = exact != palette.names.index("facade")
    found = palette.classes(as_jpeg(labels, 90))
    assert (found[lines] == exact[lines]).mean() > share


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 99))
def test_classes_of_any_picture_exist(width: int, height: int, seed: int) -> None:
    palette = Palette(LABELS, ("ground", "box", "band"))
    classes = palette.classes(noise_picture(width, height, seed))
    assert classes.shape == (height, width) and classes.dtype == np.uint8
    assert int(classes.max()) < len(palette)
    assert palette.paint(classes).size == (width, height)
    assert palette.classes(noise_picture(width, height, seed), (7, 5)).shape == (5, 7)


def test_painting_and_reading_are_inverse() -> None:
    palette = Palette(LABELS, ("ground", "box", "band"))
    classes = palette.classes(label_pair(5, 64)[0])
    assert np.array_equal(palette.classes(palette.paint(classes)), classes)


def test_pictures_in_the_exact_colours_stay_as_they_are() -> None:
    """Thin lines and single pixels too, which no neighbourhood makes sure."""
    classes = np.random.default_rng(0).integers(0, 3, (40, 50), dtype=np.uint8)
    labels = PALETTE.paint(classes)
    assert np.array_equal(PALETTE.classes(labels), classes)
    assert PALETTE.snap(labels).tobytes() == labels.tobytes()


def test_labels_are_fitted_without_new_colours_on_the_palettes_ground() -> None:
    named = Palette(LABELS, ("wall", "background", "band"))
    drawn = boxes([LABELS[0], LABELS[2]], 1, 90).resize((90, 45), Image.Resampling.NEAREST)
    for palette, ground in ((PALETTE, LABELS[0]), (named, LABELS[1])):
        square, box = fit_input(as_jpeg(drawn), 64, palette)
        assert square.size == (64, 64) and box == (0, 16, 64, 48)
        assert {colour for _, colour in square.getcolors()} == {LABELS[0], LABELS[2], ground}
        assert square.getpixel((0, 0)) == ground
    assert fit_input(drawn, 64, None)[0].getpixel((0, 0)) == (255, 255, 255)


def test_a_palette_is_read_back_from_json() -> None:
    assert Palette.from_json(json.loads(json.dumps(dataclasses.asdict(PALETTE)))) == PALETTE


@pytest.mark.parametrize(
    "changes",
    [
        {"colours": [[0, 0, 0]], "names": ["one"], "shares": []},
        {"names": ["too", "few"]},
        {"shares": [1.0]},
        {"colours": [[0, 0, 0], [1, 2, 256], [3, 3, 3]]},
        {"colours": [[0, 0], [1, 2], [3, 3]]},
        {"colours": 3},
    ],
)
def test_what_is_no_palette_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises((ValueError, TypeError)):
        Palette.from_json({**dataclasses.asdict(PALETTE), **changes})
