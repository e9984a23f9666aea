"""The Train tab: data in, one button, and the run as it goes on; also what came of earlier runs."""

from __future__ import annotations

from typing import Any, cast

import gradio as gr

from pix2pix.ui.server.access import can_log_in, for_owner
from pix2pix.ui.shared.events import QUIET
from pix2pix.ui.shared.models import Models
from pix2pix.ui.texts import translations
from pix2pix.ui.train.compare import compare, offered, rivals
from pix2pix.ui.train.form import new_training, start_choices
from pix2pix.ui.train.run import VIEW_QUEUE, actions, run_view, view, wire_run
from pix2pix.ui.train.runs import Runs


def train_tab(models: Models, tab: gr.Tab) -> None:
    """Add the tab to the Blocks that is being built; what it shows is asked for when it is opened."""
    text = translations()
    gr.Markdown(text("train_heading"), elem_classes="p2p-heading")
    login = can_log_in(models.settings.space)
    _for_visitors(text, models.settings.space, login)
    if login:
        gr.LoginButton(size="sm")
    runs = Runs(models)
    with gr.Row(elem_id="train", elem_classes="p2p-owners", equal_height=False):
        with gr.Column(scale=2, min_width=340, elem_id="train-new"):
            selected = gr.State("")
            start_from, begun = new_training(models, runs, text, selected)
        with gr.Column(scale=3, min_width=340, elem_id="train-now"):
            parts = run_view(text, selected)
            changing: list[Any] = [begun]  # events after which the page looks again
            actions(runs, text, parts, changing.append, login)
            comparison = compare(models, runs, text, selected)
    wire_run(models, runs, parts, changing.append)
    sides = comparison.sides
    pickers = [start_from, *sides]

    @for_owner
    def look(wanted: str, shown: dict[str, Any], *chosen: Any) -> list[Any]:
        values = view(runs, wanted, shown)
        run, now = values[:2]
        same = run == shown.get("name", "")
        values += [gr.skip()] * 3 if same else offered(runs, run)
        known, before = models.choices(), shown.get("models", [])
        now["models"] = known
        own = str(runs.folder / run)
        new_here = _has(known, own) and not (same and _has(before, own))
        if known == before and not new_here:
            return [*values, *[gr.skip()] * len(pickers)]
        begin_with, *both = chosen
        offers = [start_choices(models, text), *[known for _ in sides]]
        return [*values, *map(_offer, offers, [begin_with, *(rivals(models, own) if new_here else both)])]

    state = [selected, parts.shown, *pickers]
    outputs = [*parts.outputs, *comparison[1:-1], *pickers]
    # What is chosen comes as it is: Gradio itself would refuse a model that is gone.
    looking: dict[str, Any] = {**QUIET, **VIEW_QUEUE, "preprocess": False}
    for event in changing:
        event.then(look, state, outputs, **looking)
    parts.timer.tick(look, state, outputs, **looking)
    tab.select(look, state, outputs, **looking)


def _for_visitors(text: gr.I18n, space: str, login: bool) -> None:
    """Add what a visitor sees in place of the rest: why nothing is offered, and what to do."""
    with gr.Column(elem_classes="p2p-visitors"):
        if not space:
            gr.Markdown(text("train_visitor"))
            return
        gr.Markdown(text("train_visitor_space"))
        gr.Markdown(text("train_owner_login" if login else "train_owner_no_login"))
        gr.DuplicateButton(cast(str, text("train_duplicate")))


def _has(choices: list[tuple[str, str]], model: str) -> bool:
    return any(value == model for _, value in choices)


def _offer(choices: list[tuple[Any, str]], chosen: Any) -> Any:
    """New choices for a picker; where the model that was chosen is no longer among them, the first one."""
    values = [value for _, value in choices]
    return gr.update(choices=choices, value=chosen if chosen in values else values[0])
