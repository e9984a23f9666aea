"""An idle server rests: by itself Gradio's queue looks for work a thousand times a second, day and night."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

AWAKE_SECONDS = 3.0  # after a request
RESTING = 0.02  # seconds between two looks of a queue that rests: what the first request afterwards may wait


class QueueRest:
    """ASGI middleware of a Gradio app: while nothing is asked and nothing runs, its queue seldom looks."""

    def __init__(self, app: ASGIApp, awake_seconds: float = AWAKE_SECONDS) -> None:
        self.app = app
        self.awake_seconds = awake_seconds
        self._timer: asyncio.TimerHandle | None = None
        self._awake: float | None = None  # Gradio's own number

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            self._wake(scope["app"].get_blocks()._queue)
        await self.app(scope, receive, send)

    def _wake(self, queue: Any) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._awake is None:
            self._awake = queue.sleep_when_free
        queue.sleep_when_free = self._awake
        self._wait(queue)

    def _wait(self, queue: Any) -> None:
        self._timer = asyncio.get_running_loop().call_later(self.awake_seconds, self._rest, queue)

    def _rest(self, queue: Any) -> None:
        if any(queue.active_jobs):
            self._wait(queue)
        else:
            queue.sleep_when_free = max(queue.sleep_when_free, RESTING)
