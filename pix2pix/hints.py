"""Colour hints on a drawing: how far a dab of colour reaches, and the colour of what has no dab.

A dab is small and means a whole part. A network of local layers has to carry its colour there step by step;
so it is told at every pixel which dab is the nearest one and how near, on a way that lines bar (the idea of
hints as an input of their own is from Zhang et al. 2017, "Real-time user-guided image colorization"). Where
no dab is near, other colours may stand, such as a seed's: they are a noise z that a person can read.

Shapes: N batch, H height, W width; images are RGB in [-1, 1]; (h, w) is a grid, ``GRID`` cells a side.
"""

from __future__ import annotations

import colorsys
import math

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

RGB = tuple[int, int, int]

HINT_CHANNELS = 4  # the nearest dab's colour, and how near it is
GRID = 64  # cells on the longer side: a line closes a cell, and with it gaps of a few pixels
COLOURED = 0.1  # difference of the strongest and the weakest of RGB, 0 to 1, from which a pixel is a hint
INK = 0.5  # the strongest of RGB, 0 to 1, below which a pixel without colour is a line
PAPER = 0.92  # the same, from which it is paper
OPEN, BARRED = 1, 150  # cost of a step into an open cell, into one with a line
REACH = 400  # the cost at which a hint ends
CELLS = 8  # a side of the cube of colours in which a photo's are counted
MAIN = 0.7  # nearness of the main colour: a dab is nearer within its part, and farther behind a line

SATURATION, VALUE = (0.35, 0.75), (0.35, 0.85)  # of any main colour: dyed, not glaring


@torch.no_grad()
def spread(x: Tensor, colour: Tensor | None = None, side: int = 0) -> Tensor:
    """What the hints on a drawing say of every pixel.

    Whatever has colour is a hint. Black and grey may be lines, whose edges are grey: of them only what is
    wider than any line is one, about 11 pixels of 256.

    Args:
        x: (N, 3, H, W) in [-1, 1], dark lines and dabs of colour on white.
        colour: (N, 3) in [-1, 1], the main colours, or (N, 3, h, w), those of every cell; NaN says none.
        side: longer side in pixels of the whole drawing, where x may be a part of it.

    Returns:
        (N, 4, H, W): colour in [-1, 1] and nearness in [0, 1]; all 0 where nothing is said. Nearness is 1 on
        a dab, and falls with every cell on the way, and much more with every line, until it is 0.
    """
    side = max(*x.shape[2:], side)
    return _spread(x, *_hints_and_ink(x.float(), side), colour, max(side // GRID, 1))


@torch.no_grad()
def with_hints(x: Tensor, colour: Tensor | None = None, side: int = 0, hide: bool = False) -> Tensor:
    """The drawing and what its hints say.

    Args:
        x, colour, side: as in :func:`spread`.
        hide: whether the drawing is white where it has dabs, so that none shows in the photo. Only of what is
            wider than any line, because lines may have colours too.

    Returns:
        (N, 7, H, W): the drawing in [-1, 1], and the channels of :func:`spread`.
    """
    side = max(*x.shape[2:], side)
    cell = max(side // GRID, 1)
    hints, ink = _hints_and_ink(x.float(), side)
    said = _spread(x, hints, ink, colour, cell)
    if hide and _any(hints):
        x = torch.where(_dabs(hints, ink, cell), 1.0, x)
    return torch.cat([x, said], dim=1)


@torch.no_grad()
def find_lines(x: Tensor, side: int = 0) -> Tensor:
    """The cells of a drawing that have a line: (N, 3, H, W) in [-1, 1] -> (N, 1, h, w) bool."""
    side = max(*x.shape[2:], side)
    hints, ink = _hints_and_ink(x.float(), side)
    return _barred(hints, ink, max(side // GRID, 1))


def _barred(hints: Tensor, ink: Tensor, cell: int) -> Tensor:
    return F.max_pool2d((ink & ~hints).float(), cell, ceil_mode=True) > 0


def _spread(x: Tensor, hints: Tensor, ink: Tensor, colour: Tensor | None, cell: int) -> Tensor:
    given = x.float()
    if _any(hints):
        said = _travel(given, hints, _barred(hints, ink, cell), cell, hints | ink)
    else:  # most drawings: nothing to carry
        size = (-(-x.shape[2] // cell), -(-x.shape[3] // cell))
        said = given.new_zeros((len(x), HINT_CHANNELS, *size))
    if colour is not None:
        main = colour.to(x.device, torch.float32)
        main = main if main.dim() == 4 else main[:, :, None, None]
        takes = (said[:, 3:] < MAIN) & main.isfinite().all(1, keepdim=True)
        said = torch.where(takes, F.pad(main, (0, 0, 0, 0, 0, 1), value=MAIN), said)
    whole = said.repeat_interleave(cell, 2).repeat_interleave(cell, 3)
    return whole[..., : x.shape[2], : x.shape[3]].to(x.dtype)


def _hints_and_ink(x: Tensor, side: int) -> tuple[Tensor, Tensor]:
    """Which pixels of (N, 3, H, W) are hints, and which dark ones are lines: (N, 1, H, W) bool each."""
    strongest, weakest = x.amax(1, keepdim=True), x.amin(1, keepdim=True)
    coloured = strongest - weakest > 2 * COLOURED
    grey, ink = ((strongest < 2 * level - 1) & ~coloured for level in (PAPER, INK))
    wide = _wide(grey, side)
    if _any(wide):  # lines that cross a grey dab are lines all the same
        wide = wide & ~ink | _wide(ink, side)
    return coloured | wide, ink


def _dabs(hints: Tensor, ink: Tensor, cell: int) -> Tensor:
    """The hints that are wider than lines: (N, 1, H, W) bool, of and around squares of two cells a side.

    Black ones are not among them: where they touch a line, nobody can tell which is which.
    """
    full = -F.max_pool2d(-(hints | ink).float(), cell, ceil_mode=True)  # cells without a gap
    squares = -F.max_pool2d(-full, 2, 1, 1)  # each cell and its upper left ones; a cell longer each way
    near = F.max_pool2d(squares, 6, 1, 2).repeat_interleave(cell, 2).repeat_interleave(cell, 3)
    return (near[..., : hints.shape[2], : hints.shape[3]] > 0) & hints & ~ink


def _any(mask: Tensor) -> bool:
    """Whether a step that would change nothing elsewhere is needed.

    An exported network has no branches: it takes every step. On a GPU every step takes less time than to
    wait for the answer.
    """
    return torch.compiler.is_exporting() or mask.is_cuda or bool(mask.any())


def _wide(grey: Tensor, side: int) -> Tensor:
    """The areas of a mask, (N, 1, H, W) bool, in which a square of nearly three cells a side has room."""
    cell = max(side // GRID, 1)
    full = -F.max_pool2d(-grey.float(), cell, ceil_mode=True)  # cells without a gap
    if min(full.shape[2:]) < 2 or not _any(F.avg_pool2d(full, 2, 1) == 1):
        return torch.zeros_like(grey)  # most drawings: a square of that size has four such cells
    reach = max(math.ceil((3 * side / GRID - 2) / 2), 1)
    middles = -_pooled(-grey.float(), reach)
    # Back to the squares, and a little beyond: to the round corners that no square reaches.
    return (_pooled(middles, reach + cell) > 0) & grey


def _pooled(x: Tensor, reach: int) -> Tensor:
    """The largest value within squares of 2 reach + 1 pixels; what lies outside the picture is none."""
    side = 2 * reach + 1
    return F.max_pool2d(F.max_pool2d(x, (side, 1), 1, (reach, 0)), (1, side), 1, (0, reach))


def _travel(x: Tensor, hints: Tensor, barred: Tensor, cell: int, drawn: Tensor) -> Tensor:
    """The nearest dab's colour and nearness for every cell, (N, 4, h, w).

    A dab that is drawn with soft borders is paler there, which would be carried all over its part: so where a
    cell or one beside it has pixels from within a dab, only those tell its colour.

    A number stands for what is left of a hint, and for the cell that it comes from: left * cells + cell. So
    the largest of the neighbours' is the best hint, and one maximum carries both a step further. All are
    whole and below 2**24, which float32 holds exactly.
    """
    within = hints & (-F.max_pool2d(-drawn.float(), 3, 1, 1) > 0)
    parts = torch.cat([x * hints, hints, x * within, within], dim=1)
    border, inner = F.avg_pool2d(parts, cell, ceil_mode=True).split(4, 1)
    beside = F.max_pool2d(inner[:, 3:], 3, 1, 1) > 0
    sums = torch.where(beside, inner, border)
    shares = sums[:, 3:]
    cells = shares.shape[2] * shares.shape[3]
    origin = torch.arange(cells, device=x.device).float().view(1, 1, *shares.shape[2:])
    best = torch.where(shares > 0, REACH * cells + origin, 0.0)
    cost = torch.where(barred, float(BARRED * cells), float(OPEN * cells))
    for step in range(2 * GRID):  # the way round an obstacle is longer than a side
        farther = torch.maximum(best, F.max_pool2d(best, 3, 1, 1) - cost)
        if step % 8 == 7 and not _any(farther != best):
            break
        best = farther
    left = (best / cells).floor()
    source = (best - left * cells).long().flatten(2)
    colours = (sums[:, :3] / shares.clamp(min=1e-12)).flatten(2)
    shade = colours.gather(2, source.expand(-1, 3, -1)).view(*sums[:, :3].shape)
    return torch.cat([torch.where(left > 0, shade, 0.0), left / REACH], dim=1)


@torch.no_grad()
def main_colour(x: Tensor, photo: Tensor, side: int = 0) -> Tensor:
    """The main colour of a photo on white: of its largest material that no dab speaks of.

    Materials have light and shade, so colours are counted in cells of an eighth of the range, and the
    3 x 3 x 3 cells with most pixels are taken together. A mean over all would be no colour of the photo.

    Args:
        x, photo: (N, 3, H, W) in [-1, 1].
        side: as in :func:`spread`.

    Returns:
        (N, 3) in [-1, 1]; a row of NaN where nothing but white is left.
    """
    free = without_dab(x, photo, side)
    return torch.stack([commonest(image[:, mask]) for image, mask in zip(photo.float(), free, strict=True)])


@torch.no_grad()
def without_dab(x: Tensor, photo: Tensor, side: int = 0) -> Tensor:
    """The pixels of a photo's object of which no dab speaks: (N, H, W) bool; args as :func:`main_colour`."""
    return (photo.float().amin(1) < 0.76) & (spread(x, side=side)[:, 3] < MAIN)  # 225 of 255: not the ground


def commonest(colours: Tensor) -> Tensor:
    """(3, n) in [-1, 1] -> (3,), the mean around the fullest place of the colour cube; NaN of none."""
    cells = ((colours + 1) / 2 * CELLS).long().clamp(0, CELLS - 1)
    numbers = (cells[0] * CELLS + cells[1]) * CELLS + cells[2]
    counts = torch.bincount(numbers, minlength=CELLS**3).float().view(1, 1, CELLS, CELLS, CELLS)
    best = int(F.avg_pool3d(counts, 3, 1, 1).argmax())
    middle = torch.tensor([best // CELLS**2, best // CELLS % CELLS, best % CELLS], device=colours.device)
    return colours[:, ((cells - middle[:, None]).abs() <= 1).all(0)].mean(1)


def any_colour(seed: int) -> RGB:
    """A main colour, 0-255, of any hue, for models that know none of their training photos."""
    rng = np.random.default_rng(seed % 2**63)
    red, green, blue = colorsys.hsv_to_rgb(rng.random(), rng.uniform(*SATURATION), rng.uniform(*VALUE))
    return round(255 * red), round(255 * green), round(255 * blue)


def colour_tensor(colour: RGB) -> Tensor:
    """(r, g, b), 0-255 -> (1, 3) in [-1, 1]."""
    return torch.tensor([colour]).float() / 127.5 - 1
