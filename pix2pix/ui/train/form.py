"""A new training: the data and its report, what to start from, how long, and one button."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import gradio as gr

from pix2pix.checkpoint import Direction
from pix2pix.errors import Pix2PixError
from pix2pix.inputs import OF_SINGLES
from pix2pix.messages import Message
from pix2pix.ui.server.access import for_owner
from pix2pix.ui.server.language import told
from pix2pix.ui.shared.assets import HERE, part
from pix2pix.ui.shared.events import QUIET
from pix2pix.ui.shared.models import Models
from pix2pix.ui.shared.notices import warn
from pix2pix.ui.train.options import MATTERS, field, option_named, options, recipe
from pix2pix.ui.train.report import named_data, reports, uploaded
from pix2pix.ui.train.runs import Runs
from pix2pix.ui.train.uploads import Data, discard, keep
from pix2pix.zoo import available_models
from train.presets import PRESETS
from train.runs import jobs

PATIENCE = 4.0  # seconds for the run to refuse at once; what fails later is told by its state
CHECK_NICENESS = 5  # a person waits for the report, but somebody else may be drawing
# Sends the paths of uploaded files in place of the files: Gradio takes a millisecond for each of those, in
# which nobody's drawing is answered, and leaves an empty file behind.
PATHS = """(kind, sent, address, old, ...files) => {
  const paths = (some) => [some ?? []].flat().map((file) => file.path);
  return [kind, files.map(paths), address, old, null, null];
}"""
EXAMPLE, EXAMPLE_START = HERE / "train" / "example", "edges2emoji"
MINUTES = 30.0  # proposed for new networks, and for many pairs
FEW_MINUTES = ((30, 3.0), (200, 10.0))  # (pairs, minutes) from a model: more would overfit
CHECK_QUEUE: dict[str, Any] = {"concurrency_id": "train-check", "concurrency_limit": 1}


def start_choices(models: Models, text: gr.I18n) -> list[tuple[Any, str]]:
    """What a training can start from."""
    return [(text("train_nothing"), ""), *models.choices()]


def new_training(models: Models, runs: Runs, text: gr.I18n, selected: gr.State) -> tuple[gr.Dropdown, Any]:
    """Add the form to the column that is being built.

    Args:
        selected: takes the name of the run that is then to be shown.

    Returns:
        What to start from, and the event of a start.
    """
    form, desk = _form(models, text), Desk(models, runs)
    given = [form.kind, form.sent, form.named, form.data, form.first, form.second]
    examined = [form.report, form.direction, form.single, form.start_from, form.minutes]

    @for_owner
    def fields(chosen: str) -> list[Any]:
        label: Any = text("train_files_a" if chosen == "two" else "train_files")
        shown = [gr.update(visible=chosen == one) for one in ("two", "named")]
        return [gr.update(visible=chosen != "named", label=label), *shown]

    form.kind.input(fields, form.kind, [form.first, form.second, form.named], **QUIET)
    newest: dict[str, Any] = {"trigger_mode": "always_last", **QUIET, **CHECK_QUEUE}
    looking: list[Any] = [
        event(desk.look_at_new, given, [form.data, *examined], js=PATHS, **newest)
        for event in (form.first.change, form.second.change, form.named.submit, form.named.blur)
    ]
    form.example.click(desk.take_example, form.data, [form.data, *examined], cancels=looking, **newest)
    again = [form.data, form.direction, form.single, form.report]
    for event in (form.direction.input, form.single.input):
        event(desk.look_again, again, examined, cancels=looking, **newest)
    inputs = [form.data, form.report, form.direction, form.single, form.start_from, form.minutes]
    inputs += [form.size, form.matters, form.seed, form.name, form.preset, *form.values]
    outputs = [form.start, selected, form.data, form.first, form.second]
    starts: dict[str, Any] = {"show_progress": "minimal", "api_visibility": "private"}
    starts |= {**CHECK_QUEUE, "concurrency_id": "train-start"}
    return form.start_from, form.start.click(desk.begin, inputs, outputs, **starts)


def _form(models: Models, text: gr.I18n) -> SimpleNamespace:
    """The components of the form by name."""
    data = gr.State(None, delete_callback=discard)
    given = _given(text, "train_data_named_hub" if models.settings.space else "train_data_named")
    report = part("train/report", "train-report", {})
    chosen = _chosen(models, text)
    start = gr.Button(text("train_start"), variant="primary", elem_id="train-start")
    return SimpleNamespace(data=data, report=report, start=start, **given, **chosen)


def _given(text: gr.I18n, named_label: str) -> dict[str, Any]:
    """What a person has: files, or the name of a place."""
    kinds = [("train_data_one", "one"), ("train_data_two", "two"), (named_label, "named")]
    choices = [(text(key), value) for key, value in kinds]
    return {
        "kind": gr.Radio(choices, value="one", label=text("train_data"), elem_id="train-kind"),
        "first": gr.File(file_count="multiple", label=text("train_files"), height=150, elem_id="train-files"),
        "second": gr.File(
            file_count="multiple",
            label=text("train_files_b"),
            height=150,
            visible=False,
            elem_id="train-files-b",
        ),
        "sent": gr.JSON(visible=False, elem_id="train-sent"),
        "named": gr.Textbox(
            label=text("train_named"),
            placeholder="hf://datasets/owner/name",
            max_lines=1,
            visible=False,
            elem_id="train-named",
        ),
        "example": gr.Button(text("train_example"), size="sm", elem_id="train-example"),
    }


def _chosen(models: Models, text: gr.I18n) -> dict[str, Any]:
    """What is to be made of it: direction, start, minutes, and the options that most leave alone."""
    single = gr.Radio(
        [(text(f"train_made_{name}"), name) for name in OF_SINGLES],
        value="edges",
        label=text("train_made"),
        visible=False,
        elem_id="train-made",
    )
    direction = gr.Radio(
        [(text("train_a_to_b"), "AtoB"), (text("train_b_to_a"), "BtoA")],
        value="AtoB",
        label=text("train_direction"),
        elem_id="train-direction",
    )
    with gr.Row():
        start_from = gr.Dropdown(
            start_choices(models, text),
            value="",
            label=text("train_from"),
            min_width=180,
            elem_id="train-from",
        )
        minutes = gr.Number(
            MINUTES, label=text("train_minutes"), minimum=0, min_width=100, scale=0, elem_id="train-minutes"
        )
    with gr.Row():
        size = field(option_named("image_size"), text, text("train_size"))
        seed = gr.Number(0, label=text("train_seed"), precision=0, minimum=0, min_width=100, scale=0)
    matters = gr.Radio(
        [(text(f"train_matters_{name or 'both'}"), name) for name in MATTERS],
        value="",
        label=text("train_matters"),
        elem_id="train-matters",
    )
    with gr.Accordion(text("train_more"), open=False, elem_id="train-more"):
        name = gr.Textbox(label=text("train_name"), info=text("train_name_info"), max_lines=1)
        preset = gr.Dropdown(list(PRESETS), value="quick", label="preset", info=text("train_option_preset"))
        with gr.Row():
            values = [field(option, text) for option in options()]
    asked = {"single": single, "direction": direction, "start_from": start_from, "minutes": minutes}
    asked |= {"size": size, "matters": matters, "seed": seed}
    return {**asked, "name": name, "preset": preset, "values": values}


class Desk:
    """What happens to data that is given, and to the form when the button is pressed."""

    def __init__(self, models: Models, runs: Runs) -> None:
        self.models, self.runs, self.settings = models, runs, models.settings

    def take(self, kind: str, sent: Any, address: str, old: Data | None) -> Data | None:
        """The data that was given; None while something is missing. What was given before goes."""
        discard(old)
        if kind == "named":
            return named_data(address, self.settings.space)
        a, b = uploaded(sent)
        if not a or (kind == "two" and not b):
            return None
        return keep(self.runs.folder, a, b if kind == "two" else (), self.settings.data_bytes)

    @for_owner
    def look_at_new(
        self, kind: str, sent: Any, address: str, old: Data | None, *files: None
    ) -> Iterator[list[Any]]:
        """Take data and report on it: values for data, report, direction, single, start_from and minutes."""
        if kind == "named" and old is not None and old == self._same(address):
            yield [gr.skip()] * 6  # the field was only left
            return
        yield [gr.skip(), {"state": "busy", "done": 0}, *[gr.skip()] * 4]
        try:
            given = self.take(kind, sent, address or "", old)
        except Pix2PixError as error:
            yield [None, {"state": "bad", "message": told(error)}, *[gr.skip()] * 4]
            return
        if given is None:
            yield [None, {}, gr.skip(), gr.update(visible=False), *[gr.skip()] * 2]
            return
        yield [given, *[gr.skip()] * 5]
        for shown in self.examined(given, "AtoB"):
            yield [gr.skip(), *shown]

    @for_owner
    def take_example(self, old: Data | None) -> Iterator[list[Any]]:
        """The pairs that come with the app: values as of :meth:`look_at_new`, to go on from edges2emoji."""
        discard(old)
        given = Data((str(EXAMPLE),))
        yield [given, {"state": "busy", "done": 0}, *[gr.skip()] * 4]
        for shown in self.examined(given, "AtoB"):
            if shown[0].get("trainable") and EXAMPLE_START in available_models():
                shown[0] |= {"start": EXAMPLE_START, "minutes": FEW_MINUTES[0][1]}
                shown[-2:] = [EXAMPLE_START, FEW_MINUTES[0][1]]
            yield [gr.skip(), *shown]

    @for_owner
    def look_again(
        self, given: Data | None, direction: Direction, made: str, report: Any
    ) -> Iterator[list[Any]]:
        """Report anew, after a choice: values for report, direction, single, start_from and minutes."""
        if given is None:
            yield [gr.skip()] * 5
            return
        alone = isinstance(report, dict) and bool(report.get("single"))
        yield from self.examined(given, direction, made if alone else "", again=True)

    def examined(
        self, given: Data, direction: Direction, made: str = "", again: bool = False
    ) -> Iterator[list[Any]]:
        """Values for report, direction, single, start_from and minutes."""
        nice = min(self.settings.train_niceness, CHECK_NICENESS)
        try:
            for seen in reports(given, direction, made, settle=not again, niceness=nice):
                if isinstance(seen, int):
                    yield [{"state": "busy", "done": seen}, *[gr.skip()] * 4]
                else:
                    alone = seen["single"]
                    start, minutes = self._starting_point(seen)
                    yield [
                        {**seen, "start": start, "minutes": minutes},
                        gr.update(value=seen["direction"], visible=not alone),
                        gr.update(value=seen["input"] if alone else "edges", visible=alone),
                        *([gr.skip()] * 2 if again else [start, minutes]),
                    ]
        except Pix2PixError as error:
            yield [{"state": "bad", "message": given.readable(error.message)}, *[gr.skip()] * 4]

    def _same(self, address: str) -> Data | None:
        try:
            return named_data(address or "", self.settings.space)
        except Pix2PixError:
            return None

    def _starting_point(self, report: dict[str, Any]) -> tuple[str, float]:
        """A model of drawings or labels that knows this kind of input, and minutes to propose.

        Models of photos each do one thing to them, and nobody can tell from the pairs whether it is this.
        """
        if not report["trainable"]:
            return "", MINUTES
        for model in dict.fromkeys((self.settings.model, *available_models())):
            with suppress(Pix2PixError):
                known = self.models.config(model).input
                if known == report["input"] != "photo":
                    few = (minutes for pairs, minutes in FEW_MINUTES if report["train"] <= pairs)
                    return model, next(few, MINUTES)
        return "", MINUTES

    @for_owner
    def begin(
        self,
        given: Data | None,
        seen: Any,
        direction: Direction,
        made: str,
        start: str,
        minutes: Any,
        size: str,
        matters: str,
        seed: Any,
        name: str,
        preset: str,
        *values: Any,
    ) -> Iterator[list[Any]]:
        """Start, and empty the form; the run that is then to be shown, empty for the one that trains."""
        if given is None:
            warn(Message("page.no_data"))
            yield [gr.skip()] * 5
            return
        yield [gr.update(interactive=False), *[gr.skip()] * 4]
        alone = isinstance(seen, dict) and bool(seen.get("single"))
        own: dict[str, Any] = {"direction": "AtoB" if alone else direction, "start": start}
        if alone:
            own["input"] = made
        try:
            config = recipe(given.names, minutes, size, matters, seed, preset, values, **own)
            job = jobs.start(
                config,
                self.runs.folder,
                name or "",
                threads=self.settings.train_threads or None,
                niceness=self.settings.train_niceness,
                upload=given.upload,
                patience=PATIENCE,
            )
        except Pix2PixError as error:
            warn(given.readable(error.message))
            yield [gr.update(interactive=True), "", *[gr.skip()] * 3]
            return
        emptied = [None] * 3 if given.upload else [gr.skip()] * 3
        yield [gr.update(interactive=True), job.name, *emptied]
