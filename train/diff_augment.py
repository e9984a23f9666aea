"""Differentiable augmentation of what the discriminator sees (DiffAugment, Zhao et al. 2020).

With few pairs the discriminator overfits them. Here real and generated images alike are shifted, get a
square cut out and their colours changed before they are judged, and the generator's gradients pass through.

Shapes: N batch, C channels, H height, W width; images are (N, C, H, W) in [-1, 1].
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

Policy = Literal["none", "translation", "translation,cutout", "color,translation,cutout"]
SHIFT = 1 / 8  # the largest shift, as a fraction of a side
CUTOUT = 1 / 2  # the side of the square that is cut out, as a fraction of the image's


@dataclass(frozen=True)
class DiffAugment:
    """One draw, for one batch: the same for its real and its generated images, and for their conditions.

    unit: (N, 7) numbers in [0, 1): brightness, saturation, contrast, shift down and right,
        cutout down and right.
    """

    policy: Policy
    unit: Tensor

    @classmethod
    def draw(cls, policy: Policy, batch: int) -> DiffAugment:
        """From torch's global random state on the CPU, so that a resumed run draws the same."""
        return cls(policy, torch.rand(batch, 7))

    def image(self, images: Tensor) -> Tensor:
        """What is judged: colours and places."""
        return self.places(self.colours(images) if "color" in self.policy else images)

    def condition(self, images: Tensor | None) -> Tensor | None:
        """What it was made from: it moves along, and keeps its colours."""
        return None if images is None else self.places(images)

    def colours(self, images: Tensor) -> Tensor:
        """Brightness -0.5 to 0.5 more, saturation times 0 to 2, contrast times 0.5 to 1.5, an image each."""
        brightness, saturation, contrast = self.unit[:, :3].to(images).T.view(3, -1, 1, 1, 1)
        images = images + (brightness - 0.5)
        grey = images.mean(dim=1, keepdim=True)
        images = torch.lerp(grey, images, 2 * saturation)
        mean = images.mean(dim=(1, 2, 3), keepdim=True)
        return torch.lerp(mean, images, contrast + 0.5)

    def places(self, images: Tensor) -> Tensor:
        """Shift and cut out; what comes into view is 0, the middle grey."""
        keep = images.new_zeros(len(images), 1, *images.shape[2:])
        moved = []
        for index, image in enumerate(images):
            down, right = (self._shift(index, axis, image.shape[axis + 1]) for axis in (0, 1))
            moved.append(_shifted(image, down, right))
            rows, columns = (self._hole(index, axis, image.shape[axis + 1]) for axis in (0, 1))
            keep[index] = 1
            if "cutout" in self.policy:
                keep[index, :, rows, columns] = 0
        plain = images.is_contiguous()
        layout = torch.contiguous_format if plain else torch.channels_last
        return (torch.stack(moved) * keep).contiguous(memory_format=layout)

    def _shift(self, index: int, axis: int, pixels: int) -> int:
        most = int(pixels * SHIFT + 0.5)
        return int(self.unit[index, 3 + axis] * (2 * most + 1)) - most

    def _hole(self, index: int, axis: int, pixels: int) -> slice:
        """Its centre is anywhere, so that a part of it may lie outside."""
        side = int(pixels * CUTOUT + 0.5)
        start = int(self.unit[index, 5 + axis] * (pixels + 1)) - side // 2
        return slice(max(start, 0), max(start + side, 0))


def _shifted(image: Tensor, down: int, right: int) -> Tensor:
    """(C, H, W) moved by whole pixels, zeros behind it."""
    height, width = image.shape[1:]
    kept = image[:, max(-down, 0) : height - max(down, 0), max(-right, 0) : width - max(right, 0)]
    borders = (max(right, 0), max(-right, 0), max(down, 0), max(-down, 0))
    return torch.nn.functional.pad(kept, borders)
