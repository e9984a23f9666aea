"""A sentence when something in the Train tab went wrong."""

from __future__ import annotations

import html

import gradio as gr

from pix2pix.ui.texts.server.plain import plain
from pix2pix.ui.train.uploads import Data


def warn(error: Exception, data: Data | None = None) -> None:
    """Tell a person, in one sentence, what went wrong."""
    sentence = str(error) if data is None else data.readable(str(error))
    gr.Warning(html.escape(plain(sentence)))
