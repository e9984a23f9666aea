"""Dabs say the truth about the target, vivid colours are seen, and a hint speaks of its part alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from support import train_config
from torch import Tensor

from train.config import TrainConfig
from train.data.augment import augment
from train.data.dabs import FILLED, colour_hints, tint, turn_hue, under
from train.data.regions import FIRST_PART, find_parts
from train.data.strokes import silhouette

PLAIN = {"redraw": 0.0, "colour_hints": 1.0, "shrink": 0.0, "recolour": 0.0, "mirror": False}


def config(**changes: object) -> TrainConfig:
    return train_config(Path("data"), Path("run"), **{**PLAIN, **changes})


def flat_object(colour: tuple[int, int, int], size: int = 128) -> tuple[Tensor, Tensor]:
    """(edges, photo) of a square in one colour, with its outline and a line down its middle drawn."""
    photo = np.full((size, size, 3), 255, np.uint8)
    quarter = size // 4
    photo[quarter:-quarter, quarter:-quarter] = colour
    edges = np.full((size, size, 3), 255, np.uint8)
    edges[silhouette(photo)] = 0
    edges[quarter:-quarter, size // 2] = 0
    return torch.from_numpy(edges).permute(2, 0, 1), torch.from_numpy(photo).permute(2, 0, 1)


def parts_of(edges: Tensor, photo: Tensor) -> np.ndarray:
    return find_parts(edges[0].numpy() < 128, photo.permute(1, 2, 0).numpy())


@given(st.tuples(*[st.integers(0, 220)] * 3), st.integers(0, 1000), st.booleans())
def test_dabs_have_the_targets_colour(colour: tuple[int, int, int], seed: int, known: bool) -> None:
    edges, photo = flat_object(colour)
    find = (lambda: parts_of(edges, photo)) if known else None
    target, hints = colour_hints(photo, find, config(), np.random.default_rng(seed))
    assert torch.equal(target, photo)  # nothing is recoloured
    dabbed = (hints != 255).any(dim=0)
    assert bool(dabbed.any())
    assert bool((hints[:, dabbed] == torch.tensor(colour, dtype=torch.uint8)[:, None]).all())
    # Nothing is dabbed far from the object: 16 pixels of 256 and half a stroke of three radii.
    far = torch.ones(128, 128, dtype=torch.bool)
    far[32 - 21 : 96 + 21, 32 - 21 : 96 + 21] = False
    assert not bool(dabbed[far].any())


def test_lines_stay_black_over_dabs() -> None:
    edges, photo = flat_object((180, 60, 40))
    _, hints = colour_hints(photo, None, config(), np.random.default_rng(1))
    hinted = under(edges, hints)
    assert not hinted[:, edges[0] == 0].any()
    paper = edges[0] == 255
    assert torch.equal(hinted[:, paper], hints[:, paper])


def test_each_side_is_dabbed_in_its_own_colour() -> None:
    photo = torch.full((3, 128, 128), 255, dtype=torch.uint8)
    photo[:, 30:100, 10:50] = torch.tensor([200, 0, 0], dtype=torch.uint8)[:, None, None]
    photo[:, 30:100, 78:118] = torch.tensor([0, 0, 200], dtype=torch.uint8)[:, None, None]
    sides = set()
    for seed in range(25):
        _, hints = colour_hints(photo, None, config(), np.random.default_rng(seed))
        for side, half in (("red", hints[:, :, :50]), ("blue", hints[:, :, 78:])):
            colours = {tuple(c) for c in half.reshape(3, -1).T.tolist()} - {(255, 255, 255)}
            assert colours <= {(200, 0, 0) if side == "red" else (0, 0, 200)}
            sides |= {side} if colours else set()
    assert sides == {"red", "blue"}


def test_dabs_are_small_and_few() -> None:
    _, photo = flat_object((90, 40, 160), 256)
    layers = [colour_hints(photo, None, config(), np.random.default_rng(seed))[1] for seed in range(40)]
    areas = [int((layer != 255).any(dim=0).sum()) for layer in layers]
    assert min(areas) >= 25  # a radius of 3
    assert max(areas) <= 8 * (3.2 * 16 * 16 + 3 * 16 * 2 * 16)
    assert np.mean(areas) < 0.1 * 256 * 256


def test_now_and_then_whole_parts_are_filled() -> None:
    edges, photo = flat_object((90, 40, 160))
    parts = parts_of(edges, photo)
    layers = [
        colour_hints(photo, lambda: parts, config(), np.random.default_rng(seed))[1] for seed in range(60)
    ]
    full = [
        tuple(
            bool((layer[0].numpy()[parts == number] == 90).all()) for number in (FIRST_PART, FIRST_PART + 1)
        )
        for layer in layers
    ]
    assert set(full) == {(False, False), (True, False), (False, True), (True, True)}
    assert 0.5 * FILLED < np.mean([any(sides) for sides in full]) < 2 * FILLED


def test_a_target_without_an_object_gets_no_dab() -> None:
    blank = torch.full((3, 32, 32), 250, dtype=torch.uint8)
    for recoloured in (0.0, 1.0):
        target, hints = colour_hints(
            blank, lambda: np.zeros((32, 32), np.uint8), config(recolour=recoloured), np.random.default_rng(0)
        )
        assert bool((hints == 255).all())
        assert torch.equal(target, blank)


def test_hints_are_given_as_often_as_asked() -> None:
    edges, photo = flat_object((200, 40, 40), 32)
    rng = np.random.default_rng(0)
    for chance, low, high in ((0.0, 0, 0), (0.5, 35, 65), (1.0, 100, 100)):
        hinted = 0
        for _ in range(100):
            condition, target = augment(edges, photo, config(load_size=32, colour_hints=chance), rng)
            hinted += not torch.equal(condition, edges)
            assert torch.equal(target, photo)  # without recolour
        assert low <= hinted <= high


def test_turning_the_hue_leaves_white_and_black() -> None:
    photo = np.full((16, 16, 3), 255, np.uint8)
    photo[4:12, 4:8] = (200, 60, 50)
    photo[4:12, 8:12] = 0
    hues = set()
    for seed in range(40):
        turned = turn_hue(photo, np.random.default_rng(seed))
        assert turned.shape == photo.shape and turned.dtype == np.uint8
        assert (turned[(photo == 255).all(axis=2)] == 255).all()
        assert not turned[4:12, 8:12].any()
        hues.add(int(turned[6, 6].argmax()))
        assert int(turned[6, 6].max()) == pytest.approx(200, abs=2)  # as light as before
    assert hues == {0, 1, 2}


@given(st.integers(0, 10**6))
def test_a_tint_is_one_hue_keeps_light_and_shade_and_stays_in_its_place(seed: int) -> None:
    grey = np.random.default_rng(seed).integers(20, 250, (24, 24, 1), dtype=np.uint8)
    photo = np.repeat(np.sort(grey, axis=0), 3, axis=2)
    place = np.zeros((24, 24), bool)
    place[4:20, 4:20] = True
    tinted = tint(photo, place, np.random.default_rng(seed)).astype(int)
    outside = np.ones_like(place)
    outside[3:21, 3:21] = False
    assert (tinted[outside] == photo[outside]).all()
    within = tinted[6:18, 6:18]
    assert (within.max(axis=2) - within.min(axis=2) >= within.max(axis=2) * 0.3 - 1).all()  # saturated
    assert len(set(within.argmax(axis=2)[within.max(axis=2) - np.median(within, axis=2) > 12])) <= 1
    assert (np.diff(within.max(axis=2), axis=0) >= 0).all()  # what was lighter is lighter


def test_vivid_hints_agree_with_their_targets_and_speak_of_their_part_alone() -> None:
    edges, photo = flat_object((110, 110, 110))
    parts = parts_of(edges, photo)
    assert len(np.unique(parts[parts >= FIRST_PART])) == 2
    left, right = (parts == FIRST_PART), (parts == FIRST_PART + 1)
    kinds, differences = set(), []
    for seed in range(60):
        target, hints = colour_hints(photo, lambda: parts, config(recolour=1.0), np.random.default_rng(seed))
        changed = (target != photo).any(dim=0).numpy()
        dabbed = (hints != 255).any(dim=0).numpy()
        assert dabbed.any()
        assert not changed[:28].any() and not changed[:, :28].any()  # the ground stays white
        for part in (left, right):
            if changed[part].mean() > 0.9 and dabbed[part].any():
                true = target[:, part].float().median(dim=1).values
                dab = hints[:, part & dabbed].float().median(dim=1).values
                differences.append(float((true - dab).abs().max()))
        sides = tuple(bool(changed[part].mean() > 0.9) for part in (left, right))
        kinds.add(sides)
        if sides in ((True, False), (False, True)):
            plain = right if sides[0] else left
            centres = dabbed & plain
            assert centres.sum() < 0.45 * plain.sum()  # at most what reaches over the line
    assert {(True, True), (True, False), (False, True)} <= kinds
    assert np.quantile(differences, 0.9) < 30  # now and then most of what is dabbed came over the line
