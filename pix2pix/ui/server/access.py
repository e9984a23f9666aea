"""Who may do what: an owner everything, a visitor all that leaves nothing behind and costs little.

An owner is whoever

- reaches the page over loopback while the app listens there only,
- opened the one-time link that the console prints, or
- logged in on a Space that is theirs.

Everybody else is a visitor, and so is a request of which nothing is known. Each listener says for whom it
is, with :func:`for_owner` or :func:`for_visitors`; one that says nothing is for the owner. Where a listener
for visitors does more for the owner, it asks :func:`asked_by_owner`.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from importlib.util import find_spec
from ipaddress import ip_address
from typing import Any, Literal, TypeVar
from urllib.parse import urlsplit

import gradio as gr
from starlette.requests import HTTPConnection

from pix2pix.messages import Message
from pix2pix.ui.server.choices import CheckedBlocks
from pix2pix.ui.server.language import answering, told
from pix2pix.ui.settings import Settings

Role = Literal["owner", "visitor"]
Listener = TypeVar("Listener", bound=Callable[..., Any])
# Takes a session, the values of an event's components, and the paths of all that was uploaded.
Note = Callable[["str | None", "list[Any]", "set[str]"], None]

SESSION_SECONDS = 30 * 86400  # a browser that opened the link is the owner's, at most until the app ends
MOST_SESSIONS = 20  # browsers; then the oldest has to open a new link
# In the names of headers that proxies add: behind one, whoever comes over loopback may be anybody.
FORWARDED = re.compile(
    r"^via$|forward|proxy|^x-(real|original|remote|scheme|script-name|envoy|azure|appengine|cluster)|client-?ip"
    r"|(user|connecting|source)-ip|^(cf|cdn|fly|fastly|tailscale|true-client|akamai|x-client)-"
)
# What Hugging Face sets on a Space whose README.md says hf_oauth; Gradio's login ends an app that lacks one.
LOGIN = ("OAUTH_CLIENT_ID", "OAUTH_CLIENT_SECRET", "OAUTH_SCOPES", "OPENID_PROVIDER_URL")
BY_THE_PAGE = ("load", "select", "tick")  # events that nobody has to have meant

_by_owner: ContextVar[bool] = ContextVar("by_owner", default=False)


def for_owner(listener: Listener) -> Listener:
    """Declare a listener that only the owner may call."""
    return _declared(listener, "owner")


def for_visitors(listener: Listener) -> Listener:
    """Declare a listener that anybody may call."""
    return _declared(listener, "visitor")


def _declared(listener: Listener, role: Role) -> Listener:
    listener.role = role  # type: ignore[attr-defined]
    return listener


def role_of(listener: object) -> Role | None:
    """Whom a listener is for; None where it does not say."""
    # Gradio's own, which says on the button who is logged in.
    if getattr(listener, "__func__", None) is gr.LoginButton._check_login_status:
        return "visitor"
    return getattr(listener, "role", None)


def asked_by_owner() -> bool:
    """Whether what runs now was asked for by the owner; False where nobody is known to have asked."""
    return _by_owner.get()


@contextmanager
def acting_for(owner: bool) -> Iterator[None]:
    """What runs within was asked for by the owner, or by a visitor."""
    token = _by_owner.set(owner)
    try:
        yield
    finally:
        _by_owner.reset(token)


def can_log_in(space: str) -> bool:
    """Whether people can log in: on a Space with all that a login needs, gradio[oauth] too.

    Args:
        space: the id of the Space, "" for none.
    """
    on_space = bool(space) and os.environ.get("SYSTEM") == "spaces" and all(map(os.environ.get, LOGIN))
    return on_space and all(map(find_spec, ("authlib", "itsdangerous")))


class Access:
    """Tells the owner from visitors; safe to call from several threads."""

    def __init__(self, settings: Settings) -> None:
        self.space = settings.space
        self.login = can_log_in(self.space)
        # Of its own name, because a browser sends the cookies of all apps on one host to each of them.
        self.cookie = f"pix2pix_owner_{secrets.token_hex(4)}"
        self.announced = False  # whether anybody was told of the link
        self._lock = threading.Lock()
        self._token = secrets.token_urlsafe(32)
        self._sessions: dict[str, tuple[str, float]] = {}  # digest: (origin that it is for, when it ends)

    def is_owner(self, request: HTTPConnection, local: bool) -> bool:
        """Whether a request is the owner's.

        Args:
            local: whether the app can be reached over loopback only.
        """
        if self.space:
            return self.login and _is_of_space(request) and self._is_logged_in(request)
        return (local and _is_local(request)) or self._has_session(request)

    def _is_logged_in(self, request: HTTPConnection) -> bool:
        info = request.scope.get("session", {}).get("oauth_info") or {}
        user, name = info.get("userinfo") or {}, self.space.partition("/")[0].casefold()
        if not name or float(info.get("expires_at") or 0) < time.time():
            return False
        orgs = [one for one in user.get("orgs") or [] if one.get("roleInOrg") in ("admin", "write")]
        return name in [str(one.get("preferred_username")).casefold() for one in (user, *orgs)]

    def _has_session(self, request: HTTPConnection) -> bool:
        origin, end = self._sessions.get(_digest(request.cookies.get(self.cookie, "")), ("", 0.0))
        return time.time() < end and request.headers.get("origin", origin) == origin

    @property
    def token(self) -> str:
        """What the link holds that makes the next browser the owner's; none on a Space."""
        return "" if self.space else self._token

    def redeem(self, token: str, origin: str) -> str | None:
        """The value of the cookie for whoever has the token, which is a new one from then on; else None.

        Args:
            origin: of the page that sends it, the only one for which the cookie counts; "" for no browser.
        """
        with self._lock:
            if not self.token or not hmac.compare_digest(token.encode(), self.token.encode()):
                return None
            self._token, session = (secrets.token_urlsafe(32) for _ in range(2))
            self._sessions[_digest(session)] = (origin, time.time() + SESSION_SECONDS)
            while len(self._sessions) > MOST_SESSIONS:
                del self._sessions[next(iter(self._sessions))]
            return session


class GuardedBlocks(CheckedBlocks):
    """Blocks whose listeners run only for those whom they are for."""

    def __init__(self, access: Access, note: Note | None = None, **options: Any) -> None:
        """A page.

        Args:
            note: called before each event of a visitor's.
        """
        super().__init__(**options)
        self.access, self._note = access, note

    @property
    def local(self) -> bool:
        """Whether the app is reached over loopback only; not before it listens, nor behind a known proxy."""
        return is_loopback(getattr(self, "server_name", "")) and not (self.root_path or self.share)

    def is_owner(self, request: HTTPConnection | None) -> bool:
        """Whether a request is the owner's; nobody's is not."""
        return request is not None and self.access.is_owner(request, self.local)

    async def process_api(self, block_fn: Any, inputs: list[Any], *values: Any, **options: Any) -> Any:
        """Gradio's, through which each event goes, whatever address it came to."""
        request = getattr(options.get("request"), "request", None)
        owner = self.is_owner(request)
        with acting_for(owner), answering(request):
            return await self._process(owner, block_fn, inputs, *values, **options)

    async def _process(
        self, owner: bool, block_fn: Any, inputs: list[Any], *values: Any, **options: Any
    ) -> Any:
        fn = self.fns[block_fn] if isinstance(block_fn, int) else block_fn
        if not owner and role_of(fn.fn) != "visitor":
            seen = not fn.targets or not all(event in BY_THE_PAGE for _, event in fn.targets)
            code = "page.for_owner_of_space" if self.access.space else "page.for_owner"
            raise gr.Error(told(Message(code)), visible=seen, print_exception=False)
        if not owner and self._note:
            self._note(options.get("session_hash"), inputs, self.upload_file_set)
        return await super().process_api(block_fn, inputs, *values, **options)


def is_loopback(name: str) -> bool:
    """Whether a name or address, with or without brackets, can only be this machine's."""
    name = name.strip("[]").casefold()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address = ip_address(name)
    except ValueError:
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


def _is_local(request: HTTPConnection) -> bool:
    """Whether a request comes straight from a program of this machine, if from a page from the app's own.

    A page elsewhere can have its visitors' browsers ask this machine, even under a name of its own.
    """
    peer, host = request.client, request.headers.get("host", "")
    if peer is None or any(map(FORWARDED.search, request.headers)):
        return False
    origin = request.headers.get("origin")
    own = origin is None or _host(origin) == host.casefold()
    return own and is_loopback(peer.host) and is_loopback(urlsplit(f"//{host}").hostname or "")


def _is_of_space(request: HTTPConnection) -> bool:
    """Whether a request comes from a page of this Space, or from no page: others' bring the cookie too."""
    origin = request.headers.get("origin")
    hosts = [request.headers.get("host", ""), *os.environ.get("SPACE_HOST", "").split(",")]
    return origin is None or _host(origin) in [host.strip().casefold() for host in hosts if host.strip()]


def _host(origin: str) -> str:
    """Host and port of an origin, "" for none that has any, such as "null"."""
    return origin.partition("://")[2].casefold()


def _digest(session: str) -> str:
    """What is kept of a cookie's value: looking it up then takes no longer for a better guess."""
    return hashlib.sha256(session.encode()).hexdigest()
