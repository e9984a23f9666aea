"""What is done to a pair before the networks see it; always the same to both halves.

Shapes: (3, H, W) uint8 tensors, 0-255. All randomness comes from a numpy Generator that the caller seeds by
the position of the pair in the run, so a resumed run sees exactly what an uninterrupted one would.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image, ImageDraw
from torch import Tensor
from torchvision.transforms.v2 import functional as TF

from train.config import TrainConfig
from train.strokes import Rng, Stroke, random_hand, redraw

OBJECT_DARKER_THAN = 225  # a pixel whose darkest channel is below this belongs to the object, not the ground
WHITE = 255


@dataclass(frozen=True)
class Placement:
    """Where a picture of ``size`` pixels a side goes: resized to ``scaled``, moved, perhaps mirrored.

    left, top: of the resized picture in the result; negative values crop, positive ones leave white.
    """

    size: int
    scaled: int
    left: int = 0
    top: int = 0
    mirrored: bool = False

    def apply(self, images: Tensor) -> Tensor:
        """(N, 3, h, w) uint8 -> (N, 3, size, size); one call moves all images of a pair together."""
        resized = TF.resize(images, [self.scaled, self.scaled], antialias=True)
        x0, y0 = max(-self.left, 0), max(-self.top, 0)
        x1, y1 = min(self.scaled, self.size - self.left), min(self.scaled, self.size - self.top)
        result = images.new_full((*images.shape[:2], self.size, self.size), WHITE)
        top, left = max(self.top, 0), max(self.left, 0)
        result[..., top : top + y1 - y0, left : left + x1 - x0] = resized[..., y0:y1, x0:x1]
        return TF.horizontal_flip(result) if self.mirrored else result

    def apply_to_strokes(self, strokes: Sequence[Stroke], source: tuple[int, int]) -> list[Stroke]:
        """Move strokes drawn on a ``source`` (width, height) picture as :meth:`apply` moves its pixels."""
        scale = np.array([self.scaled / source[0], self.scaled / source[1]], dtype=np.float32)
        offset = np.array([self.left, self.top], dtype=np.float32)
        moved = []
        for stroke in strokes:
            points = (stroke + 0.5) * scale + offset - 0.5
            if self.mirrored:
                points[:, 0] = self.size - 1 - points[:, 0]
            moved.append(points.astype(np.float32))
        return moved


def random_placement(config: TrainConfig, rng: Rng) -> Placement:
    """The paper's jitter (resize to load_size, crop image_size, mirror), or a smaller picture on white.

    Smaller pictures, with probability ``shrink``, are not in the paper: the data's objects fill the frame,
    and people leave a margin.
    """
    size, scaled = config.image_size, config.load_size
    if config.shrink and rng.random() < config.shrink:
        scaled = round(size * rng.uniform(config.smallest, 1.0))
    low, high = sorted((0, size - scaled))
    left, top = (int(v) for v in rng.integers(low, high, 2, endpoint=True))
    return Placement(size, scaled, left, top, bool(config.mirror and rng.random() < 0.5))


def whole(config: TrainConfig) -> Placement:
    """No augmentation: the picture at the networks' size."""
    return Placement(config.image_size, config.image_size)


def augment(
    condition: Tensor,
    target: Tensor,
    config: TrainConfig,
    rng: Rng,
    strokes: Callable[[], tuple[list[Stroke], list[Stroke]]] | None = None,
) -> tuple[Tensor, Tensor]:
    """One training presentation of a pair.

    Args:
        condition, target: (3, h, w) uint8, the same size.
        strokes: for edges, a function that gives the traced strokes of the condition, and of the target's
            outline; called only when they are needed.

    Returns:
        condition, target: (3, image_size, image_size) uint8.
    """
    placement = random_placement(config, rng)
    source = (condition.shape[2], condition.shape[1])
    condition, target = placement.apply(torch.stack([condition, target]))
    if config.input != "edges":
        return condition, target

    if strokes is not None and rng.random() < config.redraw:
        lines, outline = strokes()
        chosen = _choose_strokes(lines, outline, rng)
        drawing = redraw(
            placement.apply_to_strokes(chosen, source),
            random_hand(rng, config.line_width),
            (config.image_size, config.image_size),
            rng,
        )
        condition = torch.from_numpy(np.array(drawing)).expand(3, -1, -1)
    if rng.random() < config.colour_hints:
        if rng.random() < config.recolour:
            target = recolour(target, rng)
        condition = dab(condition, target, rng)
    return condition.contiguous(), target


def _choose_strokes(lines: list[Stroke], outline: list[Stroke], rng: Rng) -> list[Stroke]:
    """Mostly the data's lines; now and then only the object's outline with a few long lines inside."""
    if not outline or rng.random() >= 0.15:
        return lines
    few = sorted(lines, key=len, reverse=True)[: int(rng.integers(0, 8))]
    return [*outline, *few]


def dab(condition: Tensor, target: Tensor, rng: Rng) -> Tensor:
    """Put blobs of the target's own colours under the condition's lines.

    They say "this part in this colour": 1 to 8 round dabs or short strokes of radius 4 to 16 pixels (at
    256), each in the mean colour of the object below it. Unchanged when the target has no object.
    """
    photo = target.permute(1, 2, 0).numpy()
    inside = photo.min(axis=2) < OBJECT_DARKER_THAN
    ys, xs = np.nonzero(inside)
    if len(xs) == 0:
        return condition
    size = photo.shape[0]
    layer = Image.new("RGB", (size, size), (WHITE,) * 3)
    brush = ImageDraw.Draw(layer)
    for _ in range(int(rng.integers(1, 9))):
        at = int(rng.integers(len(xs)))
        x, y, r = int(xs[at]), int(ys[at]), rng.uniform(4, 16) * size / 256
        _blob(brush, x, y, r, _mean_colour(photo, inside, x, y, math.ceil(r)), rng)
    under = torch.from_numpy(np.array(layer)).permute(2, 0, 1)
    # Multiplying keeps black lines black and lets the colour show everywhere else.
    return (
        (condition.to(torch.int32) * under.to(torch.int32) + 127)
        .div(255, rounding_mode="floor")
        .to(torch.uint8)
    )


def _blob(
    brush: ImageDraw.ImageDraw, x: int, y: int, r: float, colour: tuple[int, int, int], rng: Rng
) -> None:
    length = float(rng.choice([0.0, 1.0, 3.0])) * r * rng.random()
    angle = rng.uniform(0, 2 * math.pi)
    dx, dy = length * math.cos(angle), length * math.sin(angle)
    steps = max(int(length / 2), 1)
    for t in np.linspace(-0.5, 0.5, steps + 1):
        cx, cy = x + dx * t, y + dy * t
        brush.ellipse((cx - r, cy - r, cx + r, cy + r), fill=colour)


def _mean_colour(photo: np.ndarray, inside: np.ndarray, x: int, y: int, r: int) -> tuple[int, int, int]:
    window = (slice(max(y - r, 0), y + r + 1), slice(max(x - r, 0), x + r + 1))
    red, green, blue = photo[window][inside[window]].mean(axis=0)
    return round(float(red)), round(float(green)), round(float(blue))


def recolour(target: Tensor, rng: Rng) -> Tensor:
    """Turn the hue of an object on white and strengthen its colour; white, grey and black stay.

    Only ever used together with dabs, so that vivid hints, rare in the data, are seen and obeyed while
    the colours that the model chooses by itself stay those of the data.
    """
    photo = Image.fromarray(target.permute(1, 2, 0).numpy())
    h, s, v = (np.asarray(band).astype(np.float32) for band in photo.convert("HSV").split())
    h = (h + rng.uniform(0, 256)) % 256
    s = np.minimum(s * rng.uniform(0.8, 2.5), 255)
    if rng.random() < 0.4:  # grey objects have no hue to turn: tint them, less where they are near white
        s = np.maximum(s, rng.uniform(90, 230) * np.clip((245 - v) / 60, 0, 1))
        h = np.full_like(h, rng.uniform(0, 256))
    bands = [Image.fromarray(band.astype(np.uint8)) for band in (h, s, v)]
    return torch.from_numpy(np.array(Image.merge("HSV", bands).convert("RGB"))).permute(2, 0, 1)
