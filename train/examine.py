"""What can be said about one pair by looking at it: sizes, how its files store it, what it shows, a shift.

Shapes: H, W height and width; S the side of the squares that are compared.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pix2pix.checkpoint import InputKind
from pix2pix.images import StoredAs, stored_as
from train.datasets import Pair
from train.looks import is_one_picture, kind_of

SIDE = 128  # S, of the pictures whose shift is measured
SMOOTH = 1.5  # standard deviation in pixels of S that the correlation is smoothed by
FARTHEST = 40  # pixels of S
# A shift is told only when it is certain: with these three limits none of 2,913 pairs of the four data sets
# that they were fitted to is accused, and of pairs of edges shifted by 8 % of the side, 96 % are found.
LEAST = 0.02  # of the side; smaller shifts are within the blur of the correlation
PEAK = 12.0  # height of the correlation's peak, in standard deviations of the correlation
LEAD = 1.3  # height of the peak over the correlation without a shift

Grid = NDArray[np.float32]


@dataclass(frozen=True)
class Look:
    """What was seen of a pair; lists of two are A and B, and of a single photo both are the photo.

    files: how each file is stored; one for side-by-side files and single photos.
    digests: equal for halves with equal pixels.
    shift: (right, down) by which B must be moved to fit A, as fractions of its sides; None where it fits or
        nothing can be said.
    one_picture: whether a single file goes on across its middle, see :func:`train.looks.is_one_picture`.
    """

    files: tuple[StoredAs, ...]
    sizes: tuple[tuple[int, int], tuple[int, int]]
    kinds: tuple[InputKind, InputKind]
    digests: tuple[str, str]
    shift: tuple[float, float] | None
    one_picture: bool


def examine(pair: Pair) -> Look:
    """Look at a pair.

    Raises:
        DataError: one of its files cannot be used.
    """
    a, b = pair.load()
    files = tuple(stored_as(path) for path in (pair.a, pair.b) if path is not None)
    return Look(
        files,
        (a.size, b.size),
        (kind_of(a), kind_of(b)),
        (_digest(a), _digest(b)),
        None if pair.single else find_shift(a, b),
        pair.single and is_one_picture(a),
    )


def _digest(image: Image.Image) -> str:
    return hashlib.blake2b(f"{image.size}".encode() + image.tobytes(), digest_size=16).hexdigest()


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
