"""The colours of a whole batch of photos at once, for GPUs, which work best when nobody waits for them.

:func:`pix2pix.colouring.drawn_parts` and :func:`pix2pix.hints.commonest` go from picture to picture and from
part to part, and look at each answer. The functions here give the same for all of them, and look at nothing.
On a CPU they take longer.

Shapes: N batch, H height, W width; photos are RGB in [-1, 1]; (h, w) is the grid of :mod:`pix2pix.hints`;
groups of pixels are numbered from 0.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from pix2pix.colouring import SMALLEST
from pix2pix.hints import CELLS

MOST_PARTS = int(1 / SMALLEST)  # parts that a drawing can have
ROUNDS = 12  # of joining cells: random labyrinths of 66 x 66 take five, and spirals six


def numbered_parts(lines: Tensor) -> Tensor:
    """The parts that lines enclose and that are large enough, each with a number from 1 on in reading order.

    Args:
        lines: (N, h, w) bool, True in cells with a line.

    Returns:
        (N, h, w) int64, at most :data:`MOST_PARTS`; 0 on lines, outside, and in parts that are too small.
    """
    first = _first_cells(F.pad(~lines, (1, 1, 1, 1), value=True))  # a frame joins all that is open
    count, cells = first.shape[0], first[0].numel()
    flat = first.flatten(1)
    enclosed = (flat < cells) & (flat != 0)
    sizes = flat.new_zeros(count, cells + 1).scatter_add_(1, flat, enclosed.long())
    large = sizes > SMALLEST * enclosed.sum(1, keepdim=True).double()
    numbers = large.cumsum(1) * large  # at each part's first cell
    return numbers.gather(1, flat).view_as(first)[:, 1:-1, 1:-1]


def _first_cells(cells: Tensor) -> Tensor:
    """For each True cell the first one, in reading order, of those that are 4-connected with it.

    By FastSV (Zhang, Azad and Hu 2020): every cell points to an earlier one of its kind; where neighbours
    point to different ones, the later of these is pointed to the earlier, and chains of pointers are cut
    short.

    Args:
        cells: (N, h, w) bool.

    Returns:
        (N, h, w) int64, y * w + x of the first cell; h * w where the cell is False.
    """
    count, height, width = cells.shape
    none = height * width
    first = torch.arange(none, device=cells.device).view(1, height, width).expand(count, -1, -1)
    first = torch.where(cells, first, none)
    for _ in range(ROUNDS):
        framed = F.pad(first, (1, 1, 1, 1), value=none)
        near = torch.minimum(
            torch.minimum(framed[:, :-2, 1:-1], framed[:, 2:, 1:-1]),
            torch.minimum(framed[:, 1:-1, :-2], framed[:, 1:-1, 2:]),
        )
        near = torch.where(cells, torch.minimum(first, near), none)
        flat = F.pad(first.flatten(1), (0, 1), value=none)  # its last entry is pointed to by all False cells
        flat = flat.scatter_reduce(1, first.flatten(1), near.flatten(1), "amin")
        flat = torch.minimum(flat, F.pad(near.flatten(1), (0, 1), value=none))
        flat = flat.gather(1, flat)
        first = flat.gather(1, flat)[:, :none].view_as(first)
    return first


def commonest_of_groups(photo: Tensor, groups: Tensor, count: int) -> Tensor:
    """:func:`pix2pix.hints.commonest` of each group of pixels: (N, count, 3) in [-1, 1], NaN of an empty one.

    Args:
        photo: (N, 3, H, W).
        groups: (N, H, W) int64, below ``count``.
    """
    colours = photo.float().flatten(2).transpose(1, 2)  # (N, H * W, 3)
    cells = ((colours + 1) / 2 * CELLS).long().clamp(0, CELLS - 1)
    rows = torch.arange(len(photo), device=photo.device)[:, None] * count + groups.flatten(1)  # (N, H * W)
    where = rows * CELLS**3 + (cells[..., 0] * CELLS + cells[..., 1]) * CELLS + cells[..., 2]
    counts = photo.new_zeros(len(photo) * count * CELLS**3, dtype=torch.float32)
    counts.scatter_add_(0, where.flatten(), torch.ones_like(where, dtype=torch.float32).flatten())
    best = F.avg_pool3d(counts.view(-1, 1, CELLS, CELLS, CELLS), 3, 1, 1).flatten(1).argmax(1)
    middles = torch.stack([best // CELLS**2, best // CELLS % CELLS, best % CELLS], 1)  # (N * count, 3)
    near = ((cells - middles[rows]).abs() <= 1).all(2, keepdim=True).float()
    sums = photo.new_zeros(len(photo) * count, 4, dtype=torch.float32)
    sums.index_add_(0, rows.flatten(), torch.cat([colours * near, near], 2).flatten(0, 1))
    return (sums[:, :3] / sums[:, 3:]).view(len(photo), count, 3)


def mostly(mask: Tensor, groups: Tensor, count: int) -> Tensor:
    """Whether a mask is True in half of a group's pixels or more: (N, count) bool.

    Args:
        mask: (N, H, W) bool.
        groups: as in :func:`commonest_of_groups`.
    """
    flat = groups.flatten(1)
    zeros = flat.new_zeros(len(flat), count)
    sizes = zeros.scatter_add(1, flat, torch.ones_like(flat))
    return (2 * zeros.scatter_add(1, flat, mask.flatten(1).long()) >= sizes) & (sizes > 0)
