"""The scripts' pure functions, called in a page that imports their modules, and the language they speak."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from pix2pix.critic import spread
from pix2pix.discriminator import PatchGeometry
from pix2pix.ui.shared.assets import imported

Call = Callable[..., Any]


@pytest.fixture(scope="module")
def call(browser: Browser, serve: Callable[[Path], str], tiny_model: Path) -> Iterator[Call]:
    """Runs an expression with what some modules export, in a page of the app: ``call(paths, expression)``."""
    page = browser.new_page(locale="en-US")
    page.goto(serve(tiny_model))

    def run(paths: list[str], expression: str, given: Any = None) -> Any:
        together = ", ".join(f"...await {imported(path)}" for path in paths)
        return page.evaluate(
            f"async (given) => {{ const m = {{ {together} }}; return {expression}; }}", given
        )

    yield run
    page.close()


def test_texts_have_their_values_and_unknown_gaps_stay(call: Call) -> None:
    assert call(["shared/base.js"], "m.fill('{a} of {b}, {c}', { a: 0, b: 'two' })") == "0 of two, {c}"
    assert call(["shared/base.js"], "m.text('seed_number', { seed: 7 })").endswith("7")
    assert call(["shared/base.js"], "m.text('no such text')") == ""
    assert call(["shared/base.js"], "m.number(1234.5, 2)") == "1,234.50"
    assert call(["shared/base.js"], "m.inLanguage({ en: 1, ko: 2 })") == 1


def test_what_is_put_into_an_element_is_text(call: Call) -> None:
    made = "m.make('p', 'c', ['<b>', '', null, m.make('i')], { title: '\"' }).outerHTML"
    assert call(["shared/base.js"], made) == '<p class="c" title="&quot;">&lt;b&gt;<i></i></p>'


def test_an_area_is_filled_up_to_a_line(call: Call) -> None:
    filled = """(() => {
      const pixels = new Uint32Array(36);
      m.thickLine(pixels, 6, [3, 0, 3, 6], 2, 1);
      return [m.flood(pixels, 6, 0, 0, 0), m.box([5, 1, 2, 1], 6), m.packed("#010203")];
    })()"""
    spans, box, packed = call(["shared/shapes.js"], filled)
    assert sorted(spans[i : i + 3] for i in range(0, len(spans), 3)) == [[y, 0, 2] for y in range(6)]
    assert box == [[2, 5], [1, 2]] and packed == 0xFF030201


def test_undo_moves_through_a_drawing_and_a_new_stroke_ends_what_was_undone(call: Call) -> None:
    moved = """(() => {
      const drawing = new m.Drawing(), pen = (n) => ({ tool: "pen", width: n, points: [0, 0, n, n] });
      drawing.add(pen(1), pen(2));
      drawing.undo();
      drawing.add(pen(3));
      drawing.redo();
      return [drawing.visible.map((one) => one.width), drawing.canRedo, drawing.steps(2).length];
    })()"""
    assert call(["shared/drawing.js"], moved) == [[1, 3], False, 2]


def test_the_critics_cells_are_spread_as_the_library_does(call: Call) -> None:
    geometry = PatchGeometry(receptive_field=16, step=8, first_centre=4.0, layers=())
    scores = torch.arange(12, dtype=torch.float32).reshape(3, 4).mul(20).round()
    sent = {"rows": 3, "columns": 4, "first": geometry.centre(0), "step": geometry.step, "seen": 32}
    bytes_ = scores.byte().flatten().tolist()
    spread_ = "[...m.spreadCells({ ...given.sent, cells: btoa(String.fromCharCode(...given.cells)) }, 32)]"
    values = call(["draw/overlay.js"], spread_, {"sent": sent, "cells": bytes_})
    expected = spread(scores / 255, geometry, 32, 32)
    assert np.abs(np.array(values).reshape(32, 32) - expected.numpy()).max() < 1e-5


def test_an_animation_is_a_png_with_its_pictures(call: Call) -> None:
    made = """(async () => {
      const frame = async (fill) => {
        const context = m.layer(4);
        Object.assign(context, { fillStyle: fill }).fillRect(0, 0, 4, 4);
        const blob = await new Promise((done) => context.canvas.toBlob(done));
        return new Uint8Array(await blob.arrayBuffer());
      };
      const [red, blue] = [await frame("#f00"), await frame("#00f")];
      const file = m.animatedPng([{ png: red, ms: 100 }, { png: blue, ms: 200 }], blue);
      return [...new Uint8Array(await file.arrayBuffer())];
    })()"""
    image = Image.open(io.BytesIO(bytes(call(["draw/apng.js", "shared/shapes.js"], f"await {made}"))))
    assert image.n_frames == 3  # the still picture comes first
    image.seek(1)
    assert image.convert("RGB").getpixel((0, 0)) == (255, 0, 0)
    image.seek(2)
    assert image.convert("RGB").getpixel((0, 0)) == (0, 0, 255)


def test_curves_have_round_numbers_and_a_running_mean(call: Call) -> None:
    assert call(["train/curves.js"], "m.rounds(0, 10, 4).map((one) => one.value)") == [0, 2, 4, 6, 8, 10]
    assert call(["train/curves.js"], "m.smooth([[0, 4], [1, 8]])") == [[0, 4], [1, 8]]
    assert call(["train/base.js"], "m.duration(7200)").startswith("2")
    assert call(["learn/plots.js"], "[m.mean([1, 2, 6]), m.median([9, 1, 2])]") == [3, 2]


WANTED = {"ko": ["fr", "ko"], "en": ["fr"], "en-GB": ["en-GB", "ko"], "ko-KR": ["ko-KR"]}


@pytest.mark.parametrize("language", WANTED)
def test_one_language_for_the_whole_page(
    open_page: Callable[..., Page], serve: Callable[[Path], str], tiny_model: Path, language: str
) -> None:
    wanted = WANTED[language]
    page = open_page("about:blank", locale=wanted[0])
    got = f"{{ get: () => {wanted}, configurable: true }}"
    page.context.add_init_script(f"Object.defineProperty(navigator, 'languages', {got})")
    page.goto(serve(tiny_model))
    korean = language.startswith("ko")
    expect(page.locator("[data-text=model]")).to_have_text("모델" if korean else "Model")  # ours
    expect(page.get_by_role("tab").nth(1)).to_have_text("사진" if korean else "Photo")  # Gradio's
    chosen = page.locator("[data-language][aria-pressed=true]")
    expect(chosen).to_have_text("한국어" if korean else "English")
    assert page.evaluate("[navigator.language, navigator.languages]") == [language, [language]]
