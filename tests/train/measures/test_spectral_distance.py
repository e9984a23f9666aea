"""The spectrum finds missing and added detail, wherever it lies, and is what its formula says."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from support import noise_tensor
from torch import Tensor

from pix2pix.spectrum import FLOOR, power, radial_spectrum
from train.measures.metrics import METRICS, l1, sharpness_db, spectrum_distance


def waves(cycles_per_pixel: float, size: int = 64) -> Tensor:
    """Vertical stripes of amplitude 0.5."""
    x = torch.arange(size).double()
    return (0.5 * torch.sin(2 * np.pi * cycles_per_pixel * x)).expand(1, 3, size, size).float()


def blurred(images: Tensor) -> Tensor:
    return F.avg_pool2d(F.pad(images, (2, 2, 2, 2), mode="reflect"), 5, stride=1)


def sharpness(output: Tensor, target: Tensor) -> float:
    metric = METRICS["sharpness"]
    return metric.finish(metric.measure(output, target).mean(0))


def test_power_is_its_formula() -> None:
    picture = noise_tensor(0, count=1, size=16)
    y = np.einsum("chw,c->hw", picture[0].double().numpy(), [0.299, 0.587, 0.114])
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(16) / 16)
    window = np.outer(hann, hann)
    expected = np.abs(np.fft.fft2((y - (y * window).sum() / window.sum()) * window)) ** 2 / (window**2).sum()
    found, length = power(picture)
    np.testing.assert_allclose(found[0].numpy(), expected[:, :9], rtol=1e-8, atol=1e-12)
    assert float(length[3, 4]) == pytest.approx(5 / 16)


def test_white_noise_has_its_variance_at_every_frequency() -> None:
    grey = torch.randn(64, 1, 64, 64).expand(-1, 3, -1, -1) * 0.1
    levels = radial_spectrum(grey).mean(0)
    assert levels.shape == (45,)
    assert float((levels[3:-3] + 20).abs().max()) < 0.6  # 0.01 is -20 dB; the last rings hold few waves


def test_a_wave_stands_in_its_own_ring() -> None:
    for ring in (4, 15, 29):
        found = radial_spectrum(waves((ring + 1) / 64))[0]
        assert int(found.argmax()) == ring


def test_a_flat_picture_has_the_floor() -> None:
    flat = torch.full((1, 3, 32, 20), 0.3)
    assert radial_spectrum(flat).shape == (1, 14)
    torch.testing.assert_close(radial_spectrum(flat), torch.full((1, 14), 10 * np.log10(FLOOR)).double())


def test_equal_pictures_have_no_distance() -> None:
    picture = noise_tensor(1, size=32)
    assert spectrum_distance(picture, picture).tolist() == [0, 0]
    assert sharpness(picture, picture) == 1.0


def test_where_detail_lies_does_not_matter() -> None:
    """What L1 cannot see: the same texture elsewhere is far by L1 and near by spectrum."""
    target = noise_tensor(2, count=8, size=64)
    elsewhere, soft = target.roll((17, 9), dims=(2, 3)), blurred(target)
    assert float(l1(elsewhere, target).mean()) > float(l1(soft, target).mean())
    distances = [float(spectrum_distance(x, target).mean()) for x in (elsewhere, soft)]
    assert distances[0] < distances[1] / 2
    assert sharpness(elsewhere, target) == pytest.approx(1, abs=0.1) and sharpness(soft, target) < 0.3


def test_too_much_detail_counts_as_well() -> None:
    target = blurred(noise_tensor(3, count=4, size=64))
    checkered = target + 0.2 * (torch.arange(64)[:, None] + torch.arange(64)).remainder(2)
    assert float(spectrum_distance(checkered, target).mean()) > 0.5
    noisy = target + 0.2 * noise_tensor(4, count=4, size=64)
    assert sharpness(noisy, target) > 1.3 and float(spectrum_distance(noisy, target).mean()) > 3


def test_half_the_amplitude_is_a_quarter_of_the_energy() -> None:
    target = noise_tensor(5, count=2, size=32)
    assert sharpness(target / 2, target) == pytest.approx(0.25, rel=0.01)
    assert float(spectrum_distance(target / 2, target)[0]) == pytest.approx(6.02, abs=0.05)
    assert float(sharpness_db(target, target / 2)[0]) == pytest.approx(6.02, abs=0.05)
