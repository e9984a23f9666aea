"""Which language a request is answered in."""

from __future__ import annotations

import pytest
from starlette.requests import HTTPConnection

from pix2pix.errors import ImageError
from pix2pix.ui.server.language import answering, told


def request(accepted: str = "", cookie: str = "") -> HTTPConnection:
    headers = [(b"accept-language", accepted.encode()), (b"cookie", cookie.encode())]
    return HTTPConnection({"type": "http", "headers": [(k, v) for k, v in headers if v]})


@pytest.mark.parametrize(
    ("asked", "korean"),
    [
        (request("ko-KR,ko;q=0.9,en;q=0.8"), True),
        (request("en-US,ko;q=0.9"), False),
        (request("fr,ko;q=0.9,en;q=0.8"), True),
        (request("fr"), False),
        (request("ko", "p2p_language=en"), False),
        (request("", "p2p_language=ko"), True),
        (request("ko", "p2p_language=../ko"), True),
        (None, False),
    ],
)
def test_the_first_language_that_there_is(asked: HTTPConnection | None, korean: bool) -> None:
    error = ImageError("page.no_files")
    with answering(asked):
        assert (told(error) == error.message.text("ko")) is korean
    assert told(error) == str(error)
    assert told("a name") == "a name"
