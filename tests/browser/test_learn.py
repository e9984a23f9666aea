"""The Learn tab in a real browser: every chapter's control changes its picture or its numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from ablation_models import make_ablations
from playwright.sync_api import Page, expect
from sketchpad import PHONE, decode
from support import assert_one_sentence, noise_picture

from benchmarks.speed.live import running_app
from pix2pix.facade import draw_facade
from pix2pix.saving import encode_data_url
from pix2pix.ui.shared.assets import imported

PATIENCE_MS = 60_000


@pytest.fixture(scope="module")
def url(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = make_ablations(tmp_path_factory.mktemp("ablations"))
    home = tmp_path_factory.mktemp("app")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PIX2PIX_ABLATIONS", str(folder))
        with running_app(str(tiny_model), home) as app:
            yield app.url
    assert "Traceback" not in (home / "app.log").read_text(encoding="utf-8", errors="replace")


class Lecture:
    """The open Learn tab."""

    def __init__(self, page: Page, tab: str = "Learn") -> None:
        self.page = page
        page.get_by_role("tab", name=tab, exact=True).click()
        self.root = page.locator("#learn .learn")

    def chapter(self, number: int) -> Chapter:
        return Chapter(self, f"[data-chapter='c{number}']")

    def settle(self) -> None:
        self.page.wait_for_function("!document.querySelector('#learn [data-pending]')", timeout=PATIENCE_MS)


class Chapter:
    def __init__(self, lecture: Lecture, selector: str) -> None:
        self.lecture = lecture
        self.root = lecture.root.locator(selector)
        self.root.scroll_into_view_if_needed()
        self.root.locator("[data-pic] img").first.wait_for(timeout=PATIENCE_MS)
        lecture.settle()

    def picture(self, name: str) -> str:
        return self.root.locator(f"[data-pic='{name}'] img").get_attribute("src") or ""

    def choose(self, label: str) -> None:
        self.root.get_by_label(label, exact=True).check(force=True)
        self.lecture.settle()

    def slide(self, selector: str, value: float) -> None:
        self.root.locator(selector).fill(str(value))
        self.lecture.settle()


@pytest.fixture
def lecture(open_page: Callable[..., Page], url: str) -> Lecture:
    return Lecture(open_page(url))


def test_a_swapped_input_moves_the_conditional_score_only(lecture: Lecture) -> None:
    chapter = lecture.chapter(1)
    right, x = chapter.picture("map"), chapter.picture("x")
    assert np.array_equal(decode(x), np.asarray(draw_facade(2)))
    chapter.choose("Another building’s")
    assert np.array_equal(decode(chapter.picture("x")), np.asarray(draw_facade(3)))
    assert chapter.picture("map") != right
    chapter.choose("The picture alone")
    alone = chapter.picture("map")
    chapter.choose("The right one")
    assert chapter.picture("map") == alone
    seeing, blind = (chapter.root.locator(f"[data-critic='{name}'] td") for name in ("l1_cgan", "l1_gan"))
    assert blind.nth(0).inner_text() == blind.nth(1).inner_text() and blind.nth(2).inner_text() == "0.00"
    assert seeing.nth(2).inner_text() not in ("0.00", "–")
    lecture.root.get_by_role("button", name="Another building").click()
    expect(lecture.root.locator("[data-building-name]")).to_have_text("Building 3")
    lecture.settle()
    assert np.array_equal(decode(chapter.picture("x")), np.asarray(draw_facade(3)))


def test_the_outlier_drags_the_mean_and_not_the_median(lecture: Lecture) -> None:
    chapter = lecture.chapter(2)
    values = chapter.root.locator("[data-values]")
    chapter.slide("[data-outlier]", 20)
    expect(values).to_have_text("Mean, best for L2: 7.70 · Median, best for L1: 5.00")
    expect(chapter.root.get_by_role("img", name="the L1 loss at their median 5.00")).to_be_visible()
    dot = chapter.root.locator(".learn-outlier").bounding_box()
    line = chapter.root.locator(".learn-axis").bounding_box()
    assert dot and line
    lecture.page.mouse.move(dot["x"] + dot["width"] / 2, dot["y"] + dot["height"] / 2)
    lecture.page.mouse.down()
    lecture.page.mouse.move(line["x"] + line["width"] / 2, dot["y"], steps=4)
    lecture.page.mouse.up()
    assert float(chapter.root.locator("[data-outlier]").input_value()) == pytest.approx(10, abs=0.2)
    expect(values).to_contain_text("Median, best for L1: 5.00")
    assert chapter.picture("l1") != chapter.picture("l2")


def test_bands_of_a_picture_of_ones_own(lecture: Lecture, tmp_path: Path) -> None:
    chapter = lecture.chapter(3)
    building, kept = chapter.picture("picture"), chapter.picture("kept")
    chapter.slide("[data-cut='low']", 20)
    assert chapter.picture("kept") != kept and chapter.picture("picture") == building
    chapter.slide("[data-cut='high']", 5)  # pushes the other one along
    assert chapter.root.locator("[data-cut='low']").input_value() == "4"
    noise_picture(700, 500).save(tmp_path / "own.png")
    chapter.root.locator("[data-file='picture']").set_input_files(tmp_path / "own.png")
    chapter.root.locator("[data-do='back']").wait_for()
    lecture.settle()
    own = decode(chapter.picture("picture"))
    assert own.shape == (256, 256, 3) and chapter.picture("picture") != building
    chapter.slide("[data-cut='low']", 0)
    chapter.slide("[data-cut='high']", 28)
    assert np.array_equal(decode(chapter.picture("kept")), own)
    (tmp_path / "note.png").write_text("not a picture")
    chapter.root.locator("[data-file='picture']").set_input_files(tmp_path / "note.png")
    error = chapter.root.locator("[data-error]")
    expect(error).to_be_visible()
    assert_one_sentence(error.inner_text())
    chapter.root.locator("[data-do='back']").click()
    lecture.settle()
    assert chapter.picture("picture") == building
    expect(error).to_be_hidden()


def test_the_picture_of_the_draw_tab_can_be_taken(lecture: Lecture) -> None:
    chapter = lecture.chapter(3)
    own = noise_picture(256, 256, seed=4)
    share = f"async (photo) => (await {imported('shared/base.js')}).shareCanvas(() => ({{ photo }}))"
    lecture.page.evaluate(share, encode_data_url(own))
    chapter.root.locator("[data-do='from-draw']").click()
    chapter.root.locator("[data-do='back']").wait_for()
    lecture.settle()
    assert np.array_equal(decode(chapter.picture("picture")), np.asarray(own))


def test_a_late_answer_is_still_shown_and_holds_nobody_up(lecture: Lecture) -> None:
    sent, shown = lecture.page.evaluate(
        f"""async () => {{
          const {{ Port }} = await {imported("learn/page.js")};
          const sent = [], shown = [];
          const port = new Port((question) => sent.push(question.topic), 20);
          const show = (topic) => (answer) => shown.push([topic, Boolean(answer.error)]);
          const ask = (slot, topic) => port.ask(slot, topic, () => ({{}}), show(topic));
          ask("a", "first");
          ask("b", "old");
          ask("b", "second"); // takes the place of the old one
          await new Promise((done) => setTimeout(done, 200));
          port.receive({{ number: 2, error: null }});
          port.receive({{ number: 2, error: null }}); // twice
          port.receive({{ number: 1, error: null }});
          ask("a", "third");
          ask("a", "fourth");
          port.receive({{ number: 3, error: "outdated" }});
          port.receive({{ number: 4, error: null }});
          return [sent, shown];
        }}"""
    )
    assert sent == ["first", "second", "third", "fourth"]
    slow = [["first", True], ["second", True]]
    assert shown == [*slow, ["second", False], ["first", False], ["fourth", False]]


def test_skips_patches_and_noise_change_their_pictures(lecture: Lecture) -> None:
    skips = lecture.chapter(4)
    before = skips.picture("y")
    assert skips.root.locator(".learn-skip").count() == 5
    skips.choose("Off")
    assert skips.root.locator(".learn-skip").count() == 0
    assert skips.picture("y") != before

    patches = lecture.chapter(5)
    box, values = patches.root.locator(".learn-box"), patches.root.locator("[data-values]")
    assert [box.get_attribute(n) for n in ("x", "y", "width", "height")] == ["33", "33", "70", "70"]
    frame = patches.root.locator("[data-point]")
    frame.click(position={"x": 3, "y": 3})
    expect(values).to_contain_text("row 1, column 1 sees 47 x 47 px")
    patches.choose("1")
    expect(values).to_contain_text("128 x 128 cells, one every 1 px")
    assert box.get_attribute("width") == "1"
    patches.choose("286")
    expect(values).to_contain_text("sees 128 x 128 px")
    patches.choose("16")
    patches.slide("[data-cell='column']", 62)
    expect(values).to_contain_text("column 62 sees")

    noise = lecture.chapter(6)
    assert noise.picture("first") != noise.picture("second")
    noise.slide("[data-seed='second']", 0)
    expect(noise.root.locator("[data-values]")).to_contain_text("differ by 0.0 of 255")
    assert noise.picture("first") == noise.picture("second")


def test_the_numbers_come_from_the_models(lecture: Lecture) -> None:
    root = lecture.root.locator("[data-chapter='c7']")
    root.scroll_into_view_if_needed()
    expect(root.locator("tbody tr")).to_have_count(9, timeout=PATIENCE_MS)
    expect(root.locator("tbody tr").first).to_contain_text("0.300")
    assert root.locator("[data-agrees='true']").count() and root.locator("[data-agrees='false']").count()


def test_on_a_phone_in_korean(open_page: Callable[..., Page], url: str) -> None:
    page = open_page(url, **PHONE, locale="ko-KR")
    lecture = Lecture(page, "배우기")
    for number in range(1, 7):
        lecture.chapter(number)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    wide = page.evaluate(
        "[...document.querySelectorAll('#learn .learn *')].filter((n) => !n.closest('.learn-table')"
        " && n.getBoundingClientRect().right > 391).map((n) => n.outerHTML.slice(0, 80))"
    )
    assert wide == []
    for text in lecture.root.locator("p, legend, button, h1, h2, h3").all_inner_texts():
        assert not text.strip() or re.search("[가-힣]", text) or text in ("1", "16", "70", "286"), text


def test_what_is_missing_is_said_and_the_rest_works(
    open_page: Callable[..., Page], tiny_model: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    home = tmp_path_factory.mktemp("app")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PIX2PIX_ABLATIONS", str(home / "nothing"))
        with running_app(str(tiny_model), home) as app:
            page = open_page(app.url)
            lecture = Lecture(page)
            error = lecture.root.locator("[data-chapter='c1'] [data-error]")
            expect(error).to_contain_text("checkpoints/ablations", timeout=PATIENCE_MS)
            assert_one_sentence(error.inner_text())
            chapter = lecture.chapter(3)
            assert len(chapter.picture("kept")) > 100
            expect(chapter.root.locator("[data-error-models]")).to_contain_text("“l1”")
            page.close()  # before its server ends, which it would complain of
    assert "Traceback" not in (home / "app.log").read_text(encoding="utf-8", errors="replace")
