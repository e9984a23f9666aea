"""How a drawing for a model looks: its kind, its size, its lines or labels, as the page is told."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from pix2pix.checkpoint import ModelConfig
from pix2pix.errors import CheckpointError
from pix2pix.ui.shared.assets import HERE
from pix2pix.zoo import HUB

OWN_EXAMPLES = ("edges2emoji",)  # bundled models with examples of their own
DEFAULT_SIDE = 256
DEFAULT_LINE_WIDTH = (1, 6)
WHITE = (255, 255, 255)
# Of a label model that was trained on the pictures as they are, without a palette of its own.
PLAIN_LABELS = (
    ("white", "#ffffff"), ("black", "#000000"), ("red", "#ff0000"), ("green", "#00ff00"),
    ("blue", "#0000ff"), ("yellow", "#ffff00"), ("purple", "#ff00ff"), ("cyan", "#00ffff"),
)  # fmt: skip


def drawing_format(config: ModelConfig | None) -> dict[str, Any]:
    """What the page draws for a model; the usual format of an edge model where there is none yet.

    Returns:
        ``kind`` ("edges" or "labels"); ``side`` of the square in pixels; ``lineWidth`` [thinnest, thickest]
        in pixels; ``paper`` and ``labels`` [{"name", "color"}] as "#rrggbb"; ``noise``, whether a seed
        matters; ``critic``, whether there is a trained discriminator; ``subject``, the model's name where it
        has examples of its own; ``key``, the same for models that can share a drawing.
    """
    kind, side, width, subject = "edges", DEFAULT_SIDE, DEFAULT_LINE_WIDTH, ""
    labels: Sequence[tuple[str, str]] = ()
    noise = critic = True
    if config is not None:
        kind, side = config.input, config.image_size
        thin, thick = (max(1, round(width)) for width in config.line_width)
        width = (thin, thick) if thick > thin else DEFAULT_LINE_WIDTH
        if kind == "labels" and config.palette:
            labels = list(zip(config.palette.names, map(hex_colour, config.palette.colours), strict=True))
        elif kind == "labels":
            labels = PLAIN_LABELS
        subject = config.name if config.name in OWN_EXAMPLES else ""
        noise = has_versions(config)
        critic = config.discriminator is not None and config.gan_loss != "none"
    colours = [color for _, color in labels]
    return {
        "kind": kind,
        "side": side,
        "lineWidth": list(width),
        "paper": colours[0] if colours else "#ffffff",
        "labels": [{"name": name, "color": color} for name, color in labels],
        "noise": noise,
        "critic": critic,
        "subject": subject,
        "key": "-".join([kind, str(side), *sorted(color[1:] for color in colours), *filter(None, [subject])]),
    }


def paper(config: ModelConfig) -> tuple[int, int, int]:
    """RGB of an empty sheet: white, or of a palette's most common label.

    For facades that is the wall, on which windows and a door are drawn at once; the background is what
    little is seen beside it.
    """
    return config.palette.colours[0] if config.input == "labels" and config.palette else WHITE


def hex_colour(colour: tuple[int, int, int]) -> str:
    """(0, 48, 255) -> "#0030ff"."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


def hub_model(typed: object) -> str:
    """The model's name for what a person typed as a Hub id: ``owner/name[@revision]`` or its page's address.

    Raises:
        CheckpointError: that is no id.
    """
    text = typed.strip() if isinstance(typed, str) else ""
    text = re.sub(r"^(hf://|(https?://)?(www\.)?(huggingface\.co|hf\.co)/)", "", text).rstrip("/")
    if len(text) > 200 or not re.fullmatch(r"[\w.-]+/[\w.-]+(@[\w./-]+)?", text, re.ASCII):
        raise CheckpointError("page.no_hub_id")
    return HUB + text


def has_versions(config: ModelConfig) -> bool:
    """Whether another seed makes another picture."""
    return config.noise and (config.generator.dropout > 0 or config.generator.kind == "seer")


def load_examples() -> list[dict[str, Any]]:
    """The example drawings, by file name: ``{"name", "kind", "strokes"}``; see timeline.js for a stroke.

    One with a "model" is for that bundled model alone, and such a model has no others. Lengths are in pixels
    of a square of 256. In a drawing of labels a stroke names its "label"; or its "rank", 0 for the most
    common one, where the example is for any palette.
    """
    return [
        json.loads(path.read_text(encoding="utf-8")) for path in sorted((HERE / "examples").glob("*.json"))
    ]
