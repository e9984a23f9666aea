"""A duplicate of the Space, as Hugging Face starts it: the login is there, and asks for what it needs."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import takewhile
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from benchmarks.speed.live import running_app

README = Path(__file__).resolve().parents[3] / "README.md"


def front_matter() -> list[str]:
    """Lines of the settings that a Space reads."""
    return README.read_text(encoding="utf-8").split("---\n")[1].splitlines()


def scopes() -> list[str]:
    lines = front_matter()
    listed = takewhile(lambda line: line.startswith("- "), lines[lines.index("hf_oauth_scopes:") + 1 :])
    return [line.removeprefix("- ") for line in listed]


@pytest.fixture
def provider() -> Iterator[str]:
    """The address of what stands in for Hugging Face's login."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *arguments: object) -> None:
            pass

        def do_GET(self) -> None:
            names = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")
            body = json.dumps({name: f"https://huggingface.test/{name}" for name in names}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_the_space_asks_for_a_login_that_can_make_a_repository_and_touch_no_other() -> None:
    assert "hf_oauth: true" in front_matter()
    assert scopes() == ["contribute-repos"]


def test_a_duplicate_serves_the_page_with_its_login(
    tiny_model: Path, tmp_path: Path, provider: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for package in ("authlib", "itsdangerous"):  # of gradio[oauth], which a Space brings
        pytest.importorskip(package)
    variables = {
        "SYSTEM": "spaces",
        "SPACE_ID": "me/copy",
        "SPACE_HOST": "me-copy.hf.space",
        "PIX2PIX_RUNS": str(tmp_path / "runs"),
        "OAUTH_CLIENT_ID": "the client",
        "OAUTH_CLIENT_SECRET": "secret",
        "OAUTH_SCOPES": " ".join(["openid", "profile", *scopes()]),
        "OPENID_PROVIDER_URL": provider,
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with running_app(str(tiny_model), tmp_path) as app:
        config = httpx.get(f"{app.url}config", timeout=60).json()
        assert len([one for one in config["components"] if "logout_value" in one["props"]]) == 1
        login = httpx.get(f"{app.url}login/huggingface", timeout=60)
        asked = parse_qs(urlsplit(login.headers["location"]).query)
        assert login.status_code == 302 and asked["client_id"] == ["the client"]
        assert asked["scope"] == [variables["OAUTH_SCOPES"]]
