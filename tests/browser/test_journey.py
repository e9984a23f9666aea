"""A new user's whole way, on a desktop and on a phone.

Draw, change the model, translate a photo, train, reload, use what was trained, look at its heatmap, download.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, Request, expect
from sketchpad import DESKTOP, PHONE, Sketchpad
from support import make_checkpoint, noise_picture, tiny_generator, write_side_by_side
from test_train import PATIENCE, TINY, app_with_runs, drop, pick, reported, state

pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def url(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An app with runs of its own, one of which made a model for photos."""
    home = tmp_path_factory.mktemp("journey")
    lights = tiny_generator(width=4, image_size=64, norm="instance", halvings=3, head="relight")
    make_checkpoint(home / "runs" / "lights" / "checkpoint", lights, input="photo")
    with app_with_runs(tiny_model, home) as address:
        yield address


def go(page: Page, tab: str) -> None:
    """To a tab, on which nothing may be wider than the screen."""
    page.locator("#studio-tabs").get_by_role("tab", name=tab).click()
    expect(page.locator("#studio-tabs").get_by_role("tab", name=tab)).to_have_attribute(
        "aria-selected", "true"
    )
    page.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), tab


def choose(pad: Sketchpad, label: str) -> None:
    models = pad.page.locator("[data-model]")
    models.focus()  # the list is fetched anew
    expect(models.locator("option", has_text=label).first).to_be_attached()
    models.select_option(label=label)
    pad.page.wait_for_function("!document.querySelector('[data-picker-box]').hasAttribute('aria-busy')")
    pad.settle()


def draw_and_change_the_model(pad: Sketchpad) -> np.ndarray:
    pad.clear()
    place = pad.page.locator("[data-photo]").locator("..")
    before = place.bounding_box()
    pad.draw((60, 60), (200, 70), (180, 190), (70, 180), (60, 60))
    assert place.bounding_box() == before  # nothing jumps when the photo comes
    drawing, first = pad.drawing, pad.photo
    choose(pad, "edges2photo")
    assert np.array_equal(pad.drawing, drawing) and not np.array_equal(pad.photo, first)
    return drawing


def translate_a_photo(page: Page, folder: Path) -> None:
    go(page, "Photo")
    noise_picture(16, 10).resize((320, 200)).save(folder / "holiday.png")
    expect(page.locator("#photo-told")).to_contain_text("640")  # the example that the tab begins with
    expect(page.locator("#photo-slider img").last).to_have_js_property("complete", True)
    page.locator("#photo-input input[type=file]").first.set_input_files(folder / "holiday.png")
    expect(page.locator("#photo-told [data-notice]")).to_contain_text("320 x 200 pixels", timeout=PATIENCE)
    with page.expect_download() as waiting:
        page.locator("#photo-download").click()
    assert Image.open(waiting.value.path()).size == (320, 200)


def start_a_training(page: Page, folder: Path, minutes: float) -> None:
    go(page, "Train")
    page.locator("[data-run]").wait_for()
    drop(page, *write_side_by_side(folder, 8))
    assert "6 pairs to train on, 2 held out" in reported(page)
    page.locator("#train-minutes input").fill(str(minutes))
    page.locator("#train-more > button").click()
    for name, value in TINY.items():
        page.locator(f".train-option-{name}").locator("input, textarea").first.fill(value)
    pick(page, "#train-from", "Nothing (new networks)")
    page.locator("#train-start").click()
    state(page, "running")


def name_and_download(page: Page, name: str) -> None:
    page.locator("#train-actions > button").click()
    page.locator("#train-new-name input, #train-new-name textarea").first.fill(name)
    page.locator("#train-rename").click()
    expect(page.locator(".train-run .train-name")).to_have_text(name)
    with page.expect_download() as waiting:
        page.locator("#train-download").click()
    with zipfile.ZipFile(io.BytesIO(Path(waiting.value.path()).read_bytes())) as archive:
        assert f"{name}/generator.safetensors" in archive.namelist()


def look_at_its_heatmap(page: Page, name: str) -> None:
    go(page, "Critic")
    page.locator(".p2p-critic[data-number]").wait_for()
    page.locator("#critic-model input").first.click()
    page.get_by_role("option", name=re.compile(re.escape(name))).first.click()
    expect(page.locator("#critic-model input").first).to_have_value(re.compile(re.escape(name)))
    expect(page.locator(".p2p-critic [data-field]")).to_contain_text("16", timeout=PATIENCE)
    expect(page.locator(".p2p-critic-pictures [data-side='made'] [data-heat]")).to_be_visible()


@pytest.mark.parametrize(("screen", "minutes"), [(DESKTOP, 0.5), (PHONE, 0.1)], ids=["desktop", "phone"])
def test_from_a_first_stroke_to_a_model_of_ones_own(
    open_page: Callable[..., Page], url: str, tmp_path: Path, screen: dict[str, object], minutes: float
) -> None:
    page, strangers = open_page(url, **screen), []
    name = "mine on a phone" if screen is PHONE else "mine"

    def note(request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in ("data", "blob") and address.hostname not in ("127.0.0.1", "localhost"):
            strangers.append(request.url)

    page.on("request", note)
    pad = Sketchpad(page).ready()
    drawing = draw_and_change_the_model(pad)
    translate_a_photo(page, tmp_path)
    start_a_training(page, tmp_path / "pairs", minutes)
    page.reload()
    go(page, "Train")
    state(page, "finished")
    expect(page.locator(".train-figures")).to_contain_text("sharpness")
    name_and_download(page, name)

    go(page, "Draw")
    pad.ready()
    before = pad.photo
    choose(pad, name)
    assert not np.array_equal(pad.photo, before)
    assert pad.drawing.shape == (32, 32, 3) and (pad.drawing < 128).any()  # the same strokes, at its size
    choose(pad, "edges2photo")
    assert np.array_equal(pad.drawing, drawing)
    look_at_its_heatmap(page, name)
    go(page, "Learn")
    assert not strangers
