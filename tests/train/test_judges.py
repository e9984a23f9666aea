"""Judges of whole sets: the FCN-score of a label model, and FID and KID with and without their package."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from support import make_checkpoint, tiny_generator, train_config, write_labels
from torch import Tensor, nn

import train.evaluate
import train.judges
from pix2pix.checkpoint import load_config
from train.cli import main
from train.evaluate import evaluate, judges_for
from train.judges import DistributionJudge, FCNJudge
from train.pairs import Pairs, find_pairs, to_float, validation_batch
from train.segmenter import SegmenterRecipe, find_judge

QUICK = SegmenterRecipe(size=32, width=8, depth=2, steps=60, batch_size=4, learning_rate=1e-2)


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "cache"))


@pytest.fixture(scope="module")
def labels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_labels(tmp_path_factory.mktemp("labels"), train=12, val=4)


@pytest.fixture(scope="module")
def label_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_checkpoint(tmp_path_factory.mktemp("models") / "labels", tiny_generator(), input="labels")


def true_answers(pairs: Pairs, config: Any) -> dict[str, Tensor]:
    condition, target = (to_float(x) for x in validation_batch(pairs.val, config))
    return {str(x.sum().item()): y for x, y in zip(condition, target, strict=True)}


# ---- FCN-score ------------------------------------------------------------------------------------


def test_the_true_photos_reach_the_ceiling_and_others_do_not(labels: Path, tmp_path: Path) -> None:
    pairs, config = find_pairs([labels]), train_config(labels, tmp_path)
    judge = FCNJudge(find_judge(pairs.train, "AtoB", QUICK, cache=tmp_path), "AtoB")
    known = true_answers(pairs, config)
    metrics = evaluate(lambda x: torch.stack([known[str(i.sum().item())] for i in x]), pairs, config, [judge])
    names = ("pixel_accuracy", "class_accuracy", "class_iou")
    assert [metrics["model"][n] for n in names] == [metrics["ground_truth"][n] for n in names]
    assert set(metrics["ground_truth"]) == set(names)
    assert metrics["ground_truth"]["class_iou"] > 0.7
    assert metrics["ground_truth"]["class_iou"] > metrics["mean_photo"]["class_iou"] + 0.2
    assert set(metrics["fcn"]["classes"]) == {"background", "cornice", "entrance"}
    assert metrics["pairs"] == {"count": 4}


def test_only_label_models_get_an_fcn_score_unasked(
    labels: Path, label_model: Path, tiny_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(train.evaluate, "SegmenterRecipe", recipe_of_seconds)
    pairs = find_pairs([labels])

    def kinds(model: Path, **asked: Any) -> list[type]:
        return [type(judge) for judge in judges_for(load_config(model), pairs, **asked)]

    assert kinds(label_model) == [FCNJudge]
    assert kinds(tiny_model) == []
    assert kinds(label_model, fcn=False) == []
    assert kinds(tiny_model, fcn=True, fid=True) == [FCNJudge, DistributionJudge]


def recipe_of_seconds(size: int) -> SegmenterRecipe:
    return SegmenterRecipe(size=size, width=4, depth=1, steps=4, batch_size=2)


recipe_of_seconds.size = 128  # type: ignore[attr-defined]


def test_the_command_prints_scores_and_classes(
    labels: Path, label_model: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(train.evaluate, "SegmenterRecipe", recipe_of_seconds)
    assert main(["evaluate", str(label_model), str(labels)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith("pixel acc.  class acc.  class IoU")
    assert [line.split()[0] for line in lines[1:5]] == ["model", "input", "mean_photo", "ground_truth"]
    assert [line.split()[0] for line in lines[-3:]] == ["background", "cornice", "entrance"]
    assert main(["evaluate", str(label_model), str(labels), "--json"]) == 0
    first = capsys.readouterr().out
    assert main(["evaluate", str(label_model), str(labels), "--json"]) == 0
    assert capsys.readouterr().out == first
    assert 0 <= json.loads(first)["model"]["class_iou"] <= 1


def test_the_command_prints_a_card_with_the_numbers(
    tiny_model: Path, shapes: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", str(tiny_model), str(shapes), "--card"]) == 0
    card = capsys.readouterr().out
    assert "model-index" in card and "2 held-out pairs" in card


def test_photos_cannot_be_judged_by_labels(
    shapes: Path, label_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", str(label_model), str(shapes)]) == 1
    assert "--no-fcn" in capsys.readouterr().err
    assert main(["evaluate", str(label_model), str(shapes), "--no-fcn"]) == 0


# ---- FID and KID ----------------------------------------------------------------------------------


class Colours(nn.Module):
    """(N, 3, H, W) uint8 -> (N, 3): mean colours, as a tiny stand-in for Inception's features."""

    def forward(self, x: Tensor) -> Tensor:
        assert x.dtype == torch.uint8
        return x.float().mean((2, 3)) / 255


def test_without_the_package_the_table_says_so(tiny_model: Path, shapes: Path) -> None:
    """In a process of its own, where the package cannot be imported whether or not it is there."""
    code = "import sys; sys.modules['torchmetrics'] = None; from train.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", code, "evaluate", str(tiny_model), str(shapes), "--fid"]
    root = Path(__file__).parents[2]
    done = subprocess.run(command, capture_output=True, text=True, cwd=root, timeout=200, check=False)
    assert done.returncode == 0, done.stderr
    assert "FID and KID are left out" in done.stdout and "pip install" in done.stdout
    assert "model" in done.stdout


def test_without_the_weights_the_numbers_say_so(
    tiny_model: Path, shapes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable() -> nn.Module:
        raise OSError("no route to host")

    pytest.importorskip("torchmetrics")
    monkeypatch.setattr(train.judges, "_inception", unreachable)
    judge = DistributionJudge(0)
    metrics = evaluate(lambda x: x, find_pairs([shapes]), train_config(shapes, tmp_path), [judge])
    assert "no route to host" in metrics["fid_missing"]["why"]
    assert "fid" not in metrics["model"]


def test_fid_and_kid_of_known_features(labels: Path, tmp_path: Path) -> None:
    pytest.importorskip("torchmetrics")
    pairs, config = find_pairs([labels]), train_config(labels, tmp_path)
    pairs = Pairs(pairs.train, pairs.train)
    target = to_float(validation_batch(pairs.val, config)[1])

    def measured() -> dict[str, Any]:
        return evaluate(lambda x: x * 0 - 0.5, pairs, config, [DistributionJudge(0, Colours())])

    metrics = measured()
    real = Colours()(target.add(1).mul(127.5).round().to(torch.uint8)).double()
    mean, cov = real.mean(0), torch.cov(real.T)
    grey = round(0.25 * 255) / 255
    assert metrics["model"]["fid"] == pytest.approx(
        float((mean - grey).square().sum() + cov.trace()), rel=0.01, abs=1e-4
    )
    assert metrics["model"]["kid"] > 0
    assert measured() == metrics  # KID's subsets are those of the seed
    assert "fid_missing" not in metrics
