"""Gradio's queue looks for work seldom while nobody asks, and as often as ever as soon as somebody does."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import gradio as gr

from pix2pix.ui import Settings, build
from pix2pix.ui.page import launch_options
from pix2pix.ui.server.rest import RESTING, QueueRest

LONG = 3600.0


def in_a_loop(visit: Coroutine[Any, Any, None]) -> None:
    """In a thread of its own: where a browser test ran before, this one has a loop already."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, visit).result()


async def nothing(*_: Any) -> None:
    """An app, and what it is given to read and to write."""


def request_of(demo: gr.Blocks) -> dict[str, Any]:
    return {"type": "http", "app": SimpleNamespace(get_blocks=lambda: demo)}


def sleeps(queue: Any) -> dict[str, float]:
    return {name: getattr(queue, name) for name in RESTING}


async def rested(queue: Any) -> None:
    for _ in range(2000):
        if sleeps(queue) == RESTING:
            return
        await asyncio.sleep(0.005)
    raise AssertionError("it did not rest")


def test_it_rests_a_while_after_the_last_request_and_wakes_with_the_next() -> None:
    async def visit() -> None:
        queue = (demo := gr.Blocks().queue())._queue
        often = sleeps(queue)
        app = QueueRest(nothing, awake_seconds=0.01)
        for _ in range(2):
            await app(request_of(demo), nothing, nothing)
            assert sleeps(queue) == often
            await rested(queue)

    in_a_loop(visit())


def test_a_request_puts_the_rest_off() -> None:
    async def visit() -> None:
        demo = gr.Blocks().queue()
        app = QueueRest(nothing, awake_seconds=LONG)
        await app(request_of(demo), nothing, nothing)
        first = app._timer
        await app(request_of(demo), nothing, nothing)
        assert first is not None and first.cancelled()
        assert app._timer is not None and not app._timer.cancelled()

    in_a_loop(visit())


def test_it_stays_awake_while_something_runs() -> None:
    async def visit() -> None:
        queue = (demo := gr.Blocks().queue())._queue
        often = sleeps(queue)
        queue.active_jobs = [None, ["an event"]]
        await QueueRest(nothing, awake_seconds=0.01)(request_of(demo), nothing, nothing)
        await asyncio.sleep(0.1)
        assert sleeps(queue) == often
        queue.active_jobs = [None]
        await rested(queue)

    in_a_loop(visit())


def test_what_is_no_request_changes_nothing() -> None:
    in_a_loop(QueueRest(nothing)({"type": "lifespan"}, nothing, nothing))


def test_the_launched_page_rests() -> None:
    """Gradio may give its queue other names or numbers: then this says so."""
    demo = build(Settings())
    kinds = [middleware.cls for middleware in launch_options(Settings())["app_kwargs"]["middleware"]]
    assert QueueRest in kinds
    assert all(0 < seconds < RESTING[name] for name, seconds in sleeps(demo._queue).items())
