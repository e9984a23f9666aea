"""What is done to photos alone: crops at many scales, and other cameras' light and faults for the input.

Of few cameras and scenes, whole frames are overfitted; crops of many sizes, seen in another light each
time, are not. Shapes: (3, H, W) uint8 tensors, 0-255. All randomness comes from the caller's numpy Generator.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from pix2pix.images import LUMINANCE
from train.config import TrainConfig
from train.data.scaling import resized
from train.data.strokes import Rng

SOFTEST = 2.5  # times smaller that a soft photo really is
NOISIEST = 8.0  # standard deviation in grey levels
JPEG_QUALITY = (30, 85)


@dataclass(frozen=True)
class Crop:
    """A square of a picture: ``side`` pixels from left and top on, resized to ``size``, perhaps mirrored."""

    size: int
    left: int
    top: int
    side: int
    mirrored: bool = False

    def apply(self, images: Tensor) -> Tensor:
        """(N, 3, h, w) uint8 -> (N, 3, size, size); one call crops all images of a pair alike."""
        part = images[..., self.top : self.top + self.side, self.left : self.left + self.side]
        result = resized(part, self.size, self.size)
        return result.flip(-1) if self.mirrored else result


def random_crop(height: int, width: int, config: TrainConfig, rng: Rng) -> Crop:
    """A square whose side is a share of the shorter side, from ``config.crop``, all scales alike likely."""
    shortest = min(height, width)
    share = float(np.exp(rng.uniform(*np.log(config.crop))))
    side = min(max(round(share * shortest), 1), shortest)
    left, top = (int(rng.integers(0, room - side, endpoint=True)) for room in (width, height))
    return Crop(config.image_size, left, top, side, bool(config.mirror and rng.random() < 0.5))


def centre_crop(height: int, width: int, config: TrainConfig) -> Crop:
    """The largest square, from the middle: how held-out pairs are shown to a model trained on crops."""
    side = min(height, width)
    return Crop(config.image_size, (width - side) // 2, (height - side) // 2, side)


def fit_for_crops(width: int, height: int, config: TrainConfig) -> tuple[int, int]:
    """The size at which a pair is kept: its smallest crops just need not be enlarged; never a larger one."""
    scale = min(1.0, config.image_size / config.crop[0] / min(width, height))
    return max(round(width * scale), 1), max(round(height * scale), 1)


def other_camera(photo: Tensor, config: TrainConfig, rng: Rng) -> Tensor:
    """The input photo as another camera might have taken it; as it is with the options' defaults."""
    if config.exposure:
        photo = _expose(photo, config.exposure, rng)
    if config.degrade and rng.random() < config.degrade:
        photo = _degrade(photo, rng)
    return photo


def _expose(photo: Tensor, strength: float, rng: Rng) -> Tensor:
    """Other exposure, white balance, contrast, gamma and saturation, at most at strength 1.

    Exposure by 1.2 stops of light either way, red and blue by 15 %, contrast by 40 %, gamma by 35 %,
    saturation by 60 %; what becomes too bright is clipped, as a camera does.
    """
    stops, red, blue, contrast, gamma, saturation = strength * rng.uniform(-1, 1, 6)
    balance = torch.tensor([np.exp(0.15 * red), 1.0, np.exp(0.15 * blue)], dtype=torch.float32).view(3, 1, 1)
    x = photo.float() / 255 * float(2 ** (1.2 * stops / 2.2)) * balance
    x = x.clamp(0, 1) ** float(np.exp(0.35 * gamma))
    mean = x.mean()
    x = (x - mean) * float(np.exp(0.4 * contrast)) + mean
    grey = (x * torch.tensor(LUMINANCE).view(3, 1, 1)).sum(0, keepdim=True)
    x = grey + (x - grey) * float(1 + 0.6 * saturation)
    return _to_uint8(255 * x)


def _degrade(photo: Tensor, rng: Rng) -> Tensor:
    """Softness, noise and JPEG blocks, each in half of the photos."""
    soft, noisy, blocky = rng.random(3) < 0.5
    factor, deviation = rng.uniform(1, SOFTEST), rng.uniform(1, NOISIEST)
    quality = int(rng.integers(*JPEG_QUALITY))
    if soft:
        height, width = photo.shape[-2:]
        small = resized(photo, max(round(height / factor), 1), max(round(width / factor), 1))
        photo = resized(small, height, width)
    if noisy:
        noise = rng.standard_normal(photo.shape, dtype=np.float32) * np.float32(deviation)
        photo = _to_uint8(photo.float() + torch.from_numpy(noise))
    if blocky:
        file = io.BytesIO()
        Image.fromarray(photo.permute(1, 2, 0).contiguous().numpy()).save(file, "JPEG", quality=quality)
        photo = torch.from_numpy(np.array(Image.open(file))).permute(2, 0, 1)
    return photo


def _to_uint8(x: Tensor) -> Tensor:
    return x.clamp(0, 255).round().to(torch.uint8)
