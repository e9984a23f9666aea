"""The Draw tab: a canvas in a gr.HTML, wired to the model."""

from __future__ import annotations

import html
import json
from pathlib import Path
from typing import Any

import gradio as gr

from pix2pix.checkpoint import load_config
from pix2pix.errors import Pix2PixError
from pix2pix.images import encode_data_url
from pix2pix.ui.files import HERE, read
from pix2pix.ui.sketch import Sketcher
from pix2pix.ui.texts import TEXTS
from pix2pix.ui.texts.draw import TEXTS as DRAW_TEXTS
from pix2pix.zoo import HUB, find_model

SCRIPTS = ("strokes.js", "keep.js", "live.js", "upload.js", "canvas.js")
MODEL_QUEUE = "translate"  # one request at a time: the model itself uses all cores
DEFAULT_SIDE = 256
DEFAULT_LINE_WIDTH = (1, 6)


def load_examples(folder: Path = HERE / "examples") -> list[dict[str, Any]]:
    """The example drawings, by file name: ``{"name", "strokes"}``; see strokes.js for a stroke."""
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]


def drawing_format(model: str) -> tuple[int, tuple[int, int]]:
    """The side of a model's drawings and its thinnest and thickest line, in pixels.

    Only the config is read. Without a model the page still opens, in the usual format; so it does for a
    model on the Hub, which is not fetched before someone draws.
    """
    if model.startswith(HUB):
        return DEFAULT_SIDE, DEFAULT_LINE_WIDTH
    try:
        config = load_config(find_model(model))
    except Pix2PixError:
        return DEFAULT_SIDE, DEFAULT_LINE_WIDTH
    thin, thick = (max(1, round(width)) for width in config.line_width)
    return config.image_size, (thin, thick) if thick > thin else DEFAULT_LINE_WIDTH


def draw_tab(sketcher: Sketcher) -> None:
    """Add the tab to the Blocks that is being built."""
    side, line_width = drawing_format(sketcher.settings.model)
    config = {
        "side": side,
        "lineWidth": line_width,
        "uploadBytes": sketcher.settings.upload_bytes,
        "texts": DRAW_TEXTS,
        "examples": load_examples(),
    }
    # Not as props: Gradio copies and compares all props of a component at each frame.
    script = [f"const CONFIG = {json.dumps(config)};", *(read(name) for name in SCRIPTS)]
    canvas = gr.HTML(
        html_template=read("canvas.html"),
        js_on_load="\n".join(script),
        apply_default_css=False,
        elem_id="draw",
    )
    photo_answer, edges_answer = mailbox("p2p:photo"), mailbox("p2p:edges")

    def find_edges(event: gr.EventData) -> dict[str, Any]:
        sent = event._data if isinstance(event._data, dict) else {}
        number = sent.get("number") if isinstance(sent.get("number"), int) else 0
        try:
            return {"number": number, "edges": sketcher.edges(sent.get("photo"), side), "error": None}
        except Pix2PixError as error:
            gr.Warning(html.escape(str(error)), title=TEXTS["en"]["bad_photo"])
            return {"number": number, "edges": None, "error": str(error)}

    canvas.input(
        sketcher.answer,
        canvas,
        photo_answer,
        trigger_mode="always_last",
        show_progress="hidden",
        concurrency_limit=1,
        concurrency_id=MODEL_QUEUE,
        api_visibility="private",
    )
    canvas.upload(
        find_edges,
        None,
        edges_answer,
        trigger_mode="multiple",
        show_progress="hidden",
        concurrency_limit=1,
        concurrency_id=MODEL_QUEUE,
        api_visibility="private",
    )


def mailbox(topic: str) -> gr.HTML:
    """An invisible component whose values reach the canvas as page events named ``topic``."""
    return gr.HTML(html_template="", js_on_load=read("mailbox.js"), elem_classes="p2p-mailbox", topic=topic)


def sketch_endpoint(sketcher: Sketcher) -> None:
    """Add the public API endpoint ``/sketch``."""

    def sketch(drawing: str, seed: int = 0) -> str:
        """Turn a drawing into a photo.

        Args:
            drawing: black lines on white, with or without dabs of colour below them, as a PNG in a data
                URL ("data:image/png;base64,..."), best 256 x 256 pixels.
            seed: whole number; the same drawing and seed always give the same photo.

        Returns:
            The photo, a PNG in a data URL, of the drawing's size.
        """
        try:
            photo = sketcher.photo(drawing, seed)
        except Pix2PixError as error:
            raise gr.Error(str(error), print_exception=False) from error
        if photo is None:
            raise gr.Error("The drawing is blank: draw some black lines.", print_exception=False)
        return encode_data_url(photo.image)

    gr.api(sketch, api_name="sketch", concurrency_limit=1, concurrency_id=MODEL_QUEUE)
