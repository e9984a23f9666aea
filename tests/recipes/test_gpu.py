"""A bundled model is trained from a pack, in time, and comes back in parts: on a CPU, with tiny networks."""

from __future__ import annotations

import os
import signal
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from support import shape_pair, side_by_side

from pix2pix.checkpoint import load_checkpoint
from recipes import gpu, models, packing
from train.data.pairs import Pairs, find_pairs
from train.events import Step
from train.loop import settle_palette
from train.presets import from_preset
from train.runs.job_files import status_of

TINY: dict[str, Any] = {
    "start": "",
    "width": 2,
    "discriminator_width": 2,
    "image_size": 64,
    "load_size": 64,
    "halvings": 4,
    "precision": "float32",
}


@pytest.fixture(scope="module")
def packs(model_data: Path) -> dict[str, Path]:
    for name in models.RECIPES:
        assert gpu.main(["pack", str(model_data), name, str(model_data / f"{name}.zip")], **TINY) == 0
    return {name: model_data / f"{name}.zip" for name in models.RECIPES}


def pairs_of(name: str, data: tuple[str, ...]) -> Pairs:
    stage = {**models.RECIPES[name].stages[-1], **TINY}
    config = from_preset("quick", data=data, **stage)
    return settle_palette(config, find_pairs(data, input=config.input, direction=config.direction))


@pytest.mark.parametrize("name", models.RECIPES)
def test_a_pack_holds_the_pairs_as_they_are_trained_on(
    model_data: Path, packs: dict[str, Path], tmp_path: Path, name: str
) -> None:
    packed = pairs_of(name, (str(packs[name]),))
    given = pairs_of(name, tuple(models.data_of(name, model_data)))
    assert len(packed.train) == len(given.train) and len(packed.val) == len(given.val) > 0
    assert not packed.problems
    assert packed.palette is None or set(packed.palette.colours) == set(given.palette.colours)
    assert packed.palette is None or (packed.palette.names and not packed.palette.ids)
    direction = models.RECIPES[name].stages[-1].get("direction", "AtoB")
    for ours, theirs in zip(packed.train, given.train, strict=True):
        halves = [[np.asarray(image) for image in pair.load(direction)] for pair in (ours, theirs)]
        assert np.array_equal(halves[0][0], halves[1][0])
        for first, second in zip(*halves, strict=True):
            assert first.shape == second.shape
            assert np.corrcoef(first.mean(2).ravel(), second.mean(2).ravel())[0, 1] > 0.6  # of noise


def test_a_pack_is_as_large_as_allowed(
    model_data: Path, packs: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, allowed = tmp_path / "small.zip", packs["labels2facade"].stat().st_size * 0.9
    given = ["pack", str(model_data), "labels2facade", str(file), "--megabytes", str(allowed / 1e6)]
    assert gpu.main(given, **TINY) == 0
    assert file.stat().st_size < allowed
    assert gpu.main([*given[:-1], "0.001"], **TINY) == 1
    assert "do not fit" in capsys.readouterr().err


def train(pack: Path, name: str, out: Path, *more: str) -> int:
    words = ["train", str(pack), name, str(out), "--device", "cpu", "--workers", "0", "--batch-size", "2"]
    return gpu.main([*words, *more], **TINY)


@pytest.mark.parametrize("name", models.RECIPES)
def test_a_model_is_trained_in_time_and_comes_back(
    packs: dict[str, Path],
    tmp_path: Path,
    name: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(packing, "PART_BYTES", 20_000)
    assert train(packs[name], name, tmp_path / "run", "--minutes", "5", "--whole", "0.02") == 0
    assert status_of(tmp_path / "run")["state"] == "finished"
    parts = sorted((tmp_path / "run-parts").iterdir())
    assert len(parts) > 1 and all(part.stat().st_size <= 20_000 for part in parts)
    whole = load_checkpoint(tmp_path / "run" / "checkpoint")
    assert gpu.main(["join", str(tmp_path / "run-parts"), str(tmp_path / "back")]) == 0
    back = load_checkpoint(tmp_path / "back" / "checkpoint")
    assert back.config == whole.config and back.config.images_seen > 0
    assert train(packs[name], name, tmp_path / "run") == 0
    assert "is finished" in capsys.readouterr().out
    for key, weight in whole.generator.state_dict().items():
        assert torch.equal(back.generator.state_dict()[key], weight)


def test_a_run_ends_in_time_and_goes_on(
    packs: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack, out, real = packs["edges2photo"], tmp_path / "run", gpu.fit

    def ended_after_two(*given: Any, **more: Any) -> Iterator[Any]:
        steps = 0
        for event in real(*given, **more):
            steps += isinstance(event, Step)
            if isinstance(event, Step) and steps == 2:
                os.kill(os.getpid(), signal.SIGTERM)  # as a time limit does
            yield event

    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr(gpu, "fit", ended_after_two)
    for step, minutes in ((2, "5"), (4, "5"), (4, "0.001")):
        assert train(pack, "edges2photo", out, "--minutes", minutes, "--whole", "30") == 0
        assert status_of(out)["state"] == "stopped"
        assert [part.name for part in (tmp_path / "run-parts").iterdir()] == [f"model-000000{step}.1-of-1"]
        assert load_checkpoint(out / "checkpoint").config.images_seen == 2 * step
    assert signal.getsignal(signal.SIGTERM) is before


def test_what_is_missing_is_said_first(
    packs: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert gpu.main(["train", str(tmp_path / "no.zip"), "edges2photo", str(tmp_path / "run")]) == 1
    assert "There is no pack" in capsys.readouterr().err
    if not torch.cuda.is_available():
        assert gpu.main(["train", str(packs["edges2photo"]), "edges2photo", str(tmp_path / "run")]) == 1
        assert "finds no GPU" in capsys.readouterr().err
    assert gpu.main(["join", str(tmp_path), str(tmp_path / "run")]) == 1
    assert "no complete model" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def test_speed_is_measured_by_batch(packs: dict[str, Path], capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--device", "cpu", "--workers", "0", "--batch-sizes", "1", "2", "--seconds", "0.2"]
    assert gpu.main(["speed", str(packs["edges2photo"]), "edges2photo", *words], **TINY) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    rows = [row for row in rows if len(row) == 6 and row[0].isdigit()]
    assert [row[0] for row in rows] == ["1", "2"] and all(float(row[1]) > 0 for row in rows)


def test_there_are_no_more_workers_than_the_shared_memory_holds(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config = from_preset("quick", minutes=1.0, batch_size=16)
    assert gpu.workers_for(config, 0) == 0
    monkeypatch.setattr(gpu.shutil, "disk_usage", lambda _: SimpleNamespace(free=64 << 20))
    assert gpu.workers_for(config, 16) == 1
    assert "larger /dev/shm" in capsys.readouterr().out


def test_labels_are_packed_at_their_own_aspect(tmp_path: Path) -> None:
    drawing, photo = (image.resize((256, 128)) for image in shape_pair(0))
    side_by_side(drawing, photo).save(tmp_path / "0.png")
    config = from_preset("quick", minutes=1.0, input="photo", data=(str(tmp_path),), **TINY)
    packing.pack(config, tmp_path / "pack.zip")
    with zipfile.ZipFile(tmp_path / "pack.zip") as archive:
        assert archive.namelist() == ["train/A/00000.jpg", "train/B/00000.jpg"]
    (pair,) = find_pairs([tmp_path / "pack.zip"]).train
    assert [image.size for image in pair.load()] == [(128, 64), (128, 64)]
