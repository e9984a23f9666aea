"""Benchmarks measure alike whether or not the judge's weights are installed: without it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from train import perceptual


@pytest.fixture(autouse=True, scope="module")
def _no_judge() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(perceptual, "PACKAGE", "a-package-that-nobody-has")
        yield
