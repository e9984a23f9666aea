"""One process at a time writes into a run's folder."""

from __future__ import annotations

import errno
import os
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from pix2pix.errors import RunError

LOCK = ".lock"  # there while a process trains, or after it was killed; gone after an orderly end
_TAKEN = (errno.EACCES, errno.EAGAIN, errno.EDEADLK)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a folder that exists; the system lets go of it when the process ends, however it ends.

    Where the file system knows no locks, the block runs without one.

    Raises:
        RunError: another process, or another training in this one, holds it.
        OSError: the folder cannot be written.
    """
    path = folder / LOCK
    file = _take(path)
    try:
        yield
    finally:
        if os.name == "posix":
            path.unlink(missing_ok=True)  # before it is let go, so that it is ours that is removed
        file.close()
        if os.name != "posix":  # there an open file cannot be removed
            with suppress(OSError):
                path.unlink(missing_ok=True)


def _take(path: Path) -> IO[bytes]:
    while True:
        file = open(path, "ab")  # noqa: SIM115 - it stays open as long as the lock is held
        try:
            _lock(file)
            if os.path.exists(path) and os.path.samestat(os.fstat(file.fileno()), os.stat(path)):
                _close_after_fork(file)
                return file
        except FileNotFoundError:
            pass
        except OSError as error:
            file.close()
            if error.errno not in _TAKEN:
                raise
            raise RunError(
                f"Another process trains in the folder {path.parent} at this moment: wait for it or stop it,"
                " or choose another --out."
            ) from error
        file.close()  # its holder removed the file between our opening and locking it


def _lock(file: IO[bytes]) -> None:
    if os.name == "nt":
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
        return
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in (errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP):
            raise


def _close_after_fork(file: IO[bytes]) -> None:
    """A forked child (a process that prepares pairs) would keep the lock for as long as it outlives us."""
    if hasattr(os, "register_at_fork"):
        held = weakref.ref(file)

        def close() -> None:
            inherited = held()
            if inherited is not None:
                inherited.close()

        os.register_at_fork(after_in_child=close)
