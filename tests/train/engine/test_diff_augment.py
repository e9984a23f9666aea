"""What the discriminator sees is changed alike for real and generated images, and gradients pass through."""

from __future__ import annotations

import dataclasses
from typing import get_args

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from train.config import Policy
from train.engine.diff_augment import DiffAugment

POLICIES = [policy for policy in get_args(Policy) if policy != "none"]
EVERY_POLICY = pytest.mark.parametrize("policy", POLICIES)


def with_unit(policy: str, *unit: float) -> DiffAugment:
    return DiffAugment(policy, torch.tensor([unit]))


MIDDLE = (0.5,) * 7  # changes nothing but the cut-out


@EVERY_POLICY
def test_the_same_draw_does_the_same(policy: str) -> None:
    images = torch.rand(3, 3, 16, 16) * 2 - 1
    draw = DiffAugment.draw(policy, 3)
    assert torch.equal(draw.image(images), draw.image(images))
    assert not torch.equal(DiffAugment.draw(policy, 3).image(images), draw.image(images))
    torch.manual_seed(5)
    first = DiffAugment.draw(policy, 3)
    torch.manual_seed(5)
    assert torch.equal(DiffAugment.draw(policy, 3).unit, first.unit)


@EVERY_POLICY
def test_the_condition_moves_with_the_image_and_keeps_its_colours(policy: str) -> None:
    draw = DiffAugment.draw(policy, 4)
    picture = torch.rand(4, 3, 16, 16) + 1
    moved = draw.condition(picture)
    assert torch.equal((draw.image(picture + 9) == 0), (moved == 0))  # the same holes and borders
    kept = moved[moved != 0]
    assert bool(torch.isin(kept, picture).all())
    assert draw.condition(None) is None


def test_shift_moves_by_whole_pixels_and_leaves_grey_behind() -> None:
    image = torch.rand(1, 3, 16, 16) + 1
    draw = with_unit("translation", 0, 0, 0, 0.999, 0.0, 0, 0)  # 2 down, 2 left
    moved = draw.image(image)
    assert torch.equal(moved[:, :, 2:, :14], image[:, :, :14, 2:])
    assert not moved[:, :, :2].any() and not moved[..., 14:].any()
    assert torch.equal(with_unit("translation", *MIDDLE).image(image), image)


@given(st.integers(8, 40), st.integers(8, 40), st.floats(0, 0.999), st.floats(0, 0.999))
def test_shifts_stay_within_an_eighth_and_holes_within_a_half(
    height: int, width: int, down: float, right: float
) -> None:
    image = torch.ones(1, 1, height, width)
    shifted = with_unit("translation", 0, 0, 0, down, right, 0, 0).image(image)
    rows, columns = (int(shifted[0, 0].any(dim=axis).sum()) for axis in (1, 0))
    assert rows >= height - round(height / 8 + 0.5) and columns >= width - round(width / 8 + 0.5)
    cut = with_unit("translation,cutout", 0.5, 0.5, 0.5, 0.5, 0.5, down, right).image(image)
    hole = int((cut == 0).sum())
    assert 0 < hole <= int(height / 2 + 0.5) * int(width / 2 + 0.5)


def test_colours_are_the_papers_formulas() -> None:
    image = torch.rand(1, 3, 4, 4) * 2 - 1
    b, s, c = 0.9, 0.2, 0.7
    x = image + (b - 0.5)
    grey = x.mean(1, keepdim=True)
    x = (x - grey) * (2 * s) + grey
    x = (x - x.mean()) * (c + 0.5) + x.mean()
    torch.testing.assert_close(with_unit("color,translation,cutout", b, s, c, *MIDDLE[3:]).colours(image), x)
    same = with_unit("color,translation,cutout", *MIDDLE).colours(image)
    torch.testing.assert_close(same, image)


@EVERY_POLICY
def test_gradients_pass_through(policy: str) -> None:
    draw = dataclasses.replace(DiffAugment.draw(policy, 2), unit=torch.rand(2, 7).double())
    images = (torch.rand(2, 3, 8, 8, dtype=torch.float64) * 2 - 1).requires_grad_(True)
    assert torch.autograd.gradcheck(draw.image, images)
    draw.image(images).sum().backward()
    assert bool(images.grad.abs().sum() > 0)


@EVERY_POLICY
def test_images_do_not_touch_each_other(policy: str) -> None:
    draw, images = DiffAugment.draw(policy, 3), torch.rand(3, 3, 16, 16)
    before = draw.image(images)
    other = images.clone()
    other[1] += 0.3
    after = draw.image(other)
    assert torch.equal(after[0], before[0]) and torch.equal(after[2], before[2])
