"""Writing pictures: as files, and as the data URLs that a browser shows."""

from __future__ import annotations

import base64
import io
import os
from pathlib import Path
from typing import Any

from PIL import Image

from pix2pix.errors import ImageError
from pix2pix.files import write_with
from pix2pix.images import SUFFIXES, to_rgb

# Colours at full resolution, because a model's own are as fine as its shapes. PNGs of photos are a few
# percent larger than with the default, and written three times faster.
_SAVING: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 95, "subsampling": 0},
    "WEBP": {"quality": 95},
    "PNG": {"compress_level": 3},
    "TIFF": {"compression": "tiff_lzw"},
}


def save_image(image: Image.Image, path: str | Path) -> None:
    """Write a picture in the format of the path's suffix (one of `SUFFIXES`), whole or not at all.

    Folders on the way are made. An unknown suffix, and a file that cannot be written there, are an
    `ImageError`.
    """
    target = Path(os.path.realpath(path))  # so that a link stays a link
    if target.suffix.lower() not in SUFFIXES:
        raise ImageError("image.bad_name", path=path, endings=SUFFIXES)
    format = {"JPG": "JPEG", "TIF": "TIFF"}.get(name := target.suffix[1:].upper(), name)
    keep = ("RGB", "L") if format in ("JPEG", "BMP") else ("RGB", "L", "RGBA", "P", "1")
    options = _SAVING.get(format, {})
    picture = image if image.mode in keep else to_rgb(image)
    try:
        write_with(target, lambda temporary: picture.save(temporary, format, **options))
    except (OSError, ValueError) as error:
        raise ImageError("image.cannot_write", path=path, reason=error) from error


def without_metadata(image: Image.Image) -> Image.Image:
    """A picture's RGB pixels alone, without whatever Pillow keeps of comments, profiles and EXIF data."""
    rgb = to_rgb(image)
    return Image.frombytes("RGB", rgb.size, rgb.tobytes())


def encode_image(image: Image.Image, format: str) -> bytes:
    """A picture as the bytes of a PNG, JPEG, WEBP, GIF, BMP or TIFF: 8-bit RGB, nothing but its pixels.

    Cameras write where and when a photo was taken into their files, and Pillow hands some of that on
    (comments, profiles); here it ends. A GIF gets the 256 colours that suit it best.
    """
    buffer = io.BytesIO()
    without_metadata(image).save(buffer, format, **_SAVING.get(format, {}))
    return buffer.getvalue()


def encode_data_url(image: Image.Image, format: str = "PNG", quality: int = 90) -> str:
    """PIL picture -> data URL as "PNG", "JPEG" or "WEBP"; quality (1 to 100) is for the last two.

    PNG is compressed fast rather than well: the text is made for each frame and travels once.
    """
    options = {"PNG": {"compress_level": 1}, "JPEG": {"quality": quality}}
    options["WEBP"] = {"quality": quality, "method": 0}
    buffer = io.BytesIO()
    to_rgb(image).save(buffer, format, **options[format])
    text = base64.b64encode(buffer.getvalue()).decode("ascii")
    return f"data:image/{format.lower()};base64,{text}"
