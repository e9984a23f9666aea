"""What can be said about one pair by looking at it: sizes, how its files store it, what it shows, a shift.

Shapes: H, W height and width; S the side of the squares that are compared.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pix2pix.images import StoredAs, stored_as
from pix2pix.inputs import InputKind
from train.data.datasets import Pair
from train.data.looks import is_one_picture, kind_of, upright

THUMBNAIL = 16  # pixels a side
CONTRAST = 8  # a thumbnail's range is at least so many times what may differ, or all dark ones would be alike
ALIKE = 7  # of 255: most JPEGs are that close to their copy of quality 75, and no two pairs of the data below
SIDE = 128  # S, of the pictures whose shift is measured
SMOOTH = 1.5  # standard deviation in pixels of S that the correlation is smoothed by
FARTHEST = 40  # pixels of S
# A shift is told only when it is certain: none of the 2,913 pairs of the four data sets that the limits were
# fitted to is accused, and of edges and photos shifted by 8 % of the side 96 % are found, of labels 14 %.
LEAST = 0.02  # of the side; smaller shifts are within the blur of the correlation
PEAK = 12.0  # height of the correlation's peak, in standard deviations of the correlation
LEAD = 1.3  # height of the peak over the correlation without a shift

Grid = NDArray[np.float32]


@dataclass(frozen=True)
class Look:
    """What was seen of a pair; lists of two are A and B, and of a single photo both are the photo.

    files: how each file is stored; one for side-by-side files and single photos.
    digests: equal for halves with equal pixels.
    thumbnails: A and B in 16x16 RGB pixels, bytes.
    shift: (right, down) by which B must be moved to fit A, as fractions of its sides; None where it fits or
        nothing can be said.
    negative: whether it is a drawing in white on black.
    one_picture: whether a single file goes on across its middle, see :func:`train.data.looks.is_one_picture`.
    """

    files: tuple[StoredAs, ...]
    sizes: tuple[tuple[int, int], tuple[int, int]]
    kinds: tuple[InputKind, InputKind]
    digests: tuple[str, str]
    thumbnails: bytes
    shift: tuple[float, float] | None
    one_picture: bool
    negative: tuple[bool, bool] = (False, False)


def examine(pair: Pair) -> Look:
    """Look at a pair; a DataError where one of its files cannot be used."""
    a, b = pair.load()
    files = tuple(stored_as(path) for path in (pair.a, pair.b) if path is not None)
    return Look(
        files,
        (a.size, b.size),
        (kind_of(a), kind_of(b)),
        (_digest(a), _digest(b)),
        _thumbnail(a) + _thumbnail(b),
        None if pair.single else find_shift(a, b),
        pair.single and is_one_picture(a),
        (upright(a) is not a, upright(b) is not b),
    )


def _digest(image: Image.Image) -> str:
    return hashlib.blake2b(f"{image.size}".encode() + image.tobytes(), digest_size=16).hexdigest()


def _thumbnail(image: Image.Image) -> bytes:
    return image.resize((THUMBNAIL, THUMBNAIL), Image.Resampling.BOX).tobytes()


def alike(looks: Sequence[Look]) -> Iterator[list[int]]:
    """Groups of indices of pairs that look the same, equal ones and those saved again as a JPEG.

    In both halves every pixel of a thumbnail agrees within ``ALIKE``, or less where a half has little
    contrast, with that of another one of the group.
    In groups, because of ten thousand copies of one picture there are fifty million twos.
    """
    if not looks:
        return
    pixels = np.stack([np.frombuffer(look.thumbnails, np.uint8) for look in looks]).astype(np.int16)
    # Sums over 4x4 pixels agree as well, and rule out nearly all candidates cheaply: the most telling first.
    sums = pixels.reshape(len(looks), 2, 4, 4, 4, 4, 3).sum((3, 5)).reshape(len(looks), -1)
    sums = sums[:, np.argsort(-sums.std(0), kind="stable")]
    order = np.argsort(sums[:, 0], kind="stable")
    sums, pixels = sums[order], pixels[order]
    halves = pixels.reshape(len(looks), 2, -1)
    differ = (np.ptp(halves, axis=2) // CONTRAST).clip(1, ALIKE)
    ends = np.searchsorted(sums[:, 0], sums[:, 0] + 16 * ALIKE, side="right")
    group = np.arange(len(looks))
    for i, end in enumerate(ends):
        near = i + 1 + np.flatnonzero(group[i + 1 : end] != group[i])
        for column in range(1, sums.shape[1]):
            if not near.size:
                break
            near = near[np.abs(sums[near, column] - sums[i, column]) <= 16 * ALIKE]
        most = np.minimum(differ[near], differ[i])
        near = near[(np.abs(halves[near] - halves[i]).max(2, initial=0) <= most).all(1)]
        for other in np.unique(group[near]):
            group[group == other] = group[i]
    for name in np.flatnonzero(np.bincount(group) > 1):
        yield sorted(order[group == name].tolist())


def find_shift(a: Image.Image, b: Image.Image) -> tuple[float, float] | None:
    """(right, down) by which B must be moved to fit A, as fractions of its sides, or None.

    Phase correlation (Kuglin and Hines 1975) of the gradients' magnitudes, so that edges and a photo, or day
    and night, can be compared; smoothed, because their lines lie a pixel or so apart.
    """
    spectra = [np.fft.rfft2(_gradient(image)) for image in (a, b)]
    cross = spectra[0] * np.conj(spectra[1])
    cross /= np.abs(cross) + 1e-3 * np.abs(cross).max() + 1e-9
    surface = np.fft.fftshift(np.fft.irfft2(cross * _smoothing(), (SIDE, SIDE)))
    deviation = float(surface.std())
    middle, reach = SIDE // 2, slice(SIDE // 2 - FARTHEST, SIDE // 2 + FARTHEST + 1)
    near = surface[reach, reach]
    down, right = (int(i) - FARTHEST for i in np.unravel_index(int(near.argmax()), near.shape))
    unmoved = float(surface[middle - 2 : middle + 3, middle - 2 : middle + 3].max())
    peak = float(near.max())
    certain = peak > PEAK * deviation and peak > LEAD * unmoved and math.hypot(down, right) >= LEAST * SIDE
    return (right / SIDE, down / SIDE) if certain else None


def _gradient(image: Image.Image) -> Grid:
    """(S, S) magnitudes, without their mean, faded to the borders."""
    method = Image.Resampling.BOX if min(image.size) >= SIDE else Image.Resampling.BICUBIC
    grey = np.asarray(image.convert("L").resize((SIDE, SIDE), method)).astype(np.float32)
    magnitude = np.hypot(*np.gradient(grey))
    return (magnitude - magnitude.mean()) * _window()


@cache
def _window() -> Grid:
    fade = np.hanning(SIDE)
    return np.outer(fade, fade).astype(np.float32)


@cache
def _smoothing() -> Grid:
    """(S, S // 2 + 1): a Gaussian's spectrum."""
    squares = np.fft.fftfreq(SIDE)[:, None] ** 2 + np.fft.rfftfreq(SIDE)[None] ** 2
    return np.exp(-2 * (math.pi * SMOOTH) ** 2 * squares).astype(np.float32)
