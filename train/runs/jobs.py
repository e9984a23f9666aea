"""Trainings in processes of their own: start, watch, stop and take up again, from any process at any time.

All that is known of a training lies in its run's folder, so that a server that was started anew sees and
stops what an older one began. A run trains while a process holds the lock in its folder
(:mod:`train.runs.lock`): it is taken by whoever starts the process, handed to it at its birth, and let go by
the system when it ends.

To look costs little: neither torch nor the app is imported here.
"""

from __future__ import annotations

import dataclasses
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
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from pix2pix.errors import RunError
from pix2pix.files import TEMPORARY, make_folder
from pix2pix.messages import Message
from train.runs.job_files import (  # noqa: F401 - who starts trainings looks at them as well
    STOPPING,
    Job,
    Position,
    Reading,
    State,
    existing,
    job_at,
    list_jobs,
    look,
    note_failure,
    runs_in,
    status_of,
    told,
    unforeseen,
    watch,
)
from train.runs.lock import DATA, INHERITED, LOCK, LOG, STATUS, held, holder, let_go, sign, take

if TYPE_CHECKING:
    from train.config import TrainConfig

ROOT = Path(__file__).resolve().parents[2]
TRAINER = (sys.executable, "-m", "train")
LONGEST_NAME = 100  # bytes; a file system takes 255, and names get suffixes
STOPPED = 130  # the trainer's exit status after it was asked to stop
POLL = 0.05  # seconds between two looks at a process that is waited for


# ---- begin and end ---------------------------------------------------------------------------------


def start(
    config: TrainConfig,
    runs: Path,
    name: str = "",
    *,
    threads: int | None = None,
    niceness: int = 10,
    patience: float = 30.0,
    upload: Path | None = None,
) -> Job:
    """Train in a new process, which goes on when this one ends, in the new folder ``runs/<name>``.

    Args:
        config: the recipe; its ``out`` is set here. Relative paths of data are relative to this process.
        name: of the run; one after its data is found where it is empty.
        threads: that the networks may take; None for torch's choice, all cores.
        niceness: how much more patient its process is than this one, 0 to 19.
        patience: seconds to wait until the data was read and the run exists; what fails later is told by its
            state.
        upload: a folder of data sets, on the disk of ``runs``, that becomes the run's own: it is moved to
            ``runs/<name>/data``, is trained on in place of ``config.data``, and goes when the run is deleted.
            Where the run cannot be, it is back in its place.

    Raises:
        ConfigError, RunError: the run cannot be, as the trainer says in one sentence, or another one trains
            in ``runs``, or has that name; nothing stays behind, save the log of an error that nobody foresaw.
    """
    from train.flags import arguments_for

    config.validate()
    if name:
        name = clean_name(name)
    with _alone(runs, make=True):
        with told(runs):
            _remove_doomed(runs)
        path = _new_folder(runs, name, config)
        try:
            if upload is not None:
                with told(path):
                    os.rename(upload, path / DATA)
                config = dataclasses.replace(config, data=own_data(path))
            config = dataclasses.replace(_absolute(config), out=str(path.absolute()))
            process = _launch(path, arguments_for(config), threads, niceness)
        except BaseException:
            _remove_unborn(path, upload)
            raise
    _wait(lambda: (path / "config.json").exists() or not process.is_alive(), patience)
    if (path / "config.json").exists() or process.is_alive():
        return job_at(path)
    message = Message(status_of(path).get("message") or "run.not_begun", run=path.name)
    if "log" not in message.values:  # else it sends people to the log
        _remove_unborn(path, upload)
    raise RunError(message)


def resume(
    runs: Path, name: str, *, more: float | None = None, threads: int | None = None, niceness: int = 10
) -> Job:
    """Go on with a run in a new process, from its last saved state; the rest as :func:`start`.

    Args:
        more: minutes that it trains from here on, instead of what is left of it; a finished run needs them.

    Raises:
        RunError: there is no such run, it never began, or is finished and was given no more minutes; or one
            trains in ``runs`` already.
    """
    path = existing(runs, name)
    if more is not None and not 0 < more <= 1e6:
        raise RunError("run.bad_minutes")
    with _alone(runs):
        job = job_at(path)
        if not job.resumable and not job.active:  # of an active one the next line tells
            if job.state != "finished":
                raise RunError("run.never_began", run=name)
            if more is None:
                raise RunError("run.finished", run=name)
        own = own_data(path)  # named anew: the run may have another name than when it began
        length = [] if more is None else [f"--minutes={job.seconds / 60 + more}"]
        words = [f"--out={path.absolute()}", "--resume", *length, *(["--", *own] if own else [])]
        _launch(path, words, threads, niceness)
    return job_at(path)


def stop(runs: Path, name: str, *, patience: float = 60.0, at_once: bool = False) -> Job:
    """Ask a training to save and end, and wait until it did; a run that does not train is left as it is.

    To pause is the same: :func:`resume` goes on.

    Args:
        patience: seconds to wait; with 0 it is only asked to, and its state tells when it did.
        at_once: do not ask: end the process, and lose what it did since it saved last.

    Raises:
        RunError: there is no such run, it has not ended yet, or it cannot be reached from here.
    """
    path = existing(runs, name)
    with _alone(runs):
        if held(path):
            _signal(path, at_once)
    _wait(lambda: not held(path), patience)
    if patience and held(path):
        raise RunError("run.not_saved_yet", run=name)
    return job_at(path)


def _launch(path: Path, words: Sequence[str], threads: int | None, niceness: int) -> threading.Thread:
    """Start the trainer with the lock of its run; only under :func:`_alone`, and if no run trains.

    Returns:
        A thread that lives as long as the process.
    """
    if os.name != "posix":
        raise RunError("training.other_system")
    if busy := [p.name for p in runs_in(path.parent) if held(p)]:
        raise RunError("run.another_trains", run=busy[0])
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    if threads:
        environment |= {"OMP_NUM_THREADS": str(threads), "MKL_NUM_THREADS": str(threads)}
    with told(path):
        lock = take(path)
        try:
            with open(path / LOG, "wb") as log, _deaf():
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
            # Where Linux shares the processor out by sessions first, niceness alone counts within one only.
            with suppress(OSError):
                Path(f"/proc/{process.pid}/autogroup").write_text(str(niceness))
        finally:
            lock.close()  # ours; the process has its own
    thread = threading.Thread(target=_attend, args=(process, path), daemon=True)
    thread.start()
    return thread


def _attend(process: subprocess.Popen[bytes], path: Path) -> None:
    """Wait for a trainer to end, and say for one that could not speak that it failed.

    Somebody must take note of its end, or a dead process stays in the system's table as long as we live.
    """
    code = process.wait()
    spoke = status_of(path).get("pid") == process.pid
    if code > 0 and code != STOPPED and not spoke and not held(path):  # a killed one is below 0
        note_failure(path, unforeseen(path), process.pid)


@contextmanager
def _deaf() -> Iterator[None]:
    """What is started meanwhile hears of SIGTERM only once it listens: it would end a Python that still reads
    its modules."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _signal(path: Path, at_once: bool) -> None:
    """Send the holder of a run's lock a signal, and never another process that was given its number since."""
    words = holder(path)
    if len(words) < 2 or not words[0].isdecimal() or words[1] != platform.node():
        raise RunError("run.out_of_reach", run=path.name)
    if STOPPING in words and not at_once:
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
        file.write(f"{STOPPING}\n".encode())


def _wait(over: Callable[[], bool], seconds: float) -> None:
    until = time.monotonic() + seconds
    while not over() and time.monotonic() < until:
        time.sleep(POLL)


# ---- delete and rename -----------------------------------------------------------------------------


def delete(runs: Path, name: str) -> None:
    """Remove a run and all that is in its folder.

    Raises:
        RunError: there is no such run directly in ``runs``, it is training, or it may not be removed.
    """
    path = existing(runs, name)
    with _alone(runs), told(path):
        if held(path):
            raise RunError("run.trains", run=path.name)
        # Renamed first, so that it is gone as a whole even if this process ends while it removes it.
        doomed = runs / f"{TEMPORARY}{uuid4().hex}"
        os.rename(path, doomed)
        shutil.rmtree(doomed)
        _remove_doomed(runs)


def _remove_doomed(runs: Path) -> None:
    """Remove what is left of runs whose deletion was cut short; only under :func:`_alone`."""
    with os.scandir(runs) as entries:
        left = [e.path for e in entries if e.name.startswith(TEMPORARY) and e.is_dir(follow_symlinks=False)]
    for path in left:
        shutil.rmtree(path, ignore_errors=True)


def rename(runs: Path, name: str, new: str) -> Job:
    """Give a run another name.

    Raises:
        RunError: there is no such run, it is training, or the new name is taken or cannot be one.
    """
    path, target = existing(runs, name), runs / clean_name(new)
    with _alone(runs), told(path):
        if held(path):
            raise RunError("run.trains", run=path.name)
        if os.path.lexists(target):
            raise RunError("run.name_taken", name=target.name, folder=runs)
        os.rename(path, target)
    return job_at(target)


def own_data(path: Path) -> tuple[str, ...]:
    """The data sets that were given to a run for its own, where they lie now."""
    folder = (path / DATA).absolute()
    return tuple(map(str, sorted(folder.iterdir()))) if folder.is_dir() else ()


def clean_name(text: str) -> str:
    """A name for a run as a folder takes it: without spaces at its ends, its letters composed.

    Raises:
        RunError: it is empty or too long, begins with a dot, or has a slash or a control character in it.
    """
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not name:
        raise RunError("run.no_name")
    if name.startswith("."):
        raise RunError("run.hidden_name", name=name)
    if any(c in "/\\" or unicodedata.category(c) in ("Cc", "Cf", "Cs") for c in name):
        raise RunError("run.bad_name")
    if len(name.encode()) > LONGEST_NAME:
        raise RunError("run.long_name", most=LONGEST_NAME)
    return name


# ---- folders ---------------------------------------------------------------------------------------


def _new_folder(runs: Path, name: str, config: TrainConfig) -> Path:
    """Make the folder of a new run."""
    with told(runs):
        if name:
            try:
                (runs / name).mkdir()
            except FileExistsError as error:
                raise RunError("run.name_taken", name=name, folder=runs) from error
            return runs / name
        data = Path(config.data[0]).stem if config.data else ""
        stem = re.sub(r"[^\w-]+", "-", data).strip("-_")[:30] or "run"
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


def _remove_unborn(path: Path, upload: Path | None = None) -> None:
    """Take away the folder of a training that never began; never anything of a run, or a person's data."""
    with suppress(OSError):
        if upload is not None and (path / DATA).is_dir():
            os.rename(path / DATA, upload)
        for part in (LOCK, LOG, STATUS):
            (path / part).unlink(missing_ok=True)
        path.rmdir()


@contextmanager
def _alone(runs: Path, make: bool = False) -> Iterator[None]:
    """Let one process at a time start, stop, rename or delete in a folder of runs; each takes an instant."""
    with told(runs):
        if make:
            make_folder(runs)
        try:
            lock = take(runs, patience=20.0)
        except RunError as error:
            raise RunError("run.busy_folder", folder=runs) from error
    try:
        yield
    finally:
        with suppress(OSError):
            let_go(runs, lock)
