"""A seed's colours go to the parts of a drawing that are like those of the photo that they come from."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw
from torch import Tensor

from pix2pix.colouring import SMALLEST, Accent, Colouring, colour_map, drawn_parts, seed_colouring
from pix2pix.hints import colour_tensor, find_lines
from pix2pix.images import to_tensor

BROWN, WHITE, RED = (120, 80, 50), (230, 230, 230), (200, 30, 30)
SOLE = Accent(0.5, 0.9, 0.2, WHITE)


def shoe(*boxes: tuple[int, int, int, int]) -> Tensor:
    """(1, 3, 256, 256): by default a box with a flat one, its sole, below."""
    picture = Image.new("RGB", (256, 256), "white")
    for box in boxes or ((40, 80, 216, 160), (40, 160, 216, 180)):
        ImageDraw.Draw(picture).rectangle(box, outline="black", width=3)
    return to_tensor(picture)[None]


def colour_at(colours: Tensor, x: int, y: int) -> tuple[int, ...]:
    return tuple(round(float(value)) for value in (colours[0, :, y // 4, x // 4] + 1) * 127.5)


def test_the_sole_takes_the_soles_colour_and_the_rest_the_main_one() -> None:
    colours = colour_map(shoe(), Colouring(BROWN, (SOLE,)))
    assert colours.shape == (1, 3, 64, 64)
    assert colour_at(colours, 128, 170) == WHITE
    assert {colour_at(colours, 128, 120), colour_at(colours, 5, 5), colour_at(colours, 128, 200)} == {BROWN}


@pytest.mark.parametrize(
    ("drawing", "accent"),
    [
        (shoe((40, 80, 216, 180)), SOLE),  # one part: it is the largest
        (shoe(), Accent(0.5, 0.1, 0.02, WHITE)),  # nothing small at the top
        (shoe()[..., :168], SOLE),  # the drawing ends before its right side: all of it is open
        (torch.ones(1, 3, 256, 256), SOLE),
    ],
)
def test_where_no_part_is_like_it_all_is_of_the_main_colour(drawing: Tensor, accent: Accent) -> None:
    colours = colour_map(drawing, Colouring(BROWN, (accent,)), 256)
    assert torch.equal(colours, colour_tensor(BROWN)[:, :, None, None].expand_as(colours))


def test_a_photo_of_two_colours_makes_a_drawing_of_two() -> None:
    sleeve = Accent(0.1, 0.1, 0.3, WHITE)  # not at all like the sole, but the only other part that there is
    colours = colour_map(shoe(), Colouring(BROWN, (sleeve,)))
    assert colour_at(colours, 128, 170) == WHITE and colour_at(colours, 128, 120) == BROWN


def test_a_part_takes_the_accent_that_is_most_like_it_and_two_may_take_the_same() -> None:
    toe = Accent(0.1, 0.4, 0.2, RED)
    drawing = shoe((40, 80, 80, 160), (80, 80, 216, 160), (40, 160, 120, 180), (120, 160, 216, 180))
    for accents in ((toe, SOLE), (SOLE, toe)):
        colours = colour_map(drawing, Colouring(BROWN, accents))
        assert colour_at(colours, 60, 120) == RED
        assert colour_at(colours, 80 - 4, 170) == colour_at(colours, 170, 170) == WHITE
        assert colour_at(colours, 150, 120) == BROWN


def test_dabs_and_the_size_of_the_picture_change_nothing() -> None:
    dabbed = shoe()
    dabbed[..., 100:120, 100:120] = colour_tensor(RED)[:, :, None, None]
    colouring = Colouring(BROWN, (SOLE,))
    assert torch.equal(colour_map(dabbed, colouring), colour_map(shoe(), colouring))
    large = shoe().repeat_interleave(2, 2).repeat_interleave(2, 3)
    assert torch.equal(colour_map(large, colouring), colour_map(shoe(), colouring))


@given(st.integers(0, 2**32 - 1), st.integers(8, 90), st.integers(8, 90), st.sampled_from([0.02, 0.3, 0.9]))
def test_parts_are_apart_enclosed_and_not_tiny(seed: int, height: int, width: int, drawn: float) -> None:
    rng = torch.Generator().manual_seed(seed)
    x = torch.ones(1, 3, height, width)
    x[(torch.rand(1, 1, height, width, generator=rng) < drawn).expand_as(x)] = -1
    lines = find_lines(x)[0, 0]
    parts = drawn_parts(lines)
    inside = np.array([part.inside for part in parts]).reshape(len(parts), *lines.shape)
    assert inside.sum(0).max(initial=0) <= 1
    assert all(part.share > SMALLEST and 0 <= part.x <= 1 and 0 <= part.y <= 1 for part in parts)
    assert not inside[:, [0, -1]].any() and not inside[:, :, [0, -1]].any()


def test_seeds_take_the_colourings_in_turn() -> None:
    known = (Colouring(BROWN, (SOLE,)), Colouring(RED))
    assert [seed_colouring(seed, known) for seed in (0, 1, 2, -1)] == [*known, *known]
    assert seed_colouring(3) == seed_colouring(3) != seed_colouring(4)
