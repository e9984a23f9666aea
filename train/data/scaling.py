"""Pictures resized as tensors: what torchvision does, which takes a second and more to import."""

from __future__ import annotations

from typing import Literal

import torch.nn.functional as F
from torch import Tensor

Way = Literal["bilinear", "bicubic", "nearest-exact"]


def resized(images: Tensor, height: int, width: int, way: Way = "bilinear") -> Tensor:
    """(N, 3, H, W) or (3, H, W) uint8 -> the same at that size, without aliasing.

    Args:
        way: nearest-exact keeps the colours of labels.
    """
    if images.shape[-2:] == (height, width):
        return images
    batch = images if images.ndim == 4 else images[None]
    smooth = way != "nearest-exact"
    result = F.interpolate(
        batch, (height, width), mode=way, align_corners=False if smooth else None, antialias=smooth
    )
    return result if images.ndim == 4 else result[0]
