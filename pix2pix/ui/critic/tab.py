"""The Critic tab: what a model's discriminator makes of every patch of a picture."""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any, NamedTuple

import gradio as gr
import torch
from PIL import Image

from pix2pix.errors import ImageError, Pix2PixError
from pix2pix.heatmap import colours, overlay, with_legend
from pix2pix.images import open_image
from pix2pix.inputs import DRAWN
from pix2pix.ui.critic.judging import (
    Case,
    Source,
    chosen_cell,
    critic_choices,
    drawn,
    example_inputs,
    judge,
    uploaded,
)
from pix2pix.ui.critic.moments import Answer, Scrubber, answer, scrubber, wire_scrubber
from pix2pix.ui.server.access import for_visitors
from pix2pix.ui.server.language import told
from pix2pix.ui.shared.assets import part
from pix2pix.ui.shared.events import IN_MODEL_QUEUE, QUIET, QUIET_ON_MODEL
from pix2pix.ui.shared.formats import drawing_format, load_examples
from pix2pix.ui.shared.messages import Judging, receive
from pix2pix.ui.shared.models import Models
from pix2pix.ui.shared.notices import picture_of, warn
from pix2pix.ui.shared.values import MAX_SEED, checked_share


class Desk(NamedTuple):
    """The tab's components; the scrubber is the owner's.

    start: the strip of inputs. files: an input's and a real photo's. stage: the map and all about it.
    """

    start: gr.HTML
    model: gr.Dropdown
    seed: gr.Number
    files: list[gr.File]
    scrub: Scrubber
    stage: gr.HTML


def critic_tab(models: Models, tab: gr.Tab, text: gr.I18n) -> None:
    """Add the tab's contents and the endpoint ``/heatmap`` to the Blocks that is being built.

    Args:
        tab: the tab itself; the lists of models and runs are read again when it is opened.
    """
    on = Listeners(models)
    _wire(on, tab, _desk(models, text))
    _endpoint(on)


def _desk(models: Models, text: gr.I18n) -> Desk:
    start = part("critic/start", "critic-start", examples=load_examples())
    with gr.Row(elem_id="critic-desk"):
        with gr.Column(scale=1, min_width=270):
            choices = critic_choices(models)
            with gr.Row(elem_id="critic-model"):
                model = gr.Dropdown(
                    choices,
                    value=choices[0][1] if choices else None,
                    label=text("critic_model"),
                    scale=3,
                    min_width=220,
                )
                seed = gr.Number(
                    0, precision=0, minimum=0, maximum=MAX_SEED, label=text("critic_seed"), min_width=100
                )
            with gr.Accordion(text("critic_upload"), open=False):
                gr.Markdown(text("critic_upload_hint"))
                files = [
                    gr.File(label=text(key), file_types=["image"], type="filepath", height=110)
                    for key in ("critic_upload_input", "critic_upload_real")
                ]
            scrub = scrubber(text)
        with gr.Column(scale=3, min_width=330):
            stage = _stage()
    return Desk(start, model, seed, files, scrub, stage)


class Listeners:
    """What a visitor does here. Their case is kept in the page's state, so that a click runs no network."""

    def __init__(self, models: Models) -> None:
        self.models, self.settings = models, models.settings

    @for_visitors
    def on_start(self, event: gr.EventData, name: str, number: float, old: Case | None) -> Answer:
        """An input was chosen, or the tab opened and asks for those that there are."""
        drawing = receive(Judging, event._data).drawing
        if drawing is None:
            return _offer(self.models, name), old
        return answer(lambda: judge(self.models, name, number, drawn(drawing, self.settings)), old)

    @for_visitors
    def on_model(self, name: str, number: float, old: Case | None) -> Answer:
        """The same input, judged by another model, if it takes such inputs; else that model's examples."""
        offered = _offer(self.models, name)
        if old is None or old.kind != offered.get("offer", {}).get("format", {}).get("kind"):
            return offered, old
        shown, new = self.on_seed(name, number, old)
        return {**offered, **shown}, new

    @for_visitors
    def on_seed(self, name: str, number: float | None, old: Case | None) -> Answer:
        """The same input again."""
        if not old or not old.source or number is None:
            return {}, old
        source = Source(*map(open_image, old.source))
        return answer(lambda: judge(self.models, name, number, source), old)

    @for_visitors
    def heatmap(
        self, model: Any, input_file: Any, output_file: Any, opacity: Any
    ) -> tuple[Image.Image, dict[str, Any]]:
        """Where a model's discriminator sees fake (orange) and real (blue) in a picture.

        Args:
            model: a model's name as in the app's list; the app's own model where it is empty.
            input_file: picture file of the generator's input.
            output_file: picture file of the output, or of a real photo, of the same size.
            opacity: of the colours, 0 to 1.

        Returns:
            The overlay (PNG, with its legend below), and the numbers: what the scores mean, receptive
            field, step and first centre in pixels, all scores, and the three most fake and most real patches.
        """
        try:
            if not input_file or not output_file:
                raise ImageError("page.two_pictures")
            share, pixels = checked_share(opacity, "opacity"), self.settings.drawing_side**2
            critic, most = self.models.critic(model), self.settings.upload_bytes
            files = zip((input_file, output_file), critic.config.spans, strict=True)
            condition, output = (picture_of(file, most, pixels, span) for file, span in files)
            judgement = critic.judge(condition, output)
            return with_legend(overlay(output, judgement.map(), share)), judgement.to_json()
        except Pix2PixError as error:
            raise gr.Error(html.escape(told(error)), print_exception=False) from error

    @for_visitors
    def on_upload(self, name: str, number: float, old: Case | None, *files: object) -> Answer:
        """A picture was uploaded, or both."""

        def make() -> Case:
            config, most = self.models.config(name), self.settings.upload_bytes
            given = zip(files, config.spans, strict=True)
            pictures = [picture_of(one, most, span=span) if one else None for one, span in given]
            return judge(self.models, name, number, uploaded(config, *pictures))

        return answer(make, old)


@for_visitors
def on_cell(event: gr.EventData, old: Case | None) -> dict[str, Any] | None:
    """A cell was chosen."""
    return chosen_cell(old, event._data) if old else None


def _wire(on: Listeners, tab: gr.Tab, desk: Desk) -> None:
    case, models = gr.State(None), on.models
    light: dict[str, Any] = {**QUIET, "concurrency_limit": 4}
    # Nothing is read by Gradio first: what it says of a model that is gone or of a bad file names our paths.
    judging: dict[str, Any] = {**QUIET_ON_MODEL, "preprocess": False}
    inputs, outputs = [desk.model, desk.seed, case], [desk.start, case]
    # "multiple", because "always_last" sends an event that had to wait with the data of the one before it.
    desk.start.input(on.on_start, inputs, outputs, trigger_mode="multiple", **judging)
    desk.model.input(on.on_model, inputs, outputs, trigger_mode="always_last", **judging)
    desk.seed.input(on.on_seed, inputs, outputs, trigger_mode="always_last", **judging)
    gr.on([one.upload for one in desk.files], on.on_upload, [*inputs, *desk.files], outputs, **judging)
    desk.stage.select(on_cell, case, desk.stage, trigger_mode="multiple", **light)
    tab.select(for_visitors(lambda: gr.Dropdown(choices=critic_choices(models))), None, desk.model, **light)
    wire_scrubber(desk.scrub, Path(models.settings.runs), tab, case, desk.start, light)


def _stage() -> gr.HTML:
    stops = colours(torch.linspace(0, 1, 3)).round().int().tolist()
    ramp = ", ".join(f"rgb({red} {green} {blue})" for red, green, blue in stops)
    return part("critic/map", "critic", ramp=f"linear-gradient(90deg, {ramp})")


def _offer(models: Models, model: str) -> dict[str, Any]:
    """What the strip of inputs needs to know of a model."""
    try:
        config = models.config(model)
        examples = [] if config.input in DRAWN else example_inputs(models, model)
    except Pix2PixError as error:
        warn(error)
        return {"error": told(error)}
    return {"offer": {"format": drawing_format(config), "examples": examples}}


def _endpoint(on: Listeners) -> None:
    """Add ``/heatmap``; components carry its files, because an endpoint without them knows no files."""
    with gr.Row(visible=False):
        inputs = [
            gr.Textbox(label="model"),
            gr.File(label="input_file", type="filepath"),
            gr.File(label="output_file", type="filepath"),
            gr.Number(0.6, label="opacity"),
        ]
        outputs = [gr.Image(label="overlay", format="png"), gr.JSON(label="numbers")]
        once: dict[str, Any] = {"api_name": "heatmap", "preprocess": False, **IN_MODEL_QUEUE}
        gr.Button().click(on.heatmap, inputs, outputs, **once)
