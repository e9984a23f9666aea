"""The honest baseline for nights: one monotone tone curve a channel, the same for every photo.

It needs no network and no GPU, and shows what of a model's success is only darkening. Fitted by least squares
over all pixels of the training pairs: the best curve without a constraint is the mean night value of each day
value, and of the rising ones the isotonic regression of that (pool adjacent violators).
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Curves = NDArray[np.float64]
"""(3, 256): the night's value, 0 to 255, for each of the day's, a row a channel."""

FIT_SIDE = 256  # pixels of a pair's longer side; the curve is the same with more


def fit_tone_curves(pairs: Iterable[tuple[Image.Image, Image.Image]]) -> Curves:
    """The curves of (day, night) pictures; a night takes its day's size."""
    counts, sums = np.zeros((3, 256)), np.zeros((3, 256))
    for day, night in pairs:
        day = day.copy()
        day.thumbnail((FIT_SIDE, FIT_SIDE))
        values = np.asarray(day.convert("RGB")).reshape(-1, 3)
        wanted = np.asarray(night.convert("RGB").resize(day.size)).reshape(-1, 3)
        for channel in range(3):
            counts[channel] += np.bincount(values[:, channel], minlength=256)
            sums[channel] += np.bincount(values[:, channel], wanted[:, channel], minlength=256)
    return np.stack([_rising(count, total) for count, total in zip(counts, sums, strict=True)])


def _rising(counts: NDArray[np.float64], sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """The rising curve through 256 weighted means; straight between and beyond the values that occur."""
    levels = np.flatnonzero(counts)
    blocks: list[tuple[float, float, int]] = []  # sum, weight, number of levels
    for level in levels:
        block = (float(sums[level]), float(counts[level]), 1)
        while blocks and blocks[-1][0] / blocks[-1][1] >= block[0] / block[1]:
            total, weight, many = blocks.pop()
            block = (total + block[0], weight + block[1], many + block[2])
        blocks.append(block)
    values = np.repeat([t / w for t, w, _ in blocks], [many for *_, many in blocks])
    return np.interp(np.arange(256), levels, values)


def apply_tone_curves(curves: Curves, day: Image.Image) -> Image.Image:
    """A picture through the curves, RGB, of the same size."""
    table = curves.round().clip(0, 255).astype(int).flatten().tolist()
    return day.convert("RGB").point(table)
