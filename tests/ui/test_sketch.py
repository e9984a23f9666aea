"""What happens to a drawing on the server, without a server."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw
from support import assert_one_sentence, make_checkpoint, noise_picture, shape_pair, tiny_generator

from pix2pix.errors import CheckpointError, Pix2PixError
from pix2pix.images import decode_data_url, encode_data_url
from pix2pix.translator import Translator
from pix2pix.ui.models import Models
from pix2pix.ui.settings import Settings
from pix2pix.ui.sketch import MAX_SEED, Sketcher

DRAWING = encode_data_url(shape_pair(0, 32)[0])
BLANK = encode_data_url(Image.new("RGB", (32, 32), "white"))


@pytest.fixture(scope="module")
def sketcher(tiny_model: Path) -> Sketcher:
    return Sketcher(
        Settings(model=str(tiny_model), drawing_bytes=20_000, drawing_side=64, upload_bytes=50_000)
    )


def sketcher_of(settings: Settings, load: Callable[[str], Translator]) -> Sketcher:
    return Sketcher(settings, Models(settings, load))


def data_url(data: bytes, kind: str = "image/png") -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def test_a_frame_gets_its_photo(sketcher: Sketcher, tiny_model: Path) -> None:
    answer = sketcher.answer({"number": 7, "seed": 3, "final": True, "drawing": DRAWING})
    assert answer["number"] == 7 and answer["seed"] == 3 and answer["error"] is None and answer["ms"] > 0
    photo = decode_data_url(answer["photo"])
    expected = Translator.load(tiny_model).translate(decode_data_url(DRAWING), seed=3)
    assert np.array_equal(np.asarray(photo), np.asarray(expected))  # PNG: without loss


def test_frames_in_between_are_small(sketcher: Sketcher) -> None:
    answer = sketcher.answer({"number": 1, "seed": 0, "final": False, "drawing": DRAWING})
    assert answer["photo"].startswith("data:image/jpeg;base64,")


def test_the_seed_chooses_the_noise(tmp_path: Path) -> None:
    model = make_checkpoint(tmp_path / "model", tiny_generator(width=4))
    sketcher = Sketcher(Settings(model=str(model)))
    photos = [sketcher.photo(DRAWING, seed) for seed in (0, 0, 1)]
    same, again, other = (np.asarray(photo.image) for photo in photos if photo)
    assert np.array_equal(same, again)
    assert not np.array_equal(same, other)


def test_a_blank_drawing_runs_nothing() -> None:
    def load(model: str) -> Translator:
        raise AssertionError("the model was asked for")

    sketcher = sketcher_of(Settings(), load)
    assert sketcher.photo(BLANK) is None
    answer = sketcher.answer({"number": 4, "seed": 0, "drawing": BLANK})
    assert (answer["number"], answer["photo"], answer["error"]) == (4, None, None)


def test_a_stroke_of_one_pixel_is_not_blank(sketcher: Sketcher) -> None:
    image = Image.new("RGB", (32, 32), "white")
    ImageDraw.Draw(image).point((5, 5), "black")
    assert sketcher.photo(encode_data_url(image)) is not None


RUBBISH = {
    "nothing": None,
    "a number": 3,
    "a nested object": {"drawing": {"drawing": [DRAWING]}},
    "a file path": "/etc/passwd",
    "an address": "http://localhost/picture.png",
    "no base64": "data:image/png;base64,???",
    "not a picture": data_url(b"hello"),
    "another type": data_url(png(Image.new("RGB", (32, 32))), "image/svg+xml"),
    "a JPEG in a PNG's name": encode_data_url(shape_pair(0, 32)[0], "JPEG").replace("jpeg", "png"),
    "a truncated PNG": data_url(png(noise_picture(32, 32))[:-200]),
    "too many bytes": data_url(png(noise_picture(90, 90))),
    "too wide": data_url(png(Image.new("L", (65, 1)))),
    "a bomb": data_url(png(Image.new("1", (9_000, 9_000)))),
}


@pytest.mark.parametrize("drawing", RUBBISH.values(), ids=RUBBISH.keys())
def test_rubbish_gets_one_sentence(sketcher: Sketcher, drawing: object) -> None:
    answer = sketcher.answer({"number": 1, "seed": 0, "drawing": drawing})
    assert answer["photo"] is None
    assert_one_sentence(answer["error"])
    with pytest.raises(Pix2PixError):
        sketcher.photo(drawing)


@pytest.mark.parametrize("seed", [-1, MAX_SEED + 1, 0.5, float("nan"), float("inf"), "1", True, None, [0]])
def test_a_seed_is_a_whole_number(sketcher: Sketcher, seed: object) -> None:
    answer = sketcher.answer({"number": 1, "seed": seed, "drawing": DRAWING})
    assert_one_sentence(answer["error"])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda children: (
        st.lists(children, max_size=3) | st.dictionaries(st.text(max_size=8), children, max_size=3)
    ),
    max_leaves=8,
)
FRAME = st.fixed_dictionaries(
    {}, optional={name: JSON | st.just(DRAWING) for name in ("number", "seed", "final", "drawing")}
)


@given(request=JSON | FRAME)
def test_whatever_is_sent_there_is_an_answer(sketcher: Sketcher, request: object) -> None:
    answer = sketcher.answer(request)
    assert set(answer) == {"number", "seed", "photo", "ms", "error"}
    assert isinstance(answer["number"], int)
    assert (answer["photo"] is None) == (answer["error"] is not None)
    if answer["error"] is not None:
        assert_one_sentence(answer["error"])
    json.dumps(answer)


@given(url=JSON)
def test_whatever_is_uploaded_there_is_a_sentence(sketcher: Sketcher, url: object) -> None:
    with pytest.raises(Pix2PixError) as caught:
        sketcher.edges(url)
    assert_one_sentence(caught.value)


@pytest.mark.parametrize(
    "payload",
    [data_url(b"no picture", "image/jpeg"), "data:", data_url(b"\0" * 50_001), "data:image/png;base64,*"],
)
def test_a_bad_photo_gets_one_sentence(sketcher: Sketcher, payload: str) -> None:
    with pytest.raises(Pix2PixError) as caught:
        sketcher.edges(payload)
    assert_one_sentence(caught.value)


@pytest.mark.parametrize("kind", ["image/png", "text/plain", "application/octet-stream", ""])
def test_the_content_of_a_photo_tells_what_it_is(sketcher: Sketcher, kind: str) -> None:
    edges = decode_data_url(sketcher.edges(data_url(png(shape_pair(1, 64)[1]), kind), side=64))
    assert edges.size == (64, 64)
    assert 0 < np.mean(np.asarray(edges) < 128) < 0.3


def test_a_missing_model_is_explained_and_looked_for_again(tmp_path: Path) -> None:
    calls: list[str] = []
    folder = tmp_path / "model"

    def load(model: str) -> Translator:
        calls.append(model)
        return Translator.load(model)

    sketcher = sketcher_of(Settings(model=str(folder)), load)
    for _ in range(3):
        error = sketcher.answer({"number": 1, "seed": 0, "drawing": DRAWING})["error"]
        assert_one_sentence(error)
    assert len(calls) == 1  # not for every frame of a stroke
    make_checkpoint(folder)
    sketcher.models.retry_seconds = 0.0
    assert sketcher.answer({"number": 2, "seed": 0, "drawing": DRAWING})["photo"]


def test_a_damaged_model_is_explained(tmp_path: Path) -> None:
    folder = make_checkpoint(tmp_path / "model")
    (folder / "generator.safetensors").write_bytes(b"damaged")
    sketcher = Sketcher(Settings(model=str(folder)))
    with pytest.raises(CheckpointError):
        sketcher.models.translator()
    assert_one_sentence(sketcher.answer({"number": 1, "seed": 0, "drawing": DRAWING})["error"])


def test_the_model_is_loaded_once_for_all_threads(tiny_model: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    calls: list[str] = []

    def load(model: str) -> Translator:
        calls.append(model)
        return Translator.load(model)

    sketcher = sketcher_of(Settings(model=str(tiny_model)), load)
    with ThreadPoolExecutor(8) as pool:
        photos = list(pool.map(lambda seed: sketcher.photo(DRAWING, seed % 2), range(16)))
    assert len(calls) == 1
    pictures = [photo.image.tobytes() for photo in photos if photo]
    assert len(pictures) == 16
    assert len(set(pictures[::2])) == len(set(pictures[1::2])) == 1


def test_warming_up_reports_a_missing_model_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sketcher = Sketcher(Settings(model=str(tmp_path / "none")))
    sketcher.warm_up().join()
    assert_one_sentence(capsys.readouterr().out.removeprefix("pix2pix: ").strip())
