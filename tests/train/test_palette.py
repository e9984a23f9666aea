"""Label colours are found in the pictures themselves, through JPEG's ringing."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw
from support import LABELS, assert_one_sentence, label_pair, noise_picture, shape_pair

from pix2pix.errors import DataError
from train.palette import FACADES, Palette, find_palette


def as_jpeg(image: Image.Image, quality: int = 75) -> Image.Image:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality)
    return Image.open(file).convert("RGB")


def boxes(colours: list[tuple[int, int, int]], seed: int, size: int = 96) -> Image.Image:
    rng = np.random.default_rng(seed)
    image = Image.new("RGB", (size, size), colours[0])
    for colour in (*colours[1:], *colours[1:]):
        x, y = (int(v) for v in rng.integers(0, size - 24, 2))
        ImageDraw.Draw(image).rectangle((x, y, x + 20, y + 14), fill=colour)
    return image


def near(colour: tuple[int, int, int], other: tuple[int, int, int]) -> bool:
    return max(abs(a - b) for a, b in zip(colour, other, strict=True)) <= 12


@pytest.mark.parametrize("quality", [65, 75, 95])
def test_all_facade_colours_are_found_in_jpegs_and_named(quality: int) -> None:
    wanted = list(FACADES)
    palette = find_palette(as_jpeg(boxes(wanted, seed), quality) for seed in range(12))
    assert len(palette) == len(wanted)
    assert all(any(near(colour, other) for other in palette.colours) for colour in wanted)
    assert set(palette.names) == set(FACADES.values())
    assert palette.names[0] == "background" and palette.shares[0] == max(palette.shares)


def test_unknown_colours_are_their_own_names() -> None:
    palette = find_palette(boxes([(10, 200, 30), (200, 0, 200)], seed) for seed in range(3))
    assert palette.names == ("#0ac81e", "#c800c8")
    assert palette.colours == ((10, 200, 30), (200, 0, 200))


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_jpeg_gets_the_classes_of_the_picture_before(seed: int) -> None:
    clean = label_pair(seed, 96)[0]
    palette = Palette(LABELS, ("ground", "box", "band"))
    exact = palette.classes(clean)
    assert np.array_equal(np.array(LABELS, dtype=np.uint8)[exact], np.asarray(clean))
    assert (palette.classes(as_jpeg(clean, 60)) != exact).mean() < 0.01


def test_no_third_class_appears_between_two() -> None:
    """Halfway from yellow to blue lies grey: a nearest colour alone would outline every box with it."""
    palette = Palette(((0, 0, 255), (255, 255, 0), (128, 128, 128)), ("a", "b", "c"))
    sharp = boxes([palette.colours[0], palette.colours[1]], 4)
    soft = sharp.resize((48, 48), Image.Resampling.BILINEAR).resize((96, 96), Image.Resampling.BILINEAR)
    assert set(np.unique(palette.classes(soft))) == {0, 1}
    assert (palette.classes(soft) != palette.classes(sharp)).mean() < 0.05


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


@pytest.mark.parametrize("kind", ["noise", "edges", "gradient", "none", "tiny"])
def test_other_pictures_are_refused(kind: str) -> None:
    ramp = np.linspace(0, 255, 128, dtype=np.uint8)
    pictures = {
        "noise": [noise_picture(64, 64)],
        "edges": [shape_pair(n, 64)[0] for n in range(4)],
        "gradient": [
            Image.fromarray(
                np.stack(
                    [np.broadcast_to(ramp, (128, 128)), *[np.broadcast_to(ramp[:, None], (128, 128))] * 2],
                    axis=2,
                ).copy()
            )
        ],
        "none": [],
        "tiny": [Image.new("RGB", (2, 2))],
    }[kind]
    with pytest.raises(DataError) as error:
        find_palette(pictures)
    assert_one_sentence(error.value)
