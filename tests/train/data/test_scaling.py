"""Pictures resized as torchvision does it."""

from __future__ import annotations

import pytest
import torch
from torchvision.transforms.v2 import InterpolationMode
from torchvision.transforms.v2 import functional as TF

from train.data.augment import Placement
from train.data.made import Way, resized

MODES: dict[Way, InterpolationMode] = {
    "bilinear": InterpolationMode.BILINEAR,
    "bicubic": InterpolationMode.BICUBIC,
    "nearest-exact": InterpolationMode.NEAREST_EXACT,
}


@pytest.mark.parametrize("way", MODES)
@pytest.mark.parametrize("size", [(17, 40), (64, 64), (97, 80), (1, 3)])
def test_as_torchvision(way: Way, size: tuple[int, int]) -> None:
    images = torch.randint(0, 256, (2, 3, 64, 51), dtype=torch.uint8)
    wanted = TF.resize(images, list(size), MODES[way], antialias=True)
    assert (resized(images, *size, way).int() - wanted.int()).abs().max() <= 1  # rounding, without AVX2
    assert torch.equal(resized(images[0], *size, way), resized(images, *size, way)[0])


@pytest.mark.parametrize("goes_on", [False, True])
def test_margins_as_torchvision(goes_on: bool) -> None:
    images = torch.randint(0, 256, (2, 3, 40, 40), dtype=torch.uint8)
    moved = Placement(40, 40, left=5, top=-3, goes_on=goes_on).apply(images)
    padded = TF.pad(images, [5, 0, 0, 3], fill=255, padding_mode="reflect" if goes_on else "constant")
    assert torch.equal(moved, padded[..., 3:43, :40])
