"""Two models on the same input, side by side."""

from __future__ import annotations

from typing import Any, cast

import gradio as gr
from PIL import Image

from pix2pix.errors import ImageError, Pix2PixError
from pix2pix.images import decode_data_url, open_image
from pix2pix.saving import encode_data_url
from pix2pix.ui.files import read
from pix2pix.ui.listeners import IN_MODEL_QUEUE
from pix2pix.ui.models import Models
from pix2pix.ui.runs import SHOWN_METRICS
from pix2pix.ui.train_new import page_script, warn

LARGEST = 512  # pixels, the longer side of what is compared

# Puts the drawing on the Draw tab's canvas in place of the first argument.
DRAWING = """(_, ...others) => {
  const detail = {};
  document.dispatchEvent(new CustomEvent("p2p:ask", { detail }));
  return [detail.drawing ?? "", ...others];
}"""


def compare(models: Models, text: gr.I18n) -> list[gr.Dropdown]:
    """Add the comparison to the column that is being built; its two pickers."""
    with gr.Accordion(text("train_compare"), open=False, elem_id="train-compare"):
        with gr.Row():
            sides = [
                gr.Dropdown(
                    models.choices(),
                    value=models.settings.model,
                    label=text(f"train_model_{side}"),
                    min_width=140,
                    elem_id=f"train-{side}",
                )
                for side in ("left", "right")
            ]
        picture = gr.Image(
            type="filepath",
            sources=["upload", "clipboard"],
            label=text("train_compare_picture"),
            height=170,
            elem_id="train-picture",
        )
        with gr.Row():
            with_picture = gr.Button(text("train_compare_go"), size="sm", elem_id="train-compare-go")
            with_drawing = gr.Button(
                text("train_compare_drawing"), size="sm", elem_id="train-compare-drawing"
            )
        carrier = gr.Textbox(visible=False)
        result = gr.HTML(
            value=cast(Any, {}),
            html_template=read("train_compare.html"),
            js_on_load=page_script("train_compare.js"),
            apply_default_css=False,
        )

    def go(opened: Any, left: str, right: str) -> dict[str, Any]:
        try:
            return side_by_side(models, opened(), left, right)
        except Pix2PixError as error:
            warn(error)
            return {}

    def of_picture(path: str | None, left: str, right: str) -> dict[str, Any]:
        return go(lambda: _picture(path), left, right)

    def of_drawing(url: str, left: str, right: str) -> dict[str, Any]:
        return go(lambda: _drawing(url, models.settings.drawing_bytes), left, right)

    queue: dict[str, Any] = {**IN_MODEL_QUEUE, "api_visibility": "private"}
    with_picture.click(of_picture, [picture, *sides], result, **queue)
    with_drawing.click(of_drawing, [carrier, *sides], result, js=DRAWING, **queue)
    return sides


def side_by_side(models: Models, picture: Image.Image, left: str, right: str) -> dict[str, Any]:
    """The input and what two models make of it, with the numbers that they were measured with.

    Raises:
        Pix2PixError: a model is gone or cannot take such a picture.
    """
    picture = picture.copy()
    picture.thumbnail((LARGEST, LARGEST))
    labels = {model: label for label, model in models.choices()}
    sides = []
    for model in (left, right):
        translator = models.translator(model)
        measured = translator.config.metrics.get("model", {})
        sides.append(
            {
                "name": labels.get(model, translator.config.name),
                "picture": encode_data_url(translator.translate(picture, seed=0), "JPEG", 90),
                "metrics": {name: measured[name] for name in SHOWN_METRICS if name in measured},
            }
        )
    return {"input": encode_data_url(picture, "JPEG", 90), "sides": sides}


def _picture(path: str | None) -> Image.Image:
    if not path:
        raise ImageError("There is no picture to compare on: choose one, or take your drawing.")
    return open_image(path)


def _drawing(url: str, most: int) -> Image.Image:
    if not url:
        raise ImageError("There is no drawing: draw something in the Draw tab first, or choose a picture.")
    return decode_data_url(url, max_bytes=most)
