"""Two models on the same input, side by side."""

from __future__ import annotations

from typing import Any, NamedTuple

import gradio as gr
from PIL import Image

from pix2pix.errors import ImageError, Pix2PixError
from pix2pix.images import decode_data_url, to_tensor
from pix2pix.saving import encode_data_url
from pix2pix.ui.server.access import for_owner
from pix2pix.ui.shared.assets import imported, part
from pix2pix.ui.shared.events import IN_MODEL_QUEUE, QUIET
from pix2pix.ui.shared.models import Models
from pix2pix.ui.shared.notices import picture_of, warned
from pix2pix.ui.train.runs import SHOWN_METRICS, Runs
from train.measures.metrics import METRICS
from train.runs.held_out import held_out, may_hold_out

LARGEST = 512  # pixels, the longer side of what is compared


class Compare(NamedTuple):
    """The components that others change.

    sides: the pickers of the two models.
    kind, number, picture: what is compared on: "pair", and which; or "own", and it.
    carrier: never seen, brings the drawing.
    """

    sides: list[gr.Dropdown]
    kind: gr.Radio
    number: gr.Number
    picture: gr.Image
    carrier: gr.Textbox


def compare(models: Models, runs: Runs, text: gr.I18n, selected: gr.State) -> Compare:
    """Add the comparison to the column that is being built.

    Args:
        selected: name of the run that is shown.
    """
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
        form = Compare(sides, *_input(text), gr.Textbox(visible=False))
        with gr.Row():
            with_input = gr.Button(text("train_compare_go"), size="sm", elem_id="train-compare-go")
            with_drawing = gr.Button(
                text("train_compare_drawing"), size="sm", elem_id="train-compare-drawing"
            )
        result = part("train/compare", value={})
    _wire(models, runs, form, selected, (with_input, with_drawing), result)
    return form


def _input(text: gr.I18n) -> tuple[gr.Radio, gr.Number, gr.Image]:
    """What is compared on. Until there is a run, only an own picture is left."""
    kinds = [(text(f"train_compare_{kind}"), kind) for kind in ("pair", "own")]
    kind = gr.Radio(kinds, value="own", label=text("train_compare_on"), elem_id="train-compare-on")
    number = gr.Number(
        1,
        precision=0,
        minimum=1,
        visible=False,
        label=text("train_compare_number"),
        elem_id="train-compare-number",
    )
    picture = gr.Image(
        type="filepath",
        image_mode=None,
        sources=["upload", "clipboard"],
        label=text("train_compare_picture"),
        height=170,
        elem_id="train-picture",
    )
    return kind, number, picture


def _wire(
    models: Models,
    runs: Runs,
    form: Compare,
    selected: gr.State,
    buttons: tuple[gr.Button, gr.Button],
    result: gr.HTML,
) -> None:
    """Have the buttons compare: on the form's input, and on the Draw tab's drawing."""
    settings = models.settings

    @for_owner
    def of_input(
        left: str, right: str, kind: object, run: str, number: object, file: object
    ) -> dict[str, Any]:
        with warned():
            if kind == "pair":
                return side_by_side(models, left, right, *held_out(runs.folder, run, number))
            if not file:
                raise ImageError("page.nothing_to_compare_on")
            span = models.config(left).spans[0]
            return side_by_side(models, left, right, picture_of(file, settings.upload_bytes, span=span))
        return {}

    @for_owner
    def of_drawing(left: str, right: str, url: str) -> dict[str, Any]:
        with warned():
            if not url:
                raise ImageError("page.no_drawing")
            return side_by_side(models, left, right, decode_data_url(url, max_bytes=settings.drawing_bytes))
        return {}

    form.kind.input(fields, form.kind, [form.number, form.picture], **QUIET)
    # Not read by Gradio first: what it says of a bad file or of a model that is gone is no sentence of ours.
    queue: dict[str, Any] = {**IN_MODEL_QUEUE, "api_visibility": "private", "preprocess": False}
    given = [*form.sides, form.kind, selected, form.number, form.picture]
    buttons[0].click(of_input, given, result, **queue)
    # The drawing on the Draw tab's canvas takes the place of the last argument.
    on_canvas = f"(await {imported('shared/base.js')}).canvasNow().drawing"
    carry = f"async (left, right) => [left, right, {on_canvas} ?? '']"
    buttons[1].click(of_drawing, [*form.sides, form.carrier], result, js=carry, **queue)


@for_owner
def fields(kind: str) -> list[Any]:
    """Updates of number and picture: which of them is asked for."""
    return [gr.update(visible=kind == "pair"), gr.update(visible=kind == "own")]


def offered(runs: Runs, run: str) -> list[Any]:
    """Values for kind, number and picture, where another run is shown."""
    kind = "pair" if may_hold_out(runs.folder, run) else "own"
    return [kind, gr.update(value=1, visible=kind == "pair"), gr.update(visible=kind == "own")]


def rivals(models: Models, run: str) -> list[str]:
    """A run's model, and the first other one that takes such inputs: compared unless asked otherwise."""
    try:
        kind = models.config(run).input
    except Pix2PixError:  # damaged, as a comparison will say
        return [run, run]
    others = [model for _, model in models.choices(kind) if model != run]
    return [run, *others, run][:2]


def side_by_side(
    models: Models, left: str, right: str, picture: Image.Image, target: Image.Image | None = None
) -> dict[str, Any]:
    """The input and what two models make of it, and numbers.

    Args:
        target: what the input should become, of its size: the numbers are then how far each is from it, else
            those that the models were measured with.

    Raises:
        Pix2PixError: a model is gone or cannot take such a picture.
    """
    picture = picture.copy()
    if target is None:
        picture.thumbnail((LARGEST, LARGEST))
    labels = {model: label for label, model in models.choices()}
    sides = []
    for model in (left, right):
        translator = models.translator(model)
        answer = translator.translate(picture, seed=0)
        measured = translator.config.metrics.get("model", {}) if target is None else measure(answer, target)
        sides.append(
            {
                "name": labels.get(model, translator.config.name),
                "picture": encode_data_url(answer, "JPEG", 90),
                "metrics": {name: measured[name] for name in SHOWN_METRICS if name in measured},
            }
        )
    shown = {} if target is None else {"target": encode_data_url(target, "JPEG", 90)}
    return {"input": encode_data_url(picture, "JPEG", 90), **shown, "sides": sides}


def measure(answer: Image.Image, target: Image.Image) -> dict[str, float]:
    """How far one picture is from the true one, as the trainer measures many."""
    ours, true = (to_tensor(image)[None] for image in (answer, target))
    return {name: METRICS[name].finish(METRICS[name].measure(ours, true)[0]) for name in SHOWN_METRICS}
