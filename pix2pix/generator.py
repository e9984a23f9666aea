"""The generators: U-Net, encoder-decoder (Isola et al. 2017, appendix 6.1.1), ResNet (Johnson et al. 2016).

Shapes: N batch, C channels, H height, W width; images are RGB in [-1, 1].
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from pix2pix.errors import ConfigError
from pix2pix.hints import HINT_CHANNELS, with_hints
from pix2pix.night import MAPS, NOISE, Night, Seer, night_of
from pix2pix.norm import NORMS, NormKind, Statistics, has_bias, init_weights, make_norm
from pix2pix.relight import CELL, CHANNELS, Lighting, lighting
from pix2pix.resize import NearestConv, ResizeConv, blurred

MIN_IMAGE_SIZE, MAX_IMAGE_SIZE = 16, 1024
DROPOUT_BLOCKS = 3  # "CD512-CD512-CD512": the three innermost decoder blocks
RESNET_HALVINGS = 2

GeneratorKind = Literal["unet", "encoder_decoder", "unet_tutorial", "resnet_6", "resnet_9"]
Final = Literal["transposed", "resize"]
Head = Literal["image", "relight"]
# What the trainer does not make: a decoder of frozen features, and the head that lights by what it sees.
SeeingKind = Literal["seer"]
SeeingHead = Literal["night"]
SEEING_HALVINGS = 4


@dataclass(frozen=True)
class GeneratorSpec:
    """Everything that is needed to build a generator; saved with its weights.

    width: channels of the first layer (the paper's 64); deeper layers have 2, 4, then 8 times as many
        (a ResNet's 2, then 4 times).
    image_size: the square that it is trained on; a power of two.
    halvings: how often a U-Net halves the picture; 0, as in the paper, is down to 1x1 (256 -> 8). With fewer
        it knows less of where in the picture it is, and takes inputs of more sizes.
    dropout: probability in the three innermost decoder blocks, or in every residual block: the paper's
        only noise z.
    final: how the last layer doubles the resolution: a transposed convolution as in the paper, or a
        bilinear resize and a 3x3 convolution, which cannot make a checkerboard (Odena et al. 2016). In a
        ResNet, whose last layer doubles nothing, both layers that do. The tutorial code's is
        :class:`pix2pix.resize.NearestConv`.
    kind: U-Net; the same without skips (the paper's "encoder-decoder"); the tutorial code's U-Net; 6 or 9
        residual blocks; or, with the head "night" alone, a decoder of frozen features.
    head: what the last layer's channels are: the picture, through tanh; the gain and the lights by which
        the input photo is lit anew (:mod:`pix2pix.relight`); or where its sky and its windows are
        (:mod:`pix2pix.night`).
    spread_hints: whether the network is also shown how far the dabs of colour on a drawing reach, and
        colours for what has none (:mod:`pix2pix.hints`).
    hide_dabs: with ``spread_hints``, whether the dabs themselves are taken out of the drawing, so that none
        shows in the photo.
    smooth: in a U-Net, whether the last layer but one is blurred. What repeats after two of its pixels shows
        in the picture as a weave of four.
    """

    width: int = 64
    image_size: int = 256
    in_channels: int = 3
    out_channels: int = 3
    norm: NormKind = "batch"
    dropout: float = 0.5
    final: Final = "transposed"
    kind: GeneratorKind | SeeingKind = "unet"
    halvings: int = 0
    head: Head | SeeingHead = "image"
    spread_hints: bool = False
    hide_dabs: bool = False
    smooth: bool = False

    def __post_init__(self) -> None:
        size = self.image_size
        if size & (size - 1) or not MIN_IMAGE_SIZE <= size <= MAX_IMAGE_SIZE:
            raise ConfigError("network.image_size", size=size, least=MIN_IMAGE_SIZE, most=MAX_IMAGE_SIZE)
        if not 1 <= self.width <= 512:
            raise ConfigError("network.generator_width", width=self.width)
        if not 0 <= self.dropout < 1:
            raise ConfigError("network.dropout", dropout=self.dropout)
        if self.norm not in NORMS:
            raise ConfigError("network.unknown_norm", norm=self.norm, known=NORMS)
        if self.final not in ("transposed", "resize"):
            raise ConfigError("network.unknown_final", final=self.final)
        if (self.kind == "seer") != (self.head == "night"):
            raise ConfigError("network.seer_and_night")
        if self.kind not in (*get_args(GeneratorKind), "seer"):
            raise ConfigError("network.unknown_generator", generator=self.kind, known=get_args(GeneratorKind))
        if self.head not in (*get_args(Head), "night"):
            raise ConfigError("network.unknown_head", head=self.head, known=get_args(Head))
        if self.lights_anew and self.spread_hints:
            raise ConfigError("network.head_without_hints", head=self.head)
        if self.lights_anew and (self.in_channels, self.out_channels) != (3, 3):
            raise ConfigError("network.head_channels", head=self.head)
        if self.spread_hints and self.in_channels != 3:
            raise ConfigError("network.hint_channels")
        deepest = int(math.log2(size))
        if self.halvings and not 2 <= self.halvings <= deepest:
            raise ConfigError("network.too_many_halvings", size=size, halvings=self.halvings, most=deepest)
        if self.halvings and self.residual_blocks:
            raise ConfigError("network.fixed_halvings", generator=self.kind)

    @property
    def lights_anew(self) -> bool:
        """Whether it says how the photo is lit, which is then done at the photo's own size."""
        return self.head != "image"

    @property
    def residual_blocks(self) -> int:
        """How many a ResNet has; 0 for the others."""
        return {"resnet_6": 6, "resnet_9": 9}.get(self.kind, 0)

    @property
    def depth(self) -> int:
        """Number of halvings: 128 -> 7, 256 -> 8, 512 -> 9 down to a 1x1 bottleneck; 2 in a ResNet."""
        if self.kind == "seer":
            return SEEING_HALVINGS
        return RESNET_HALVINGS if self.residual_blocks else self.halvings or int(math.log2(self.image_size))

    @property
    def multiple(self) -> int:
        """Height and width of every input must be multiples of this, in pixels."""
        return 2**self.depth

    @property
    def smallest(self) -> int:
        """Least height and width of an input: a ResNet's reflected borders need two pixels at the bottom."""
        return 2 * self.multiple if self.residual_blocks else self.multiple

    @property
    def seen_channels(self) -> int:
        """Channels that the first layer sees: the input's, and what its hints say."""
        return self.in_channels + (HINT_CHANNELS if self.spread_hints else 0)

    @property
    def last_channels(self) -> int:
        """Channels of the last layer, from which the head makes the picture."""
        return {"relight": CHANNELS, "night": MAPS}.get(self.head, self.out_channels)

    @property
    def gain_cell(self) -> int:
        """Side in pixels of the cells that a relighting head's gain is smooth over."""
        return min(CELL, self.multiple)

    @property
    def encoder_channels(self) -> list[int]:
        """Output channels of each encoder layer, C64-C128-C256-C512-C512-... at width 64."""
        return [self.width * min(2**level, 8) for level in range(self.depth)]


class Generator(nn.Module):
    """What all generators share: the way to call them, and their noise z."""

    def __init__(self, spec: GeneratorSpec):
        super().__init__()
        self.spec = spec

    def forward(
        self,
        x: Tensor,
        *,
        statistics: Statistics | None = None,
        noise: Sequence[Tensor] | None = None,
        colour: Tensor | None = None,
    ) -> Tensor:
        """Translate a batch.

        Args:
            x: (N, C_in, H, W) in [-1, 1]; H and W multiples of ``spec.multiple``.
            statistics: which moments the norms use outside training ("image" or "running");
                in training mode they are always the batch's, and this must be None.
            noise: masks from :meth:`sample_noise`, used outside training; None switches dropout off.
                In training mode dropout draws its own.
            colour: the colours of what has no dab, in [-1, 1], for a network with ``spread_hints``: (N, 3),
                one for each picture, or (N, 3, h, w), one for each cell of the grid of
                :mod:`pix2pix.hints`. None, or NaN, leaves them to the network. Others take no notice.

        Returns:
            (N, C_out, H, W) in [-1, 1].
        """
        if self.spec.lights_anew:
            return self.lighting(x, statistics=statistics, noise=noise).on(x)
        if self.spec.spread_hints:
            x = with_hints(x, colour, self.spec.image_size, hide=self.spec.hide_dabs)
        return torch.tanh(self.body(x, statistics, noise))

    def lighting(
        self, x: Tensor, *, statistics: Statistics | None = None, noise: Sequence[Tensor] | None = None
    ) -> Lighting | Night:
        """How a network that lights photos anew would light x; arguments as in :meth:`forward`."""
        return lighting(x, self.body(x, statistics, noise), self.spec.gain_cell)

    def body(self, x: Tensor, statistics: Statistics | None, noise: Sequence[Tensor] | None) -> Tensor:
        """All layers but the head: (N, ``spec.seen_channels``, H, W) -> (N, ``spec.last_channels``, H, W)."""
        raise NotImplementedError

    def normed(self) -> list[tuple[nn.ModuleList, nn.ModuleList]]:
        """(convolutions, norms) lists; the norm at an index follows the convolution there."""
        raise NotImplementedError

    def noise_shapes(self, height: int, width: int) -> list[tuple[int, int, int]]:
        """(C, h, w) of each dropout mask for an input of the given size in pixels."""
        raise NotImplementedError

    def _dropout(self, x: Tensor, block: int, noise: Sequence[Tensor] | None) -> Tensor:
        if self.training:
            return F.dropout(x, self.spec.dropout) if self.spec.dropout else x
        if noise is None or block >= len(noise):
            return x
        return x * noise[block].to(device=x.device, dtype=x.dtype)

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


class UNetGenerator(Generator):
    """U-Net: encoder and decoder of 4x4 stride-2 convolutions, with skips between layers i and n - i.

    The kind "encoder_decoder" is the same with the skips severed, the paper's other architecture.

    No norm on the first encoder layer, nor on the bottleneck (where, of 1x1 pixels, batch norm over a batch
    of one would zero the activations: the paper's errata), nor on the output. Convolutions have no bias where
    a norm with a learnt shift would cancel it (see :func:`pix2pix.norm.has_bias`).
    """

    def __init__(self, spec: GeneratorSpec):
        super().__init__(spec)
        enc, depth = spec.encoder_channels, spec.depth
        self.skips = spec.kind != "encoder_decoder"
        joined = 2 if self.skips else 1  # inputs of a decoder layer per channel of the layer below
        bias = has_bias(spec.norm) and spec.kind != "unet_tutorial"

        self.down, self.down_norm = nn.ModuleList(), nn.ModuleList()
        for level, channels in enumerate(enc):
            normed = 0 < level < depth - 1
            inputs = spec.seen_channels if level == 0 else enc[level - 1]
            self.down.append(nn.Conv2d(inputs, channels, 4, stride=2, padding=1, bias=bias))
            self.down_norm.append(make_norm(spec.norm if normed else "none", channels))

        self.up, self.up_norm = nn.ModuleList(), nn.ModuleList()  # innermost first
        for level in range(depth - 1, 0, -1):
            inputs = enc[level] if level == depth - 1 else joined * enc[level]
            channels = enc[level - 1]
            self.up.append(nn.ConvTranspose2d(inputs, channels, 4, stride=2, padding=1, bias=bias))
            self.up_norm.append(make_norm(spec.norm, channels))
        self.last: nn.Module = (
            nn.ConvTranspose2d(joined * enc[0], spec.last_channels, 4, stride=2, padding=1)
            if spec.final == "transposed"
            else ResizeConv(joined * enc[0], spec.last_channels)
        )
        init_weights(self)

    def body(self, x: Tensor, statistics: Statistics | None, noise: Sequence[Tensor] | None) -> Tensor:
        """See :meth:`Generator.body`."""
        skips: list[Tensor] = []
        for level, (conv, norm) in enumerate(zip(self.down, self.down_norm, strict=True)):
            x = norm(conv(x if level == 0 else F.leaky_relu(x, 0.2)), statistics)
            if self.skips and level < self.spec.depth - 1:
                skips.append(x)

        for block, (conv, norm) in enumerate(zip(self.up, self.up_norm, strict=True)):
            x = conv(F.relu(x))
            if self.spec.smooth and conv is self.up[-1]:
                x = blurred(x)
            x = norm(x, statistics)
            if block < DROPOUT_BLOCKS:
                x = self._dropout(x, block, noise)
            x = torch.cat([skips.pop(), x], dim=1) if self.skips else x
        return self.last(F.relu(x))

    def normed(self) -> list[tuple[nn.ModuleList, nn.ModuleList]]:
        """See :meth:`Generator.normed`."""
        return [(self.down, self.down_norm), (self.up, self.up_norm)]

    def noise_shapes(self, height: int, width: int) -> list[tuple[int, int, int]]:
        """See :meth:`Generator.noise_shapes`."""
        enc, depth = self.spec.encoder_channels, self.spec.depth
        if not self.spec.dropout:
            return []
        blocks = min(DROPOUT_BLOCKS, depth - 1)
        return [
            (enc[depth - 2 - b], height >> (depth - 1 - b), width >> (depth - 1 - b)) for b in range(blocks)
        ]


class TutorialGenerator(UNetGenerator):
    """The U-Net of PyTorch-GAN's pix2pix and of the notebooks after it; 54,404,099 parameters at width 64.

    Its layers are the paper's, in another order. Each encoder layer is activated, and from the fourth on
    dropped out, before it is passed on, so that skips arrive so and are not activated again. All but the
    four outermost decoder layers are dropped out as well: nine layers at 256 pixels, where the paper has
    three. No convolution but the last has a bias. The final layer "resize" is :class:`NearestConv`.
    """

    FIRST_DROPPED = 3  # encoder layers without dropout
    PLAIN = 4  # outermost decoder layers without dropout, the last one included

    def __init__(self, spec: GeneratorSpec):
        super().__init__(spec)
        if spec.final == "resize":
            self.last = NearestConv(2 * spec.width, spec.last_channels)
            init_weights(self.last)

    def body(self, x: Tensor, statistics: Statistics | None, noise: Sequence[Tensor] | None) -> Tensor:
        """See :meth:`Generator.body`."""
        skips: list[Tensor] = []
        for level, (conv, norm) in enumerate(zip(self.down, self.down_norm, strict=True)):
            x = F.leaky_relu(norm(conv(x), statistics), 0.2)
            if level >= self.FIRST_DROPPED:
                x = self._dropout(x, level - self.FIRST_DROPPED, noise)
            skips.append(x)
        skips.pop()
        before = max(self.spec.depth - self.FIRST_DROPPED, 0)
        for block, (conv, norm) in enumerate(zip(self.up, self.up_norm, strict=True)):
            x = F.relu(norm(conv(x), statistics))
            if block < self.spec.depth - self.PLAIN:
                x = self._dropout(x, before + block, noise)
            x = torch.cat([skips.pop(), x], dim=1)
        return self.last(x)

    def noise_shapes(self, height: int, width: int) -> list[tuple[int, int, int]]:
        """See :meth:`Generator.noise_shapes`."""
        enc, depth = self.spec.encoder_channels, self.spec.depth
        if not self.spec.dropout:
            return []
        down = list(range(self.FIRST_DROPPED, depth))
        up = [depth - 2 - block for block in range(depth - self.PLAIN)]
        return [(enc[level], height >> (level + 1), width >> (level + 1)) for level in [*down, *up]]


class ResNetGenerator(Generator):
    """Two halvings, 6 or 9 residual blocks, two doublings (Johnson et al. 2016, supplementary material).

    As pix2pix's and CycleGAN's code has it: c7s1-64, d128, d256, R256 xN, u128, u64, c7s1-3, with reflected
    borders where the stride is 1, dropout inside the blocks, and tanh. At width 64 the nine blocks are
    11,378,179 parameters with an instance norm that learns nothing, as published, and 11,383,427 with a
    learnt scale and shift instead of the biases.
    """

    def __init__(self, spec: GeneratorSpec):
        super().__init__(spec)
        width, bias = spec.width, has_bias(spec.norm)
        deepest = width << RESNET_HALVINGS

        self.down = nn.ModuleList([nn.Conv2d(spec.seen_channels, width, 7, bias=bias)])
        for level in range(RESNET_HALVINGS):
            inputs = width << level
            self.down.append(nn.Conv2d(inputs, 2 * inputs, 3, stride=2, padding=1, bias=bias))
        # Two convolutions a block, one after the other.
        self.block = nn.ModuleList(
            [nn.Conv2d(deepest, deepest, 3, bias=bias) for _ in range(2 * spec.residual_blocks)]
        )
        self.up = nn.ModuleList()
        for level in range(RESNET_HALVINGS, 0, -1):
            inputs, channels = width << level, width << (level - 1)
            self.up.append(
                nn.ConvTranspose2d(inputs, channels, 3, stride=2, padding=1, output_padding=1, bias=bias)
                if spec.final == "transposed"
                else ResizeConv(inputs, channels, bias=bias)
            )
        self.last = nn.Conv2d(width, spec.last_channels, 7)

        def norms(channels: Sequence[int]) -> nn.ModuleList:
            return nn.ModuleList([make_norm(spec.norm, c) for c in channels])

        self.down_norm = norms([width << level for level in range(RESNET_HALVINGS + 1)])
        self.block_norm = norms([deepest] * len(self.block))
        self.up_norm = norms([width << level for level in range(RESNET_HALVINGS - 1, -1, -1)])
        init_weights(self)

    def body(self, x: Tensor, statistics: Statistics | None, noise: Sequence[Tensor] | None) -> Tensor:
        """See :meth:`Generator.body`."""
        x = _reflect(x, 3)
        for conv, norm in zip(self.down, self.down_norm, strict=True):
            x = F.relu(norm(conv(x), statistics))
        for block in range(self.spec.residual_blocks):
            (first, second), (norm, last_norm) = (
                modules[2 * block : 2 * block + 2] for modules in (self.block, self.block_norm)
            )
            y = F.relu(norm(first(_reflect(x, 1)), statistics))
            y = self._dropout(y, block, noise)
            x = x + last_norm(second(_reflect(y, 1)), statistics)
        for conv, norm in zip(self.up, self.up_norm, strict=True):
            x = F.relu(norm(conv(x), statistics))
        return self.last(_reflect(x, 3))

    def normed(self) -> list[tuple[nn.ModuleList, nn.ModuleList]]:
        """See :meth:`Generator.normed`."""
        return [(self.down, self.down_norm), (self.block, self.block_norm), (self.up, self.up_norm)]

    def noise_shapes(self, height: int, width: int) -> list[tuple[int, int, int]]:
        """See :meth:`Generator.noise_shapes`."""
        shape = (self.spec.width << RESNET_HALVINGS, height >> RESNET_HALVINGS, width >> RESNET_HALVINGS)
        return [shape] * self.spec.residual_blocks if self.spec.dropout else []


class SeeingGenerator(Generator):
    """Says where sky and windows are, by a decoder of the frozen features, and lights the photo by that.

    Its noise z are numbers from which each window takes its own. It is trained by its maps, not by its
    pictures, so it lights the same in training mode.
    """

    def __init__(self, spec: GeneratorSpec):
        super().__init__(spec)
        self.seer = Seer(spec.width, spec.last_channels)

    def body(self, x: Tensor, statistics: Statistics | None, noise: Sequence[Tensor] | None) -> Tensor:
        """(N, 3, H, W) -> (N, 3, h, w), logits of sky, window and building at half the size."""
        return self.seer(x)

    def lighting(
        self, x: Tensor, *, statistics: Statistics | None = None, noise: Sequence[Tensor] | None = None
    ) -> Night:
        """See :meth:`Generator.lighting`; without noise as with that of the seed 0."""
        drawn = noise or self.sample_noise(0, *x.shape[2:])
        return night_of(x, self.body(x, statistics, noise), drawn[0].to(x.device))

    def normed(self) -> list[tuple[nn.ModuleList, nn.ModuleList]]:
        """See :meth:`Generator.normed`."""
        return []

    def noise_shapes(self, height: int, width: int) -> list[tuple[int, int, int]]:
        """See :meth:`Generator.noise_shapes`."""
        return [(NOISE, -(-height // 2), -(-width // 2))]

    def sample_noise(self, seed: int, height: int, width: int) -> list[Tensor]:
        """(1, 3, h, w) float32 in [0, 1), evenly; the rest as in :meth:`Generator.sample_noise`."""
        rng = torch.Generator().manual_seed(seed % 2**63)
        return [torch.rand((1, *shape), generator=rng) for shape in self.noise_shapes(height, width)]


def _reflect(x: Tensor, pixels: int) -> Tensor:
    return F.pad(x, [pixels] * 4, mode="reflect")


def build_generator(spec: GeneratorSpec) -> Generator:
    """The network that a specification describes, with fresh weights."""
    if spec.kind == "seer":
        return SeeingGenerator(spec)
    if spec.residual_blocks:
        return ResNetGenerator(spec)
    return TutorialGenerator(spec) if spec.kind == "unet_tutorial" else UNetGenerator(spec)
