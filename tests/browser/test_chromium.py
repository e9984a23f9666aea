"""Without Chromium the browser tests are skipped on a person's machine, and fail in CI."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(("ci", "outcome", "status"), [("", "1 skipped", 0), ("true", "1 error", 1)])
def test_a_missing_chromium_is_said_plainly(ci: str, outcome: str, status: int, tmp_path: Path) -> None:
    test = f"{Path(__file__).parent / 'test_drawing.py'}::test_a_tap_leaves_a_dot"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-rs", "-p", "no:cacheprovider", test],
        cwd=ROOT,
        env=os.environ | {"PATH": str(tmp_path), "CI": ci},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert outcome in done.stdout, done.stdout + done.stderr
    assert "apt-get install chromium" in done.stdout
    assert done.returncode == status
