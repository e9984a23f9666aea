"""Photos to begin with, and what each bundled model wants; the licences are beside the photos."""

from __future__ import annotations

from typing import NamedTuple

from pix2pix.ui.photo.darkroom import Darkroom
from pix2pix.ui.shared.assets import HERE

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


EXAMPLES = (
    Example("temple.jpg", "photo", "day2night"),
    Example("street.jpg", "photo", "day2night"),
    Example("dahlia.jpg", "photo", "day2night"),
    Example("sandal.jpg", "trace", "edges2photo"),
)


def offered(darkroom: Darkroom) -> list[Example]:
    """The examples whose models are there."""
    models = {"photo": darkroom.models.choices("photo"), "trace": darkroom.models.choices("edges")}
    return [example for example in EXAMPLES if example.model in [model for _, model in models[example.way]]]
