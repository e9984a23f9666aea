"""Opening pictures safely, and the conversions between PIL pictures, tensors and data URLs."""

from __future__ import annotations

import base64
import contextlib
import io
import os
import struct
import subprocess
import sys
import warnings
import zlib
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image
from support import assert_one_sentence

from pix2pix import images
from pix2pix.errors import ImageError
from pix2pix.images import (
    SUFFIXES,
    decode_data_url,
    letterbox,
    open_image,
    stored_as,
    to_image,
    to_rgb,
    to_tensor,
    unletterbox,
)
from pix2pix.saving import encode_data_url, save_image

ENCODED = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")
PICTURES = hnp.arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9), st.just(3)))


def picture(width: int = 13, height: int = 7, seed: int = 0) -> Image.Image:
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(pixels)


def encoded(image: Image.Image, format: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    """A chunk of a PNG file."""
    length, check = len(data), zlib.crc32(kind + data)
    return struct.pack(">I", length) + kind + data + struct.pack(">I", check)


def png_header(width: int, height: int, bits: int = 8, colour: int = 2) -> bytes:
    """A PNG that claims a size and has no pixels to show for it."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(b"\0" * 64))
    return b"\x89PNG\r\n\x1a\n" + header + pixels + chunk(b"IEND", b"")


def same(a: Image.Image, b: Image.Image) -> bool:
    return a.mode == b.mode and a.size == b.size and a.tobytes() == b.tobytes()


def message(call: object) -> str:
    """The message of the ImageError that the call must raise: one sentence."""
    with pytest.raises(ImageError) as caught:
        call()  # type: ignore[operator]
    text = str(caught.value)
    assert text.endswith(".") and "\n" not in text
    return text


# ---- opening -----------------------------------------------------------------------------------


@pytest.mark.parametrize("format", ["PNG", "WEBP", "BMP", "TIFF"])
def test_lossless_formats_open_exactly(format: str, tmp_path: Path) -> None:
    path = tmp_path / "misleading.jpg"
    options = {"lossless": True} if format == "WEBP" else {}
    path.write_bytes(encoded(picture(), format, **options))
    before = path.read_bytes(), path.stat().st_mtime_ns
    for source in (path, str(path), path.read_bytes(), io.BytesIO(path.read_bytes())):
        assert same(open_image(source), picture())
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


def test_a_stream_is_left_open() -> None:
    stream = io.BytesIO(encoded(picture(), "PNG"))
    open_image(stream)
    assert not stream.closed


def test_jpeg_grey_and_mpo_open_as_rgb() -> None:
    flat = Image.new("RGB", (16, 16), (200, 40, 40))
    mpo = encoded(flat, "MPO", save_all=True, append_images=[Image.new("RGB", (16, 16))])
    for data in (encoded(flat, "JPEG", quality=100), mpo):
        opened = open_image(data)
        assert opened.mode == "RGB"
        assert np.abs(np.asarray(opened).astype(int) - [200, 40, 40]).max() <= 3
    grey = open_image(encoded(Image.new("L", (5, 5), 77), "JPEG"))
    assert same(grey, Image.new("RGB", (5, 5), (77, 77, 77)))


def test_cmyk_keeps_its_colours() -> None:
    red = Image.new("CMYK", (16, 16), (0, 255, 255, 0))
    for format in ("JPEG", "TIFF"):
        r, g, b = open_image(encoded(red, format)).getpixel((8, 8))
        assert r > 240 and g < 15 and b < 15


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_transparency_becomes_white(mode: str) -> None:
    clear = Image.new("RGBA", (8, 8), (0, 0, 0, 0))
    clear.putpixel((3, 4), (0, 0, 0, 255))
    clear.putpixel((5, 5), (0, 0, 0, 128))
    if mode == "P":
        image = Image.new("P", (8, 8), 1)
        image.putpalette([0, 0, 0, 0, 0, 0])
        image.putpixel((3, 4), 0)
        opened = open_image(encoded(image, "PNG", transparency=b"\xff\0"))
    else:
        opened = open_image(encoded(clear.convert(mode), "PNG"))
    assert opened.mode == "RGB"
    assert opened.getpixel((0, 0)) == (255, 255, 255)
    assert opened.getpixel((3, 4)) == (0, 0, 0)
    if mode != "P":
        assert opened.getpixel((5, 5)) in {(126, 126, 126), (127, 127, 127), (128, 128, 128)}


def test_colour_key_transparency_becomes_white() -> None:
    image = Image.new("RGB", (4, 4), (10, 20, 30))
    image.putpixel((1, 1), (1, 2, 3))
    opened = open_image(encoded(image, "PNG", transparency=(10, 20, 30)))
    assert opened.getpixel((0, 0)) == (255, 255, 255) and opened.getpixel((1, 1)) == (1, 2, 3)
    bilevel = open_image(encoded(Image.new("1", (4, 4), 0), "PNG", transparency=0))
    assert bilevel.getpixel((0, 0)) == (255, 255, 255)


def test_palette_without_transparency_opens_as_rgb() -> None:
    image = picture().quantize(16)
    assert same(open_image(encoded(image, "PNG")), image.convert("RGB"))


@pytest.mark.parametrize("format", ["PNG", "TIFF"])
def test_16_bit_grey_is_scaled(format: str) -> None:
    levels = np.array([[0, 257, 128 * 257, 65535, 40000]], np.uint16)
    opened = open_image(encoded(Image.fromarray(levels), format))
    assert np.asarray(opened)[0, :, 0].tolist() == [0, 1, 128, 255, 156]
    assert opened.mode == "RGB"


def test_16_bit_grey_with_a_colour_key() -> None:
    levels = np.array([[500, 65535, 0]], np.uint16)
    data = encoded(Image.fromarray(levels), "PNG")
    key = chunk(b"tRNS", struct.pack(">H", 500))
    data = data.replace(data[33:], key + data[33:])  # behind the IHDR chunk
    assert np.asarray(open_image(data))[0, :, 0].tolist() == [255, 255, 0]


def test_dark_16_bit_grey_is_not_stretched() -> None:
    levels = np.array([[0, 514, 1028]], np.uint16)
    assert np.asarray(open_image(encoded(Image.fromarray(levels), "PNG")))[0, :, 0].tolist() == [
        0,
        2,
        4,
    ]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0.0, 0.5, 1.0], [0, 128, 255]),
        ([0.0, 100.0, 255.0], [0, 100, 255]),
        ([-1000.0, 0.0, 1000.0], [0, 128, 255]),
        ([float("nan"), 1.0, 0.0], [0, 255, 0]),
        ([float("-inf"), 0.0, float("inf")], [0, 128, 255]),
    ],
)
def test_float_grey_is_scaled(values: list[float], expected: list[int]) -> None:
    image = Image.fromarray(np.array([values], np.float32))
    assert np.asarray(open_image(encoded(image, "TIFF")))[0, :, 0].tolist() == expected


def test_32_bit_grey_is_scaled() -> None:
    image = Image.fromarray(np.array([[-100_000, 0, 100_000]], np.int32))
    assert np.asarray(open_image(encoded(image, "TIFF")))[0, :, 0].tolist() == [0, 128, 255]


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_rotation_is_applied(format: str, orientation: int) -> None:
    image = Image.new("RGB", (24, 16), (0, 0, 255))
    image.paste((255, 0, 0), (0, 0, 8, 8))  # stored top left
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"JPEG": {"quality": 95, "subsampling": 0}, "WEBP": {"lossless": True}}
    opened = open_image(encoded(image, format, exif=exif, **options.get(format, {})))
    width, height = (16, 24) if orientation >= 5 else (24, 16)
    assert opened.size == (width, height)
    # The corner where the stored top left is to be seen, from the EXIF specification.
    right, bottom = orientation in (2, 3, 6, 7), orientation in (3, 4, 7, 8)
    r, _, b = opened.getpixel((width - 3 if right else 2, height - 3 if bottom else 2))
    assert r > 200 and b < 60


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_damaged_exif_is_ignored() -> None:
    data = encoded(picture(), "PNG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff")
    assert same(open_image(data), picture())


@pytest.mark.parametrize("format", ["GIF", "WEBP", "PNG", "TIFF"])
def test_the_first_frame_of_an_animation(format: str) -> None:
    red, blue = (Image.new("RGB", (8, 8), colour) for colour in ((255, 0, 0), (0, 0, 255)))
    options = {"lossless": True} if format == "WEBP" else {}
    data = encoded(red, format, save_all=True, append_images=[blue], **options)
    assert same(open_image(data), red)


def test_a_transparent_gif_lies_on_white() -> None:
    image = Image.new("P", (4, 4), 1)
    image.putpalette([0, 0, 0, 9, 9, 9])
    image.putpixel((0, 0), 0)
    opened = open_image(encoded(image, "GIF", transparency=1))
    assert opened.getpixel((0, 0)) == (0, 0, 0) and opened.getpixel((3, 3)) == (255, 255, 255)


# ---- what cannot be opened ---------------------------------------------------------------------


def test_paths_that_are_no_picture(tmp_path: Path) -> None:
    (tmp_path / "text.jpg").write_text("not a picture at all, but some text")
    (tmp_path / "empty.png").touch()
    (tmp_path / "cut.png").write_bytes(encoded(picture(64, 64), "PNG")[:5000])
    for name, reason in [
        ("text.jpg", "not a PNG, JPEG, WEBP, GIF, BMP, TIFF, AVIF or HEIC picture"),
        ("empty.png", "empty"),
        ("cut.png", "damaged or incomplete"),
        ("missing.png", "does not exist"),
        ("text.jpg/inside.png", "check the path"),
        ("x" * 300, "check the path"),
        ("nul\0byte", "check the path"),
    ]:
        path = tmp_path / name
        text = message(lambda path=path: open_image(path))
        assert str(path) in text and reason in text
    assert "is a folder" in message(lambda: open_image(tmp_path))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_named_pipe_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    assert "not a file" in message(lambda: open_image(tmp_path / "pipe.png"))


def test_a_file_without_read_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret.png"
    path.write_bytes(encoded(picture(), "PNG"))
    path.chmod(0)
    if os.access(path, os.R_OK):  # the superuser may read it all the same

        def refuse(*args: object, **kwargs: object) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr("builtins.open", refuse)
    assert "permissions" in message(lambda: open_image(path))


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
@pytest.mark.parametrize("format", ENCODED)
def test_truncated_files(format: str) -> None:
    data = encoded(picture(80, 60), format)
    for length in {1, 3, 8, 17, 40, len(data) // 3, len(data) // 2}:
        message(lambda length=length: open_image(data[:length]))


def test_only_the_formats_asked_for() -> None:
    assert "not a PNG or GIF picture" in message(
        lambda: open_image(encoded(picture(), "JPEG"), formats=("PNG", "GIF"))
    )
    for unsafe in (
        b"%!PS-Adobe-3.0 EPSF-3.0\n",
        encoded(picture(), "PPM"),
        encoded(picture(), "ICO"),
    ):
        assert "is not a" in message(lambda unsafe=unsafe: open_image(unsafe))


def test_an_unreadable_stream() -> None:
    stream = io.BytesIO()
    stream.close()
    assert "cannot be read" in message(lambda: open_image(stream))


# ---- bombs -------------------------------------------------------------------------------------


def gif_header(screen: tuple[int, int], frame: tuple[int, int]) -> bytes:
    """A GIF that claims sizes; its first frame is disposed of, which makes Pillow allocate it."""
    head = b"GIF89a" + struct.pack("<HH", *screen) + b"\x80\0\0" + b"\0\0\0\xff\xff\xff"
    extensions = b"!\xfe\x05hello\0" + b"!\xf9\x04\x08\0\0\0\0"
    return head + extensions + b"," + struct.pack("<HHHH", 0, 0, *frame) + b"\0\x02\x01\x4c\0;"


@pytest.mark.parametrize(
    "data",
    [
        png_header(11_000, 11_000),
        png_header(60_000, 60_000, bits=1, colour=0),
        png_header(2**31 - 1, 2**31 - 1),
        gif_header((11_000, 11_000), (1, 1)),
        gif_header((1, 1), (11_000, 11_000)),
        gif_header((65_535, 65_535), (65_535, 65_535)),
        b"BM" + struct.pack("<IHHIIiiHHIIiiII", 54, 0, 0, 54, 40, 20_000, 20_000, 1, 24, *[0] * 6),
    ],
)
def test_bombs_are_refused_before_decoding(data: bytes) -> None:
    limit = Image.MAX_IMAGE_PIXELS
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        text = message(lambda: open_image(data))
    assert limit == Image.MAX_IMAGE_PIXELS
    assert "million" in text and "make it smaller" in text


@pytest.mark.parametrize(
    ("size", "mode", "kept"),
    [
        ((8736, 6552), "RGB", (4368, 3276)),  # 57 megapixels
        ((16320, 12240), "L", (4080, 3060)),  # 200
    ],
)
def test_photos_of_phones_are_made_smaller_while_they_are_decoded(
    size: tuple[int, int], mode: str, kept: tuple[int, int], tmp_path: Path
) -> None:
    """In memory that does not grow with the photo: 40 million pixels as RGB have 120 MB."""
    photo = Image.new(mode, size, "white")
    photo.paste("black", (0, 0, size[0] // 2, size[1] // 2))
    exif = Image.Exif()
    exif[0x0112] = 6  # a phone held upright: what is stored top left is top right
    photo.save(tmp_path / "phone.jpg", quality=60, exif=exif)
    del photo
    code = (
        "import resource, sys; from pix2pix.images import open_image, stored_as\n"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "before = peak(); image = open_image(sys.argv[1]); after = peak()\n"
        "print(*image.size, *stored_as(sys.argv[1]).size, image.getpixel((image.width - 9, 9)) < (9, 9, 9),"
        " image.getpixel((9, 9)) > (250, 250, 250), (after - before) // 1024)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "phone.jpg"], check=True, capture_output=True, text=True
    )
    *values, megabytes = done.stdout.split()
    assert values == [*map(str, (*kept[::-1], *size[::-1])), "True", "True"]
    if sys.platform == "linux":  # elsewhere it is counted in other units
        assert int(megabytes) < 150


def test_larger_photos_are_refused_and_so_are_those_that_no_decoder_makes_smaller() -> None:
    huge = encoded(Image.new("L", (20_001, 10_000)), "JPEG")
    assert "200 million" in message(lambda: open_image(huge))
    progressive = encoded(Image.new("L", (8_100, 8_000)), "JPEG", progressive=True)
    assert "64 million" in message(lambda: open_image(progressive))
    assert "64 million" in message(lambda: open_image(png_header(8_100, 8_000)))


@pytest.fixture
def little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if pictures of 80,000 pixels were large."""
    monkeypatch.setattr(images, "KEPT_PIXELS", 80_000)
    monkeypatch.setattr(images, "STRIP", 16)


@pytest.mark.usefixtures("little_memory")
def test_other_large_pictures_are_made_smaller_too() -> None:
    ramp = np.broadcast_to(np.linspace(0, 255, 800, dtype=np.uint8), (203, 800))
    clear = Image.fromarray(np.stack([ramp, 255 - ramp // 255 * 255], axis=2).copy(), "LA")
    for image, last in (
        (Image.fromarray(ramp.copy()).convert("RGB"), 255),
        (Image.fromarray(ramp.astype(np.uint16) * 257), 255),
        (Image.fromarray(ramp.astype(np.float32) * 100), 255),
        (clear, 255),  # transparent there
    ):
        opened = open_image(encoded(image, "TIFF" if image.mode == "F" else "PNG", compress_level=1))
        assert opened.size == (400, 102)
        rows = np.asarray(opened)[..., 0].astype(int)
        assert np.abs(rows - np.linspace(0, 255, 400)).max() <= 2 and (rows[:, -1] == last).all()


@pytest.mark.usefixtures("little_memory")
def test_large_label_maps_keep_their_colours() -> None:
    """Mixtures of labels would be labels of something else."""
    classes = np.zeros((300, 300), np.uint8)
    classes[::3], classes[:, 133:] = 7, 19
    for image in (Image.fromarray(classes), Image.fromarray(classes).convert("P")):
        if image.mode == "P":
            image.putpalette([value for n in range(256) for value in (n * 3 % 256, n, 9)])
        opened = open_image(encoded(image, "PNG", compress_level=1))
        assert opened.size == (150, 150)
        assert {colour for _, colour in opened.getcolors()} <= {
            colour for _, colour in image.convert("RGB").getcolors()
        }


def test_avif_and_its_rotation() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    image = Image.new("RGB", (64, 32), "blue")
    image.paste("red", (0, 0, 16, 16))
    opened = open_image(encoded(image, "AVIF", quality=95, exif=exif))
    assert opened.size == (32, 64) and opened.getpixel((28, 4))[0] > 180 > 80 > opened.getpixel((4, 50))[0]


def heic(image: Image.Image, **options: object) -> bytes:
    pillow_heif = pytest.importorskip("pillow_heif")
    buffer = io.BytesIO()
    pillow_heif.from_pillow(image).save(buffer, quality=90, **options)
    return buffer.getvalue()


def test_photos_of_iphones(tmp_path: Path) -> None:
    image = Image.new("RGB", (64, 48), "blue")
    image.paste("red", (0, 0, 16, 16))
    exif = Image.Exif()
    exif[0x0112] = 6
    (tmp_path / "IMG_0001.HEIC").write_bytes(heic(image, exif=exif.tobytes()))
    opened = open_image(tmp_path / "IMG_0001.HEIC")
    assert opened.size == (48, 64) == stored_as(tmp_path / "IMG_0001.HEIC").size
    assert opened.getpixel((44, 4))[0] > 180 > 80 > opened.getpixel((4, 60))[0]
    data = heic(image)
    for length in (20, 40, len(data) // 2):
        message(lambda length=length: open_image(data[:length]))


def test_without_its_reader_a_heic_photo_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    for brand in (b"heic", b"mif1", b"hevc"):
        data = b"\0\0\0\x18ftyp" + brand + b"\0\0\0\0" + b"mif1heic" + bytes(40)
        assert "pip install pillow-heif" in message(lambda data=data: open_image(data))


def test_the_limit_is_the_last_size_accepted() -> None:
    data = encoded(picture(10, 10), "PNG")
    assert open_image(data, max_pixels=100).size == (10, 10)
    assert "10x10" in message(lambda: open_image(data, max_pixels=99))


def test_a_caller_may_open_what_pillow_warns_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 50)
    for format in set(ENCODED) - {"TIFF"}:  # whose plugin asks Pillow's own limit once more
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert open_image(encoded(Image.new("RGB", (9, 9)), format)).size == (9, 9)


def test_a_gif_with_few_pixels_still_opens() -> None:
    wide = encoded(Image.new("P", (300, 2)), "GIF", comment=b"c" * 700)
    assert open_image(wide, max_pixels=600).size == (300, 2)
    message(lambda: open_image(wide, max_pixels=599))


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=150, deadline=None)
@given(data=st.binary(max_size=300), format=st.sampled_from([None, *ENCODED]))
def test_random_bytes_raise_nothing_but_image_errors(data: bytes, format: str | None) -> None:
    start = encoded(Image.new("RGB", (4, 4), (1, 2, 3)), format)[:24] if format else b""
    with contextlib.suppress(ImageError):
        assert open_image(start + data).mode == "RGB"


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=150, deadline=None)
@given(st.data())
def test_bit_rot_raises_nothing_but_image_errors(data: st.DataObject) -> None:
    format = data.draw(st.sampled_from(ENCODED))
    rotten = bytearray(encoded(picture(), format))
    for _ in range(data.draw(st.integers(1, 6))):
        rotten[data.draw(st.integers(0, len(rotten) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(ImageError):
        assert open_image(bytes(rotten)).mode == "RGB"


# ---- tensors -----------------------------------------------------------------------------------


@settings(deadline=None)
@given(PICTURES)
def test_pictures_survive_the_way_to_tensors_and_back(pixels: np.ndarray) -> None:
    image = Image.fromarray(pixels)
    tensor = to_tensor(image)
    assert tensor.shape == (3, *pixels.shape[:2]) and tensor.dtype == torch.float32
    assert tensor.is_contiguous() and tensor.min() >= -1 and tensor.max() <= 1
    assert same(to_image(tensor), image)
    assert same(to_image(tensor[None]), image)


def test_all_levels_survive_in_half_precision() -> None:
    levels = Image.fromarray(np.arange(256, dtype=np.uint8).repeat(3).reshape(1, 256, 3))
    tensor = to_tensor(levels)
    assert tensor[0, 0, 0] == -1 and tensor[0, 0, 255] == 1
    for dtype, error in ((torch.float64, 0), (torch.float16, 0), (torch.bfloat16, 1)):
        back = np.asarray(to_image(tensor.to(dtype))).astype(int)
        assert np.abs(back - np.asarray(levels)).max() <= error


def test_to_image_rounds_to_nearest_and_clamps() -> None:
    value = torch.tensor([100.49, 100.51, -1e9, 1e9, float("inf"), float("-inf")]) / 127.5 - 1
    image = to_image(value.expand(3, 1, 6).requires_grad_())
    assert np.asarray(image)[0, :, 0].tolist() == [100, 101, 0, 255, 255, 0]


def test_to_image_refuses_what_is_no_picture() -> None:
    assert "not numbers" in message(lambda: to_image(torch.full((3, 2, 2), float("nan"))))
    for bad in (torch.zeros(1, 4, 4), torch.zeros(2, 3, 4, 4), torch.zeros(3, 4, 4).byte()):
        with pytest.raises(ValueError, match="expected floats"):
            to_image(bad)


def test_to_tensor_does_not_share_memory_with_the_picture() -> None:
    image = picture()
    to_tensor(image).zero_()
    assert same(image, picture())


def test_to_tensor_takes_any_mode() -> None:
    assert to_tensor(Image.new("RGBA", (2, 3))).min() == 1  # clear, so white
    assert to_tensor(Image.new("1", (2, 3))).max() == -1


# ---- data URLs ---------------------------------------------------------------------------------


def test_data_urls_round_trip() -> None:
    url = encode_data_url(picture())
    assert url.startswith("data:image/png;base64,")
    assert same(decode_data_url(url), picture())
    assert decode_data_url(encode_data_url(picture(), "WEBP"), formats=("PNG", "WEBP")).size == (
        13,
        7,
    )
    flat = Image.new("RGBA", (8, 8))
    assert decode_data_url(encode_data_url(flat, "JPEG"), formats=["JPEG"]).getpixel((4, 4)) == (255,) * 3


def test_a_drawing_with_transparency_lies_on_white() -> None:
    data = encoded(Image.new("RGBA", (4, 4)), "PNG")
    url = "data:image/png;base64," + base64.b64encode(data).decode()
    assert same(decode_data_url(url), Image.new("RGB", (4, 4), "white"))


def test_rubbish_data_urls() -> None:
    good = encode_data_url(picture(50, 50))
    bomb = "data:image/png;base64," + base64.b64encode(png_header(3000, 3000)).decode()
    for bad in [
        None,
        7,
        b"data:image/png;base64,",
        {"path": "/etc/passwd"},
        "",
        "/etc/passwd",
        "https://example.com/picture.png",
        good.removeprefix("data:"),
        good.replace("base64,", ""),
        good.replace("image/png", "image/svg+xml"),
        good.replace("image/png", "image/jpeg"),
        good[:-1],
        good[: len(good) // 2 // 4 * 4 + 2],
        good + "é",
        good[:40] + " " + good[41:],
        good[:40] + "\n" + good[40:],
        "data:image/png;base64,",
        "data:image/png;base64," + base64.b64encode(encoded(picture(), "JPEG")).decode(),
        bomb,
    ]:
        message(lambda bad=bad: decode_data_url(bad))
    assert "MB" in message(lambda: decode_data_url(good, max_bytes=1000))
    assert "50x50" in message(lambda: decode_data_url(good, max_pixels=2499))
    assert decode_data_url(good, max_pixels=2500).size == (50, 50)


def test_the_length_limit_is_exact() -> None:
    data = encoded(picture(50, 50), "PNG")
    url = "data:image/png;base64," + base64.b64encode(data).decode()
    assert decode_data_url(url, max_bytes=len(data)).size == (50, 50)
    message(lambda: decode_data_url(url, max_bytes=len(data) - 64))


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80), st.booleans())
def test_random_text_is_no_data_url(text: str, with_header: bool) -> None:
    with pytest.raises(ImageError):
        decode_data_url(("data:image/png;base64," if with_header else "") + text)


# ---- letterbox ---------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 300), st.integers(1, 300), st.sampled_from([1, 2, 31, 64]))
def test_letterbox_laws(width: int, height: int, size: int) -> None:
    image = Image.new("RGB", (width, height), (0, 200, 0))
    square, box = letterbox(image, size, fill=(255, 0, 0))
    left, top, right, bottom = box
    assert square.size == (size, size)
    assert 0 <= left < right <= size and 0 <= top < bottom <= size
    assert max(right - left, bottom - top) == size
    assert abs(left - (size - right)) <= 1 and abs(top - (size - bottom)) <= 1
    scale = size / max(width, height)
    assert abs((right - left) - max(1, width * scale)) <= 0.5
    assert abs((bottom - top) - max(1, height * scale)) <= 0.5
    pixels = np.asarray(square).copy()
    assert (pixels[top:bottom, left:right] == (0, 200, 0)).all()
    pixels[top:bottom, left:right] = (255, 0, 0)
    assert (pixels == (255, 0, 0)).all()
    assert same(unletterbox(square, box, image.size), image)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 16), st.booleans(), st.integers(0, 99))
def test_letterbox_without_scaling_is_exact(side: int, tall: bool, seed: int) -> None:
    image = picture(*((side, 16) if tall else (16, side)), seed)
    square, box = letterbox(image, 16)
    assert same(unletterbox(square, box, image.size), image)


@pytest.mark.parametrize("size", [(1, 1), (1, 5000), (5000, 1), (3, 4999)])
def test_letterbox_of_extreme_pictures(size: tuple[int, int]) -> None:
    square, (left, top, right, bottom) = letterbox(Image.new("RGBA", size, (0, 0, 0, 255)), 256)
    assert right - left >= 1 and bottom - top >= 1
    assert square.getpixel((left, top)) == (0, 0, 0)
    assert unletterbox(square, (left, top, right, bottom), size).size == size


# ---- saving ------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [*SUFFIXES, ".PNG", ".Jpg"])
@pytest.mark.parametrize("mode", ["RGB", "L", "RGBA", "P", "1", "I;16", "CMYK"])
def test_saved_pictures_open_again(suffix: str, mode: str, tmp_path: Path) -> None:
    deep = Image.fromarray(np.full((8, 16), 250 * 257, np.uint16))
    image = deep if mode == "I;16" else Image.new("RGB", (16, 8), "white").convert(mode)
    path = tmp_path / f"a b{suffix}"
    save_image(image, path)
    assert [p.name for p in tmp_path.iterdir()] == [path.name]
    opened = np.asarray(open_image(path)).astype(int)
    assert opened.shape == (8, 16, 3) and np.abs(opened - np.asarray(to_rgb(image))).max() <= 2
    name = suffix[1:].upper()
    assert Image.open(path).format == {"JPG": "JPEG", "TIF": "TIFF"}.get(name, name)


def test_saving_replaces_the_old_file_or_leaves_it(tmp_path: Path) -> None:
    path = tmp_path / "a.webp"
    save_image(picture(seed=1), path)
    before = path.read_bytes()
    message(lambda: save_image(Image.new("RGB", (17_000, 1)), path))  # too wide for WebP
    assert path.read_bytes() == before
    save_image(picture(seed=2), path)
    assert path.read_bytes() != before
    assert [p.name for p in tmp_path.iterdir()] == ["a.webp"]


def test_saving_through_a_link_keeps_the_link(tmp_path: Path) -> None:
    (tmp_path / "real.png").touch()
    link = tmp_path / "link.png"
    try:
        link.symlink_to("real.png")
    except OSError:
        pytest.skip("no links here")
    save_image(picture(), link)
    assert link.is_symlink() and same(open_image(tmp_path / "real.png"), picture())


def test_places_that_cannot_be_saved_to(tmp_path: Path) -> None:
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "file").write_text("no folder")
    for name, reason in [
        ("a.exe", ".png, .jpg"),
        ("noname", ".png, .jpg"),
        ("file/a.png", "cannot be written"),
        ("folder.png", "cannot be written"),
    ]:
        path = tmp_path / name
        text = message(lambda path=path: save_image(picture(), path))
        assert str(path) in text and reason in text
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file", "folder.png"]


# ---- how a file stores its picture ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "ending", "expected"),
    [
        ("RGB", ".png", (8, False, False)),
        ("RGB", ".jpg", (8, False, False)),
        ("L", ".jpg", (8, True, False)),
        ("1", ".png", (8, True, False)),
        ("RGBA", ".png", (8, False, True)),
        ("LA", ".png", (8, True, True)),
        ("RGBA", ".webp", (8, False, True)),
        ("P", ".gif", (8, False, False)),
        ("I;16", ".png", (16, True, False)),
        ("I;16", ".tif", (16, True, False)),
        ("F", ".tif", (32, True, False)),
    ],
)
def test_how_a_file_stores_its_picture(
    tmp_path: Path, mode: str, ending: str, expected: tuple[int, bool, bool]
) -> None:
    Image.new(mode, (7, 5)).save(tmp_path / f"x{ending}")
    stored = stored_as(tmp_path / f"x{ending}")
    assert stored.size == (7, 5)
    assert (stored.bits, stored.grey, stored.alpha) == expected


def test_deep_colour_is_noticed(tmp_path: Path) -> None:
    """A PNG of 16 bits a channel, which Pillow reads as 8; written by hand, because Pillow cannot."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 16, 2, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(bytes(7)))
    (tmp_path / "x.png").write_bytes(b"\x89PNG\r\n\x1a\n" + header + pixels + chunk(b"IEND", b""))
    assert stored_as(tmp_path / "x.png").bits == 16


def test_what_is_no_picture_is_stored_as_nothing(tmp_path: Path) -> None:
    (tmp_path / "x.png").write_text("words")
    for path in (tmp_path / "x.png", tmp_path / "missing.png", tmp_path):
        with pytest.raises(ImageError) as caught:
            stored_as(path)
        assert_one_sentence(caught.value)
