"""A real app process and a real Chromium for the tests beside this file."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect, sync_playwright
from sketchpad import PHONE, Sketchpad
from support import make_checkpoint, tiny_generator

from benchmarks.speed.live import CHROMIUM_FLAGS, NO_CHROMIUM, App, find_chromium, running_app
from pix2pix.ui.shared.messages import (
    TOPICS,
    Choosing,
    Frame,
    Judging,
    OfRun,
    Opening,
    Picked,
    Question,
    Tracing,
)

PATIENCE_MS = 30_000  # machines are slow and shared; a test that waits in vain is the exception

OURS = (Frame, Opening, Tracing, Picked, Judging, Choosing, OfRun)
MESSAGES = [{field.name for field in fields(kind)} for kind in OURS]
MESSAGES += [
    {field.name for kind in (Question, topic) for field in fields(kind)} for topic in TOPICS.values()
]
MESSAGES.append({"index", "value", "selected", "row_value", "col_value"})  # of Gradio's own components

# What a browser says of questions that a reload, or the end of the server, cuts off.
CUT_OFF = (
    "AbortError: signal is aborted",
    "AbortError: BodyStreamBuffer was aborted",
    "Connection errored out",
    "ERR_INCOMPLETE_CHUNKED_ENCODING",
)


def unknown_fields(request: Request) -> str:
    """What a script of ours sends that is no message; "" where all is well, or where Gradio sends it."""
    if request.method != "POST" or not request.url.endswith("/queue/join"):
        return ""
    sent = (request.post_data_json or {}).get("event_data")
    if not isinstance(sent, dict) or any(set(sent) <= known for known in MESSAGES):
        return ""
    return f"the page sent {sorted(sent)}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = find_chromium()
    if path is None and os.environ.get("CI"):
        pytest.fail(NO_CHROMIUM)
    if path is None:
        pytest.skip(NO_CHROMIUM)
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE_MS)
        chromium = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Path], str]]:
    """Starts ``python app.py`` for a model and gives its address; one process for each model."""
    apps: dict[Path, App] = {}
    logs: list[Path] = []
    with contextlib.ExitStack() as stack:

        def start(model: Path) -> str:
            if model not in apps:
                home = tmp_path_factory.mktemp("app")
                logs.append(home / "app.log")
                apps[model] = stack.enter_context(running_app(str(model), home))
            return apps[model].url

        yield start
    printed = [log.read_text(encoding="utf-8", errors="replace") for log in logs]
    assert not [text for text in printed if "Traceback" in text], "\n".join(printed)


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint with random weights: quick, and its pictures differ for all that is drawn."""
    network = tiny_generator(width=4, image_size=256)
    return make_checkpoint(tmp_path_factory.mktemp("models") / "tiny256", network, line_width=(1.0, 6.0))


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens pages in contexts of their own; an error in a page's script fails the test, and so does a message
    with a field that pix2pix/ui/shared/messages.py doesn't have."""
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def note(text: str) -> None:
        if text and not any(cut in text for cut in CUT_OFF):
            problems.append(text)

    def open_(url: str, **options: object) -> Page:
        options.setdefault("viewport", {"width": 1280, "height": 900})
        context = browser.new_context(**options)  # type: ignore[arg-type]
        context.set_default_timeout(2 * PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: note(str(error)))
        page.on("console", lambda message: note(message.text) if message.type == "error" else None)
        page.on("request", lambda request: note(unknown_fields(request)))
        page.goto(url)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert not problems


@pytest.fixture
def pad(open_page: Callable[..., Page], serve: Callable[[Path], str], tiny_model: Path) -> Sketchpad:
    """The page with the tiny model on a desktop screen, its first photo shown."""
    return Sketchpad(open_page(serve(tiny_model))).ready()


@pytest.fixture
def phone(open_page: Callable[..., Page], serve: Callable[[Path], str], tiny_model: Path) -> Sketchpad:
    """The same on a phone."""
    return Sketchpad(open_page(serve(tiny_model), **PHONE)).ready()
