"""A small copy's translation at the photo's size, with the photo's own detail."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from pix2pix.detail import STEEPEST, carry_detail, contrast


def photo(size: int = 96) -> Tensor:
    """Smooth shapes with a fine texture."""
    rng = torch.Generator().manual_seed(0)
    coarse = F.interpolate(torch.rand(1, 3, 6, 6, generator=rng), (size, size), mode="bicubic") * 1.2 - 0.7
    return (coarse + 0.1 * torch.randn(1, 3, size, size, generator=rng)).clamp(-1, 1)


def small(x: Tensor, factor: int = 4) -> Tensor:
    side = x.shape[2] // factor
    return F.interpolate(x, (side, side), mode="bilinear", antialias=True)


def fine(x: Tensor) -> Tensor:
    """What a copy at a quarter of the size loses, away from the border."""
    return (x - F.interpolate(small(x), x.shape[2:], mode="bilinear"))[..., 8:-8, 8:-8]


def test_a_translation_that_changes_nothing_gives_the_photo_back() -> None:
    x = photo()
    torch.testing.assert_close(carry_detail(x, small(x), small(x)), x, atol=1e-5, rtol=0)


@pytest.mark.parametrize("gain", [0.5, 0.1, -1.0])
def test_detail_is_scaled_as_the_model_scales_contrasts(gain: float) -> None:
    x = photo()
    copy = small(x)
    y = fine(carry_detail(x, copy, (copy * gain).clamp(-1, 1)))
    slope = float((y * fine(x)).sum() / (fine(x) ** 2).sum())
    assert slope == pytest.approx(gain, abs=max(0.2 * abs(gain), 0.07))


def test_a_darker_sky_has_less_noise() -> None:
    noise = 0.03 * torch.randn(1, 3, 96, 96, generator=torch.Generator().manual_seed(1))
    sky = 0.6 + noise
    night = carry_detail(sky, small(sky), torch.full((1, 3, 24, 24), -0.9))
    assert float(night.std()) < 0.15 * float(sky.std())


def test_what_is_painted_unlike_the_photo_gets_little_of_it() -> None:
    rng = torch.Generator().manual_seed(2)
    x = photo()
    painted = torch.rand(1, 3, 24, 24, generator=rng) * 2 - 1
    y = fine(carry_detail(x, small(x), painted))
    alone = fine(F.interpolate(painted, (96, 96), mode="bilinear"))
    assert float((y - alone).std()) < 0.5 * float(fine(x).std())


def test_noise_is_not_blown_up() -> None:
    x = small(photo())
    assert float(contrast(x, (5 * x).clamp(-1, 1)).abs().max()) <= STEEPEST
    black = torch.full((1, 3, 24, 24), -1.0)
    assert float(contrast(black, -black).abs().max()) <= STEEPEST


@pytest.mark.parametrize("size", [(1, 1), (3, 40), (40, 3)])
def test_thin_photos_have_thin_copies(size: tuple[int, int]) -> None:
    x = torch.rand(1, 3, *size) * 2 - 1
    copy = torch.rand(1, 3, max(size[0] // 4, 1), max(size[1] // 4, 1))
    y = carry_detail(x, copy, copy)
    assert y.shape == x.shape and bool(torch.isfinite(y).all()) and float(y.abs().max()) <= 1
