"""The live path in a real browser: how soon is the photo there, how often does it change.

    python -m benchmarks.speed.live [--model edges2photo] [--strokes 20] [--critic] [--pages 4]
        [--training DATA [--threads N]]

``--critic`` measures with its map over the photo as well, ``--pages`` several visitors who draw at once,
``--training`` while the quick recipe trains on that data, as the Train tab starts it.
Starts ``python app.py``, draws with the mouse in Chromium, and measures in the page. Needs a Chromium
(``sudo apt-get install chromium``) and the packages of requirements-dev.txt.
"""

from __future__ import annotations

import argparse
import contextlib
import math
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil
from playwright.sync_api import Page, ViewportSize, sync_playwright

from pix2pix.ui.settings import Settings
from train.presets import from_preset
from train.runs import jobs

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
NO_CHROMIUM = "No Chromium was found: install it with `sudo apt-get install chromium`."
VIEWPORT: ViewportSize = {"width": 1280, "height": 900}
START_SECONDS = 120.0
STROKE_SECONDS = 2.0
# name: (unit, target, whether more is better)
TARGETS = {
    "pointer-up to final photo, median": ("ms", 150.0, False),
    "pointer-up to final photo, 95 %": ("ms", 150.0, False),
    "the same with the critic, median": ("ms", 250.0, False),
    "the same with the critic, 95 %": ("ms", 250.0, False),
    "several pages: fewest photos a second": ("", 4.0, True),
    "several pages: slowest final photo": ("ms", None, False),
    "photos shown in a 2-second stroke": ("", 8.0, True),
    "start to page served": ("s", 15.0, False),
    "resident memory": ("GB", 1.2, False),
}
# In the page: the input event's own time, and the frame after the photo has been decoded.
WATCH = """() => {
  const root = document.querySelector(".p2p");
  window.live = { up: 0, waits: [], shown: 0 };
  document.addEventListener("pointerup", (event) => { live.up = event.timeStamp; }, true);
  document.addEventListener("p2p:shown", (event) => requestAnimationFrame(() => {
    live.shown += 1;
    if (!live.up || Number(root.dataset.frame) !== event.detail.number) return;
    live.waits.push(performance.now() - live.up);
    live.up = 0;
  }));
}"""
FIRST_PHOTO = "() => document.querySelector('[data-photo]')?.dataset.number"


@dataclass(frozen=True)
class App:
    """A running app: its address, its process, and the seconds until it served its first page."""

    url: str
    process: subprocess.Popen[bytes]
    seconds: float


def find_chromium() -> str | None:
    """The path of an installed Chromium."""
    return next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)


@contextlib.contextmanager
def running_app(model: str, home: Path) -> Iterator[App]:
    """``python app.py`` on a free port of this machine, with ``home`` as its home and temporary folder.

    What it prints goes to ``home/app.log``.

    Raises:
        RuntimeError: it did not start; the message is what it printed.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {
        "PIX2PIX_MODEL": model,
        "GRADIO_SERVER_NAME": "127.0.0.1",
        "GRADIO_SERVER_PORT": str(port),
        "GRADIO_TEMP_DIR": str(home / "gradio"),
        "HOME": str(home),
        "TMPDIR": str(home),
        "PYTHONUNBUFFERED": "1",
    }
    url, log = f"http://127.0.0.1:{port}/", home / "app.log"
    start = time.monotonic()
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "app.py"], cwd=ROOT, env=environment, stdout=output, stderr=output
        )
    try:
        _wait_until_served(url, process, log)
        yield App(url, process, time.monotonic() - start)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_until_served(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # no proxy finds this machine
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with direct.open(url, timeout=5):
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"app.py did not start:\n{log.read_text(encoding='utf-8', errors='replace')}")


def measure(page: Page, strokes: int, critic: bool = False) -> dict[str, float]:
    """Draw on an open page and give the numbers by their names in ``TARGETS``."""
    page.evaluate(WATCH)
    page.locator("[data-do='clear']").click()
    waits = _waits(page, strokes)
    judged: dict[str, float] = {}
    if critic:
        page.locator("[data-do='critic']").click()
        page.wait_for_function("() => !document.querySelector('[data-legend]').hidden", timeout=60_000)
        page.evaluate("live.waits = []; live.up = 0")
        with_critic = _waits(page, strokes)
        judged = {
            "the same with the critic, median": statistics.median(with_critic),
            "the same with the critic, 95 %": _percentile(with_critic),
        }
        page.locator("[data-do='critic']").click()
    shown = []
    for i in range(3):
        before = page.evaluate("live.shown")
        _draw(page, seconds=STROKE_SECONDS, phase=strokes + i, release=False)
        shown.append(page.evaluate("live.shown") - before)
        page.mouse.up()
        page.wait_for_timeout(500)
    return judged | {
        "pointer-up to final photo, median": statistics.median(waits),
        "pointer-up to final photo, 95 %": _percentile(waits),
        "photos shown in a 2-second stroke": statistics.median(shown),
    }


def _waits(page: Page, strokes: int) -> list[float]:
    for i in range(strokes):
        _draw(page, seconds=0.4, phase=i)
        page.wait_for_function(f"() => live.waits.length === {i + 1}", timeout=30_000)
        page.wait_for_timeout(150)
    return sorted(page.evaluate("live.waits"))


def _percentile(waits: Sequence[float]) -> float:
    return waits[math.ceil(0.95 * len(waits)) - 1]


def measure_together(pages: Sequence[Page]) -> dict[str, float]:
    """Draw on all pages at once: does each see its photos?"""
    seconds = 4.0
    for page in pages:
        page.evaluate(WATCH)
    _draw(*pages, seconds=seconds, phase=0, release=False)
    shown = [page.evaluate("live.shown") for page in pages]
    for page in pages:
        page.mouse.up()
    for page in pages:
        page.wait_for_function("() => live.waits.length === 1", timeout=30_000)
    return {
        "several pages: fewest photos a second": min(shown) / seconds,
        "several pages: slowest final photo": max(page.evaluate("live.waits[0]") for page in pages),
    }


def _draw(*pages: Page, seconds: float, phase: int, release: bool = True) -> None:
    """One wavy stroke across each canvas, a move about every 16 ms as from a mouse."""
    boxes = [page.locator("[data-view]").bounding_box() for page in pages]

    def move(part: float) -> None:
        height = 0.1 + 0.8 * (phase % 23) / 23 + 0.04 * math.sin(9 * part + phase)
        for page, box in zip(pages, boxes, strict=True):
            assert box
            page.mouse.move(box["x"] + box["width"] * (0.1 + 0.8 * part), box["y"] + box["height"] * height)

    move(0)
    for page in pages:
        page.mouse.down()
    start = time.monotonic()
    while (elapsed := time.monotonic() - start) < seconds:
        move(elapsed / seconds)
        time.sleep(max(0.0, 0.016 - (time.monotonic() - start - elapsed)))
    for page in pages if release else ():
        page.mouse.up()


@contextlib.contextmanager
def training(data: str, runs: Path, threads: int) -> Iterator[None]:
    """A training that goes on meanwhile, with the app's niceness; nothing without data."""
    if not data:
        yield
        return
    settings = Settings()
    config = from_preset("quick", data=(data,), minutes=60.0)
    job = jobs.start(config, runs, "live", threads=threads or None, niceness=settings.train_niceness)
    try:
        while jobs.look(runs, job.name).step == 0:
            time.sleep(1)
        yield
        print(f"the training made {jobs.look(runs, job.name).step} steps meanwhile", file=sys.stderr)
    finally:
        jobs.stop(runs, job.name, at_once=True)


def run(options: argparse.Namespace) -> dict[str, float]:
    """Start the app and a browser, and measure everything."""
    chromium = find_chromium()
    if chromium is None:
        raise SystemExit(NO_CHROMIUM)
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as home:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(CHROMIUM_FLAGS))
        page = browser.new_page(viewport=VIEWPORT)
        runs = Path(home) / "runs"
        with (
            training(options.training, runs, options.threads),
            running_app(options.model, Path(home)) as app,
        ):
            _open(page, app.url)
            rows = measure(page, options.strokes, options.critic)
            if options.pages > 1:
                pages = [browser.new_page(viewport=VIEWPORT) for _ in range(options.pages)]
                for one in pages:
                    _open(one, app.url)
                rows |= measure_together(pages)
            memory = psutil.Process(app.process.pid).memory_info().rss / 1e9
            browser.close()
    return rows | {"start to page served": app.seconds, "resident memory": memory}


def _open(page: Page, url: str) -> None:
    page.goto(url)
    page.wait_for_function(FIRST_PHOTO, timeout=120_000)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table; exit status 1 when a target is missed."""
    parser = argparse.ArgumentParser(description="The live path in a real browser.")
    parser.add_argument("--model", default="edges2photo")
    parser.add_argument("--strokes", type=int, default=20)
    parser.add_argument("--critic", action="store_true", help="also with the critic's map over the photo")
    parser.add_argument("--pages", type=int, default=1, help="also so many pages that draw at once")
    parser.add_argument("--training", default="", metavar="DATA", help="train on this meanwhile")
    parser.add_argument("--threads", type=int, default=0, help="of that training (default: all cores)")
    options = parser.parse_args(arguments)
    rows, missed = run(options), False
    print(f"{'':<40}{'measured':>12}{'target':>12}")
    for name, (unit, target, more) in TARGETS.items():
        if name not in rows:
            continue
        goal = mark = ""
        if target is not None:
            goal = f"{'≥' if more else '≤'} {target:g} {unit}"
            met = rows[name] >= target if more else rows[name] <= target
            mark, missed = ("  ok", missed) if met else ("  MISSED", True)
        print(f"{name:<40}{rows[name]:>8.4g} {unit:<3}{goal:>12}{mark}")
    sys.exit(missed)


if __name__ == "__main__":
    main()
