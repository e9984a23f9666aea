"""Both halves of a pair move together, drawings vary, and dabs say the truth about the target."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image
from support import shape_pair, train_config
from torch import Tensor
from torchvision.transforms.v2 import functional as TF

from train.config import TrainConfig
from train.data.augment import Placement, augment, random_placement
from train.data.regions import find_parts
from train.data.strokes import Hand, Stroke, redraw, silhouette, trace


def to_uint8(image: Image.Image) -> Tensor:
    return torch.from_numpy(np.array(image.convert("RGB"))).permute(2, 0, 1)


def config(**changes: object) -> TrainConfig:
    return train_config(Path("data"), Path("run"), **changes)


PLAIN = {"redraw": 0.0, "colour_hints": 0.0, "shrink": 0.0, "recolour": 0.0}


def parts_of(edges: Tensor, photo: Tensor) -> NDArray[np.uint8]:
    return find_parts(edges.float().mean(0).numpy() < 128, photo.permute(1, 2, 0).numpy())


def strokes_of(edges: Tensor, photo: Tensor) -> tuple[list[Stroke], list[Stroke]]:
    return (
        trace(edges.float().mean(0).numpy() < 128),
        trace(silhouette(photo.permute(1, 2, 0).numpy()), min_pixels=12),
    )


def pair(seed: int, size: int = 32) -> tuple[Tensor, Tensor]:
    edges, photo = shape_pair(seed, size)
    return to_uint8(edges), to_uint8(photo)


# ---- placement ------------------------------------------------------------------------------------


@given(st.integers(0, 1000), st.sampled_from([0.0, 1.0]), st.booleans())
def test_both_halves_move_together(seed: int, shrink: float, mirror: bool) -> None:
    picture = torch.from_numpy(np.random.default_rng(seed).integers(0, 256, (3, 40, 30), dtype=np.uint8))
    options = {**PLAIN, "shrink": shrink, "mirror": mirror}
    a, b = augment(picture, picture.clone(), config(**options), np.random.default_rng(seed))
    assert a.shape == b.shape == (3, 32, 32)
    assert a.dtype == b.dtype == torch.uint8
    assert torch.equal(a, b)


def test_without_extras_it_is_the_papers_jitter() -> None:
    """Resize to load_size, crop image_size, mirror: nothing else, and every crop and mirroring happens."""
    jitter = config(image_size=32, load_size=36, **PLAIN)
    picture = torch.from_numpy(np.random.default_rng(0).integers(0, 256, (3, 64, 64), dtype=np.uint8))
    resized = TF.resize(picture, [36, 36], antialias=True)
    crops = {}
    for top in range(5):
        for left in range(5):
            crop = resized[:, top : top + 32, left : left + 32]
            crops[crop.numpy().tobytes()] = (top, left, False)
            crops[crop.flip(2).contiguous().numpy().tobytes()] = (top, left, True)
    rng = np.random.default_rng(1)
    seen = [crops[augment(picture, picture, jitter, rng)[0].numpy().tobytes()] for _ in range(400)]
    assert {top for top, _, _ in seen} == {left for _, left, _ in seen} == set(range(5))
    assert 0.4 < np.mean([mirrored for _, _, mirrored in seen]) < 0.6
    assert len(set(seen)) > 45  # of 50


def test_at_256_the_jitter_is_286() -> None:
    paper = TrainConfig(shrink=0.0, steps=1)
    rng = np.random.default_rng(0)
    placements = [random_placement(paper, rng) for _ in range(600)]
    assert {(p.size, p.scaled) for p in placements} == {(256, 286)}
    lefts = [p.left for p in placements]
    assert min(lefts) == -30 and max(lefts) == 0
    unmirrored = dataclasses.replace(paper, mirror=False)
    assert not any(random_placement(unmirrored, rng).mirrored for _ in range(50))


@pytest.mark.parametrize("input", ["labels", "photo", "edges"])
def test_a_shift_moves_a_picture_and_blurs_nothing(input: str) -> None:
    moves = config(image_size=32, load_size=32, shift=0.1, input=input, **PLAIN)
    picture = torch.from_numpy(np.random.default_rng(0).integers(0, 256, (3, 32, 32), dtype=np.uint8))
    white = {"mode": "constant", "constant_values": 255} if input == "edges" else {"mode": "reflect"}
    wide = torch.from_numpy(np.pad(picture.numpy(), ((0, 0), (3, 3), (3, 3)), **white))
    places = {}
    for top in range(7):
        for left in range(7):
            crop = wide[:, top : top + 32, left : left + 32]
            places[crop.numpy().tobytes()] = places[crop.flip(2).numpy().tobytes()] = (top, left)
    rng = np.random.default_rng(1)
    seen = [places[augment(picture, picture, moves, rng)[1].numpy().tobytes()] for _ in range(500)]
    assert {top for top, _ in seen} == {left for _, left in seen} == set(range(7))
    assert len(set(seen)) == 49


def test_a_shift_may_be_added_to_the_jitter() -> None:
    both = TrainConfig(steps=1, input="photo", shift=0.05)
    placements = [random_placement(both, np.random.default_rng(n)) for n in range(600)]
    lefts = [p.left for p in placements]
    assert min(lefts) == -30 - 13 and max(lefts) == 13
    picture = torch.zeros(2, 3, 300, 300, dtype=torch.uint8)
    assert all(p.apply(picture).shape == (2, 3, 256, 256) for p in placements[:20])


def test_shrunk_pictures_lie_whole_on_white() -> None:
    small = config(**{**PLAIN, "shrink": 1.0, "mirror": False})
    black = torch.zeros(3, 32, 32, dtype=torch.uint8)
    rng = np.random.default_rng(0)
    sides = set()
    for _ in range(60):
        placed, _ = augment(black, black, small, rng)
        rows, columns = (np.nonzero((placed[0] == 0).numpy().any(axis=axis))[0] for axis in (1, 0))
        side = len(rows)
        assert side == len(columns) and 19 <= side <= 32
        assert int((placed == 0).sum()) == 3 * side * side
        assert int((placed == 255).sum()) == 3 * (32 * 32 - side * side)
        sides.add(side)
    assert len(sides) > 8


@given(
    st.integers(20, 60),
    st.integers(-12, 12),
    st.integers(-12, 12),
    st.booleans(),
    st.sampled_from([(40, 40), (64, 32), (30, 50)]),
    st.integers(0, 99),
)
def test_strokes_land_where_their_pixels_land(
    scaled: int, left: int, top: int, mirrored: bool, source: tuple[int, int], seed: int
) -> None:
    placement = Placement(40, scaled, left, top, mirrored)
    rng = np.random.default_rng(seed)
    x, y = (int(rng.integers(2, side - 2)) for side in source)
    dot = torch.full((1, 3, source[1], source[0]), 255, dtype=torch.uint8)
    dot[..., y - 1 : y + 2, x - 1 : x + 2] = 0
    ink = 255 - placement.apply(dot)[0, 0].double()
    (moved,) = placement.apply_to_strokes([np.array([[x, y]], np.float32)], source)
    assert moved.shape == (1, 2) and moved.dtype == np.float32
    mx, my = map(float, moved[0])
    if not (4 <= mx <= 35 and 4 <= my <= 35):
        return  # partly cropped: its centre of ink is not its centre
    rows, columns = torch.meshgrid(torch.arange(40.0), torch.arange(40.0), indexing="ij")
    if ink.sum() > 0:
        assert float((ink * columns).sum() / ink.sum()) == pytest.approx(mx, abs=0.35)
        assert float((ink * rows).sum() / ink.sum()) == pytest.approx(my, abs=0.35)


@pytest.mark.parametrize("seed", range(6))
def test_a_careful_redrawing_covers_the_placed_edges(seed: int) -> None:
    edges, photo = pair(seed, 64)
    settings = config(image_size=64, load_size=72, receptive_field=16)
    placement = random_placement(settings, np.random.default_rng(seed))
    placed = placement.apply(edges[None])[0].float().mean(0).numpy()
    moved = placement.apply_to_strokes(strokes_of(edges, photo)[0], (64, 64))
    drawing = np.asarray(redraw(moved, Hand(width=4), (64, 64), np.random.default_rng(0)))
    dark = placed < 140
    assert dark.sum() > 40
    assert (drawing[dark] < 200).mean() > 0.95


# ---- drawing --------------------------------------------------------------------------------------


def test_edges_are_redrawn_as_often_as_asked() -> None:
    edges, photo = pair(3)
    calls = []

    def strokes() -> tuple[list[Stroke], list[Stroke]]:
        calls.append(1)
        return strokes_of(edges, photo)

    rng = np.random.default_rng(0)
    half = config(**{**PLAIN, "redraw": 0.5})
    for _ in range(100):
        condition, target = augment(edges, photo, half, rng, strokes)
        assert condition.is_contiguous() and condition.shape == target.shape
        assert torch.equal(condition[0], condition[1]) and torch.equal(condition[0], condition[2])
    assert 35 <= len(calls) <= 65
    calls.clear()
    augment(edges, photo, config(**PLAIN), rng, strokes)
    augment(edges, photo, config(**{**PLAIN, "redraw": 1.0, "input": "labels"}), rng, strokes)
    augment(edges, photo, config(**{**PLAIN, "redraw": 1.0, "input": "photo"}), rng, strokes)
    assert calls == []


def test_drawings_of_one_pair_differ_while_the_photo_is_the_photo() -> None:
    edges, photo = pair(1, 64)
    options = {**PLAIN, "redraw": 1.0, "mirror": False, "image_size": 64, "load_size": 64}
    rng = np.random.default_rng(0)
    drawings, photos = set(), set()
    for _ in range(20):
        condition, target = augment(edges, photo, config(**options), rng, lambda: strokes_of(edges, photo))
        drawings.add(condition.numpy().tobytes())
        photos.add(target.numpy().tobytes())
        assert int((condition < 128).sum()) > 60  # something was drawn
    assert len(drawings) == 20
    assert len(photos) == 1


def test_an_augmentation_follows_from_its_generator() -> None:
    edges, photo = pair(2)
    everything = config(redraw=1.0, colour_hints=1.0, recolour=1.0, shrink=0.5)
    first, again = (
        augment(edges, photo, everything, np.random.default_rng([5, 1, 9]), lambda: strokes_of(edges, photo))
        for _ in range(2)
    )
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))


# ---- for a person to look at ----------------------------------------------------------------------


def test_sheet_of_augmentations(output: Path) -> None:
    """Writes ``augmentations.png``: a column a shape; its edges, five drawings, two with dabs, its photo."""
    size, columns = 128, []
    base = {**PLAIN, "image_size": size, "load_size": 143, "receptive_field": 16}
    drawing, hinted = (
        config(**{**base, "redraw": 1.0, "shrink": 0.35, "colour_hints": hints, "recolour": hints})
        for hints in (0.0, 1.0)
    )
    for seed in range(6):
        edges, photo = pair(seed, size)
        rng = np.random.default_rng(seed)
        rows = [edges]
        rows += [
            augment(edges, photo, drawing, rng, lambda p=(edges, photo): strokes_of(*p))[0] for _ in range(5)
        ]
        for _ in range(2):
            both = (edges, photo)
            rows += augment(*both, hinted, rng, lambda p=both: strokes_of(*p), lambda p=both: parts_of(*p))
        columns.append(torch.cat([*rows, photo], dim=1))
    sheet = torch.cat(columns, dim=2)
    path = output / "augmentations.png"
    Image.fromarray(sheet.permute(1, 2, 0).numpy()).save(path)
    with Image.open(path) as written:
        assert written.size == (6 * size, 11 * size)
    drawings = sheet[:, size : 6 * size].reshape(3, 5, size, 6, size)
    assert bool((drawings[0] == drawings[2]).all())  # drawings are grey
    hints = sheet[:, 6 * size : 7 * size].int()
    assert int((hints.amax(0) - hints.amin(0) > 40).sum()) > 200  # hints are coloured
