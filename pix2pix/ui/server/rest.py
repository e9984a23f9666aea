"""An idle server rests: by itself Gradio's queue looks for work a thousand times a second, day and night.

And a hundred times a second for news of what is being done.
"""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

AWAKE_SECONDS = 3.0  # after a request
# Seconds between two looks of a queue that rests, by Gradio's names for them: for work, for which the first
# request afterwards may have to wait, and for news of work.
RESTING = {"sleep_when_free": 0.05, "progress_update_sleep_when_free": 0.25}


class QueueRest:
    """ASGI middleware of a Gradio app: while nothing is asked and nothing runs, its queue seldom looks."""

    def __init__(self, app: ASGIApp, awake_seconds: float = AWAKE_SECONDS) -> None:
        self.app = app
        self.awake_seconds = awake_seconds
        self._timer: asyncio.TimerHandle | None = None
        self._awake: dict[str, float] = {}  # Gradio's own numbers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            self._wake(scope["app"].get_blocks()._queue)
        await self.app(scope, receive, send)

    def _wake(self, queue: Any) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._awake = self._awake or {name: getattr(queue, name) for name in RESTING}
        vars(queue).update(self._awake)
        self._wait(queue)

    def _wait(self, queue: Any) -> None:
        self._timer = asyncio.get_running_loop().call_later(self.awake_seconds, self._rest, queue)

    def _rest(self, queue: Any) -> None:
        if any(queue.active_jobs):
            self._wait(queue)
        else:
            vars(queue).update({name: max(seconds, self._awake[name]) for name, seconds in RESTING.items()})
