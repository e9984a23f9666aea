"""Layers that double a picture's size without a transposed convolution's checkerboard (Odena et al. 2016).

Shapes: N batch, C channels, H height, W width.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from pix2pix.device import constant

# What one row of a bilinear x2 picture under a 3-row kernel takes from the rows before, at and after its own
# in the small picture: [phase of the row, small row, kernel row].
_RESIZE = (
    ((0.75, 0.25, 0.0), (0.25, 0.75, 0.75), (0.0, 0.0, 0.25)),
    ((0.25, 0.0, 0.0), (0.75, 0.75, 0.25), (0.0, 0.25, 0.75)),
)

_BLUR = ((0.0625, 0.125, 0.0625), (0.125, 0.25, 0.125), (0.0625, 0.125, 0.0625))


class ResizeConv(nn.Module):
    """Bilinear x2, then a 3x3 convolution with repeated borders: (N, C, H, W) -> (N, C', 2H, 2W).

    Computed as one 3x3 convolution of the small picture for each of the four phases of the large one, which
    gives the same numbers without ever holding C channels at the large size.
    """

    def __init__(self, in_channels: int, out_channels: int, bias: bool = True):
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, 3, bias=bias)

    def _phases(self) -> Tensor:
        """(C', 2, 2, C, 3, 3): what each phase of the large picture takes from the small one."""
        resize = constant(_RESIZE, self.conv.weight)
        return torch.einsum("pak,qbl,ockl->opqcab", resize, resize, self.conv.weight)

    def forward(self, x: Tensor) -> Tensor:
        bias = self.conv.bias
        x = F.pad(x, (1, 1, 1, 1), mode="replicate")
        phase_bias = None if bias is None else bias.repeat_interleave(4)
        return F.pixel_shuffle(F.conv2d(x, self._phases().flatten(0, 2), phase_bias), 2)


def blurred(x: Tensor) -> Tensor:
    """[1, 2, 1] / 4 along both axes, with repeated borders: (N, C, H, W) -> the same shape."""
    kernel = constant(_BLUR, x).expand(x.shape[1], 1, 3, 3)
    return F.conv2d(F.pad(x, (1, 1, 1, 1), mode="replicate"), kernel, groups=x.shape[1])


class NearestConv(nn.Module):
    """Each pixel twice, one more zero above and left, then a 4x4 convolution: the tutorial code's last layer.

    (N, C, H, W) -> (N, C', 2H, 2W). Centred half a pixel up and left, as there.
    """

    def __init__(self, in_channels: int, out_channels: int):
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, 4, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(F.pad(F.interpolate(x, scale_factor=2, mode="nearest"), (1, 0, 1, 0)))
