"""What is the same for all benchmarks."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True, scope="module")
def _no_judge(no_judge: None) -> None: ...
