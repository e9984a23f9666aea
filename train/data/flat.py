"""Whether the exact colours of pictures stand for classes: a census of them, and where they lie.

Files without loss hold each class in one exact colour, or as one grey level, its id. Such colours are few,
most of their pixels have equal neighbours, and none is a mixture of two others along their borders.

Shapes: H height, W width, K distinct colours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pix2pix.palette import MOST, code_colours, colour_codes

FLAT = 0.5  # share of the pixels that have an equal neighbour beside and one above or below them
SOFT = 0.1  # of a colour that is hardly anywhere flat: a mixture at borders, or a very thin thing
SOFT_COLOURS = 3  # fewer are thin things: a soft border has many mixtures
DARK = 63  # ids are nearly black; 255 mostly means "none of them"
FEW = 8  # so few dark levels are ids, even where all but the ground is thin
LEVELS = 40  # more grey levels in one picture are depth or light, if they change by small steps


@dataclass(frozen=True)
class Census:
    """The distinct colours of pictures, K of them.

    codes: as of :func:`pix2pix.palette.colour_codes`, ascending.
    pixels: how many have each colour.
    flat: how many of these have an equal neighbour left or right, and one above or below.
    mixed: how many of these lie between two other colours, in space and in value.
    """

    codes: NDArray[np.int32]
    pixels: NDArray[np.int64]
    flat: NDArray[np.int64]
    mixed: NDArray[np.int64]

    @property
    def colours(self) -> NDArray[np.int32]:
        """(K, 3) RGB."""
        return code_colours(self.codes)

    @property
    def grey(self) -> bool:
        """Whether none of them has a hue."""
        return bool((np.ptp(self.colours, axis=1) == 0).all())


def take_census(image: Image.Image) -> Census | None:
    """Of one RGB picture; None where it has more colours than there are classes."""
    counted = image.getcolors(MOST)
    if counted is None:
        return None
    pixels = np.asarray(image)
    codes = np.sort(colour_codes(np.array([colour for _, colour in counted])))
    where = np.searchsorted(codes, colour_codes(pixels)).astype(np.uint8)
    maps = (np.ones(where.shape, dtype=bool), _flat(where), _mixed(where, pixels))
    counts = [np.bincount(where[mask], minlength=len(codes)).astype(np.int64) for mask in maps]
    return Census(codes, *counts)


def joined(parts: Sequence[Census]) -> Census:
    """One census of all their pictures."""
    codes, where = np.unique(np.concatenate([part.codes for part in parts]), return_inverse=True)
    counts = np.zeros((3, len(codes)), dtype=np.int64)
    for row, name in enumerate(("pixels", "flat", "mixed")):
        np.add.at(counts[row], where.reshape(-1), np.concatenate([getattr(part, name) for part in parts]))
    return Census(codes, *counts)


def are_classes(found: Census) -> bool:
    """Whether each of these colours stands for a class."""
    if not 2 <= len(found.codes) <= MOST or found.flat.sum() < FLAT * found.pixels.sum():
        return False
    others = np.arange(len(found.codes)) != found.pixels.argmax()
    # A photo on exact black or white is flat there and nowhere else.
    if not _few_dark(found) and found.flat[others].sum() < FLAT * found.pixels[others].sum():
        return False
    soft = found.flat < SOFT * found.pixels
    return soft.sum() < SOFT_COLOURS or found.mixed[soft].sum() < 0.5 * found.pixels[soft].sum()


def look_like_classes(image: Image.Image) -> bool:
    """:func:`are_classes` for one RGB picture, of which nobody has said that it is a label map."""
    found = take_census(image)
    if found is None or not are_classes(found):
        return False
    return not found.grey or len(found.codes) <= LEVELS or not _smooth(np.asarray(image)[..., 0])


def _few_dark(found: Census) -> bool:
    levels = found.colours[:, 0]
    ids = levels[levels < 255]
    return found.grey and len(levels) <= FEW and 0 < ids.max(initial=0) <= DARK


def _smooth(grey: NDArray[np.uint8]) -> bool:
    """Whether neighbours that differ do so by small steps: those of depth, and not those of ids."""
    steps = np.abs(np.diff(grey.astype(np.int16), axis=1))
    steps = steps[steps > 0]
    return bool((steps <= 2).mean() > 0.5) if len(steps) else False


def _flat(where: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """(H, W) whether a pixel has an equal neighbour beside it, and one above or below."""
    flat = np.ones(where.shape, dtype=bool)
    for axis in (0, 1):
        equal = np.diff(where, axis=axis) == 0
        sides = ([edge if a == axis else (0, 0) for a in (0, 1)] for edge in ((0, 1), (1, 0)))
        flat &= np.any([np.pad(equal, side) for side in sides], axis=0)
    return flat


def _mixed(where: NDArray[np.uint8], pixels: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """(H, W) whether, along its row or column, a pixel's value lies between those of two other colours."""
    mixed = np.zeros(where.shape, dtype=bool)
    for turned, colours, found in (
        (where, pixels, mixed),
        (where.T, pixels.swapaxes(0, 1), mixed.T),
    ):
        before, here, after = colours[:, :-2], colours[:, 1:-1], colours[:, 2:]
        between = (here >= np.minimum(before, after)) & (here <= np.maximum(before, after))
        other = (turned[:, 1:-1] != turned[:, :-2]) & (turned[:, 1:-1] != turned[:, 2:])
        found[:, 1:-1] |= between.all(2) & other
    return mixed
