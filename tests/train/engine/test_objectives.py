"""Every objective trains, steps as its formulas say, and resumes to the last bit."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
import torch
from support import assert_one_sentence, assert_same_tensors, train_config
from torch import Tensor, nn

from pix2pix.checkpoint import load_checkpoint
from pix2pix.errors import CheckpointError
from train.data.pairs import find_pairs
from train.engine.trainer import Trainer
from train.events import Step
from train.loop import fit
from train.runs.run import RunFolder

GAN_LOSSES = ("vanilla", "lsgan")
EVERY_GAN_LOSS = pytest.mark.parametrize("gan_loss", GAN_LOSSES)


def trainer_of(shapes: Path, **changes: Any) -> Trainer:
    config = train_config(shapes, Path("nowhere"), **{"dropout": 0.0, "ema": 0.0, "steps": 1000, **changes})
    return Trainer(config, find_pairs([shapes]))


def batch(seed: int = 1) -> tuple[Tensor, Tensor]:
    """A random input, and a target that follows from it."""
    rng = torch.Generator().manual_seed(seed)
    x = torch.randint(0, 256, (2, 3, 32, 32), dtype=torch.uint8, generator=rng)
    return x, 255 - x.roll(1, 1) // 2


def copied(network: nn.Module) -> dict[str, Tensor]:
    return {name: tensor.clone() for name, tensor in network.state_dict().items()}


def falls(values: list[float]) -> bool:
    return sum(values[-5:]) < sum(values[:5]) - 0.02 * abs(sum(values[:5]))


# ---- short trainings ------------------------------------------------------------------------------


@EVERY_GAN_LOSS
def test_the_discriminator_learns_alone(shapes: Path, gan_loss: str) -> None:
    trainer = trainer_of(shapes, gan_loss=gan_loss, learning_rate=1e-3)
    trainer.warmup = 1.0
    before = copied(trainer.generator)
    losses = [trainer.train_step(*batch()) for _ in range(30)]
    assert all(set(step) == {"d"} for step in losses)
    assert falls([float(step["d"]) for step in losses])
    assert_same_tensors(trainer.generator.state_dict(), before)


@pytest.mark.parametrize("reconstruction", ["l1", "l2"])
@pytest.mark.parametrize("gan_loss", [*GAN_LOSSES, "none"])
def test_the_picture_comes_closer(shapes: Path, gan_loss: str, reconstruction: str) -> None:
    trainer = trainer_of(shapes, gan_loss=gan_loss, reconstruction=reconstruction, learning_rate=2e-3)
    losses = [trainer.train_step(*batch()) for _ in range(30)]
    names = {reconstruction} if gan_loss == "none" else {"d", "gan", reconstruction}
    assert all(set(step) == names for step in losses)
    assert falls([float(step[reconstruction]) for step in losses])


@EVERY_GAN_LOSS
def test_the_generator_follows_a_discriminator_without_reconstruction(shapes: Path, gan_loss: str) -> None:
    trainer = trainer_of(shapes, gan_loss=gan_loss, reconstruction="none", learning_rate=2e-3)
    trainer.learners["discriminator"].adam.param_groups[0]["lr"] = 0.0  # it stays as it is
    losses = [trainer.train_step(*batch()) for _ in range(30)]
    assert all(set(step) == {"d", "gan"} for step in losses)
    assert float(losses[-1]["gan"]) < float(losses[0]["gan"])


# ---- the step, written down a second time ---------------------------------------------------------


def plain_losses(kind: str, d: nn.Module, x: Tensor, y: Tensor, fake: Tensor) -> tuple[Tensor, Tensor]:
    real_scores, fake_scores = d(x, y), d(x, fake)
    if kind == "lsgan":
        return ((real_scores - 1) ** 2).mean() / 2 + (fake_scores**2).mean() / 2, (
            (fake_scores - 1) ** 2
        ).mean()
    real_part, fake_part = real_scores.sigmoid().log().mean(), (1 - fake_scores.sigmoid()).log().mean()
    return -(real_part + fake_part) / 2, -fake_scores.sigmoid().log().mean()


@pytest.mark.parametrize("order", ["discriminator_first", "generator_first"])
@EVERY_GAN_LOSS
def test_a_step_in_either_order(shapes: Path, gan_loss: str, order: str) -> None:
    """One pass of the generator serves both; the second network judges or is judged by the stepped first."""
    changes = {"gan_loss": gan_loss, "order": order, "norm": "none", "lambda_l1": 10.0}
    trainer, theirs = (trainer_of(shapes, **changes) for _ in range(2))
    g, d = theirs.generator.train(), theirs.discriminator.train()
    adams = [torch.optim.Adam(n.parameters(), 2e-4, betas=(0.5, 0.999)) for n in (g, d)]
    for seed in range(3):
        x, y = batch(seed)
        losses = trainer.train_step(x, y)
        a, b = x.float() / 127.5 - 1, y.float() / 127.5 - 1
        fake = g(a)
        for who in "dg" if order == "discriminator_first" else "gd":
            if who == "d":
                loss_d = plain_losses(gan_loss, d, a, b, fake.detach())[0]
                adams[1].zero_grad()
                loss_d.backward()
                adams[1].step()
            else:
                gan = plain_losses(gan_loss, d, a, b, fake)[1]
                adams[0].zero_grad()
                (gan + 10 * (fake - b).abs().mean()).backward()
                adams[0].step()
        assert float(losses["d"]) == pytest.approx(float(loss_d.detach()), rel=1e-4)
        assert float(losses["gan"]) == pytest.approx(float(gan.detach()), rel=1e-4)
    for ours, other in ((trainer.generator, g), (trainer.discriminator, d)):
        for mine, their in zip(ours.parameters(), other.parameters(), strict=True):
            torch.testing.assert_close(mine.detach(), their.detach(), atol=2e-5, rtol=0)


def test_the_usual_step_makes_no_pass_too_many(shapes: Path) -> None:
    counts = {"generator": 0, "discriminator": 0}
    trainer = trainer_of(shapes)
    for name in counts:

        def count(*arguments: object, name: str = name) -> None:
            counts[name] += 1

        getattr(trainer, name).register_forward_hook(count)
    trainer.train_step(*batch())
    assert counts == {"generator": 1, "discriminator": 3}


# ---- whole runs -----------------------------------------------------------------------------------

RUNS: list[dict[str, Any]] = [
    {"gan_loss": "lsgan", "order": "generator_first", "norm": "instance_plain", "receptive_field": 94},
    {"generator": "encoder_decoder"},
    {"generator": "resnet_6", "precision": "bfloat16"},
    {"gan_loss": "none", "reconstruction": "l2", "generator": "resnet_9", "norm": "batch"},
    {"conditional": False, "reconstruction": "none", "norm": "batch"},
]


@pytest.mark.parametrize("changes", RUNS, ids=str)
def test_a_stopped_run_ends_as_one_that_was_not(
    shapes: Path, tmp_path: Path, changes: dict[str, Any]
) -> None:
    whole = train_config(shapes, tmp_path / "whole", steps=6, **changes)
    list(fit(whole))
    config = dataclasses.replace(whole, out=str(tmp_path / "run"))
    for event in (events := fit(config)):
        if isinstance(event, Step) and event.step == 3:
            break
    events.close()
    assert list(fit(config, resume=True))[-1].finished
    ours, theirs = (RunFolder(tmp_path / name).load_state()[0] for name in ("run", "whole"))
    assert_same_tensors(ours, theirs)
    models = [load_checkpoint(tmp_path / name / "checkpoint") for name in ("run", "whole")]
    assert_same_tensors(*(model.generator.state_dict() for model in models))
    assert models[0].config.gan_loss == config.gan_loss
    assert models[0].config.discriminator == config.discriminator_spec()


def test_without_a_gan_the_discriminator_rests_and_the_card_says_so(shapes: Path, tmp_path: Path) -> None:
    config = train_config(shapes, tmp_path / "run", gan_loss="none")
    before = copied(Trainer(config, find_pairs([shapes])).discriminator)
    list(fit(config))
    tensors, _ = RunFolder(config.out).load_state()
    assert not [name for name in tensors if name.startswith("discriminator_adam")]
    assert_same_tensors({k: tensors[f"discriminator/{k}"] for k in before}, before)
    model = load_checkpoint(tmp_path / "run" / "checkpoint")
    assert model.discriminator is not None
    with pytest.raises(CheckpointError) as caught:
        model.trained_discriminator()
    assert_one_sentence(caught.value)
    assert "never trained" in (tmp_path / "run" / "checkpoint" / "README.md").read_text()


def test_an_unconditional_discriminator_judges_the_picture_alone(shapes: Path, tmp_path: Path) -> None:
    list(fit(train_config(shapes, tmp_path / "run", conditional=False)))
    critic = load_checkpoint(tmp_path / "run" / "checkpoint").trained_discriminator()
    assert critic.spec.condition_channels == 0 and critic.convs[0].in_channels == 3
    image = torch.rand(1, 3, 32, 32)
    with torch.no_grad():
        assert torch.equal(critic(None, image), critic(torch.rand(1, 3, 32, 32), image))
    assert "unconditional" in (tmp_path / "run" / "checkpoint" / "README.md").read_text()
