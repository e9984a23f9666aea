"""What all tests of benchmarks share."""

from __future__ import annotations

import pytest

import train.evaluate
from train.segmenter import SegmenterRecipe


@pytest.fixture(autouse=True)
def _quick_segmenter(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    def recipe(size: int) -> SegmenterRecipe:
        return SegmenterRecipe(size=size, width=4, depth=1, steps=4, batch_size=2)

    recipe.size = 128  # type: ignore[attr-defined]
    monkeypatch.setattr(train.evaluate, "SegmenterRecipe", recipe)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "cache"))
