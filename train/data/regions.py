"""The parts that a drawing's lines enclose, so that a dab of colour can mean "this whole part".

Shapes: H height, W width. A map of parts is (H, W) uint8: GROUND, LOOSE for what belongs to the object but to
no large part (lines and slivers), and from FIRST_PART on one number for each part, the largest first.
"""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from pix2pix.colouring import connected
from train.data.strokes import darkest_channel

GROUND, LOOSE, FIRST_PART = 0, 1, 2
GRID = 128  # parts are found on a grid of about this side: gaps of a pixel in the lines close
WHITE_FROM = 236  # darkest channel of a product photo's white ground
SMALLEST_PART = 0.01  # of the object
MOST_PARTS = 32


def find_parts(lines: NDArray[np.bool_], photo: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Divide the object of a photo on white by the lines of its edge map.

    The object is everything but the white that is connected with the border, and but enclosed white (the
    hole of a handle).

    Args:
        lines: (H, W), True on lines.
        photo: (H, W, 3), 0-255.
    """
    step = max(round(max(lines.shape) / GRID), 1)
    darkest = torch.from_numpy(darkest_channel(photo))
    white = darkest > WHITE_FROM
    framed = F.pad(_whole_cells(white, step), (1, 1, 1, 1), value=True)
    places = connected(framed)
    ground = _enlarge(((places == places[0, 0]) & framed)[1:-1, 1:-1], step, white.shape)
    inside = ~(_grown(ground, step) & white)
    open_cells = _whole_cells(torch.from_numpy(~lines), step) & _whole_cells(inside, step)
    numbers = _enlarge(connected(open_cells), step, white.shape) * inside

    parts = torch.where(inside, LOOSE, GROUND).to(torch.uint8)
    found, counts = torch.unique(numbers[numbers > 0], return_counts=True)
    free = FIRST_PART
    for index in torch.argsort(counts, descending=True, stable=True).tolist()[:MOST_PARTS]:
        if counts[index] < SMALLEST_PART * inside.sum():
            break
        part = numbers == found[index]
        if darkest[part].float().median() > WHITE_FROM:
            parts[_grown(part, step) & white] = GROUND
            continue
        parts[part] = free
        free += 1
    return parts.numpy()


def part_mask(parts: NDArray[np.uint8], number: int, reach: int = 3) -> NDArray[np.bool_]:
    """A part with the lines around it: loose pixels at most ``reach`` away belong to it as well."""
    part = torch.from_numpy(parts == number)
    return (part | (_grown(part, reach) & torch.from_numpy(parts == LOOSE))).numpy()


def _whole_cells(mask: Tensor, step: int) -> Tensor:
    """True where a cell of step x step pixels is True throughout."""
    return F.max_pool2d((~mask)[None].float(), step, ceil_mode=True)[0] < 0.5


def _enlarge(grid: Tensor, step: int, shape: torch.Size) -> Tensor:
    return grid.repeat_interleave(step, 0).repeat_interleave(step, 1)[: shape[0], : shape[1]]


def _grown(mask: Tensor, pixels: int) -> Tensor:
    """All in squares of 2 pixels + 1 a side around True ones; a maximum of floats takes far longer."""
    for axis in (0, 1):
        grown, length = mask.clone(), mask.shape[axis]
        for far in range(1, min(pixels + 1, length)):
            first, last = (0, length - far), (far, length - far)
            grown.narrow(axis, *first).logical_or_(mask.narrow(axis, *last))
            grown.narrow(axis, *last).logical_or_(mask.narrow(axis, *first))
        mask = grown
    return mask
