"""The Learn tab: the story of the paper in seven chapters, in a gr.HTML; lesson.py computes what it shows."""

from __future__ import annotations

from typing import Any

import gradio as gr

from pix2pix.facade import CMP
from pix2pix.ui.learn.lesson import Lesson
from pix2pix.ui.server.access import for_visitors
from pix2pix.ui.shared.assets import part
from pix2pix.ui.shared.events import QUIET_ON_MODEL
from pix2pix.ui.shared.formats import hex_colour
from pix2pix.ui.shared.models import Models


def learn_tab(models: Models) -> None:
    """Add the tab to the Blocks that is being built."""
    lesson = Lesson(models)
    labels = [
        {"name": name.replace(" ", "_"), "colour": hex_colour(colour)}
        for name, colour in zip(CMP.names, CMP.colours, strict=True)
    ]
    page = part("learn/learn", "learn", uploadBytes=models.settings.inline_bytes, labels=labels)

    @for_visitors
    def answer(event: gr.EventData) -> dict[str, Any]:
        return lesson.answer(event._data)

    page.submit(
        answer,
        None,
        page,
        trigger_mode="multiple",  # the page itself asks one question at a time
        **QUIET_ON_MODEL,
    )
