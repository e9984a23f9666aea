"""The Critic tab in a real browser: clicks land in the right cell, and everything else that a person does."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Request, expect
from sketchpad import PHONE
from support import make_checkpoint, shape_pair, tiny_generator, train_config

from benchmarks.speed.live import running_app
from pix2pix.discriminator import DiscriminatorSpec
from pix2pix.saving import encode_data_url
from pix2pix.ui.shared.assets import imported
from train.loop import fit

PATIENCE_MS = 60_000
FIELD = 34
GEOMETRY = DiscriminatorSpec(receptive_field=FIELD).geometry


@pytest.fixture(scope="module")
def url(browser: Browser, shapes: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An app with a tiny 256-pixel model and a finished run of four moments."""
    home = tmp_path_factory.mktemp("critic")
    model = make_checkpoint(
        home / "tiny256",
        tiny_generator(width=4, image_size=256),
        discriminator=DiscriminatorSpec(receptive_field=FIELD, width=2),
    )
    list(fit(train_config(shapes, home / "runs" / "shapes", steps=4, sample_every=1e-6)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PIX2PIX_RUNS", str(home / "runs"))
        with running_app(str(model), home) as app:
            yield app.url
    assert "Traceback" not in (home / "app.log").read_text(encoding="utf-8")


@pytest.fixture
def open_critic(url: str, open_page: Callable[..., Page]) -> Callable[..., Page]:
    def open_(**options: object) -> Page:
        page = open_page(url, **options)
        page.get_by_role("tab", name=re.compile("Critic|비평가")).first.click()
        page.locator(".p2p-critic[data-number]").wait_for(timeout=PATIENCE_MS)
        return page

    return open_


def view(page: Page, side: str = "made") -> Locator:
    return page.locator(f".p2p-critic-pictures [data-side='{side}'] [data-view]")


def wait_for_cell(page: Page, row: int, column: int) -> None:
    expect(page.locator(".p2p-critic")).to_have_attribute("data-cell", f"{row},{column}", timeout=PATIENCE_MS)


def number(page: Page) -> str:
    return page.locator(".p2p-critic").get_attribute("data-number") or ""


def wait_for_another(page: Page, old: str) -> None:
    page.wait_for_function(
        "old => document.querySelector('.p2p-critic').dataset.number !== old", arg=old, timeout=PATIENCE_MS
    )


@pytest.mark.parametrize("options", [{}, PHONE], ids=["desktop", "phone"])
def test_a_click_chooses_the_cell_under_it_and_frames_what_it_sees(
    open_critic: Callable[..., Page], options: dict[str, object]
) -> None:
    page = open_critic(**options)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    picture = view(page)
    picture.scroll_into_view_if_needed()
    for x, y in ((61.5, 140.5), (2, 3), (254, 252), (201, 30)):
        box = picture.bounding_box()
        assert box
        at = box["x"] + box["width"] * x / 256, box["y"] + box["height"] * y / 256
        if options:
            page.touchscreen.tap(*at)
        else:
            page.mouse.click(*at)
        row, column = GEOMETRY.cell_at(y, 256), GEOMETRY.cell_at(x, 256)
        wait_for_cell(page, row, column)
        frame = picture.locator("rect.over").bounding_box()
        assert frame
        for start, length, cell in (("x", "width", column), ("y", "height", row)):
            first, end = GEOMETRY.span(cell, 256)
            scale = box[length] / 256
            assert abs(frame[start] - box[start] - first * scale) <= 3
            assert abs(frame[start] + frame[length] - box[start] - end * scale) <= 3
    size = [GEOMETRY.span(cell, 256)[1] - GEOMETRY.span(cell, 256)[0] for cell in (column, row)]
    page.wait_for_function(
        "wanted => (({width, height}) => width === wanted[0] && height === wanted[1])"
        "(document.querySelector('.p2p-critic-two canvas'))",
        arg=size,
    )


def test_keys_and_fields_reach_every_cell_without_a_mouse(open_critic: Callable[..., Page]) -> None:
    page = open_critic()
    page.get_by_label("Row", exact=True).fill("5")
    page.get_by_label("Column", exact=True).fill("9")
    page.get_by_label("Column", exact=True).blur()
    wait_for_cell(page, 4, 8)
    view(page).focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "ArrowRight", "ArrowUp"):
        page.keyboard.press(key)
    wait_for_cell(page, 6, 9)
    for _ in range(12):
        page.keyboard.press("ArrowUp")
    wait_for_cell(page, 0, 9)


def test_opacity_and_contrast_ask_nothing_of_the_server(open_critic: Callable[..., Page]) -> None:
    page = open_critic()
    page.locator("[data-photo][data-number]").wait_for(state="attached")  # the page asks for that by itself
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request) if request.method == "POST" else None)
    heat = view(page).locator("[data-heat]")
    before = heat.get_attribute("src")
    for value in ("0", "35"):
        page.get_by_label("Map opacity").fill(value)
        expect(heat).to_have_css("opacity", f"{int(value) / 100:g}")
    page.locator("[data-contrast]").check()
    assert heat.get_attribute("src") != before
    expect(page.locator("[data-ticks]")).to_contain_text("2σ")
    page.locator("[data-contrast]").uncheck()
    assert heat.get_attribute("src") == before
    assert not asked


def test_a_real_photo_is_compared_with_what_is_generated_from_its_edges(
    open_critic: Callable[..., Page], tmp_path: Path
) -> None:
    page = open_critic()
    old = number(page)
    shape_pair(3, 300)[1].save(tmp_path / "photo.png")
    page.get_by_role("button", name="Your own pictures").click()
    page.locator("#critic-desk input[type=file]").nth(1).set_input_files(tmp_path / "photo.png")
    wait_for_another(page, old)
    for side in ("made", "real"):
        expect(view(page, side).locator("[data-heat]")).to_be_visible()
        expect(page.locator(f".p2p-critic-more [data-side='{side}'] svg[role=img]")).to_be_visible()
        expect(page.locator(f".p2p-critic-more [data-side='{side}'] button")).to_have_count(6)
    patch = page.locator(".p2p-critic-more [data-side='real'] button").last
    patch.click()
    place = re.search(r"row (\d+), column (\d+)", patch.get_attribute("aria-label") or "")
    assert place
    wait_for_cell(page, int(place[1]) - 1, int(place[2]) - 1)
    (tmp_path / "note.png").write_text("no picture")
    page.locator("#critic-desk input[type=file]").nth(0).set_input_files(tmp_path / "note.png")
    expect(page.get_by_test_id("toast-text")).to_contain_text("not a PNG", timeout=PATIENCE_MS)


def test_a_training_is_scrubbed_through_and_the_cell_stays(open_critic: Callable[..., Page]) -> None:
    page = open_critic()
    page.get_by_role("button", name="Through a training").click()
    old = number(page)
    page.get_by_label("Run", exact=True).click()
    page.get_by_role("option", name="shapes").click()
    wait_for_another(page, old)
    caption = page.locator("[data-step]")
    expect(caption).to_have_text("shapes · Step 4")
    view(page).focus()
    critic = page.locator(".p2p-critic")
    for key in ("ArrowDown", "ArrowRight"):
        before = critic.get_attribute("data-cell") or ""
        page.keyboard.press(key)
        expect(critic).not_to_have_attribute("data-cell", before)
    cell = critic.get_attribute("data-cell")
    heat = view(page).locator("[data-heat]").get_attribute("src")
    slider = page.locator("#critic-runs input[type=range]").nth(1)
    slider.focus()
    page.keyboard.press("ArrowLeft")
    expect(caption).to_have_text("shapes · Step 3", timeout=PATIENCE_MS)
    expect(page.locator(".p2p-critic")).to_have_attribute("data-cell", cell or "", timeout=PATIENCE_MS)
    assert view(page).locator("[data-heat]").get_attribute("src") != heat


def put_on_canvas(page: Page, drawing: str | None) -> None:
    share = f"async (drawing) => (await {imported('shared/base.js')}).shareCanvas(() => ({{ drawing }}))"
    page.evaluate(share, drawing)


def test_my_drawing_comes_from_the_draw_tab(open_critic: Callable[..., Page]) -> None:
    page = open_critic()
    put_on_canvas(page, None)
    mine = page.get_by_role("button", name="My drawing")
    mine.click()
    expect(page.locator("#critic-start [data-note]")).to_contain_text("Draw tab")
    old = number(page)
    drawing = encode_data_url(shape_pair(5, 256)[0])
    put_on_canvas(page, drawing)
    mine.click()
    wait_for_another(page, old)
    expect(mine).to_have_attribute("aria-pressed", "true")
    assert view(page, "real").locator("[data-picture]").get_attribute("src") == drawing


def test_the_tab_speaks_korean(open_critic: Callable[..., Page]) -> None:
    page = open_critic(locale="ko-KR", **PHONE)
    expect(page.get_by_role("heading", name="비평가는 어디를 가짜로 볼까요?")).to_be_visible()
    expect(page.get_by_label("모델과 수용 영역")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
