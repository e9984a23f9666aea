"""Colours of 16 bits, of which Pillow keeps the upper byte alone.

Read again in the other order of bytes, a file gives the lower ones. Shapes: W width.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile

ROWS = 256  # worked on at once: whole pictures would take much memory
_RAW_MODE = re.compile("(RGB[AX]*;16)([BLN])")  # as Pillow calls such colours in a file
_OTHER_ORDER = {"B": "L", "L": "B", "N": "B" if sys.byteorder == "little" else "L"}


def has_deep_colours(picture: ImageFile.ImageFile) -> bool:
    """Whether a picture that is not loaded yet has colours of 16 bits."""
    return bool(picture.tile) and all(_RAW_MODE.fullmatch(_raw_mode(tile[3])) for tile in picture.tile)


def _raw_mode(arguments: object) -> str:
    return str(arguments[0] if isinstance(arguments, tuple) else arguments)


def read_low_bytes(picture: ImageFile.ImageFile) -> Image.Image:
    """Load a picture with deep colours, its lower bytes instead of the upper ones."""
    for at, tile in enumerate(picture.tile):
        match = _RAW_MODE.fullmatch(_raw_mode(tile[3]))
        assert match is not None
        other = match[1] + _OTHER_ORDER[match[2]]
        arguments = (other, *tile[3][1:]) if isinstance(tile[3], tuple) else other
        picture.tile[at] = tile._replace(args=arguments)
    picture.load()
    return picture


def _strips(high: Image.Image, low: Image.Image) -> Iterator[NDArray[np.uint16]]:
    """(up to ``ROWS``, W, 3), from top to bottom."""
    for top in range(0, high.height, ROWS):
        box = (0, top, high.width, min(top + ROWS, high.height))
        upper, lower = (np.asarray(image.crop(box))[..., :3].astype(np.uint16) for image in (high, low))
        yield upper * np.uint16(256) + lower


def extremes_of(high: Image.Image, low: Image.Image) -> tuple[float, float]:
    """The least and greatest value of any channel, from the upper and the lower bytes of a picture."""
    ends = [(int(strip.min()), int(strip.max())) for strip in _strips(high, low)]
    return float(min(least for least, _ in ends)), float(max(most for _, most in ends))


def scaled(high: Image.Image, low: Image.Image, span: tuple[float, float]) -> Image.Image:
    """8-bit RGB, or RGBA where the picture has transparency.

    Args:
        span: the values that become 0 and 255.
    """
    black, white = span
    values = np.arange(65536, dtype=np.float64).clip(black, white) - black
    table = np.rint(values / max(white - black, 1e-300) * 255).astype(np.uint8)
    result, clear = Image.new("RGB", high.size), high.info.get("transparency")
    for number, strip in enumerate(_strips(high, low)):
        pixels = table.take(strip)
        if isinstance(clear, tuple):
            pixels[(strip == clear).all(axis=2)] = 255
        result.paste(Image.fromarray(pixels), (0, number * ROWS))
    if high.mode == "RGBA":
        result.putalpha(high.getchannel("A"))
    return result
