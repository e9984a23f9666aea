"""The early script stands first in pages, and nothing else is touched."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, PlainTextResponse, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from pix2pix.ui.server.early import EarlyHead

PAGE = "<html><head><title>t</title></head><body><head></body></html>"


def client() -> TestClient:
    async def parts() -> object:
        for start in range(0, len(PAGE), 7):
            yield PAGE[start : start + 7]

    routes = [
        Route("/", lambda request: HTMLResponse(PAGE)),
        Route("/parts", lambda request: StreamingResponse(parts(), media_type="text/html")),
        Route("/text", lambda request: PlainTextResponse(PAGE)),
        Route("/post", lambda request: HTMLResponse(PAGE), methods=["POST"]),
    ]
    early = Middleware(EarlyHead, tags=lambda scope: f"<script>early('{scope['path']}')</script>")
    return TestClient(Starlette(routes=routes, middleware=[early]))


def test_pages_get_the_script_once_and_first() -> None:
    for path in ("/", "/parts"):
        expected = PAGE.replace("<head>", f"<head><script>early('{path}')</script>", 1)
        answer = client().get(path)
        assert answer.text == expected
        assert int(answer.headers["content-length"]) == len(expected)


def test_other_answers_stay_as_they_are() -> None:
    assert client().get("/text").text == PAGE
    assert client().post("/post").text == PAGE
