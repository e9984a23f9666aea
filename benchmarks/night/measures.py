"""What makes a night of a day photo, as numbers; `benchmarks.night.night` prints them.

Shapes: pictures are (3, H, W) float32 in [0, 1], gamma-encoded, day and night of one size; Y is the luminance
0.299 R + 0.587 G + 0.114 B, (H, W). Lights are the pixels where the night is above 0.5 and brighter than the
day, and those at most 2 pixels away from one.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from pix2pix.relight import luminance

BRIGHT, REACH = 0.5, 2
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
    a, b = a.flatten().double(), b.flatten().double()
    a, b = a - a.mean(), b - b.mean()
    scale = float(a.norm() * b.norm())
    return float(a @ b) / scale if scale > 1e-9 else 0.0


def _chroma_detail(x: Tensor) -> Tensor:
    """(2, H, W) of B - Y and R - Y, what a 5x5 mean leaves."""
    chroma = x[[2, 0]] - _y(x)
    return chroma - F.avg_pool2d(F.pad(chroma[None], [2] * 4, mode="replicate"), 5, stride=1)[0]


def _y(x: Tensor) -> Tensor:
    return luminance(x[None])[0, 0]
