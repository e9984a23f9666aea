"""Colour hints: dabs of the target's own colours on the edges, which say "this part in this colour".

Shapes: (3, h, w) uint8 tensors and (h, w, 3) uint8 arrays, 0-255; a place is (h, w) bool. All randomness
comes from the caller's numpy Generator.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter
from torch import Tensor

from train.config import TrainConfig
from train.data.regions import FIRST_PART, GROUND, MOST_PARTS, part_mask
from train.data.strokes import Rng, darkest_channel

OBJECT_DARKER_THAN = 225  # a pixel whose darkest channel is below this belongs to the object, not the ground
WHITE = 255
TINTED = 3  # the most parts that are tinted
TURNED = 0.35  # how often, of targets with other colours, the hue of everything is turned
LEFT_OUT = 0.25  # probability of colours without their dabs, of which only the main colour is told
FILLED = 0.3  # probability of parts that are filled flat, as with a fill tool, instead of dabs


def colour_hints(
    target: Tensor, find_parts: Callable[[], NDArray[np.uint8]] | None, config: TrainConfig, rng: Rng
) -> tuple[Tensor, Tensor]:
    """Dabs of the target's own colours, which say "this part in this colour".

    With probability ``recolour`` the target gets other colours first, so that vivid hints, rare in the data,
    are seen and obeyed while the colours that the model chooses by itself stay the data's: either the hue
    of everything is turned, or one to three of the parts that its lines enclose are tinted. Of tinted parts
    each has its dab and nothing else has one, so that a hint is taken as speaking of its part, and of nothing
    beyond. Whole objects are not tinted: a model that saw such dyed everything in the main colour, sole and
    laces included.

    Now and then parts are filled flat instead: as many of them as chance will have, up to all.

    With ``spread_hints`` the dabs are now and then left out again, because there the main colour speaks of
    what has no dab.

    Args:
        target: (3, h, w) uint8.
        find_parts: gives the (h, w) map of :func:`train.data.regions.find_parts`, and is called only when it
            is needed; None where the lines are not known.

    Returns:
        the target, and the layer of dabs: (3, h, w) uint8 each, white where no dab is.
    """
    photo = target.permute(1, 2, 0).numpy()
    places, dabs = [darkest_channel(photo) < OBJECT_DARKER_THAN], int(rng.integers(1, 9))
    filled = find_parts is not None and rng.random() < FILLED
    if find_parts is not None and filled:
        places = _some_parts(find_parts(), rng, MOST_PARTS)
    if rng.random() < config.recolour:
        if find_parts is None or rng.random() < TURNED:
            photo = turn_hue(photo, rng)
        else:
            places, dabs = _some_parts(find_parts(), rng, TINTED), int(rng.integers(1, 3))
            for place in places:
                photo = tint(photo, place, rng)
    layer = Image.new("RGB", (photo.shape[1], photo.shape[0]), (WHITE,) * 3)
    if not config.spread_hints or rng.random() >= LEFT_OUT:
        for place in places:
            if filled:
                _fill(layer, photo, place)
            else:
                _dab(layer, photo, place, dabs, rng)
    images = (np.ascontiguousarray(photo), np.array(layer))
    changed, hints = (torch.from_numpy(image).permute(2, 0, 1) for image in images)
    return changed, hints


def _some_parts(parts: NDArray[np.uint8], rng: Rng, most: int) -> list[NDArray[np.bool_]]:
    """One to ``most`` of the parts, larger ones more often; the whole object where there is none."""
    numbers, sizes = np.unique(parts[parts >= FIRST_PART], return_counts=True)
    if len(numbers) == 0:
        return [parts != GROUND]
    chance = np.sqrt(sizes) / np.sqrt(sizes).sum()
    chosen = rng.choice(numbers, int(rng.integers(1, min(most, len(numbers)) + 1)), replace=False, p=chance)
    return [part_mask(parts, int(number)) for number in chosen]


def _fill(layer: Image.Image, photo: NDArray[np.uint8], place: NDArray[np.bool_]) -> None:
    if place.any():
        red, green, blue = (round(float(value)) for value in np.median(photo[place], axis=0))
        layer.paste((red, green, blue), mask=Image.fromarray(place.astype(np.uint8) * 255))


def _dab(
    layer: Image.Image, photo: NDArray[np.uint8], place: NDArray[np.bool_], count: int, rng: Rng
) -> None:
    """Round dabs or short strokes of radius 3 to 16 pixels (at 256) in the mean colour of what they cover."""
    ys, xs = np.nonzero(place)
    if len(xs) == 0:
        return
    brush = ImageDraw.Draw(layer)
    for _ in range(count):
        at = int(rng.integers(len(xs)))
        x, y, r = int(xs[at]), int(ys[at]), rng.uniform(3, 16) * photo.shape[0] / 256
        _blob(brush, x, y, r, _mean_colour(photo, place, x, y, math.ceil(r)), rng)


def under(condition: Tensor, hints: Tensor) -> Tensor:
    """Multiplying keeps black lines black and lets the dabs show everywhere else."""
    product = condition.to(torch.int32) * hints.to(torch.int32) + 127
    return product.div(255, rounding_mode="floor").to(torch.uint8)


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


def turn_hue(photo: NDArray[np.uint8], rng: Rng) -> NDArray[np.uint8]:
    """Turn the hue of everything by one angle and strengthen its colour; white, grey and black stay."""
    h, s, v = _hsv(photo)
    return _rgb(
        (h + np.float32(rng.uniform(0, 256))) % 256, np.minimum(s * np.float32(rng.uniform(0.8, 2.5)), 255), v
    )


def tint(photo: NDArray[np.uint8], place: NDArray[np.bool_], rng: Rng) -> NDArray[np.uint8]:
    """Give a place one hue and saturation; light and shade stay, and dark things become lighter."""
    _, s, v = _hsv(photo)
    strength = rng.uniform(90, 255)
    lifted = 255 * (v / 255) ** np.float32(rng.uniform(0.3, 1.0))
    tinted = _rgb(np.full_like(s, rng.uniform(0, 256)), np.full_like(s, strength), lifted)
    # A soft border of one pixel, as the photo's own.
    alpha = Image.fromarray(place.astype(np.uint8) * 255).filter(ImageFilter.BoxBlur(1))
    return np.array(Image.composite(Image.fromarray(tinted), Image.fromarray(photo), alpha))


def _hsv(photo: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
    bands = Image.fromarray(photo).convert("HSV").split()
    return [np.asarray(band).astype(np.float32) for band in bands]


def _rgb(*hsv: NDArray[np.float32]) -> NDArray[np.uint8]:
    bands = [Image.fromarray(band.astype(np.uint8)) for band in hsv]
    return np.array(Image.merge("HSV", bands).convert("RGB"))
