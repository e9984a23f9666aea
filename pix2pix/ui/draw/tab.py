"""The Draw tab: a canvas in a gr.HTML, wired to the models."""

from __future__ import annotations

from typing import Any

import gradio as gr

from pix2pix import heatmap
from pix2pix.errors import Pix2PixError
from pix2pix.messages import Message
from pix2pix.saving import encode_data_url
from pix2pix.ui.draw.sketch import Sketcher
from pix2pix.ui.server.access import for_visitors
from pix2pix.ui.server.language import told
from pix2pix.ui.shared.assets import part, script
from pix2pix.ui.shared.events import IN_MODEL_QUEUE, QUIET, QUIET_ON_MODEL
from pix2pix.ui.shared.formats import load_examples
from pix2pix.ui.shared.messages import Frame, Tracing, number_of, receive
from pix2pix.ui.shared.notices import warn

OWN_EVENTS = ("live", "last", "nudge", "ask", "open", "choices")
OPEN_QUEUE = "open"  # models are loaded beside the drawing, not in its queue
OPENED_AT_ONCE = 4
LAST_QUEUE = "last"
LAST_AT_ONCE = 8  # visitors whose strokes end at the same time; one waits for the other below Gradio


def draw_tab(sketcher: Sketcher) -> None:
    """Add the tab to the Blocks that is being built."""
    canvas = part(
        "draw/canvas",
        "draw",
        events=OWN_EVENTS,
        model=sketcher.start_model(),
        format=sketcher.start_format(),
        choices=sketcher.choices(),
        uploadBytes=sketcher.settings.inline_bytes,
        heat={"fake": heatmap.FAKE, "unsure": heatmap.UNSURE, "real": heatmap.REAL},
        examples=load_examples(),
    )
    opens: dict[str, Any] = {**QUIET, "concurrency_limit": OPENED_AT_ONCE, "concurrency_id": OPEN_QUEUE}
    lasts: dict[str, Any] = {**QUIET, "concurrency_limit": LAST_AT_ONCE, "concurrency_id": LAST_QUEUE}

    @for_visitors
    def start_from(event: gr.EventData) -> dict[str, Any]:
        number = number_of(event._data)
        try:
            sent = receive(Tracing, event._data)
            edges = sketcher.start_from(sent.photo, sent.model)
        except Pix2PixError as error:
            warn(error, "toast.bad_file")
            return {"number": number, "edges": None, "error": told(error)}
        return {"number": number, "edges": edges, "error": None}

    @for_visitors
    def answer(event: gr.EventData) -> dict[str, Any]:
        return sketcher.answer(event._data)

    @for_visitors
    def live(event: gr.EventData, request: gr.Request) -> dict[str, Any]:
        return sketcher.live(event._data, str(request.session_hash))

    @for_visitors
    def last(event: gr.EventData, request: gr.Request) -> dict[str, Any]:
        return sketcher.last(event._data, str(request.session_hash))

    @for_visitors
    def open_model(event: gr.EventData) -> dict[str, Any]:
        return sketcher.open(event._data)

    @for_visitors
    def choices() -> dict[str, Any]:
        return {"choices": sketcher.choices()}

    # A page sends a frame when the one before it is answered, so pages take turns. That frames come with the
    # event, and not as the component's value, spares the page a copy of all its props.
    canvas.live(live, None, _mailbox("photo"), trigger_mode="multiple", **QUIET_ON_MODEL)
    # The one after the pointer was lifted does not wait for the answer before it: it calls that off.
    canvas.last(last, None, _mailbox("photo"), trigger_mode="multiple", **lasts)
    # Does nothing but open the stream of answers again, see canvas.js; it waits for no other event.
    canvas.nudge(
        for_visitors(lambda: None), None, None, trigger_mode="multiple", **QUIET, concurrency_limit=None
    )
    canvas.upload(start_from, None, _mailbox("edges"), trigger_mode="multiple", **QUIET_ON_MODEL)
    # Single pictures beside the live ones: versions and the steps of an animation, one after another.
    canvas.ask(answer, None, _mailbox("answer"), trigger_mode="multiple", **QUIET_ON_MODEL)
    canvas.open(open_model, None, _mailbox("opened"), trigger_mode="multiple", **opens)
    canvas.choices(choices, None, _mailbox("choices"), trigger_mode="once", **opens)


def _mailbox(topic: str) -> gr.HTML:
    """An invisible component whose values reach whoever waits for the topic on the page, see mailbox.js.

    One for each event: of two answers that arrive together a component keeps the later one only.
    """
    loader = script("draw/mailbox.js", topic=topic)
    return gr.HTML(html_template="", js_on_load=loader, elem_classes="p2p-mailbox")


def sketch_endpoint(sketcher: Sketcher) -> None:
    """Add the public API endpoint ``/sketch``."""

    @for_visitors
    def sketch(drawing: str, seed: int = 0, model: str = "") -> str:
        """Turn a drawing into a photo.

        Args:
            drawing: a PNG in a data URL ("data:image/png;base64,..."), best of the model's size (256 x 256
                pixels): black lines on white, with or without dabs of colour below them, or for a label model
                flat areas in the colours of its palette.
            seed: whole number; the same drawing and seed always give the same photo.
            model: a bundled model's name; for the app's owner also the folder of a checkpoint or
                run, or hf://owner/name. Empty for the one that the page opens with.

        Returns:
            The photo, a PNG in a data URL, of the drawing's size.
        """
        try:
            sent = receive(Frame, {"drawing": drawing, "seed": seed, "model": model})
            photo = sketcher.photo(sent.drawing, sent.seed, sent.model)
        except Pix2PixError as error:
            raise gr.Error(told(error), print_exception=False) from error
        if photo is None:
            raise gr.Error(told(Message("page.blank")), print_exception=False)
        return encode_data_url(photo.image)

    gr.api(sketch, api_name="sketch", **IN_MODEL_QUEUE)
