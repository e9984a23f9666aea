"""``python -m train`` as a person meets it: progress, one-sentence errors, Ctrl-C."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support import assert_one_sentence, train_config, write_side_by_side, write_two_folders

import pix2pix.cli
import train.engine.memory
import train.loop
from pix2pix.checkpoint import load_checkpoint, load_config
from train.cli import main
from train.data.pairs import find_pairs
from train.runs.held_out import held_out
from train.runs.moments import load_moment, moments
from train.runs.run import RunFolder

ROOT = Path(__file__).parents[2]
SMALL = "--image-size 32 --load-size 36 --width 4 --discriminator-width 4 --receptive-field 16 --batch-size 2"
TINY = [*SMALL.split(), "--device", "cpu", "--precision", "float32"]


@pytest.fixture(autouse=True)
def _own_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Calling main() here must leave neither signal handlers nor memory settings behind."""
    monkeypatch.setattr(train.engine.memory, "keep_freed_memory", lambda: True)
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)


def start(folder: Path, *words: object, **options: Any) -> subprocess.Popen[str]:
    """A real process, with the project on its path and ``folder`` as its working directory."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-m", "train", *map(str, words)],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def failed(capsys: pytest.CaptureFixture[str], *words: object) -> str:
    """Run a command that must fail, and give its one sentence."""
    assert main([str(word) for word in words]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    last = captured.err.strip().splitlines()[-1]
    assert last.startswith("Error: ")
    assert "Traceback" not in captured.err
    assert_one_sentence(last.removeprefix("Error: "))
    return last


# ---- training -------------------------------------------------------------------------------------


def test_a_whole_run_from_the_command_line(shapes: Path, tmp_path: Path) -> None:
    data = tmp_path / "pairs"
    shutil.copytree(shapes, data)
    (data / "train" / "broken.jpg").write_text("no picture")
    # Paths relative to where the person is; colour hints and drawings on, a worker, the input guessed.
    process = start(tmp_path, "pairs", "--out", "runs/first", "--steps", 12, *TINY)
    out, err = process.communicate(timeout=200)
    assert process.returncode == 0, err
    assert "Traceback" not in err
    assert "8 pairs to train on, 2 held out; the input is taken as edges" in err
    assert "Warning: " in err and "broken.jpg" in err
    for word in ("step 12", "d ", "gan ", "l1 ", "images/s", "left", "100%"):
        assert word in err, word
    assert "Finished at step 12: the model is in runs/first/checkpoint." in err
    assert "held-out pairs" in out + err and "mean_photo" in out + err
    model = load_checkpoint(tmp_path / "runs/first/checkpoint").config
    assert model.step == 12 and model.input == "edges" and model.recipe["data"] == ["pairs"]
    names = sorted(path.name for path in (tmp_path / "runs/first/samples").iterdir())
    assert names == ["0000012.jpg", "0000012.safetensors"]


def test_what_goes_wrong_is_said_and_kept(
    shapes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Losses that cannot move, in a real run: once on the console, in metrics.jsonl and in status.json."""
    words = [str(shapes), "--out", str(tmp_path / "run"), "--steps", "400", *TINY, "--image-size", "16"]
    assert (
        main(
            [
                *words,
                "--load-size",
                "16",
                "--learning-rate",
                "1e-9",
                "--workers",
                "0",
                "--no-mirror",
                "--shift",
                "0",
                "--quarters",
                "0",
                "--sample-every",  # on a slow machine a preview would be judged as well
                "1e6",
            ]
        )
        == 0
    )
    told = [line for line in capsys.readouterr().err.splitlines() if "not moving" in line]
    assert len(told) == 1
    assert_one_sentence(told[0].split(": ", 1)[1])
    lines = [json.loads(line) for line in (tmp_path / "run" / "metrics.jsonl").read_text().splitlines()]
    (logged,) = [line for line in lines if "diagnosis" in line]
    assert logged["diagnosis"]["kind"] == "not_moving" and not logged["diagnosis"]["cleared"]
    assert logged["diagnosis"]["message"] in told[0] and logged["step"] > 100
    status = json.loads((tmp_path / "run" / "status.json").read_text())
    assert status["state"] == "finished"
    assert [d["kind"] for d in status["diagnoses"]] == ["not_moving"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_all_stops_and_saves(shapes: Path, tmp_path: Path, number: int) -> None:
    """It reaches the whole process group, workers too, as in a terminal or from a batch system."""
    process = start(
        tmp_path, shapes, "--out", "run", "--steps", 10**6, *TINY, "--workers", 1, start_new_session=True
    )
    try:
        log = tmp_path / "run" / "metrics.jsonl"
        deadline = time.monotonic() + 120
        while not log.exists() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        os.killpg(process.pid, number)
        _, err = process.communicate(timeout=120)
    finally:
        process.kill()
    assert process.returncode == 130, err
    assert "Traceback" not in err
    assert "Stopped and saved at step" in err and "--out run --resume" in err
    step = RunFolder(tmp_path / "run").load_state()[1]["step"]
    assert step >= 10
    assert load_checkpoint(tmp_path / "run" / "checkpoint").config.step == step
    assert json.loads((tmp_path / "run" / "status.json").read_text())["state"] == "stopped"


def test_an_error_of_a_process_is_one_sentence(tmp_path: Path) -> None:
    process = start(tmp_path, "nowhere", "--out", "run", "--steps", 3)
    out, err = process.communicate(timeout=100)
    assert process.returncode == 1
    assert out == "" and "Traceback" not in err
    assert_one_sentence(err.strip().splitlines()[-1].removeprefix("Error: "))
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    "words",
    [
        ["DATA"],  # no --out
        ["--out", "OUT"],  # no data
        ["DATA", "--out", "OUT", "--steps", "0"],
        ["DATA", "--out", "OUT", "--steps", "3", "--minutes", "2"],
        ["DATA", "--out", "OUT", "--minutes", "nan"],
        ["DATA", "--out", "OUT", "--learning-rate", "-1"],
        ["DATA", "--out", "OUT", "--image-size", "300"],
        ["DATA", "--out", "OUT", "--image-size", "32", "--receptive-field", "286"],
        ["DATA", "--out", "OUT", "--device", "warp"],
        ["DATA", "--out", "OUT", "--device", "meta"],
        ["LONG", "--out", "OUT"],
        ["DATA", "--out", "LONG"],
        ["LONG", "--out", "LONG", "--resume"],
        ["evaluate", "LONG", "DATA"],
        ["DATA", "--out", "OUT", "--gan-loss", "none", "--reconstruction", "none"],
        ["DATA", "--out", "OUT", "--from", "EMPTY"],
        ["DATA", "--out", "OUT", "--from", "MODEL", "--receptive-field", "16", "--width", "7"],
        ["DATA", "EMPTY", "--out", "OUT"],
        ["DATA", "--out", "EMPTY/file/below"],
        ["--out", "OUT", "--resume"],
        ["--out", "DATA", "--resume"],
        ["evaluate", "no-such-model", "DATA"],
        ["evaluate", "MODEL", "EMPTY"],
        ["evaluate", "MODEL", "DATA/nowhere"],
        ["evaluate", "EMPTY", "DATA"],
    ],
    ids=" ".join,
)
def test_errors_are_one_sentence(
    words: list[str], shapes: Path, tiny_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "file").write_text("x")
    places = {
        "LONG": "n" * 300,
        "DATA": shapes,
        "EMPTY": tmp_path / "empty",
        "MODEL": tiny_model,
        "OUT": tmp_path / "run",
    }
    for name, place in places.items():
        words = [word.replace(name, str(place)) for word in words]
    failed(capsys, *words)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    "words", [["DATA", "--out"], ["--width", "wide"], ["--preset", "slow"], ["--colour"]]
)
def test_misspelt_options_show_the_usage(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(words)
    assert caught.value.code == 2
    assert "usage: python -m train" in capsys.readouterr().err


def test_help(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["--help"], ["evaluate", "--help"]):
        with pytest.raises(SystemExit) as caught:
            main(words)
        assert caught.value.code == 0
        assert "usage: python -m train" in capsys.readouterr().out


def test_a_second_ctrl_c_ends_it_at_once_without_a_traceback(
    shapes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*arguments: Any, **options: Any) -> Iterator[None]:
        for _ in range(2):
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.01)
        yield

    monkeypatch.setattr(train.loop, "fit", interrupted)
    assert main([str(shapes), "--out", str(tmp_path / "run"), "--steps", "3", *TINY]) == 130
    captured = capsys.readouterr()
    assert "Traceback" not in captured.err and "--resume" in captured.err


# ---- resuming -------------------------------------------------------------------------------------


@pytest.fixture
def stopped(tmp_path: Path) -> Path:
    """A run in ``run`` that was left after two of its four steps, on data in ``data``."""
    write_side_by_side(tmp_path / "data" / "train", 4)
    write_side_by_side(tmp_path / "data" / "val", 1, first=9)
    events = train.loop.fit(train_config(tmp_path / "data", tmp_path / "run", steps=4))
    for _ in range(3):
        next(events)
    events.close()
    return tmp_path


def test_resume_needs_nothing_but_the_folder(stopped: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--out", str(stopped / "run"), "--resume"]) == 0
    assert "Finished at step 4" in capsys.readouterr().err
    assert load_config(stopped / "run" / "checkpoint").step == 4


def test_resume_accepts_the_options_it_was_started_with(stopped: Path) -> None:
    same = [str(stopped / "data"), "--out", str(stopped / "run"), "--steps", "4", "--width", "4"]
    assert main([*same, "--resume"]) == 0


def test_resume_refuses_another_recipe(stopped: Path, capsys: pytest.CaptureFixture[str]) -> None:
    message = failed(capsys, "--out", stopped / "run", "--resume", "--lambda-l1", 10)
    assert "--lambda-l1" in message
    assert RunFolder(stopped / "run").load_state()[1]["step"] == 2


def test_tensorboard_may_be_switched_at_any_time(stopped: Path) -> None:
    """It changes nothing of the recipe."""
    pytest.importorskip("tensorboard")
    assert main(["--out", str(stopped / "run"), "--resume", "--tensorboard"]) == 0
    assert list((stopped / "run" / "tensorboard").iterdir())


def test_a_run_that_was_moved_goes_on_where_it_is_now(stopped: Path) -> None:
    (stopped / "run").rename(stopped / "moved")
    assert main(["--out", str(stopped / "moved"), "--resume"]) == 0
    assert load_config(stopped / "moved" / "checkpoint").step == 4
    assert not (stopped / "run").exists()


def test_data_that_was_moved_is_given_anew(stopped: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (stopped / "data").rename(stopped / "elsewhere")
    assert "data" in failed(capsys, "--out", stopped / "run", "--resume")
    write_side_by_side(stopped / "other" / "train", 3)
    failed(capsys, stopped / "other", "--out", stopped / "run", "--resume")
    assert main([str(stopped / "elsewhere"), "--out", str(stopped / "run"), "--resume"]) == 0
    assert RunFolder(stopped / "run").load_config().data == (str(stopped / "elsewhere"),)  # for the next time


def test_a_lower_learning_rate_may_go_on(stopped: Path) -> None:
    assert main(["--out", str(stopped / "run"), "--resume", "--learning-rate", "1e-5"]) == 0
    assert RunFolder(stopped / "run").load_config().learning_rate == 1e-5
    assert load_config(stopped / "run" / "checkpoint").recipe["learning_rate"] == 1e-5


# ---- evaluating -----------------------------------------------------------------------------------


@pytest.fixture
def no_judge(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where the judge's weights are not installed."""
    monkeypatch.setattr("train.measures.perceptual.PACKAGE", "a-package-that-nobody-has")


@pytest.mark.usefixtures("no_judge")
def test_evaluate_prints_a_table(tiny_model: Path, shapes: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(tiny_model), str(shapes)]) == 0
    lines = capsys.readouterr().out.strip().splitlines()
    assert lines[0].split() == ["answer", "L1", "PSNR", "SSIM", "spectrum", "sharpness", "grid"]
    assert lines[4].split() == ["ground_truth", *"-----", lines[4].split()[-1]]
    assert [line.split()[0] for line in lines[1:4]] == ["model", "input", "mean_photo"]
    assert all(len([float(word) for word in line.split()[1:]]) == 6 for line in lines[1:4])
    assert lines[5].startswith("2 held-out pairs")


@pytest.mark.usefixtures("no_judge")
def test_what_is_left_out_is_counted(
    tiny_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """In training and evaluating; the first few are named, and all of them by `check`."""
    data = tmp_path / "data"
    for part, first in (("train", 0), ("val", 20), ("test", 30)):
        write_two_folders(data / part, 8, first=first)
    for n in range(7):
        (data / "train" / "A" / f"{n:04d}.png").unlink()
    (data / "train" / "A" / "phone.jxl").touch()
    (data / "train" / "A" / "0007.png").rename(data / "train" / "A" / "0007.jpe")
    count = "8 files are left out: 1 is in a format that is not read, 7 are without a clear partner; `python"
    test = "8 test pairs are left alone, because there is a val folder.\n"
    words = [str(data), "--out", str(tmp_path / "run"), "--steps", "1", *TINY]
    assert main(words) == 0
    told = capsys.readouterr().err
    assert told.count("Warning: ") == 5 and told.count(count) == 1 and test in told
    assert main(["evaluate", str(tiny_model), str(data)]) == 0
    assert count in (told := capsys.readouterr().err) and test in told
    assert main(["check", "--json", str(data)]) == 0
    findings = {one["kind"]: one["files"] for one in json.loads(capsys.readouterr().out)["findings"]}
    assert len(findings["unmatched"]) == 7 and "phone.jxl" in findings["format"][0]


@pytest.mark.usefixtures("no_judge")
def test_any_two_folders_are_pairs(
    tiny_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The person names them, or of two with equal names it is guessed which is A, and said."""
    data, run = tmp_path / "data", str(tmp_path / "run")
    write_two_folders(data, 8)
    (data / "A").rename(data / "my lines")
    (data / "B").rename(data / "things")
    guess = "my lines is taken as A and things as B; if that is wrong, give --pairs things 'my lines'"
    assert main(["check", str(data)]) == 0
    told = capsys.readouterr().out
    assert guess in told and "note: Two folders in" in told and "A: my lines" in told
    assert main(["evaluate", str(tiny_model), str(data)]) == 0
    assert guess in capsys.readouterr().err
    assert main([str(data), "--out", str(tmp_path / "guessed"), "--steps", "1", *TINY]) == 0
    assert guess in capsys.readouterr().err
    for path in (data / "things").iterdir():
        path.rename(path.with_name(f"thing {path.name}"))
    named = ["--pairs", str(data / "my lines"), "Things"]
    said = "two folders, my lines is A and things is B"
    assert main(["check", str(data), *named]) == 0
    assert said in capsys.readouterr().out
    assert main(["evaluate", str(tiny_model), str(data), *named]) == 0
    assert said in capsys.readouterr().err
    assert main([str(data), "--out", run, "--steps", "1", *named, *TINY]) == 0
    assert main(["--out", run, "--resume", "--steps", "2"]) == 0
    assert capsys.readouterr().err.count(said) == 2
    assert held_out(tmp_path, "run", 1).input.width == 32


@pytest.mark.usefixtures("no_judge")
def test_evaluate_prints_json(tiny_model: Path, shapes: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", str(tiny_model), str(shapes), str(shapes), "--json", "--seed", "3"]) == 0
    metrics = json.loads(capsys.readouterr().out)
    assert set(metrics) == {"model", "input", "mean_photo", "ground_truth", "pairs"}
    assert metrics["pairs"] == {"count": 4}
    assert set(metrics["model"]) == {"l1", "psnr", "ssim", "spectrum", "sharpness", "grid"}
    main(["evaluate", str(tiny_model), str(shapes), str(shapes), "--json", "--seed", "4"])
    assert json.loads(capsys.readouterr().out)["model"] != metrics["model"]  # another z


def test_evaluate_writes_nothing(tiny_model: Path, shapes: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in [*tiny_model.rglob("*"), *shapes.rglob("*")]}
    main(["evaluate", str(tiny_model), str(shapes)])
    after = {path: path.stat().st_mtime_ns for path in [*tiny_model.rglob("*"), *shapes.rglob("*")]}
    assert after == before


def test_a_finished_run_says_so_and_goes_on_when_it_is_given_more(
    stopped: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = str(stopped / "run")
    assert main(["--out", run, "--resume"]) == 0
    weights = (stopped / "run" / "checkpoint" / "generator.safetensors").stat().st_mtime_ns
    capsys.readouterr()
    (stopped / "data").rename(stopped / "away")  # it is not even looked at
    for more in ([], ["--steps", "4"]):
        assert main(["--out", run, "--resume", *more]) == 0
        told = capsys.readouterr().err
        assert "finished" in told and "--resume --steps 8" in told
    assert (stopped / "run" / "checkpoint" / "generator.safetensors").stat().st_mtime_ns == weights
    (stopped / "away").rename(stopped / "data")
    assert main(["--out", run, "--resume", "--steps", "8"]) == 0
    assert load_config(stopped / "run" / "checkpoint").step == 8
    assert main(["--out", run, "--resume", "--epochs", "50"]) == 0
    kept = RunFolder(stopped / "run").load_config()
    assert (kept.steps, kept.epochs) == (None, 50)
    assert "the whole run" in failed(capsys, "--out", run, "--resume", "--minutes", 1e-6)


@pytest.mark.parametrize("encoding", ["utf-8", "cp949", "cp1252", "ascii"])
def test_any_name_is_told_on_any_console(tmp_path: Path, encoding: str) -> None:
    write_two_folders(tmp_path / "data", 3)
    for name in (b"\xb1\xdb.png", "글Ω.png".encode()):  # cp949's bytes, and what no console but UTF-8 shows
        target = os.fsencode(tmp_path / "data" / "A") + b"/" + name
        with open(target, "wb") as file:
            file.write((tmp_path / "data" / "A" / "0000.png").read_bytes())
    result = subprocess.run(
        [sys.executable, "-m", "train", "check", str(tmp_path / "data")],
        env={**os.environ, "PYTHONIOENCODING": encoding},
        capture_output=True,
    )
    assert result.returncode == 0 and b"Traceback" not in result.stderr
    assert b"\\udcb1\\udcdb.png" in result.stdout


@pytest.mark.usefixtures("no_judge")
def test_any_name_works_for_data_runs_and_models(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Names that are not UTF-8, of files and of all folders."""
    odd = os.fsdecode(b"\xb1\xdb")
    here = tmp_path / odd
    data, run = here / f"data {odd}", here / f"run {odd}"
    write_two_folders(data, 6)
    for path in data.rglob("*.png"):
        path.rename(path.with_name(f"{path.stem}{odd}.png"))
    assert main(["check", str(data), "--json", "--sheet", str(here / f"{odd}.jpg")]) == 0
    assert main([str(data), "--out", str(run), "--steps", "2", "--sample-every", "0.001", *TINY]) == 0
    assert main(["--out", str(run), "--resume", "--steps", "4"]) == 0
    assert RunFolder(run).load_config().data == (str(data),)
    assert moments(run) and load_moment(run, moments(run)[0], 0)
    assert held_out(here, run.name, 1).input.width == 32
    assert main([str(data), "--out", str(here / "more"), "--from", str(run), "--steps", "1", *TINY]) == 0
    assert main(["evaluate", str(run), str(data), "--card"]) == 0
    assert "run \\udcb1\\udcdb" in capsys.readouterr().out
    made = here / f"made {odd}"
    assert pix2pix.cli.main(["translate", str(run), str(data / "A"), str(made)]) == 0
    assert {path.name for path in made.iterdir()} == {path.name for path in (data / "A").iterdir()}
    words = ["--out", str(here / "tb"), "--steps", "1", "--tensorboard", *TINY]
    assert "UTF-8" in failed(capsys, data, *words)


def test_names_that_are_not_utf8_are_split_and_told_apart(tmp_path: Path) -> None:
    write_two_folders(tmp_path, 6)
    before = find_pairs([tmp_path]).fingerprint()
    for side in "AB":
        os.rename(tmp_path / side / "0000.png", os.fsencode(tmp_path / side) + b"/\xb1\xdb.png")
    found = find_pairs([tmp_path])
    assert len(found.train) + len(found.val) == 6 and found.fingerprint() != before
