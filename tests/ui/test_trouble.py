"""What goes wrong while people use the app: one sentence to whom it concerns, and the rest goes on."""

from __future__ import annotations

import io
import os
import shutil
import signal
import stat
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from support import (
    STAND_IN,
    assert_one_sentence,
    make_checkpoint,
    shape_pair,
    tiny_generator,
    train_config,
    write_side_by_side,
)
from visitor import Answer, App, Visitor, running

from pix2pix import zoo
from pix2pix.saving import encode_data_url
from pix2pix.ui import Settings
from pix2pix.ui.train import report as train_data
from pix2pix.ui.train.uploads import UPLOADS
from train.report.check import check_data
from train.runs import jobs
from train.runs.lock import held, holder
from train.runs.run import STATE, RunFolder

resource = pytest.importorskip("resource")  # where there is none, nothing is trained from the app
SLOW = 250  # seconds that a machine with other things to do may take for a step of a test
DRAWING = encode_data_url(shape_pair(0, 32)[0])

pytestmark = [pytest.mark.skipif(os.name != "posix", reason="jobs need POSIX"), pytest.mark.timeout(4 * SLOW)]


@pytest.fixture
def app(tiny_model: Path, runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    """The app, whose report on data comes from this process: to start another one takes seconds."""

    def check_here(names: Any, sheet: Path, niceness: int, **options: Any) -> Iterator[dict[str, Any]]:
        yield check_data(names, sheet=sheet, **options).to_json()

    monkeypatch.setattr(train_data, "check_apart", check_here)
    settings = Settings(model=str(tiny_model), runs=str(runs), train_threads=1, train_niceness=1)
    with running(settings, tmp_path / "gradio") as started:
        yield started


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """A trainer that starts at once, holds its lock and stops when asked."""
    monkeypatch.setattr(jobs, "TRAINER", (sys.executable, "-c", STAND_IN))


def until(over: Callable[[], Any]) -> None:
    """Wait, but not for ever."""
    end = time.monotonic() + SLOW
    while not over():
        assert time.monotonic() < end
        time.sleep(0.1)


def panel(visitor: Visitor) -> dict[str, Any]:
    """The run that the page shows, as it looks for it every second or so."""
    fns = visitor.app.demo.fns.values()
    answer = visitor.send(next(fn for fn in fns if any(event == "tick" for _, event in fn.targets)))
    assert not answer.error and not answer.told
    return dict(visitor.shown("train-panel"))


def draw(app: App, model: str = "") -> dict[str, Any]:
    """One drawing by somebody else, as the page's live path sends it."""
    visitor = Visitor(app)
    answer = visitor.press("draw", "live", {"number": 1, "seed": 0, "drawing": DRAWING, "model": model})
    assert not answer.error and not answer.told
    return dict(answer.values[0])


def one_sentence(answer: Answer) -> str:
    assert answer.error is None
    (told,) = answer.told
    assert_one_sentence(told)
    return str(told)


@pytest.mark.usefixtures("stand_in")
def test_two_pages_start_at_once_and_a_killed_run_is_taken_up(app: App, runs: Path, tmp_path: Path) -> None:
    pictures = write_side_by_side(tmp_path / "mine", 5)
    pages = [Visitor(app), Visitor(app)]
    for page in pages:
        page.set("train-sent", [[one["path"] for one in page.upload(*pictures)], []])
        assert not page.press("train-files", "change").told
        assert page.shown("train-report")["trainable"]
    together, answers = threading.Barrier(2), {}

    def start(index: int) -> None:
        together.wait()
        answers[index] = pages[index].press("train-start")

    threads = [threading.Thread(target=start, args=(index,)) for index in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (job,) = jobs.list_jobs(runs)
    assert job.active
    loser = next(index for index, answer in answers.items() if answer.told)
    assert "is training already" in one_sentence(answers[loser])
    assert not answers[1 - loser].told
    (upload,) = (runs / UPLOADS).iterdir()  # the other one's became the run's own
    assert len(list(upload.rglob("*.png"))) == 5

    page = pages[1 - loser]
    until(lambda: panel(page)["state"] == "running")
    os.kill(int(holder(job.path)[0]), signal.SIGKILL)
    until(lambda: not held(job.path))
    lost = panel(page)
    assert (lost["state"], lost["resumable"]) == ("lost", True)
    assert_one_sentence(lost["message"])
    assert draw(app)["photo"]
    assert not page.press("train-resume").told
    until(lambda: panel(page)["state"] == "running")
    assert not page.press("train-pause").told
    until(lambda: panel(page)["state"] == "stopped")

    assert not pages[loser].press("train-start").told  # with the data that was there all the time
    assert len([job for job in jobs.list_jobs(runs) if job.active]) == 1
    assert not list((runs / UPLOADS).iterdir())


def judged(app: App, model: str) -> Answer:
    """What the Critic tab says of a drawing."""
    visitor = Visitor(app)
    fn = visitor.listener("critic-start", "input")
    visitor.values[fn.inputs[0]._id] = model
    return visitor.send(fn, {"drawing": DRAWING})


def compared(app: App, model: str, path: Path) -> Answer:
    """What the Train tab says of two models, this one on both sides."""
    visitor = Visitor(app)
    visitor.set("train-picture", visitor.upload(path)[0])
    for side in ("train-left", "train-right"):
        visitor.set(side, model)
    return visitor.press("train-compare-go")


def translated(app: App, model: str, path: Path) -> Answer:
    """What the Photo tab says of a photo whose lines become a photo."""
    visitor = Visitor(app)
    visitor.set("photo-input", visitor.upload(path)[0])
    visitor.set("photo-way", "trace")
    visitor.set("photo-trace", model)
    return visitor.press("photo-input", "input")


@pytest.mark.parametrize("bundled", [False, True])
def test_a_model_is_deleted_while_it_is_used(
    app: App, runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bundled: bool
) -> None:
    """What is in memory goes on; what has to be read is one sentence; the other models go on."""
    place = tmp_path / "bundled" if bundled else runs
    monkeypatch.setattr(zoo, "BUNDLED", tmp_path / "bundled")
    for name in ("used", "unused"):
        made = make_checkpoint(place / name / ("" if bundled else "checkpoint"), tiny_generator())
        if not bundled:
            shutil.copy(made / "config.json", place / name / "config.json")  # which makes it a run
    used, unused = (name if bundled else str(runs / name) for name in ("used", "unused"))
    shape_pair(1, 40)[1].save(tmp_path / "photo.png")
    assert draw(app, used)["photo"]
    for name in ("used", "unused"):
        shutil.rmtree(place / name) if bundled else jobs.delete(runs, name)
    assert draw(app, used)["photo"]
    assert not translated(app, used, tmp_path / "photo.png").told
    assert_one_sentence(draw(app, unused)["error"])
    for model in (used, unused):
        one_sentence(judged(app, model))
    for ask in (translated, compared):
        one_sentence(ask(app, unused, tmp_path / "photo.png"))
    assert draw(app)["photo"]
    assert not judged(app, "").told
    page = Visitor(app)
    for picker in ("train-from", "train-left"):
        page.set(picker, used)
    assert panel(page) == {}
    assert (
        page.shown("train-from") == "" and page.shown("train-left") == app.model
    )  # not a model that is gone


# ---- bad files ---------------------------------------------------------------------------------------


def empty(path: Path) -> None:
    path.touch()


def text(path: Path) -> None:
    path.write_text("no picture")


def large(path: Path) -> None:
    """200 MB, most of which no disk holds; it begins as a picture does."""
    Image.new("RGB", (8, 8)).save(path)
    with open(path, "r+b") as file:
        file.truncate(200_000_000)


def bomb(path: Path) -> None:
    """A few kB that unfold to 81 million pixels."""
    Image.new("1", (9000, 9000)).save(path)


def picture_answers(app: App, sent: dict[str, Any]) -> Iterator[Answer]:
    """What every place that takes one picture says to a file."""
    page = Visitor(app)
    page.set("photo-input", sent)
    yield page.press("photo-input", "input")
    page.set("train-picture", sent)
    yield page.press("train-compare-go")
    for number in (3, 4):  # the input, the real photo
        page = Visitor(app)
        fn = next(
            fn
            for fn in app.demo.fns.values()
            if len(fn.inputs) == 5 and (fn.inputs[3]._id, "upload") in fn.targets
        )
        page.values[fn.inputs[number]._id] = sent
        yield page.send(fn)


def test_a_bad_picture_is_one_sentence_wherever_it_is_given(app: App, tmp_path: Path) -> None:
    for trouble in (empty, text, large, bomb):
        path = tmp_path / "gradio" / trouble.__name__ / "bad.png"
        path.parent.mkdir(parents=True)
        trouble(path)
        (sent,) = Visitor(app).uploaded(path)
        for answer in picture_answers(app, sent):
            assert "/" not in one_sentence(answer)  # nothing of where it lies
    assert draw(app)["photo"]


def examined(app: App, *paths: Path) -> dict[str, Any]:
    """The Train tab's report on files that were uploaded."""
    page = Visitor(app)
    page.set("train-sent", [list(map(str, paths)), []])
    answer = page.press("train-files", "change")
    assert not answer.error and not answer.told
    return dict(page.shown("train-report"))


def test_bad_training_data_is_a_sentence_each(app: App, tmp_path: Path) -> None:
    outside = tmp_path / "outside.png"
    folder = tmp_path / "gradio" / "mine"
    folder.mkdir(parents=True)
    link = zipfile.ZipInfo("1.png")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("1.png", bytes(30_000_000))
    traps: dict[str, tuple[str | zipfile.ZipInfo, bytes]] = {
        "out.zip": ("../../../outside.png", b"x"),
        "absolute.zip": (str(outside), b"x"),
        "link.zip": (link, b"/etc/passwd"),
        "bomb.zip": ("1.png", bytes(30_000_000)),
        "nested.zip": ("1.zip", inner.getvalue()),
    }
    for name, entry in traps.items():
        with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(*entry)
    (folder / "note.txt").write_text("words")
    for trouble in (empty, text, large, bomb):
        trouble(folder / f"{trouble.__name__}.png")
    for path in sorted(folder.iterdir()):
        report = examined(app, path)
        told = [report["message"]] if report["state"] == "bad" else [f["message"] for f in report["findings"]]
        trainable = path.name == "large.png"  # what follows its picture is not read
        assert told and bool(report.get("trainable")) == trainable, path.name
        for sentence in told:
            assert_one_sentence(sentence)
            assert UPLOADS not in sentence and "gradio" not in sentence  # nor where it lies
    assert not outside.exists()
    assert draw(app)["photo"]


def test_ten_thousand_files_of_one_name_are_looked_at(app: App, runs: Path, tmp_path: Path) -> None:
    folder = tmp_path / "gradio"
    paths = [folder / f"{n}" / "picture.png" for n in range(10_000)]
    for path in paths:
        path.parent.mkdir(parents=True)
        path.touch()
    report = examined(app, *paths)
    assert report["state"] == "done" and not report["trainable"]
    assert len({path.name for path in runs.glob(f"{UPLOADS}/*/pictures/*.png")}) == 10_000
    (finding,) = report["findings"]
    assert finding["count"] == 10_000 and len(finding["files"]) == train_data.FILES_SHOWN


def test_only_uploaded_files_become_data(app: App, tmp_path: Path) -> None:
    """What the page names may come from anybody."""
    (tmp_path / "secret.png").touch()
    (tmp_path / "gradio").mkdir(exist_ok=True)
    (tmp_path / "gradio" / "link.png").symlink_to(tmp_path / "secret.png")
    forged: tuple[Any, ...] = (
        [[str(tmp_path / "secret.png")], []],
        [[str(tmp_path / "gradio" / ".." / "secret.png")], []],
        [[str(tmp_path / "gradio" / "link.png")], []],
        [["\0"], []],
        [[5], []],
        [5],
        "x",
    )
    for sent in forged:
        page = Visitor(app)
        page.set("train-sent", sent)
        assert not page.press("train-files", "change").error
        assert page.shown("train-report")["state"] == "bad"
        assert_one_sentence(page.shown("train-report")["message"])


# ---- a full disk -------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no running process can be limited")
def test_a_disk_that_fills_up_is_said_and_with_room_the_run_goes_on(
    app: App, shapes: Path, runs: Path
) -> None:
    """A process that may write no more than 30 kB into a file: its model and its state are larger."""
    recipe = train_config(shapes, Path("nowhere"), steps=100_000, save_every=1e-9)
    job = jobs.start(recipe, runs, "mine", threads=1, niceness=0, patience=SLOW)
    until(lambda: (job.path / STATE).exists() and (job.path / "checkpoint" / "config.json").exists())
    resource.prlimit(int(holder(job.path)[0]), resource.RLIMIT_FSIZE, (30_000, 30_000))
    until(lambda: not held(job.path))
    page = Visitor(app)
    full = panel(page)
    assert (full["state"], full["resumable"]) == ("failed", True)
    assert_one_sentence(full["message"])
    assert "space" in full["message"] and "--" not in full["message"]
    kept = RunFolder(job.path).load_state()[1]["step"]
    drawn = draw(app, str(job.path))  # with what it saved before
    assert drawn["photo"], drawn["error"]
    assert not page.press("train-resume").told
    until(lambda: jobs.look(runs, "mine").state == "running")
    until(lambda: RunFolder(job.path).load_state()[1]["step"] > kept)
    assert panel(page)["state"] == "running"
    assert not page.press("train-pause").told
    until(lambda: not held(job.path))
    assert panel(page)["state"] == "stopped"
