"""The PatchGAN discriminator (Isola et al. 2017, section 3.2.2 and appendix 6.1.2) and its geometry.

Shapes: N batch, C channels, H height, W width; images are RGB in [-1, 1], scores are logits.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from pix2pix.errors import ConfigError
from pix2pix.norm import NORMS, NormKind, has_bias, init_weights, make_norm


@dataclass(frozen=True)
class Layer:
    """Geometry and width of one convolution: kernel and stride in pixels, widths as multiples.

    extra: zeros above and left of the image beside ``padding``, which lies on all four sides.
    """

    kernel: int
    stride: int
    padding: int
    multiple: int
    extra: int = 0


def _patch_layers(strided: int) -> tuple[Layer, ...]:
    """C64-C128-... with ``strided`` stride-2 layers, then one of stride 1 (before the 1-channel output)."""
    down = [Layer(4, 2, 1, min(2**level, 8)) for level in range(strided)]
    return (*down, Layer(4, 1, 1, min(2**strided, 8)))


TUTORIAL_FIELD = 94  # of the tutorial code, whose map of scores is 16x16 at 256

# Receptive field in pixels -> the layers before the last one. The paper's appendix lists 1, 16, 70 and
# 286; 34 and 142 follow the same rule. "16" is a receptive field here, never a 16x16 map of scores.
HIDDEN_LAYERS: dict[int, tuple[Layer, ...]] = {
    1: (Layer(1, 1, 0, 1), Layer(1, 1, 0, 2)),
    16: _patch_layers(1),
    34: _patch_layers(2),
    70: _patch_layers(3),
    TUTORIAL_FIELD: _patch_layers(4)[:-1],
    142: _patch_layers(4),
    286: _patch_layers(5),
}
RECEPTIVE_FIELDS = tuple(HIDDEN_LAYERS)


@dataclass(frozen=True)
class DiscriminatorSpec:
    """Everything that is needed to build a discriminator; saved with its weights.

    receptive_field: side in pixels of the patch that one score judges: 1, 16, 34, 70, 142 or 286, or 94
        for the discriminator of the tutorial code (PyTorch-GAN and the notebooks after it): four strided
        layers and, on a map padded by one more zero above and left, a last one without a bias. Its cells
        are centred on pixels 0, 16, 32, …
    condition_channels: channels of the input image concatenated before the judged one; 0 makes it
        unconditional.
    """

    receptive_field: int = 70
    width: int = 64
    condition_channels: int = 3
    image_channels: int = 3
    norm: NormKind = "batch"

    def __post_init__(self) -> None:
        if self.receptive_field not in HIDDEN_LAYERS:
            raise ConfigError("network.receptive_field", size=self.receptive_field, known=RECEPTIVE_FIELDS)
        if not 1 <= self.width <= 512:
            raise ConfigError("network.discriminator_width", width=self.width)
        if self.norm not in NORMS:
            raise ConfigError("network.unknown_norm", norm=self.norm, known=NORMS)

    @property
    def layers(self) -> tuple[Layer, ...]:
        """All convolutions, the 1-channel output included (its multiple is not used)."""
        hidden = HIDDEN_LAYERS[self.receptive_field]
        if self.receptive_field == 1:
            return (*hidden, Layer(1, 1, 0, 0))
        return (*hidden, Layer(4, 1, 1, 0, extra=int(self.receptive_field == TUTORIAL_FIELD)))

    @property
    def geometry(self) -> PatchGeometry:
        """Where each score looks."""
        return patch_geometry(self.layers)


@dataclass(frozen=True)
class PatchGeometry:
    """Which pixels one score sees; the only place where receptive-field arithmetic is done.

    receptive_field: side of the patch in pixels.
    step: distance between neighbouring patches in pixels.
    first_centre: centre of cell 0 in pixel-edge coordinates (0 is the image's left or top edge).
    layers: the convolutions that it was computed from.
    """

    receptive_field: int
    step: int
    first_centre: float
    layers: tuple[Layer, ...]

    def cells(self, pixels: int) -> int:
        """How many scores a side of that many pixels gives (0 when it is too short)."""
        for layer in self.layers:
            pixels = (pixels + 2 * layer.padding + layer.extra - layer.kernel) // layer.stride + 1
        return max(pixels, 0)

    def centre(self, cell: int) -> float:
        """Centre of a cell along one axis, in pixel-edge coordinates."""
        return self.first_centre + self.step * cell

    def cell_at(self, place: float, pixels: int) -> int:
        """The cell whose centre is nearest to a place along an axis; the reverse of :meth:`centre`.

        Args:
            place: in pixel-edge coordinates: the middle of pixel n is n + 0.5. Outside of the outer centres,
                and of the image, the outer cells answer.
            pixels: of the image along that axis.

        Raises:
            ValueError: so short a side has no cell.
        """
        cells = self.cells(pixels)
        if cells < 1:
            raise ValueError(f"a side of {pixels} pixels has no cell")
        nearest = math.floor((place - self.first_centre) / self.step + 0.5)
        return min(max(nearest, 0), cells - 1)

    def span(self, cell: int, pixels: int) -> tuple[int, int]:
        """First and one-past-last pixel that the cell sees along one axis, clipped to the image.

        Patches at the border also see zero padding, which is not part of the image.
        """
        start = round(self.centre(cell) - self.receptive_field / 2)
        return max(start, 0), min(start + self.receptive_field, pixels)


def patch_geometry(layers: tuple[Layer, ...]) -> PatchGeometry:
    """Receptive field, step and first centre of a stack of convolutions (Dumoulin and Visin 2016).

    With r, j, c for field, step and centre, and p zeros before the first pixel:
    r += (k - 1) j;  c += ((k - 1) / 2 - p) j;  j *= s.
    """
    field, step, centre = 1, 1, 0.5
    for layer in layers:
        field += (layer.kernel - 1) * step
        centre += ((layer.kernel - 1) / 2 - layer.padding - layer.extra) * step
        step *= layer.stride
    return PatchGeometry(field, step, centre, layers)


class PatchDiscriminator(nn.Module):
    """Classifies each overlapping patch of an image, given the condition, as real or fake.

    No norm on the first layer; leaky ReLUs of slope 0.2; the output is a logit map, without a sigmoid.
    """

    def __init__(self, spec: DiscriminatorSpec):
        super().__init__()
        self.spec = spec
        self.convs, self.norms = nn.ModuleList(), nn.ModuleList()
        channels = spec.condition_channels + spec.image_channels
        *hidden, last = spec.layers
        for index, layer in enumerate(hidden):
            outputs = spec.width * layer.multiple
            normed = index > 0 and spec.norm != "none"
            bias = not normed or has_bias(spec.norm)
            self.convs.append(
                nn.Conv2d(channels, outputs, layer.kernel, layer.stride, layer.padding, bias=bias)
            )
            self.norms.append(make_norm(spec.norm if normed else "none", outputs))
            channels = outputs
        self.last = nn.Conv2d(channels, 1, last.kernel, last.stride, last.padding, bias=not last.extra)
        init_weights(self)

    def forward(self, condition: Tensor | None, image: Tensor) -> Tensor:
        """Score patches.

        Args:
            condition: (N, C_cond, H, W) in [-1, 1], the generator's input; None when unconditional.
            image: (N, C, H, W) in [-1, 1], the real target or the generator's output.

        Returns:
            (N, 1, h, w) logits, > 0 where the patch looks real; 30x30 for 256x256 at a field of 70.
        """
        x = image if self.spec.condition_channels == 0 else torch.cat([_present(condition), image], 1)
        for conv, norm in zip(self.convs, self.norms, strict=True):
            # Outside training each image is judged by its own statistics: a score must not depend on
            # what else was in the batch.
            x = F.leaky_relu(norm(conv(x), "image"), 0.2)
        extra = self.spec.layers[-1].extra
        return self.last(F.pad(x, (extra, 0, extra, 0)) if extra else x)


def _present(condition: Tensor | None) -> Tensor:
    if condition is None:
        raise ValueError("a conditional discriminator needs the condition")
    return condition
