"""What chooses how photos are translated: the way, the model, the seed, how many lines are traced."""

from __future__ import annotations

from typing import Any, NamedTuple

import gradio as gr

from pix2pix.errors import CheckpointError, Pix2PixError
from pix2pix.messages import Message
from pix2pix.ui.photo.darkroom import DETAIL, Darkroom
from pix2pix.ui.photo.examples import WANTS
from pix2pix.ui.server.access import asked_by_owner, for_visitors
from pix2pix.ui.server.language import told
from pix2pix.ui.shared.events import QUIET
from pix2pix.ui.shared.formats import has_versions
from pix2pix.ui.shared.notices import notice
from pix2pix.ui.shared.values import MAX_SEED
from pix2pix.ui.texts import translations


class Controls(NamedTuple):
    """What chooses how photos are translated, in the order of the handlers' arguments."""

    way: gr.Radio
    photo_model: gr.Dropdown
    trace_model: gr.Dropdown
    seed: gr.Number
    detail: gr.Slider


def choose(darkroom: Darkroom, lines: gr.Image) -> tuple[Controls, gr.Button]:
    """The controls below the photo, and the button for another seed.

    Args:
        lines: where traced lines are shown, hidden while photos are translated as they are.
    """
    text = translations()
    way, photo_model, trace_model, detail = _ways(darkroom, text)
    first, has_more = described(darkroom, way.value, photo_model.value, trace_model.value)
    wants = notice("photo-wants", first)
    with gr.Row(elem_id="photo-version", visible=has_more) as version:
        seed = gr.Number(0, label=text("photo_seed"), precision=0, minimum=0, maximum=MAX_SEED, min_width=100)
        another = gr.Button(text("photo_another"), min_width=140)

    @for_visitors
    def turn(*chosen: object) -> tuple[Any, ...]:
        said, more = described(darkroom, *chosen)
        direct = chosen[0] == "photo"
        return {"lines": said}, *(gr.update(visible=seen) for seen in (more, direct, *[not direct] * 3))

    chosen = [way, photo_model, trace_model]
    outputs = [wants, version, photo_model, trace_model, detail, lines]
    changes = [way.change, photo_model.change, trace_model.change]
    gr.on(changes, turn, chosen, outputs, queue=False, preprocess=False, **QUIET)
    return Controls(way, photo_model, trace_model, seed, detail), another


def _ways(darkroom: Darkroom, text: gr.I18n) -> tuple[gr.Radio, gr.Dropdown, gr.Dropdown, gr.Slider]:
    """The way, the models of both ways, and how many lines are traced; only those of one are seen."""
    photos, drawings = darkroom.models.choices("photo"), darkroom.models.choices("edges")
    direct = bool(photos)
    way = gr.Radio(
        [(text("photo_way_photo"), "photo"), (text("photo_way_trace"), "trace")],
        value="photo" if direct else "trace",
        label=text("photo_way"),
        elem_id="photo-way",
    )
    photo_model = gr.Dropdown(
        photos, value=_first(photos), label=text("photo_model"), visible=direct, elem_id="photo-model"
    )
    traced: dict[str, Any] = {"visible": not direct}
    trace_model = gr.Dropdown(
        drawings, value=_first(drawings), label=text("photo_trace_model"), elem_id="photo-trace", **traced
    )
    about: dict[str, Any] = {"label": text("photo_detail"), "info": text("photo_detail_info")}
    detail = gr.Slider(0, 1, DETAIL, step=0.05, elem_id="photo-detail", **about, **traced)
    return way, photo_model, trace_model, detail


def available(darkroom: Darkroom, *chosen: object) -> tuple[Any, ...]:
    """Both lists of models as they are now, the chosen ones kept, and what to say where there is none."""
    updates: list[Any] = []
    lines = []
    for index, kind in enumerate(("photo", "edges")):
        found = darkroom.models.choices(kind)
        keep = index < len(chosen) and chosen[index] in [model for _, model in found]
        updates.append(gr.update(choices=found, value=chosen[index] if keep else _first(found)))
        if not found:
            lines.append({"text": told(_none(kind))})
    return *updates, {"lines": lines}


def described(
    darkroom: Darkroom, way: object, photo_model: object, trace_model: object
) -> tuple[list[dict[str, Any]], bool]:
    """What the chosen model wants, as lines of a notice, and whether there is another version to ask for."""
    try:
        config = darkroom.models.config(model_of(darkroom, way, photo_model, trace_model))
    except Pix2PixError:  # told when a photo comes
        return [], False
    return [{"key": WANTS.get(config.name, "photo_wants_own")}], has_versions(config)


def model_of(darkroom: Darkroom, way: object, photo_model: object, trace_model: object) -> str:
    """The model that is chosen.

    Raises:
        CheckpointError: there is none for that way; the photo is not to blame, and stays.
    """
    model = photo_model if way == "photo" else trace_model
    if isinstance(model, str) and model:
        return model
    raise CheckpointError(_none("photo" if way == "photo" else "edges"))


def _none(kind: str) -> Message:
    """That there is no model for photos, or for their edges."""
    if kind == "edges":
        return Message("page.no_edge_model")
    return Message("page.no_photo_model" if asked_by_owner() else "page.no_photo_model_for_visitors")


@for_visitors
def next_seed(seed: object) -> int:
    """The next version's seed, 0 after the last."""
    return (int(seed) + 1) % (MAX_SEED + 1) if isinstance(seed, (int, float)) else 0


def _first(choices: list[tuple[str, str]]) -> str | None:
    return choices[0][1] if choices else None


def percent(value: object) -> float:
    """The strength slider's percents as a share from 0 to 1; the whole translation where it says nothing."""
    return min(max(float(value), 0.0), 100.0) / 100 if isinstance(value, (int, float)) else 1.0
