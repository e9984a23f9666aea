"""An answer that Gradio's page does not listen to any more is shown all the same."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page
from sketchpad import Sketchpad
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pix2pix.ui import Settings, build
from pix2pix.ui.page import launch_options

LATE = 0.5  # seconds; a slow network or a busy page


class LateEnd:
    """ASGI middleware: that a stream of answers ends is heard late, after the next event was sent."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def late(message: Message) -> None:
            if b"close_stream" in message.get("body", b""):
                await asyncio.sleep(LATE)
            await send(message)

        await self.app(scope, receive, late)


@pytest.fixture
def url(tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path))
    settings = Settings(model=str(tiny_model))
    options = launch_options(settings)
    options["app_kwargs"]["middleware"].append(Middleware(LateEnd))
    demo = build(settings)
    _, address, _ = demo.launch(**options, server_name="127.0.0.1", prevent_thread_lock=True, quiet=True)
    yield address
    demo.close()


def test_a_stroke_that_ends_as_the_answer_before_it_comes(open_page: Callable[..., Page], url: str) -> None:
    page = open_page(url)
    pad = Sketchpad(page).ready()
    page.evaluate(
        """() => document.addEventListener("p2p:shown", () => setTimeout(() => {
          if (!window.again) window.again = document.querySelector("[data-do='another']").click() ?? true;
        }, 100))"""
    )
    pad.do("clear")
    pad.stroke(((60, 40), (180, 200)))
    page.wait_for_function("() => window.again")
    pad.settle()
    assert page.locator("[data-seed]").input_value() == "1"
    page.close()  # before its server ends
