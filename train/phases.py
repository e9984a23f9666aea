"""Transposed convolutions without a checkerboard on flat surfaces.

A transposed convolution of stride 2 makes each pixel of a 2x2 cell with another part of its kernel, a
"phase". A flat input comes out flat exactly if the phases' sums are equal (Sugawara et al. 2018,
"Super-resolution using convolutional neural networks without any checkerboard artifacts", for the linear
case). So the weights are kept where that holds: after each step they are moved to the nearest such point,
which is a projected gradient descent. What is trained so is an ordinary transposed convolution.

Shapes: C channels in, C' channels out, (h, w) the kernel.
"""

from __future__ import annotations

import itertools

import torch
from torch import nn


@torch.no_grad()
def even_phases(network: nn.Module) -> None:
    """Move the kernels of all transposed convolutions, in place, to the nearest ones with equal phases.

    Nearest in the sum of squares. Of 4x4 kernels, whose phases have four taps each, a flat surface keeps its
    mean. Kernels that are even already stay.
    """
    for layer in network.modules():
        if isinstance(layer, nn.ConvTranspose2d):
            weight = layer.weight  # (C, C', h, w)
            starts = itertools.product(*(range(step) for step in layer.stride))
            phases = [weight[:, :, y :: layer.stride[0], x :: layer.stride[1]] for y, x in starts]
            sums = torch.stack([phase.sum((2, 3)) for phase in phases])
            # With taps n_p and a common sum s: moving every tap of phase p by (s - s_p) / n_p is the shortest
            # way to s, and the s of least moves has each phase weigh by 1 / n_p.
            weights = sums.new_tensor([1 / phase[0, 0].numel() for phase in phases])
            common = torch.einsum("p,pio->io", weights / weights.sum(), sums)
            for phase, given in zip(phases, sums, strict=True):
                phase += ((common - given) / phase[0, 0].numel())[:, :, None, None]
