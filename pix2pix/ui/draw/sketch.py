"""What happens to a drawing that reaches the server: checked, translated, sent back as a data URL.

Plain functions of plain values, without Gradio: whatever a browser or a hand-made client sends ends as an
answer or as one sentence. Nothing is written to disk.
"""

from __future__ import annotations

import base64
import threading
import time
from dataclasses import dataclass
from typing import Any

from PIL import Image

from pix2pix.critic import Judgement
from pix2pix.edges import photo_to_edges
from pix2pix.errors import CheckpointError, ConfigError, ImageError, Pix2PixError
from pix2pix.images import decode_data_url, open_image
from pix2pix.inputs import DRAWN
from pix2pix.interrupt import CalledOff, unless
from pix2pix.palette import fit_input
from pix2pix.saving import encode_data_url
from pix2pix.ui.server.language import told
from pix2pix.ui.settings import Settings
from pix2pix.ui.shared.formats import WHITE, drawing_format, hub_model, paper
from pix2pix.ui.shared.messages import Frame, Opening, number_of, receive
from pix2pix.ui.shared.models import Models
from pix2pix.ui.shared.values import file_bytes
from pix2pix.zoo import HUB

LIVE_QUALITY = 85  # of the photos that are seen for a twentieth of a second


@dataclass(frozen=True)
class Photo:
    """A result: the picture, the drawing that it was made of, and the seconds that the model took."""

    image: Image.Image
    drawing: Image.Image
    seconds: float


class Sketcher:
    """What the Draw tab asks of the models."""

    def __init__(self, settings: Settings, models: Models | None = None) -> None:
        self.settings = settings
        self.models = models or Models(settings)
        self._turn = threading.Lock()  # one drawing at a time: a network uses all cores
        self._live: dict[str, threading.Event] = {}  # by visitor: tells a frame that nobody waits for it

    def start_model(self) -> str:
        """The model that the tab opens with: the one that was set, or the first that takes drawings."""
        model = self.settings.model
        if model.startswith(HUB):
            return model  # not fetched before someone draws
        try:
            if self.models.config(model).input in DRAWN:
                return model
        except Pix2PixError:
            return model  # whoever draws is told what is wrong with it
        choices = self.models.choices(*DRAWN)
        return choices[0][1] if choices else model

    def start_format(self) -> dict[str, Any]:
        """The format of its drawings; the usual one as long as the model is not here."""
        model = self.start_model()
        try:
            return drawing_format(None if model.startswith(HUB) else self.models.config(model))
        except Pix2PixError:
            return drawing_format(None)

    def warm_up(self) -> threading.Thread:
        """Load the model in the background and run it, so that the first stroke is not slow."""
        thread = threading.Thread(target=self._warm_up, name="warm-up", daemon=True)
        thread.start()
        return thread

    def _warm_up(self) -> None:
        try:
            translator = self.models.translator(self.start_model())
            side = translator.config.image_size
            for _ in range(2):  # the first runs choose kernels
                translator.translate(Image.new("RGB", (side, side), paper(translator.config)))
        except Pix2PixError as error:
            print(f"pix2pix: {error}", flush=True)

    def photo(self, drawing: object, seed: int = 0, model: str = "") -> Photo | None:
        """Translate a drawing; None for a blank one, which runs nothing.

        Args:
            drawing: a PNG as a data URL.
            seed: in [0, MAX_SEED].
            model: see :meth:`Models.translator`; the one that the tab opens with where it is empty.

        Raises:
            Pix2PixError: the drawing or the model is not what it should be.
        """
        image = decode_data_url(drawing, max_bytes=self.settings.drawing_bytes)
        side = self.settings.drawing_side
        if max(image.size) > side:
            raise ImageError("page.drawing_too_large", width=image.width, height=image.height, side=side)
        name = model or self.start_model()
        if self._is_blank(image, name):
            return None
        translator = self.models.translator(name)
        _check_drawn(translator.config.input)
        with self._turn:
            start = time.perf_counter()
            result = translator.translate(image, seed=seed)
            return Photo(result, image, time.perf_counter() - start)

    def _is_blank(self, image: Image.Image, model: str) -> bool:
        """Whether it shows nothing but paper; the model's config is read only where it shows one colour."""
        extrema: Any = image.getextrema()
        if any(low != high for low, high in extrema):
            return False
        colour = tuple(low for low, _ in extrema)
        if colour == WHITE:
            return True
        return not model.startswith(HUB) and colour == paper(self.models.config(model))

    def live(self, request: object, visitor: str) -> dict[str, Any]:
        """:meth:`answer` for a frame that the same visitor's :meth:`last` may call off, without a photo."""
        stop = self._live[visitor] = threading.Event()
        try:
            with unless(stop.is_set):
                return self.answer(request)
        except CalledOff:
            return _no_answer(request)
        finally:
            if self._live.get(visitor) is stop:
                self._live.pop(visitor, None)

    def last(self, request: object, visitor: str) -> dict[str, Any]:
        """:meth:`answer` for the frame after which the visitor waits; the one before it is called off."""
        if before := self._live.get(visitor):
            before.set()
        return self.answer(request)

    def answer(self, request: object) -> dict[str, Any]:
        """The live path: one numbered frame in, its photo or a sentence out.

        Args:
            request: a :class:`Frame` as JSON; a final one is answered without loss, the ones in between with
                a small JPEG.

        Returns:
            ``{"number", "seed", "photo", "ms", "error", "critic", "critic_error"}``; photo is None for a
            blank drawing; critic is None or what :func:`critic_map` gives.
        """
        answer = _no_answer(request)
        try:
            frame = receive(Frame, request)
            photo = self.photo(frame.drawing, frame.seed, frame.model)
        except Pix2PixError as error:
            return answer | {"error": told(error)}
        if photo is None:
            return answer
        url = (
            encode_data_url(photo.image)
            if frame.final
            else encode_data_url(photo.image, "JPEG", LIVE_QUALITY)
        )
        answer |= {"seed": frame.seed, "photo": url, "ms": round(photo.seconds * 1000, 1)}
        if frame.overlay:
            try:
                critic = self.models.critic(frame.model or self.start_model())
                answer["critic"] = critic_map(critic.judge(photo.drawing, photo.image))
            except Pix2PixError as error:  # the photo is good all the same
                answer["critic_error"] = told(error)
        return answer

    def open(self, request: object) -> dict[str, Any]:
        """Load a model, for a page that is about to draw for it.

        Args:
            request: an :class:`Opening` as JSON.

        Returns:
            ``{"number", "model", "format", "error", "critic_error"}``; see :func:`drawing_format`.
        """
        answer: dict[str, Any] = {"number": number_of(request), "model": "", "format": None}
        answer |= {"error": None, "critic_error": None}
        try:
            asked = receive(Opening, request)
            named = asked.model or self.start_model()
            model = named if asked.hub is None else hub_model(asked.hub)
            config = self.models.translator(model).config
            _check_drawn(config.input)
        except Pix2PixError as error:
            return answer | {"error": told(error)}
        if asked.critic:
            try:
                self.models.critic(model)
            except Pix2PixError as error:  # drawing goes without one
                answer["critic_error"] = told(error)
        return answer | {"model": model, "format": drawing_format(config)}

    def choices(self) -> list[dict[str, str]]:
        """[{"label", "model"}] of what can be drawn for, for the page's list."""
        return [{"label": label, "model": model} for label, model in self.models.choices(*DRAWN)]

    def start_from(self, url: object, model: str = "") -> str:
        """A drawing from an uploaded picture: a photo's edges, or for a label model the picture's labels.

        Args:
            url: the file as a data URL; its content tells the format, not its name.
            model: whose drawing it becomes.

        Returns:
            A PNG as a data URL, a square of the model's side; edges are black on white.

        Raises:
            ImageError: not a picture, damaged, or too large.
            CheckpointError: no such model.
        """
        data = file_bytes(url, self.settings.inline_bytes)
        try:
            config = self.models.config(model or self.start_model())
        except CheckpointError:
            if model:
                raise
            picture = open_image(data)
            return encode_data_url(photo_to_edges(picture, size=drawing_format(None)["side"]))
        picture = open_image(data, span=config.spans[0])
        if config.input == "labels":
            return encode_data_url(fit_input(picture, config.image_size, config.palette)[0])
        return encode_data_url(photo_to_edges(picture, size=config.image_size))


def critic_map(judgement: Judgement) -> dict[str, Any]:
    """A judgement as the page colours it: one byte a cell, 0 fake to 255 real, and where the cells look.

    Returns:
        ``{"rows", "columns", "cells", "first", "step", "seen"}``: cells row by row in base64; the
        centre of the first one and the distance of the next in pixels of a picture ``seen`` pixels wide.
    """
    rows, columns = judgement.scores.shape
    cells = (judgement.realness * 255).round().byte().numpy().tobytes()
    return {
        "rows": rows,
        "columns": columns,
        "cells": base64.b64encode(cells).decode("ascii"),
        "first": judgement.geometry.centre(0),
        "step": judgement.geometry.step,
        "seen": judgement.seen[0],
    }


def _no_answer(request: object) -> dict[str, Any]:
    answer: dict[str, Any] = {"number": number_of(request), "seed": 0, "photo": None, "ms": 0.0}
    return answer | {"error": None, "critic": None, "critic_error": None}


def _check_drawn(kind: str) -> None:
    if kind not in DRAWN:
        raise ConfigError("page.photo_model")
