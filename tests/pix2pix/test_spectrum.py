"""Bands of a picture's waves; the spectrum itself is tested in tests/train/test_spectrum.py."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from support import noise_tensor
from torch import Tensor

from pix2pix.spectrum import FLOOR, band, detail_db, grid_peaks, power, power_plane, radial_spectrum


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


# ---- patterns of 2 and of 4 pixels ----------------------------------------------------------------


@pytest.mark.parametrize("shape", [(16, 16), (12, 20), (9, 15)])
def test_a_plane_has_every_frequency_in_the_order_of_the_fft(shape: tuple[int, int]) -> None:
    picture = torch.rand(2, 3, *shape, generator=torch.Generator().manual_seed(0))
    plane, (half, _) = power_plane(picture), power(picture)
    assert plane.shape == (2, *shape)
    torch.testing.assert_close(plane[..., : half.shape[-1]], 10 * torch.log10(half + FLOOR))
    y, x = torch.arange(shape[0]), torch.arange(shape[1])
    torch.testing.assert_close(plane, plane[:, -y[:, None] % shape[0], -x[None] % shape[1]])


def noisy(pattern: np.ndarray, count: int = 24) -> Tensor:
    grey = torch.randn(count, 1, *pattern.shape, generator=torch.Generator().manual_seed(1)) * 0.1
    return (grey + torch.from_numpy(pattern)).expand(-1, 3, -1, -1)


@pytest.mark.parametrize("size", [32, 64, 256])
def test_noise_has_no_peaks(size: int) -> None:
    found = grid_peaks(power_plane(noisy(np.zeros((size, size)))).mean(0))
    assert set(found) == {2, 4} and all(abs(peak) < 5 for peak in found.values())


@pytest.mark.parametrize("period", [2, 4])
@pytest.mark.parametrize("way", ["rows", "columns", "weave", "other weave"])
def test_a_pattern_is_a_peak_of_its_period_in_any_direction(period: int, way: str) -> None:
    y, x = np.mgrid[:128, :128]
    along = {"rows": y, "columns": x, "weave": x + y, "other weave": x - y}[way]
    pattern = 0.1 * np.cos(2 * np.pi * along / period)
    found = grid_peaks(power_plane(noisy(pattern)).mean(0))
    assert found[period] > 15 and found[6 - period] < 5


def test_a_flat_picture_and_a_tiny_one_have_a_number() -> None:
    assert set(grid_peaks(power_plane(torch.zeros(1, 3, 64, 64))[0]).values()) == {0.0}
    assert grid_peaks(power_plane(torch.rand(1, 3, 8, 8))[0]).keys() == {2, 4}
