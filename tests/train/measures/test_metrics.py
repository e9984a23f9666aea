"""Each metric is what its formula says."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from support import noise_tensor as noise

from train.measures.metrics import METRICS, l1, psnr, ssim


def textbook_ssim(a: np.ndarray, b: np.ndarray) -> float:
    """Wang et al. 2004 for one channel in [0, 1], window by window, in double precision."""
    grid = np.arange(11) - 5
    window = np.exp(-(grid[:, None] ** 2 + grid[None] ** 2) / (2 * 1.5**2))
    window /= window.sum()
    scores = []
    for y in range(a.shape[0] - 10):
        for x in range(a.shape[1] - 10):
            p, q = a[y : y + 11, x : x + 11], b[y : y + 11, x : x + 11]
            mp, mq = (window * p).sum(), (window * q).sum()
            vp, vq = (window * (p - mp) ** 2).sum(), (window * (q - mq) ** 2).sum()
            cov = (window * (p - mp) * (q - mq)).sum()
            c1, c2 = 0.01**2, 0.03**2
            scores.append((2 * mp * mq + c1) * (2 * cov + c2) / ((mp**2 + mq**2 + c1) * (vp + vq + c2)))
    return float(np.mean(scores))


def test_l1_of_known_pictures() -> None:
    black, white = torch.full((1, 3, 16, 16), -1.0), torch.full((1, 3, 16, 16), 1.0)
    assert l1(black, white).tolist() == [2.0]
    assert l1(torch.cat([black, white]), torch.cat([black, black])).tolist() == [0.0, 2.0]


def test_psnr_of_known_pictures() -> None:
    black, white = torch.full((1, 3, 16, 16), -1.0), torch.full((1, 3, 16, 16), 1.0)
    assert psnr(black, white).tolist() == pytest.approx([0.0])
    # A tenth of the whole range off, everywhere: 20 dB.
    assert psnr(black, black + 0.2).tolist() == pytest.approx([20.0], abs=1e-4)
    assert psnr(black, black).tolist() == pytest.approx([100.0])


@given(st.integers(0, 10**6))
def test_psnr_is_its_formula(seed: int) -> None:
    a, b = noise(seed), noise(seed + 1)
    for n in range(2):
        mse = float((((a[n] + 1) / 2 - (b[n] + 1) / 2) ** 2).mean())
        assert float(psnr(a, b)[n]) == pytest.approx(10 * math.log10(1 / mse), abs=1e-3)


def test_ssim_of_equal_pictures_is_1() -> None:
    for picture in (noise(0), torch.zeros(1, 3, 16, 16), torch.ones(1, 3, 32, 20)):
        assert ssim(picture, picture).tolist() == pytest.approx([1.0] * len(picture), abs=1e-5)


def test_ssim_of_flat_pictures_compares_their_lightness() -> None:
    grey, white = torch.zeros(1, 3, 16, 16), torch.ones(1, 3, 16, 16)
    expected = (2 * 0.5 * 1 + 1e-4) / (0.25 + 1 + 1e-4)
    assert float(ssim(grey, white)) == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("strength", [0.1, 1.0])
def test_ssim_is_its_formula(seed: int, strength: float) -> None:
    a = noise(seed, size=18)
    b = (a + strength * noise(seed + 10, size=18)).clamp(-1, 1)
    for n in range(2):
        channels = [
            textbook_ssim((a[n, c].double().numpy() + 1) / 2, (b[n, c].double().numpy() + 1) / 2)
            for c in range(3)
        ]
        assert float(ssim(a, b)[n]) == pytest.approx(np.mean(channels), abs=1e-4)


@given(st.integers(0, 10**6))
def test_metrics_are_symmetric_and_in_range(seed: int) -> None:
    a, b = noise(seed), noise(seed + 1)
    for metric in (METRICS[name].measure for name in ("l1", "psnr", "ssim", "spectrum")):
        torch.testing.assert_close(metric(a, b), metric(b, a))
    assert bool((l1(a, b) >= 0).all()) and bool((l1(a, b) <= 2).all())
    assert bool((ssim(a, b) <= 1).all()) and bool((ssim(a, b) >= -1).all())


def test_less_noise_is_better_by_every_metric() -> None:
    target = noise(3, size=32)
    scores = [
        {
            name: float(metric.measure((target + s * noise(4, size=32)), target).mean())
            for name, metric in METRICS.items()
        }
        for s in (0.05, 0.2, 0.8)
    ]
    assert scores[0]["l1"] < scores[1]["l1"] < scores[2]["l1"]
    assert scores[0]["spectrum"] < scores[1]["spectrum"] < scores[2]["spectrum"]
    for name in ("psnr", "ssim"):
        assert scores[0][name] > scores[1][name] > scores[2][name]
