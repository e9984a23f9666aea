"""What is found in a whole batch at once is what is found picture by picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw
from support import shape_pair, train_config

import train.data.part_colours
from pix2pix.colouring import connected, drawn_parts
from pix2pix.hints import commonest
from pix2pix.images import to_tensor
from train.data.batch_colours import _first_cells, commonest_of_groups, mostly, numbered_parts
from train.data.dabs import under
from train.data.part_colours import told_at_once, told_colours


def spiral(side: int) -> torch.Tensor:
    """(side, side) bool: one way of a cell's width from the border to the middle."""
    cells = torch.zeros(side, side, dtype=torch.bool)
    for ring in range(0, side // 2, 2):
        end = side - ring
        cells[ring, max(ring - 2, 0) : end] = True
        cells[ring:end, end - 1] = True
        cells[end - 1, ring:end] = True
        cells[ring + 2 : end, ring] = True
    return cells


@pytest.mark.parametrize("share", [0.1, 0.5, 0.6, 0.65, 0.9])
def test_connected_cells_are_those_that_are_found_row_by_row(share: float) -> None:
    rng = torch.Generator().manual_seed(int(100 * share))
    batch = torch.cat([torch.rand(6, 66, 66, generator=rng) < share, spiral(66)[None], spiral(66).T[None]])
    for cells, first in zip(batch, _first_cells(batch), strict=True):
        numbers = connected(cells)
        assert bool((first[~cells] == cells.numel()).all())
        for number in numbers.unique().tolist():
            if number:
                here = numbers == number
                assert first[here].unique().tolist() == [int(here.flatten().nonzero()[0])]


def test_parts_have_the_numbers_of_the_order_in_which_they_are_found() -> None:
    lines = torch.zeros(3, 64, 64, dtype=torch.bool)
    lines[0, 10:50, [10, 30, 50]] = True
    lines[0, [10, 30, 49], 10:50] = True
    lines[1, 5:8, 5:8] = True  # a part of one cell is too small beside the next
    lines[1, 6, 6] = False
    lines[1, 20:60, [20, 59]] = True
    lines[1, [20, 59], 20:60] = True
    for picture, numbers in zip(lines, numbered_parts(lines), strict=True):
        parts = drawn_parts(picture)
        assert numbers.max() == len(parts)
        for index, part in enumerate(parts, start=1):
            assert np.array_equal(numbers.numpy() == index, part.inside)


def test_groups_have_their_commonest_colour() -> None:
    photo = torch.rand(2, 3, 16, 16).square() * 2 - 1
    groups = torch.randint(0, 3, (2, 16, 16))
    found, dark = commonest_of_groups(photo, groups, 4), mostly(photo.amin(1) < -0.7, groups, 4)
    for index in range(2):
        for group in range(3):
            pixels = photo[index][:, groups[index] == group]
            assert torch.allclose(found[index, group], commonest(pixels), atol=1e-5)
            assert bool(dark[index, group]) == bool(pixels.amin(0).median() < -0.7)
    assert found[:, 3].isnan().all() and not dark[:, 3].any()


def striped(seed: int) -> tuple[Image.Image, Image.Image]:
    """(drawing, photo) of a few boxes side by side, each in its own colour, one of them nearly white."""
    rng = np.random.default_rng(seed)
    drawing, photo = (Image.new("RGB", (64, 64), "white") for _ in range(2))
    for left in range(4, 52, 12):
        box = (left, int(rng.integers(2, 9)), left + 12, int(rng.integers(24, 60)))
        shade = tuple(int(value) for value in rng.integers(0, 200, 3)) if left > 4 else (250,) * 3
        ImageDraw.Draw(photo).rectangle(box, fill=shade)
        ImageDraw.Draw(drawing).rectangle(box, outline="black")
    return drawing, photo


@pytest.mark.parametrize("size", [64, 32])  # the whole picture, and a quarter
def test_generators_are_told_the_same(size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train.data.part_colours, "MAIN_TOLD", 2.0)
    monkeypatch.setattr(train.data.part_colours, "PARTS_TOLD", (1.0, 1.0))
    drawings, photos = zip(*(striped(seed) for seed in range(6)), strict=True)
    x, y = (torch.stack([to_tensor(picture) for picture in half]) for half in (drawings, photos))
    dab = torch.full((3, 64, 64), 255, dtype=torch.uint8)
    dab[0, 20:40, 24:40] = 0
    x[0] = under(((x[0] + 1) * 127.5).round().byte(), dab).float() / 127.5 - 1
    x, y = x[..., :size, 16 : 16 + size], y[..., :size, 16 : 16 + size]
    config = train_config(tmp_path, tmp_path / "run", spread_hints=True, image_size=64, load_size=64)
    with torch.autocast("cpu", torch.bfloat16):  # as a step has it
        one_by_one, at_once = (tell(x, y, config) for tell in (told_colours, told_at_once))
    torch.testing.assert_close(at_once, one_by_one, atol=1e-4, rtol=0, equal_nan=True)
    assert (at_once.isfinite().all(1) & (at_once != at_once[:, :, :1, :1]).any(1)).any()  # parts, too


def test_what_is_told_is_drawn(tmp_path: Path) -> None:
    drawing, photo = (to_tensor(picture)[None].repeat(64, 1, 1, 1) for picture in shape_pair(0))
    config = train_config(tmp_path, tmp_path / "run", spread_hints=True, image_size=64, load_size=64)
    torch.manual_seed(0)
    told = told_at_once(drawing, photo, config)
    assert 30 < int(told[:, 0, 0, 0].isfinite().sum()) < 64  # the main colour
    torch.manual_seed(0)
    assert torch.equal(told_at_once(drawing, photo, config).nan_to_num(5), told.nan_to_num(5))
