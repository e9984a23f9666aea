"""What a person's lines enclose, although the lines have gaps.

Shapes: masks are (256, 256) bool; lengths are pixels of a 256-pixel drawing. Lines are what is darker than
``INK_BELOW``.

A room is white that a disc of radius r cannot leave without crossing a line: with r = 0 the outline has to
be complete, with r = 20 its gaps may be 40 pixels wide, such as a boot's open top. Growing r fills nothing
that is merely concave (the arch under a heel), because there the disc rolls in from outside, or does not get
in and then makes no room either.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from benchmarks.pictures.sets import files_in
from pix2pix.colouring import connected
from pix2pix.errors import DataError
from pix2pix.images import letterbox, open_image

Mask = NDArray[np.bool_]

SIDE = 256
INK_BELOW = 160  # of 255
RADII = (0, 2, 4, 6, 9, 12, 16, 20)
ROOMY = 1.15  # the disc has to have this much more space in a room than it needs, or any bay would be one
RIM = 3  # how far "inside" stays away from the outline, and
MARGIN = 8  # "outside" from the silhouette and from every line: neither is about the outline's exact place
SEAM = 2  # how far a part stays away from lines; it also closes gaps of 4 pixels between parts
SMALLEST_PART = 0.02  # of the silhouette


class Drawing(NamedTuple):
    """A drawing and what belongs to it.

    image: 256x256 RGB, as the model gets it.
    lines: drawn pixels.
    silhouette: everything that the lines enclose, with the lines in it but without the outline.
    inside: the silhouette less its rim and less all lines, which any model paints dark.
    outside: what is well away from the silhouette and from lines.
    parts: what the lines divide ``inside`` into, the largest first, a little away from the lines.
    """

    name: str
    image: Image.Image
    lines: Mask
    silhouette: Mask
    inside: Mask
    outside: Mask
    parts: list[Mask]


def load_drawings(folder: Path) -> list[Drawing]:
    """All pictures of a folder, sorted by name.

    Raises:
        DataError: there is no picture in it.
        ImageError: a picture cannot be read.
    """
    files = files_in(folder)
    if not files:
        raise DataError(f"The folder {folder} has no pictures: give one with drawings.")
    return [read_drawing(open_image(path), path.stem) for path in files]


def read_drawing(image: Image.Image, name: str = "") -> Drawing:
    """Find out what a drawing of any size encloses, at 256x256."""
    square = letterbox(image.convert("RGB"), SIDE)[0]
    lines = np.asarray(square.convert("L")) < INK_BELOW
    white = enclosed(lines)
    away = distance(~white & ~lines, MARGIN + 1)
    # The outline touches the ground; lines between enclosed parts do not.
    silhouette = white | (lines & ~near(~white & ~lines, 2))
    inside = silhouette & (away > RIM) & ~near(lines, 1)
    outside = ~near(silhouette | lines, MARGIN)
    return Drawing(name, square, lines, silhouette, inside, outside, _parts(white & ~near(lines, SEAM)))


def enclosed(lines: Mask) -> Mask:
    """White pixels that the lines enclose, gaps of up to 40 pixels notwithstanding; any (H, W)."""
    frame = math.ceil(ROOMY * max(RADII)) + 1  # so that the ground is one place, all around
    padded = np.pad(lines, frame)
    away, found = distance(padded, frame), np.zeros_like(padded)
    for radius in RADII:
        numbers = connected(torch.from_numpy(away > radius)).numpy()
        depth = np.zeros(numbers.max() + 1)
        np.maximum.at(depth, numbers.ravel(), away.ravel())
        roomy = depth > max(ROOMY * radius, 1)
        roomy[[0, numbers[0, 0]]] = False
        rooms = roomy[numbers]
        if (rooms & ~found).any():
            found |= _back_to_the_lines(rooms, numbers == numbers[0, 0], ~padded)
    return found[frame:-frame, frame:-frame]


def _back_to_the_lines(rooms: Mask, ground: Mask, white: Mask) -> Mask:
    """Rooms and ground grow at the same speed until they have shared out the white between the lines."""
    while True:
        wider = rooms | (_touching(rooms) & white & ~ground)
        ground_wider = ground | (_touching(ground) & white & ~wider)
        if np.array_equal(wider, rooms) and np.array_equal(ground_wider, ground):
            return rooms
        rooms, ground = wider, ground_wider


def _touching(mask: Mask) -> Mask:
    """The mask and its 4-neighbours."""
    grown = mask.copy()
    grown[1:] |= mask[:-1]
    grown[:-1] |= mask[1:]
    grown[:, 1:] |= mask[:, :-1]
    grown[:, :-1] |= mask[:, 1:]
    return grown


def _parts(cells: Mask) -> list[Mask]:
    numbers = connected(torch.from_numpy(cells)).numpy()
    sizes = np.bincount(numbers.ravel())
    sizes[0] = 0
    order = [int(n) for n in np.argsort(-sizes, kind="stable") if sizes[n] > SMALLEST_PART * sizes.sum()]
    return [numbers == number for number in order]


def near(mask: Mask, radius: float) -> Mask:
    """Pixels at most radius pixels away from a True one."""
    return distance(mask, int(radius) + 1) <= radius


def distance(mask: Mask, most: int) -> NDArray[np.float64]:
    """(H, W) pixels to the nearest True one, right up to ``most`` and larger than it beyond."""
    far = float(most + 1)
    down = np.full(mask.shape, far)
    for way in (slice(None), slice(None, None, -1)):  # along the columns first, downwards and upwards
        column = np.full(mask.shape[1], far)
        for row, drawn in zip(down[way], mask[way], strict=True):
            column = np.where(drawn, 0, np.minimum(column + 1, far))
            np.minimum(row, column, out=row)
    squares = down**2
    nearest = squares.copy()
    for shift in range(1, min(most, mask.shape[1] - 1) + 1):
        np.minimum(nearest[:, shift:], squares[:, :-shift] + shift**2, out=nearest[:, shift:])
        np.minimum(nearest[:, :-shift], squares[:, shift:] + shift**2, out=nearest[:, :-shift])
    return np.sqrt(nearest)
