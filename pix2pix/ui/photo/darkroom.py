"""What happens to a photo that reaches the server: opened, translated, blended, made a file again.

Plain functions of plain values, without Gradio. Whatever is uploaded ends as a picture or as one sentence.
"""

from __future__ import annotations

import os
import re
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from pix2pix.edges import photo_to_edges
from pix2pix.errors import ConfigError, Pix2PixError
from pix2pix.images import HEAD, Span, StoredAs, format_of, letterbox, open_image, stored_as, unletterbox
from pix2pix.saving import encode_image, without_metadata
from pix2pix.translator import Translator
from pix2pix.ui.settings import Settings
from pix2pix.ui.shared.models import Models
from pix2pix.ui.shared.pictures import at_most
from pix2pix.ui.shared.values import checked_share, read_upload, whole_number

ENDINGS = {"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp", "GIF": ".gif", "BMP": ".bmp", "TIFF": ".tif"}
DETAIL = 0.5  # of traced lines: like the training pictures


@dataclass(frozen=True)
class Photo:
    """An uploaded photo.

    image: 8-bit RGB, upright, on white, its longest side at most the setting's.
    format: of the file, one of `pix2pix.images.FORMATS`.
    size: width and height in pixels before it was made smaller.
    stored: how its file stores it.
    """

    image: Image.Image
    format: str
    size: tuple[int, int]
    stored: StoredAs

    @property
    def reduced(self) -> bool:
        """Whether the photo was too large."""
        return self.image.size != self.size


@dataclass(frozen=True)
class Translation:
    """A photo and what a model made of it, both RGB of one size.

    lines: the drawing in between, as the model was given it; None where it translates photos.
    enlarged: how many times larger the photo was made before, for a model that sharpens; else 1.
    model: its name, to be shown.
    """

    photo: Photo
    before: Image.Image
    after: Image.Image
    lines: Image.Image | None
    enlarged: float
    model: str
    seed: int
    seconds: float


class Darkroom:
    """What the Photo tab asks of the models."""

    def __init__(self, settings: Settings, models: Models):
        self.settings = settings
        self.models = models

    def open(
        self, path: str | os.PathLike[str], model: str = "", known: tuple[str, StoredAs] | None = None
    ) -> Photo:
        """Read an uploaded file, deep grey as a model takes it (see :meth:`translate`).

        Args:
            known: its format and how it stored its picture, where the file may be a smaller copy by now.

        Raises:
            ImageError: it is too large, empty, no picture, damaged, or gone.
        """
        data = read_upload(path, self.settings.upload_bytes)
        image = without_metadata(open_image(data, span=self._span(model)))
        format, stored = known or (format_of(data[:HEAD]) or "PNG", stored_as(data))
        return Photo(at_most(image, self.settings.photo_side), format, stored.size, stored)

    def translate(self, photo: Photo, model: str, seed: object = 0, detail: object = DETAIL) -> Translation:
        """Translate a photo, or where the model knows edges: trace it and translate the lines.

        Args:
            model: a name from :class:`Models`; the one that :meth:`default_model` gives where it is empty.
            seed: whole number in [0, MAX_SEED].
            detail: how many lines are traced, 0 to 1.

        Raises:
            Pix2PixError: an argument or the model cannot be used; the sentence says what to do.
        """
        number, share = whole_number(seed), checked_share(detail, "detail")
        translator = self.models.translator(model or self.default_model())
        start = time.perf_counter()
        before, lines, enlarged = photo.image, None, 1.0
        if translator.config.input == "photo":
            if translator.config.made == "lowres":
                before, enlarged = self._enlarge(before, translator.config.recipe.get("factor"))
            after = translator.translate(before, seed=number)
        elif translator.config.input == "edges":
            lines, after = _trace(translator, before, number, share)
        else:
            raise ConfigError("page.label_model", model=translator.config.name)
        seconds = time.perf_counter() - start
        return Translation(
            photo, before, after, lines, enlarged, self.label(model, translator), number, seconds
        )

    def _span(self, model: str) -> Span | None:
        try:
            return self.models.config(model or self.default_model()).spans[0]
        except Pix2PixError:  # told when it is to translate
            return None

    def default_model(self) -> str:
        """The first model for photos, or the model that was set where there is none."""
        found = self.models.choices("photo")
        return found[0][1] if found else self.settings.model

    def label(self, model: str, translator: Translator) -> str:
        """How a model is called where it can be chosen."""
        labels = {value: label for label, value in self.models.choices()}
        return labels.get(model or self.default_model(), translator.config.name)

    def _enlarge(self, image: Image.Image, factor: object) -> tuple[Image.Image, float]:
        """As :func:`train.data.made.coarse` makes the input of a model that sharpens."""
        times = float(factor) if isinstance(factor, (int, float)) and factor > 1 else 4.0
        times = max(min(times, self.settings.photo_side / max(image.size)), 1.0)
        size = (round(image.width * times), round(image.height * times))
        return image.resize(size, Image.Resampling.BICUBIC), times


def _trace(
    translator: Translator, photo: Image.Image, seed: int, detail: float
) -> tuple[Image.Image, Image.Image]:
    """(lines, result): the lines as large as the model draws, the result enlarged to the photo's size."""
    config = translator.config
    side, width = config.image_size, max(round(config.line_width[0]), 1)
    box = letterbox(photo, side)[1]
    page = photo_to_edges(photo, size=side, detail=detail, line_width=width)
    result = translator.translate(page, seed=seed)
    return page.crop(box), unletterbox(result, box, photo.size)


def blend(before: Image.Image, after: Image.Image, strength: object) -> Image.Image:
    """The photo at 0, the translation at 1, and in between their mixture, pixel by pixel.

    Raises:
        ConfigError: the strength is no number from 0 to 1.
    """
    share = checked_share(strength, "strength")
    if share in (0.0, 1.0):
        return after if share else before
    # In whole numbers, because Pillow's own blend rounds down.
    weight = round(256 * share)
    mixed = np.asarray(after).astype(np.uint16)
    mixed *= np.uint16(weight)
    mixed += np.asarray(before).astype(np.uint16) * np.uint16(256 - weight)
    mixed += np.uint16(128)
    return Image.fromarray((mixed >> 8).astype(np.uint8))


def download(translation: Translation, strength: object, name: str = "photo") -> tuple[str, bytes]:
    """(file name, bytes) of the blended photo, in the format that it came in, without its metadata.

    Of HEIC and AVIF it is JPEG.

    Args:
        name: what the file's name begins with; anything but letters, digits, "-" and "_" is left out.
    """
    image = blend(translation.before, translation.after, strength)
    format = translation.photo.format if translation.photo.format in ENDINGS else "JPEG"
    return f"{plain(name)}-{plain(translation.model)}{ENDINGS[format]}", encode_image(image, format)


def plain(name: str, longest: int = 60) -> str:
    """A file name's stem, fit for every system: "../My photo.JPG" -> "My_photo"."""
    stem = Path(name.replace("\\", "/")).name
    stem = stem.rpartition(".")[0] or stem
    return re.sub(r"[^\w-]+", "_", stem).strip("_")[:longest] or "photo"
