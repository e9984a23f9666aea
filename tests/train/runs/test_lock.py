"""One process at a time trains in a folder, and a killed one leaves it free."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from support import assert_one_sentence, train_config

import train.runs.lock
from pix2pix.errors import RunError
from train.loop import fit
from train.runs.job_files import job_at
from train.runs.lock import LOCK, locked

ROOT = Path(__file__).parents[3]
HOLDER = """
import os, sys, time
sys.path.insert(0, sys.argv[2])
from pathlib import Path
from train.runs.lock import locked
with locked(Path(sys.argv[1])):
    child = os.fork()  # as a process that prepares pairs
    if child:
        print(child, flush=True)
    time.sleep(100)
"""


def refused(folder: Path) -> None:
    with pytest.raises(RunError) as caught, locked(folder):
        pass
    assert_one_sentence(caught.value)
    assert str(folder) in str(caught.value)


def test_a_folder_is_held_once_and_left_clean(tmp_path: Path) -> None:
    for _ in range(2):
        with locked(tmp_path):
            refused(tmp_path)
            refused(tmp_path)
        assert not list(tmp_path.iterdir())


def test_an_error_lets_go(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="mine"), locked(tmp_path):
        raise ValueError("mine")
    with locked(tmp_path):
        pass


def test_a_file_that_a_dead_process_left_holds_nobody_up(tmp_path: Path) -> None:
    (tmp_path / LOCK).touch()
    with locked(tmp_path):
        refused(tmp_path)


def test_a_process_that_takes_many_locks_gathers_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is registered for forks stays until the process ends, and a page looks every second."""
    registered: list[object] = []
    monkeypatch.setattr(os, "register_at_fork", lambda **handlers: registered.append(handlers))
    for _ in range(3):
        with locked(tmp_path):
            pass
    gc.collect()
    assert not registered and not list(train.runs.lock._taken)


@pytest.mark.skipif(os.name != "posix", reason="there is no fork")
def test_a_killed_process_lets_go_at_once_though_its_children_live(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path), str(ROOT)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    child = int(process.stdout.readline())
    try:
        refused(tmp_path)
        time.sleep(0.2)  # the child has let go of its copy by now
        process.kill()
        process.wait()
        with locked(tmp_path):
            os.kill(child, 0)  # it lives
    finally:
        os.kill(child, signal.SIGKILL)
        process.kill()


def test_a_run_in_progress_is_left_alone(shapes: Path, tmp_path: Path) -> None:
    config = train_config(shapes, tmp_path / "run", steps=6)
    first = fit(config)
    for _ in range(3):
        next(first)
    for resume in (True, False):
        with pytest.raises(RunError) as caught:
            list(fit(config, resume=resume))
        assert_one_sentence(caught.value)
    assert list(first)[-1].finished
    assert not (tmp_path / "run" / LOCK).exists()


def test_a_process_tells_through_its_own_lock_only(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    for folder in (ours, theirs):
        folder.mkdir()
        (folder / LOCK).touch()
    tell = "import sys, pathlib; from train.runs.lock import tell; tell(pathlib.Path(sys.argv[1]), '3/5')"
    with open(ours / LOCK, "ab") as lock:
        for folder in (ours, theirs):  # before it has taken the lock over
            subprocess.run(
                [sys.executable, "-c", tell, str(folder)],
                env={**os.environ, train.runs.lock.INHERITED: str(lock.fileno())},
                pass_fds=(lock.fileno(),),
                cwd=ROOT,
                check=True,
            )
    assert (ours / LOCK).read_text() == "3/5\n" and not (theirs / LOCK).read_text()
    with locked(ours):
        train.runs.lock.tell(ours, "5/5")
        assert job_at(ours).looked == (5, 5) and job_at(ours).state == "starting"
        train.runs.lock.tell(theirs, "5/5")
        assert not (theirs / LOCK).read_text()


def test_two_new_runs_in_one_folder(shapes: Path, tmp_path: Path) -> None:
    """Both found the folder empty and looked at the data: one of them trains, the other is refused."""
    (tmp_path / "run").mkdir()
    with locked(tmp_path / "run"), pytest.raises(RunError) as caught:
        list(fit(train_config(shapes, tmp_path / "run")))
    assert "Another process" in str(caught.value)
    assert not list((tmp_path / "run").iterdir())
