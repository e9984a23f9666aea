"""Pictures as JPEGs for the page, and small copies of what visitors uploaded."""

from __future__ import annotations

import io
import math
import secrets
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from pix2pix.images import LANCZOS, StoredAs
from pix2pix.saving import without_metadata

SHOWN_QUALITY = 92  # of the JPEGs on the page; what is downloaded has its own
MOST_UPLOAD = 500_000  # bytes that are kept of a visitor's file
LOWER_QUALITIES = (86, 80)  # of those that may not be large


def shown(image: Image.Image, quality: int = SHOWN_QUALITY) -> bytes:
    """A JPEG for the page: any browser shows it, and it is made in hundredths of a second."""
    file = io.BytesIO()
    without_metadata(image).save(file, "JPEG", quality=quality)
    return file.getvalue()


def at_most(image: Image.Image, side: int, resample: Image.Resampling = LANCZOS) -> Image.Image:
    """A picture whose longest side is at most ``side`` pixels, its aspect kept."""
    scale = side / max(image.size)
    if scale >= 1:
        return image
    size = tuple(max(round(length * scale), 1) for length in image.size)
    return image.resize(size, resample, reducing_gap=3.0)  # type: ignore[arg-type]


def small_jpegs(images: Sequence[Image.Image], most: int, side: int | None = None) -> list[bytes]:
    """JPEGs of pictures of one size, alike in size and quality, each of at most ``most`` bytes.

    Args:
        side: their longest side in pixels at first; they are made smaller where lower quality isn't enough.
    """
    side = side or max(images[0].size)
    while True:
        images = [at_most(image, side) for image in images]
        for quality in (SHOWN_QUALITY, *LOWER_QUALITIES):
            files = [shown(image, quality) for image in images]
            if (largest := max(map(len, files))) <= most:
                return files
        side = math.floor(max(images[0].size) * 0.9 * math.sqrt(most / largest))


def make_smaller(path: Path, image: Image.Image, stored: StoredAs) -> None:
    """Put a JPEG of a picture in the place of its uploaded file, where that is too large to be kept.

    Deep grey stays: how it becomes grey is the model's to say, and another one may be chosen. A file that
    went meanwhile, with its visitor, stays gone.
    """
    if stored.bits > 8 or not path.is_file() or path.stat().st_size <= MOST_UPLOAD:
        return
    copy = path.with_name(secrets.token_hex(8))
    copy.write_bytes(*small_jpegs([image], MOST_UPLOAD))
    copy.replace(path)
