"""Examples, photos instead of drawings, versions, downloads, and what a visitor is told."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page, expect
from sketchpad import SIDE, Sketchpad
from support import assert_one_sentence

LINE = ((40.0, 60.0), (200.0, 60.0))


def test_every_example_loads_as_strokes_that_can_be_undone(pad: Sketchpad) -> None:
    own = pad.draw(*LINE)
    seen = [own]
    names = pad.page.locator("[data-example]").evaluate_all("tiles => tiles.map((t) => t.dataset.example)")
    assert len(names) >= 8
    for name in names:
        pad.page.locator(f"[data-example='{name}']").click()
        pad.settle()
        assert (pad.drawing < 255).mean() > 0.01
        assert not any(np.array_equal(pad.drawing, other) for other in seen), name
        seen.append(pad.drawing)
    pad.do("undo")
    pad.settle()
    without_last_stroke = pad.drawing
    assert 0 < (without_last_stroke != seen[-1]).any(axis=2).mean() < 0.1
    assert (without_last_stroke < 255).any()


def test_an_example_does_not_lose_the_drawing(pad: Sketchpad) -> None:
    pad.clear()
    own = pad.draw(*LINE)
    pad.page.locator("[data-example='boot']").click()
    pad.settle()
    for _ in range(60):
        if np.array_equal(pad.drawing, own):
            break
        pad.do("undo")
        pad.page.wait_for_function("() => !document.querySelector('.p2p').hasAttribute('data-pending')")
    assert np.array_equal(pad.drawing, own)


def test_the_drawing_survives_a_reload_of_its_tab(pad: Sketchpad, tmp_path: Path) -> None:
    pad.clear()
    choose(pad, disc(tmp_path / "photo.png"))
    pad.page.locator("[data-photo]").wait_for(state="visible")
    pad.do("another")
    kept = pad.draw(*LINE)
    pad.draw((40, 200), (200, 200))
    pad.do("undo")
    pad.settle()
    pad.page.reload()
    pad.settle()
    assert pad.page.locator("[data-seed]").input_value() == "1"
    pad.do("redo")
    pad.do("undo")
    pad.settle()
    assert np.array_equal(pad.drawing, kept)
    pad.do("undo")
    pad.settle()
    assert (pad.drawing < 255).any()  # the photo's edges


def test_with_a_full_store_no_older_drawing_comes_back(pad: Sketchpad) -> None:
    pad.clear()
    older = pad.draw(*LINE)
    pad.page.reload()  # keeps it
    pad.settle()
    assert np.array_equal(pad.drawing, older)
    pad.page.evaluate(
        """() => {
          for (let size = 2 ** 22; size >= 1; size = Math.floor(size / 2)) {
            try {
              for (let n = 0; ; n += 1) sessionStorage.setItem(`${size} ${n}`, "x".repeat(size));
            } catch {}
          }
        }"""
    )
    pad.draw((40, 200), (200, 200))
    pad.page.reload()
    pad.page.locator("[data-seed]").wait_for()
    pad.page.wait_for_timeout(1000)  # for what is kept to be shown
    assert not np.array_equal(pad.drawing, older)


def test_a_version_is_another_photo_and_a_seed_always_the_same(pad: Sketchpad) -> None:
    first = pad.photo_url
    pad.do("another")
    pad.settle()
    second = pad.photo_url
    assert pad.page.locator("[data-seed]").input_value() == "1"
    assert second != first
    pad.do("reset-seed")
    pad.settle()
    assert pad.photo_url == first  # to the last pixel
    expect(pad.page.locator("[data-do='reset-seed']")).to_be_disabled()
    pad.page.locator("[data-seed]").fill("1")
    pad.settle()
    assert pad.photo_url == second


@pytest.mark.parametrize("typed", ["-5", "1e20", ""])
def test_any_number_typed_as_the_seed_gives_a_photo(pad: Sketchpad, typed: str) -> None:
    pad.do("another")
    pad.settle()
    pad.page.locator("[data-seed]").fill(typed)
    pad.settle()
    expect(pad.page.locator("[data-photo]")).to_be_visible()
    assert 0 <= pad.frames[-1]["seed"] <= 999_999_999


def test_the_photo_changes_while_drawing_and_ends_without_loss(pad: Sketchpad) -> None:
    pad.clear()
    pad.page.evaluate("window.shown.length = 0")
    pad.stroke([(30, 60), (220, 60), (220, 200), (30, 200), (30, 60)], steps=12, pause_ms=25)
    pad.settle()
    assert len(set(pad.photos_shown)) >= 4
    assert pad.photos_shown[0].startswith("data:image/jpeg")
    assert pad.photo_url.startswith("data:image/png")
    assert [frame["number"] for frame in pad.frames] == sorted({f["number"] for f in pad.frames})


def download(pad: Sketchpad, action: str) -> tuple[str, Image.Image]:
    with pad.page.expect_download() as waiting:
        pad.do(action)
    image = Image.open(io.BytesIO(Path(waiting.value.path()).read_bytes()))
    assert image.format == "PNG"
    return waiting.value.suggested_filename, image.convert("RGB")


def test_downloads(pad: Sketchpad) -> None:
    pad.do("another")
    drawing = pad.draw(*LINE)
    name, photo = download(pad, "save-photo")
    assert name == "photo-seed-1.png"
    assert np.array_equal(np.asarray(photo), pad.photo)
    name, both = download(pad, "save-both")
    assert name == "drawing-and-photo-seed-1.png"
    assert both.size == (2 * SIDE, SIDE)
    assert np.array_equal(np.asarray(both)[:, :SIDE], drawing)
    assert np.array_equal(np.asarray(both)[:, SIDE:], pad.photo)


# ---- a photo instead of a drawing -------------------------------------------------------------


def disc(path: Path, side: int = 300) -> Path:
    image = Image.new("RGB", (side, side), "white")
    ImageDraw.Draw(image).ellipse([side // 5, side // 5, side * 4 // 5, side * 4 // 5], fill=(40, 80, 120))
    image.save(path)
    return path


def choose(pad: Sketchpad, path: Path) -> None:
    pad.page.locator("[data-file]").set_input_files(path)


@pytest.mark.parametrize("side", [300, 2500])  # the large one is made smaller in the browser
def test_edges_of_a_photo_can_be_edited(pad: Sketchpad, tmp_path: Path, side: int) -> None:
    before = pad.draw(*LINE)
    path = tmp_path / "photo.bmp"  # uncompressed: 19 MB at 2500 pixels
    asked = len(pad.frames)
    choose(pad, disc(path, side))
    pad.page.wait_for_function(f"Number(document.querySelector('.p2p').dataset.frame) > {asked}")
    pad.page.wait_for_function("document.querySelector('[data-note]').hidden")
    pad.settle()
    edges = pad.drawing
    dark = edges.max(axis=2) < 128
    assert 0.002 < dark.mean() < 0.2
    assert not dark[110:146, 110:146].any()  # inside the disc
    assert dark[128, 30:80].any() and dark[128, 176:226].any()  # its left and right rim
    pad.use("erase")
    pad.set_size(40)
    erased = pad.draw((51, 100), (51, 156))
    assert not (erased[128, 35:66].max(axis=1) < 128).any()
    pad.use("pen")
    assert (pad.draw((110, 128), (146, 128))[126:130, 120].max(axis=1) < 128).any()
    for _ in range(3):
        pad.do("undo")
    pad.settle()
    assert np.array_equal(pad.drawing, before)


def text_file(path: Path) -> Path:
    path.write_text("this is not a picture")
    return path


def truncated(path: Path) -> Path:
    disc(path)
    path.write_bytes(path.read_bytes()[:900])
    return path


def bomb(path: Path) -> Path:
    Image.new("1", (20_000, 20_000)).save(path)
    return path


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (text_file, "note.jpg"),
        (text_file, "note.txt"),
        (truncated, "half.jpg"),
        (bomb, "bomb.png"),
        (lambda path: path.touch() or path, "empty.png"),
    ],
)
def test_a_bad_file_is_refused_in_one_sentence_and_the_drawing_stays(
    pad: Sketchpad, tmp_path: Path, make: Callable[[Path], Path], name: str
) -> None:
    before = pad.draw(*LINE)
    choose(pad, make(tmp_path / name))
    toast = pad.page.get_by_test_id("toast-text")
    expect(toast).to_be_visible()
    assert_one_sentence(toast.inner_text().strip())
    expect(pad.page.locator("[data-note]")).to_be_hidden()
    again = pad.draw((128, 128), (129, 129))
    assert (again != before).any(axis=2).mean() < 0.01


def test_a_file_that_is_too_large_is_not_even_sent(pad: Sketchpad, tmp_path: Path) -> None:
    path = tmp_path / "noise.png"
    path.write_bytes(np.random.default_rng(0).bytes(11_000_000))
    choose(pad, path)
    note = pad.page.locator("[data-note]")
    expect(note).to_contain_text("larger than 10 MB")
    assert_one_sentence(re.sub("; ", ", ", note.inner_text()))


# ---- what a visitor is told --------------------------------------------------------------------


def test_a_missing_model_is_explained_on_the_page(
    open_page: Callable[..., Page], serve: Callable[[Path], str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    page = open_page(serve(tmp_path_factory.mktemp("models") / "nothing-here"))
    notice = page.locator("[data-wait]")
    expect(notice).to_have_attribute("role", "alert")
    assert_one_sentence(notice.inner_text())
    pad = Sketchpad(page)
    pad.stroke(LINE)  # drawing goes on
    pad.page.wait_for_function("() => !document.querySelector('.p2p').hasAttribute('data-pending')")
    assert pad.frames
    expect(notice).to_contain_text("nothing-here")


def test_nothing_is_fetched_from_elsewhere(
    browser: object, open_page: Callable[..., Page], serve: Callable[[Path], str], tiny_model: Path
) -> None:
    url = serve(tiny_model)
    page = open_page("about:blank")
    foreign: list[str] = []
    page.on("request", lambda request: foreign.append(request.url))
    page.goto(url)
    Sketchpad(page).settle()
    assert [one for one in foreign if not one.startswith((url, "data:", "blob:"))] == []


def test_the_dark_theme_keeps_the_paper_white(
    open_page: Callable[..., Page], serve: Callable[[Path], str], tiny_model: Path
) -> None:
    page = open_page(serve(tiny_model) + "?__theme=dark")
    Sketchpad(page).settle()
    back = page.evaluate("getComputedStyle(document.querySelector('.p2p-card')).backgroundColor")
    assert sum(map(int, re.findall(r"\d+", back)[:3])) < 200
    corner = page.evaluate(
        "[...document.querySelector('[data-view]').getContext('2d').getImageData(2,2,1,1).data]"
    )
    assert corner == [255, 255, 255, 255]
