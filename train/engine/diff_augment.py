"""Differentiable augmentation of what the discriminator sees (DiffAugment, Zhao et al. 2020).

With few pairs the discriminator overfits them. Here real and generated images alike are shifted, get a
square cut out and their colours changed before they are judged, and the generator's gradients pass through.

Shapes: N batch, C channels, H height, W width; images are (N, C, H, W) in [-1, 1].
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from train.config import Policy

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
        unit = self.unit[:, :3].to(images, non_blocking=True)
        brightness, saturation, contrast = unit.T.view(3, -1, 1, 1, 1)
        images = images + (brightness - 0.5)
        grey = images.mean(dim=1, keepdim=True)
        images = torch.lerp(grey, images, 2 * saturation)
        mean = images.mean(dim=(1, 2, 3), keepdim=True)
        return torch.lerp(mean, images, contrast + 0.5)

    def places(self, images: Tensor) -> Tensor:
        """Shift and cut out; what comes into view is 0, the middle grey."""
        unit = self.unit.to(images.device, non_blocking=True)
        rows, columns = (_sources(unit[:, 3 + axis], images.shape[2 + axis]) for axis in (0, 1))
        keep = (rows >= 0)[:, None, :, None] & (columns >= 0)[:, None, None, :]
        if "cutout" in self.policy:
            across, along = (_in_hole(unit[:, 5 + axis], images.shape[2 + axis]) for axis in (0, 1))
            keep = keep & ~(across[:, None, :, None] & along[:, None, None, :])
        places = rows.clamp(min=0)[:, :, None] * images.shape[3] + columns.clamp(min=0)[:, None, :]
        moved = images.flatten(2).gather(2, places.flatten(1)[:, None].expand(-1, images.shape[1], -1))
        plain = images.is_contiguous()
        layout = torch.contiguous_format if plain else torch.channels_last
        return (moved.view_as(images) * keep).contiguous(memory_format=layout)


def _sources(unit: Tensor, pixels: int) -> Tensor:
    """Where each pixel of a moved side comes from, (N, pixels); -1 for outside of the image."""
    most = int(pixels * SHIFT + 0.5)
    shift = (unit * (2 * most + 1)).long() - most
    source = torch.arange(pixels, device=unit.device) - shift[:, None]
    return torch.where(source < pixels, source, -1).clamp(min=-1)


def _in_hole(unit: Tensor, pixels: int) -> Tensor:
    """Which pixels of a side are cut out, (N, pixels); the centre is anywhere, so a part may lie outside."""
    side = int(pixels * CUTOUT + 0.5)
    start = (unit * (pixels + 1)).long()[:, None] - side // 2
    place = torch.arange(pixels, device=unit.device)
    return (place >= start) & (place < start + side)
