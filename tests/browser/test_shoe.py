"""The whole product: a person draws a shoe with the mouse and the bundled model makes it a photo."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter
from playwright.sync_api import Page, expect
from sketchpad import SIDE, Point, Sketchpad

ROOT = Path(__file__).resolve().parents[2]
BUNDLED = ROOT / "checkpoints" / "edges2photo"
# A low shoe from the side, its toe to the left.
OUTLINE: list[Point] = [
    (16, 196), (14, 178), (24, 160), (48, 148), (76, 140), (98, 126), (116, 106), (130, 92), (146, 88),
    (158, 98), (178, 108), (200, 106), (218, 94), (232, 86), (242, 92), (242, 120), (244, 150), (246, 180),
    (244, 202), (200, 206), (140, 208), (80, 208), (28, 206), (16, 196),
]  # fmt: skip


def interior(outline: list[Point], margin: int = 4) -> np.ndarray:
    mask = Image.new("L", (SIDE, SIDE))
    ImageDraw.Draw(mask).polygon(outline, fill=255)
    return np.asarray(mask.filter(ImageFilter.MinFilter(2 * margin + 1))) > 0


def test_a_drawn_shoe_becomes_a_photo_while_it_is_drawn(
    open_page: Callable[..., Page], serve: Callable[[Path], str], output: Path
) -> None:
    pad = Sketchpad(open_page(serve(BUNDLED))).ready()
    pad.clear()
    pad.page.evaluate("window.shown.length = 0")

    pad.stroke(OUTLINE, steps=3, pause_ms=20)
    assert len(set(pad.photos_shown)) >= 5  # while the button was still down
    pad.settle()
    for lace in ([(104, 120), (126, 134)], [(114, 108), (138, 122)], [(124, 98), (150, 112)]):
        pad.stroke(lace, steps=3)
    pad.stroke([(18, 184), (90, 192), (170, 190), (245, 180)], steps=4)
    pad.settle()
    pad.page.screenshot(path=output / "drawn-shoe.png")

    expect(pad.page.locator("[data-photo]")).to_be_visible()
    photo = pad.photo
    coloured = photo.min(axis=2) < 225
    inside = interior(OUTLINE)
    outside = ~_near(inside, 14)
    assert coloured[inside].mean() > 0.85, "the shoe is not filled"
    assert coloured[outside].mean() < 0.1, "the ground is not white"
    assert photo[inside].std() > 10, "a flat fill is no photo"


def _near(mask: np.ndarray, distance: int) -> np.ndarray:
    grown = Image.fromarray((mask * 255).astype(np.uint8)).filter(ImageFilter.MaxFilter(2 * distance + 1))
    return np.asarray(grown) > 0
