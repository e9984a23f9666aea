"""Tensors as files; apart from `files`, which needs no torch."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from safetensors import safe_open
from safetensors.torch import load, load_file, save_file
from torch import Tensor


def save_tensors(tensors: dict[str, Tensor], path: Path, metadata: Mapping[str, str] | None = None) -> None:
    """Write a safetensors file that whoever may read the folder's other files may read.

    Left to itself, safetensors makes one for its owner alone (from 0.8 on).

    Raises:
        OSError, SafetensorError: it cannot be written.
    """
    path.touch()
    mode = path.stat().st_mode
    save_file(tensors, path, dict(metadata) if metadata else None)
    path.chmod(mode)


def load_tensors(path: Path) -> dict[str, Tensor]:
    """What :func:`save_tensors` wrote, wherever it lies.

    Raises:
        OSError, SafetensorError: it cannot be read, or is damaged.
    """
    try:
        str(path).encode()
    except UnicodeEncodeError:  # torch maps no file whose path is not UTF-8
        return load(path.read_bytes())
    return load_file(path)


def load_metadata(path: Path) -> dict[str, str]:
    """The texts beside the tensors; errors as :func:`load_tensors`."""
    with safe_open(path, framework="np") as file:
        return dict(file.metadata() or {})
