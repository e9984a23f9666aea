"""Photos to begin with, and what each bundled model wants; the licences are beside the photos."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import gradio as gr
from PIL import ImageOps

from pix2pix.images import open_image
from pix2pix.saving import encode_data_url
from pix2pix.ui.photo.darkroom import Darkroom
from pix2pix.ui.shared.assets import HERE, part

THUMBNAIL = 160  # pixels
FOLDER = HERE / "photo" / "examples"
WANTS = {  # a text for each bundled model
    "day2night": "photo_wants_day2night",
    "edges2photo": "photo_wants_edges2photo",
    "edges2emoji": "photo_wants_edges2emoji",
}


class Example(NamedTuple):
    """A photo in ``FOLDER`` and what shows it best; ``way`` is "photo" or "trace"."""

    file: str
    way: str
    model: str

    @property
    def path(self) -> str:
        """Where the photo lies."""
        return str(FOLDER / self.file)

    @property
    def text(self) -> str:
        """The key of its name."""
        return f"photo_example_{Path(self.file).stem}"


EXAMPLES = (
    Example("temple.jpg", "photo", "day2night"),
    Example("street.jpg", "photo", "day2night"),
    Example("dahlia.jpg", "photo", "day2night"),
    Example("sandal.jpg", "trace", "edges2photo"),
)


def strip(darkroom: Darkroom) -> gr.HTML:
    """Thumbnails to click; what it sends is a :class:`~pix2pix.ui.shared.messages.Picked`."""
    examples = [{"name": example.text, "picture": _thumbnail(example)} for example in offered(darkroom)]
    return part("photo/examples", "photo-examples", visible=bool(examples), examples=examples)


def _thumbnail(example: Example) -> str:
    return encode_data_url(ImageOps.fit(open_image(example.path), (THUMBNAIL, THUMBNAIL)), "JPEG")


def offered(darkroom: Darkroom) -> list[Example]:
    """The examples whose models are there."""
    models = {"photo": darkroom.models.choices("photo"), "trace": darkroom.models.choices("edges")}
    return [example for example in EXAMPLES if example.model in [model for _, model in models[example.way]]]
