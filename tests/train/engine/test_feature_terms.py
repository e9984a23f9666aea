"""The feature loss and the feature critic: as their formulas say, and as parts of a training."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from support import train_config
from torch import Tensor

from pix2pix.feature_critic import FeatureCritic
from pix2pix.features import load_features
from train.data.pairs import find_pairs
from train.engine.feature_terms import FeatureTerms, feature_loss
from train.engine.trainer import Trainer


def picture(seed: int, count: int = 2, size: int = 64) -> Tensor:
    return torch.rand(count, 3, size, size, generator=torch.Generator().manual_seed(seed)) * 2 - 1


def trainer_of(shapes: Path, **changes: float | bool | str) -> Trainer:
    values = {"lambda_features": 8.0, "lambda_feature_gan": 1.0, "dropout": 0.0, "ema": 0.0, **changes}
    return Trainer(train_config(shapes, Path("nowhere"), steps=1000, **values), find_pairs([shapes]))


def batch(seed: int = 1) -> tuple[Tensor, Tensor]:
    rng = torch.Generator().manual_seed(seed)
    x = torch.randint(0, 256, (2, 3, 32, 32), dtype=torch.uint8, generator=rng)
    return x, 255 - x.roll(1, 1) // 2


def test_the_feature_loss_is_its_formula() -> None:
    network = load_features()
    first, second = network(picture(0)), network(picture(1))
    expected = 0.0
    for a, b in zip(first, second, strict=True):
        dots = (a * b).sum(1) / (a.norm(dim=1) * b.norm(dim=1))
        expected += float((2 - 2 * dots).mean())  # |u - v|^2 of unit vectors
    assert float(feature_loss(first, second)) == pytest.approx(expected, rel=1e-4)
    assert float(feature_loss(first, first)) == 0


def test_its_gradient_leads_to_the_target() -> None:
    network, target = load_features(), picture(2, 1)
    output = (target * 0.2).requires_grad_(True)
    adam, values = torch.optim.Adam([output], 0.05), []
    for _ in range(15):
        loss = feature_loss(network(output), network(target))
        adam.zero_grad()
        loss.backward()
        adam.step()
        values.append(loss.item())
    assert values[-1] < 0.6 * values[0]


@pytest.mark.parametrize("size", [16, 32, 64])
@pytest.mark.parametrize("conditional", [True, False])
def test_the_critic_judges_pictures_of_any_size(size: int, conditional: bool) -> None:
    network, critic = load_features(), FeatureCritic(conditional).eval()
    condition, image = network(picture(0, size=size)), network(picture(1, size=size))
    scores = critic(condition, image)
    assert [s.shape for s in scores] == [(2, 1, size // s, size // s) for s in (8, 16, 32) if size >= s]
    other = critic(network(picture(3, size=size)), image)
    assert torch.equal(scores[0], other[0]) is not conditional


def test_the_critic_is_spectrally_normalised() -> None:
    critic = FeatureCritic()
    with torch.no_grad():
        for parameter in critic.parameters():
            parameter.mul_(50)
    network = load_features()
    seen = network(picture(0)), network(picture(1))
    for _ in range(20):  # power iterations
        critic.train()(*seen)
    weight = critic.eval().heads[0].convs[1].weight.flatten(1)
    assert float(torch.linalg.matrix_norm(weight, 2)) == pytest.approx(1, abs=0.05)


def test_the_critic_learns_to_tell_and_the_generator_follows(shapes: Path) -> None:
    trainer = trainer_of(shapes, learning_rate=1e-3)
    losses = [trainer.train_step(*batch()) for _ in range(40)]
    names = {"d", "gan", "l1", "features", "feature_d", "feature_gan"}
    assert all(set(step) == names for step in losses)
    assert float(losses[-1]["feature_d"]) < float(losses[0]["feature_d"])
    assert float(losses[-1]["features"]) < 0.9 * float(losses[0]["features"])


def test_each_term_stands_alone(shapes: Path) -> None:
    only_loss = trainer_of(shapes, lambda_feature_gan=0.0, gan_loss="none")
    assert only_loss.features is not None and only_loss.features.critic is None
    assert set(only_loss.train_step(*batch())) == {"l1", "features"}
    only_critic = trainer_of(shapes, lambda_features=0.0)
    assert set(only_critic.train_step(*batch())) == {"d", "gan", "l1", "feature_d", "feature_gan"}
    assert trainer_of(shapes, lambda_features=0.0, lambda_feature_gan=0.0).features is None


def test_the_photo_network_stays_as_it_is(shapes: Path) -> None:
    trainer = trainer_of(shapes)
    for _ in range(3):
        trainer.train_step(*batch())
    assert trainer.features is not None
    for name, tensor in load_features().state_dict().items():
        assert torch.equal(trainer.features.network.state_dict()[name], tensor)


def test_an_unconditional_critic_sees_no_input(shapes: Path) -> None:
    terms = FeatureTerms(trainer_of(shapes, conditional=False).config, torch.device("cpu"))
    assert terms.look(picture(0), picture(1), picture(2)).condition is None


def test_weights_of_the_terms_scale_them(shapes: Path) -> None:
    def moved(**changes: float) -> Tensor:
        trainer = trainer_of(shapes, reconstruction="none", **changes)
        before = trainer.generator.last.weight.detach().clone()
        trainer.seed_noise()
        trainer.train_step(*batch())
        return trainer.learners["generator"].adam.state[trainer.generator.last.weight]["exp_avg"] + 0 * before

    whole = moved(lambda_gan=0.0, lambda_features=0.0, lambda_feature_gan=1.0)
    half = moved(lambda_gan=0.0, lambda_features=0.0, lambda_feature_gan=0.5)
    torch.testing.assert_close(half, whole / 2, rtol=1e-3, atol=1e-9)
