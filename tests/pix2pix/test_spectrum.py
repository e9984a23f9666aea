"""Bands of a picture's waves; the spectrum itself is tested in tests/train/test_spectrum.py."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from support import noise_tensor
from torch import Tensor

from pix2pix.spectrum import band, detail_db, radial_spectrum


def waves(cycles_per_pixel: float, size: int = 64) -> Tensor:
    """Vertical stripes that are whole waves of the mirrored picture too."""
    x = torch.arange(size).double() + 0.5
    return torch.cos(2 * np.pi * cycles_per_pixel * x).expand(1, 3, size, size).float()


def test_bands_that_adjoin_add_up_to_the_picture() -> None:
    picture = noise_tensor(0, size=33)
    parts = [band(picture, low, high) for low, high in ((0, 0.05), (0.05, 0.3), (0.3, 1))]
    torch.testing.assert_close(sum(parts), picture, atol=1e-5, rtol=0)


def test_a_wave_is_in_its_own_band_only() -> None:
    picture = waves(1 / 8)
    torch.testing.assert_close(band(picture, 0.1, 0.2), picture, atol=1e-5, rtol=0)
    assert float(band(picture, 0, 0.1).abs().max()) < 1e-5
    assert float(band(picture, 0.2, 1).abs().max()) < 1e-5


def test_the_mean_is_in_the_lowest_band() -> None:
    flat = torch.full((1, 3, 16, 24), 0.4)
    torch.testing.assert_close(band(flat, 0, 0.01), flat)
    assert float(band(flat, 0.01, 1).abs().max()) < 1e-6


def test_a_border_does_not_leak_to_the_other_side() -> None:
    """A ramp is dark on the left and bright on the right; without mirroring they would mix."""
    ramp = torch.linspace(-1, 1, 64).expand(1, 3, 64, 64)
    low = band(ramp, 0, 0.05)
    assert float((low - ramp).abs().max()) < 0.1


@pytest.mark.parametrize("low", [0.1, 0.2])
def test_the_spectrum_of_a_band_is_low_outside_of_it(low: float) -> None:
    picture = noise_tensor(3, count=1, size=64)
    kept = radial_spectrum(band(picture, low, 1))[0]
    rings = int(low * 64)
    assert float(kept[: rings - 4].max()) < float(kept[rings + 4 : 40].mean()) - 10


def test_detail_is_the_power_above_an_eighth() -> None:
    grey = torch.randn(8, 1, 64, 64).expand(-1, 3, -1, -1) * 0.1
    assert float(detail_db(grey).mean()) == pytest.approx(-20, abs=0.3)
    assert float(detail_db(waves(1 / 16))[0]) < float(detail_db(waves(1 / 4))[0]) - 30
