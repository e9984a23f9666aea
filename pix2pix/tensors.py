"""Writing tensors as files; apart from `files`, which needs no torch."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from safetensors.torch import save_file
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
