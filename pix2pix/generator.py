"""The U-Net generator of pix2pix (Isola et al. 2017, section 3.2.1 and appendix 6.1.1).

Shapes: N batch, C channels, H height, W width; images are RGB in [-1, 1].
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from pix2pix.errors import ConfigError
from pix2pix.norm import NORMS, NormKind, Statistics, init_weights, make_norm

MIN_IMAGE_SIZE, MAX_IMAGE_SIZE = 16, 1024
DROPOUT_BLOCKS = 3  # "CD512-CD512-CD512": the three innermost decoder blocks

Final = Literal["transposed", "resize"]


@dataclass(frozen=True)
class GeneratorSpec:
    """Everything that is needed to build a generator; saved with its weights.

    width: channels of the first layer (the paper's 64); deeper layers have 2, 4, then 8 times as many.
    image_size: the square that it is trained on; a power of two, which fixes the depth (256 -> 8).
    dropout: probability in the three innermost decoder blocks: the paper's only noise z.
    final: how the last layer doubles the resolution: a transposed convolution as in the paper, or a
        bilinear resize and a 3x3 convolution, which cannot make a checkerboard (Odena et al. 2016).
    """

    width: int = 64
    image_size: int = 256
    in_channels: int = 3
    out_channels: int = 3
    norm: NormKind = "batch"
    dropout: float = 0.5
    final: Final = "transposed"

    def __post_init__(self) -> None:
        size = self.image_size
        if size & (size - 1) or not MIN_IMAGE_SIZE <= size <= MAX_IMAGE_SIZE:
            raise ConfigError(
                f"The image size {size} cannot be used: choose a power of two from {MIN_IMAGE_SIZE} to"
                f" {MAX_IMAGE_SIZE}, such as 128, 256 or 512."
            )
        if not 1 <= self.width <= 512:
            raise ConfigError(f"The generator's width {self.width} must be from 1 to 512.")
        if not 0 <= self.dropout < 1:
            raise ConfigError(f"The dropout probability {self.dropout} must be in [0, 1).")
        if self.norm not in NORMS:
            raise ConfigError(f"The norm '{self.norm}' is unknown: use one of {', '.join(NORMS)}.")
        if self.final not in ("transposed", "resize"):
            raise ConfigError(f"The final layer '{self.final}' is unknown: use transposed or resize.")

    @property
    def depth(self) -> int:
        """Number of down-samplings: 128 -> 7, 256 -> 8, 512 -> 9; the bottleneck is 1x1."""
        return int(math.log2(self.image_size))

    @property
    def encoder_channels(self) -> list[int]:
        """Output channels of each encoder layer, C64-C128-C256-C512-C512-... at width 64."""
        return [self.width * min(2**level, 8) for level in range(self.depth)]


# What one row of a bilinear x2 picture under a 3-row kernel takes from the rows before, at and after its own
# in the small picture: [phase of the row, small row, kernel row].
_RESIZE = (
    ((0.75, 0.25, 0.0), (0.25, 0.75, 0.75), (0.0, 0.0, 0.25)),
    ((0.25, 0.0, 0.0), (0.75, 0.75, 0.25), (0.0, 0.25, 0.75)),
)


class ResizeConv(nn.Module):
    """Bilinear x2, then a 3x3 convolution with repeated borders: (N, C, H, W) -> (N, C', 2H, 2W).

    Computed as one 3x3 convolution of the small picture for each of the four phases of the large one, which
    gives the same numbers without ever holding C channels at the large size.
    """

    def __init__(self, in_channels: int, out_channels: int):
        super().__init__()
        self.conv = nn.Conv2d(in_channels, out_channels, 3)

    def forward(self, x: Tensor) -> Tensor:
        weight, bias = self.conv.weight, self.conv.bias
        assert bias is not None
        resize = weight.new_tensor(_RESIZE)
        phases = torch.einsum("pak,qbl,ockl->opqcab", resize, resize, weight).flatten(0, 2)
        x = F.pad(x, (1, 1, 1, 1), mode="replicate")
        return F.pixel_shuffle(F.conv2d(x, phases, bias.repeat_interleave(4)), 2)


class UNetGenerator(nn.Module):
    """U-Net: encoder and decoder of 4x4 stride-2 convolutions, with skips between layers i and n - i.

    No norm on the first encoder layer, nor on the 1x1 bottleneck (where batch norm over a batch of one
    would zero the activations: the paper's errata), nor on the output. Convolutions that a norm follows
    have no bias, because the norm would cancel it.
    """

    def __init__(self, spec: GeneratorSpec):
        super().__init__()
        self.spec = spec
        enc, depth = spec.encoder_channels, spec.depth

        self.down, self.down_norm = nn.ModuleList(), nn.ModuleList()
        for level, channels in enumerate(enc):
            normed = 0 < level < depth - 1
            inputs = spec.in_channels if level == 0 else enc[level - 1]
            # A bias only where the later stages can see it and the published counts have it: nowhere here.
            self.down.append(nn.Conv2d(inputs, channels, 4, stride=2, padding=1, bias=spec.norm == "none"))
            self.down_norm.append(make_norm(spec.norm if normed else "none", channels))

        self.up, self.up_norm = nn.ModuleList(), nn.ModuleList()  # innermost first
        for level in range(depth - 1, 0, -1):
            inputs = enc[level] if level == depth - 1 else 2 * enc[level]
            channels = enc[level - 1]
            self.up.append(
                nn.ConvTranspose2d(inputs, channels, 4, stride=2, padding=1, bias=spec.norm == "none")
            )
            self.up_norm.append(make_norm(spec.norm, channels))
        self.last: nn.Module = (
            nn.ConvTranspose2d(2 * enc[0], spec.out_channels, 4, stride=2, padding=1)
            if spec.final == "transposed"
            else ResizeConv(2 * enc[0], spec.out_channels)
        )
        init_weights(self)

    def forward(
        self, x: Tensor, *, statistics: Statistics | None = None, noise: Sequence[Tensor] | None = None
    ) -> Tensor:
        """Translate a batch.

        Args:
            x: (N, C_in, H, W) in [-1, 1]; H and W multiples of the image size's 2**depth.
            statistics: which moments the norms use outside training ("image" or "running");
                in training mode they are always the batch's, and this must be None.
            noise: masks from :meth:`sample_noise`, used outside training; None switches dropout off.
                In training mode dropout draws its own.

        Returns:
            (N, C_out, H, W) in [-1, 1].
        """
        skips: list[Tensor] = []
        for level, (conv, norm) in enumerate(zip(self.down, self.down_norm, strict=True)):
            x = norm(conv(x if level == 0 else F.leaky_relu(x, 0.2)), statistics)
            skips.append(x)

        x = skips.pop()
        for block, (conv, norm) in enumerate(zip(self.up, self.up_norm, strict=True)):
            x = norm(conv(F.relu(x)), statistics)
            if block < DROPOUT_BLOCKS:
                x = self._dropout(x, block, noise)
            x = torch.cat([skips.pop(), x], dim=1)
        return torch.tanh(self.last(F.relu(x)))

    def _dropout(self, x: Tensor, block: int, noise: Sequence[Tensor] | None) -> Tensor:
        if self.training:
            return F.dropout(x, self.spec.dropout) if self.spec.dropout else x
        if noise is None or block >= len(noise):
            return x
        return x * noise[block].to(device=x.device, dtype=x.dtype)

    def noise_shapes(self, height: int, width: int) -> list[tuple[int, int, int]]:
        """(C, h, w) of each dropout mask for an input of the given size in pixels."""
        enc, depth = self.spec.encoder_channels, self.spec.depth
        if not self.spec.dropout:
            return []
        blocks = min(DROPOUT_BLOCKS, depth - 1)
        return [
            (enc[depth - 2 - b], height >> (depth - 1 - b), width >> (depth - 1 - b)) for b in range(blocks)
        ]

    def sample_noise(self, seed: int, height: int, width: int) -> list[Tensor]:
        """The noise z of the paper, made repeatable: dropout masks drawn from a seed.

        The same seed gives the same masks on every device, whatever was translated before, and leaves
        the global random state alone.

        Returns:
            One (1, C, h, w) float32 tensor a dropout block, with values 0 or 1 / (1 - p).
        """
        rng = torch.Generator().manual_seed(seed % 2**63)  # any whole number is a seed
        keep = 1 - self.spec.dropout
        return [
            (torch.rand((1, *shape), generator=rng) < keep).float() / keep
            for shape in self.noise_shapes(height, width)
        ]
