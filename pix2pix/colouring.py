"""The colours of what has no dab: a seed takes those of one training photo, material by material.

A photo's main colour alone would dye everything, soles and linings included. So a seed also brings the
colours of the photo's other parts, each with its place, and the drawing's own parts take them: the sole a
sole's.

Shapes: H height, W width of a drawing, RGB in [-1, 1]; (h, w) is the grid of :mod:`pix2pix.hints`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from pix2pix.edges import components
from pix2pix.hints import RGB, any_colour, colour_tensor, find_lines

SMALLEST = 0.015  # of all that lines enclose; a smaller part takes the main colour
LARGEST = 0.45  # the same; a larger one takes the main colour
CLEAR = 0.08  # the same; with less in other colours, all seems to be of one
APART = 0.15  # the most that a part may differ from what a colour is meant for, see `_difference`


@dataclass(frozen=True)
class Accent:
    """The colour of a part of a photo's object, and which part it is.

    x, y: its middle, 0 to 1 from the left and the top of the box around the lines.
    share: its size, of all that the lines enclose.
    colour: red, green, blue, 0-255.
    """

    x: float
    y: float
    share: float
    colour: RGB


@dataclass(frozen=True)
class Colouring:
    """The colours of one photo: 0-255, the main one's, and those of parts that clearly differ from it."""

    main: RGB
    accents: tuple[Accent, ...] = ()

    @property
    def plain(self) -> bool:
        """Whether it is nearly of one colour."""
        return sum(accent.share for accent in self.accents) < CLEAR


@dataclass(frozen=True, eq=False)
class Part:
    """What lines enclose; x, y and share are as in :class:`Accent`.

    number: of the part in ``numbers``, (h, w), which is 0 on lines and outside.
    """

    number: int
    numbers: NDArray[np.int64]
    lines: NDArray[np.bool_]
    x: float
    y: float
    share: float

    @property
    def inside(self) -> NDArray[np.bool_]:
        """Its cells, (h, w)."""
        return self.numbers == self.number

    @property
    def cells(self) -> NDArray[np.bool_]:
        """Its cells, (h, w), and those of the lines around it."""
        inside = torch.from_numpy(self.inside)[None]
        grown = F.max_pool2d(inside.float(), 3, 1, 1)[0] > 0
        return self.inside | (grown.numpy() & self.lines)


def seed_colouring(seed: int, known: Sequence[Colouring] = ()) -> Colouring:
    """The colouring that a seed chooses: the same for every drawing, so that a video keeps it.

    Args:
        known: the model's, of which each seed takes the next one; of none, any main colour is chosen.
    """
    return known[seed % len(known)] if known else Colouring(any_colour(seed))


def colour_map(drawing: Tensor, colouring: Colouring, side: int = 0) -> Tensor:
    """The colour of every cell of a drawing that no dab speaks of.

    Each part but a large one takes the accent whose own part was most like it in place and size, or none if
    none is like it. If that leaves the drawing nearly of one colour, and the photo was not, the parts that
    come nearest take one. What is open to the border of the drawing is no part.

    Args:
        drawing: (1, 3, H, W) in [-1, 1].
        side: as in :func:`pix2pix.hints.spread`.

    Returns:
        (1, 3, h, w) in [-1, 1].
    """
    lines = find_lines(drawing, side)[0, 0]
    colours = colour_tensor(colouring.main)[:, :, None, None].repeat(1, 1, *lines.shape)
    for part, accent in _coloured(drawn_parts(lines), colouring):
        colours[0, :, torch.from_numpy(part.cells)] = colour_tensor(accent.colour).T
    return colours


def _coloured(parts: Sequence[Part], colouring: Colouring) -> list[tuple[Part, Accent]]:
    """The parts that take an accent, and which."""
    if not colouring.accents:
        return []
    nearest = [
        (part, min(colouring.accents, key=lambda accent: _difference(part, accent)))
        for part in parts
        if part.share < LARGEST
    ]
    chosen: list[tuple[Part, Accent]] = []
    missing = 0.0 if colouring.plain else CLEAR
    for part, accent in sorted(nearest, key=lambda pair: _difference(*pair)):
        if _difference(part, accent) < APART or missing > 0:
            chosen.append((part, accent))
            missing -= part.share
    return chosen


def _difference(part: Part, accent: Accent) -> float:
    return (
        (part.x - accent.x) ** 2 + (part.y - accent.y) ** 2 + 0.005 * math.log(part.share / accent.share) ** 2
    )


def drawn_parts(lines: Tensor) -> list[Part]:
    """The parts that lines enclose, on the grid: (h, w) bool, True in cells with a line."""
    if not bool(lines.any()):
        return []
    numbers = connected(F.pad(~lines, (1, 1, 1, 1), value=True)).numpy()  # a frame joins all that is open
    numbers[numbers == numbers[0, 0]] = 0
    numbers = numbers[1:-1, 1:-1]
    cells = numbers.ravel()
    sizes = np.bincount(cells)
    sizes[0] = 0
    across = np.bincount(cells, np.tile(np.arange(numbers.shape[1]), numbers.shape[0]))
    down = np.bincount(cells, np.repeat(np.arange(numbers.shape[0]), numbers.shape[1]))
    drawn = lines.numpy()
    ys, xs = np.nonzero(drawn)
    left, top, width, height = xs.min(), ys.min(), np.ptp(xs) + 1, np.ptp(ys) + 1
    return [
        Part(
            int(number),
            numbers,
            drawn,
            float((across[number] / sizes[number] + 0.5 - left) / width),
            float((down[number] / sizes[number] + 0.5 - top) / height),
            float(sizes[number] / sizes.sum()),
        )
        for number in np.flatnonzero(sizes > SMALLEST * sizes.sum())
    ]


def connected(cells: Tensor) -> Tensor:
    """Give 4-connected True cells one positive number, other cells 0: (H, W) bool -> (H, W) int64.

    Numbers rise with the components' first cells in reading order.
    """
    mask = cells.numpy()
    numbers = np.zeros(mask.shape, dtype=np.int64)
    numbers[mask] = components(mask, corners=False)[0] + 1
    return torch.from_numpy(numbers)
