"""The one safe way to open a picture, and the conversions between PIL pictures and tensors.

How pictures are written is in `saving`.

Everywhere in this package a picture is an 8-bit RGB `PIL.Image.Image`, and as a tensor it is
(3, H, W), float, in [-1, 1]. Shapes: N batch, C channels, H height, W width.
"""

from __future__ import annotations

import base64
import contextlib
import io
import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import AvifImagePlugin as Avif
from PIL import BmpImagePlugin as Bmp
from PIL import GifImagePlugin as Gif
from PIL import Image, ImageFile
from PIL import JpegImagePlugin as Jpeg
from PIL import PngImagePlugin as Png
from PIL import WebPImagePlugin as WebP
from torch import Tensor

from pix2pix.deep_colour import extremes_of, has_deep_colours, read_low_bytes, scaled
from pix2pix.errors import ImageError
from pix2pix.messages import Message
from pix2pix.tiff import TiffPicture, UnreadBands

Box = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels; right and bottom are not part of the box."""

Span = tuple[float, float]
"""The values of deep pictures that become black and white; what lies outside becomes one of them.

Deep are more than 8 bits a channel.
"""

MAX_PIXELS = 200_000_000
"""Largest picture opened by default: what phones take."""

WHOLE_PIXELS = 64_000_000
"""Largest picture of those that are decoded whole: all but JPEGs that are not progressive."""

KEPT_PIXELS = 40_000_000
"""Most pixels of an opened picture, 120 MB as RGB; larger ones are read at a half, quarter or eighth."""

WHITE = (255, 255, 255)
LANCZOS = Image.Resampling.LANCZOS

# How each format's files begin, and Pillow's plugin, called without Image.open: that one warns of
# large pictures through the process-wide warning filters, which a thread cannot silence safely, and
# tries every plugin that any library registered. Of an MPO (JPEGs in a row) the first is read.
_PLUGINS: dict[str, tuple[bytes, Callable[[BinaryIO, str], ImageFile.ImageFile]]] = {
    "PNG": (rb"\x89PNG\r\n\x1a\n", Png.PngImageFile),
    "JPEG": (rb"\xff\xd8\xff", Jpeg.JpegImageFile),
    "WEBP": (rb"RIFF....WEBP", WebP.WebPImageFile),
    "GIF": (rb"GIF8[79]a", Gif.GifImageFile),
    "BMP": (rb"BM", Bmp.BmpImageFile),
    "TIFF": (rb"II[*+]\0|MM\0[*+]", TiffPicture),
    "AVIF": (rb".{4}ftyp(avi[fs]|mi[fa][f1].{4}.*avif)", Avif.AvifImageFile),
    "HEIC": (rb".{4}ftyp(hei[cxms]|hev[cxms]|mif1|msf1)", lambda stream, name: _heif(stream, name)),
}
HEAD = 32  # bytes of a file that tell its format
FORMATS: tuple[str, ...] = tuple(_PLUGINS)
"""The formats that can be opened."""

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff", ".gif")
"""The lower-case file name endings of these formats that are written."""

READ_SUFFIXES = (
    *(*SUFFIXES, ".jfif", ".jpe", ".pjpeg", ".pjp", ".dib", ".apng"),
    *(".avif", ".heic", ".heif", ".hif"),
)
"""All lower-case endings that such files have: browsers on Windows save photos as .jfif, iPhones as .heic."""

STRIP = 256  # rows of a picture that is made smaller
FEW_COLOURS = 64  # fewer are labels rather than a photo

LUMINANCE = (0.299, 0.587, 0.114)  # of RGB: ITU-R BT.601, as Pillow makes a picture grey

# How to turn the stored pixels for the values 2, 3, ... 8 of the EXIF orientation tag.
_TURNS = "FLIP_LEFT_RIGHT ROTATE_180 FLIP_TOP_BOTTOM TRANSPOSE ROTATE_270 TRANSVERSE ROTATE_90"
_SIDEWAYS = {Image.Transpose[name] for name in ("TRANSPOSE", "ROTATE_270", "TRANSVERSE", "ROTATE_90")}
_ORIENTATIONS = dict(enumerate((Image.Transpose[name] for name in _TURNS.split()), start=2))


def open_image(
    source: str | Path | bytes | BinaryIO,
    *,
    max_pixels: int = MAX_PIXELS,
    formats: Sequence[str] | None = None,
    span: Span | None = None,
) -> Image.Image:
    """Open any usual picture as 8-bit RGB, upright, on white; the file is only read.

    The size is checked before any pixel is decoded, and more than ``KEPT_PIXELS`` are never kept: a larger
    picture becomes a half, a quarter or an eighth as large, a JPEG while it is decoded, so that its pixels
    are never in memory. The format is told by content and not by name. Of an animation the first frame is
    taken, and of many bands the first three; `stored_as` tells of that. Deeper grey is scaled to 8 bits, see
    `to_rgb`, and so are deeper colours, all channels alike.
    Colour profiles are ignored: the numbers are taken as sRGB.

    Args:
        source: a path, the bytes of a file, or a binary stream (read from where it stands to its
            end, and left open).
        max_pixels: largest width x height accepted; of what has to be decoded whole no more than
            ``WHOLE_PIXELS`` are.
        formats: the formats accepted, some of `FORMATS`; None for all of them.
        span: for deeper grey, see `to_rgb`; without it deeper colours range over 0..65535.

    Raises:
        ImageError: the file cannot be read, is not a picture in one of the formats, is damaged, or
            is too large; the message names the file.
    """
    with _begun(source, max_pixels, FORMATS if formats is None else formats) as (picture, found, stream):
        if found == "JPEG":
            times = _times_too_long(picture.size)
            picture.draft(None, (picture.width // times, picture.height // times))
        colours = has_deep_colours(picture)
        picture.load()
        turn = None if found == "TIFF" else _turn(picture)  # Pillow turns a TIFF itself while it loads it
        times = _times_too_long(picture.size)
        whole: Image.Image = picture
        if span is not None and colours:
            whole = scaled(picture, _low_bytes(stream, found), span)
        rgb = to_rgb(whole, span) if times == 1 else _smaller(whole, times, span)
        return rgb if turn is None else rgb.transpose(turn)


def format_of(head: bytes) -> str | None:
    """The format that a file's first ``HEAD`` bytes tell; None for one that is not in `FORMATS`."""
    return next((f for f, (begin, _) in _PLUGINS.items() if re.match(begin, head, re.DOTALL)), None)


def looks_like_picture(head: bytes) -> bool:
    """Whether a file that begins with these ``HEAD`` bytes is a picture, whatever its name ends in."""
    # "BM" begins texts too; of a picture its size and four zeros follow.
    return (found := format_of(head)) is not None and (found != "BMP" or head[6:10] == bytes(4))


@dataclass(frozen=True)
class StoredAs:
    """How a file stores its picture, before `open_image` turns it into 8-bit RGB.

    size: width and height, upright; `open_image` makes very large ones smaller.
    bits: of a channel.
    grey: it has no colour channels.
    alpha: it can be transparent.
    several: it holds more pictures than the first, which is taken.
    bands: how many a TIFF has; 0 of other formats, which have no more than are used.
    used: how many of them are, the first ones.
    """

    size: tuple[int, int]
    bits: int
    grey: bool
    alpha: bool
    several: bool
    bands: int = 0
    used: int = 0

    @property
    def left_out(self) -> int:
        """How many bands are not used."""
        return max(self.bands - self.used, 0)


def stored_as(source: str | Path | bytes) -> StoredAs:
    """What a picture's header says, of a path or of the bytes of a file; no pixel is decoded.

    Raises:
        ImageError: as `open_image` does; damage to the pixels is not noticed.
    """
    with _begun(source) as (picture, found, _):
        mode = picture.mode
        size = picture.size[::-1] if found != "TIFF" and _turn(picture) in _SIDEWAYS else picture.size
        raw = [str(tile[3]) for tile in picture.tile]  # such as ("RGB;16B", 0, 1)
        deep = _is_deep(picture) or any(";16" in arguments for arguments in raw)
        return StoredAs(
            size,
            (32 if mode == "F" else 16) if deep else 8,
            mode in ("1", "L", "LA", "La", "F") or mode.startswith("I"),
            mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in picture.info,
            _several(picture),
            getattr(picture, "bands", 0),
            len(picture.getbands()),
        )


def _several(picture: ImageFile.ImageFile) -> bool:
    """Whether a file goes on after its first picture; damage behind that one does no harm."""
    try:
        return bool(getattr(picture, "is_animated", False))
    except Exception:  # as many types as in _begun
        return False


@contextlib.contextmanager
def _begun(
    source: str | Path | bytes | BinaryIO, max_pixels: int = MAX_PIXELS, formats: Sequence[str] = FORMATS
) -> Iterator[tuple[ImageFile.ImageFile, str, BinaryIO]]:
    """A picture whose header is read and whose size is checked, its format, and the stream that it is in.

    Whatever is wrong with it, in the block too, is an `ImageError`: damaged files make Pillow's plugins raise
    nearly every type there is, OSError, SyntaxError, struct.error, ValueError, KeyError, OverflowError,
    MemoryError, ...
    """
    with _opened(source) as (stream, name):
        try:
            picture, found = _begin(stream, name, max_pixels, formats)
            yield picture, found, stream
        except ImageError:
            raise
        except UnreadBands as error:
            raise ImageError("image.bands", name=name, bands=error.bands, bits=error.bits) from error
        except ImportError as error:
            raise ImageError("image.heic", name=name) from error
        except Exception as error:
            raise ImageError("image.damaged", name=name) from error


@contextlib.contextmanager
def _opened(source: str | Path | bytes | BinaryIO) -> Iterator[tuple[BinaryIO, str]]:
    """A stream of a file's bytes, and how a sentence begins that is about it."""
    if isinstance(source, (str, Path)):
        with _open_file(source) as stream:
            yield stream, f'"{source}"'
        return
    if not isinstance(source, (bytes, bytearray, memoryview)):
        try:
            source = source.read()
        except (OSError, ValueError) as error:
            raise ImageError("image.unreadable", reason=error) from error
    yield io.BytesIO(source), Message("image.it")


@contextlib.contextmanager
def _open_file(path: str | Path) -> Iterator[BinaryIO]:
    """Open a regular file to read; whatever can be wrong with a path is an ImageError."""
    name = f'"{path}"'
    try:
        # Asked first, because opening a named pipe would wait for ever.
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise ImageError("image.is_a_folder" if os.path.isdir(path) else "image.no_file", name=name)
        stream = open(path, "rb")  # noqa: SIM115 - closed below, outside this try
    except FileNotFoundError as error:
        raise ImageError("image.missing", name=name) from error
    except PermissionError as error:
        raise ImageError("image.forbidden", name=name) from error
    except (OSError, ValueError) as error:
        raise ImageError("image.cannot_open", name=name, reason=error) from error
    with stream:
        yield stream


@dataclass(frozen=True)
class Deep:
    """What files of more than 8 bits hold: least and greatest value, and whether floats.

    holes: how many of the files have pixels without a value (NaN or infinite).
    """

    low: float
    high: float
    floats: bool
    holes: int = 0


def joined(parts: Iterable[Deep | None]) -> Deep | None:
    """All of them as one; None where there is none."""
    known = [part for part in parts if part is not None]
    if not known:
        return None
    return Deep(
        min(part.low for part in known),
        max(part.high for part in known),
        any(part.floats for part in known),
        sum(part.holes for part in known),
    )


def own_span(deep: Deep) -> Span:
    """What becomes black and white of such values where nobody says it, see `to_rgb`."""
    if not deep.floats and deep.low >= 0 and deep.high <= 65535:
        return 0.0, 65535.0
    if deep.floats and deep.low >= 0 and deep.high <= 255:
        return 0.0, 1.0 if deep.high <= 1 else 255.0
    return deep.low, deep.high


def deep_values(path: str | Path) -> Deep | None:
    """Look for the values of a file's pixels; None for one of 8 bits, which is not decoded.

    Raises:
        ImageError: as `open_image` does.
    """
    with _begun(path) as (picture, found, stream):
        colours = has_deep_colours(picture)
        if not _is_deep(picture) and not colours:
            return None
        picture.load()
        if colours:
            return Deep(*extremes_of(picture, _low_bytes(stream, found)), False)
        pixels = np.asarray(picture)
        values = pixels[np.isfinite(pixels)]  # where nothing was measured there may be no number
        low, high = (values.min(), values.max()) if values.size else (0, 0)
        return Deep(float(low), float(high), picture.mode == "F", int(values.size < pixels.size))


def whole_numbers(path: str | Path) -> NDArray[np.int64] | None:
    """(H, W) the pixels of a grey file of more than 8 bits as they are stored; None of any other.

    Raises:
        ImageError: as `open_image` does.
    """
    with _begun(path) as (picture, _, _):
        return np.asarray(picture).astype(np.int64) if picture.mode.startswith("I") else None


def _low_bytes(stream: BinaryIO, found: str) -> Image.Image:
    stream.seek(0)
    return read_low_bytes(_PLUGINS[found][1](stream, ""))


def _is_deep(image: Image.Image) -> bool:
    return image.mode == "F" or image.mode.startswith("I")


def _times_too_long(size: tuple[int, int]) -> int:
    """By how much the sides are divided so that no more than ``KEPT_PIXELS`` are left."""
    return next((n for n in (1, 2, 4, 8) if -(-size[0] // n) * -(-size[1] // n) <= KEPT_PIXELS), 8)


def _smaller(picture: Image.Image, times: int, span: Span | None) -> Image.Image:
    """A picture as RGB, its sides divided: strip by strip, because some modes take much memory as RGB.

    A picture of few colours keeps them, because they may be labels, whose mixtures are labels of something
    else.
    """
    size = (-(-picture.width // times), -(-picture.height // times))
    if _is_deep(picture):
        span = span or _own_span(picture)  # or each strip would have another one
    elif picture.mode in ("1", "P") or picture.getcolors(FEW_COLOURS):
        return to_rgb(picture.resize(size, Image.Resampling.NEAREST))
    result, height = Image.new("RGB", size), STRIP * times
    for top in range(0, picture.height, height):
        strip = picture.crop((0, top, picture.width, min(top + height, picture.height)))
        result.paste(to_rgb(strip, span).reduce(times), (0, top // times))
    return result


def _heif(stream: BinaryIO, name: str) -> ImageFile.ImageFile:
    from pillow_heif import HeifImageFile  # optional

    opened: ImageFile.ImageFile = HeifImageFile(stream, name)
    return opened


def _begin(
    stream: BinaryIO, name: str, max_pixels: int, formats: Sequence[str]
) -> tuple[ImageFile.ImageFile, str]:
    """Read a picture's header, check its size, and tell its format."""
    head = stream.read(HEAD)
    stream.seek(0)
    if not head:
        raise ImageError("image.empty", name=name)
    found = format_of(head)
    if found is None or found not in formats:
        raise ImageError("image.other_format", name=name, formats=formats)
    whole = min(max_pixels, WHOLE_PIXELS)
    if found == "GIF":
        _check_size(_gif_size(stream), whole, name)
        stream.seek(0)
    picture = _PLUGINS[found][1](stream, "")
    shrinks = found == "JPEG" and "progressive" not in picture.info  # which is decoded in parts
    _check_size(picture.size, max_pixels if shrinks else whole, name)
    return picture, found


def _check_size(size: tuple[int, int], max_pixels: int, name: str) -> None:
    width, height = size
    if width < 1 or height < 1:
        raise ImageError("image.no_pixels", name=name)
    if width * height > max_pixels:
        raise ImageError("image.too_large", name=name, width=width, height=height, millions=max_pixels / 1e6)


def _gif_size(stream: BinaryIO) -> tuple[int, int]:
    """Width and height that Pillow gives a GIF: its screen, widened to the first frame.

    Pillow allocates the first frame's area while it opens a GIF, before its size can be asked.
    """
    header = stream.read(13)
    width, height = np.frombuffer(header[6:10], "<u2").tolist()
    if header[10] & 0x80:  # a global colour table follows
        stream.seek(3 << ((header[10] & 7) + 1), io.SEEK_CUR)
    while (block := stream.read(1)) not in (b"", b";"):
        if block == b"!":  # an extension: a label, then blocks that begin with their length
            stream.seek(1, io.SEEK_CUR)
            while (length := stream.read(1)) not in (b"", b"\0"):
                stream.seek(length[0], io.SEEK_CUR)
        elif block == b",":
            left, top, across, down = np.frombuffer(stream.read(8), "<u2").tolist()
            return max(width, left + across), max(height, top + down)
    return width, height


def _turn(picture: Image.Image) -> Image.Transpose | None:
    """How to turn a picture as its EXIF orientation says; damaged EXIF data is ignored.

    ImageOps.exif_transpose would also write the EXIF data anew, which fails on some cameras' data.
    """
    try:
        exif = Image.Image.getexif(picture)  # that of a PNG decodes it, to look behind the pixels
        return _ORIENTATIONS.get(exif.get(0x0112, 1))
    except Exception:  # as many types as in _begun, but here the pixels are fine
        return None


def to_rgb(image: Image.Image, span: Span | None = None) -> Image.Image:
    """Any PIL picture as 8-bit RGB: transparency becomes white, deep grey is scaled.

    Args:
        span: for deep grey, the values that become black and white. Without it modes I;16 range over
            0..65535 by definition. Modes I and F say nothing about their range: I is taken as 16 bits and F
            as 0..1 or 0..255 if the values fit, otherwise the least value becomes black and the greatest
            white.

    An RGB picture is returned as it is, not copied.
    """
    if _is_deep(image):
        return _deep_grey_to_rgb(image, span or _own_span(image))
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        rgba = image.convert("RGBA")
        if rgba.getchannel("A").getextrema() != (255, 255):
            rgba = Image.alpha_composite(Image.new("RGBA", rgba.size, (*WHITE, 255)), rgba)
        return rgba.convert("RGB")
    return image if image.mode == "RGB" else image.convert("RGB")


def _own_span(image: Image.Image) -> Span:
    values = np.nan_to_num(np.asarray(image))
    return own_span(Deep(float(values.min()), float(values.max()), image.mode == "F"))


def _deep_grey_to_rgb(image: Image.Image, span: Span) -> Image.Image:
    stored = np.asarray(image)
    low, high = span
    values = np.nan_to_num(stored).astype(np.float64).clip(low, high)
    grey = np.rint((values - low) / max(high - low, 1e-300) * 255)
    if isinstance(clear := image.info.get("transparency"), int):
        grey[stored == clear] = 255
    return Image.fromarray(grey.astype(np.uint8)).convert("RGB")


def to_tensor(image: Image.Image) -> Tensor:
    """PIL picture of any mode -> (3, H, W) float32 in [-1, 1]; `to_image` gives it back exactly."""
    pixels = torch.from_numpy(np.array(to_rgb(image))).permute(2, 0, 1)
    return pixels.contiguous().float() / 127.5 - 1


def to_image(tensor: Tensor) -> Image.Image:
    """(3, H, W) or (1, 3, H, W) of any float type in [-1, 1] -> PIL RGB, rounded to nearest.

    Values outside [-1, 1], infinities too, are clamped.

    Raises:
        ImageError: some values are not numbers (NaN), which would otherwise pass for black.
        ValueError: the tensor has another shape, or is not floating point.
    """
    shape = tuple(tensor.shape)
    if shape[:-2] not in ((3,), (1, 3)) or 0 in shape or not tensor.is_floating_point():
        raise ValueError(f"expected floats of shape (3, H, W), got {tensor.dtype} {shape}")
    values = tensor.detach().reshape(shape[-3:]).float()
    if torch.isnan(values).any():
        raise ImageError("image.not_numbers")
    pixels = ((values + 1) * 127.5).clamp(0, 255).round().to(torch.uint8)
    return Image.fromarray(pixels.permute(1, 2, 0).contiguous().cpu().numpy())


def decode_data_url(
    url: object,
    *,
    max_bytes: int = 4_000_000,
    max_pixels: int = 4_194_304,
    formats: Sequence[str] = ("PNG",),
) -> Image.Image:
    """What a browser sends, ``data:image/png;base64,...`` -> PIL RGB, transparency on white.

    Args:
        url: anything at all; what is not such a text, or holds no such picture, is an `ImageError`.
        max_bytes: most bytes of the picture's file; checked before the base64 text is decoded.
        max_pixels: largest width x height; checked before the picture is decoded.
        formats: the formats accepted, some of `FORMATS`.
    """
    if not isinstance(url, str):
        raise ImageError("image.not_sent")
    if len(url) > (max_bytes + 2) // 3 * 4 + 64:  # 4 characters for 3 bytes, and the header
        raise ImageError("image.too_many_bytes", mb=max_bytes / 1e6)
    header, _, payload = url.partition(",")
    headers = {f"data:image/{name.lower()};base64": name for name in formats}
    if header.lower() not in headers:
        raise ImageError("image.sent_other_format", formats=formats)
    try:
        data = base64.b64decode(payload, validate=True)
    except ValueError as error:
        raise ImageError("image.damaged_on_way") from error
    return open_image(data, max_pixels=max_pixels, formats=[headers[header.lower()]])


def squeezed(size: tuple[int, int], aspect: float) -> tuple[int, int]:
    """(width, height) of a picture where one of this aspect, width over height, would be a square.

    Nothing is made larger. 0 takes the picture's own aspect, so that every picture becomes a square.
    """
    width, height = size
    aspect = aspect or width / height
    if aspect >= 1:
        return max(round(width / aspect), 1), height
    return width, max(round(height * aspect), 1)


def letterbox(
    image: Image.Image,
    size: int,
    fill: tuple[int, int, int] = WHITE,
    resample: Image.Resampling = LANCZOS,
    aspect: float = 1.0,
) -> tuple[Image.Image, Box]:
    """Fit a picture into a size x size square, centred, the rest filled.

    The picture keeps its aspect where ``aspect`` is 1; else see :func:`squeezed`.

    Returns the square and the box that the picture takes in it, at least 1 pixel each side.
    """
    sides = squeezed(image.size, aspect)
    scale = size / max(sides)
    width, height = (max(1, min(size, round(side * scale))) for side in sides)
    left, top = (size - width) // 2, (size - height) // 2
    square = Image.new("RGB", (size, size), fill)
    # reducing_gap shrinks by whole factors first: several times faster on photos of a camera.
    inner = to_rgb(image).resize((width, height), resample, reducing_gap=3.0)
    square.paste(inner, (left, top))
    return square, (left, top, left + width, top + height)


def unletterbox(image: Image.Image, box: Box, size: tuple[int, int]) -> Image.Image:
    """Undo `letterbox`: the box of the square, resized to the original (width, height)."""
    return image.crop(box).resize(size, LANCZOS, reducing_gap=3.0)
