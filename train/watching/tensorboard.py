"""The events of a run as TensorBoard files, through the optional extra ``tensorboard``."""

from __future__ import annotations

import importlib.util
from collections.abc import Generator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

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
    folder, board, due = Path(run) / FOLDER, None, 0
    try:
        for event in events:
            with system_errors_as(
                lambda error: RunError("run.cannot_write_tensorboard", folder=folder, reason=error)
            ):
                if isinstance(event, Step) and board is None:
                    from torch.utils.tensorboard import SummaryWriter  # seconds to import, and optional

                    board, due = SummaryWriter(str(folder), purge_step=event.step), event.step
                if isinstance(event, Step) and event.step >= due:
                    due = event.step + EVERY
                    _add_step(board, event)
                elif board is not None and not isinstance(event, Step):
                    _add(board, event)
            yield event
    finally:
        events.close()
        if board is not None:
            with suppress(OSError):  # told by then, or of less weight than what ends the run
                board.close()


def _add(board: Any, event: Event) -> None:
    if isinstance(event, Preview):
        with Image.open(event.path) as sheet:
            pixels = np.asarray(sheet.convert("RGB"))
        board.add_image("samples", pixels, event.step, dataformats="HWC")
    elif isinstance(event, Diagnosis):
        text = f"{event.kind}: no longer" if event.cleared else event.message
        board.add_text("diagnosis", text, event.step)
    elif isinstance(event, Done):
        for name, value in event.metrics.get("model", {}).items():
            board.add_scalar(f"held_out/{name}", value, event.step)
    board.flush()


def _add_step(board: Any, event: Step) -> None:
    for name, value in event.losses.items():
        board.add_scalar(f"loss/{name}", value, event.step)
    board.add_scalar("learning_rate", event.learning_rate, event.step)
    board.add_scalar("images_per_second", event.images_per_second, event.step)
