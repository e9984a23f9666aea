"""The input half that is made from a photo where the data has none: its edges, a coarse copy, or its grey.

Everything is made in memory, follows from the photo alone, and is the same at every presentation of the same
crop. Shapes: (3, H, W) uint8, 0-255.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from pix2pix.edges import photo_to_edges
from pix2pix.images import LUMINANCE, Span, letterbox, open_image
from train.config import TrainConfig

Way = Literal["bilinear", "bicubic", "nearest-exact"]
KEPT = 4096  # photos whose edges are kept in memory, 8 kB each at 256x256


def edge_pair(path: Path, photo: Image.Image, size: int, span: Span | None = None) -> tuple[Tensor, Tensor]:
    """(edges, photo), each (3, size, size): fitted into the square with its aspect kept, the rest white.

    That is how a drawing is fitted into the square when the model is used. Edges are made once a file.
    """
    lines = np.unpackbits(_edges(path, size, span), count=size * size).reshape(size, size)
    condition = torch.from_numpy(lines * np.uint8(255)).expand(3, -1, -1)
    square, _ = letterbox(photo, size)
    return condition, torch.from_numpy(np.array(square)).permute(2, 0, 1)


@lru_cache(maxsize=KEPT)
def _edges(path: Path, size: int, span: Span | None) -> np.ndarray:
    """Bits of a size x size page in reading order, 1 for white."""
    page = photo_to_edges(open_image(path, span=span), size=size)
    return np.packbits(np.asarray(page)[..., 0] > 127)


def finish_pair(condition: Tensor, target: Tensor, config: TrainConfig) -> tuple[Tensor, Tensor]:
    """Make a coarse or grey input from the target as the networks see it; other inputs stay as they are.

    Made last, so that ``factor`` counts pixels of the networks, in every crop and in the held-out pairs.
    """
    if config.input == "lowres":
        return coarse(target, config.factor), target
    if config.input == "grey":
        return grey(target), target
    return condition, target


def coarse(photo: Tensor, factor: int) -> Tensor:
    """(3, H, W) uint8 shrunk by ``factor`` and enlarged again, both bicubic, without aliasing."""
    height, width = photo.shape[-2:]
    small = max(round(height / factor), 1), max(round(width / factor), 1)
    return resized(resized(photo, *small, "bicubic"), height, width, "bicubic")


def grey(photo: Tensor) -> Tensor:
    """(3, H, W) uint8 -> its luminance in all three channels."""
    weights = torch.tensor(LUMINANCE).view(3, 1, 1)
    return (photo.float() * weights).sum(0).round().to(torch.uint8).expand(3, -1, -1).contiguous()


def resized(images: Tensor, height: int, width: int, way: Way = "bilinear") -> Tensor:
    """(N, 3, H, W) or (3, H, W) uint8 -> the same at that size, without aliasing.

    As torchvision does it, which takes a second and more to import.

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
