"""What the folder of a failed training says: written by its process, read by :mod:`train.runs.job_files`."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from pix2pix.errors import Pix2PixError
from pix2pix.files import write_json
from pix2pix.messages import Message, encoded
from train.runs.job_files import status_of
from train.runs.lock import DATA, INHERITED, LOG, STATUS


def own_folder(words: Sequence[str]) -> Path | None:
    """The run's folder of a process that :mod:`train.runs.jobs` has just started so; else None."""
    if INHERITED not in os.environ:
        return None
    return next((Path(word.removeprefix("--out=")) for word in words if word.startswith("--out=")), None)


def reason(error: BaseException, path: Path) -> Message:
    """What tells a person why the training in a folder failed."""
    if isinstance(error, Pix2PixError):
        return error.message
    if isinstance(error, SystemExit):  # by argparse, which has printed the rest
        return Message("run.bad_recipe", log=path / LOG)
    return unforeseen(path)


def unforeseen(path: Path) -> Message:
    """What is said of an error of our own."""
    return Message("run.unforeseen", run=path.name, log=path / LOG)


def note_failure(path: Path, message: Message, process: int) -> None:
    """Say in a run's status that its process failed; what it said before of step and diagnoses stays."""
    message = message.replaced(f"{(path / DATA).absolute()}{os.sep}", "")  # a place that no person has named
    said = {"state": "failed", "pid": process, "time": time.time(), "message": message}
    with suppress(OSError):  # a full disk; then the run counts as lost
        write_json(path / STATUS, encoded({**status_of(path), **said}))
