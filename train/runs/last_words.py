"""What the folder of a failed training says: written by its process, read by :mod:`train.runs.job_files`."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from pix2pix.errors import Pix2PixError
from pix2pix.files import write_json
from train.runs.job_files import status_of
from train.runs.lock import DATA, INHERITED, LOG, STATUS


def own_folder(words: Sequence[str]) -> Path | None:
    """The run's folder of a process that :mod:`train.runs.jobs` has just started so; else None."""
    if INHERITED not in os.environ:
        return None
    return next((Path(word.removeprefix("--out=")) for word in words if word.startswith("--out=")), None)


def reason(error: BaseException, path: Path) -> str:
    """The sentence that tells a person why the training in a folder failed."""
    if isinstance(error, Pix2PixError):
        return str(error)
    if isinstance(error, SystemExit):  # by argparse, which has printed the rest
        return f"The trainer does not take this recipe: choose other options, or see {path / LOG}."
    return unforeseen(path)


def unforeseen(path: Path) -> str:
    """The sentence for an error of our own."""
    where = path / LOG if (path / LOG).exists() else "what it printed"
    return f"The training {path.name} ended with an error that nobody foresaw: see {where}."


def note_failure(path: Path, sentence: str, process: int) -> None:
    """Say in a run's status that its process failed; what it said before of step and diagnoses stays."""
    sentence = sentence.replace(f"{(path / DATA).absolute()}{os.sep}", "")  # a place that no person has named
    said = {"state": "failed", "pid": process, "time": time.time(), "message": sentence}
    with suppress(OSError):  # a full disk; then the run counts as lost
        write_json(path / STATUS, {**status_of(path), **said})
