"""Talking to this machine without a proxy in between."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_proxy() -> Iterator[None]:
    """No proxy is asked within: Gradio looks for itself when it starts, which no proxy could find.

    Nor is one needed that httpx does not know, which it says with an error as soon as Gradio is imported.
    Nothing of ours may ask the network meanwhile.
    """
    names = ("no_proxy", "NO_PROXY")
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(dict.fromkeys(names, "*"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
