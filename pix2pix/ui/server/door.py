"""The console's one-time link, which makes a browser the owner's: what is printed, and what opening it does.

The secret stands behind the ``#``, which a browser sends to nobody; a script of the page posts it, once. So
it is in no log, and a program that only looks at the link does not use it up.
"""

from __future__ import annotations

from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from pix2pix.ui.server.access import SESSION_SECONDS, GuardedBlocks
from pix2pix.ui.server.limits import BodyLimit

DOOR = "/owner"
MOST_BYTES = 1000  # of what is posted
OWNERS = "document.documentElement.classList.add('p2p-owner');"


class Door:
    """ASGI middleware of a Gradio app of :class:`GuardedBlocks`: answers what the link's page posts."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._limited = BodyLimit(self._open, max_bytes=MOST_BYTES)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = scope["type"] == "http" and scope["method"] == "POST" and scope["path"].endswith(DOOR)
        await (self._limited if asked else self.app)(scope, receive, send)

    async def _open(self, scope: Scope, receive: Receive, send: Send) -> None:
        request, blocks = Request(scope, receive), blocks_of(scope)
        origin = request.headers.get("origin", "")
        token = (await request.body()).decode("utf-8", "replace")
        session = blocks.access.redeem(token, origin)
        if session is None:
            refused = "This link was used already, or is of an earlier start: open the console's newest one."
            await PlainTextResponse(refused, status_code=403)(scope, receive, send)
            return
        announce(blocks, "This link was used. The one for another browser")
        secure = origin.startswith("https:") or request.url.scheme == "https"
        # Without a path, so that it is sent to the folder that the page lies in, behind whatever proxy.
        cookie = f"{blocks.access.cookie}={session}; HttpOnly; SameSite=Lax; Max-Age={SESSION_SECONDS}"
        cookie += "; Secure" if secure else ""
        headers = {"Set-Cookie": cookie, "Cache-Control": "no-store"}
        await Response(status_code=204, headers=headers)(scope, receive, send)


def blocks_of(scope: Scope) -> GuardedBlocks:
    """The page that a request is for."""
    blocks: GuardedBlocks = scope["app"].get_blocks()
    return blocks


def asks_as_owner(scope: Scope) -> bool:
    """Whether a request is the owner's."""
    return blocks_of(scope).is_owner(HTTPConnection(scope))


def owners_mark(scope: Scope) -> str:
    """The script that tells a page that it is the owner's, for its looks only; nothing for a visitor's.

    A visitor over loopback comes through a proxy, whose owner needs the link.
    """
    if asks_as_owner(scope):
        return OWNERS
    blocks = blocks_of(scope)
    if blocks.local and not blocks.access.announced:
        announce(blocks, "The page was opened through a proxy. The owner's link")
    return ""


def announce(blocks: GuardedBlocks, what: str = "The owner's link") -> None:
    """Print the link; none where a login tells who the owner is."""
    access = blocks.access
    if not access.token:
        return
    access.announced = True
    address = f"{str(blocks.local_url).rstrip('/')}/#owner={access.token}"
    print(
        f"* {what} (works once; from another machine with this one's name in place of localhost):\n"
        f"  {address}",
        flush=True,
    )
