"""A discriminator that is trained afterwards: can it tell a model's nights from real ones?

A small patch network sees real nights and one answer's outputs, of which it learns from every second one, and
is then asked about the others. All pictures are first brought to one size and one JPEG quality, so that it
cannot go by the files. It works alike for every answer, from the same seed, so answers can be compared; that
real nights show other places than the outputs helps it against each alike.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor, nn

from pix2pix.images import to_rgb, to_tensor

SHORT_SIDE, QUALITY = 256, 85


@dataclass(frozen=True)
class JudgeRecipe:
    """The budget of a judge. patch: side in pixels; batch: patches of each kind a step; asked: a picture."""

    steps: int = 300
    patch: int = 64
    batch: int = 24
    width: int = 16
    asked: int = 16
    learning_rate: float = 1e-3


def judge(
    real: Sequence[Image.Image], fake: Sequence[Image.Image], seed: int = 0, recipe: JudgeRecipe | None = None
) -> dict[str, float] | None:
    """Train on every second picture of both, and ask about the others.

    Returns:
        ``auc``: probability that a real patch looks more real than a fake one, 0.5 where they cannot be told
        apart; ``accuracy``: of patches, as many real as fake. None with fewer than two pictures of a kind.
    """
    if min(len(real), len(fake)) < 2:
        return None
    recipe = recipe or JudgeRecipe()
    kinds = [[_prepared(picture) for picture in pictures] for pictures in (real, fake)]
    rng = np.random.default_rng(seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = _network(recipe.width)
    adam = torch.optim.Adam(network.parameters(), recipe.learning_rate)
    for _ in range(recipe.steps):
        patches = torch.cat([_draw(kind[::2], recipe.batch, recipe.patch, rng) for kind in kinds])
        scores = network(patches)[:, 0]
        wanted = torch.cat([torch.ones(recipe.batch), torch.zeros(recipe.batch)])
        adam.zero_grad()
        F.binary_cross_entropy_with_logits(scores, wanted).backward()
        adam.step()
    with torch.inference_mode():
        asked = recipe.asked * min(len(real), len(fake))
        ours, theirs = (network(_draw(kind[1::2], asked, recipe.patch, rng))[:, 0] for kind in kinds)
    right = (ours > 0).float().mean() + (theirs <= 0).float().mean()
    return {"auc": auc(ours, theirs), "accuracy": float(right / 2)}


def auc(real: Tensor, fake: Tensor) -> float:
    """Share of pairs of a real and a fake score in which the real one is higher; ties count half."""
    difference = real[:, None] - fake[None]
    return float((difference > 0).float().mean() + (difference == 0).float().mean() / 2)


def _network(width: int) -> nn.Sequential:
    """Patches (N, 3, P, P) in [-1, 1] -> (N, 1) logits, above 0 for real."""
    layers: list[nn.Module] = []
    for inputs, outputs in ((3, width), (width, 2 * width), (2 * width, 4 * width)):
        layers += [nn.Conv2d(inputs, outputs, 4, stride=2, padding=1), nn.LeakyReLU(0.2)]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4 * width, 1))


def _draw(pictures: Sequence[Tensor], count: int, side: int, rng: np.random.Generator) -> Tensor:
    """(count, 3, side, side) patches from anywhere, half of them mirrored."""
    patches = []
    for index in rng.integers(0, len(pictures), count):
        picture = pictures[index]
        top, left = (int(rng.integers(0, room - side, endpoint=True)) for room in picture.shape[1:])
        patch = picture[:, top : top + side, left : left + side]
        patches.append(patch.flip(2) if rng.random() < 0.5 else patch)
    return torch.stack(patches)


def _prepared(picture: Image.Image) -> Tensor:
    """(3, H, W) in [-1, 1], the shorter side of 256 pixels, through JPEG once more."""
    scale = SHORT_SIDE / min(picture.size)
    size = [max(round(side * scale), SHORT_SIDE) for side in picture.size]
    file = io.BytesIO()
    to_rgb(picture).resize((size[0], size[1])).save(file, "JPEG", quality=QUALITY)
    return to_tensor(Image.open(file))
