"""The measurement of speed runs as a whole and says what it promises; its numbers are not judged here."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from benchmarks.speed import speed


def test_every_row_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speed, "WIDTH", 2)
    monkeypatch.setattr(speed, "keep_freed_memory", lambda: None)  # it would change this whole process
    monkeypatch.setattr(speed, "peak", lambda *_: 1e11)
    rows = speed.measure(1, [2])
    training = rows["training, batch 2"]
    assert 0 < training["limit_ms"] < training["ours_ms"] and 0 <= training["waits"] < 1
    assert 0.1 < rows["peak memory of a run, batch 4"]["gigabytes"] < 4
    assert rows["translate, width 64, image statistics"]["ratio"] > 0


def test_the_textbooks_pictures_are_pairs_of_the_same_crop(tmp_path: Path) -> None:
    files = speed.write_pictures(tmp_path, 3)
    condition, target = next(speed.textbook_batches(files, 2))
    assert condition.shape == target.shape == (2, 3, 256, 256)
    assert condition.dtype is torch.float32
    assert -1.1 < float(condition.min()) < 0 < float(condition.max()) < 1.1  # cubic scaling overshoots
