"""Trainings in processes of their own; where only the house-keeping counts, a stand-in for the trainer."""

from __future__ import annotations

import argparse
import dataclasses
import errno
import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support import STAND_IN, assert_one_sentence, train_config, write_side_by_side

from pix2pix.checkpoint import load_checkpoint
from pix2pix.errors import ConfigError, Pix2PixError, RunError
from train.cli import _config, main
from train.config import TrainConfig
from train.flags import add_options, arguments_for
from train.presets import from_preset
from train.runs import jobs
from train.runs.jobs import Job, Position
from train.runs.lock import LOCK, LOG, held, holder, locked
from train.runs.run import RunFolder

ROOT = Path(__file__).parents[3]
SLOW = 250  # seconds that a machine with other things to do may take for a step of a test
pytestmark = [pytest.mark.skipif(os.name != "posix", reason="jobs need POSIX"), pytest.mark.timeout(4 * SLOW)]


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """A trainer that starts at once, holds its lock and stops when asked."""
    monkeypatch.setattr(jobs, "TRAINER", (sys.executable, "-c", STAND_IN))


def recipe(data: Path, **changes: Any) -> TrainConfig:
    return train_config(data, Path("nowhere"), **changes)


def begin(runs: Path, data: Path, name: str = "", **changes: Any) -> Job:
    return jobs.start(recipe(data, **changes), runs, name, threads=1, niceness=0, patience=SLOW)


def until(over: Callable[[], Any]) -> None:
    """Wait, but not for ever."""
    end = time.monotonic() + SLOW
    while not over():
        assert time.monotonic() < end
        time.sleep(0.02)


def refused(call: Callable[..., Any], *arguments: Any, **options: Any) -> str:
    """The one sentence with which something is refused."""
    with pytest.raises(Pix2PixError) as caught:
        call(*arguments, **options)
    assert_one_sentence(caught.value)
    return str(caught.value)


def only(runs: Path) -> Job:
    (job,) = jobs.list_jobs(runs)
    return job


def made_run(path: Path, state: str = "stopped", **status: Any) -> Path:
    """The files of a run that nobody trains."""
    path.mkdir(parents=True)
    (path / "config.json").write_text("{}")
    (path / "status.json").write_text(json.dumps({"state": state, "pid": os.getpid(), "step": 5, **status}))
    return path


# ---- real trainings --------------------------------------------------------------------------------


def test_a_training_from_start_to_end(shapes: Path, runs: Path) -> None:
    job = begin(runs, shapes, steps=12)
    assert job.name == shapes.name
    assert job.active or job.state == "finished"
    until(lambda: not only(runs).active)
    job = only(runs)
    assert (job.state, job.message, job.step, job.progress, job.seconds_left) == (
        "finished",
        "",
        12,
        1.0,
        0.0,
    )
    assert job.metrics and not job.resumable
    assert job.sheet == job.path / "samples" / "0000012.jpg" and job.sheet.exists()
    assert not (job.path / LOCK).exists()
    assert "Finished at step 12" in (job.path / LOG).read_text()
    reading = jobs.watch(runs, job.name)
    assert [line["step"] for line in reading.lines if "losses" in line] == [10]
    assert "is finished" in refused(jobs.resume, runs, job.name)
    for more in (0.0, -1.0, float("nan")):
        assert "more minutes" in refused(jobs.resume, runs, job.name, more=more)

    jobs.resume(runs, job.name, more=0.02, threads=1, niceness=0)
    until(lambda: not only(runs).active)
    longer = only(runs)
    assert longer.state == "finished" and longer.step > 12
    assert RunFolder(job.path).load_config().minutes == pytest.approx(job.seconds / 60 + 0.02)


def test_stopped_resumed_killed_and_resumed_to_the_end(shapes: Path, runs: Path) -> None:
    job = begin(runs, shapes, "mine", steps=100, save_every=1e-9)
    until(lambda: jobs.look(runs, "mine").step > 0)
    job = jobs.stop(runs, "mine", patience=SLOW)
    assert (job.state, job.resumable) == ("stopped", True)
    assert RunFolder(job.path).load_state()[1]["step"] == job.step > 0
    assert jobs.stop(runs, "mine") == job  # there is nothing to stop any more

    jobs.resume(runs, "mine", threads=1, niceness=0)
    until(lambda: jobs.look(runs, "mine").state == "running")
    os.kill(int(holder(job.path)[0]), signal.SIGKILL)
    until(lambda: not held(job.path))
    lost = only(runs)
    assert (lost.state, lost.resumable) == ("lost", True)
    assert_one_sentence(lost.message)

    jobs.resume(runs, "mine", threads=1, niceness=0)
    until(lambda: not only(runs).active)
    assert (only(runs).state, only(runs).step) == ("finished", 100)


def test_a_stop_before_it_can_listen_is_heard(shapes: Path, runs: Path) -> None:
    """Python reads its modules for seconds, in which a signal would end it without a word."""
    jobs.start(recipe(shapes, steps=1_000_000), runs, "mine", threads=1, niceness=0, patience=0)
    job = jobs.stop(runs, "mine", patience=SLOW)
    assert (job.state, job.resumable) == ("stopped", True)


def test_data_that_cannot_be_trained_on(runs: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    sentence = refused(begin, runs, tmp_path / "empty")
    assert "empty" in sentence
    assert not list(runs.iterdir())


def uploaded(runs: Path, count: int = 8) -> Path:
    """Data in a folder below the runs, as an upload is kept there."""
    upload = runs / ".uploads" / "1"
    write_side_by_side(upload / "shoes", count)
    return upload


def test_uploaded_data_becomes_the_runs_own(runs: Path) -> None:
    upload = uploaded(runs)
    config = recipe(Path("unused"), steps=200, save_every=1e-9)
    job = jobs.start(config, runs, "mine", threads=1, niceness=0, patience=SLOW, upload=upload)
    assert not upload.exists()
    assert sorted(path.name for path in (job.path / "data" / "shoes").iterdir())[0] == "0000.png"
    until(lambda: RunFolder(job.path).has_state())
    jobs.stop(runs, "mine", patience=SLOW)
    jobs.rename(runs, "mine", "yours")
    step = jobs.resume(runs, "yours", threads=1, niceness=0).step  # though its data lies elsewhere now
    until(lambda: jobs.look(runs, "yours").step > step or not jobs.look(runs, "yours").active)
    assert jobs.stop(runs, "yours", patience=SLOW).message == ""
    assert load_checkpoint(runs / "yours" / "checkpoint").config.recipe["data"] == ["shoes"]
    jobs.delete(runs, "yours")
    assert [path.name for path in runs.iterdir()] == [".uploads"]


def test_uploaded_data_of_a_run_that_cannot_be_is_back_in_its_place(runs: Path) -> None:
    upload = uploaded(runs, count=0)
    (upload / "shoes" / "words.png").write_text("no picture")
    (upload / "notes.txt").touch()
    sentence = refused(
        jobs.start, recipe(Path("unused")), runs, "mine", threads=1, niceness=0, patience=SLOW, upload=upload
    )
    assert str(runs) not in sentence
    assert (upload / "shoes" / "words.png").exists() and not (runs / "mine").exists()


@pytest.mark.usefixtures("stand_in")
def test_a_stop_without_patience_only_asks(shapes: Path, runs: Path) -> None:
    job = begin(runs, shapes, "mine")
    assert jobs.stop(runs, "mine", patience=0).state in ("stopping", "stopped")
    until(lambda: not held(job.path))
    assert only(runs).state == "stopped"


# ---- one at a time, seen from everywhere -----------------------------------------------------------


def _compete(data: Path, runs: Path, together: Any, answers: Any) -> None:
    together.wait()
    try:
        answers.put(("started", begin(runs, data).name))
    except RunError as error:
        answers.put(("refused", str(error)))


@pytest.mark.usefixtures("stand_in")
def test_of_two_starts_at_once_one_wins(shapes: Path, runs: Path) -> None:
    context = multiprocessing.get_context("fork")
    together, answers = context.Barrier(2), context.Queue()
    tabs = [context.Process(target=_compete, args=(shapes, runs, together, answers)) for _ in range(2)]
    for tab in tabs:
        tab.start()
    told = dict(answers.get(timeout=SLOW) for _ in tabs)
    for tab in tabs:
        tab.join(SLOW)
    assert told.keys() == {"started", "refused"}
    assert_one_sentence(told["refused"])
    assert f"run {told['started']} is training" in told["refused"]
    assert only(runs).state == "running"  # though whoever started it has ended
    made_run(runs / "other")
    assert "is training" in refused(jobs.resume, runs, "other")
    assert "is training" in refused(begin, runs, shapes, "third")
    assert not (runs / "third").exists()
    assert "is training" in refused(jobs.resume, runs, told["started"])


@pytest.mark.usefixtures("stand_in")
def test_another_process_sees_and_stops_it(shapes: Path, runs: Path) -> None:
    job = begin(runs, shapes, "mine")
    code = (
        "import sys; from pathlib import Path; from train.runs import jobs; runs = Path(sys.argv[1])\n"
        "print(*[job.state for job in jobs.list_jobs(runs)], jobs.stop(runs, 'mine').state)\n"
        "sys.exit('torch' in sys.modules or 'gradio' in sys.modules)"
    )
    found = subprocess.run(
        [sys.executable, "-c", code, str(runs)], cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert (found.returncode, found.stdout.split()) == (0, ["running", "stopped"]), found.stderr
    assert jobs.look(runs, "mine").state == "stopped"
    assert not (job.path / LOCK).exists()


@pytest.mark.usefixtures("stand_in")
def test_a_process_of_its_own(shapes: Path, runs: Path) -> None:
    job = jobs.start(recipe(shapes), runs, threads=3, niceness=1, patience=SLOW)
    born = json.loads((job.path / "config.json").read_text())
    assert (born["threads"], born["input"]) == ("3", "")
    assert born["session"] != os.getsid(0)
    assert born["nice"] == min(os.getpriority(os.PRIO_PROCESS, 0) + 1, 19)


@pytest.mark.usefixtures("stand_in")
def test_a_second_stop_does_not_hurry_it(shapes: Path, runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deaf = STAND_IN.replace("while not asked:", "while len(asked) < 2:")
    monkeypatch.setattr(jobs, "TRAINER", (sys.executable, "-c", deaf))
    job = begin(runs, shapes, "mine")
    for _ in range(2):
        assert "has not saved yet" in refused(jobs.stop, runs, "mine", patience=0.2)
        assert only(runs).state == "stopping"
    assert held(job.path)
    assert jobs.stop(runs, "mine", at_once=True, patience=SLOW).state == "lost"


@pytest.mark.usefixtures("stand_in")
def test_a_folder_deleted_while_it_trains(shapes: Path, runs: Path) -> None:
    job = begin(runs, shapes, "mine")
    process = int(holder(job.path)[0])
    try:
        shutil.rmtree(job.path)
        assert jobs.list_jobs(runs) == []
        for call in (jobs.look, jobs.stop, jobs.watch, jobs.resume, jobs.delete):
            assert "no run named 'mine'" in refused(call, runs, "mine")
    finally:
        os.kill(process, signal.SIGKILL)


# ---- what the files tell ---------------------------------------------------------------------------


def test_a_process_id_alone_is_no_training(runs: Path) -> None:
    made_run(runs / "mine", "running")  # its process id is that of a process that lives: ours
    assert only(runs).state == "lost"
    with locked(runs / "mine"):
        assert only(runs).state == "running"
    assert only(runs).state == "lost"


@pytest.mark.parametrize("state", ["finished", "stopped"])
def test_what_a_log_says_changes_nothing(runs: Path, state: str) -> None:
    """A worker's end, a library's warning: words such as these stand in the logs of healthy runs."""
    run = made_run(runs / "mine", state)
    for words in (
        "Traceback (most recent call last):\n  in __del__\n",
        "Error: no\n",
        "Error in process 1: x\n",
    ):
        (run / LOG).write_text(f"8 pairs\n{words}Finished at step 5\n")
        assert (only(runs).state, only(runs).message) == (state, "")


def test_a_run_that_cannot_be_resumed_says_why(shapes: Path, runs: Path, tmp_path: Path) -> None:
    """Before it trains, in the trainer's own words; by hand nothing is noted, the console has told it."""
    data = tmp_path / "data"
    shutil.copytree(shapes, data)
    job = begin(runs, data, "mine", steps=1)
    until(lambda: not only(runs).active)
    shutil.rmtree(data)
    jobs.resume(runs, "mine", more=1.0, threads=1, niceness=0)
    until(lambda: only(runs).state == "failed")
    assert_one_sentence(only(runs).message)
    assert str(data) in only(runs).message and (only(runs).step, only(runs).resumable) == (1, True)

    (job.path / "config.json").write_text('{"of": "another version"}')
    jobs.resume(runs, "mine", threads=1, niceness=0)
    until(lambda: "another version" in only(runs).message)
    assert only(runs).state == "failed"
    status = (job.path / "status.json").read_bytes()
    assert main(["--out", str(job.path), "--resume"]) == 1
    assert (job.path / "status.json").read_bytes() == status


def test_metrics_are_read_on_from_where_one_was(runs: Path) -> None:
    metrics = made_run(runs / "mine") / "metrics.jsonl"
    assert jobs.watch(runs, "mine").lines == ()
    lines = [
        json.dumps(
            {"step": n, "progress": n / 100, "seconds": n, "seconds_left": 9.0, "losses": {"l1": 1 / n}}
        )
        for n in range(10, 60, 10)
    ]
    metrics.write_text("\n".join(lines[:2]) + "\n" + lines[2][:30])
    first = jobs.watch(runs, "mine")
    assert [line["step"] for line in first.lines] == [10, 20]
    assert (only(runs).step, only(runs).progress, only(runs).seconds_left) == (20, 0.2, 9.0)
    metrics.write_text("\n".join(lines[:3]) + "\nno json\n" + lines[3] + "\n")
    second = jobs.watch(runs, "mine", first.position)
    assert [line["step"] for line in second.lines] == [30, 40] and not second.restarted
    assert jobs.watch(runs, "mine", second.position).lines == ()

    again = [line.replace('"l1": ', '"l1": 1') for line in lines]
    metrics.write_text("\n".join([lines[0], *again[1:]]) + "\n")  # longer than before, and another
    third = jobs.watch(runs, "mine", second.position)
    assert third.restarted and [line["step"] for line in third.lines] == [10, 20, 30, 40, 50]
    metrics.unlink()
    assert jobs.watch(runs, "mine", third.position) == jobs.Reading((), Position(), restarted=True)


def test_damaged_and_foreign_things_are_no_trouble(runs: Path, tmp_path: Path) -> None:
    assert jobs.list_jobs(runs) == []
    damaged = made_run(runs / "damaged")
    for name in ("status.json", "metrics.jsonl"):
        (damaged / name).write_bytes(b'{"state": "run\xff')
    (runs / "notes.txt").touch()
    (runs / "pictures").mkdir()
    (runs / "link").symlink_to(made_run(tmp_path / "elsewhere"))
    assert (only(runs).name, only(runs).state) == ("damaged", "lost")


# ---- delete and rename -----------------------------------------------------------------------------


def test_a_run_that_trains_is_neither_deleted_nor_renamed(runs: Path) -> None:
    run = made_run(runs / "mine")
    with locked(run):
        assert "is training" in refused(jobs.delete, runs, "mine")
        assert "is training" in refused(jobs.rename, runs, "mine", "other")
    job = jobs.rename(runs, "mine", "  my \u1112\u1161\u11ab bags ")
    assert job.name == "my \ud55c bags" and only(runs) == job
    jobs.delete(runs, job.name)
    assert not list(runs.iterdir())


@pytest.mark.parametrize(
    "name", ["", " ", ".", "..", ".x", "a/b", "/tmp", "a\\b", "a\0b", "x" * 101, "\u200b", "\ud800"]
)
def test_names_that_no_run_may_have(name: str, runs: Path, shapes: Path) -> None:
    made_run(runs / "mine")
    refused(jobs.rename, runs, "mine", name)
    refused(jobs.delete, runs, name)
    if name:  # an empty one asks for a name to be found
        refused(begin, runs, shapes, name)
    assert only(runs).name == "mine"


KILLED_DELETE = """
import os, shutil, signal, sys
from pathlib import Path
from train.runs import jobs
shutil.rmtree = lambda *arguments, **options: os.kill(os.getpid(), signal.SIGKILL)
jobs.delete(Path(sys.argv[1]), sys.argv[2])
"""


@pytest.mark.parametrize("then", ["delete", "start"])
def test_what_a_killed_delete_leaves_goes_with_the_next_one(then: str, runs: Path, stand_in: None) -> None:
    name = "x" * 255  # by --out a run may have a name that leaves no room for more
    made_run(runs / name)
    made_run(runs / "other")
    killed = subprocess.run([sys.executable, "-c", KILLED_DELETE, str(runs), name], cwd=ROOT)
    assert killed.returncode == -signal.SIGKILL
    assert only(runs).name == "other"
    hidden = [path for path in runs.iterdir() if path.name not in ("other", LOCK)]
    assert len(hidden) == 1 and (hidden[0] / "config.json").exists()
    if then == "delete":
        jobs.delete(runs, "other")
        assert not list(runs.iterdir())
    else:
        begin(runs, runs / "other", "new")
        jobs.stop(runs, "new", at_once=True)
        assert {path.name for path in runs.iterdir()} == {"new", "other"}


def test_only_runs_in_the_folder_are_deleted(runs: Path, tmp_path: Path) -> None:
    made_run(runs / "mine")
    outside = made_run(tmp_path / "outside")
    (runs / "link").symlink_to(outside)
    (runs / "mine" / "inner").symlink_to(outside)
    (runs / "pictures").mkdir()
    for name in ("link", "../outside", str(outside), "pictures", "nothing"):
        refused(jobs.delete, runs, name)
    assert "already" in refused(jobs.rename, runs, "mine", "pictures")
    assert "already" in refused(jobs.rename, runs, "mine", "link")
    jobs.delete(runs, "mine")
    assert (outside / "config.json").exists() and (runs / "link").exists()


# ---- starting --------------------------------------------------------------------------------------


def test_options_that_contradict_each_other_start_nothing(shapes: Path, runs: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        jobs.start(dataclasses.replace(recipe(shapes), minutes=5.0), runs)
    assert_one_sentence(caught.value)
    assert not runs.exists()


def test_an_error_that_nobody_foresaw(shapes: Path, runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "TRAINER", (sys.executable, "-c", "raise KeyError(3)"))
    sentence = refused(begin, runs, shapes, "mine")
    assert str(runs / "mine" / LOG) in sentence and "KeyError: 3" in (runs / "mine" / LOG).read_text()
    assert (only(runs).state, only(runs).message, only(runs).resumable) == ("failed", sentence, False)


def test_a_place_where_no_runs_can_be(shapes: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    refused(jobs.start, recipe(shapes), tmp_path / "file")
    refused(jobs.start, recipe(shapes), tmp_path / "file" / "runs")
    assert jobs.list_jobs(tmp_path / "file") == []


def test_a_folder_of_runs_that_is_read_only(
    shapes: Path, runs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The refusal is a stand-in, because to root nothing is read-only."""

    def take(folder: Path, patience: float = 0.0) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder))

    made_run(runs / "mine")
    monkeypatch.setattr(jobs, "take", take)
    assert only(runs).state == "stopped"
    for call in (jobs.resume, jobs.delete):
        refused(call, runs, "mine")
    refused(jobs.start, recipe(shapes), runs)
    assert only(runs).state == "stopped"


@pytest.mark.parametrize("preset", ["quick", "paper", "tutorial"])
def test_a_command_line_gives_the_same_recipe(preset: str) -> None:
    changes = {"pairs": ("x y", "z"), "seed": 2**62, "learning_rate": 1e-7, "mirror": False, "minutes": 0.1}
    config = from_preset(preset, data=("-odd name", "b"), out="my runs/x", **changes)
    parser = argparse.ArgumentParser()
    add_options(parser)
    parser.add_argument("--resume", action="store_true")
    assert _config(parser.parse_args(arguments_for(config))) == config
