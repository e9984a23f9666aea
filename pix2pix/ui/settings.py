"""What the app can be told from outside: environment variables, read once."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping
from dataclasses import dataclass

from pix2pix.errors import ConfigError
from pix2pix.zoo import ABLATIONS, DEFAULT_MODEL

PREFIX = "PIX2PIX_"


@dataclass(frozen=True)
class Settings:
    """Each field is also an environment variable: ``model`` is PIX2PIX_MODEL, and so on.

    Host, port and the like are Gradio's own: GRADIO_SERVER_NAME, GRADIO_SERVER_PORT. On a Space, Hugging Face
    sets SPACE_ID, which ``space`` takes.

    model: a bundled name, a checkpoint or run folder, or ``hf://owner/name[@revision]``.
    runs: folder of the trainings.
    ablations: folder of the small models behind the Learn tab; the bundled one by default.
    space: id of the Space that the app runs on, empty elsewhere.
    queue_size: requests that may wait at once, of all visitors; more are told to come back.
    drawing_bytes: largest PNG of a drawing.
    drawing_side: longest side in pixels of a drawing sent to the API.
    upload_bytes: largest photo file; of 200-megapixel phones they have 50 MB.
    photo_side: longest side in pixels of a translated photo; larger ones are made smaller.
    batch_files: photos that are translated at once.
    batch_bytes: size of such a batch.
    data_bytes: largest upload of training data, all its files together.
    train_threads: threads that a training's networks may take; 0 (unset) for all cores.
    train_niceness: how much a training stands back behind drawing, 1 to 19.
    """

    model: str = DEFAULT_MODEL
    runs: str = "runs"
    ablations: str = ABLATIONS
    space: str = ""
    queue_size: int = 64
    drawing_bytes: int = 1_000_000
    drawing_side: int = 1024
    upload_bytes: int = 50_000_000
    photo_side: int = 2048
    batch_files: int = 50
    batch_bytes: int = 200_000_000
    data_bytes: int = 2_000_000_000
    train_threads: int = 0
    train_niceness: int = 19

    @property
    def inline_bytes(self) -> int:
        """Largest photo file within an event, where a browser could not make it smaller before."""
        return min(self.upload_bytes, 10_000_000)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Read the settings; an unset or empty variable leaves the default.

        Raises:
            ConfigError: a number is not a whole number of at least 1.
        """
        values: dict[str, str | int] = {}
        for field in dataclasses.fields(cls):
            name = "SPACE_ID" if field.name == "space" else PREFIX + field.name.upper()
            text = environment.get(name, "").strip()
            if text:
                values[field.name] = text if field.type == "str" else _positive(name, text)
        return cls(**values)  # type: ignore[arg-type]


def check_address() -> None:
    """Refuse a port that is none.

    Raises:
        ConfigError: GRADIO_SERVER_PORT or GRADIO_NUM_PORTS is no whole number that can be one.
    """
    for name in ("GRADIO_SERVER_PORT", "GRADIO_NUM_PORTS"):
        text = os.environ.get(name, "7860")
        if not (text.isascii() and text.isdigit() and int(text) < 65536):
            raise ConfigError("cli.bad_setting", name=name, value=text)


def _positive(name: str, text: str) -> int:
    try:
        value = int(text)
    except ValueError:
        value = 0
    if value < 1:
        raise ConfigError("cli.bad_count", name=name, value=text)
    return value
