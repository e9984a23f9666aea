"""What the folders of trainings tell: which runs there are, how each stands, and its numbers as they come.

Any process may look at any time. To look costs little: neither torch nor the app is imported. Nothing is
changed but by a training that fails, which leaves its last words here.
"""

from __future__ import annotations

import dataclasses
import json
import os
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pix2pix.errors import Pix2PixError, RunError, system_errors_as
from pix2pix.files import as_text, write_json
from pix2pix.messages import Message, decoded, encoded
from train.runs.lock import DATA, INHERITED, LOG, STATUS, held, holder

State = Literal["starting", "running", "stopping", "finished", "stopped", "failed", "lost"]
TAIL = 1 << 14  # bytes at the end of a file that hold its last lines
STOPPING = "stopping"  # stands in the lock of a process that was asked to stop


NOTHING = Message("")


@dataclass(frozen=True)
class Job:
    """A run and what is true of it now.

    state: ``starting`` (it reads the data), ``running``, ``stopping`` (it was asked to, and saves),
        ``finished``, ``stopped`` (saved, before its end), ``failed`` (``message`` says why), or ``lost`` (its
        process ended without a word: killed, or with the machine).
    message: why, for ``failed`` and ``lost``, else empty.
    progress: 0 to 1.
    seconds: of training so far; ``seconds_left``, ``images_per_second``: None while nothing is known.
    looked: of a run that starts, how many of its pairs were looked at, and of how many; None before that.
    diagnoses: what goes wrong now: ``kind``, ``message`` and ``step`` of each, see train.events.Diagnosis.
    metrics: of a finished run, as ``evaluate`` gives them.
    sheet: the newest sample sheet.
    resumable: whether :func:`resume` may go on with it now.
    time: of the last word from it, in seconds since 1970.
    """

    path: Path
    state: State
    message: Message = NOTHING
    step: int = 0
    progress: float = 0.0
    seconds: float = 0.0
    seconds_left: float | None = None
    images_per_second: float | None = None
    looked: tuple[int, int] | None = None
    diagnoses: tuple[Mapping[str, Any], ...] = ()
    metrics: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    sheet: Path | None = None
    resumable: bool = False
    time: float = 0.0

    @property
    def name(self) -> str:
        """The run's name, by which all functions here take it."""
        return as_text(self.path.name)

    @property
    def active(self) -> bool:
        """Whether a process has it in hand."""
        return self.state in ("starting", "running", "stopping")


@dataclass(frozen=True)
class Position:
    """How far metrics.jsonl was read: a byte offset, and the bytes before it, to know the file by."""

    offset: int = 0
    before: bytes = b""


@dataclass(frozen=True)
class Reading:
    """New lines of metrics.jsonl; each has ``step`` and ``seconds``, and one of ``losses`` (of a step),
    ``sharpness`` (of a sample sheet) and ``diagnosis``.

    A run that was ended at its last step and resumed may have two ``sharpness`` of that one.

    restarted: the run went on from an earlier state: these lines are all there are, forget older ones.
    position: where the next reading begins.
    """

    lines: tuple[dict[str, Any], ...]
    position: Position
    restarted: bool = False


def list_jobs(runs: Path) -> list[Job]:
    """All runs directly in a folder, the one heard of last first; links are not followed.

    Raises:
        RunError: the folder may not be looked into.
    """
    with told(runs):
        jobs = [job_at(path) for path in runs_in(runs)]
    return sorted(jobs, key=lambda job: (job.active, job.time), reverse=True)


def look(runs: Path, name: str) -> Job:
    """One run as it is now; a RunError where there is no such run."""
    return job_at(existing(runs, name))


def watch(runs: Path, name: str, since: Position | None = None) -> Reading:
    """What was added to a run's metrics.jsonl since the last reading; half a line is left for the next.

    Raises:
        RunError: there is no such run, or it cannot be read.
    """
    path, since = existing(runs, name) / "metrics.jsonl", since or Position()
    with told(path.parent):
        try:
            file = open(path, "rb")  # noqa: SIM115 - closed below; a missing one is nothing read
        except FileNotFoundError:
            return Reading((), Position(), restarted=since.offset > 0)
        with file:
            file.seek(since.offset - len(since.before))
            restarted = file.read(len(since.before)) != since.before
            if restarted:
                file.seek(0)
            begin = file.tell()
            text = file.read()
            whole = text[: text.rfind(b"\n") + 1]
            end = begin + len(whole)
            file.seek(max(end - 64, 0))
            return Reading(tuple(_parsed(whole)), Position(end, file.read(min(end, 64))), restarted)


def job_at(path: Path) -> Job:
    """Everything about a run; what is missing or damaged is taken as unknown."""
    status, last = status_of(path), _last_step(path / "metrics.jsonl")
    state, message = _state(path, status)
    begun = (path / "config.json").exists()
    diagnoses = status["diagnoses"] if isinstance(status.get("diagnoses"), list) else []
    done = state == "finished"
    return Job(
        path=path,
        state=state,
        message=message,
        step=int(max(_number(status.get("step")), _number(last.get("step")))),
        progress=1.0 if done else max(_number(last.get("progress")), _number(status.get("progress"))),
        seconds=_number(last.get("seconds")),
        seconds_left=0.0 if done else _known(last.get("seconds_left")),
        images_per_second=_known(last.get("images_per_second")),
        looked=_looked(path) if state == "starting" else None,
        diagnoses=tuple(d for d in diagnoses if isinstance(d, dict) and isinstance(d.get("message"), str)),
        metrics=status["metrics"] if isinstance(status.get("metrics"), dict) else {},
        sheet=_newest(path / "samples"),
        resumable=begun and state in ("stopped", "failed", "lost"),
        time=max(_changed(path / part) for part in (STATUS, "metrics.jsonl", LOG, "")),
    )


def _looked(path: Path) -> tuple[int, int] | None:
    counts = [found for word in holder(path) if (found := re.fullmatch(r"(\d+)/(\d+)", word))]
    return (int(counts[-1][1]), int(counts[-1][2])) if counts else None


def status_of(path: Path) -> dict[str, Any]:
    """What a run's process said last of how it stands; nothing where that is missing or damaged."""
    try:
        status = decoded(json.loads((path / STATUS).read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}
    return status if isinstance(status, dict) else {}


def _state(path: Path, status: Mapping[str, Any]) -> tuple[State, Message]:
    """What a run does, and a sentence where that is bad."""
    said = status.get("state")
    if held(path):
        words = holder(path)
        if STOPPING in words:
            return "stopping", NOTHING
        ours = not words or words[0] == str(status.get("pid"))  # else the status is an earlier process's
        return ("running" if ours and said else "starting"), NOTHING
    if said in ("finished", "stopped"):
        return said, NOTHING
    if said == "failed":
        why = status.get("message")  # a plain sentence in runs by earlier versions
        return "failed", Message(why if isinstance(why, str) and why else "run.failed")
    if not (path / "config.json").exists():
        return "lost", Message("run.ended_before", run=path.name)
    return "lost", Message("run.lost", run=path.name)


def _last_step(path: Path) -> dict[str, Any]:
    """The last whole line of metrics.jsonl that tells of a step; nothing where none can be read."""
    try:
        with open(path, "rb") as file:
            file.seek(max(os.fstat(file.fileno()).st_size - TAIL, 0))
            text = file.read()
    except OSError:
        return {}
    steps = [line for line in _parsed(text[: text.rfind(b"\n") + 1]) if "progress" in line]
    return steps[-1] if steps else {}


def _parsed(text: bytes) -> Iterator[dict[str, Any]]:
    """The JSON objects in whole lines; a line that is none is left out."""
    for line in text.splitlines():
        with suppress(ValueError):
            value = json.loads(line)
            if isinstance(value, dict):
                yield value


def _number(value: Any) -> float:
    return _known(value) or 0.0


def _known(value: Any) -> float | None:
    return float(value) if isinstance(value, (int, float)) else None


def _newest(samples: Path) -> Path | None:
    """The sheet of the highest step: their names have zeros in front."""
    try:
        sheets = [name for name in os.listdir(samples) if re.fullmatch(r"\d+\.jpg", name)]
    except OSError:
        return None
    return samples / max(sheets) if sheets else None


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


# ---- folders ---------------------------------------------------------------------------------------


def runs_in(runs: Path) -> list[Path]:
    """The run folders directly in a folder; none where there is no such folder."""
    try:
        found = sorted(Path(entry.path) for entry in os.scandir(runs) if entry.is_dir(follow_symlinks=False))
    except (FileNotFoundError, NotADirectoryError):
        return []
    return [path for path in found if _is_run(path)]


def _is_run(path: Path) -> bool:
    if path.name.startswith(".") or path.is_symlink() or not path.is_dir():
        return False
    return any((path / part).is_file() for part in ("config.json", STATUS, LOG))


def existing(runs: Path, name: str) -> Path:
    """The folder of a run; ``name`` may come from anybody, and never leads out of ``runs``."""
    one_folder = (
        name == os.path.basename(name) and 0 < len(name.encode(errors="replace")) < 256 and "\0" not in name
    )
    if one_folder and not _is_run(runs / name):
        name = next((path.name for path in runs_in(runs) if as_text(path.name) == name), name)
    if not one_folder or not _is_run(runs / name):
        raise RunError("run.gone", run=name[:100])
    return runs / name


def told(path: Path) -> AbstractContextManager[None]:
    """Turn what the system refuses in a folder into a sentence."""
    return system_errors_as(lambda error: RunError("run.folder_unusable", folder=path, reason=error))


# ---- last words -------------------------------------------------------------------------------------


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
