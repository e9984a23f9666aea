"""Who is the owner and who a visitor, and that a visitor gets nothing of the owner's, by whatever address."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr
import httpx
import pytest
from starlette.requests import HTTPConnection
from support import assert_one_sentence, make_checkpoint, shape_pair, tiny_generator
from visitor import App, Visitor, running

from pix2pix.saving import encode_data_url
from pix2pix.ui import Settings, build
from pix2pix.ui.server import access
from pix2pix.ui.server.access import Access, is_loopback, role_of

SPACE = "me/copy"
DRAWING = encode_data_url(shape_pair(0, 32)[0])
JSON = {"Content-Type": "application/json"}


def connection(client: str | None = "127.0.0.1", host: str = "localhost:7860", **more: Any) -> HTTPConnection:
    """A request as the app sees it; ``more`` are headers, and the ``session`` of a login."""
    session = more.pop("session", {})
    headers = {"host": host, **{name.replace("_", "-"): value for name, value in more.items()}}
    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    peer = (client, 50000) if client else None
    return HTTPConnection({"type": "http", "headers": pairs, "client": peer, "session": session})


# ---- who is who ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "request_",
    [
        connection(),
        connection(host="127.0.0.1:7860"),
        connection("::1", "[::1]:7860"),
        connection("::ffff:127.0.0.1"),
        connection(host="localhost:8000", origin="http://localhost:8000"),  # an SSH tunnel
    ],
)
def test_over_loopback_is_the_owner_where_the_app_listens_there_only(request_: HTTPConnection) -> None:
    assert Access(Settings()).is_owner(request_, local=True)
    assert not Access(Settings()).is_owner(request_, local=False)
    assert not Access(Settings(space=SPACE)).is_owner(request_, local=True)


BY_PROXIES = (
    *("x_cluster_client_ip", "fly_client_ip", "fastly_client_ip", "x_azure_clientip", "x_appengine_user_ip"),
    *("cdn_loop", "tailscale_user_login", "x_remote_addr", "x_nginx_proxy", "true_client_ip", "x_client_ip"),
)


@pytest.mark.parametrize(
    "request_",
    [
        connection("192.168.1.7"),
        connection(None),
        connection("localhost.example.com"),
        connection(x_forwarded_for="127.0.0.1"),
        connection(x_forwarded_for=""),
        connection(x_forwarded_prefix="/studio"),
        connection(forwarded="for=203.0.113.9"),
        connection(x_real_ip="127.0.0.1"),
        connection(via="1.1 proxy"),
        connection(cf_connecting_ip="127.0.0.1"),
        *(connection(**{name: "203.0.113.9"}) for name in BY_PROXIES),
        connection(host="evil.example.com:7860"),  # a name that leads here: DNS rebinding
        connection(host="127.0.0.1.example.com"),
        connection(host=""),
        connection(origin="https://evil.example.com"),  # a page elsewhere, in the owner's browser
        connection(origin="http://localhost:3000"),  # another app of this machine
        connection(origin="null"),
    ],
)
def test_whatever_may_come_from_elsewhere_is_a_visitor(request_: HTTPConnection) -> None:
    assert not Access(Settings()).is_owner(request_, local=True)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("127.0.0.1", True), ("127.1.2.3", True), ("[::1]", True), ("localhost", True)]
    + [(name, False) for name in ("", "0.0.0.0", "::", "[::]", "10.0.0.1", "my-machine", "128.0.0.1")],
)
def test_what_is_loopback(name: str, expected: bool) -> None:
    assert is_loopback(name) is expected


def login(name: str, **more: Any) -> dict[str, Any]:
    # Made when the tests are collected: valid until long after the last of them.
    known = {"userinfo": {"preferred_username": name, **more}, "expires_at": time.time() + 86400}
    return {"oauth_info": known}


def member(role: str, of: str = "me") -> dict[str, Any]:
    return login("someone", orgs=[{"preferred_username": of, "roleInOrg": role}])


@pytest.fixture
def space(monkeypatch: pytest.MonkeyPatch) -> Access:
    """Of a Space with a login."""
    monkeypatch.setenv("SPACE_HOST", "me-copy.hf.space")
    monkeypatch.setattr(access, "can_log_in", bool)
    return Access(Settings(space=SPACE))


@pytest.mark.parametrize("session", [login("me"), login("Me"), member("admin"), member("write")])
def test_the_logged_in_owner_of_a_space(space: Access, session: dict[str, Any]) -> None:
    for more in ({}, {"origin": "https://me-copy.hf.space"}, {"x_forwarded_for": "203.0.113.9"}):
        assert space.is_owner(connection("10.0.0.1", "me-copy.hf.space", session=session, **more), False)
    elsewhere = connection("10.0.0.1", "me-copy.hf.space", session=session, origin="https://other.hf.space")
    assert not space.is_owner(elsewhere, False)
    assert not Access(Settings()).is_owner(
        connection("10.0.0.1", session=session), False
    )  # Gradio's pretence


@pytest.mark.parametrize(
    "session",
    [
        {},
        {"oauth_info": None},
        {"oauth_info": {"userinfo": {"preferred_username": "me"}}},
        {"oauth_info": {"userinfo": {"preferred_username": "me"}, "expires_at": time.time() - 1}},
        login("us"),
        login("copy"),
        login("me/copy"),
        login(""),
        member("read"),
        member("contributor"),
        member("admin", of="us"),
    ],
)
def test_others_on_a_space_are_visitors(space: Access, session: dict[str, Any]) -> None:
    assert not space.is_owner(connection("10.0.0.1", "me-copy.hf.space", session=session), True)


def test_on_a_space_without_a_login_nobody_is_the_owner() -> None:
    assert not Access(Settings(space=SPACE)).is_owner(connection(session=login("me")), True)


def test_the_link_works_once_and_only_for_the_page_that_opened_it() -> None:
    ours = Access(Settings())
    first = ours.token
    assert ours.redeem("", "") is None and ours.redeem(first + "x", "") is None
    session = ours.redeem(first, "https://studio.example.com")
    assert session and ours.redeem(first, "https://studio.example.com") is None
    assert ours.token not in (first, session)

    def asks(value: str, origin: str | None) -> bool:
        more = {"cookie": f"{ours.cookie}={value}"} | ({"origin": origin} if origin else {})
        return ours.is_owner(connection("203.0.113.9", "studio.example.com", **more), False)

    assert asks(session, "https://studio.example.com") and asks(session, None)
    assert not asks(session, "https://other.example.com") and not asks(session, "null")
    assert not asks("", None) and not asks(first, None) and not asks(ours.token, None)


def test_a_space_has_no_link() -> None:
    ours = Access(Settings(space=SPACE))
    assert ours.token == "" and ours.redeem("", "") is None


# ---- every listener ------------------------------------------------------------------------------


def listeners(demo: gr.Blocks) -> list[Any]:
    """Those that run on the server."""
    return [fn for fn in demo.fns.values() if fn.fn is not None]


@pytest.mark.parametrize("space", ["", SPACE])
def test_every_listener_says_whom_it_is_for(tiny_model: Path, tmp_path: Path, space: str) -> None:
    demo = build(Settings(model=str(tiny_model), runs=str(tmp_path), space=space))
    found = listeners(demo)
    assert len(found) > 50
    assert [fn.name for fn in found if role_of(fn.fn) not in ("owner", "visitor")] == []
    # What is called by no event is a function of a component, which asks for no role: there is none.
    assert [block for block in demo.blocks.values() if _serves(block)] == []
    # Without a function there is nothing to run, and a visitor cannot.
    assert all(fn.js or fn.is_cancel_function for fn in demo.fns.values() if fn.fn is None)


def _serves(block: Any) -> bool:
    own = [getattr(type(block), name, None) for name in dir(type(block))] + list(vars(block).values())
    return any(getattr(one, "_is_server_fn", False) is True for one in own)


def test_the_login_button_is_declared() -> None:
    assert role_of(gr.LoginButton()._check_login_status) == "visitor"


# ---- raw requests --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of runs, with one that ended."""
    runs = tmp_path_factory.mktemp("runs")
    make_checkpoint(runs / "mine" / "checkpoint", tiny_generator(width=2))
    (runs / "mine" / "config.json").write_text("{}")
    return runs


@pytest.fixture(scope="module")
def local(tiny_model: Path, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """An app that listens on loopback."""
    with running(Settings(model=str(tiny_model), runs=str(folder)), tmp_path_factory.mktemp("gradio")) as app:
        yield app


@pytest.fixture(scope="module")
def public(tiny_model: Path, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """An app that listens everywhere."""
    settings = Settings(model=str(tiny_model), runs=str(folder), batch_bytes=10_000, upload_bytes=10_000)
    with running(settings, tmp_path_factory.mktemp("gradio"), "0.0.0.0") as app:
        yield app


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def named(app: App, name: str) -> Any:
    """The listener of that name."""
    return next(fn for fn in listeners(app.demo) if fn.name == name)


def rename(app: App, visitor: Visitor, new: str) -> str | None:
    """Ask for another name of the run; what is said, None where it was done."""
    fn = named(app, "renamed")
    app.demo.state_holder[visitor.session][fn.inputs[0]._id] = "mine"  # the run that is shown
    visitor.values[fn.inputs[1]._id] = new
    answer = visitor.send(fn)
    return answer.error or (answer.told[0] if answer.told else None)


def test_a_visitor_is_refused_everything_of_the_owners(public: App, folder: Path) -> None:
    before = snapshot(folder)
    owners = [fn for fn in listeners(public.demo) if role_of(fn.fn) == "owner"]
    assert {"begin", "go_on", "renamed", "deleted", "pushed", "zipped", "look", "on_run"} <= {
        f.name for f in owners
    }
    for fn in owners:
        visitor = Visitor(public)
        for block in fn.inputs:
            if block.stateful:
                public.demo.state_holder[visitor.session][block._id] = "mine"
        answer = visitor.send(fn)
        assert answer.error and "owner" in answer.error and not answer.values, fn.name
        assert_one_sentence(answer.error)
    assert snapshot(folder) == before


@pytest.mark.parametrize("way", ["run", "api", "call", "call/v2"])
def test_the_other_addresses_of_a_listener_refuse_as_well(public: App, folder: Path, way: str) -> None:
    before = snapshot(folder)
    fn = named(public, "zipped")
    body: dict[str, Any] = {"data": ["mine"], "session_hash": "x", "fn_index": fn._id}
    public.demo.state_holder["x"][fn.inputs[0]._id] = "mine"
    api = f"{public.url}gradio_api/{way}/{fn.api_name}"
    answer = httpx.post(api, content=json.dumps(body), headers=JSON, timeout=60)
    text = answer.text
    if answer.status_code == 200:  # it waits for its answer elsewhere
        text = httpx.get(f"{api}/{answer.json()['event_id']}", timeout=60).text
        assert "event: error" in text
    assert ".zip" not in text and snapshot(folder) == before


PROXIED: list[dict[str, str]] = [
    {"x_forwarded_for": "127.0.0.1"},
    {"x_forwarded_proto": "https", "x_forwarded_prefix": "/studio"},
    {"forwarded": "for=127.0.0.1"},
    {"host": "evil.example.com"},
    {"origin": "https://evil.example.com"},
]


@pytest.mark.parametrize("headers", PROXIED)
def test_through_a_proxy_or_another_page_loopback_is_a_visitor(
    local: App, folder: Path, headers: dict[str, str]
) -> None:
    told = rename(local, Visitor(local, **headers), "theirs")
    assert told and "owner" in told and (folder / "mine").is_dir()


def test_over_loopback_the_owner_does_it(local: App, folder: Path) -> None:
    assert rename(local, Visitor(local), "ours") is None and (folder / "ours").is_dir()
    (folder / "ours").rename(folder / "mine")


def link(printed: str) -> str:
    """What the newest link holds that was printed."""
    return re.findall(r"http://localhost:[0-9]+/#owner=(\S+)", printed)[-1]


def test_the_printed_link_makes_one_browser_the_owners(
    tiny_model: Path, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(model=str(tiny_model), runs=str(folder))
    with running(settings, tmp_path, "0.0.0.0") as app:
        token = link(capsys.readouterr().out)
        opened = httpx.post(f"{app.url}owner", content=token, headers={"origin": app.url.rstrip("/")})
        assert opened.status_code == 204
        cookie = opened.headers["set-cookie"]
        assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path" not in cookie
        owner = {"cookie": cookie.partition(";")[0]}
        again = httpx.post(f"{app.url}owner", content=token)
        assert again.status_code == 403 and "set-cookie" not in again.headers
        assert_one_sentence(again.text)
        pages = [httpx.get(app.url, headers=headers).text for headers in (owner, {})]
        assert ["p2p-owner');" in page for page in pages] == [True, False]
        assert rename(app, Visitor(app, **owner), "ours") is None and (folder / "ours").is_dir()
        (folder / "ours").rename(folder / "mine")
        told = rename(app, Visitor(app, **owner, origin="http://localhost:3000"), "theirs")
        assert told and "owner" in told
        assert link(capsys.readouterr().out) == app.demo.access.token != token  # type: ignore[attr-defined]
        assert httpx.post(f"{app.url}owner", content=b"x" * 5000).status_code == 413


def test_behind_a_proxy_the_owner_finds_a_link(local: App, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    for _ in range(2):
        page = httpx.get(local.url, headers={"x-forwarded-for": "203.0.113.9"}).text
        assert "p2p-owner');" not in page
    assert capsys.readouterr().out.count("#owner=") == 1


def test_models_from_disk_and_hub_are_the_owners(local: App, public: App, folder: Path) -> None:
    for model in (str(folder / "mine"), "hf://owner/name"):
        for visitor in (Visitor(public), Visitor(local, x_forwarded_for="203.0.113.9")):
            fn = named(visitor.app, "live")
            answer = visitor.send(fn, {"number": 1, "drawing": DRAWING, "model": model})
            assert "Only the owner" in str(answer.values)
            answer = visitor.send(
                named(visitor.app, "open_model"), {"number": 1, "model": model, "hub": "a/b"}
            )
            assert "Only the owner" in str(answer.values)
    mine = {"number": 1, "drawing": DRAWING, "model": str(folder / "mine")}
    assert "data:image" in str(Visitor(local).send(named(local, "live"), mine).values)


def test_a_visitor_uploads_no_more_than_a_batch(local: App, public: App) -> None:
    large = {"files": ("large.png", b"x" * 2_000_000)}
    sent = [httpx.post(f"{app.url}gradio_api/upload", files=large).status_code for app in (local, public)]
    assert sent == [200, 413]


def test_a_visitor_sees_what_to_do(public: App) -> None:
    page = httpx.get(public.url).text
    assert "p2p-visitors" in page and "train_visitor" in page
