"""A photo on the server: opened safely, translated at its own size, blended, sent back bare."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from support import assert_one_sentence, identity_generator, make_checkpoint, noise_picture, tiny_generator

from pix2pix.edges import photo_to_edges
from pix2pix.errors import ConfigError, ImageError, Pix2PixError
from pix2pix.images import StoredAs, format_of, letterbox, stored_as, unletterbox
from pix2pix.saving import encode_image
from pix2pix.translator import Translator
from pix2pix.ui.photo.darkroom import ENDINGS, Darkroom, Photo, blend, download, plain
from pix2pix.ui.settings import Settings
from pix2pix.ui.shared.models import Models
from pix2pix.ui.shared.pictures import MOST_UPLOAD, make_smaller, shown


def darkroom(model: Path, **settings: object) -> Darkroom:
    values = Settings(model=str(model), **{"runs": str(model / "no runs"), **settings})  # type: ignore[arg-type]
    return Darkroom(values, Models(values))


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    network = tiny_generator(norm="instance", halvings=3, head="relight")
    return make_checkpoint(tmp_path_factory.mktemp("models") / "night", network, input="photo", name="night")


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_checkpoint(tmp_path_factory.mktemp("models") / "lines", name="lines")


def stored(path: Path, image: Image.Image, format: str = "PNG", **options: object) -> Path:
    image.save(path, format, **options)
    return path


def as_photo(image: Image.Image, format: str = "PNG") -> Photo:
    return Photo(image, format, image.size, StoredAs(image.size, 8, False, False, False))


# ---- what is opened ------------------------------------------------------------------------------


@pytest.mark.parametrize("format", ENDINGS)
def test_the_format_is_told_by_the_content(tmp_path: Path, night: Path, format: str) -> None:
    path = stored(tmp_path / "photo.txt", noise_picture(40, 30), format)
    photo = darkroom(night).open(path)
    assert (photo.format, photo.image.size, photo.reduced) == (format, (40, 30), False)


def test_a_photo_that_is_too_large_is_reduced_and_keeps_its_aspect(tmp_path: Path, night: Path) -> None:
    room = darkroom(night, photo_side=64)
    for size, expected in (((300, 200), (64, 43)), ((10, 640), (1, 64)), ((64, 64), (64, 64))):
        photo = room.open(stored(tmp_path / "p.png", noise_picture(*size)))
        assert photo.image.size == expected and photo.size == size
        assert photo.reduced == (size != expected)


def test_a_turned_photo_is_upright_and_alpha_is_white(tmp_path: Path, night: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    picture = Image.new("RGB", (40, 20), "black")
    photo = darkroom(night).open(stored(tmp_path / "turned.jpg", picture, "JPEG", exif=exif))
    assert photo.image.size == (20, 40)
    clear = darkroom(night).open(stored(tmp_path / "clear.png", Image.new("RGBA", (9, 9), (0, 0, 0, 0))))
    assert clear.image.getpixel((4, 4)) == (255, 255, 255)


def test_deep_grey_and_cmyk_are_opened(tmp_path: Path, night: Path) -> None:
    deep = Image.fromarray(np.linspace(0, 65535, 256).astype(np.uint16).reshape(16, 16))
    photo = darkroom(night).open(stored(tmp_path / "deep.png", deep))
    assert photo.image.getextrema()[0] == (0, 255)
    cmyk = darkroom(night).open(stored(tmp_path / "c.jpg", Image.new("CMYK", (9, 9), (255, 0, 0, 0)), "JPEG"))
    red, green, blue = cmyk.image.getpixel((4, 4))  # type: ignore[misc]
    assert red < 60 < 120 < min(green, blue)


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n broken"])
def test_what_is_no_photo_is_one_sentence_without_a_path(tmp_path: Path, night: Path, content: bytes) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(content)
    with pytest.raises(ImageError) as caught:
        darkroom(night).open(path)
    assert_one_sentence(caught.value)
    assert str(tmp_path) not in str(caught.value)


def test_large_files_bombs_and_files_that_are_gone_are_one_sentence(tmp_path: Path, night: Path) -> None:
    large = tmp_path / "large.png"
    large.write_bytes(bytes(1001))
    bomb = stored(tmp_path / "bomb.png", Image.new("1", (8_100, 8_000)))
    for path, limit in ((large, 1000), (bomb, 10_000_000), (tmp_path / "gone.png", 1000)):
        with pytest.raises(ImageError) as caught:
            darkroom(night, upload_bytes=limit).open(path)
        assert_one_sentence(caught.value)


# ---- what is made of it ---------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(300, 200), (31, 500), (1, 1), (640, 368)])
def test_a_photo_model_translates_at_the_photos_size(night: Path, size: tuple[int, int]) -> None:
    picture = noise_picture(*size)
    made = darkroom(night).translate(as_photo(picture), "", seed=3)
    assert made.lines is None and made.enlarged == 1 and made.model == "night"
    assert made.before is picture and made.after.size == size
    assert made.after.tobytes() == Translator.load(night).translate(picture, seed=3).tobytes()


def test_a_model_of_edges_gets_the_traced_lines(lines: Path) -> None:
    picture = Image.new("RGB", (90, 60), "white")
    picture.paste((120, 30, 30), (20, 15, 70, 45))
    made = darkroom(lines).translate(as_photo(picture), str(lines), seed=2)
    page, (_, box) = photo_to_edges(picture, size=32), letterbox(picture, 32)
    assert made.lines is not None and made.lines.tobytes() == page.crop(box).tobytes()
    assert made.lines.getextrema()[0] == (0, 255)  # there are lines on it
    expected = unletterbox(Translator.load(lines).translate(page, seed=2), box, picture.size)
    assert made.after.size == picture.size and made.after.tobytes() == expected.tobytes()
    more = darkroom(lines).translate(
        as_photo(noise_picture(90, 60).resize((900, 600))), str(lines), detail=1.0
    )
    fewer = darkroom(lines).translate(
        as_photo(noise_picture(90, 60).resize((900, 600))), str(lines), detail=0.0
    )
    assert more.lines and fewer.lines
    assert np.asarray(more.lines).mean() < np.asarray(fewer.lines).mean()


def test_a_model_that_sharpens_gets_an_enlarged_photo(tmp_path: Path) -> None:
    model = make_checkpoint(
        tmp_path / "model", identity_generator(), input="photo", made="lowres", recipe={"factor": 2}
    )
    room = darkroom(model, photo_side=100)
    made = room.translate(as_photo(noise_picture(40, 20)), "")
    assert made.enlarged == 2 and made.before.size == made.after.size == (80, 40)
    capped = room.translate(as_photo(noise_picture(80, 20)), "")
    assert capped.enlarged == 1.25 and capped.after.size == (100, 25)
    assert room.translate(as_photo(noise_picture(100, 20)), "").enlarged == 1


def test_the_first_model_for_photos_is_the_default(
    tmp_path: Path, lines: Path, night: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = darkroom(lines)
    assert room.default_model() == "day2night"
    monkeypatch.setattr("pix2pix.ui.shared.models.available_models", list)
    assert room.default_model() == str(lines)  # there is none for photos: the set one traces
    run = tmp_path / "runs" / "dusk"
    make_checkpoint(run / "checkpoint", tiny_generator(norm="instance", head="relight"), input="photo")
    assert darkroom(lines, runs=str(tmp_path / "runs")).default_model() == str(run)


@pytest.mark.parametrize(
    "options",
    [
        {"seed": -1},
        {"seed": "a"},
        {"detail": 2},
        {"detail": None},
        {"detail": float("nan")},
        {"model": "none"},
    ],
)
def test_what_cannot_be_is_one_sentence(lines: Path, options: dict[str, object]) -> None:
    with pytest.raises(Pix2PixError) as caught:
        darkroom(lines).translate(as_photo(noise_picture(9, 9)), **{"model": "", **options})  # type: ignore[arg-type]
    assert_one_sentence(caught.value)


def test_a_model_of_labels_says_that_it_takes_no_photos(tmp_path: Path) -> None:
    model = make_checkpoint(tmp_path / "model", input="labels")
    with pytest.raises(ConfigError, match="label maps") as caught:
        darkroom(model).translate(as_photo(noise_picture(9, 9)), str(model))
    assert_one_sentence(caught.value)


# ---- strength -------------------------------------------------------------------------------------


def test_the_strength_mixes_the_two_pixel_by_pixel() -> None:
    before, after = noise_picture(50, 40, 1), noise_picture(50, 40, 2)
    assert blend(before, after, 0).tobytes() == before.tobytes()
    assert blend(before, after, 1.0).tobytes() == after.tobytes()
    for share in (0.01, 0.25, 0.5, 0.77):
        exact = (1 - share) * np.asarray(before, float) + share * np.asarray(after, float)
        assert np.abs(np.asarray(blend(before, after, share)) - exact).max() <= 1
    half = (np.asarray(before, int) + np.asarray(after, int) + 1) // 2
    assert np.array_equal(blend(before, after, 0.5), half)  # rounded, not cut off
    with pytest.raises(ConfigError) as caught:
        blend(before, after, 1.5)
    assert_one_sentence(caught.value)


# ---- what goes out --------------------------------------------------------------------------------


@pytest.mark.parametrize("format", ENDINGS)
@pytest.mark.parametrize("strength", [0.0, 0.5, 1.0])
def test_a_download_has_the_photos_format_and_nothing_of_the_camera(
    tmp_path: Path, night: Path, format: str, strength: float
) -> None:
    exif = Image.Exif()
    exif[0x010F] = "SECRETCAMERA"
    options: dict[str, object] = {"comment": b"SECRETNOTE"} if format in ("JPEG", "GIF") else {}
    if format in ("JPEG", "PNG", "WEBP", "TIFF"):
        options |= {"exif": exif, "icc_profile": b"SECRETPROFILE"}
    path = stored(tmp_path / "photo", noise_picture(48, 32), format, **options)
    assert b"SECRET" in path.read_bytes() or format == "BMP"
    room = darkroom(night)
    name, data = download(room.translate(room.open(path), ""), strength, "My photo.of it.jpeg")
    assert name == f"My_photo_of_it-night{ENDINGS[format]}"
    assert format_of(data) == format and b"SECRET" not in data
    result = Image.open(io.BytesIO(data))
    assert result.size == (48, 32) and "icc_profile" not in result.info
    assert format == "TIFF" or not result.getexif()  # a TIFF keeps its size there
    assert b"SECRET" not in shown(room.open(path).image)


@pytest.mark.parametrize("format", ["PNG", "BMP", "TIFF"])
def test_lossless_formats_lose_nothing(format: str) -> None:
    picture = noise_picture(30, 20)
    assert Image.open(io.BytesIO(encode_image(picture, format))).convert("RGB").tobytes() == picture.tobytes()


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("C:\\me\\holiday.jpg", "holiday"),
        ("/home/me/../holiday.tar.png", "holiday_tar"),
        ("노을 1.png", "노을_1"),
        ("<b>.png", "b"),
        ("", "photo"),
        ("...", "photo"),
        ("a" * 300 + ".png", "a" * 60),
    ],
)
def test_names_are_made_plain(name: str, stem: str) -> None:
    assert plain(name) == stem


def test_a_file_that_went_with_its_visitor_stays_gone(tmp_path: Path) -> None:
    noise_picture(600, 500).save(tmp_path / "mine.bmp")
    how = stored_as(tmp_path / "mine.bmp")
    make_smaller(tmp_path / "gone.bmp", noise_picture(600, 500), how)
    assert not (tmp_path / "gone.bmp").exists()
    make_smaller(tmp_path / "mine.bmp", noise_picture(600, 500), how)
    assert (tmp_path / "mine.bmp").stat().st_size <= MOST_UPLOAD
    assert len(list(tmp_path.iterdir())) == 1
