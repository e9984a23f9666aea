"""What makes a night of a day photo, as numbers; `benchmarks.night.night` prints them.

A discriminator that is trained afterwards asks besides: can it tell a model's nights from real ones? A small
patch network sees real nights and one answer's outputs, of which it learns from every second one, and is then
asked about the others. All pictures are first brought to one size and one JPEG quality, so that it cannot go
by the files. It works alike for every answer, from the same seed, so answers can be compared; that real
nights show other places than the outputs helps it against each alike.

Shapes: pictures are (3, H, W) float32 in [0, 1], gamma-encoded, day and night of one size; Y is the luminance
0.299 R + 0.587 G + 0.114 B, (H, W). Lights are the pixels where the night is above 0.5 and brighter than the
day, and those at most 2 pixels away from one.
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
from pix2pix.relight import luminance
from train.watching.diagnosis import separation

BRIGHT, REACH = 0.5, 2
SHORT_SIDE, QUALITY = 256, 85  # of what the discriminator sees
SKY_CELL, SKY_ROUGH, SKY_BRIGHT, SKY_SHARE = 4, 0.02, 0.45, 0.05


def measures(day: Tensor, night: Tensor) -> dict[str, float]:
    """All numbers of one photo.

    - structure: Pearson correlation of the Sobel magnitudes of the day's and the night's Y, outside lights.
    - darkness: mean Y of the night over that of the day.
    - colour_noise: root mean square of chroma detail, outside lights, night over day (the day's at least
      1/255): chroma B - Y and R - Y, detail what a 5x5 mean leaves.
    - sky_*: see :func:`sky_measures`; only where the day shows a sky.
    """
    y_day, y_night = _y(day), _y(night)
    dark = ~lights(y_day, y_night)
    if dark.float().mean() < 0.1:  # hardly anything is left
        dark = torch.ones_like(dark)
    noise, own = (_chroma_detail(x)[:, dark].square().mean().sqrt() for x in (night, day))
    return {
        "structure": correlation(edges(y_day)[dark], edges(y_night)[dark]),
        "darkness": float(y_night.mean() / y_day.mean().clamp(min=1 / 255)),
        "colour_noise": float(noise / own.clamp(min=1 / 255)),
        **sky_measures(day, night),
    }


def sky_measures(day: Tensor, night: Tensor) -> dict[str, float]:
    """The sky: is it darker, blueish and smooth; empty where the day has none.

    - sky_darkness: mean Y of the night's over the day's.
    - sky_blue: mean of B - R of the night's.
    - sky_copied: standard deviation of the night's Y over that of the day's: clouds that shine on.
    """
    sky = sky_of(day)
    if sky.float().mean() < SKY_SHARE:
        return {}
    y_day, y_night = _y(day)[sky], _y(night)[sky]
    return {
        "sky_darkness": float(y_night.mean() / y_day.mean()),
        "sky_blue": float((night[2] - night[0])[sky].mean()),
        "sky_copied": float(y_night.std() / y_day.std().clamp(min=1 / 255)),
    }


def sky_of(day: Tensor) -> Tensor:
    """(H, W) bool: the region below the upper border, without a gap, that is bright and smooth by day.

    Looked for in cells of 4 pixels: mean Y above 0.45, mean Sobel magnitude below 0.02 a pixel.
    """
    y = _y(day)
    bright, rough = (F.avg_pool2d(x[None, None], SKY_CELL, ceil_mode=True)[0, 0] for x in (y, edges(y)))
    open_sky = ((bright > SKY_BRIGHT) & (rough < SKY_ROUGH)).float().cumprod(0)
    enlarged = open_sky.repeat_interleave(SKY_CELL, 0).repeat_interleave(SKY_CELL, 1)
    return enlarged[: y.shape[0], : y.shape[1]] > 0


def lights(y_day: Tensor, y_night: Tensor) -> Tensor:
    """(H, W) bool, see the head of this file."""
    bright = ((y_night > BRIGHT) & (y_night > y_day)).float()
    return F.max_pool2d(bright[None, None], 2 * REACH + 1, stride=1, padding=REACH)[0, 0] > 0


def edges(y: Tensor) -> Tensor:
    """(H, W) Sobel magnitude, in steps of Y a pixel; borders repeated."""
    p = F.pad(y[None, None], (1, 1, 1, 1), mode="replicate")[0, 0]
    down = p[:-2] + 2 * p[1:-1] + p[2:]
    right = p[:, :-2] + 2 * p[:, 1:-1] + p[:, 2:]
    return torch.hypot(down[:, 2:] - down[:, :-2], right[2:] - right[:-2]) / 8


def correlation(a: Tensor, b: Tensor) -> float:
    """Pearson's; 0 where one of them is constant."""
    return float(torch.corrcoef(torch.stack([a.flatten(), b.flatten()]).double())[0, 1].nan_to_num())


def _chroma_detail(x: Tensor) -> Tensor:
    """(2, H, W) of B - Y and R - Y, what a 5x5 mean leaves."""
    chroma = x[[2, 0]] - _y(x)
    return chroma - F.avg_pool2d(F.pad(chroma[None], [2] * 4, mode="replicate"), 5, stride=1)[0]


def _y(x: Tensor) -> Tensor:
    return luminance(x[None])[0, 0]


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
    return {"auc": separation(ours, theirs), "accuracy": float(right / 2)}


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
