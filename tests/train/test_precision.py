"""The layout of a network in memory changes how fast it is and nothing else."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import torch
from support import train_config

import train.engine.trainer
from train.config import TrainConfig
from train.data.pairs import find_pairs
from train.engine.trainer import Trainer
from train.loop import fit
from train.precision import layout_of, training_layout

CPU, FIRST, LAST = torch.device("cpu"), torch.contiguous_format, torch.channels_last


def test_channels_come_first_only_where_that_is_faster() -> None:
    assert training_layout(CPU, torch.float32, 64) is FIRST
    assert training_layout(CPU, torch.float32, 16) is LAST
    assert training_layout(CPU, torch.bfloat16, 64) is LAST
    assert training_layout(torch.device("cuda"), torch.float32, 64) is LAST


@pytest.mark.parametrize("layout", [FIRST, LAST])
def test_everything_of_a_run_has_its_layout(
    shapes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, layout: torch.memory_format
) -> None:
    monkeypatch.setattr(train.engine.trainer, "training_layout", lambda *_: layout)
    config = train_config(shapes, tmp_path / "run")
    trainer = Trainer(config, find_pairs(config.data))
    for network in (trainer.generator, trainer.discriminator, trainer.average):
        assert layout_of(network) is layout


def test_a_run_in_either_layout_gives_the_same_weights_but_for_rounding(
    shapes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = []
    for name, layout in (("first", FIRST), ("last", LAST)):
        monkeypatch.setattr(train.engine.trainer, "training_layout", lambda *_, layout=layout: layout)
        *_, done = fit(train_config(shapes, tmp_path / name, steps=2))
        ends.append(done.metrics["model"]["l1"])
    assert ends[0] == pytest.approx(ends[1], abs=2e-3)


@pytest.mark.parametrize("layout", [FIRST, LAST])
def test_a_resumed_run_ends_with_the_same_bits_in_either_layout(
    shapes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, layout: torch.memory_format
) -> None:
    monkeypatch.setattr(train.engine.trainer, "training_layout", lambda *_: layout)
    config = train_config(shapes, tmp_path / "whole", steps=4, ema=0.0)
    list(fit(config))
    events = fit(dataclasses.replace(config, out=str(tmp_path / "stopped")))
    for _ in range(3):
        next(events)
    events.close()
    list(fit(dataclasses.replace(config, out=str(tmp_path / "stopped")), resume=True))
    whole, stopped = (
        (tmp_path / name / "checkpoint" / "generator.safetensors").read_bytes()
        for name in ("whole", "stopped")
    )
    assert whole == stopped


def test_without_an_average_the_weights_themselves_are_looked_at(shapes: Path, tmp_path: Path) -> None:
    config: TrainConfig = train_config(shapes, tmp_path / "run", ema=0.0)
    trainer = Trainer(config, find_pairs(config.data))
    images = torch.randint(0, 256, (2, 2, 3, 32, 32), dtype=torch.uint8)
    for _ in range(2):
        trainer.train_step(*images)
        assert torch.equal(trainer.average.last.weight, trainer.generator.last.weight)
        assert not trainer.average.training
