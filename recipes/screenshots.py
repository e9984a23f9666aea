"""The pictures in README.md: the page in its light and dark theme, and a drawing that is made on it.

    python -m recipes.screenshots [--to docs/images]

Starts the app with ``edges2emoji``, the one bundled model whose pictures may be shown anywhere, and draws on
the page with the mouse, in Chromium. Needs the packages of requirements-dev.txt.
"""

from __future__ import annotations

import argparse
import io
import json
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, FloatRect, Page, sync_playwright

from benchmarks.speed.live import CHROMIUM_FLAGS, NO_CHROMIUM, find_chromium, running_app

EXAMPLE = Path(__file__).parents[1] / "pix2pix" / "ui" / "examples" / "f-mushroom.json"
SIDE = 256  # of a drawing, in its own pixels
WIDTH = 640  # of the animation
FRAME_MS, LAST_MS = 90, 2500
EVERY = 4  # points of a line between two frames
PATIENCE_MS = 120_000
SHOWN = """() => {
  const root = document.querySelector(".p2p"), photo = root?.querySelector("[data-photo]");
  return photo?.complete && !root.hasAttribute("data-pending") && photo.dataset.number === root.dataset.frame;
}"""


def opened(browser: Browser, url: str, theme: str) -> Page:
    """The page with an empty sheet."""
    page = browser.new_page(viewport={"width": 1280, "height": 800}, locale="en-US")
    page.goto(f"{url}?__theme={theme}")
    page.wait_for_function(SHOWN, timeout=PATIENCE_MS)
    page.locator("[data-do='clear']").click()
    page.locator("[data-photo]").wait_for(state="hidden")
    return page


def draw(page: Page) -> Iterator[None]:
    """Draw the example with the mouse, and stop wherever there is something new to look at."""
    for stroke in json.loads(EXAMPLE.read_text(encoding="utf-8"))["strokes"]:
        if colour := stroke.get("color"):
            page.locator("[data-picker]").fill(colour)
        page.locator(f"[data-tool='{stroke['tool']}']").click()
        page.locator("[data-size]").fill(str(stroke["width"]))
        box = page.locator("[data-view]").bounding_box()
        assert box
        scale, values = box["width"] / SIDE, stroke["points"]
        points = [
            (box["x"] + x * scale, box["y"] + y * scale)
            for x, y in zip(values[::2], values[1::2], strict=True)
        ]
        page.mouse.move(*points[0])
        page.mouse.down()
        for number, point in enumerate(points):
            page.mouse.move(*point)
            if number % EVERY == EVERY - 1:
                yield
        page.mouse.up()
        yield


def frames(page: Page) -> Iterator[Image.Image]:
    """The drawing and its photo side by side, after each stop."""
    boxes = [page.locator(name).bounding_box() for name in ("[data-paper]", "[data-photo-box]")]
    drawing, photo = (box for box in boxes if box)
    left, top = drawing["x"], drawing["y"]
    clip: FloatRect = {
        "x": left,
        "y": top,
        "width": photo["x"] + photo["width"] - left,
        "height": max(drawing["height"], photo["y"] + photo["height"] - top),
    }
    for _ in draw(page):
        page.wait_for_function(SHOWN, timeout=PATIENCE_MS)
        picture = Image.open(io.BytesIO(page.screenshot(clip=clip))).convert("RGB")
        yield picture.resize((WIDTH, round(WIDTH * picture.height / picture.width)), Image.Resampling.LANCZOS)


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the three pictures and print their sizes."""
    parser = argparse.ArgumentParser(
        prog="python -m recipes.screenshots", description="Pictures for README.md."
    )
    parser.add_argument("--to", type=Path, default=Path("docs/images"), metavar="FOLDER")
    folder = parser.parse_args(arguments).to
    if (chromium := find_chromium()) is None:
        raise SystemExit(NO_CHROMIUM)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(CHROMIUM_FLAGS))
        with running_app("edges2emoji", Path(home)) as app:
            for theme in ("light", "dark"):
                page = opened(browser, app.url, theme)
                if theme == "light":
                    first, *others = frames(page)
                    times = [FRAME_MS] * len(others) + [LAST_MS]
                    first.save(
                        folder / "drawing.webp",
                        save_all=True,
                        append_images=others,
                        duration=times,
                        loop=0,
                        quality=70,
                    )
                else:
                    for _ in draw(page):
                        pass
                page.wait_for_function(SHOWN, timeout=PATIENCE_MS)
                page.mouse.move(5, 5)
                picture = Image.open(io.BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
                picture.save(folder / f"draw-{theme}.webp", quality=85)
            browser.close()
    for path in sorted(folder.glob("*.webp")):
        print(f"{path}: {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
