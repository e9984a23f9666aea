"""The Learn tab's models: trained by one command that goes on, bundled by another that checks them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image
from support import assert_one_sentence, write_labels

from benchmarks.trials import losses
from benchmarks.trials.trials import RESULTS
from pix2pix.checkpoint import load_checkpoint
from pix2pix.errors import CheckpointError
from pix2pix.ui.learn import lesson
from recipes import ablations

TINY = {
    "width": 2,
    "discriminator_width": 2,
    "halvings": 3,
    "batch_size": 2,
    "workers": 0,
    "device": "cpu",
    "precision": "float32",
}


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = write_labels(tmp_path_factory.mktemp("data") / "labels", train=3, val=1, size=128)
    out = tmp_path_factory.mktemp("ablations")
    given = ["train", str(data), "--direction", "BtoA", "--out", str(out), "--steps", "1"]
    assert ablations.main(given, **TINY) == 0
    stamps = {path: path.stat().st_mtime_ns for path in out.glob("runs/*/checkpoint/*")}
    assert ablations.main(given, **TINY) == 0  # all from the folder
    assert stamps == {path: path.stat().st_mtime_ns for path in out.glob("runs/*/checkpoint/*")}
    return out


def test_every_row_has_a_name_and_every_name_a_place_on_the_page() -> None:
    assert set(ablations.NAMES) <= set(losses.ROWS)
    assert tuple(ablations.NAMES.values()) == lesson.ABLATIONS


def test_the_page_and_the_benchmark_speak_of_the_same_claims() -> None:
    shown = [claim for claim in losses.CLAIMS if {*claim[2:]} <= ablations.NAMES.keys()]
    ours = [(n, ablations.NAMES[small], ablations.NAMES[large]) for _, n, small, large in shown]
    assert sorted(ours) == sorted((number, small, large) for _, number, small, large in lesson.CLAIMS)


def test_bundled_models_work_and_say_what_they_are(trained: Path, tmp_path: Path) -> None:
    results = json.loads((trained / RESULTS).read_text(encoding="utf-8"))["results"]
    assert ablations.main(["bundle", str(trained), str(tmp_path / "out")]) == 0
    folders = sorted((tmp_path / "out").iterdir())
    assert [folder.name for folder in folders] == sorted(lesson.ABLATIONS)
    for folder in folders:
        checkpoint = load_checkpoint(folder)
        config = checkpoint.config
        assert config.name == folder.name and "research use" in config.terms
        assert "research use" in (folder / "README.md").read_text(encoding="utf-8")
        assert Image.open(folder / "preview.jpg").size == (128, 2 * 128)
        if config.gan_loss == "none":
            with pytest.raises(CheckpointError):
                checkpoint.trained_discriminator()
            assert not (folder / "discriminator.safetensors").exists()
        else:
            assert checkpoint.trained_discriminator()
    l1 = load_checkpoint(tmp_path / "out" / "l1").config
    assert l1.metrics == results["L1, seed 0"]["metrics"]
    assert load_checkpoint(tmp_path / "out" / "patch_286").config.discriminator.receptive_field == 286  # type: ignore[union-attr]
    assert load_checkpoint(tmp_path / "out" / "l1_cgan_no_skips").config.generator.kind == "encoder_decoder"


def test_unfinished_or_too_large_is_refused_and_nothing_written(
    trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ablations.main(["bundle", str(tmp_path), str(tmp_path / "out")]) == 1
    message = capsys.readouterr().err.strip().removeprefix("Error: ")
    assert_one_sentence(message)
    assert "L1+cGAN, no skips, seed 0" in message
    monkeypatch.setattr(ablations, "MOST_BYTES", 1000)
    assert ablations.main(["bundle", str(trained), str(tmp_path / "out")]) == 1
    assert_one_sentence(capsys.readouterr().err.strip().removeprefix("Error: "))
    assert not (tmp_path / "out").exists()
