"""The part of the Photo tab that takes many photos at once."""

from __future__ import annotations

from typing import Any

import gradio as gr

from pix2pix.errors import Pix2PixError
from pix2pix.images import READ_SUFFIXES
from pix2pix.ui.photo.batch import Batch, Order, advance, begin
from pix2pix.ui.photo.controls import Controls, model_of, percent
from pix2pix.ui.photo.darkroom import Darkroom
from pix2pix.ui.photo.shelf import Shelf
from pix2pix.ui.server.access import for_visitors
from pix2pix.ui.server.language import told
from pix2pix.ui.settings import Settings
from pix2pix.ui.shared.events import QUIET, QUIET_ON_MODEL
from pix2pix.ui.shared.notices import left_out, notice, sent, warn
from pix2pix.ui.texts import translations

KEPT_SECONDS = 3600  # of a batch that nobody goes on with


def batch_panel(darkroom: Darkroom, shelf: Shelf, controls: Controls, strength: gr.Slider) -> None:
    """Files in, progress, a zip out. The page asks for one photo after the other, see notice.js."""
    settings = darkroom.settings
    kept = gr.State(None, time_to_live=KEPT_SECONDS)
    files, start, stop, archive, said = _panel(settings)

    @for_visitors
    def order(request: gr.Request, uploads: object, *chosen: Any) -> tuple[Any, ...]:
        *ways, seed, detail, share = chosen
        try:
            model = model_of(darkroom, *ways)
            uploaded = [sent(one) for one in uploads] if isinstance(uploads, list) else []
            place = shelf.new_file(request.session_hash, "photos.zip")
            batch = begin(uploaded, Order(model, seed, percent(share), detail), place, settings)
        except Pix2PixError as error:
            warn(error)
            return None, {"lines": []}, gr.update(interactive=False, value=None), *_buttons(False)
        return batch, progress(batch), gr.update(interactive=False, value=None), *_buttons(True)

    @for_visitors
    def go_on(batch: Batch | None) -> tuple[Any, ...]:
        """The next photo; values for the batch, its notice, the zip and the two buttons."""
        if batch is None:
            return None, {"lines": []}, gr.skip(), *_buttons(False)
        advance(batch, darkroom)
        if batch.waiting:
            return batch, progress(batch), gr.skip(), *_buttons(True)
        found = str(batch.archive) if batch.names else None
        zipped = gr.update(interactive=bool(found), value=found)
        return batch, progress(batch), zipped, *_buttons(False)

    @for_visitors
    def end(batch: Batch | None) -> None:
        if batch is not None:
            batch.stop()

    # Of too many files no more are sent than show it: Gradio takes a millisecond for each, in which nobody's
    # drawing is answered.
    some = f"(files, ...others) => [files?.slice(0, {settings.batch_files + 1}) ?? null, ...others]"
    inputs = [files, *controls, strength]
    outputs = [kept, said, archive, start, stop]
    start.click(order, inputs, outputs, js=some, preprocess=False, **QUIET)
    said.input(go_on, kept, outputs, trigger_mode="multiple", **QUIET_ON_MODEL)
    stop.click(end, kept, None, queue=False, **QUIET)


def _panel(settings: Settings) -> tuple[gr.File, gr.Button, gr.Button, gr.DownloadButton, gr.HTML]:
    """Files, start, stop, the zip, and the notice of how far the batch is."""
    text = translations()
    with gr.Accordion(text("photo_batch"), open=False, elem_id="photo-batch"):
        notice(lines=[limits(settings)])
        files = gr.File(
            label=text("photo_files"),
            file_count="multiple",
            file_types=list(READ_SUFFIXES),
            height=180,
            elem_id="photo-files",
        )
        with gr.Row():
            start = gr.Button(text("photo_batch_start"), variant="primary", min_width=120)
            stop = gr.Button(text("photo_batch_stop"), interactive=False, min_width=120)
            archive = gr.DownloadButton(
                text("photo_batch_download"),  # type: ignore[arg-type]
                interactive=False,
                min_width=160,
            )
        said = notice("photo-batch-told")
    return files, start, stop, archive, said


def limits(settings: Settings) -> dict[str, Any]:
    """How much a batch may be, as a line of a notice."""
    each, together = (f"{size / 1e6:.3g}" for size in (settings.upload_bytes, settings.batch_bytes))
    return {"key": "photo_batch_limits", "files": settings.batch_files, "mb": each, "all_mb": together}


def progress(batch: Batch) -> dict[str, Any]:
    """What to say of a batch, and whether the page is to ask for the next photo."""
    counts = {"tried": batch.tried, "count": batch.count, "done": len(batch.names)}
    going = bool(batch.waiting)
    key = "photo_batch_going" if going else "photo_batch_stopped" if batch.stopped else "photo_batch_done"
    lines: list[dict[str, Any]] = [{"key": key, **counts}]
    lines += [{"text": f"{name}: {told(reason)}", "warn": True} for name, reason in batch.failed]
    lines += [line for name, stored in batch.partly for line in left_out(name, stored)]
    return {"lines": lines, "next": f"{batch.archive.parent.name}-{batch.tried}" if going else None}


def _buttons(going: bool) -> tuple[Any, Any]:
    return gr.update(interactive=not going), gr.update(interactive=going)
