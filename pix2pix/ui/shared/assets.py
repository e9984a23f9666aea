"""The page's own files: templates, styles, and scripts, beside the Python that uses them.

The scripts are ES modules, which the browser fetches as they are: below a path that holds a hash of them all,
so that a browser may keep them for ever.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import gradio as gr
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from pix2pix.ui.texts import group, texts

HERE = Path(__file__).parents[1]
PRELOADED = ("shared/", "draw/")  # what the page opens with
FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}


def read(name: str) -> str:
    """A file of the page, by its path below pix2pix/ui."""
    return (HERE / name).read_text(encoding="utf-8")


@cache
def modules() -> dict[str, bytes]:
    """All scripts by their path below pix2pix/ui; one, the texts in every language, is made here."""
    made = "".join(
        f"export const {name} = {json.dumps(value, ensure_ascii=False)};\n"
        for name, value in (("TEXTS", texts()), ("SAID", group("gradio")))
    )
    files = {path.relative_to(HERE).as_posix(): path.read_bytes() for path in sorted(HERE.rglob("*.js"))}
    return {**files, "shared/texts.js": made.encode()}


@cache
def modules_path() -> str:
    """Where the scripts lie below the page's address."""
    everything = hashlib.sha256()
    for name, content in modules().items():
        everything.update(f"{name} {len(content)} ".encode() + content)
    return f"scripts/{everything.hexdigest()[:16]}/"


def preloads() -> str:
    """Tags that fetch the first scripts beside Gradio's own, not after them."""
    names = [name for name in modules() if name.startswith(PRELOADED)]
    return "".join(f'<link rel="modulepreload" href="{modules_path()}{name}">' for name in names)


def imported(name: str) -> str:
    """A script's expression for the promise of a module."""
    return f"import(new URL({json.dumps(modules_path() + name)}, document.baseURI))"


def script(name: str, *events: str, **config: Any) -> str:
    """The ``js_on_load`` of a component: its module's ``start`` gets the component and the config.

    Args:
        name: the module's path below pix2pix/ui.
        events: names of the component's own events, which Gradio looks for in this text.
        config: JSON values.
    """
    return (
        f"// {json.dumps(events)}\n"
        f"{imported(name)}.then(({{ start }}) =>\n"
        f"  start({{ element, props, trigger, watch }}, {json.dumps(config)}));"
    )


def part(
    name: str,
    elem_id: str | None = None,
    value: Any = None,
    *,
    events: Sequence[str] = (),
    classes: str | None = None,
    visible: bool = True,
    **config: Any,
) -> gr.HTML:
    """A component of ours: the template and the script of a name, such as "draw/canvas".

    Args:
        events, config: see :func:`script`.
    """
    return gr.HTML(
        value,
        html_template=read(f"{name}.html"),
        js_on_load=script(f"{name}.js", *events, **config),
        apply_default_css=False,
        elem_id=elem_id,
        elem_classes=classes,
        visible=visible,
    )


class Modules:
    """ASGI middleware that answers what asks for a script, whatever path the app lies below."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = self.app
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD"):
            content = modules().get(scope["path"].rpartition(f"/{modules_path()}")[2])
            if content is not None:
                answer = Response(content, media_type="text/javascript", headers=FOR_EVER)
        await answer(scope, receive, send)
