"""Pictures as sums of waves: their radial power spectrum, and the part of them between two frequencies.

The spectrum of a picture:

1. luminance ``Y = 0.299 R + 0.587 G + 0.114 B``, less its mean under the window;
2. a two-dimensional Hann window ``w``, so that the picture's border does not look like an edge;
3. power ``P(f) = |FFT(w Y)|^2 / sum(w^2)``: white noise of variance v has the power v at every frequency;
4. its mean over rings of equal ``|f|``, from above 0 to the spectrum's corner (0.71 cycles a pixel, where
   checkerboards are), in decibels: ``S(r) = 10 log10(mean of P over ring r + FLOOR)``.

Shapes: N batch, H height, W width, R rings; pictures are (N, 3, H, W) in [-1, 1].
"""

from __future__ import annotations

import itertools
from typing import Any

import torch
from torch import Tensor

from pix2pix.images import LUMINANCE

FLOOR = (2 / 255) ** 2 / 12  # the power of rounding to 8 bits: detail below it cannot be in a picture file
DETAIL = 0.125  # cycles a pixel: waves shorter than 8 pixels
CORE, REACH = 4, 14  # how far a peak's slopes reach in a spectrum, and how far its neighbours are looked at


def power(images: Tensor) -> tuple[Tensor, Tensor]:
    """Power at every frequency of the half plane that a real picture needs, computed in float64.

    Args:
        images: (N, 3, H, W).

    Returns:
        (N, H, W // 2 + 1) power, and (H, W // 2 + 1) the frequency's length in cycles a pixel.
    """
    height, width = images.shape[-2:]
    kind: dict[str, Any] = {"dtype": torch.float64, "device": images.device}
    luminance = torch.einsum("nchw,c->nhw", images.double(), torch.tensor(LUMINANCE, **kind))
    rows, columns = (torch.hann_window(n, **kind) for n in (height, width))
    window = torch.outer(rows, columns)
    mean = (luminance * window).sum((1, 2), keepdim=True) / window.sum()
    spectrum = torch.fft.rfft2((luminance - mean) * window)
    vertical, horizontal = torch.fft.fftfreq(height, **kind), torch.fft.rfftfreq(width, **kind)
    length = torch.hypot(vertical[:, None], horizontal[None])
    return spectrum.abs().square() / window.square().sum(), length


def power_plane(images: Tensor) -> Tensor:
    """(N, H, W) power in dB at every frequency, in the order of the FFT."""
    energy, _ = power(images)
    # Of a real picture, waves in opposite directions are one.
    mirrored = energy.flip(-2).roll(1, -2)[..., 1 : (images.shape[-1] + 1) // 2].flip(-1)
    return 10 * torch.log10(torch.cat([energy, mirrored], -1) + FLOOR)


def grid_peaks(plane: Tensor) -> dict[int, float]:
    """How far patterns of 2 and of 4 pixels, which transposed convolutions leave, stand out of the rest.

    Args:
        plane: (H, W) dB, as :func:`power_plane` gives them, or a mean of such over many pictures: in that of
            one picture the highest of a few places is some dB above the others by chance.

    Returns:
        By period in pixels, the highest peak in dB over what is beside it in its row and in its column, the
        higher median of the two: upright edges make a ridge of every picture's spectrum, and no peak. The
        nearest neighbours, where a peak has its slopes, do not count. What repeats after 4 pixels one way may
        repeat after 2 or not at all the other way.
    """
    height, width = plane.shape
    far = max(min(REACH, min(height, width) // 4 - 2), 1)  # short of the next peak
    steps = torch.tensor([n for n in range(-far, far + 1) if abs(n) > min(CORE, far - 1)])
    found: dict[int, float] = {}
    for row, column in itertools.product(range(4), range(4)):
        if (row, column) != (0, 0):
            y, x = row * height // 4, column * width // 4
            beside = max(plane[(y + steps) % height, x].median(), plane[y, (x + steps) % width].median())
            period = 4 if row % 2 or column % 2 else 2
            peak = float(plane[y, x] - beside)
            found[period] = max(found.get(period, peak), peak)
    return found


def radial_spectrum(images: Tensor) -> Tensor:
    """(N, R) power in dB of rings of equal width, ring r around (r + 1) / min(H, W) cycles a pixel."""
    energy, length = power(images)
    index = (length * min(images.shape[-2:])).round().long().flatten() - 1
    rings, inside = int(index.max()) + 1, index >= 0  # the mean belongs to none
    sums = energy.new_zeros(len(energy), rings).index_add_(1, index[inside], energy.flatten(1)[:, inside])
    counts = torch.bincount(index[inside], minlength=rings).clamp_min(1)
    return 10 * torch.log10(sums / counts + FLOOR)


def detail_db(images: Tensor) -> Tensor:
    """(N,) mean power above ``DETAIL`` in dB."""
    energy, length = power(images)
    return 10 * torch.log10(energy[:, length >= DETAIL].mean(1) + FLOOR)


def band(images: Tensor, low: float, high: float) -> Tensor:
    """The part of each picture whose waves have from ``low`` to ``high`` cycles a pixel.

    The picture is mirrored at its borders, so that its left edge does not run into its right one. ``low`` of
    0 keeps the mean as well; a band without it lies around 0, mid-grey. The cuts are hard: bands that adjoin
    add up to the picture, and what one of them shows beside an edge are the waves that it is made of.

    Args:
        images: (N, C, H, W).
        low: first frequency that stays.
        high: first one above it that does not.
    """
    height, width = images.shape[-2:]
    mirrored = torch.cat([images, images.flip(-1)], -1)
    mirrored = torch.cat([mirrored, mirrored.flip(-2)], -2)
    vertical, horizontal = torch.fft.fftfreq(2 * height), torch.fft.rfftfreq(2 * width)
    length = torch.hypot(vertical[:, None], horizontal[None])
    kept = torch.fft.rfft2(mirrored) * ((length >= low) & (length < high))
    return torch.fft.irfft2(kept, s=(2 * height, 2 * width))[..., :height, :width]
