"""Layers that double a picture's size without a transposed convolution's checkerboard (Odena et al. 2016).

Shapes: N batch, C channels, H height, W width.
"""

from __future__ import annotations

import itertools

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
_WINDOW = tuple(itertools.product(range(3), repeat=2))
# The row of a 4x4 transposed kernel (stride 2, padding 1) by which row 2 i + phase takes from the rows i - 1,
# i, i + 1 of the small picture: [phase, small row].
_TRANSPOSED = ((3, 1, None), (None, 2, 0))


class ResizeConv(nn.Module):
    """Bilinear x2, then a 3x3 convolution with repeated borders: (N, C, H, W) -> (N, C', 2H, 2W).

    Computed as one 3x3 convolution of the small picture for each of the four phases of the large one, which
    gives the same numbers without ever holding C channels at the large size.
    """

    def __init__(self, in_channels: int, out_channels: int, bias: bool = True):
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, 3, bias=bias)

    @staticmethod
    def fitted_to(transposed: nn.ConvTranspose2d) -> ResizeConv:
        """The layer whose answers come nearest to a 4x4 transposed convolution's with stride 2 and padding 1.

        Nearest in the phases' kernels, by least squares. What it cannot imitate is the checkerboard.
        """
        weight = transposed.weight.detach()  # (C, C', 4, 4)
        inputs, outputs = weight.shape[:2]
        layer = ResizeConv(inputs, outputs, bias=transposed.bias is not None).to(weight)
        wanted = weight.new_zeros(outputs, inputs, 2, 2, 3, 3)
        for (p, q), (a, b) in itertools.product(itertools.product(range(2), repeat=2), _WINDOW):
            y, x = _TRANSPOSED[p][a], _TRANSPOSED[q][b]
            if y is not None and x is not None:
                wanted[:, :, p, q, a, b] = weight[:, :, y, x].T
        resize = weight.new_tensor(_RESIZE)
        design = torch.einsum("pak,qbl->pqabkl", resize, resize).reshape(36, 9)
        kernels = torch.linalg.lstsq(design, wanted.reshape(-1, 36).T).solution.T
        with torch.no_grad():
            layer.conv.weight.copy_(kernels.reshape(outputs, inputs, 3, 3))
            if layer.conv.bias is not None and transposed.bias is not None:
                layer.conv.bias.copy_(transposed.bias)
        return layer

    @torch.no_grad()
    def as_transposed(self) -> nn.ConvTranspose2d:
        """A 4x4 transposed convolution, with stride 2 and padding 1, that begins much like this layer.

        Of the three rows and columns that each phase takes from, such a layer has two; the third one's
        weights are given to the middle one's, so that flat surfaces come out the same.
        """
        outputs, inputs = self.conv.weight.shape[:2]
        layer = nn.ConvTranspose2d(inputs, outputs, 4, 2, 1, bias=self.conv.bias is not None).to(
            self.conv.weight
        )
        layer.weight.zero_()
        phases = self._phases()
        for (p, q), (a, b) in itertools.product(itertools.product(range(2), repeat=2), _WINDOW):
            y, x = _TRANSPOSED[p][a], _TRANSPOSED[q][b]
            y = _TRANSPOSED[p][1] if y is None else y
            x = _TRANSPOSED[q][1] if x is None else x
            layer.weight[:, :, y, x] += phases[:, p, q, :, a, b].T
        if layer.bias is not None and self.conv.bias is not None:
            layer.bias.copy_(self.conv.bias)
        return layer

    def _phases(self) -> Tensor:
        """(C', 2, 2, C, 3, 3): what each phase of the large picture takes from the small one."""
        resize = constant(_RESIZE, self.conv.weight)
        return torch.einsum("pak,qbl,ockl->opqcab", resize, resize, self.conv.weight)

    def forward(self, x: Tensor) -> Tensor:
        bias = self.conv.bias
        x = F.pad(x, (1, 1, 1, 1), mode="replicate")
        phase_bias = None if bias is None else bias.repeat_interleave(4)
        return F.pixel_shuffle(F.conv2d(x, self._phases().flatten(0, 2), phase_bias), 2)


class NearestConv(nn.Module):
    """Each pixel twice, one more zero above and left, then a 4x4 convolution: the tutorial code's last layer.

    (N, C, H, W) -> (N, C', 2H, 2W). Centred half a pixel up and left, as there.
    """

    def __init__(self, in_channels: int, out_channels: int):
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, 4, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(F.pad(F.interpolate(x, scale_factor=2, mode="nearest"), (1, 0, 1, 0)))
