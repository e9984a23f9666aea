"""A visitor of an app that runs in this process, without a browser: uploads, events, and what is said."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import gradio as gr
import httpx
import pytest

from pix2pix.ui import Settings, build, serve

CHUNK = 1000  # files in one request, as the page sends them
PATIENCE = 240  # seconds; a busy machine is slow
JSON = {"Content-Type": "application/json"}
HTTP = httpx.Client(timeout=PATIENCE, trust_env=False)  # one for all, because making one takes long


@contextmanager
def running(settings: Settings, temporary: Path, server_name: str = "127.0.0.1") -> Iterator[App]:
    """The app in this process, with Gradio's files in ``temporary``."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADIO_TEMP_DIR", str(temporary))
        demo = build(settings)
        url = serve(demo, settings, server_name=server_name, quiet=True)
        try:
            yield App(demo, url, settings.model)
        finally:
            demo.close()


@dataclass(frozen=True)
class App:
    """A running app, its address, and the model that was set."""

    demo: gr.Blocks
    url: str
    model: str


@dataclass
class Answer:
    """What became of an event: the outputs' values, the sentences of toasts, and Gradio's own error."""

    values: list[Any] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    error: str | None = None


def index_of(url: str, name: str) -> int:
    """The number of an event by its component's elem_id and its trigger, such as "draw.live"."""
    config = HTTP.get(f"{url}config").json()
    ids = {c["id"]: c["props"].get("elem_id") for c in config["components"]}
    for dependency in config["dependencies"]:
        for component, trigger in dependency["targets"]:
            if f"{ids.get(component)}.{trigger}" == name:
                return int(dependency["id"])
    raise AssertionError(name)


class Visitor:
    """A page of its own: it keeps the values of the components, and sends them along as the real one does."""

    def __init__(self, app: App, **headers: str) -> None:
        """A page whose requests have these headers, with "-" for each "_" in their names."""
        self.app, self.session = app, uuid.uuid4().hex
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}
        self.values: dict[int, Any] = {}

    def upload(self, *paths: Path) -> list[dict[str, Any]]:
        """Send files to where Gradio keeps uploads; what a component's value then is."""
        sent: list[dict[str, Any]] = []
        for begin in range(0, len(paths), CHUNK):
            some = paths[begin : begin + CHUNK]
            files = [("files", (path.name, path.read_bytes())) for path in some]
            answer = HTTP.post(
                f"{self.app.url}gradio_api/upload", files=files, headers=self.headers, timeout=PATIENCE
            )
            assert answer.status_code == 200, answer.text
            sent += [_sent(*both) for both in zip(some, answer.json(), strict=True)]
        return sent

    def uploaded(self, *paths: Path) -> list[dict[str, Any]]:
        """The same for files that lie already where Gradio keeps uploads: for many, and for large ones."""
        return [_sent(path, str(path)) for path in paths]

    def set(self, elem_id: str, value: Any) -> None:
        """Fill a component in."""
        self.values[self._block(elem_id)._id] = value

    def shown(self, elem_id: str) -> Any:
        """The value of a component as this page has it."""
        return self._value(self._block(elem_id))

    def press(self, elem_id: str, event: str = "click", data: Any = None) -> Answer:
        """Cause an event of a component; the answer of what listens to it first."""
        return self.send(self.listener(elem_id, event), data)

    def listener(self, elem_id: str, event: str) -> Any:
        """What listens to an event of a component first."""
        target = (self._block(elem_id)._id, event)
        return next(fn for fn in self.app.demo.fns.values() if target in fn.targets)

    def send(self, fn: Any, event_data: Any = None) -> Answer:
        """What the page sends for a listener, and its answer."""
        data = [None if block.stateful else self._value(block) for block in fn.inputs]
        body = {"data": data, "fn_index": fn._id, "session_hash": self.session, "event_data": event_data}
        api = f"{self.app.url}gradio_api/queue"
        joined = HTTP.post(
            f"{api}/join", content=json.dumps(body), headers=JSON | self.headers, timeout=PATIENCE
        )
        assert joined.status_code == 200, joined.text
        answer = Answer()
        with HTTP.stream("GET", f"{api}/data?session_hash={self.session}") as stream:
            for line in stream.iter_lines():
                message = json.loads(line.removeprefix("data:")) if line.startswith("data:") else {}
                if message.get("msg") == "log":
                    answer.told.append(message["log"])
                if message.get("msg") == "process_completed":
                    answer.error = message["output"].get("error")
                    answer.values = message["output"].get("data") or []
        for block, value in zip(fn.outputs, answer.values, strict=False):
            self._take(block, value)
        return answer

    def _take(self, block: Any, value: Any) -> None:
        if not (isinstance(value, dict) and value.get("__type__") == "update"):
            self.values[block._id] = value
        elif "value" in value:
            self.values[block._id] = value["value"]

    def _value(self, block: Any) -> Any:
        return self.values.get(block._id, getattr(block, "value", None))

    def _block(self, elem_id: str) -> Any:
        return next(b for b in self.app.demo.blocks.values() if getattr(b, "elem_id", None) == elem_id)


def _sent(path: Path, place: str) -> dict[str, Any]:
    """An uploaded file as the page names it."""
    meta = {"_type": "gradio.FileData"}
    return {"path": place, "orig_name": path.name, "size": path.stat().st_size, "meta": meta}
