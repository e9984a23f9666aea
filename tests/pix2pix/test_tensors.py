"""Files of tensors are files like others."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors import safe_open

from pix2pix.tensors import save_tensors


def test_tensors_are_readable_for_whom_other_files_are(tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    save_tensors({"a": torch.arange(3.0)}, tmp_path / "a.safetensors", {"told": "yes"})
    assert (tmp_path / "a.safetensors").stat().st_mode == (tmp_path / "plain").stat().st_mode
    with safe_open(tmp_path / "a.safetensors", framework="pt") as file:
        assert file.metadata() == {"told": "yes"}
        assert torch.equal(file.get_tensor("a"), torch.arange(3.0))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.safetensors", "plain"]
