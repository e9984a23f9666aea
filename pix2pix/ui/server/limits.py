"""A cap on what one request may send, below Gradio: JSON bodies have none there."""

from __future__ import annotations

from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

UPLOAD = "/gradio_api/upload"


class BodyLimit:
    """ASGI middleware: a request whose body exceeds ``max_bytes`` is answered with status 413.

    Uploads may bring what ``upload_bytes`` says of a request, because a browser sends many files in one;
    Gradio writes them to disk as they come, and holds each to its own limit.
    """

    def __init__(
        self, app: ASGIApp, max_bytes: int, upload_bytes: Callable[[Scope], int] | None = None
    ) -> None:
        self.app = app
        self.max_bytes = max_bytes
        self.upload_bytes = upload_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        uploads = self.upload_bytes if scope["path"].endswith(UPLOAD) else None
        most = uploads(scope) if uploads else self.max_bytes
        announced = Headers(scope=scope).get("content-length", "0")
        if not announced.isdigit() or int(announced) > most:
            text = f"The request is larger than {most / 1e6:.3g} MB: send less."
            await PlainTextResponse(text, status_code=413)(scope, receive, send)
            return
        received = 0

        async def limited() -> Message:
            # A chunked body announces no length. One that grows too long ends as if its sender had
            # gone away, so the app drops the request without keeping what came.
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            return message if received <= most else {"type": "http.disconnect"}

        await self.app(scope, limited, send)
