"""What is kept of a visitor with a photo: next to nothing in memory, and nothing after they left."""

from __future__ import annotations

import pickle
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support import make_checkpoint, noise_picture, tiny_generator
from visitor import HTTP, App, Visitor, running

from pix2pix.images import open_image
from pix2pix.translator import Translator
from pix2pix.ui import Settings
from pix2pix.ui.photo.shelf import Shelf

VISITORS = 40
WIDTH, HEIGHT = 160, 120  # 58 kB of pixels


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    network = tiny_generator(norm="instance", halvings=3, head="relight")
    return make_checkpoint(tmp_path_factory.mktemp("models") / "night", network, input="photo")


@pytest.fixture(scope="module")
def app(night: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    temporary = tmp_path_factory.mktemp("gradio")
    settings = Settings(model=str(night), runs=str(temporary / "runs"))
    with running(settings, temporary) as app:
        yield app


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("photos") / "mine.png"
    noise_picture(WIDTH // 20, HEIGHT // 20).resize((WIDTH, HEIGHT)).save(path)
    return path


def listener(app: App, name: str) -> Any:
    """Of the Photo tab."""
    return next(
        fn for fn in app.demo.fns.values() if fn.name == name and fn.fn.__module__ == "pix2pix.ui.photo.tab"
    )


def translated(
    app: App, night: Path, file: dict[str, Any], *events: str, visitor: Visitor | None = None
) -> Visitor:
    """A visitor whose photo is translated, as the page does it by these events."""
    visitor = visitor or Visitor(app)
    visitor.set("photo-input", file)
    visitor.set("photo-way", "photo")
    visitor.set("photo-model", str(night))
    for name in events or ("answer", "show"):
        answer = visitor.send(listener(app, name))
        assert not answer.error and not answer.told
    return visitor


def in_memory(app: App, visitor: Visitor) -> int:
    """Bytes of all that the server keeps of a visitor between two events."""
    state = app.demo.state_holder.session_data[visitor.session].state_data
    return sum(len(pickle.dumps(value)) for value in state.values())


def on_disk(visitor: Visitor) -> int:
    return sum(path.stat().st_size for path in Shelf().folder(visitor.session).rglob("*") if path.is_file())


def leave(app: App, visitor: Visitor) -> None:
    """Close the page: the line that it keeps open ends."""
    with HTTP.stream("GET", f"{app.url}gradio_api/heartbeat/{visitor.session}") as line:
        next(line.iter_lines())
    end = time.monotonic() + 30
    while Shelf().folder(visitor.session).exists() and time.monotonic() < end:
        time.sleep(0.02)


def test_many_visitors_with_a_photo_each(app: App, night: Path, photo: Path) -> None:
    (file,) = Visitor(app).upload(photo)
    visitors = [translated(app, night, file, "answer") for _ in range(VISITORS)]
    pixels = WIDTH * HEIGHT * 3
    assert max(in_memory(app, visitor) for visitor in visitors) < 5000 < pixels
    assert 0 < max(on_disk(visitor) for visitor in visitors) < pixels
    for visitor in visitors[:3]:
        leave(app, visitor)
    assert [on_disk(visitor) for visitor in visitors[:3]] == [0, 0, 0]
    assert all(on_disk(visitor) for visitor in visitors[3:])  # nobody else's


def test_the_download_is_the_whole_translation(app: App, night: Path, photo: Path) -> None:
    visitor = translated(app, night, *Visitor(app).upload(photo))
    file = visitor.send(listener(app, "make_file")).values[0]
    expected = Translator.load(night).translate(open_image(photo), seed=0)
    assert open_image(file["path"]).tobytes() == expected.tobytes()
    visitor.set("photo-strength", 0)
    file = visitor.send(listener(app, "make_file")).values[0]
    assert open_image(file["path"]).tobytes() == open_image(photo).tobytes()


def test_the_strength_mixes_what_the_page_shows(app: App, night: Path, photo: Path) -> None:
    visitor = translated(app, night, *Visitor(app).upload(photo))
    before, whole = (open_image(one["path"]) for one in visitor.shown("photo-slider"))
    visitor.set("photo-strength", 50)
    visitor.send(listener(app, "show_after"))
    half = open_image(visitor.shown("photo-slider")[1]["path"])
    for x, y in ((10, 10), (80, 60), (150, 110)):
        middle = [(a + b) / 2 for a, b in zip(before.getpixel((x, y)), whole.getpixel((x, y)), strict=True)]
        assert half.getpixel((x, y)) == pytest.approx(middle, abs=12)  # JPEGs


def test_what_is_gone_is_said(app: App, night: Path, photo: Path) -> None:
    visitor = translated(app, night, *Visitor(app).upload(photo))
    shutil.rmtree(Shelf().folder(visitor.session))  # as after an hour
    (told,) = visitor.send(listener(app, "show_after")).told
    assert "no longer here" in told


def test_a_model_that_changed_is_said(app: App, night: Path, photo: Path) -> None:
    visitor = translated(app, night, *Visitor(app).upload(photo))
    (night / "config.json").touch()
    answer = visitor.send(listener(app, "make_file"))
    assert answer.told == ["The model has changed since: translate the photo again."]
    assert answer.values == [None]


BEYOND = {"Host": "studio.example"}  # so that it is no owner's


def test_a_visitors_large_photo_is_a_megabyte_at_most_until_they_leave(
    app: App, night: Path, photo: Path, tmp_path: Path
) -> None:
    large = tmp_path / "large.bmp"
    noise_picture(1000, 750).save(large)  # 2.3 MB, which no JPEG makes small
    visitor = Visitor(app, **BEYOND)
    (file,) = visitor.upload(large)
    translated(app, night, file, "answer", "show", visitor=visitor)
    for strength in (30, 60, 90):
        visitor.set("photo-strength", strength)
        visitor.send(listener(app, "show_after"))
    told = visitor.send(listener(app, "answer")).values[1]["lines"]
    assert told[0]["width"] < 1000 and "photo_reduced" in [line["key"] for line in told]  # it is said
    assert 0 < Path(file["path"]).stat().st_size + on_disk(visitor) < 1_000_000
    saved = visitor.send(listener(app, "make_file")).values[0]
    assert saved["orig_name"].endswith(".bmp")
    (other,) = visitor.upload(photo)
    translated(app, night, other, visitor=visitor)
    assert not Path(file["path"]).exists() and Path(other["path"]).exists()
    leave(app, visitor)
    assert not Path(other["path"]).exists()


def test_what_the_api_makes_goes_with_its_visitor(app: App, night: Path, tmp_path: Path) -> None:
    frames = [noise_picture(30, 30, seed).resize((120, 120)) for seed in range(2)]
    frames[0].save(tmp_path / "moving.gif", save_all=True, append_images=frames[1:])
    before = set(Shelf().place.parent.rglob("*.gif"))
    visitor, translate = Visitor(app, **BEYOND), listener(app, "translate")
    (file,) = visitor.upload(tmp_path / "moving.gif")
    for block, value in zip(translate.inputs, (file, str(night), 0, 1.0), strict=True):
        visitor.values[block._id] = value
    answer = visitor.send(translate)
    assert answer.told == ["moving.gif holds more than one picture: only the first is used."]
    assert open_image(answer.values[0]["path"]).size == (120, 120)
    leave(app, visitor)
    assert set(Shelf().place.parent.rglob("*.gif")) == before


def test_a_file_that_another_visitor_uploaded_too_stays_theirs(app: App, night: Path, photo: Path) -> None:
    first, second = Visitor(app, **BEYOND), Visitor(app, **BEYOND)
    (file,) = first.upload(photo)
    for visitor in (first, second):
        translated(app, night, file, "answer", visitor=visitor)
    leave(app, first)
    assert Path(file["path"]).exists()
    leave(app, second)
    assert not Path(file["path"]).exists()


def test_nobody_can_have_a_file_deleted_that_was_not_uploaded(app: App, photo: Path) -> None:
    visitor = Visitor(app, **BEYOND)
    (file,) = visitor.uploaded(photo)
    visitor.set("photo-input", file)
    visitor.send(listener(app, "answer"))
    leave(app, visitor)
    assert photo.exists()


def test_the_owners_photo_stays_as_it_is(app: App, night: Path, tmp_path: Path) -> None:
    large = tmp_path / "large.bmp"
    noise_picture(600, 500).save(large)
    visitor = Visitor(app)
    (file,) = visitor.upload(large)
    translated(app, night, file, visitor=visitor)
    assert Path(file["path"]).read_bytes() == large.read_bytes()
