"""Label colours are found in the pictures themselves, through JPEG's ringing."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

import numpy as np
import pytest
from PIL import Image
from support import as_jpeg, assert_one_sentence, boxes, noise_picture, shape_pair

from pix2pix.errors import DataError
from pix2pix.palette import Palette
from train.data.find_palette import FACADES, find_palette


def found_in(pictures: Iterable[Image.Image]) -> Palette:
    return find_palette([partial(Image.Image.copy, picture) for picture in pictures])


def near(colour: tuple[int, int, int], other: tuple[int, int, int]) -> bool:
    return max(abs(a - b) for a, b in zip(colour, other, strict=True)) <= 12


@pytest.mark.parametrize("quality", [65, 75, 95])
def test_all_facade_colours_are_found_in_jpegs_and_named(quality: int) -> None:
    wanted = list(FACADES)
    palette = found_in(as_jpeg(boxes(wanted, seed), quality) for seed in range(12))
    assert len(palette) == len(wanted)
    assert all(any(near(colour, other) for other in palette.colours) for colour in wanted)
    assert set(palette.names) == set(FACADES.values())
    assert palette.names[0] == "background" and palette.shares[0] == max(palette.shares)
    assert set(palette.colours) == set(wanted)  # exactly, whatever compression made of them


def test_two_colours_near_one_known_one_stay_two() -> None:
    palette = found_in(boxes([(0, 24, 222), (0, 0, 195)], seed) for seed in range(3))
    assert set(palette.colours) == {(0, 24, 222), (0, 0, 195)} and set(palette.names) == {
        "#0018de",
        "#0000c3",
    }


def test_unknown_colours_are_their_own_names() -> None:
    palette = found_in(boxes([(10, 200, 30), (200, 0, 200)], seed) for seed in range(3))
    assert palette.names == ("#0ac81e", "#c800c8")
    assert palette.colours == ((10, 200, 30), (200, 0, 200))


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
        found_in(pictures)
    assert_one_sentence(error.value)
