"""Compiled networks learn as others do; where nothing can be compiled, a note says so and the run goes on."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
import torch
from support import assert_one_sentence, train_config

from train.data.pairs import find_pairs
from train.engine.trainer import Trainer

TRACE_ONLY = partial(torch.compile, backend="aot_eager")  # all but the slow part, which needs a C compiler


def losses(trainer: Trainer) -> list[dict[str, float]]:
    rng = torch.Generator().manual_seed(0)
    images = torch.randint(0, 256, (2, 2, 3, 32, 32), dtype=torch.uint8, generator=rng)
    steps = []
    for _ in range(2):
        trainer.seed_noise()
        steps.append({name: float(value) for name, value in trainer.train_step(*images).items()})
    return steps


def test_compiled_networks_learn_the_same(
    shapes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch, "compile", TRACE_ONLY)
    plain, ours = (
        Trainer(
            train_config(shapes, tmp_path, compile=compile, lambda_features=1.0, dropout=0.0),
            find_pairs([shapes]),
        )
        for compile in (False, True)
    )
    assert not ours.notes and plain.generator.state_dict().keys() == ours.generator.state_dict().keys()
    for ours_now, plain_now in zip(losses(ours), losses(plain), strict=True):
        assert ours_now == pytest.approx(plain_now, rel=1e-3)


def test_without_a_compiler_it_goes_on(shapes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("no C compiler\nand a long story")

    monkeypatch.setattr(torch, "compile", broken)
    trainer = Trainer(train_config(shapes, tmp_path, compile=True), find_pairs([shapes]))
    (note,) = trainer.notes
    assert_one_sentence(note)
    assert "no C compiler" in note and len(losses(trainer)) == 2
