"""The benchmarks run from one command, go on after a stop, and say what they saw."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from support import train_config, write_labels

from benchmarks.trials import finetune, losses
from benchmarks.trials.trials import RESULTS, Trial, run_trials
from pix2pix.errors import ConfigError
from train.config import TrainConfig
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
    first = run_trials(trials[:1], tmp_path)
    events = fit(dataclasses.replace(trials[1].config, out=str(tmp_path / "runs" / "b-b")))
    for _ in range(3):
        next(events)
    events.close()  # after two of its four steps
    stamp = (tmp_path / "runs" / "a" / "config.json").stat().st_mtime_ns
    both = run_trials(trials, tmp_path)
    assert (tmp_path / "runs" / "a" / "config.json").stat().st_mtime_ns == stamp
    assert both["a"] == first["a"]
    assert both["b b"]["steps"] == 4 and both["b b"]["metrics"]["model"]["l1"] > 0
    assert saved(tmp_path)["results"] == both


def test_results_of_two_recipes_are_not_mixed(shapes: Path, tmp_path: Path) -> None:
    run_trials([Trial("a", train_config(shapes, tmp_path, steps=1))], tmp_path)
    with pytest.raises(ConfigError, match="another recipe"):
        run_trials([Trial("a", train_config(shapes, tmp_path, steps=2))], tmp_path)


# ---- the benchmarks -----------------------------------------------------------------------------------


def test_losses(labels: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [row for row in losses.ROWS if "patch" not in row]
    given = [str(labels), "--out", str(tmp_path), "--image-size", "32", "--steps", "2", "--seeds", "0", "1"]
    assert losses.main([*given, "--rows", *rows], **SMALL, receptive_field=16) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("  ")[0] for line in lines[1 : len(rows) + 1]] == rows
    assert len(saved(tmp_path)["results"]) == 2 * len(rows)


def test_every_row_differs_from_the_first_in_options_that_exist() -> None:
    known = {f.name for f in dataclasses.fields(TrainConfig)}
    assert all(set(changes) <= known for changes in losses.ROWS.values())
    assert len({json.dumps(changes, sort_keys=True) for changes in losses.ROWS.values()}) == len(losses.ROWS)


def test_a_half_done_run_of_guessed_input_goes_on(labels: Path, tmp_path: Path) -> None:
    """Its own config names the input that was found, which is no other recipe."""
    given = [str(labels), "--out", str(tmp_path), "--image-size", "32", "--steps", "3", "--rows", "L1"]
    changes = {**SMALL, "receptive_field": 16, "sample_every": 1e6}
    assert losses.main([*given], **changes) == 0
    (tmp_path / RESULTS).unlink()
    assert losses.main([*given], **{**changes, "sample_every": 1e5}) == 0
    assert saved(tmp_path)["results"]["L1, seed 0"]["steps"] == 3


def test_the_claims_are_compared_with_what_was_seen() -> None:
    means = {"L1": {"sharpness": 0.1, "spectrum": 5.0}, "L1+cGAN": {"sharpness": 0.9, "spectrum": 6.0}}
    lines = losses.verdicts(means)
    assert len(lines) == 2
    assert "as in the paper" in lines[0] and "CONTRADICTS" in lines[1]
    assert {row for _, _, *both in losses.CLAIMS for row in both} <= set(losses.ROWS)


def test_finetune(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Only held-out pairs are used, and none is both trained on and measured."""
    list(fit(train_config(write_labels(tmp_path / "more", train=2, val=8), tmp_path / "run", input="labels")))
    model = str(tmp_path / "run" / "checkpoint")
    monkeypatch.setattr(finetune, "KINDS", {"houses": (model, ("more",), "AtoB", "labels")})
    out, small = tmp_path / "out", {"steps": 2, "workers": 0, "device": "cpu", "minutes": None}
    given = [str(tmp_path), "--out", str(out), "--kinds", "houses", "--seeds", "0", "1"]
    assert finetune.main(given, **small, lambda_features=0.0, lambda_feature_gan=0.0) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("  ")[0] for line in lines[:3]] == ["houses", "as it is", "trained"]
    assert len(saved(out)["results"]) == 2
    trained, others = (
        {file.read_bytes() for file in (out / "data" / "houses" / split / "B").iterdir()}
        for split in ("train", "val")
    )
    assert (len(trained), len(others)) == (4, 4) and not trained & others
