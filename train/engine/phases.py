"""Transposed convolutions without a checkerboard on flat surfaces.

A transposed convolution of stride 2 makes each pixel of a 2x2 cell with another part of its kernel, a
"phase". A flat input comes out flat exactly if the phases' sums are equal (Sugawara et al. 2018,
"Super-resolution using convolutional neural networks without any checkerboard artifacts", for the linear
case). So the weights are kept where that holds: after each step they are moved to the nearest such point,
which is a projected gradient descent. What is trained so is an ordinary transposed convolution.

Shapes: C channels in, C' channels out, (h, w) the kernel.
"""

from __future__ import annotations

from functools import cache

import torch
from torch import Tensor, nn


@torch.no_grad()
def even_phases(network: nn.Module) -> None:
    """Move the kernels of all transposed convolutions, in place, to the nearest ones with equal phases.

    Nearest in the sum of squares. Of 4x4 kernels, whose phases have four taps each, a flat surface keeps its
    mean. Kernels that are even already stay.
    """
    for layer in network.modules():
        if isinstance(layer, nn.ConvTranspose2d):
            weight = layer.weight  # (C, C', h, w)
            onto = _projection(*weight.shape[2:], *layer.stride, weight.dtype, weight.device)
            weight.copy_((weight.flatten(2) @ onto).view_as(weight))


@cache
def _projection(
    height: int, width: int, rows: int, columns: int, dtype: torch.dtype, device: torch.device
) -> Tensor:
    """(h*w, h*w), symmetric: takes a kernel, as a row of its taps, to the nearest one with equal phases.

    With n_p taps in phase p, of sum s_p, and a common sum s: to move every tap of p by (s - s_p) / n_p is the
    shortest way to s, and of all s the one with the least moves is the mean of the s_p with weights 1 / n_p.
    """
    y, x = torch.meshgrid(torch.arange(height) % rows, torch.arange(width) % columns, indexing="ij")
    of_phase = nn.functional.one_hot((y * columns + x).flatten()).double()  # (h*w, phases)
    of_phase = of_phase[:, of_phase.any(0)]
    taps = of_phase.sum(0)
    common = (1 / taps) / (1 / taps).sum()
    moves = (common[:, None] - torch.eye(len(taps))) / taps  # [q, p]: of each tap of p, for a sum of 1 in q
    return (torch.eye(height * width) + of_phase @ moves @ of_phase.T).to(device, dtype)
