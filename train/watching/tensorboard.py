"""The events of a run as TensorBoard files, through the optional extra ``tensorboard``."""

from __future__ import annotations

import importlib.util
from collections.abc import Generator, Iterator
from contextlib import AbstractContextManager, suppress
from pathlib import Path

import numpy as np
from PIL import Image

from pix2pix.errors import ConfigError, RunError, system_errors_as
from train.events import Diagnosis, Done, Event, Preview, Step
from train.watching.diagnosis import EVERY

FOLDER = "tensorboard"


def require_tensorboard(run: str) -> None:
    """Raise a ConfigError unless the package is installed, and takes the name of the run's folder."""
    if importlib.util.find_spec("tensorboard") is None:
        raise ConfigError("option.no_tensorboard")
    try:
        str(Path(run).absolute()).encode()
    except UnicodeEncodeError as error:
        raise ConfigError("option.tensorboard_folder", folder=run) from error


def recorded(events: Generator[Event, None, None], run: str | Path) -> Iterator[Event]:
    """Pass the events on and write them to ``<run>/tensorboard``: losses, sheets, diagnoses, final metrics.

    The writer is made when the first step is done: only then is it known that the run has begun, and where
    it goes on; what an earlier session wrote beyond that step is then hidden by TensorBoard.

    Raises:
        RunError: its files cannot be written; the run is saved then.
    """
    writer: _Writer | None = None
    try:
        for event in events:
            with _writing(Path(run) / FOLDER):
                if isinstance(event, Step) and writer is None:
                    writer = _Writer(Path(run) / FOLDER, event.step)
                if writer is not None:
                    writer.add(event)
            yield event
    finally:
        events.close()
        if writer is not None:
            with suppress(OSError):  # told by then, or of less weight than what ends the run
                writer.close()


def _writing(folder: Path) -> AbstractContextManager[None]:
    return system_errors_as(
        lambda error: RunError("run.cannot_write_tensorboard", folder=folder, reason=error)
    )


class _Writer:
    def __init__(self, folder: Path, first: int):
        from torch.utils.tensorboard import SummaryWriter  # seconds to import, and optional

        self._board = SummaryWriter(str(folder), purge_step=first)
        self._next = first

    def add(self, event: Event) -> None:
        if isinstance(event, Step):
            self._add_step(event)
            return
        if isinstance(event, Preview):
            with Image.open(event.path) as sheet:
                pixels = np.asarray(sheet.convert("RGB"))
            self._board.add_image("samples", pixels, event.step, dataformats="HWC")
        elif isinstance(event, Diagnosis):
            text = f"{event.kind}: no longer" if event.cleared else event.message
            self._board.add_text("diagnosis", text, event.step)
        elif isinstance(event, Done):
            for name, value in event.metrics.get("model", {}).items():
                self._board.add_scalar(f"held_out/{name}", value, event.step)
        self._board.flush()

    def _add_step(self, event: Step) -> None:
        if event.step < self._next:
            return
        self._next = event.step + EVERY
        for name, value in event.losses.items():
            self._board.add_scalar(f"loss/{name}", value, event.step)
        self._board.add_scalar("learning_rate", event.learning_rate, event.step)
        self._board.add_scalar("images_per_second", event.images_per_second, event.step)

    def close(self) -> None:
        self._board.close()
