"""What can be seen of a photo and of a drawing: the critic's map, versions, uncertainty, the timeline."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect
from sketchpad import SIDE, Pixels, Sketchpad, decode

from pix2pix import heatmap
from pix2pix.critic import Critic
from pix2pix.translator import Translator
from pix2pix.ui.shared.assets import imported

LINE = ((40.0, 60.0), (200.0, 60.0))
OTHER = ((40.0, 180.0), (200.0, 180.0))


def asked(pad: Sketchpad) -> dict[str, Any]:
    return pad.page.evaluate(f"async () => (await {imported('shared/base.js')}).canvasNow()")


def canvas(pad: Sketchpad, selector: str) -> Pixels:
    return decode(pad.page.locator(selector).evaluate("one => one.toDataURL()"))


def test_other_tabs_are_told_the_drawing_and_its_photo(pad: Sketchpad) -> None:
    pad.clear()
    assert asked(pad) == {"drawing": None, "photo": None, "kind": "edges"}
    drawing = pad.draw(*LINE)
    told = asked(pad)
    assert np.array_equal(decode(told["drawing"]), drawing)
    assert np.array_equal(decode(told["photo"]), pad.photo)


def test_the_critics_map_lies_where_it_looks(pad: Sketchpad, tiny_model: Path) -> None:
    pad.do("critic")
    expect(pad.page.locator("[data-legend]")).to_be_visible()
    pad.settle()
    pad.draw(*LINE)
    told = asked(pad)
    drawing, photo = (Image.fromarray(decode(told[name])) for name in ("drawing", "photo"))
    expected = heatmap.colours(Critic.load(tiny_model).judge(drawing, photo).map()).numpy()
    difference = np.abs(canvas(pad, "[data-overlay]") - expected)
    assert difference.max() <= 3  # of 255: the cells come as bytes
    assert np.ptp(expected, axis=(0, 1)).max() > 6  # and there is something to see
    pad.do("critic")
    expect(pad.page.locator("[data-overlay]")).to_be_hidden()


@pytest.mark.usefixtures("app_threads")
def test_six_versions_and_where_they_differ(pad: Sketchpad, tiny_model: Path) -> None:
    pad.clear()
    drawing = Image.fromarray(pad.draw(*LINE))
    pad.do("sheet")
    tiles = pad.page.locator("[data-version]")
    expect(pad.page.locator("[data-do='spread']")).to_be_enabled(timeout=60_000)
    photos = [decode(tile.get_attribute("src") or "") for tile in tiles.locator("img").all()]
    translator = Translator.load(tiny_model)
    for seed, photo in enumerate(photos):
        assert np.array_equal(photo, np.asarray(translator.translate(drawing, seed=seed)))
    spread = np.stack(photos).astype(float).std(axis=0).mean(axis=2) / 20
    dark = 255 - canvas(pad, "[data-do='spread'] canvas").mean(axis=2)
    assert np.corrcoef(spread.clip(0, 1).ravel(), dark.ravel())[0, 1] > 0.9
    assert (dark[spread < 0.001] < 3).all()
    tiles.nth(2).click()
    pad.settle()
    assert pad.page.locator("[data-seed]").input_value() == "2"
    assert np.array_equal(pad.photo, photos[2])
    expect(tiles.nth(2)).to_have_attribute("aria-pressed", "true")
    pad.do("spread")
    expect(pad.page.locator("[data-legend]")).to_contain_text("20")
    pad.draw(*OTHER)  # the map was of another drawing
    expect(pad.page.locator("[data-overlay]")).to_be_hidden()
    expect(pad.page.locator("[data-do='renew']")).to_be_visible()
    pad.do("close-sheet")
    expect(pad.page.locator("[data-sheet]")).to_be_hidden()


def test_the_timeline_goes_back_and_replays(pad: Sketchpad) -> None:
    pad.clear()
    one = pad.draw(*LINE)
    two = pad.draw(*OTHER)
    slider = pad.page.locator("[data-timeline]")
    end = int(slider.input_value())
    slider.fill(str(end - 1))
    pad.settle()
    assert np.array_equal(pad.drawing, one)
    slider.fill(str(end))
    pad.settle()
    frames = len(pad.frames)
    pad.do("replay")
    expect(pad.page.locator("[data-do='replay']")).to_have_attribute("aria-pressed", "true")
    expect(pad.page.locator("[data-do='replay']")).to_have_attribute("aria-pressed", "false", timeout=60_000)
    pad.settle()
    assert np.array_equal(pad.drawing, two)
    assert len(pad.frames) > frames + 2  # its photos on the way
    pad.do("replay")
    three = pad.draw((128, 90), (128, 150))  # drawing stops it
    assert (three[100:140, 120:136] != two[100:140, 120:136]).any()
    assert np.array_equal(three[:85], two[:85])  # nothing of it was lost
    expect(pad.page.locator("[data-do='replay']")).to_have_attribute("aria-pressed", "false")


def test_the_animation_ends_with_drawing_and_photo(pad: Sketchpad) -> None:
    pad.clear()
    pad.draw(*LINE)
    drawing = pad.draw(*OTHER)
    with pad.page.expect_download(timeout=120_000) as waiting:
        pad.do("save-animation")
    assert waiting.value.suggested_filename == "drawing-and-photo-animated.png"
    image = Image.open(io.BytesIO(Path(waiting.value.path()).read_bytes()))
    steps = int(pad.page.locator("[data-timeline]").input_value())
    assert image.format == "PNG" and image.size == (2 * SIDE, SIDE)
    still = np.asarray(image.convert("RGB"))  # for programs that know no animation
    assert image.n_frames > steps
    image.seek(image.n_frames - 1)
    last = np.asarray(image.convert("RGB"))
    assert np.array_equal(last, still)
    assert np.array_equal(last[:, :SIDE], drawing) and np.array_equal(last[:, SIDE:], pad.photo)
    image.seek(1)
    assert not np.array_equal(np.asarray(image.convert("RGB")), still)


def test_the_shortcuts_are_listed(pad: Sketchpad) -> None:
    pad.page.keyboard.press("?")
    help_panel = pad.page.locator("[data-help]")
    expect(help_panel).to_be_visible()
    pad.page.keyboard.press("Escape")
    expect(help_panel).to_be_hidden()
    for key, tool in (("l", "line"), ("r", "rect"), ("f", "fill")):
        pad.page.keyboard.press(key)
        expect(pad.page.locator(f"[data-tool='{tool}']")).to_have_attribute("aria-pressed", "true")
