"""The canvas seen larger, a pen that feels pressure, and a phone that shows drawing and photo at once."""

from __future__ import annotations

import numpy as np
from sketchpad import Sketchpad

LINE = ((60.0, 60.0), (100.0, 90.0))
SCALE = "() => new DOMMatrix(getComputedStyle(document.querySelector('[data-view]')).transform).a"
# One stroke of a pen from left to right, pressed lightly and then hard.
PRESSED = """() => {
  const view = document.querySelector("[data-view]");
  const { left, top, width, height } = view.getBoundingClientRect();
  const send = (type, x, pressure) => view.dispatchEvent(new PointerEvent(type, {
    pointerId: 7, pointerType: "pen", pressure, bubbles: true, cancelable: true,
    button: type === "pointermove" ? -1 : 0, clientX: left + width * x, clientY: top + height / 2 }));
  view.setPointerCapture = () => {};
  send("pointerdown", 0.2, 0.05);
  for (let x = 0.2; x < 0.8; x += 0.01) send("pointermove", x, x < 0.5 ? 0.05 : 1);
  send("pointerup", 0.8, 1);
}"""


def ink(pad: Sketchpad) -> np.ndarray:
    return pad.drawing.min(axis=2) < 128


def test_a_stroke_lies_where_the_pen_was_also_when_zoomed(pad: Sketchpad) -> None:
    pad.clear()
    plain = pad.draw(*LINE)
    pad.clear()
    pad.page.mouse.move(*pad.on_screen(80, 75))
    pad.page.keyboard.down("Control")
    pad.page.mouse.wheel(0, -400)
    pad.page.keyboard.up("Control")
    assert pad.page.evaluate(SCALE) > 2
    zoomed = pad.draw(*LINE)
    assert np.abs(plain.astype(int) - zoomed).mean() < 1
    assert ((plain < 128) & (zoomed < 128)).sum() > 0.8 * (plain < 128).sum()
    pad.page.keyboard.press("0")
    assert pad.page.evaluate(SCALE) == 1
    pad.page.keyboard.press("+")
    assert pad.page.evaluate(SCALE) > 1
    pad.page.keyboard.press("-")
    assert pad.page.evaluate(SCALE) == 1


def test_the_wheel_alone_scrolls_the_page(pad: Sketchpad) -> None:
    pad.page.mouse.move(*pad.on_screen(80, 75))
    pad.page.mouse.wheel(0, -400)
    assert pad.page.evaluate(SCALE) == 1


def test_two_fingers_zoom_and_draw_nothing(phone: Sketchpad) -> None:
    phone.clear()
    alone = phone.draw(*LINE)
    phone.clear()
    phone.touch("touchStart", (100, 100))
    phone.touch("touchMove", (104, 104))
    phone.touch("touchStart", (104, 104), (150, 150))
    phone.touch("touchMove", (60, 60), (200, 200))
    phone.touch("touchEnd")
    assert phone.page.evaluate(SCALE) > 1.5
    phone.page.keyboard.press("0")
    assert np.array_equal(phone.draw(*LINE), alone)


def test_a_pen_that_is_pressed_draws_wider(pad: Sketchpad) -> None:
    pad.clear()
    pad.page.evaluate(PRESSED)
    pad.settle()
    light, hard = ink(pad)[:, 60:120].sum(), ink(pad)[:, 140:200].sum()
    assert light > 30 and hard > 1.8 * light


def test_a_phone_shows_drawing_and_photo_at_once_and_a_tap_swaps_them(phone: Sketchpad) -> None:
    phone.settle()
    box = {name: phone.page.locator(name).bounding_box() for name in (".p2p-paper", ".p2p-photo")}
    paper, photo = (found or {} for found in box.values())
    assert photo["y"] + photo["height"] <= 844 and paper["width"] > 1.5 * photo["width"]
    phone.page.locator(".p2p-photo").tap()
    large = phone.page.locator(".p2p-photo").bounding_box() or {}
    assert abs(large["width"] - paper["width"]) < 2 and abs(large["y"] - paper["y"]) < 2
    phone.page.locator("[data-do='swap']").tap()
    again = phone.page.locator(".p2p-photo").bounding_box() or {}
    assert abs(again["width"] - photo["width"]) < 2
