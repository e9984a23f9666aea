"""Models: chosen on the page, from the runs or the Hub; labels in exactly their colours."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from sketchpad import Pixels, Sketchpad, decode
from support import FACADE, assert_one_sentence, make_label_checkpoint

from benchmarks.speed.live import running_app

WALL, BACKGROUND, WINDOW, DOOR = FACADE.colours
LINE = ((40.0, 60.0), (200.0, 60.0))


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs")
    for name in ("facade", "facade-noiseless"):
        make_label_checkpoint(folder / name / "checkpoint", 256, noise=name == "facade")
    return folder


@pytest.fixture(scope="module")
def url(runs: Path, tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("app")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PIX2PIX_RUNS", str(runs))
        with running_app(str(tiny_model), home) as app:
            yield app.url
    assert "Traceback" not in (home / "app.log").read_text(encoding="utf-8")


@pytest.fixture
def pad(open_page: Callable[..., Page], url: str) -> Sketchpad:
    return Sketchpad(open_page(url)).ready()


def choose(pad: Sketchpad, label: str) -> None:
    pad.page.locator("[data-model]").select_option(label=label)
    note = pad.page.locator("[data-model-note]")
    pad.page.wait_for_function("!document.querySelector('[data-picker-box]').hasAttribute('aria-busy')")
    expect(note).to_be_hidden()
    pad.settle()


def colours(drawing: Pixels) -> set[tuple[int, ...]]:
    return {tuple(map(int, colour)) for colour in np.unique(drawing.reshape(-1, 3), axis=0)}


def test_labels_are_drawn_hard_edged_in_the_palettes_colours(pad: Sketchpad) -> None:
    choose(pad, "facade")
    assert colours(pad.drawing) <= set(FACADE.colours)  # the shapes that it starts with
    assert pad.frames[-1]["model"].endswith("facade")
    pad.clear()
    expect(pad.page.locator("[data-hint]")).to_be_visible()
    pad.page.get_by_role("button", name="shop").click()
    pad.use("rect")
    door = pad.draw((100, 150), (140, 256))
    assert (door[150:256, 100:140] == DOOR).all() and (door == DOOR).all(axis=2).sum() == 106 * 40
    pad.page.keyboard.press("3")  # the window
    pad.use("pen")
    pad.set_size(9)
    brushed = pad.draw((30, 40), (90, 100))
    assert colours(brushed) == {WALL, WINDOW, DOOR}
    pad.use("line")
    pad.draw((20, 120), (240, 120))
    pad.page.keyboard.press("2")
    pad.use("fill")
    pad.page.mouse.click(*pad.on_screen(10, 10))
    pad.settle()
    filled = pad.drawing
    assert tuple(filled[10, 250]) == BACKGROUND and tuple(filled[200, 10]) == BACKGROUND
    assert not (filled == WALL).all(axis=2).any()
    pad.use("erase")
    erased = pad.draw((10, 10), (60, 10))
    assert tuple(erased[10, 30]) == WALL  # which is the paper
    seen = decode(pad.page.locator("[data-view]").evaluate("view => view.toDataURL()"))
    assert np.array_equal(seen[1::3, 1::3], erased)  # the screen shows the model's own pixels
    assert colours(seen) <= set(FACADE.colours)


def test_each_kind_keeps_its_drawing_and_models_of_a_kind_share_one(pad: Sketchpad) -> None:
    pad.clear()
    lines = pad.draw(*LINE)
    choose(pad, "facade")
    pad.clear()
    labels = pad.draw(*LINE)
    first = pad.photo
    expect(pad.page.locator("[data-tool='dab']")).to_be_hidden()
    choose(pad, "facade-noiseless")
    assert np.array_equal(pad.drawing, labels)
    assert not np.array_equal(pad.photo, first)
    expect(pad.page.locator("[data-do='another']")).to_be_disabled()  # it has no noise
    choose(pad, "tiny256")
    assert np.array_equal(pad.drawing, lines)
    choose(pad, "facade")
    assert np.array_equal(pad.drawing, labels)
    pad.page.reload()
    pad.page.wait_for_function("document.querySelector('[data-model]')?.value.endsWith('facade')")
    pad.settle()
    assert np.array_equal(pad.drawing, labels)


@pytest.mark.parametrize("typed", ["not an id", "nobody/nothing"])
def test_a_hub_id_that_does_not_exist_is_explained_and_the_drawing_goes_on(
    pad: Sketchpad, typed: str
) -> None:
    pad.clear()
    before = pad.draw(*LINE)
    pad.page.locator("[data-model]").select_option("hub")
    pad.page.locator("[data-hub]").fill(typed)
    pad.page.keyboard.press("Enter")
    note = pad.page.locator(".p2p-model-note.p2p-error")
    expect(note).to_be_visible(timeout=60_000)
    assert_one_sentence(note.inner_text())
    after = pad.draw((40, 180), (200, 180))
    assert (after != before).any() and pad.frames[-1]["model"].endswith("tiny256")
    expect(pad.page.locator("[data-photo]")).to_be_visible()


def test_a_model_that_is_deleted_while_it_is_used_goes_on(pad: Sketchpad, runs: Path) -> None:
    make_label_checkpoint(runs / "short-lived" / "checkpoint", 256)
    pad.page.locator("[data-model]").focus()  # the list is fetched anew
    pad.page.wait_for_function("document.querySelector('[data-model]').innerText.includes('short-lived')")
    choose(pad, "short-lived")
    shutil.rmtree(runs / "short-lived")
    pad.draw(*LINE)
    expect(pad.page.locator("[data-photo]")).to_be_visible()
    expect(pad.page.locator("[data-wait]")).to_be_hidden()


def test_a_space_offers_visitors_its_own_models_only(
    open_page: Callable[..., Page], tiny_model: Path, tmp_path: Path, runs: Path
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PIX2PIX_RUNS", str(runs))
        patch.setenv("SPACE_ID", "us/studio")
        with running_app(str(tiny_model), tmp_path) as app:
            pad = Sketchpad(open_page(app.url)).ready()
            names = pad.page.locator("[data-model] option").all_inner_texts()
            assert names == ["tiny256", "edges2photo", "edges2emoji", "labels2facade"]
