"""The contract of the launched app: the endpoint, its limits, and what it says to rubbish."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from PIL import Image
from support import FACADE, assert_one_sentence, make_label_checkpoint, shape_pair
from visitor import index_of

from benchmarks.speed.live import running_app
from pix2pix.errors import ConfigError
from pix2pix.images import decode_data_url
from pix2pix.saving import encode_data_url
from pix2pix.translator import Translator
from pix2pix.ui import Settings, build, serve
from pix2pix.ui.server.direct import without_proxy

ROOT = Path(__file__).resolve().parents[2]
DRAWING = encode_data_url(shape_pair(0, 32)[0])
BLANK = encode_data_url(Image.new("RGB", (32, 32), "white"))


@pytest.fixture(scope="module")
def url(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    temporary = tmp_path_factory.mktemp("gradio")
    settings = Settings(model=str(tiny_model), upload_bytes=100_000)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADIO_TEMP_DIR", str(temporary))
        demo = build(settings)
        address = serve(demo, settings, server_name="127.0.0.1", quiet=True)
        yield address
        demo.close()
    assert not [path for path in temporary.rglob("*") if path.is_file()]  # nothing was written


@pytest.fixture(scope="module")
def client(url: str) -> Client:
    return Client(url, verbose=False)


def test_the_sketch_endpoint_returns_the_models_photo(client: Client, tiny_model: Path) -> None:
    photo = decode_data_url(client.predict(drawing=DRAWING, seed=3, api_name="/sketch"))
    expected = Translator.load(tiny_model).translate(decode_data_url(DRAWING), seed=3)
    assert np.array_equal(np.asarray(photo), np.asarray(expected))
    assert client.predict(DRAWING, api_name="/sketch") == client.predict(DRAWING, 0, api_name="/sketch")


def test_the_sketch_endpoint_takes_a_model(client: Client, tmp_path: Path) -> None:
    model = make_label_checkpoint(tmp_path / "labels")
    drawing = Image.new("RGB", (32, 32), FACADE.colours[0])
    drawing.paste(FACADE.colours[2], (8, 8, 20, 20))
    photo = decode_data_url(client.predict(encode_data_url(drawing), 1, str(model), api_name="/sketch"))
    assert np.array_equal(np.asarray(photo), np.asarray(Translator.load(model).translate(drawing, seed=1)))
    with pytest.raises(AppError) as caught:
        client.predict(DRAWING, 0, "no such model", api_name="/sketch")
    assert_one_sentence(str(caught.value))


def test_only_these_endpoints_are_public_and_they_are_documented(client: Client) -> None:
    api: Any = client.view_api(return_format="dict")
    assert set(api["named_endpoints"]) == {"/sketch", "/translate", "/heatmap"}
    assert not api["unnamed_endpoints"]
    endpoint = api["named_endpoints"]["/sketch"]
    assert "photo" in endpoint["description"]
    assert [parameter["parameter_name"] for parameter in endpoint["parameters"]] == [
        "drawing",
        "seed",
        "model",
    ]


@pytest.mark.parametrize(
    ("drawing", "seed"),
    [
        (BLANK, 0),
        (None, 0),
        (5, 0),
        ({"drawing": {"path": "/etc/passwd"}}, 0),
        ([[[[DRAWING]]]], 0),
        ("data:image/png;base64,AAAA", 0),
        (encode_data_url(Image.new("RGB", (1025, 2), "black")), 0),
        (DRAWING, -1),
        (DRAWING, "seven"),
        (DRAWING, {"seed": 1}),
    ],
)
def test_rubbish_gets_one_sentence(client: Client, drawing: object, seed: object) -> None:
    with pytest.raises(AppError) as caught:
        client.predict(drawing=drawing, seed=seed, api_name="/sketch")
    assert_one_sentence(str(caught.value))
    assert client.predict(DRAWING, api_name="/sketch")  # and the app goes on


def test_a_forged_file_is_not_read(client: Client) -> None:
    forged = {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}}
    with pytest.raises(AppError):
        client.predict(drawing=forged, seed=0, api_name="/sketch")


JSON = {"Content-Type": "application/json"}


def event(url: str, name: str, event_data: object) -> str:
    """What the Draw tab itself sends, by hand; the whole answer as text."""
    body = {
        "data": [],
        "fn_index": index_of(url, f"draw.{name}"),
        "session_hash": "test",
        "event_data": event_data,
    }
    joined = httpx.post(f"{url}gradio_api/queue/join", content=json.dumps(body), headers=JSON, timeout=30)
    assert joined.status_code == 200, joined.text
    answer = ""
    with httpx.stream("GET", f"{url}gradio_api/queue/data?session_hash=test", timeout=60) as stream:
        for line in stream.iter_lines():
            answer += line
            if "process_completed" in line:
                break
    return answer


RUBBISH = [None, 1, "x", [], {"drawing": [1], "number": {}}, {"model": "\ud800", "overlay": [], "hub": {}}]


@pytest.mark.parametrize("payload", RUBBISH)
@pytest.mark.parametrize("name", ["ask", "open"])
def test_versions_and_models_answer_rubbish(url: str, name: str, payload: object) -> None:
    answer = event(url, name, payload).replace(" ", "")
    assert '"success":true' in answer
    assert '"error":null' not in answer or '"model":' in answer  # no model named: the one that is there


@pytest.mark.parametrize("payload", [None, 1, "x", [], {"drawing": [1], "number": {}}, {"seed": "a"}])
@pytest.mark.parametrize("name", ["live", "last"])
def test_the_live_events_answer_rubbish(url: str, name: str, payload: object) -> None:
    answer = event(url, name, payload)
    assert '"success":true' in answer.replace(" ", "")
    assert "The " in answer


@pytest.mark.parametrize(
    "payload", [None, 1, "x", [], {"photo": [1], "number": "a"}, {"photo": DRAWING[:60]}]
)
def test_the_upload_event_answers_rubbish(url: str, payload: object) -> None:
    answer = event(url, "upload", payload)
    assert '"success":true' in answer.replace(" ", "")
    assert '"edges":null' in answer.replace(" ", "")


def test_a_huge_request_is_refused_before_it_is_read(url: str) -> None:
    response = httpx.post(f"{url}gradio_api/queue/join", content=b"x" * 2_000_000, timeout=30)
    assert response.status_code == 413
    assert_one_sentence(response.text)


def test_a_huge_request_without_a_length_is_dropped(url: str, client: Client) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(40):
            yield b"x" * 100_000

    try:
        response = httpx.post(f"{url}gradio_api/queue/join", content=chunks(), timeout=30)
        assert response.status_code >= 400
    except httpx.TransportError:
        pass  # the connection was closed, as announced nowhere
    assert client.predict(DRAWING, api_name="/sketch")


def run_python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_importing_the_app_builds_the_page_and_loads_no_model(tmp_path: Path) -> None:
    code = (
        "import gradio, app, os; assert isinstance(app.demo, gradio.Blocks);"
        "assert not app.sketcher.models._slots;"
        "assert os.environ['GRADIO_ANALYTICS_ENABLED'] == 'False'; print('built')"
    )
    done = run_python(code, PIX2PIX_MODEL=str(tmp_path / "none"))
    assert done.stdout.strip() == "built", done.stderr


@pytest.mark.parametrize("name", ["PIX2PIX_QUEUE_SIZE", "GRADIO_SERVER_PORT"])
def test_a_bad_setting_ends_the_app_with_one_sentence(name: str) -> None:
    done = run_python("import app", **{name: "lots"})
    assert done.returncode == 1
    assert_one_sentence(done.stderr.strip().removeprefix("pix2pix: "))


def test_a_port_that_is_taken_is_said_in_one_sentence(tiny_model: Path) -> None:
    settings = Settings(model=str(tiny_model))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        place = {"server_name": "127.0.0.1", "server_port": taken.getsockname()[1]}
        with pytest.raises(ConfigError, match="GRADIO_SERVER_PORT") as caught:
            serve(build(settings), settings, **place, quiet=True)
    assert_one_sentence(caught.value)


def test_the_app_starts_where_everything_goes_through_a_proxy(
    tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # where nobody answers
    monkeypatch.setenv("all_proxy", "socks5://127.0.0.1:9")  # for which a package is missing
    monkeypatch.setenv("no_proxy", "example.com")
    with running_app(str(tiny_model), tmp_path) as app:
        photo = httpx.post(
            f"{app.url}gradio_api/call/sketch", json={"data": [DRAWING, 0, ""]}, timeout=60, trust_env=False
        )
        assert photo.status_code == 200
    assert "Traceback" not in (tmp_path / "app.log").read_text()


def test_what_the_proxy_is_for_goes_through_it_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "example.com")
    monkeypatch.delenv("NO_PROXY", raising=False)
    with without_proxy():
        assert os.environ["no_proxy"] == os.environ["NO_PROXY"] == "*"
    assert os.environ["no_proxy"] == "example.com" and "NO_PROXY" not in os.environ
