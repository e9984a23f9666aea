"""The benchmarks run from one command, go on after a stop, and say what they saw."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from support import make_checkpoint, tiny_generator, train_config, write_labels

import train.evaluate
from benchmarks import finetune, losses, recipes
from benchmarks.trials import RESULTS, Trial, run_trials, write_subset
from pix2pix.discriminator import DiscriminatorSpec
from pix2pix.errors import ConfigError
from train.config import TrainConfig
from train.loop import fit
from train.pairs import find_pairs
from train.segmenter import SegmenterRecipe

SMALL = {
    "width": 2,
    "discriminator_width": 2,
    "batch_size": 2,
    "workers": 0,
    "device": "cpu",
    "precision": "float32",
}
KNOWN = {f.name for f in dataclasses.fields(TrainConfig)}


@pytest.fixture(autouse=True)
def _quick_segmenter(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    def recipe(size: int) -> SegmenterRecipe:
        return SegmenterRecipe(size=size, width=4, depth=1, steps=4, batch_size=2)

    recipe.size = 128  # type: ignore[attr-defined]
    monkeypatch.setattr(train.evaluate, "SegmenterRecipe", recipe)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "cache"))


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


# ---- the three benchmarks -------------------------------------------------------------------------


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
    given = [str(labels), "--out", str(tmp_path), "--image-size", "32", "--minutes", "0.01", "0.005"]
    assert recipes.main(given, **SMALL, receptive_field=16) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["preset", "l1", "psnr", "ssim", "spectrum", "sharpness", "class_iou"]
    assert [line.split("  ")[0] for line in lines[1:5]] == [
        "quick, 0.005 min",
        "paper, 0.005 min",
        "quick, 0.01 min",
        "paper, 0.01 min",
    ]
    assert lines[5].startswith("the true photos") and len(lines) == 8
    assert "class_iou of paper at 0.01 minutes" in lines[6] and "quick" in lines[6]
    assert saved(tmp_path)["results"]["paper, 0.01 min, seed 0"]["recipe"]["preset"] == "paper"


def test_when_a_preset_reaches_the_other() -> None:
    rows = {
        ("quick", 5.0): {"class_iou": 0.1, "spectrum": 2.0},
        ("quick", 20.0): {"class_iou": 0.3, "spectrum": 1.9},
        ("paper", 5.0): {"class_iou": 0.1, "spectrum": 3.0},
        ("paper", 20.0): {"class_iou": 0.2, "spectrum": 1.0},
    }
    first, second = recipes.reached(rows, ["quick", "paper"], [5.0, 20.0])
    assert "class_iou of paper at 20 minutes (0.2000): quick after 20 minutes" in first
    assert "spectrum" in second and second.endswith("quick not yet")


def test_losses(labels: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [row for row, changes in losses.ROWS.items() if set(changes) <= KNOWN and "patch" not in row]
    given = [str(labels), "--out", str(tmp_path), "--image-size", "32", "--steps", "2", "--seeds", "0", "1"]
    changes = {**SMALL, "receptive_field": 16}
    assert losses.main([*given, "--rows", *rows], **changes) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("  ")[0] for line in lines[1 : len(rows) + 1]] == rows
    assert len(saved(tmp_path)["results"]) == 2 * len(rows)


def test_a_row_that_cannot_be_trained_is_named(labels: Path, tmp_path: Path) -> None:
    for row, changes in losses.ROWS.items():
        options = ["--out", str(tmp_path / row), "--rows", row, "--steps", "1", "--image-size", "16"]
        if set(changes) - KNOWN:
            assert losses.main([str(labels), *options]) == 1


def test_the_claims_are_compared_with_what_was_seen() -> None:
    means = {"L1": {"sharpness": 0.1, "spectrum": 5.0}, "L1+cGAN": {"sharpness": 0.9, "spectrum": 6.0}}
    lines = losses.verdicts(means)
    assert len(lines) == 2
    assert "as in the paper" in lines[0] and "CONTRADICTS" in lines[1]
    assert {row for _, _, *both in losses.CLAIMS for row in both} <= set(losses.ROWS)
