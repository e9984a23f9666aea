"""Writing files so that a reader, a crash or a power cut never sees half of one."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

# The models that come with the package: inside it where it is installed, beside it in the repository.
_HERE = Path(__file__).resolve().parent
BUNDLED = next((p for p in [_HERE / "checkpoints"] if p.is_dir()), _HERE.parent / "checkpoints")
TEMPORARY = ".unfinished-"  # how the names of files begin that are being written
LONGEST_SUFFIX = 16  # characters of what an image writer may know; .safetensors has 12
TENSORS = ".tmp??????"  # how those are called that safetensors (from 0.8 on) writes a file's tensors into


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary path beside ``path``; when the block ends well it is flushed to disk and takes its place.

    When the block raises, the temporary file is removed and whatever stood at ``path`` stays as it was.
    """
    make_folder(path.parent)
    # The suffix stays last because image writers choose their format by it; the stem may be as long as the
    # file system takes, so that nothing can be put before it.
    suffix = path.suffix if len(path.suffix) <= LONGEST_SUFFIX else ""
    temporary = path.with_name(f"{TEMPORARY}{uuid4().hex}{suffix}")
    try:
        yield temporary
        flush_file(temporary)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    flush_folder(path.parent)


def unfinished(folder: Path) -> Iterator[Path]:
    """The files in a folder that a killed process was still writing."""
    for pattern in (f"{TEMPORARY}*", TENSORS):
        yield from folder.glob(pattern)


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, so that they survive a power cut."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        flush_folder(folder.parent)


def flush_file(path: Path) -> None:
    """Have the disk hold what was written to a file."""
    with open(path, "rb+") as file:
        os.fsync(file.fileno())


def flush_folder(folder: Path) -> None:
    """Make renames in a folder survive a power cut, where the system can open folders (not on Windows)."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def as_text(name: str) -> str:
    """A file's name or path as any program takes it: what is not UTF-8 in it is escaped, ``\\udcb1``."""
    return name.encode(errors="backslashreplace").decode()


def write_text(path: Path, text: str) -> None:
    """Replace a text file atomically (UTF-8).

    What stands for a byte of a file's name that is not UTF-8, half a character, is written as JSON and Python
    write it (``\\udcb1``): so JSON gives the same name back.
    """
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8", errors="backslashreplace")


def write_json(path: Path, value: Any) -> None:
    """Replace a JSON file atomically, indented, with a final newline."""
    write_text(path, json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def write_with(path: Path, save: Callable[[Path], Any]) -> None:
    """Replace a file atomically with what ``save(temporary_path)`` writes."""
    with replacing(path) as temporary:
        save(temporary)


def cache_folder() -> Path:
    """Where this project keeps what can be made again, as the system wants it; it may not exist yet.

    ``$PIX2PIX_CACHE`` itself, or ``$XDG_CACHE_HOME/pix2pix-studio``, where that is set; else below
    ``~/Library/Caches`` (macOS), ``%LOCALAPPDATA%`` (Windows) or ``~/.cache``.
    """
    if named := os.environ.get("PIX2PIX_CACHE"):
        return Path(named).expanduser()
    if base := os.environ.get("XDG_CACHE_HOME"):
        return Path(base) / "pix2pix-studio"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "pix2pix-studio"
    if sys.platform == "win32" and (local := os.environ.get("LOCALAPPDATA")):
        return Path(local) / "pix2pix-studio" / "Cache"
    return Path.home() / ".cache" / "pix2pix-studio"


def forget_old(folder: Path, seconds: float) -> None:
    """Remove what in a folder was not changed for so long; other processes may be doing the same."""
    for old in folder.iterdir():
        with suppress(OSError):
            if time.time() - old.stat().st_mtime > seconds:
                shutil.rmtree(old, ignore_errors=True) if old.is_dir() else old.unlink()


def sha256(path: Path) -> str:
    """Hex digest of a file's bytes."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
