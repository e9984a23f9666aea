"""The benchmarks run from one command, go on after a stop, and say what they saw."""

from __future__ import annotations

import argparse
import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from support import make_checkpoint, tiny_generator, train_config, write_labels

from benchmarks.trials import choices, finetune, losses
from benchmarks.trials import presets as recipes
from benchmarks.trials.pace import paced
from benchmarks.trials.trials import RESULTS, Trial, run_trials, write_subset
from pix2pix.discriminator import DiscriminatorSpec
from pix2pix.errors import ConfigError
from train.config import TrainConfig
from train.data.pairs import find_pairs
from train.loop import fit

SMALL = {
    "width": 2,
    "discriminator_width": 2,
    "batch_size": 2,
    "workers": 0,
    "device": "cpu",
    "precision": "float32",
}


@pytest.fixture(scope="module")
def labels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_labels(tmp_path_factory.mktemp("data") / "labels", train=6, val=2)


def saved(out: Path) -> dict[str, Any]:
    return json.loads((out / RESULTS).read_text(encoding="utf-8"))


# ---- trials ---------------------------------------------------------------------------------------


def test_finished_trials_are_not_run_again_and_half_done_ones_go_on(shapes: Path, tmp_path: Path) -> None:
    trials = [Trial(name, train_config(shapes, tmp_path, seed=n)) for n, name in enumerate(("a", "b b"))]
    first = run_trials(trials[:1], tmp_path, {"told": 1})
    events = fit(dataclasses.replace(trials[1].config, out=str(tmp_path / "runs" / "b-b")))
    for _ in range(3):
        next(events)
    events.close()  # after two of its four steps
    stamp = (tmp_path / "runs" / "a" / "config.json").stat().st_mtime_ns
    both = run_trials(trials, tmp_path, {"told": 1})
    assert (tmp_path / "runs" / "a" / "config.json").stat().st_mtime_ns == stamp
    assert both["a"] == first["a"]
    assert both["b b"]["steps"] == 4 and both["b b"]["metrics"]["model"]["l1"] > 0
    assert saved(tmp_path)["results"] == both
    assert saved(tmp_path)["protocol"] == {"told": 1} and saved(tmp_path)["machine"]["cores"] >= 1


def test_results_of_two_recipes_are_not_mixed(shapes: Path, tmp_path: Path) -> None:
    run_trials([Trial("a", train_config(shapes, tmp_path, steps=1))], tmp_path, {})
    with pytest.raises(ConfigError, match="another recipe"):
        run_trials([Trial("a", train_config(shapes, tmp_path, steps=2))], tmp_path, {})


def test_a_subset_is_the_same_pictures(shapes: Path, tmp_path: Path) -> None:
    whole, few = find_pairs([shapes]), find_pairs([write_subset([str(shapes)], 4, 9, tmp_path / "few")])
    assert (len(few.train), len(few.val)) == (4, 2)
    for ours, theirs in zip(few.train, whole.train[::2], strict=True):
        assert [i.tobytes() for i in ours.load()] == [i.tobytes() for i in theirs.load()]
    with pytest.raises(ConfigError, match="--pairs"):
        write_subset([str(shapes)], 9, 1, tmp_path / "more")


# ---- the benchmarks -----------------------------------------------------------------------------------


def test_finetune(labels: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    judge = DiscriminatorSpec(receptive_field=16, width=2)
    model = make_checkpoint(tmp_path / "model", tiny_generator(), discriminator=judge)
    given = [str(labels), "--out", str(tmp_path / "out"), "--model", str(model), "--pairs", "3"]
    given += ["--minutes", "0.005", "--scratch-minutes", "0.01"]
    changes = {"workers": 0, "device": "cpu", "precision": "float32"}
    assert finetune.main(given, **changes) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[:2] == ["3", "pairs"]
    assert [line.split("  ")[0] for line in lines[1:]] == [
        "the model as it is",
        "fine-tuned, 0.005 min",
        "from scratch, 0.01 min",
        "the mean photo",
    ]
    results = saved(tmp_path / "out")["results"]
    assert results["fine-tuned, seed 0"]["recipe"]["start"] == "model"
    assert results["from scratch, seed 0"]["recipe"]["start"] == ""
    assert results["from scratch, seed 0"]["recipe"]["width"] == 2
    assert results["from scratch, seed 0"]["train_pairs"] == 3
    assert finetune.main(given, **changes) == 0  # all from the file
    assert capsys.readouterr().out.splitlines() == lines


def test_recipes(labels: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    given = [
        str(labels),
        "--out",
        str(tmp_path),
        "--image-size",
        "32",
        "--runs",
        "quick:0.002",
        "paper:0.003",
    ]
    assert recipes.main(given, **SMALL, receptive_field=16) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["recipes", "l1", "psnr", "ssim", "spectrum", "sharpness", "grid"]
    rows = [line.split("  ")[0] for line in lines[1:4]]
    assert rows == ["quick, 0.002 min", "paper, 0.003 min", "the true photos"]
    assert len(lines) == 5 and "spectrum of paper, 0.003 min" in lines[4]
    results = saved(tmp_path)["results"]
    recipe = results["paper, 0.003 min, seed 0"]["recipe"]
    pace = json.loads((tmp_path / "pace.json").read_text(encoding="utf-8"))
    assert recipe["preset"] == "paper" and recipe["minutes"] is None and recipe["input"] == "labels"
    assert recipe["steps"] in [max(round(0.18 / seconds), 1) for seconds in pace.values()]
    assert recipes.main(given, **SMALL, receptive_field=16) == 0  # all from the files
    assert capsys.readouterr().out.splitlines() == lines
    assert json.loads((tmp_path / "pace.json").read_text(encoding="utf-8")) == pace


@pytest.mark.parametrize(
    "text", ["quick", "quick:", "quick:x", "quick:0", "quick:-1", "quick:nan", "slow:3", ":3"]
)
def test_what_is_no_run_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        recipes.parse_run(text)


def test_which_runs_reach_the_goal() -> None:
    rows = {
        ("quick", 5.0): {"kernel": 300.0, "spectrum": 2.0},
        ("quick", 20.0): {"kernel": 150.0, "spectrum": 1.9},
        ("paper", 5.0): {"kernel": 400.0, "spectrum": 3.0},
        ("paper", 60.0): {"kernel": 200.0, "spectrum": 1.0},
    }
    first, second = recipes.reached(rows)
    assert first == "kernel of paper, 60 min (200.0000): reached by quick, 20 min"
    assert second.startswith("spectrum of paper, 60 min") and second.endswith("not reached by another run")


def test_losses(labels: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [row for row in losses.ROWS if "patch" not in row]
    given = [str(labels), "--out", str(tmp_path), "--image-size", "32", "--steps", "2", "--seeds", "0", "1"]
    assert losses.main([*given, "--rows", *rows], **SMALL, receptive_field=16) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("  ")[0] for line in lines[1 : len(rows) + 1]] == rows
    assert len(saved(tmp_path)["results"]) == 2 * len(rows)


def test_choices_in_equal_time_by_several_processes(
    labels: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [str(labels), "--out", str(tmp_path), "--image-size", "32", "--minutes", "0.002", "--jobs", "2"]
    given += ["--rows", "quick", "average of the weights"]
    assert choices.main(given, **SMALL, receptive_field=16) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("  ")[0] for line in lines] == [
        "choices",
        "quick",
        "average of the weights",
        "the true photos",
    ]
    results = saved(tmp_path)["results"]
    assert {row["recipe"]["ema"] for row in results.values()} == {0.0, 0.999}
    assert all(row["recipe"]["snap_labels"] for row in results.values())


@pytest.mark.parametrize("rows", [losses.ROWS, choices.ROWS])
def test_every_row_differs_from_the_first_in_options_that_exist(rows: dict[str, dict[str, Any]]) -> None:
    known = {f.name for f in dataclasses.fields(TrainConfig)}
    assert all(set(changes) <= known for changes in rows.values())
    assert len({json.dumps(changes, sort_keys=True) for changes in rows.values()}) == len(rows)


def test_several_processes_give_the_numbers_of_one(shapes: Path, tmp_path: Path) -> None:
    trials = [Trial(f"t{n}", train_config(shapes, tmp_path, seed=n)) for n in range(3)]
    one, two = (run_trials(trials, tmp_path / str(jobs), {}, jobs=jobs) for jobs in (1, 2))
    for name, result in one.items():
        assert two[name]["metrics"]["model"]["l1"] == pytest.approx(
            result["metrics"]["model"]["l1"], abs=1e-3
        )
        assert two[name]["steps"] == result["steps"] == 4 and two[name]["recipe"] == result["recipe"]


def test_a_half_done_run_of_guessed_input_goes_on(labels: Path, tmp_path: Path) -> None:
    """Its own config names the input that was found, which is no other recipe."""
    given = [str(labels), "--out", str(tmp_path), "--image-size", "32", "--steps", "3", "--rows", "L1"]
    changes = {**SMALL, "receptive_field": 16, "sample_every": 1e6}
    assert losses.main([*given], **changes) == 0
    (tmp_path / RESULTS).unlink()
    assert losses.main([*given], **{**changes, "sample_every": 1e5}) == 0
    assert saved(tmp_path)["results"]["L1, seed 0"]["steps"] == 3


# ---- equal time, counted in steps -----------------------------------------------------------------


def test_minutes_become_steps_by_a_pace_that_is_kept(shapes: Path, tmp_path: Path) -> None:
    base = dataclasses.replace(train_config(shapes, tmp_path), steps=None, minutes=1.0)
    configs = {
        "one": base,
        "longer": dataclasses.replace(base, minutes=3.0, seed=5),
        "wider": dataclasses.replace(base, width=8),
    }
    first = paced(configs, tmp_path / "pace.json", rounds=2, steps=1)
    seconds = json.loads((tmp_path / "pace.json").read_text(encoding="utf-8"))
    assert len(seconds) == 2  # length and seed change nothing of a step's time
    assert all(config.minutes is None and config.steps for config in first.values())
    assert first["longer"].steps == pytest.approx(3 * (first["one"].steps or 0), abs=2)
    assert first["one"].steps == round(60 / seconds[next(key for key in seconds if '"width": 4' in key)])
    assert paced(configs, tmp_path / "pace.json") == first


def test_the_quick_part_of_a_run_is_counted_at_its_own_pace(shapes: Path, tmp_path: Path) -> None:
    base = train_config(shapes, tmp_path, halvings=4, quarters=0.5, decay_from=0.75)
    config = dataclasses.replace(base, steps=None, minutes=1.0)
    counted = paced({"one": config}, tmp_path / "pace.json", rounds=2, steps=1)["one"]
    seconds = json.loads((tmp_path / "pace.json").read_text(encoding="utf-8"))
    small = 30 / next(value for key, value in seconds.items() if '"quarters": 1.0' in key)
    whole = 30 / next(value for key, value in seconds.items() if '"quarters"' not in key)
    assert len(seconds) == 2 and counted.steps == round(small + whole)
    assert counted.quarters == pytest.approx(small / (small + whole))
    assert counted.decay_from == pytest.approx((small + whole / 2) / (small + whole))


def test_the_claims_are_compared_with_what_was_seen() -> None:
    means = {"L1": {"sharpness": 0.1, "spectrum": 5.0}, "L1+cGAN": {"sharpness": 0.9, "spectrum": 6.0}}
    lines = losses.verdicts(means)
    assert len(lines) == 2
    assert "as in the paper" in lines[0] and "CONTRADICTS" in lines[1]
    assert {row for _, _, *both in losses.CLAIMS for row in both} <= set(losses.ROWS)
