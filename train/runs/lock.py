"""One process at a time writes into a run's folder."""

from __future__ import annotations

import errno
import os
import platform
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import IO

from pix2pix.errors import RunError

LOCK = ".lock"  # there while a process trains, or after it was killed; gone after an orderly end
LOG = "log.txt"  # what a process says that trains in the background, see train.runs.jobs
STATUS = "status.json"  # what the process says of how the run stands, see train.runs.job_files
DATA = "data"  # data sets that are the run's own, see train.runs.jobs.start
INHERITED = "PIX2PIX_RUN_LOCK"  # the descriptor of the lock that a process was born with
_GLANCE = 0.25  # seconds after which a lock is believed: who only looks at it holds it for an instant
_taken: weakref.WeakSet[IO[bytes]] = weakref.WeakSet()  # the locks that this process holds
_REFUSED = (errno.EACCES, errno.EAGAIN, errno.EDEADLK)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a folder that exists; the system lets go of it when the process ends, however it ends.

    Where the file system knows no locks, the block runs without one. Errors as :func:`take`.
    """
    file = take(folder)
    try:
        yield
    finally:
        let_go(folder, file)


def take(folder: Path, patience: float = _GLANCE) -> IO[bytes]:
    """The lock of a folder that exists, as a file to keep open and to give to :func:`let_go`.

    A process that was born with it has it already.

    Args:
        patience: seconds to wait for another process to let go.

    Raises:
        RunError: another process, or another training in this one, holds it.
        OSError: the folder cannot be written.
    """
    path, until = folder / LOCK, time.monotonic() + patience
    file = _inherited(path)
    while file is None:
        opened = open(path, "ab")  # noqa: SIM115 - it stays open as long as the lock is held
        try:
            _lock(opened)
            if os.path.samestat(os.fstat(opened.fileno()), os.stat(path)):
                file = opened
                sign(file, os.getpid())
                break
        except FileNotFoundError:
            pass  # its holder removed the file between our opening and locking it
        except OSError as error:
            opened.close()
            if error.errno not in _REFUSED:
                raise
            if time.monotonic() > until:
                raise RunError("run.locked", folder=folder) from error
            time.sleep(0.01)
        opened.close()
    _let_children_close()
    _taken.add(file)
    return file


def let_go(folder: Path, file: IO[bytes]) -> None:
    """End what :func:`take` began."""
    with suppress(OSError):  # on Windows, an open file cannot be removed
        (folder / LOCK).unlink()  # before it is let go, so that it is ours that is removed
    file.close()


def sign(file: IO[bytes], process: int) -> None:
    """Write into a lock that we hold whose it is: a process of this machine, by its id."""
    with suppress(OSError):  # a full disk keeps nobody from training
        file.truncate(0)
        file.write(f"{process} {platform.node()}\n".encode())
        file.flush()


def tell(folder: Path, word: str) -> None:
    """Add a word to the lock that whoever started this process took for it; nothing where there is none."""
    given = os.environ.get(INHERITED, "")  # until the lock is taken over
    numbers = [*([int(given)] if given.isdecimal() else []), *(f.fileno() for f in _taken if not f.closed)]
    for number in numbers:
        with suppress(OSError):
            if os.path.samestat(os.fstat(number), os.stat(folder / LOCK)):
                os.write(number, f"{word}\n".encode())


def holder(folder: Path) -> list[str]:
    """The words in a folder's lock: process id, machine, and what was added since; none if unknown."""
    try:
        return (folder / LOCK).read_text(encoding="utf-8", errors="replace").split()
    except OSError:
        return []


def held(folder: Path) -> bool:
    """Whether a process has the folder's lock; to look at it keeps nobody out."""
    try:
        file = open(folder / LOCK, "rb")  # noqa: SIM115 - closed below
    except OSError:
        return False
    with file:
        try:
            _lock(file, shared=True)
        except OSError as error:
            return error.errno in _REFUSED
    return False


def _inherited(path: Path) -> IO[bytes] | None:
    """The lock that whoever started this process took for it; None where there is no such thing."""
    given = os.environ.get(INHERITED, "")
    try:
        if not given.isdecimal() or not os.path.samestat(os.fstat(int(given)), os.stat(path)):
            return None
        del os.environ[INHERITED]
        os.set_inheritable(int(given), False)
        return open(int(given), "ab")
    except OSError:
        return None


def _lock(file: IO[bytes], shared: bool = False) -> None:
    if os.name != "posix":  # no locks; train.runs.jobs refuses to start there
        return
    import fcntl

    try:
        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in (errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP):
            raise


@cache
def _let_children_close() -> None:
    """Once for this process, at its first lock: a forked child (a process that prepares pairs) would keep the
    locks for as long as it outlives us."""

    def close() -> None:
        for file in list(_taken):
            file.close()

    if os.name == "posix":
        os.register_at_fork(after_in_child=close)
