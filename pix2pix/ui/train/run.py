"""A run while it trains and afterwards: state, pictures, curves, buttons, and the list of all runs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import gradio as gr

from pix2pix.errors import Pix2PixError
from pix2pix.images import decode_data_url
from pix2pix.saving import encode_data_url
from pix2pix.ui.server.access import for_owner
from pix2pix.ui.shared.assets import part
from pix2pix.ui.shared.events import QUIET, QUIET_ON_MODEL, saves
from pix2pix.ui.shared.messages import OfRun, receive
from pix2pix.ui.shared.models import Models
from pix2pix.ui.shared.notices import warned
from pix2pix.ui.train.runs import Curves, Runs, row
from pix2pix.ui.train.share import push_model, zip_model
from train.runs import jobs
from train.runs.jobs import Job

SECONDS = 1.5  # between two looks at a run that trains
VIEW_QUEUE: dict[str, Any] = {"concurrency_id": "train-view", "concurrency_limit": 4}
CURVES = (("losses", ("d", "gan")), ("reconstruction", ("l1", "l2")), ("sharpness", ("sharpness",)))
ASKED_FOR = (("features", ("features",)),)  # curves that only some recipes have


@dataclass
class RunView:
    """The components of the right column; ``outputs`` are what :func:`view` gives values for."""

    selected: gr.State
    shown: gr.State
    timer: gr.Timer
    outputs: list[Any]
    panel: gr.HTML
    listing: gr.HTML
    drawing: gr.HTML
    buttons: dict[str, Any]


def run_view(text: gr.I18n, selected: gr.State) -> RunView:
    """Add the run that is shown to the column that is being built; ``selected`` is its name."""
    shown, timer = gr.State({}), gr.Timer(SECONDS, active=False)
    panel = part("train/run", "train-panel", {})
    with gr.Row(elem_id="train-buttons"):
        hidden: dict[str, Any] = {"size": "sm", "visible": False}
        pause = gr.Button(text("train_pause"), min_width=90, elem_id="train-pause", **hidden)
        keep = gr.Button(text("train_keep"), min_width=140, elem_id="train-keep", **hidden)
        resume = gr.Button(
            text("train_resume"), variant="primary", min_width=90, elem_id="train-resume", **hidden
        )
    with gr.Row(visible=False, equal_height=True) as longer:
        more = gr.Number(
            30, label=text("train_more_minutes"), minimum=0, min_width=100, elem_id="train-more-minutes"
        )
        lengthen = gr.Button(text("train_longer"), size="sm", min_width=120, elem_id="train-longer")
    sheet = gr.Image(
        label=text("train_sheet"),
        format="jpeg",
        interactive=False,
        visible=False,
        buttons=["fullscreen", "download"],
        elem_id="train-sheet",
    )
    drawing = part("train/drawing", "train-canvas", {})
    curves = part("train/curves", "train-curves", {})
    listing = part("train/list", "train-list", {})
    buttons: dict[str, Any] = {"pause": pause, "keep": keep, "resume": resume}
    outputs = [selected, shown, timer, panel, listing, pause, keep, resume, sheet, curves, longer]
    buttons |= {"more": more, "lengthen": lengthen}
    return RunView(selected, shown, timer, outputs, panel, listing, drawing, buttons)


def view(runs: Runs, wanted: str, shown: dict[str, Any]) -> list[Any]:
    """Values for the outputs of :class:`RunView`; what has not changed since ``shown`` is left as it is."""
    found = runs.jobs()
    job = runs.pick(found, wanted)
    listing = {"runs": [row(one) for one in found], "selected": job.name if job else ""}
    timer = gr.Timer(active=any(one.active for one in found))
    if job is None:
        hidden = gr.update(visible=False)
        return ["", {}, timer, {}, listing, *[hidden] * 4, {}, hidden]
    sheet_now = [str(job.sheet), job.active]
    now: dict[str, Any] = {"name": job.name, "sheet": sheet_now, "points": 0, "kept": shown.get("kept")}
    before = shown if shown.get("name") == job.name else {}
    panel = {**runs.describe(job), "kept": now["kept"] == job.name}
    sheet: Any = gr.skip()
    if now["sheet"] != before.get("sheet"):
        picture = runs.sheet(job)
        # Its place is kept from the start, so that nothing jumps when the first one arrives.
        sheet = gr.update(value=picture, visible=picture is not None or job.active)
    curves = _curves(runs, job, now, before)
    trains = gr.update(visible=job.state in ("running", "starting"))
    free = not any(one.active for one in found)
    resume = gr.update(visible=job.resumable and free)
    longer = gr.update(visible=job.state == "finished" and free)
    return [job.name, now, timer, panel, listing, trains, trains, resume, sheet, curves, longer]


def _curves(runs: Runs, job: Job, now: dict[str, Any], before: dict[str, Any]) -> Any:
    """Value for the curves, where there are new points."""
    try:
        curves = runs.curves(job)
    except Pix2PixError:
        return gr.skip()
    now["points"] = curves.count
    if curves.count == before.get("points"):
        return gr.skip()
    return {"charts": charts_of(curves) if curves.count else [], "active": job.active}


def charts_of(curves: Curves) -> list[dict[str, Any]]:
    """The charts of a run: the usual ones, and those that its recipe asks for."""
    asked = [chart for chart in ASKED_FOR if any(name in curves.points for name in chart[1])]
    return [{"key": key, "lines": curves.lines(*names)} for key, names in (*CURVES, *asked)]


def wire_run(models: Models, runs: Runs, parts: RunView, refresh: Any) -> None:
    """What the buttons beside a run do, and its preview of the drawing.

    refresh: called with each event after which the page must look again.
    """
    settings = models.settings

    def halt(name: str, shown: dict[str, Any], keep: bool) -> dict[str, Any]:
        with warned():
            jobs.stop(runs.folder, name, patience=0)
            return {**shown, "kept": name if keep else None}
        return shown

    @for_owner
    def go_on(name: str, more: float | None = None) -> None:
        threads, niceness = settings.train_threads or None, settings.train_niceness
        with warned():
            jobs.resume(runs.folder, name, more=more, threads=threads, niceness=niceness)

    @for_owner
    def choose(event: gr.EventData) -> str:
        return receive(OfRun, event._data).name

    @for_owner
    def compare(event: gr.EventData) -> dict[str, Any]:
        """The drawing on the canvas, as the run's model makes a photo of it now."""
        sent = receive(OfRun, event._data)
        try:
            job = jobs.look(runs.folder, sent.name)
            drawing = decode_data_url(sent.drawing, max_bytes=settings.drawing_bytes)
            drawing.thumbnail((settings.drawing_side, settings.drawing_side))
            photo = models.translator(runs.model_name(job)).translate(drawing, seed=0)
        except Pix2PixError:  # the run's own panel says what is wrong with it
            return {}
        return {"name": job.name, "step": job.step, "photo": encode_data_url(photo, "JPEG", 88)}

    state = [parts.selected, parts.shown]
    pause, keep = parts.buttons["pause"], parts.buttons["keep"]
    refresh(pause.click(for_owner(lambda name, shown: halt(name, shown, False)), state, parts.shown, **QUIET))
    refresh(keep.click(for_owner(lambda name, shown: halt(name, shown, True)), state, parts.shown, **QUIET))
    refresh(parts.buttons["resume"].click(go_on, parts.selected, None, **QUIET))
    refresh(
        parts.buttons["lengthen"].click(
            for_owner(lambda name, more: go_on(name, more or 0.0)),
            [parts.selected, parts.buttons["more"]],
            None,
            **QUIET,
        )
    )
    refresh(parts.listing.select(choose, None, parts.selected, **QUIET))
    parts.panel.submit(compare, None, parts.drawing, **QUIET_ON_MODEL)


def actions(runs: Runs, text: gr.I18n, parts: RunView, refresh: Any, login: bool) -> None:
    """Add what can be done with a run that does not train: download, push, rename, delete.

    Args:
        login: whether the page has one, with which a model can be pushed.
    """
    with gr.Accordion(text("train_actions"), open=False, elem_id="train-actions"):
        download = gr.Button(text("train_download"), size="sm", elem_id="train-download")
        ready = gr.DownloadButton(visible="hidden", elem_id="train-zip")
        _push(runs, text, parts, login)
        with gr.Row(equal_height=False):
            name = gr.Textbox(label=text("train_new_name"), max_lines=1, scale=2, elem_id="train-new-name")
            rename = gr.Button(text("train_rename"), size="sm", min_width=110, elem_id="train-rename")
        delete = gr.Button(text("train_delete"), size="sm", variant="stop", elem_id="train-delete")
        with gr.Group(visible=False, elem_id="train-sure") as sure:
            gr.Markdown(text("train_delete_sure"))
            with gr.Row():
                yes = gr.Button(text("train_delete_yes"), size="sm", variant="stop")
                no = gr.Button(text("train_delete_no"), size="sm")

    @for_owner
    def zipped(name: str) -> Any:
        with warned():
            folder = Path(gr.utils.get_upload_folder()) / uuid4().hex
            return str(zip_model(jobs.look(runs.folder, name), folder))
        return None

    @for_owner
    def renamed(name: str, new: str) -> str:
        with warned():
            return jobs.rename(runs.folder, name, new or "").name
        return name

    @for_owner
    def deleted(name: str) -> list[Any]:
        with warned():
            jobs.delete(runs.folder, name)
            name = ""
        return [name, gr.update(visible=False)]

    download.click(zipped, parts.selected, ready, show_progress="minimal", api_visibility="private").then(
        None, ready, None, js=saves("train-zip")
    )
    refresh(rename.click(renamed, [parts.selected, name], parts.selected, **QUIET))
    delete.click(for_owner(lambda: gr.update(visible=True)), None, sure, **QUIET)
    no.click(for_owner(lambda: gr.update(visible=False)), None, sure, **QUIET)
    refresh(yes.click(deleted, parts.selected, [parts.selected, sure], **QUIET))


def _push(runs: Runs, text: gr.I18n, parts: RunView, login: bool) -> None:
    """Add the form that sends a model to the Hub."""
    with gr.Accordion(text("train_hub"), open=False, elem_id="train-hub"):
        repository = gr.Textbox(label=text("train_hub_name"), placeholder="owner/name", max_lines=1)
        private = gr.Checkbox(True, label=text("train_hub_private"))
        token = gr.Textbox(
            label=text("train_hub_token"),
            info=text("train_hub_token_login" if login else "train_hub_token_info"),
            type="password",
            max_lines=1,
        )
        push = gr.Button(text("train_hub_push"), size="sm", variant="primary", elem_id="train-push")
        answer = part("train/address")

    @for_owner
    def pushed(name: str, repository: str, private: bool, token: str) -> list[Any]:
        with warned():
            job = jobs.look(runs.folder, name)
            return [push_model(job, repository or "", (token or "").strip(), private is not False), ""]
        return ["", ""]

    @for_owner
    def pushed_as(
        name: str, repository: str, private: bool, token: str, account: gr.OAuthToken | None
    ) -> list[Any]:
        """With the account that is logged in on the Space."""
        return pushed(name, repository, private, token or (account.token if account else ""))

    push.click(
        pushed_as if login else pushed,
        [parts.selected, repository, private, token],
        [answer, token],
        show_progress="minimal",
        api_visibility="private",
        concurrency_id="train-push",
    )
