"""What happens to a drawing that reaches the server: checked, translated, sent back as a data URL.

Plain functions of plain values, without Gradio: whatever a browser or a hand-made client sends ends as an
answer or as one sentence. Nothing is written to disk.
"""

from __future__ import annotations

import base64
import binascii
import threading
import time
from dataclasses import dataclass
from typing import Any

from PIL import Image

from pix2pix.edges import photo_to_edges
from pix2pix.errors import ConfigError, ImageError, Pix2PixError
from pix2pix.images import decode_data_url, encode_data_url, open_image
from pix2pix.ui.models import Models
from pix2pix.ui.settings import Settings

MAX_SEED = 999_999_999
MAX_NUMBER = 2**53  # JavaScript counts exactly up to here
LIVE_QUALITY = 85  # of the photos that are seen for a twentieth of a second
WHITE = ((255, 255),) * 3


@dataclass(frozen=True)
class Photo:
    """A result: the picture and the seconds that the model took."""

    image: Image.Image
    seconds: float


class Sketcher:
    """What the Draw tab asks of the models."""

    def __init__(self, settings: Settings, models: Models | None = None) -> None:
        self.settings = settings
        self.models = models or Models(settings)

    def warm_up(self) -> threading.Thread:
        """Load the model in the background and run it, so that the first stroke is not slow."""
        thread = threading.Thread(target=self._warm_up, name="warm-up", daemon=True)
        thread.start()
        return thread

    def _warm_up(self) -> None:
        try:
            translator = self.models.translator()
            side = translator.config.image_size
            for _ in range(2):  # the first runs choose kernels
                translator.translate(Image.new("RGB", (side, side), "white"))
        except Pix2PixError as error:
            print(f"pix2pix: {error}", flush=True)

    def photo(self, drawing: object, seed: object = 0) -> Photo | None:
        """Translate a drawing; None for a blank one, which runs nothing.

        Args:
            drawing: a PNG as a data URL.
            seed: whole number in [0, MAX_SEED].

        Raises:
            Pix2PixError: the drawing or the seed is not what it should be, or there is no model.
        """
        number = whole_number(seed)
        image = decode_data_url(drawing, max_bytes=self.settings.drawing_bytes)
        side = self.settings.drawing_side
        if max(image.size) > side:
            raise ImageError(
                f"The drawing is {image.width} x {image.height} pixels: send one of at most {side} x {side}."
            )
        if image.getextrema() == WHITE:
            return None
        translator = self.models.translator()
        start = time.perf_counter()
        result = translator.translate(image, seed=number)
        return Photo(result, time.perf_counter() - start)

    def answer(self, request: object) -> dict[str, Any]:
        """The live path: one numbered frame in, its photo or a sentence out.

        Args:
            request: ``{"number": n, "seed": s, "drawing": data URL, "final": bool}``; a final frame is
                answered without loss, the ones in between with a small JPEG.

        Returns:
            ``{"number", "seed", "photo", "ms", "error"}``; photo is None for a blank drawing.
        """
        fields = request if isinstance(request, dict) else {}
        number, seed = fields.get("number"), fields.get("seed", 0)
        answer: dict[str, Any] = {"number": 0, "seed": 0, "photo": None, "ms": 0.0, "error": None}
        if isinstance(number, int) and 0 <= number <= MAX_NUMBER:
            answer["number"] = number
        try:
            photo = self.photo(fields.get("drawing"), seed)
        except Pix2PixError as error:
            return answer | {"error": str(error)}
        if photo is None:
            return answer
        url = (
            encode_data_url(photo.image)
            if fields.get("final") is True
            else encode_data_url(photo.image, "JPEG", LIVE_QUALITY)
        )
        return answer | {"seed": seed, "photo": url, "ms": round(photo.seconds * 1000, 1)}

    def edges(self, url: object, side: int = 256) -> str:
        """The edges of an uploaded photo, black on white.

        Args:
            url: the file as a data URL; its content tells the format, not its name.
            side: of the square result, in pixels.

        Raises:
            ImageError: not a picture, damaged, or too large.
        """
        photo = open_image(file_bytes(url, self.settings.upload_bytes))
        return encode_data_url(photo_to_edges(photo, size=side))


def whole_number(seed: object) -> int:
    """A seed as a whole number in [0, MAX_SEED]; JSON may bring 3.0 for 3.

    Raises:
        ConfigError: it is something else.
    """
    if isinstance(seed, float) and seed.is_integer():
        seed = int(seed)
    if not isinstance(seed, int) or isinstance(seed, bool) or not 0 <= seed <= MAX_SEED:
        raise ConfigError(f"The seed must be a whole number from 0 to {MAX_SEED}.")
    return seed


def file_bytes(url: object, limit: int) -> bytes:
    """The file in a data URL of any type.

    Raises:
        ImageError: it is none, or larger than ``limit`` bytes.
    """
    if not isinstance(url, str) or not url.startswith("data:"):
        raise ImageError("The browser sent no file: choose the photo again.")
    payload = url.partition(",")[2]
    if len(payload) > (limit + 2) // 3 * 4:
        raise ImageError(f"The file is larger than {limit / 1e6:.3g} MB: choose a smaller picture.")
    try:
        return base64.b64decode(payload, validate=True)
    except (binascii.Error, ValueError) as error:
        raise ImageError("The photo was damaged on its way here: choose it again.") from error
