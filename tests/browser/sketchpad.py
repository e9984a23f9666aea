"""The Draw tab as a test sees it: strokes in the drawing's own pixels in, pictures out."""

from __future__ import annotations

import base64
import io
import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import CDPSession, Page, Request, TimeoutError

Pixels = NDArray[np.uint8]
Point = tuple[float, float]
SIDE = 256
PATIENCE_MS = 60_000

DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}

SETTLED = """() => {
  const root = document.querySelector(".p2p"), photo = root?.querySelector("[data-photo]");
  const { frame } = root?.dataset ?? {}; // none before the scripts are there
  return frame && !root.hasAttribute("data-pending") && photo.dataset.number === frame;
}"""
STATE = """() => {
  const root = document.querySelector(".p2p"), photo = root?.querySelector("[data-photo]");
  const said = root?.querySelector("[data-wait]")?.textContent;
  return { frame: root?.dataset.frame, pending: root?.hasAttribute("data-pending"), said,
    photo: photo?.dataset.number, loaded: photo?.complete, length: photo?.src.length };
}"""
COUNT_PHOTOS = """() => {
  window.shown = [];
  document.addEventListener("p2p:shown", (event) => window.shown.push(event.target.src));
}"""


def decode(url: str) -> Pixels:
    data = base64.b64decode(url.partition(",")[2])
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


class Sketchpad:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.frames: list[dict[str, Any]] = []  # as the browser sent them
        self._touches: CDPSession | None = None  # one for a gesture: the state of fingers is kept in it
        page.on("request", self._keep_frame)

    def _keep_frame(self, request: Request) -> None:
        if "/queue/join" in request.url and request.method == "POST":
            sent = (request.post_data_json or {}).get("event_data")
            if isinstance(sent, dict) and "overlay" in sent:  # else it is another event's
                self.frames.append(sent)

    def ready(self) -> Sketchpad:
        self.settle()
        self.page.evaluate(COUNT_PHOTOS)
        return self

    def settle(self) -> None:
        """Until the photo on screen is that of the newest frame."""
        try:
            self.page.wait_for_function(SETTLED, timeout=PATIENCE_MS)
        except TimeoutError as error:
            raise AssertionError(f"not settled: {self.page.evaluate(STATE)}, sent {self._sent()}") from error

    def _sent(self) -> list[tuple[int, bool]]:
        return [(frame["number"], frame["final"]) for frame in self.frames[-6:]]

    @property
    def drawing(self) -> Pixels:
        """(H, W, 3): what the model was last given."""
        return decode(self.frames[-1]["drawing"])

    @property
    def photo_url(self) -> str:
        return self.page.locator("[data-photo]").get_attribute("src") or ""

    @property
    def photo(self) -> Pixels:
        return decode(self.photo_url)

    @property
    def photos_shown(self) -> list[str]:
        return self.page.evaluate("window.shown")

    def on_screen(self, x: float, y: float) -> Point:
        """A point of the drawing in the window's pixels."""
        box = self.page.locator("[data-view]").bounding_box()
        assert box
        return box["x"] + x * box["width"] / SIDE, box["y"] + y * box["height"] / SIDE

    def stroke(self, points: Sequence[Point], steps: int = 8, pause_ms: float = 0) -> None:
        """Draw a line through the points with the mouse."""
        mouse = self.page.mouse
        mouse.move(*self.on_screen(*points[0]))
        mouse.down()
        for start, end in itertools.pairwise(points):
            for step in range(1, steps + 1):
                x, y = (a + (b - a) * step / steps for a, b in zip(start, end, strict=True))
                mouse.move(*self.on_screen(x, y))
                if pause_ms:
                    self.page.wait_for_timeout(pause_ms)
        mouse.up()

    def touch(self, kind: str, *points: Point) -> None:
        """touchStart, touchMove, touchEnd or touchCancel, with all fingers that are then down."""
        self._touches = self._touches or self.page.context.new_cdp_session(self.page)
        places = [self.on_screen(*point) for point in points]
        touches = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(places)]
        self._touches.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})

    def draw(self, *points: Point) -> Pixels:
        """One stroke, and the drawing after it."""
        self.stroke(points)
        self.settle()
        return self.drawing

    def do(self, action: str) -> None:
        self.page.locator(f"[data-do='{action}']").click()

    def use(self, tool: str) -> None:
        self.page.locator(f"[data-tool='{tool}']").click()

    def clear(self) -> None:
        self.do("clear")
        self.page.locator("[data-photo]").wait_for(state="hidden")

    def set_size(self, value: int) -> None:
        self.page.locator("[data-size]").fill(str(value))
