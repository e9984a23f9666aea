"""What is done to a pair before the networks see it; where things are is always the same in both halves.

Shapes: (3, H, W) uint8 tensors, 0-255. All randomness comes from a numpy Generator that the caller seeds by
the position of the pair in the run, so a resumed run sees exactly what an uninterrupted one would.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from train.config import TrainConfig
from train.data.dabs import colour_hints, under
from train.data.made import resized
from train.data.strokes import Rng, Stroke, random_hand, redraw

WHITE = 255
SMALLEST = 0.6  # of the pictures that are shown smaller, as a fraction of the side


@dataclass(frozen=True)
class Placement:
    """Where a picture of ``size`` pixels a side goes: resized to ``scaled``, moved, perhaps mirrored.

    left, top: of the resized picture in the result; negative values crop, positive ones leave a margin.
    goes_on: whether the picture goes on in its margins, mirrored there; otherwise they are white.
    """

    size: int
    scaled: int
    left: int = 0
    top: int = 0
    mirrored: bool = False
    goes_on: bool = False

    def apply(self, images: Tensor, *, flat: bool = False) -> Tensor:
        """(N, 3, h, w) uint8 -> (N, 3, size, size); one call moves all images of a pair together.

        Args:
            flat: take nearest pixels, which keeps the colours of labels.
        """
        moved = resized(images, self.scaled, self.scaled, "nearest-exact" if flat else "bilinear")
        right, bottom = self.size - self.scaled - self.left, self.size - self.scaled - self.top
        margins = [max(margin, 0) for margin in (self.left, right, self.top, bottom)]
        if any(margins) and self.goes_on:
            moved = F.pad(moved.float(), margins, mode="reflect").to(torch.uint8)
        elif any(margins):
            moved = F.pad(moved, margins, value=WHITE)
        left, top = max(-self.left, 0), max(-self.top, 0)
        result = moved[..., top : top + self.size, left : left + self.size]
        return result.flip(-1) if self.mirrored else result

    def apply_to_pair(self, condition: Tensor, target: Tensor, *, flat: bool) -> tuple[Tensor, Tensor]:
        """(3, h, w) input and target, moved together; ``flat`` says how the input's colours are kept."""
        if not flat:
            condition, target = self.apply(torch.stack([condition, target]))
            return condition, target
        return self.apply(condition[None], flat=True)[0], self.apply(target[None])[0]

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
    """The paper's jitter (resize to load_size, crop image_size, mirror), a shift, or a smaller picture.

    Not in the paper are smaller pictures on white, with probability ``shrink``, because the data's objects
    fill the frame and people leave a margin; and the ``shift``, which moves a picture without making it
    larger: photos of image_size that are enlarged for the jitter are softer than those that are tested.
    """
    size, scaled = config.image_size, config.load_size
    drawn = config.input == "edges"  # objects on white
    if drawn and config.shrink and rng.random() < config.shrink:
        scaled = round(size * rng.uniform(SMALLEST, 1.0))
    low, high = sorted((0, size - scaled))
    if scaled >= size:
        far = round(config.shift * size)
        low, high = low - far, high + far
    left, top = (int(v) for v in rng.integers(low, high, 2, endpoint=True))
    return Placement(size, scaled, left, top, bool(config.mirror and rng.random() < 0.5), goes_on=not drawn)


def augment(
    condition: Tensor,
    target: Tensor,
    config: TrainConfig,
    rng: Rng,
    strokes: Callable[[], tuple[list[Stroke], list[Stroke]]] | None = None,
    parts: Callable[[], NDArray[np.uint8]] | None = None,
    *,
    flat: bool = False,
) -> tuple[Tensor, Tensor]:
    """One training presentation of a pair.

    Args:
        condition, target: (3, h, w) uint8, the same size.
        strokes: for edges, a function that gives the traced strokes of the condition, and of the target's
            outline; called only when they are needed.
        parts: for edges, a function that gives the map of the parts that the condition's lines enclose.
        flat: the condition is of flat colours, which must not be mixed.

    Returns:
        condition, target: (3, image_size, image_size) uint8.
    """
    placement = random_placement(config, rng)
    source = (condition.shape[2], condition.shape[1])
    hints: list[Tensor] = []
    if config.input == "edges" and rng.random() < config.colour_hints:
        target, layer = colour_hints(target, parts, config, rng)
        hints = [placement.apply(layer[None])[0]]
    condition, target = placement.apply_to_pair(condition, target, flat=flat)
    if config.input == "edges" and strokes is not None and rng.random() < config.redraw:
        lines, outline = strokes()
        chosen = _choose_strokes(lines, outline, rng)
        drawing = redraw(
            placement.apply_to_strokes(chosen, source),
            random_hand(rng),
            (config.image_size, config.image_size),
            rng,
        )
        condition = torch.from_numpy(np.array(drawing)).expand(3, -1, -1)
    for layer in hints:
        condition = under(condition, layer)
    return condition.contiguous(), target


def random_quarters(condition: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """A random quarter of each pair of a batch: (N, 3, H, W) -> (N, 3, H // 2, W // 2), by torch's generator.

    A pixel of a large picture and one of a small crop teach the networks' outer layers the same, and a crop
    costs a fourth: so a run that begins with crops has made more steps when it ends with whole pictures.
    """
    count, _, height, width = condition.shape
    half_h, half_w = height // 2, width // 2
    tops = torch.randint(height - half_h + 1, (count,)).tolist()
    lefts = torch.randint(width - half_w + 1, (count,)).tolist()

    def cut(images: Tensor) -> Tensor:
        places = zip(images, tops, lefts, strict=True)
        return torch.stack([image[:, y : y + half_h, x : x + half_w] for image, y, x in places])

    return cut(condition), cut(target)


def _choose_strokes(lines: list[Stroke], outline: list[Stroke], rng: Rng) -> list[Stroke]:
    """Mostly the data's lines; now and then only the object's outline with a few long lines inside."""
    if not outline or rng.random() >= 0.15:
        return lines
    few = sorted(lines, key=len, reverse=True)[: int(rng.integers(0, 8))]
    return [*outline, *few]
