"""Lines divide an object into parts; the ground, and holes in the object, are none."""

from __future__ import annotations

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from train.data.regions import FIRST_PART, GROUND, LOOSE, connected, find_parts, part_mask


def bag(size: int = 256, gap: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """(lines, photo): a grey body in two parts under a handle with a hole, on white."""
    unit = size // 16
    photo = Image.new("RGB", (size, size), (255, 255, 255))
    draw = ImageDraw.Draw(photo)
    body, hole = (2 * unit, 6 * unit, 14 * unit, 14 * unit), (6 * unit, 3 * unit, 10 * unit, 6 * unit)
    draw.rectangle((5 * unit, 2 * unit, 11 * unit, 6 * unit), fill=(60, 40, 30))
    draw.rectangle(hole, fill=(255, 255, 255))
    draw.rectangle(body, fill=(120, 120, 120))
    lines = Image.new("L", (size, size), 0)
    pen = ImageDraw.Draw(lines)
    pen.rectangle((5 * unit, 2 * unit, 11 * unit, 6 * unit), outline=255)
    pen.rectangle(hole, outline=255)
    pen.rectangle(body, outline=255)
    pen.line((8 * unit, 6 * unit, 8 * unit, 14 * unit), fill=255)
    if gap:
        pen.line((8 * unit, 9 * unit, 8 * unit, 9 * unit + gap - 1), fill=0)
    return np.asarray(lines) > 0, np.asarray(photo)


def test_a_bag_has_its_parts_and_its_hole_is_ground() -> None:
    for size in (128, 256, 512):
        lines, photo = bag(size)
        parts = find_parts(lines, photo)
        unit = size // 16
        left, right = parts[10 * unit, 5 * unit], parts[10 * unit, 11 * unit]
        assert left >= FIRST_PART and right >= FIRST_PART and left != right
        handle = parts[4 * unit, 5 * unit + unit // 2]
        assert handle >= FIRST_PART and handle not in (left, right)
        assert parts[0, 0] == parts[4 * unit, 8 * unit] == GROUND
        assert parts.shape == lines.shape and parts.dtype == np.uint8
        coloured = photo.min(axis=2) < 200
        assert (parts[coloured] != GROUND).all()
        assert (parts[~coloured] != GROUND).mean() < 0.02


def test_a_line_with_a_gap_of_a_pixel_still_divides_and_one_with_a_large_gap_does_not() -> None:
    def sides(gap: int) -> set[int]:
        parts = find_parts(*bag(256, gap))
        return {int(parts[160, 80]), int(parts[160, 176])}

    assert len(sides(0)) == 2
    assert len(sides(1)) == 2
    assert len(sides(40)) == 1


def test_parts_are_numbered_from_the_largest() -> None:
    parts = find_parts(*bag())
    _, sizes = np.unique(parts[parts >= FIRST_PART], return_counts=True)
    assert len(sizes) >= 3
    assert (np.diff(sizes) <= 0).all()


def test_a_part_takes_in_the_lines_around_it_and_not_its_neighbour() -> None:
    lines, photo = bag()
    parts = find_parts(lines, photo)
    number = int(parts[160, 80])
    mask = part_mask(parts, number)
    assert mask[parts == number].all()
    assert not mask[(parts >= FIRST_PART) & (parts != number)].any()
    assert not mask[parts == GROUND].any()
    assert (mask & (parts == LOOSE)).any()


def test_white_paper_has_no_object() -> None:
    blank = np.full((64, 64, 3), 255, np.uint8)
    assert not find_parts(np.zeros((64, 64), bool), blank).any()


def test_an_object_without_lines_is_one_part_and_a_photo_without_ground_too() -> None:
    photo = np.full((64, 64, 3), 255, np.uint8)
    photo[16:48, 16:48] = (200, 30, 30)
    parts = find_parts(np.zeros((64, 64), bool), photo)
    assert set(np.unique(parts)) <= {GROUND, LOOSE, FIRST_PART}
    assert (parts[18:46, 18:46] == FIRST_PART).all()
    everywhere = find_parts(np.zeros((64, 64), bool), np.full((64, 64, 3), 90, np.uint8))
    assert (everywhere == FIRST_PART).all()


def flood(cells: np.ndarray, y: int, x: int) -> set[tuple[int, int]]:
    found, waiting = set(), [(y, x)]
    while waiting:
        y, x = waiting.pop()
        inside = 0 <= y < cells.shape[0] and 0 <= x < cells.shape[1]
        if inside and cells[y, x] and (y, x) not in found:
            found.add((y, x))
            waiting += [(y + 1, x), (y - 1, x), (y, x + 1), (y, x - 1)]
    return found


@given(st.integers(2, 24), st.integers(2, 24), st.floats(0.3, 0.9), st.integers(0, 10**6))
def test_connected_is_what_a_flood_fill_finds(height: int, width: int, full: float, seed: int) -> None:
    cells = np.random.default_rng(seed).random((height, width)) < full
    numbers = connected(torch.from_numpy(cells)).numpy()
    assert ((numbers > 0) == cells).all()
    for number in np.unique(numbers[numbers > 0]):
        where = np.argwhere(numbers == number)
        assert {(int(y), int(x)) for y, x in where} == flood(cells, *where[0])
