"""Values that pages and programs send, checked: what several tabs take."""

from __future__ import annotations

import base64
import binascii
import os
from dataclasses import dataclass

from pix2pix.errors import ConfigError, ImageError
from pix2pix.messages import Message
from pix2pix.translator import MAX_SEED

MAX_NUMBER = 2**53  # JavaScript counts exactly up to here


@dataclass(frozen=True)
class Sent:
    """An uploaded file: where it lies here, what its owner calls it (no folders), its size in bytes."""

    path: str
    name: str
    size: int


def whole_number(seed: object) -> int:
    """A seed as a whole number in [0, MAX_SEED]; JSON may bring 3.0 for 3.

    Raises:
        ConfigError: it is something else.
    """
    if isinstance(seed, float) and seed.is_integer():
        seed = int(seed)
    if not isinstance(seed, int) or isinstance(seed, bool) or not 0 <= seed <= MAX_SEED:
        raise ConfigError("page.bad_seed", most=MAX_SEED)
    return seed


def checked_share(value: object, name: str) -> float:
    """A number from 0 to 1.

    Raises:
        ConfigError: it is something else; the sentence names it.
    """
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not 0 <= value <= 1:
        raise ConfigError("page.bad_share", name=Message(f"word.{name}"))
    return float(value)


def file_bytes(url: object, limit: int) -> bytes:
    """The file in a data URL of any type.

    Raises:
        ImageError: it is none, or larger than ``limit`` bytes.
    """
    if not isinstance(url, str) or not url.startswith("data:"):
        raise ImageError("page.no_file_sent")
    payload = url.partition(",")[2]
    if len(payload) > (limit + 2) // 3 * 4:
        raise ImageError("page.picture_too_large", mb=limit / 1e6)
    try:
        return base64.b64decode(payload, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ImageError("page.photo_damaged") from error


def read_upload(path: str | os.PathLike[str], limit: int) -> bytes:
    """The bytes of an uploaded file; its path is not for a person's eyes.

    Raises:
        ImageError: it is gone, or larger than ``limit`` bytes.
    """
    try:
        with open(path, "rb") as file:
            data = file.read(limit + 1)
    except OSError as error:
        raise ImageError("page.photo_gone") from error
    if len(data) > limit:
        raise ImageError("page.photo_too_large", mb=limit / 1e6)
    return data
