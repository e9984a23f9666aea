"""Trainings in processes of their own: start, watch, stop and take up again, from any process at any time.

All that is known of a training lies in its run's folder, so that a server that was started anew sees and
stops what an older one began. A run trains while a process holds the lock in its folder (:mod:`train.lock`):
it is taken by whoever starts the process, handed to it at its birth, and let go by the system when it ends.

To look costs little: neither torch nor the app is imported here.
"""

from __future__ import annotations

import dataclasses
import json
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pix2pix.errors import RunError
from pix2pix.files import TEMPORARY, make_folder
from train.lock import INHERITED, LOCK, LOG, held, holder, let_go, sign, take

if TYPE_CHECKING:
    from train.config import TrainConfig

State = Literal["starting", "running", "stopping", "finished", "stopped", "failed", "lost"]
ROOT = Path(__file__).resolve().parent.parent
TRAINER = (sys.executable, "-m", "train")
LONGEST_NAME = 100  # bytes; a file system takes 255, and names get suffixes
TAIL = 1 << 14  # bytes at the end of a file that hold its last lines
POLL = 0.05  # seconds between two looks at a process that is waited for
_STOPPING = "stopping"  # stands in the lock of a process that was asked to stop


@dataclass(frozen=True)
class Job:
    """A run and what is true of it now.

    state: ``starting`` (it reads the data), ``running``, ``stopping`` (it was asked to, and saves),
        ``finished``, ``stopped`` (saved, before its end), ``failed`` (``message`` says why), or ``lost`` (its
        process ended without a word: killed, or with the machine).
    message: one sentence for ``failed`` and ``lost``, else empty.
    progress: 0 to 1.
    seconds: of training so far; ``seconds_left``, ``images_per_second``: None while nothing is known.
    diagnoses: what goes wrong now: ``kind``, ``message`` and ``step`` of each, see train.events.Diagnosis.
    metrics: of a finished run, as ``evaluate`` gives them.
    sheet: the newest sample sheet.
    resumable: whether :func:`resume` may go on with it now.
    time: of the last word from it, in seconds since 1970.
    """

    path: Path
    state: State
    message: str = ""
    step: int = 0
    progress: float = 0.0
    seconds: float = 0.0
    seconds_left: float | None = None
    images_per_second: float | None = None
    diagnoses: tuple[Mapping[str, Any], ...] = ()
    metrics: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    sheet: Path | None = None
    resumable: bool = False
    time: float = 0.0

    @property
    def name(self) -> str:
        """The run's name, by which all functions here take it."""
        return self.path.name

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
    """New lines of metrics.jsonl; each has ``step`` and ``seconds``, and either ``losses`` or ``diagnosis``.

    restarted: the run went on from an earlier state: these lines are all there are, forget older ones.
    position: where the next reading begins.
    """

    lines: tuple[dict[str, Any], ...]
    position: Position
    restarted: bool = False


# ---- begin and end ---------------------------------------------------------------------------------


def start(
    config: TrainConfig,
    runs: Path,
    name: str = "",
    *,
    threads: int | None = None,
    niceness: int = 10,
    patience: float = 30.0,
) -> Job:
    """Train in a new process, which goes on when this one ends, in the new folder ``runs/<name>``.

    Args:
        config: the recipe; its ``out`` is set here. Relative paths of data are relative to this process.
        name: of the run; one after its data is found where it is empty.
        threads: that the networks may take; None for torch's choice, all cores.
        niceness: how much more patient its process is than this one, 0 to 19.
        patience: seconds to wait until the data was read and the run exists; what fails later is told by its
            state.

    Raises:
        ConfigError, RunError: the run cannot be, as the trainer says in one sentence, or another one trains
            in ``runs``, or has that name; nothing stays behind, save the log of an error that nobody foresaw.
    """
    from train.config import arguments_for

    config.validate()
    if name:
        name = clean_name(name)
    with _alone(runs, make=True):
        path = _new_folder(runs, name, config)
        try:
            config = dataclasses.replace(_absolute(config), out=str(path.absolute()))
            _launch(path, arguments_for(config), threads, niceness)
        except BaseException:
            _remove_unborn(path)
            raise
    _wait(lambda: (path / "config.json").exists() or not held(path), patience)
    if (path / "config.json").exists() or held(path):
        return _job(path)
    message = _last_words(path) or f"The training {path.name} ended before it began: start it again."
    if str(path) not in message:  # else it sends people to the log
        _remove_unborn(path)
    raise RunError(message)


def resume(runs: Path, name: str, *, threads: int | None = None, niceness: int = 10) -> Job:
    """Go on with a run in a new process, from its last saved state; the rest as :func:`start`.

    Raises:
        RunError: there is no such run, it is finished or never began, or one trains in ``runs`` already.
    """
    path = _existing(runs, name)
    with _alone(runs):
        job = _job(path)
        if not job.resumable and not job.active:  # of an active one the next line tells
            raise RunError(
                f"The run {name} is finished: start a new one from its model."
                if job.state == "finished"
                else f"The run {name} never began: start it anew."
            )
        _launch(path, [f"--out={path.absolute()}", "--resume"], threads, niceness)
    return _job(path)


def stop(runs: Path, name: str, *, patience: float = 60.0, at_once: bool = False) -> Job:
    """Ask a training to save and end, and wait until it did; a run that does not train is left as it is.

    To pause is the same: :func:`resume` goes on.

    Args:
        patience: seconds to wait.
        at_once: do not ask: end the process, and lose what it did since it saved last.

    Raises:
        RunError: there is no such run, it has not ended yet, or it cannot be reached from here.
    """
    path = _existing(runs, name)
    with _alone(runs):
        if held(path):
            _signal(path, at_once)
    _wait(lambda: not held(path), patience)
    if held(path):
        raise RunError(f"The run {name} was asked to stop and has not saved yet: wait a little longer.")
    return _job(path)


def _launch(path: Path, words: Sequence[str], threads: int | None, niceness: int) -> None:
    """Start the trainer with the lock of its run; only under :func:`_alone`, and if no run trains."""
    if os.name != "posix":
        raise RunError("Training from here needs Linux or macOS: train with python -m train, or under WSL.")
    if busy := [p.name for p in _runs_in(path.parent) if held(p)]:
        raise RunError(f"The run {busy[0]} is training already: wait until it ends, or stop it first.")
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    if threads:
        environment |= {"OMP_NUM_THREADS": str(threads), "MKL_NUM_THREADS": str(threads)}
    with _told(path):
        lock = take(path)
        try:
            with open(path / LOG, "wb") as log:
                process = subprocess.Popen(
                    ["nice", "-n", str(niceness), *TRAINER, *words],
                    cwd=ROOT,  # where -m finds this trainer, whatever lies in ours
                    env={**environment, INHERITED: str(lock.fileno())},
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,  # neither Ctrl-C nor a closed terminal of ours reaches it
                    pass_fds=(lock.fileno(),),
                )
            sign(lock, process.pid)
        finally:
            lock.close()  # ours; the process has its own
    # Somebody must take note of its end, or a dead process stays in the system's table as long as we live.
    threading.Thread(target=process.wait, daemon=True).start()


def _signal(path: Path, at_once: bool) -> None:
    """Send the holder of a run's lock a signal, and never another process that was given its number since."""
    words = holder(path)
    if len(words) < 2 or not words[0].isdecimal() or words[1] != platform.node():
        raise RunError(f"The run {path.name} cannot be reached from here: stop it where it was started.")
    if _STOPPING in words and not at_once:
        return  # a second signal would end it before it has saved
    process, number = int(words[0]), signal.SIGKILL if at_once else signal.SIGTERM
    with suppress(ProcessLookupError):
        if not hasattr(os, "pidfd_open"):
            os.kill(process, number)
        else:
            handle = os.pidfd_open(process)
            try:
                if held(path) and holder(path)[:1] == words[:1]:  # so it lives, and the handle is its
                    signal.pidfd_send_signal(handle, number)
            finally:
                os.close(handle)
    with suppress(OSError), open(path / LOCK, "rb+") as file:  # it is gone if the process was that quick
        file.seek(0, os.SEEK_END)
        file.write(f"{_STOPPING}\n".encode())


def _wait(over: Callable[[], bool], seconds: float) -> None:
    until = time.monotonic() + seconds
    while not over() and time.monotonic() < until:
        time.sleep(POLL)


# ---- look ------------------------------------------------------------------------------------------


def list_jobs(runs: Path) -> list[Job]:
    """All runs directly in a folder, the one heard of last first; links are not followed.

    Raises:
        RunError: the folder may not be looked into.
    """
    with _told(runs):
        jobs = [_job(path) for path in _runs_in(runs)]
    return sorted(jobs, key=lambda job: (job.active, job.time), reverse=True)


def look(runs: Path, name: str) -> Job:
    """One run as it is now.

    Raises:
        RunError: there is no such run.
    """
    return _job(_existing(runs, name))


def watch(runs: Path, name: str, since: Position | None = None) -> Reading:
    """What was added to a run's metrics.jsonl since the last reading; half a line is left for the next.

    Raises:
        RunError: there is no such run, or it cannot be read.
    """
    path, since = _existing(runs, name) / "metrics.jsonl", since or Position()
    with _told(path.parent):
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


def _job(path: Path) -> Job:
    """Everything about a run; what is missing or damaged is taken as unknown."""
    status, last = _read_json(path / "status.json"), _last_step(path / "metrics.jsonl")
    state, message = _state(path, status)
    begun = (path / "config.json").exists()
    diagnoses = status.get("diagnoses")
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
        diagnoses=tuple(d for d in diagnoses if isinstance(d, dict)) if isinstance(diagnoses, list) else (),
        metrics=status["metrics"] if isinstance(status.get("metrics"), dict) else {},
        sheet=_newest(path / "samples"),
        resumable=begun and state in ("stopped", "failed", "lost"),
        time=max(_changed(path / part) for part in ("status.json", "metrics.jsonl", LOG, "")),
    )


def _state(path: Path, status: Mapping[str, Any]) -> tuple[State, str]:
    """What a run does, and a sentence where that is bad."""
    said = status.get("state")
    if held(path):
        words = holder(path)
        if _STOPPING in words:
            return "stopping", ""
        ours = not words or words[0] == str(status.get("pid"))  # else the status is an earlier process's
        return ("running" if ours and said else "starting"), ""
    # A process that failed before it could write a status, or on a full disk, has said so at most in its log.
    if _changed(path / LOG) >= _changed(path / "status.json") and (sentence := _last_words(path)):
        return "failed", sentence
    if said in ("finished", "stopped"):
        return said, ""
    if said == "failed":
        return "failed", str(status.get("message") or "The training failed: resume it, or start a new one.")
    if not (path / "config.json").exists():
        return "lost", f"The training {path.name} ended before it began: delete it and start it anew."
    return "lost", (
        f"The training {path.name} ended without saving its last steps, as when its process is killed, the"
        " machine restarts or the disk is full: resume it."
    )


def _last_words(path: Path) -> str:
    """The sentence with which a training failed, from its log; empty where it did not or could not say."""
    text = _tail(path / LOG).decode("utf-8", errors="replace")
    if errors := re.findall(r"^Error[^:\n]*: (.+)$", text, re.MULTILINE):
        return errors[-1].strip()
    if re.search(r"^Traceback ", text, re.MULTILINE):
        return f"The training {path.name} ended with an error that nobody foresaw: see {path / LOG}."
    if usage := re.findall(r"^python -m train: error: (.+)$", text, re.MULTILINE):
        return f"The trainer does not take this recipe ({usage[-1].strip()}): choose other options."
    return ""


def _last_step(path: Path) -> dict[str, Any]:
    """The last whole line of metrics.jsonl that tells of a step."""
    text = _tail(path)
    steps = [line for line in _parsed(text[: text.rfind(b"\n") + 1]) if "progress" in line]
    return steps[-1] if steps else {}


def _parsed(text: bytes) -> Iterator[dict[str, Any]]:
    """The JSON objects in whole lines; a line that is none is left out."""
    for line in text.splitlines():
        with suppress(ValueError):
            value = json.loads(line)
            if isinstance(value, dict):
                yield value


def _tail(path: Path) -> bytes:
    """The end of a file, nothing of one that cannot be read."""
    try:
        with open(path, "rb") as file:
            file.seek(max(os.fstat(file.fileno()).st_size - TAIL, 0))
            return file.read()
    except OSError:
        return b""


def _read_json(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


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


# ---- delete and rename -----------------------------------------------------------------------------


def delete(runs: Path, name: str) -> None:
    """Remove a run and all that is in its folder.

    Raises:
        RunError: there is no such run directly in ``runs``, it is training, or it may not be removed.
    """
    path = _existing(runs, name)
    with _alone(runs), _told(path):
        _require_idle(path)
        # Renamed first, so that it is gone as a whole even if this process ends while it removes it.
        doomed = runs / f"{TEMPORARY}{name}"
        shutil.rmtree(doomed, ignore_errors=True)
        os.rename(path, doomed)
        shutil.rmtree(doomed)


def rename(runs: Path, name: str, new: str) -> Job:
    """Give a run another name.

    Raises:
        RunError: there is no such run, it is training, or the new name is taken or cannot be one.
    """
    path, target = _existing(runs, name), runs / clean_name(new)
    with _alone(runs), _told(path):
        _require_idle(path)
        if os.path.lexists(target):
            raise RunError(f"There is something named {target.name} in {runs} already: choose another name.")
        os.rename(path, target)
    return _job(target)


def clean_name(text: str) -> str:
    """A name for a run as a folder takes it: without spaces at its ends, its letters composed.

    Raises:
        RunError: it is empty or too long, begins with a dot, or has a slash or a control character in it.
    """
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not name:
        raise RunError("A run needs a name: give it one, such as handbags.")
    if name.startswith("."):
        raise RunError(f"The name {name} begins with a dot, which hides a folder: leave the dot out.")
    if any(c in "/\\" or unicodedata.category(c) in ("Cc", "Cf", "Cs") for c in name):
        raise RunError(
            "A run's name is that of one folder: leave out slashes and characters that do not show."
        )
    if len(name.encode()) > LONGEST_NAME:
        raise RunError(f"The name of a run may have {LONGEST_NAME} bytes at most: choose a shorter one.")
    return name


# ---- folders ---------------------------------------------------------------------------------------


def _runs_in(runs: Path) -> list[Path]:
    """The run folders directly in a folder; none where there is no such folder."""
    try:
        found = sorted(Path(entry.path) for entry in os.scandir(runs) if entry.is_dir(follow_symlinks=False))
    except (FileNotFoundError, NotADirectoryError):
        return []
    return [path for path in found if _is_run(path)]


def _is_run(path: Path) -> bool:
    if path.name.startswith(".") or path.is_symlink() or not path.is_dir():
        return False
    return any((path / part).is_file() for part in ("config.json", "status.json", LOG))


def _existing(runs: Path, name: str) -> Path:
    """The folder of a run; ``name`` may come from anybody, and never leads out of ``runs``."""
    one_folder = (
        name == os.path.basename(name) and 0 < len(name.encode(errors="replace")) < 256 and "\0" not in name
    )
    if not one_folder or not _is_run(runs / name):
        raise RunError(f"There is no run named {name[:100]!r} any more: choose another one.")
    return runs / name


def _new_folder(runs: Path, name: str, config: TrainConfig) -> Path:
    """Make the folder of a new run."""
    with _told(runs):
        if name:
            try:
                (runs / name).mkdir()
            except FileExistsError as error:
                raise RunError(
                    f"There is something named {name} in {runs} already: choose another name."
                ) from error
            return runs / name
        stem = (
            re.sub(r"[^\w-]+", "-", Path(config.data[0]).stem if config.data else "").strip("-_")[:30]
            or "run"
        )
        number = 1
        while os.path.lexists(path := runs / (stem if number == 1 else f"{stem}-{number}")):
            number += 1
        path.mkdir()
        return path


def _absolute(config: TrainConfig) -> TrainConfig:
    """The recipe for a process in another folder than ours."""
    from pix2pix.zoo import available_models

    def absolute(text: str) -> str:
        path = Path(os.path.expanduser(text))
        return str(path.absolute()) if path.exists() else text  # what lies on the Hub does not

    bundled = not config.start or config.start in available_models()
    start_from = config.start if bundled else absolute(config.start)
    return dataclasses.replace(config, data=tuple(map(absolute, config.data)), start=start_from)


def _remove_unborn(path: Path) -> None:
    """Take away the folder of a training that never began; never anything of a run."""
    with suppress(OSError):
        for part in (LOCK, LOG):
            (path / part).unlink(missing_ok=True)
        path.rmdir()


def _require_idle(path: Path) -> None:
    """Refuse to touch a run that trains; under :func:`_alone` nobody starts it meanwhile but by hand.

    Raises:
        RunError: it does.
    """
    if held(path):
        raise RunError(f"The run {path.name} is training: stop it first.")


@contextmanager
def _alone(runs: Path, make: bool = False) -> Iterator[None]:
    """Let one process at a time start, stop, rename or delete in a folder of runs; each takes an instant."""
    with _told(runs):
        if make:
            make_folder(runs)
        try:
            lock = take(runs, patience=20.0)
        except RunError as error:
            raise RunError(
                f"Somebody else starts or stops a training in {runs} at this moment: try again."
            ) from error
    try:
        yield
    finally:
        with suppress(OSError):
            let_go(runs, lock)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Turn what the system refuses into a sentence."""
    try:
        yield
    except OSError as error:
        raise RunError(
            f"The folder {path} cannot be used ({error.strerror}): make it readable and writable, with space"
            " left on its disk, or choose another one."
        ) from error
