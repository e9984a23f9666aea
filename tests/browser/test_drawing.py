"""Tools, undo, keyboard, touch: what reaches the model is what was drawn."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import expect
from sketchpad import SIDE, Pixels, Sketchpad

LINE = ((40.0, 60.0), (200.0, 60.0))
OTHER = ((40.0, 180.0), (200.0, 180.0))
RED = (216, 27, 42)


def ink(drawing: Pixels) -> int:
    return int((drawing.max(axis=2) < 128).sum())


def test_a_finished_example_and_its_photo_are_there_at_once(pad: Sketchpad) -> None:
    expect(pad.page.locator("[data-photo]")).to_be_visible()
    assert pad.photo.shape == (SIDE, SIDE, 3)
    expect(pad.page.locator("[data-time]")).to_contain_text("ms")
    assert "seed 0" in (pad.page.locator("[data-photo]").get_attribute("alt") or "")


def test_the_drawing_has_the_models_size_on_any_screen(pad: Sketchpad, phone: Sketchpad) -> None:
    for each in (pad, phone):
        each.clear()
    wide, narrow = pad.draw(*LINE), phone.draw(*LINE)
    assert wide.shape == narrow.shape == (SIDE, SIDE, 3)
    # The same line from the same points, however many pixels the screen has.
    assert abs(ink(wide) - ink(narrow)) <= 0.05 * ink(wide)
    rows = np.nonzero(wide.min(axis=2) < 128)[0]
    assert 58 <= rows.min() <= rows.max() <= 61


def test_line_width_is_in_the_models_pixels(pad: Sketchpad) -> None:
    pad.clear()
    widths = {}
    for width in (1, 6):
        pad.set_size(width)
        drawing = pad.draw((20, 100), (230, 100))
        column = 255 - drawing[:, 128].mean(axis=1)
        widths[width] = column.sum() / 255  # anti-aliased: the sum of coverage is the width
        pad.do("undo")
    assert widths[1] == pytest.approx(1, abs=0.2)
    assert widths[6] == pytest.approx(6, abs=0.3)


def test_undo_and_redo_by_stroke(pad: Sketchpad) -> None:
    pad.clear()
    one = pad.draw(*LINE)
    two = pad.draw(*OTHER)
    assert ink(two) > ink(one)
    pad.do("undo")
    pad.settle()
    assert np.array_equal(pad.drawing, one)
    pad.do("redo")
    pad.settle()
    assert np.array_equal(pad.drawing, two)
    pad.do("undo")
    three = pad.draw((128, 90), (128, 150))
    expect(pad.page.locator("[data-do='redo']")).to_be_disabled()  # a new stroke ends what was undone
    assert not np.array_equal(three, two)


def test_undo_goes_back_exactly_through_many_strokes(pad: Sketchpad) -> None:
    """More strokes than there are between two kept copies of the bitmap."""
    pad.clear()
    drawings = []
    for i in range(30):
        pad.stroke([(20, 20 + 7 * i), (120, 20 + 7 * i)], steps=2)
        if i in (3, 24, 26):
            pad.settle()
            drawings.append(pad.drawing)
    for wanted, presses in ((drawings[2], 3), (drawings[1], 2), (drawings[0], 21)):
        for _ in range(presses):
            pad.do("undo")
        pad.settle()
        assert np.array_equal(pad.drawing, wanted)


def test_clear_shows_the_hint_asks_nothing_and_can_be_undone(pad: Sketchpad) -> None:
    before = pad.draw(*LINE)
    asked = len(pad.frames)
    pad.clear()
    expect(pad.page.locator("[data-wait]")).to_be_visible()
    expect(pad.page.locator("[data-hint]")).to_be_visible()
    expect(pad.page.locator("[data-do='save-photo']")).to_be_disabled()
    pad.do("another")  # nothing to make a version of
    pad.do("undo")
    pad.settle()
    assert len(pad.frames) == asked + 1
    assert np.array_equal(pad.drawing, before)
    expect(pad.page.locator("[data-photo]")).to_be_visible()


def test_eraser_takes_lines_and_colour_away(pad: Sketchpad) -> None:
    pad.clear()
    pad.draw(*LINE)
    pad.use("dab")
    coloured = pad.draw((100, 60), (140, 60))
    pad.use("erase")
    pad.set_size(48)
    erased = pad.draw((20, 60), (120, 60))
    assert (coloured[50:70, 90:110] < 255).any()
    assert (erased[:, :120] == 255).all()
    assert np.array_equal(erased[:, 150:], coloured[:, 150:])
    pad.stroke([(120, 60), (236, 60)])  # nothing is left now
    pad.page.locator("[data-photo]").wait_for(state="hidden")


def test_colour_lies_below_the_lines(pad: Sketchpad) -> None:
    pad.clear()
    lines = pad.draw(*LINE)
    pad.page.locator("[data-color='#d81b2a']").click()
    dabbed = pad.draw((80, 60), (160, 60))
    black = lines.max(axis=2) == 0
    assert black.sum() > 100
    assert (dabbed[black] == 0).all()  # drawn later, and yet below
    assert tuple(dabbed[54, 120]) == RED
    under = dabbed[:, 120]
    assert 14 <= (under != 255).any(axis=1).sum() <= 22  # the dab's width of 18, in the model's pixels


def test_a_colour_of_ones_own(pad: Sketchpad) -> None:
    pad.clear()
    pad.page.locator("[data-picker]").fill("#123456")
    dabbed = pad.draw((128, 128), (150, 128))
    assert tuple(dabbed[128, 140]) == (0x12, 0x34, 0x56)


def test_a_straight_line_and_a_rectangle_go_from_press_to_release(pad: Sketchpad) -> None:
    pad.clear()
    pad.use("line")
    line = pad.draw((40, 40), (90, 200), (200, 40))  # the way between does not matter
    rows, columns = np.nonzero(line.max(axis=2) < 128)
    assert set(rows) <= set(range(38, 42)) and columns.min() <= 42 and columns.max() >= 198
    pad.use("rect")
    both = pad.draw((60, 80), (180, 160))
    assert (both[79:81, 70:170].max(axis=2) < 128).any(axis=0).all()  # its upper side
    assert (both[90:150, 70:170] == 255).all()  # an outline, as the model knows them
    pad.page.keyboard.down("Shift")
    square = pad.draw((20, 180), (60, 190))
    pad.page.keyboard.up("Shift")
    assert (square[219:221, 30:50].max(axis=2) < 128).any()  # 40 down, because it is 40 wide


def test_fill_colours_an_area_up_to_its_lines(pad: Sketchpad) -> None:
    pad.clear()
    pad.use("rect")
    lines = pad.draw((60, 80), (180, 160))
    pad.use("fill")
    pad.page.locator("[data-color='#d81b2a']").click()
    expect(pad.page.locator("[data-tool='fill']")).to_have_attribute("aria-pressed", "true")
    pad.page.mouse.click(*pad.on_screen(120, 120))
    pad.settle()
    filled = pad.drawing
    assert (filled[83:157, 63:177] == RED).all()
    assert (filled[:76] == 255).all() and (filled[164:] == 255).all()
    black = lines.max(axis=2) == 0
    assert (filled[black] == 0).all()  # below the lines
    pad.page.mouse.click(*pad.on_screen(180, 120))  # on the line there is nothing to fill
    pad.do("undo")
    pad.settle()
    assert np.array_equal(pad.drawing, lines)


def test_a_tap_leaves_a_dot(pad: Sketchpad) -> None:
    pad.clear()
    pad.set_size(6)
    pad.page.mouse.click(*pad.on_screen(128, 128))
    pad.settle()
    assert 16 <= ink(pad.drawing) <= 48


def test_keyboard(pad: Sketchpad) -> None:
    keys = pad.page.keyboard
    pad.clear()
    one = pad.draw(*LINE)
    two = pad.draw(*OTHER)
    for press, wanted in (
        ("Control+z", one),
        ("Control+Shift+Z", two),
        ("Control+z", one),
        ("Control+y", two),
    ):
        keys.press(press)
        pad.settle()
        assert np.array_equal(pad.drawing, wanted), press
    for key, tool in (("e", "erase"), ("d", "dab"), ("p", "pen")):
        keys.press(key)
        expect(pad.page.locator(f"[data-tool='{tool}']")).to_have_attribute("aria-pressed", "true")
    pad.page.locator("[data-seed]").focus()
    keys.press("e")  # typing, not choosing
    keys.press("Control+z")
    expect(pad.page.locator("[data-tool='pen']")).to_have_attribute("aria-pressed", "true")
    assert np.array_equal(pad.drawing, two)
    pad.draw((128, 90), (128, 150))  # drawing ends the typing
    keys.press("Control+z")
    pad.settle()
    assert np.array_equal(pad.drawing, two)


def test_every_control_is_named_and_reached_by_tab(pad: Sketchpad) -> None:
    unnamed = pad.page.evaluate(
        """() => [...document.querySelectorAll(".p2p button, .p2p input, .p2p canvas[data-view]")].filter(
             (one) => !(one.getAttribute("aria-label") || one.innerText?.trim() || one.labels?.length)
           ).map((one) => one.outerHTML)"""
    )
    assert unnamed == []
    reached = set()
    pad.page.locator("[data-tool='pen']").focus()
    for _ in range(60):
        reached.add(
            pad.page.evaluate("document.activeElement.dataset.do || document.activeElement.dataset.example")
        )
        pad.page.keyboard.press("Tab")
    wanted = {"undo", "clear", "replay", "help", "another", "critic", "sheet", "save-photo", "save-both"}
    assert wanted | {"save-animation", "choose-file", "sneaker"} <= reached


# ---- touch ------------------------------------------------------------------------------------


def test_a_finger_draws_and_the_page_stays_where_it_is(phone: Sketchpad) -> None:
    phone.clear()
    before = phone.page.evaluate("scrollY")
    phone.touch("touchStart", (60, 40))
    for y in range(50, 200, 10):
        phone.touch("touchMove", (60, y))
    phone.touch("touchEnd")
    phone.settle()
    column = phone.drawing[:, 60].max(axis=1) < 128
    assert column[45:185].all()
    assert phone.page.evaluate("scrollY") == before


def test_a_cancelled_touch_is_taken_back(phone: Sketchpad) -> None:
    phone.clear()
    one = phone.draw(*LINE)
    phone.touch("touchStart", (60, 100))
    phone.touch("touchMove", (60, 200))
    phone.touch("touchCancel")
    phone.settle()
    assert np.array_equal(phone.drawing, one)


def test_a_phone_has_no_sideways_scroll_and_all_tools(phone: Sketchpad) -> None:
    width, view = phone.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert width <= view == 390
    box = phone.page.locator("[data-view]").bounding_box()
    assert box and box["width"] > 340
    for tool in ("pen", "erase", "dab"):
        phone.page.locator(f"[data-tool='{tool}']").tap()
        button = phone.page.locator(f"[data-tool='{tool}']").bounding_box()
        assert button and button["x"] >= 0 and button["x"] + button["width"] <= view
        assert min(button["width"], button["height"]) >= 36  # a finger's size
