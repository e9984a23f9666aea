"""What happens to a drawing on the server, without a server."""

from __future__ import annotations

import base64
import io
import json
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw
from support import (
    FACADE,
    assert_one_sentence,
    make_checkpoint,
    make_label_checkpoint,
    noise_picture,
    shape_pair,
    tiny_generator,
)
from torch import nn

from pix2pix.critic import Critic, spread
from pix2pix.errors import CheckpointError, ConfigError, Pix2PixError
from pix2pix.images import decode_data_url
from pix2pix.saving import encode_data_url
from pix2pix.translator import Translator
from pix2pix.ui.draw.sketch import Sketcher
from pix2pix.ui.server.access import acting_for
from pix2pix.ui.settings import Settings
from pix2pix.ui.shared.formats import drawing_format, hub_model
from pix2pix.ui.shared.models import Models
from pix2pix.ui.shared.values import MAX_SEED

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
    {},
    optional={
        name: JSON | st.just(DRAWING) for name in ("number", "seed", "final", "drawing", "model", "overlay")
    },
)


@given(request=JSON | FRAME)
def test_whatever_is_sent_there_is_an_answer(sketcher: Sketcher, request: object) -> None:
    answer = sketcher.answer(request)
    assert set(answer) == {"number", "seed", "photo", "ms", "error", "critic", "critic_error"}
    assert isinstance(answer["number"], int)
    assert (answer["photo"] is None) == (answer["error"] is not None)
    if answer["error"] is not None:
        assert_one_sentence(answer["error"])
    json.dumps(answer)


@given(url=JSON)
def test_whatever_is_uploaded_there_is_a_sentence(sketcher: Sketcher, url: object) -> None:
    with pytest.raises(Pix2PixError) as caught:
        sketcher.start_from(url)
    assert_one_sentence(caught.value)


@pytest.mark.parametrize(
    "payload",
    [data_url(b"no picture", "image/jpeg"), "data:", data_url(b"\0" * 50_001), "data:image/png;base64,*"],
)
def test_a_bad_photo_gets_one_sentence(sketcher: Sketcher, payload: str) -> None:
    with pytest.raises(Pix2PixError) as caught:
        sketcher.start_from(payload)
    assert_one_sentence(caught.value)


@pytest.mark.parametrize("kind", ["image/png", "text/plain", "application/octet-stream", ""])
def test_the_content_of_a_photo_tells_what_it_is(sketcher: Sketcher, kind: str) -> None:
    edges = decode_data_url(sketcher.start_from(data_url(png(shape_pair(1, 64)[1]), kind)))
    assert edges.size == (32, 32)  # the model's
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


# ---- models, labels, the critic -----------------------------------------------------------------


@pytest.fixture(scope="module")
def label_model(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(make_label_checkpoint(tmp_path_factory.mktemp("models") / "labels"))


def label_drawing(*boxes: tuple[int, int, int, int], ground: int = 0) -> str:
    image = Image.new("RGB", (32, 32), FACADE.colours[ground])
    for box in boxes:
        ImageDraw.Draw(image).rectangle(box, fill=FACADE.colours[2])
    return encode_data_url(image)


def test_a_frame_names_its_model(sketcher: Sketcher, label_model: str) -> None:
    drawing = label_drawing((4, 4, 12, 12))
    answer = sketcher.answer({"number": 1, "final": True, "drawing": drawing, "model": label_model})
    expected = Translator.load(label_model).translate(decode_data_url(drawing), seed=0)
    assert np.array_equal(np.asarray(decode_data_url(answer["photo"])), np.asarray(expected))


def test_empty_paper_of_a_label_model_runs_nothing(sketcher: Sketcher, label_model: str) -> None:
    assert sketcher.photo(label_drawing(), model=label_model) is None
    assert sketcher.photo(BLANK, model=label_model) is None
    assert sketcher.photo(label_drawing(ground=2), model=label_model) is not None  # all window is drawn
    assert sketcher.photo(label_drawing(), model="") is not None  # for an edge model it is blue paint


def test_a_model_that_is_deleted_in_use_goes_on_and_one_that_never_was_is_explained(tmp_path: Path) -> None:
    model = make_label_checkpoint(tmp_path / "run")
    sketcher = Sketcher(Settings(runs=str(tmp_path)))
    frame = {"number": 1, "drawing": label_drawing((4, 4, 9, 9)), "model": str(model)}
    assert sketcher.answer(frame)["photo"]
    shutil.rmtree(model)
    assert sketcher.answer(frame)["photo"]
    assert_one_sentence(Sketcher(Settings()).answer(frame)["error"])


@pytest.mark.parametrize(
    "model", [5, [], {"a": 1}, True, "\ud800", "x\ny", "~nobody/..", "hf://", "hf://a b/c"]
)
def test_rubbish_for_a_model_gets_one_sentence(sketcher: Sketcher, model: object) -> None:
    for answer in (
        sketcher.answer({"number": 1, "drawing": DRAWING, "model": model}),
        sketcher.open({"number": 1, "model": model}) if model else sketcher.open({"hub": model}),
    ):
        assert_one_sentence(answer["error"])
        json.dumps(answer).encode()


def test_a_photo_model_is_not_drawn_for(sketcher: Sketcher, tmp_path: Path) -> None:
    model = str(make_checkpoint(tmp_path / "photo", input="photo"))
    with pytest.raises(ConfigError, match="Photo tab"):
        sketcher.photo(DRAWING, model=model)
    assert_one_sentence(sketcher.open({"number": 1, "model": model})["error"])
    assert Sketcher(Settings(model=model)).start_model() == "edges2photo"


def test_opening_a_model_tells_how_its_drawings_look(sketcher: Sketcher, label_model: str) -> None:
    answer = sketcher.open({"number": 3, "model": label_model, "critic": True})
    assert (answer["number"], answer["model"], answer["error"]) == (3, label_model, None)
    assert answer["critic_error"] is None
    found = answer["format"]
    assert (found["kind"], found["side"], found["paper"]) == ("labels", 32, "#0030ff")
    assert found["labels"][2] == {"name": "window", "color": "#0080ff"}
    assert found["key"] != sketcher.start_format()["key"]


@given(request=JSON | st.fixed_dictionaries({}, optional={"model": JSON, "hub": JSON, "critic": JSON}))
def test_whatever_is_opened_there_is_an_answer(sketcher: Sketcher, request: object) -> None:
    answer = sketcher.open(request)
    assert set(answer) == {"number", "model", "format", "error", "critic_error"}
    assert (answer["format"] is None) == (answer["error"] is not None)
    if answer["error"] is not None:
        assert_one_sentence(answer["error"])


def test_a_visitor_opens_nothing_from_outside(label_model: str) -> None:
    sketcher = Sketcher(Settings(runs=str(Path(label_model).parent)))
    for request in ({"hub": "owner/name"}, {"model": label_model}):
        with acting_for(owner=False):
            assert "Only the owner" in sketcher.open({"number": 1, **request})["error"]
    drawn = ["edges2photo", "edges2emoji", "labels2facade"]
    assert [choice["model"] for choice in sketcher.choices()] == drawn


def test_a_model_without_a_critic_still_draws(sketcher: Sketcher, tmp_path: Path) -> None:
    model = str(make_checkpoint(tmp_path / "model", gan_loss="none"))
    answer = sketcher.answer({"number": 1, "drawing": DRAWING, "model": model, "overlay": True})
    assert answer["photo"] and answer["critic"] is None
    assert_one_sentence(answer["critic_error"])
    opened = sketcher.open({"number": 1, "model": model, "critic": True})
    assert opened["format"]["critic"] is False and opened["error"] is None
    assert_one_sentence(opened["critic_error"])


def test_the_overlay_is_the_critics_map_of_this_photo(sketcher: Sketcher, tiny_model: Path) -> None:
    answer = sketcher.answer({"number": 1, "final": True, "drawing": DRAWING, "overlay": True})
    sent = answer["critic"]
    judgement = Critic.load(tiny_model).judge(decode_data_url(DRAWING), decode_data_url(answer["photo"]))
    cells = np.frombuffer(base64.b64decode(sent["cells"]), np.uint8).reshape(sent["rows"], sent["columns"])
    assert np.abs(cells / 255 - judgement.realness.numpy()).max() <= 0.5 / 255 + 1e-6
    # What the page needs to lay it out: the places of `critic.spread`.
    assert (sent["first"], sent["step"]) == (judgement.geometry.centre(0), judgement.geometry.step)
    assert spread(judgement.realness, judgement.geometry, sent["seen"], sent["seen"]).shape == (32, 32)


def test_labels_are_opened_in_exactly_the_palettes_colours(sketcher: Sketcher, label_model: str) -> None:
    picture = Image.new("RGB", (90, 60), FACADE.colours[0])
    ImageDraw.Draw(picture).rectangle((20, 20, 50, 40), fill=FACADE.colours[3])
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG")
    taken = decode_data_url(sketcher.start_from(data_url(buffer.getvalue(), "image/jpeg"), label_model))
    assert taken.size == (32, 32)
    assert {colour for _, colour in taken.getcolors()} == {FACADE.colours[i] for i in (0, 1, 3)}


def test_models_of_a_kind_share_a_key(tmp_path: Path) -> None:
    sketcher = Sketcher(Settings())

    def key(name: str, **options: object) -> str:
        model = make_label_checkpoint(tmp_path / name, **options)  # type: ignore[arg-type]
        return drawing_format(sketcher.models.config(str(model)))["key"]

    assert key("a") == key("b", noise=False)
    assert key("a") != key("c", image_size=64)
    emoji, photo = (sketcher.models.config(name) for name in ("edges2emoji", "edges2photo"))
    assert drawing_format(emoji)["key"] != drawing_format(photo)["key"]  # each has its own examples
    plain = make_checkpoint(tmp_path / "plain", input="labels")
    assert drawing_format(sketcher.models.config(str(plain)))["labels"]


def test_a_missing_model_leaves_the_usual_format(tmp_path: Path, tiny_model: Path) -> None:
    for model in ("hf://owner/name", str(tmp_path)):  # and nothing is fetched
        found = Sketcher(Settings(model=model)).start_format()
        assert (found["side"], found["lineWidth"]) == (256, [1, 6])
    found = Sketcher(Settings(model=str(tiny_model))).start_format()
    assert (found["side"], found["lineWidth"]) == (32, [1, 6])  # its (1, 1) is no choice


@pytest.mark.parametrize(
    "typed",
    [
        "me/shoes",
        " me/shoes ",
        "hf://me/shoes",
        "https://huggingface.co/me/shoes/",
        "huggingface.co/me/shoes",
    ],
)
def test_a_hub_id_may_be_typed_in_several_ways(typed: str) -> None:
    assert hub_model(typed) == "hf://me/shoes"
    assert hub_model("me/shoes@v1") == "hf://me/shoes@v1"


@pytest.mark.parametrize("typed", ["", "shoes", "a/b/c", None, 5, "a b/c", "https://example.com/a/b"])
def test_what_is_no_hub_id_is_said(typed: object) -> None:
    with pytest.raises(CheckpointError) as caught:
        hub_model(typed)
    assert_one_sentence(caught.value)


# ---- the last frame of a stroke ------------------------------------------------------------------


@pytest.mark.parametrize("visitor", ["me", "somebody else"])
@pytest.mark.parametrize("busy", ["generator", "discriminator"])
def test_the_last_frame_calls_off_the_one_before_it(tiny_model: Path, visitor: str, busy: str) -> None:
    begun, go_on, answers = threading.Event(), threading.Event(), {}

    def hold(*_: object) -> None:
        """In the first such network that runs, after its first layer."""
        if not begun.is_set():
            begun.set()
            assert go_on.wait(60)

    def held(network: nn.Module) -> None:
        first = next(one for one in network.modules() if isinstance(one, nn.Conv2d))
        first.register_forward_hook(hold)

    def load(model: str) -> Translator:
        translator = Translator.load(model)
        if busy == "generator":
            held(translator._generator)
        return translator

    def load_critic(model: str) -> Critic:
        critic = Critic.load(model)
        if busy == "discriminator":
            held(critic._discriminator)
        return critic

    settings = Settings(model=str(tiny_model))
    sketcher = Sketcher(settings, Models(settings, load, load_critic))

    def ask(how: Callable[..., dict[str, Any]], number: int, who: str) -> threading.Thread:
        final = how == sketcher.last
        request = {"number": number, "drawing": DRAWING, "final": final, "overlay": not final}
        thread = threading.Thread(target=lambda: answers.update({number: how(request, who)}))
        thread.start()
        return thread

    live = ask(sketcher.live, 1, "me")
    assert begun.wait(60)
    last = ask(sketcher.last, 2, visitor)
    last.join(60 if busy == "discriminator" else 0.2)  # a photo waits for its turn, a judgement holds up none
    assert (2 in answers) == (busy == "discriminator")
    go_on.set()
    for thread in (live, last):
        thread.join(60)
    assert answers[2]["photo"] and answers[1]["number"] == 1 and answers[1]["error"] is None
    assert (answers[1]["photo"] is None) == (visitor == "me")
