"""The language that a visitor is answered in: the one chosen on the page, else the first that we have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from starlette.requests import HTTPConnection

from pix2pix.errors import Pix2PixError
from pix2pix.messages import Message, languages

COOKIE = "p2p_language"  # set by early.js where a language was chosen
_language: ContextVar[str] = ContextVar("language", default="en")


def told(said: Pix2PixError | str) -> str:
    """A message or an error's, in the language of whoever is answered now; another text as it is."""
    message = said.message if isinstance(said, Pix2PixError) else Message(said)
    return message.text(_language.get())


@contextmanager
def answering(request: HTTPConnection | None) -> Iterator[None]:
    """What runs within is told to whoever sent a request; to nobody known in English."""
    token = _language.set(language_of(request) if request is not None else "en")
    try:
        yield
    finally:
        _language.reset(token)


def language_of(request: HTTPConnection) -> str:
    """The language of a request, as the page itself chooses: the first of the browser's that we have."""
    wanted = [request.cookies.get(COOKIE, ""), *request.headers.get("accept-language", "").split(",")]
    known = languages()
    for one in wanted:
        name = re.split("[-;]", one.strip())[0].lower()
        if name in known:
            return name
    return "en"
