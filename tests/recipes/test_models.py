"""The bundled models' recipes: they fit their networks, go on where they were stopped, and end bundled."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from pix2pix.checkpoint import load_checkpoint
from pix2pix.facade import draw_facade
from pix2pix.translator import Translator
from recipes import models

TINY = {
    "start": "",  # not the bundled model, which is large
    "width": 2,
    "discriminator_width": 2,
    "batch_size": 1,
    "steps": 1,
    "workers": 0,
    "device": "cpu",
    "precision": "float32",
}


def test_day2night_learns_from_scenes_and_ends_bundled(model_data: Path, tmp_path: Path) -> None:
    given = [str(model_data), "day2night", "--out", str(tmp_path / "runs"), "--to", str(tmp_path / "to")]
    assert models.main(given, scenes=6, steps=2, width=4) == 0
    checkpoint = load_checkpoint(tmp_path / "to" / "day2night")
    assert checkpoint.config.generator.head == "night" and "research use" in checkpoint.config.terms
    assert checkpoint.config.metrics["model"]["l1"] > 0 and checkpoint.trained_discriminator()
    assert "daynight" in (tmp_path / "to" / "day2night" / "README.md").read_text(encoding="utf-8")
    made = (tmp_path / "runs" / "day2night" / "config.json").stat().st_mtime_ns
    assert models.main(given) == 0  # not trained twice
    assert (tmp_path / "runs" / "day2night" / "config.json").stat().st_mtime_ns == made


@pytest.mark.parametrize("name", models.RECIPES)
def test_a_recipe_ends_with_a_bundled_model(model_data: Path, tmp_path: Path, name: str) -> None:
    given = [str(model_data), name, "--out", str(tmp_path / "runs"), "--to", str(tmp_path / "to")]
    assert models.main(given, **TINY) == 0
    checkpoint = load_checkpoint(tmp_path / "to" / name)
    spec = checkpoint.config.generator
    free = name == "edges2emoji"
    terms = "MIT" if free else "research use"
    assert checkpoint.config.name == name and terms in checkpoint.config.terms
    assert checkpoint.config.licence == ("mit" if free else "other")
    assert checkpoint.config.metrics["model"]["l1"] > 0
    assert checkpoint.trained_discriminator()
    assert spec.spread_hints == name.startswith("edges2")
    assert Image.open(tmp_path / "to" / name / "preview.jpg").height == 512
    assert terms in (tmp_path / "to" / name / "README.md").read_text(encoding="utf-8")
    assert Translator(checkpoint.config, checkpoint.generator).translate(draw_facade(0, 256)).size == (
        256,
        256,
    )

    runs = tmp_path / "runs"
    stamps = {path: path.stat().st_mtime_ns for path in runs.glob("*/checkpoint/*.safetensors")}
    assert len(stamps) == 2 * len(models.RECIPES[name].stages)
    assert models.main(given, **TINY) == 0  # nothing is trained twice
    assert {path: path.stat().st_mtime_ns for path in stamps} == stamps


def test_every_recipe_has_its_card_and_its_terms() -> None:
    for name in models.NAMES:
        assert name in models.bundle.TERMS
        card = (models.bundle.HERE / "cards" / f"{name}.md").read_text(encoding="utf-8")
        assert ("MIT licence" if name == "edges2emoji" else "research use") in card


def test_an_unknown_model_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        models.main([str(tmp_path), "edges2cats"])
    assert "edges2cats" in capsys.readouterr().err
