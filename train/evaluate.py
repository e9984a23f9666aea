"""Numbers on held-out pairs, beside those of the trivial answers.

Shapes: N batch, H height, W width; pictures are (N, 3, H, W).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from pix2pix.checkpoint import ModelConfig
from pix2pix.generator import Generator
from pix2pix.translator import Translator
from train.config import TrainConfig
from train.pairs import Pair, Pairs, to_float, validation_batch

CHUNK = 16  # pairs held in memory at once


def l1(output: Tensor, target: Tensor) -> Tensor:
    """(N,) mean absolute differences of images in [-1, 1]; 2 is black against white."""
    return (output - target).abs().mean(dim=(1, 2, 3))


def psnr(output: Tensor, target: Tensor) -> Tensor:
    """(N,) peak signal-to-noise ratios in dB of images in [-1, 1]; at most 100."""
    mse = ((output - target) / 2).square().mean(dim=(1, 2, 3))
    return -10 * torch.log10(mse.clamp_min(1e-10))


def ssim(output: Tensor, target: Tensor) -> Tensor:
    """(N,) structural similarities, 1 for equal images (Wang et al. 2004).

    Mean over the colour channels; Gaussian window of sigma 1.5 and 11 pixels, K1 = 0.01, K2 = 0.03.
    """
    x, y = (output + 1) / 2, (target + 1) / 2
    offsets = torch.arange(11, dtype=x.dtype) - 5
    window = torch.exp(-offsets.square() / (2 * 1.5**2))
    window = window / window.sum()
    kernel = torch.outer(window, window).expand(3, 1, -1, -1)

    def blur(image: Tensor) -> Tensor:
        return F.conv2d(image, kernel, groups=3)

    mean_x, mean_y = blur(x), blur(y)
    var_x, var_y = blur(x * x) - mean_x**2, blur(y * y) - mean_y**2
    covariance = blur(x * y) - mean_x * mean_y
    c1, c2 = 0.01**2, 0.03**2
    score = (2 * mean_x * mean_y + c1) * (2 * covariance + c2)
    score = score / ((mean_x**2 + mean_y**2 + c1) * (var_x + var_y + c2))
    return score.mean(dim=(1, 2, 3))


METRICS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {"l1": l1, "psnr": psnr, "ssim": ssim}


def evaluate(
    translate: Callable[[Tensor], Tensor], pairs: Pairs, config: TrainConfig
) -> dict[str, dict[str, float]]:
    """Means over the held-out pairs, for the model and for two answers that need no model.

    Args:
        translate: (N, 3, H, W) in [-1, 1] -> the same.

    Returns:
        ``{"model": {"l1": …, "psnr": …, "ssim": …}, "input": …, "mean_photo": …, "pairs": {"count": n}}``:
        "input" answers with the input itself, "mean_photo" with the mean of the training targets.
    """
    held = pairs.val or pairs.train
    mean_photo = _mean_target(pairs.train, config)
    sums: dict[str, dict[str, float]] = {}
    for chunk in _chunks(held):
        condition, target = (to_float(x) for x in validation_batch(chunk, config))
        answers = {
            "model": translate(condition),
            "input": condition,
            "mean_photo": mean_photo.expand_as(target),
        }
        for who, answer in answers.items():
            for name, metric in METRICS.items():
                row = sums.setdefault(who, {})
                row[name] = row.get(name, 0.0) + float(metric(answer, target).sum())
    means = {who: {k: round(v / len(held), 5) for k, v in row.items()} for who, row in sums.items()}
    return {**means, "pairs": {"count": len(held)}}


def _chunks(pairs: Sequence[Pair]) -> list[Sequence[Pair]]:
    return [pairs[i : i + CHUNK] for i in range(0, len(pairs), CHUNK)]


def _mean_target(pairs: Sequence[Pair], config: TrainConfig, most: int = 512) -> Tensor:
    """(1, 3, H, W) mean of up to ``most`` training targets, evenly chosen."""
    chosen = pairs[:: max(len(pairs) // most, 1)][:most]
    total = sum(to_float(validation_batch(chunk, config)[1]).sum(0) for chunk in _chunks(chosen))
    assert isinstance(total, Tensor)
    return (total / len(chosen))[None]


def evaluate_generator(
    generator: Generator, pairs: Pairs, config: TrainConfig, dtype: torch.dtype
) -> dict[str, Any]:
    """:func:`evaluate` for a generator in training, with the test-time behaviour of its recipe."""
    return evaluate(lambda x: generate(generator, x, config, dtype), pairs, config)


def evaluate_model(translator: Translator, pairs: Pairs, config: TrainConfig) -> dict[str, Any]:
    """:func:`evaluate` for a model as it is served."""
    return evaluate(lambda x: translator.translate_tensor(x, seed=config.seed), pairs, config)


def evaluation_config(model: ModelConfig, seed: int = 0) -> TrainConfig:
    """The few options that decide how held-out pairs are prepared for a model."""
    size = model.image_size
    return TrainConfig(
        direction=model.direction, image_size=size, load_size=round(size * 286 / 256), seed=seed
    )


@torch.no_grad()
def generate(generator: Generator, x: Tensor, config: TrainConfig, dtype: torch.dtype) -> Tensor:
    """Translate (N, 3, H, W) in [-1, 1] as at test time; float32 on the CPU, N may be large."""
    device = next(generator.parameters()).device
    noise = generator.sample_noise(config.seed, *x.shape[2:]) if config.test_noise else None
    outputs = []
    for part in x.split(8):
        part = part.to(device, memory_format=torch.channels_last)
        with torch.autocast(device.type, dtype=dtype, enabled=dtype is not torch.float32):
            outputs.append(generator(part, statistics=config.statistics, noise=noise).float().cpu())
    return torch.cat(outputs)
