"""The numbers are what their formulas say, and the trivial answers stand beside the model's."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from support import make_checkpoint, tiny_generator, train_config
from torch import Tensor

from pix2pix.checkpoint import load_config
from pix2pix.translator import Translator
from train.evaluate import (
    METRICS,
    evaluate,
    evaluate_generator,
    evaluate_model,
    evaluation_config,
    generate,
    l1,
    psnr,
    ssim,
)
from train.pairs import Pair, Pairs, find_pairs, to_float, validation_batch


def noise(seed: int, count: int = 2, size: int = 16) -> Tensor:
    return torch.rand(count, 3, size, size, generator=torch.Generator().manual_seed(seed)) * 2 - 1


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
    for metric in METRICS.values():
        torch.testing.assert_close(metric(a, b), metric(b, a))
    assert bool((l1(a, b) >= 0).all()) and bool((l1(a, b) <= 2).all())
    assert bool((ssim(a, b) <= 1).all()) and bool((ssim(a, b) >= -1).all())


def test_less_noise_is_better_by_every_metric() -> None:
    target = noise(3, size=32)
    scores = [
        {
            name: float(metric((target + s * noise(4, size=32)), target).mean())
            for name, metric in METRICS.items()
        }
        for s in (0.05, 0.2, 0.8)
    ]
    assert scores[0]["l1"] < scores[1]["l1"] < scores[2]["l1"]
    for name in ("psnr", "ssim"):
        assert scores[0][name] > scores[1][name] > scores[2][name]


# ---- over a data set ------------------------------------------------------------------------------


def test_the_answers_are_compared_on_the_held_out_pairs(shapes: Path, tmp_path: Path) -> None:
    pairs, config = find_pairs([shapes]), train_config(shapes, tmp_path)
    condition, target = (to_float(x) for x in validation_batch(pairs.val, config))
    metrics = evaluate(lambda x: x * 0, pairs, config)
    assert set(metrics) == {"model", "input", "mean_photo", "pairs"}
    assert metrics["pairs"] == {"count": 2}
    mean_photo = to_float(validation_batch(pairs.train, config)[1]).mean(0, keepdim=True).expand_as(target)
    answers = {"model": condition * 0, "input": condition, "mean_photo": mean_photo}
    for who, answer in answers.items():
        for name, metric in METRICS.items():
            expected = float(metric(answer, target).mean())
            assert metrics[who][name] == pytest.approx(expected, abs=2e-3 if name == "psnr" else 1e-4), who


def test_the_true_photos_are_a_perfect_answer(shapes: Path, tmp_path: Path) -> None:
    pairs, config = find_pairs([shapes]), train_config(shapes, tmp_path)
    condition, target = (to_float(x) for x in validation_batch(pairs.val, config))

    def oracle(x: Tensor) -> Tensor:
        assert torch.equal(x, condition)
        return target

    assert evaluate(oracle, pairs, config)["model"] == {"l1": 0.0, "psnr": 100.0, "ssim": 1.0}


def test_many_pairs_are_measured_in_chunks(shapes: Path, tmp_path: Path) -> None:
    some = find_pairs([shapes])
    held: tuple[Pair, ...] = (*some.train, *some.train, *some.val)
    config = train_config(shapes, tmp_path)
    sizes: list[int] = []

    def answer(x: Tensor) -> Tensor:
        sizes.append(len(x))
        return x

    metrics = evaluate(answer, Pairs(some.train, held), config)
    assert sizes == [16, 2]
    assert metrics["model"] == metrics["input"]
    expected = l1(*(to_float(x) for x in validation_batch(held, config))).mean()
    assert metrics["model"]["l1"] == pytest.approx(float(expected), abs=1e-4)


def test_without_held_out_pairs_the_training_pairs_are_measured(shapes: Path, tmp_path: Path) -> None:
    some = find_pairs([shapes])
    metrics = evaluate(lambda x: x, Pairs(some.train, ()), train_config(shapes, tmp_path))
    assert metrics["pairs"] == {"count": 8}


@pytest.mark.parametrize("statistics", ["image", "running"])
@pytest.mark.parametrize("noisy", [True, False])
def test_a_model_is_measured_as_it_is_served(
    shapes: Path, tmp_path: Path, statistics: str, noisy: bool
) -> None:
    generator = tiny_generator()
    folder = make_checkpoint(tmp_path / "model", generator, statistics=statistics, noise=noisy)
    pairs = find_pairs([shapes])
    config = train_config(shapes, tmp_path, statistics=statistics, test_noise=noisy)
    translator = Translator.load(folder, device="cpu", precision="float32")
    served = evaluate_model(translator, pairs, config)
    trained = evaluate_generator(generator, pairs, config, torch.float32)
    for name in METRICS:
        assert served["model"][name] == pytest.approx(trained["model"][name], rel=2e-3)


def test_generating_changes_nothing_and_is_repeatable(shapes: Path, tmp_path: Path) -> None:
    generator, config = tiny_generator(), train_config(shapes, tmp_path)
    before = {name: tensor.clone() for name, tensor in generator.state_dict().items()}
    x, state = noise(0, count=9, size=32), torch.get_rng_state()
    first, again = (generate(generator, x, config, torch.float32) for _ in range(2))
    assert first.shape == x.shape and torch.equal(first, again)
    assert torch.equal(torch.get_rng_state(), state)
    assert all(torch.equal(tensor, before[name]) for name, tensor in generator.state_dict().items())


def test_held_out_pairs_are_prepared_for_the_model(tmp_path: Path) -> None:
    folder = make_checkpoint(tmp_path / "model", tiny_generator(image_size=64), direction="BtoA")
    config = evaluation_config(load_config(folder), seed=4)
    assert (config.direction, config.image_size, config.load_size, config.seed) == ("BtoA", 64, 72, 4)
