"""A street by day, drawn: what the preview of a model for photos shows, in place of anybody's photo."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

WALLS = ((196, 164, 132), (171, 96, 78), (214, 205, 188), (150, 158, 166), (222, 184, 120))
GLASS, TRAFFIC = (92, 108, 126), (104, 102, 100)


def draw_street(seed: int, size: int = 256) -> Image.Image:
    """A row of houses under a sky with clouds, with grain and soft light: (size, size), RGB."""
    rng = np.random.default_rng(seed)
    down = np.linspace(0, 1, size)[:, None, None]
    sky = (1 - down) * np.array([96, 146, 204]) + down * np.array([214, 226, 236])
    picture = np.broadcast_to(sky, (size, size, 3)) + 46 * _grain(rng, size, size / 5).clip(0, 1.5)[..., None]
    image = Image.fromarray(picture.clip(0, 255).astype(np.uint8))
    brush, left, ground = ImageDraw.Draw(image), -rng.integers(size // 8), size * 0.84
    while left < size:
        width = rng.integers(size // 6, size // 3)
        _house(brush, rng, (left, ground - rng.uniform(0.3, 0.62) * size, left + width, ground), size)
        left += width
    brush.rectangle((0, ground, size, size), TRAFFIC)
    lit = np.asarray(image.filter(ImageFilter.GaussianBlur(size / 400))).astype(np.float32)
    lit *= 1 + 0.08 * _grain(rng, size, size / 8)[..., None] + 0.015 * _grain(rng, size, 1.0)[..., None]
    return Image.fromarray(lit.clip(0, 255).astype(np.uint8))


def _house(
    brush: ImageDraw.ImageDraw, rng: np.random.Generator, box: tuple[float, float, float, float], size: int
) -> None:
    left, top, right, bottom = box
    wall = np.array(WALLS[rng.integers(len(WALLS))]) + rng.integers(-14, 15, 3)
    brush.rectangle(box, tuple(int(v) for v in wall))
    brush.rectangle((left, top, right, top + size / 50), tuple(int(v) for v in wall * 0.6))
    columns, storey = max(int((right - left) / (size / 14)), 2), size / 9
    for y in np.arange(top + storey / 2, bottom - storey * 0.7, storey):
        for column in range(columns):
            x = left + (column + 0.5) * (right - left) / columns
            pane = (x - size / 70, y, x + size / 70, y + storey * 0.55)
            shade = rng.integers(-24, 40)
            brush.rectangle(pane, tuple(int(v + shade) for v in GLASS), tuple(int(v) for v in wall // 2))


def _grain(rng: np.random.Generator, size: int, radius: float) -> np.ndarray:
    """(size, size) of noise with spots of ``radius`` pixels, mean 0 and deviation 1."""
    cells = max(round(size / radius), 2)
    noise = Image.fromarray(rng.normal(size=(cells, cells)).astype(np.float32))
    soft = np.asarray(noise.resize((size, size), Image.Resampling.BICUBIC))
    return (soft - soft.mean()) / soft.std()
