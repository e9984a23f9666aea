"""What makes a night of a day photo, as numbers; `benchmarks.night.night` prints them.

Shapes: pictures are (3, H, W) float32 in [0, 1], gamma-encoded, day and night of one size; Y is the luminance
0.299 R + 0.587 G + 0.114 B, (H, W). Lights are the pixels where the night is above 0.5 and brighter than the
day, and those at most 2 pixels away from one.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from pix2pix.relight import luminance

BRIGHT, REACH = 0.5, 2
SKY_CELL, SKY_ROUGH, SKY_BRIGHT, SKY_SHARE = 4, 0.02, 0.45, 0.05
SKY_DARKER, SKY_BLACK = 0.35, 0.12
DARKEST, DARK = 6 / 255, 0.45  # the bars of a night's mean luminance: at least, and at most of the day's
PERIODS = (6, 64)  # pixels between the lamps of a grid that is looked for


def measures(day: Tensor, night: Tensor) -> dict[str, float]:
    """All numbers of one photo.

    - structure: Pearson correlation of the Sobel magnitudes of the day's and the night's Y, outside lights.
    - darkness: mean Y of the night over that of the day; level: mean Y of the night, of 255; dark: 1 where
      darkness is at most 0.45 and level at least 6.
    - colour_noise: root mean square of chroma detail, outside lights, night over day (the day's at least
      1/255): chroma B - Y and R - Y, detail what a 5x5 mean leaves.
    - sky_*: see :func:`sky_measures`; only where the day shows a sky.
    """
    y_day, y_night = _y(day), _y(night)
    dark = ~lights(y_day, y_night)
    if dark.float().mean() < 0.1:  # hardly anything is left
        dark = torch.ones_like(dark)
    darkness, level = float(y_night.mean() / y_day.mean().clamp(min=1 / 255)), float(y_night.mean())
    noise, own = (_chroma_detail(x)[:, dark].square().mean().sqrt() for x in (night, day))
    return {
        "structure": correlation(edges(y_day)[dark], edges(y_night)[dark]),
        "darkness": darkness,
        "level": 255 * level,
        "dark": float(darkness <= DARK and level >= DARKEST),
        "colour_noise": float(noise / own.clamp(min=1 / 255)),
        **sky_measures(day, night),
    }


def sky_measures(day: Tensor, night: Tensor) -> dict[str, float]:
    """The sky: is it darker, and blueish or black; empty where the day has none.

    - sky_darkness: mean Y of the night's over the day's.
    - sky_blue: mean of B - R of the night's.
    - sky_copied: standard deviation of the night's Y over that of the day's: clouds that shine on.
    - sky_good: 1 where sky_darkness is at most 0.35, and either sky_blue at least 0 or the mean Y below 0.12.
    """
    sky = sky_of(day)
    if sky.float().mean() < SKY_SHARE:
        return {}
    y_day, y_night = _y(day)[sky], _y(night)[sky]
    darkness = float(y_night.mean() / y_day.mean())
    blue = float((night[2] - night[0])[sky].mean())
    good = darkness <= SKY_DARKER and (blue >= 0 or float(y_night.mean()) < SKY_BLACK)
    return {
        "sky_darkness": darkness,
        "sky_blue": blue,
        "sky_copied": float(y_night.std() / y_day.std().clamp(min=1 / 255)),
        "sky_good": float(good),
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


# ---- patterns that repeat, seen over many photos --------------------------------------------------


def painted(day: Tensor, night: Tensor) -> Tensor:
    """(H, W): the detail of a night that is brighter than its ground and is not the day's own.

    max(0, D(night) - k D(day)) with D what a 9x9 mean leaves of Y, and k >= 0 by least squares.
    """
    ours, own = (_y(x) - _blur(_y(x), 9) for x in (night, day))
    k = float((ours * own).sum() / own.square().sum().clamp(min=1e-9))
    return (ours - max(k, 0.0) * own).clamp(min=0)


def repetition(maps: Sequence[Tensor], groups: Sequence[str]) -> float | None:
    """Mean correlation of what was painted into photos of different groups; None with fewer than two.

    Each map is blurred to cells of 4 pixels first, so that a lamp that moved by a pixel still counts. Near 0
    where each photo has lights of its own, near 1 where all get the same.
    """
    cells = [F.avg_pool2d(m[None, None], 4)[0, 0] for m in maps]
    values = [
        correlation(cells[i], cells[j]) for i in range(len(cells)) for j in range(i) if groups[i] != groups[j]
    ]
    return sum(values) / len(values) if values else None


def grid(maps: Sequence[Tensor]) -> float:
    """How regular what was painted is, from 0 to 1: the highest peak of the mean autocorrelation.

    Each map's circular autocorrelation is 1 without a shift; the mean is taken over the maps, because a
    photo's own rows of windows have another period each, and the network's grid always the same. A peak, at
    shifts of 6 to 64 pixels, is what rises above the 17x17 mean around it.
    """
    mean = torch.stack([_autocorrelation(m) for m in maps]).mean(0)
    above = mean - _blur(mean, 17, "circular")
    low, high = PERIODS
    shifts = [torch.minimum(torch.arange(n), n - torch.arange(n)) for n in mean.shape]
    far = torch.maximum(shifts[0][:, None], shifts[1][None])
    near = (far >= low) & (far <= min(high, min(mean.shape) // 2))
    return max(float(above[near].max()), 0.0)


def _autocorrelation(x: Tensor) -> Tensor:
    x = x - x.mean()
    power = torch.fft.rfft2(x).abs().square()
    correlated = torch.fft.irfft2(power, s=x.shape)
    return correlated / correlated[0, 0].clamp(min=1e-9)


def _blur(x: Tensor, side: int, mode: str = "replicate") -> Tensor:
    """(..., H, W) mean over side x side pixels; the borders repeated, or the picture ("circular").

    Sums of shifted copies, rows then columns: many times faster than pooling.
    """
    height, width = x.shape[-2:]
    planes = F.pad(x.reshape(1, -1, height, width), [side // 2] * 4, mode=mode)
    rows = sum(planes[..., i : i + height, :] for i in range(side))
    assert isinstance(rows, Tensor)
    both = sum(rows[..., i : i + width] for i in range(side))
    assert isinstance(both, Tensor)
    return both.reshape(x.shape) / side**2


def _chroma_detail(x: Tensor) -> Tensor:
    """(2, H, W) of B - Y and R - Y, what a 5x5 mean leaves."""
    chroma = x[[2, 0]] - _y(x)
    return chroma - _blur(chroma, 5)


def _y(x: Tensor) -> Tensor:
    return luminance(x[None])[0, 0]
