"""The feature critic: small discriminators over the activations of a network trained on a million photos.

The idea is Projected GAN's (Sauer et al. 2021), here with the condition beside the picture. It judges
activations at strides 4, 8 and 16, where the PatchGAN judges pixels.

Shapes: N batch, C channels, H height, W width; (h, w) is a map of scores.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from pix2pix.features import CHANNELS

FIRST = 1  # of the activations that are judged: stride 2 sees little but edges
WIDTH = 64


class FeatureCritic(nn.Module):
    """A head for each of the strides 4, 8 and 16.

    Args:
        conditional: whether it is shown the activations of the input beside those of the picture.
    """

    def __init__(self, conditional: bool = True):
        super().__init__()
        self.conditional = conditional
        self.heads = nn.ModuleList(_Head(channels, conditional) for channels in CHANNELS[FIRST:])

    def forward(self, condition: Sequence[Tensor] | None, image: Sequence[Tensor]) -> list[Tensor]:
        """Score patches by their activations.

        Args:
            condition, image: what :class:`pix2pix.features.FeatureNetwork` gives of the input and of the
                picture; the condition is ignored where the critic is not conditional.

        Returns:
            (N, 1, h, w) scores, above 0 where the picture looks real, for each head whose map has two cells a
            side: at 256 x 256 they are 32, 16 and 8 a side.
        """
        judged = image[FIRST:]
        seen: Sequence[Tensor | None] = [None] * len(judged)
        if self.conditional and condition is not None:
            seen = condition[FIRST:]
        return [
            head(c, x)
            for head, c, x in zip(self.heads, seen, judged, strict=True)
            if min(x.shape[2:]) >= 2  # tiny pictures have too little at stride 16 to halve
        ]


class _Head(nn.Module):
    """Fixed random 1x1 projections, then three convolutions with spectral norm (Miyato et al. 2018).

    The projections mix the channels, so that a critic cannot win by a few of them (Sauer et al. 2021, section
    3.2).
    """

    mix_image: Tensor
    mix_condition: Tensor

    def __init__(self, channels: int, conditional: bool):
        super().__init__()
        for name in ("mix_image", "mix_condition")[: 1 + conditional]:
            self.register_buffer(name, torch.randn(WIDTH, channels, 1, 1) / channels**0.5)
        self.convs = nn.ModuleList(
            spectral_norm(conv)
            for conv in (
                nn.Conv2d(WIDTH * (1 + conditional), WIDTH, 3, padding=1),
                nn.Conv2d(WIDTH, WIDTH, 4, stride=2, padding=1),
                nn.Conv2d(WIDTH, 1, 3, padding=1),
            )
        )

    def forward(self, condition: Tensor | None, image: Tensor) -> Tensor:
        x = F.conv2d(image, self.mix_image)
        if condition is not None:
            x = torch.cat([x, F.conv2d(condition, self.mix_condition)], dim=1)
        first, second, last = self.convs
        return last(F.leaky_relu(second(F.leaky_relu(first(x), 0.2)), 0.2))
