"""A GPU is never waited for within a step, and losses are looked at every few steps only.

No GPU is needed: tensors without data stand on one, and to look at their numbers is an error.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch
from support import train_config
from torch._subclasses import FakeTensorMode
from torch._subclasses.fake_tensor import DataDependentOutputException

import train.engine.trainer
from pix2pix.discriminator import DiscriminatorSpec, PatchDiscriminator
from pix2pix.errors import RunError
from pix2pix.feature_critic import FeatureCritic
from pix2pix.features import FeatureNetwork
from pix2pix.generator import Generator, GeneratorSpec, build_generator
from train.data.pairs import find_pairs
from train.data.part_colours import told_colours
from train.engine.phases import even_phases
from train.engine.trainer import LOG_EVERY
from train.runs.run import RunFolder


@pytest.fixture
def on_gpu() -> Iterator[Callable[..., torch.Tensor]]:
    """Makes tensors of a shape there."""
    even_phases(build_generator(GeneratorSpec(width=4, image_size=64)))  # what is kept, is kept as numbers
    with FakeTensorMode(allow_non_fake_inputs=True), torch.device("cuda"):
        yield lambda *shape: torch.empty(shape, device="cuda")


def generator(**changes: object) -> Generator:
    return build_generator(GeneratorSpec(width=4, image_size=64, norm="instance", **changes)).train()


def test_a_look_is_an_error(on_gpu: Callable[..., torch.Tensor]) -> None:
    with pytest.raises(DataDependentOutputException):
        float(on_gpu(1))


def test_what_is_told_is_found_without_a_look(on_gpu: Callable[..., torch.Tensor], tmp_path: Path) -> None:
    config = train_config(tmp_path, tmp_path / "run", spread_hints=True, image_size=64, load_size=64)
    told = told_colours(on_gpu(2, 3, 64, 64), on_gpu(2, 3, 64, 64), config)
    assert told.is_cuda and told.shape == (2, 3, 64, 64)


@pytest.mark.parametrize("changes", [{"spread_hints": True, "hide_dabs": True}, {"final": "resize"}])
def test_generators(on_gpu: Callable[..., torch.Tensor], changes: dict[str, object]) -> None:
    assert generator(**changes)(on_gpu(2, 3, 64, 64), colour=on_gpu(2, 3, 64, 64)).is_cuda


def test_the_relighting_head(on_gpu: Callable[..., torch.Tensor]) -> None:
    assert generator(head="relight", final="resize", halvings=4)(on_gpu(2, 3, 64, 64)).is_cuda


def test_the_others(on_gpu: Callable[..., torch.Tensor]) -> None:
    x, y = on_gpu(2, 3, 64, 64), on_gpu(2, 3, 64, 64)
    assert PatchDiscriminator(DiscriminatorSpec(width=4, norm="instance"))(x, y).is_cuda
    activations = FeatureNetwork()(x)
    assert all(scores.is_cuda for scores in FeatureCritic()(activations, activations))


def test_losses_are_looked_at_every_few_steps(
    shapes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = train_config(shapes, tmp_path / "run")
    run = RunFolder(config.out)
    run.create(config)
    trainer = train.engine.trainer.Trainer(config, find_pairs([shapes]))
    monkeypatch.setattr(trainer, "device", torch.device("meta"))  # any but the CPU

    def step(loss: float) -> object:
        trainer.step += 1
        return trainer.report(run, {"l1": torch.tensor(loss)})

    events = [step(float(n)) for n in range(2 * LOG_EVERY)]
    seen = [event for event in events if event is not None]
    assert [event.step for event in seen] == [LOG_EVERY, 2 * LOG_EVERY]
    assert [event.losses["l1"] for event in seen] == [4.5, 14.5]
    assert len(run.metrics.read_text().splitlines()) == 2
    step(1.0)
    step(math.nan)
    with pytest.raises(RunError, match="at step 22"):
        trainer.save(run)
    assert not run.has_state()
