"""The objective is the paper's formulas, in logits."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from train.engine.losses import RECONSTRUCTIONS, discriminator_loss, generator_gan_loss

SCORES = st.lists(st.floats(-12, 12, width=32), min_size=1, max_size=9)


@given(SCORES, SCORES)
def test_discriminator_loss_is_half_the_negated_log_likelihood(real: list[float], fake: list[float]) -> None:
    def sigmoid(s: float) -> float:
        return 1 / (1 + math.exp(-s))

    likelihood = sum(math.log(sigmoid(s)) for s in real) / len(real)
    likelihood += sum(math.log(1 - sigmoid(s)) for s in fake) / len(fake)
    loss = discriminator_loss(torch.tensor(real), torch.tensor(fake))
    assert float(loss) == pytest.approx(-likelihood / 2, rel=1e-4, abs=1e-5)


@given(SCORES)
def test_generator_loss_is_the_non_saturating_form(fake: list[float]) -> None:
    expected = -sum(math.log(1 / (1 + math.exp(-s))) for s in fake) / len(fake)
    assert float(generator_gan_loss(torch.tensor(fake))) == pytest.approx(expected, rel=1e-4, abs=1e-5)


def test_an_undecided_discriminator_costs_log_2() -> None:
    undecided = torch.zeros(2, 1, 3, 3)
    assert float(discriminator_loss(undecided, undecided)) == pytest.approx(math.log(2))
    assert float(generator_gan_loss(undecided)) == pytest.approx(math.log(2))


def test_l1_is_the_mean_absolute_difference() -> None:
    a = torch.tensor([[-1.0, 1.0], [0.0, 0.5]])
    b = torch.tensor([[1.0, 1.0], [0.25, 0.0]])
    assert float(RECONSTRUCTIONS["l1"](a, b)) == pytest.approx((2 + 0 + 0.25 + 0.5) / 4)
    assert float(RECONSTRUCTIONS["l1"](b, a)) == float(RECONSTRUCTIONS["l1"](a, b))
    assert float(RECONSTRUCTIONS["l1"](a, a)) == 0


def test_gradients_point_the_right_way() -> None:
    real, fake = (torch.zeros(4, requires_grad=True) for _ in range(2))
    discriminator_loss(real, fake).backward()
    assert torch.allclose(real.grad, torch.full((4,), -0.5 * 0.5 / 4))  # descending raises real scores
    assert torch.allclose(fake.grad, torch.full((4,), 0.5 * 0.5 / 4))  # and lowers fake ones
    judged = torch.zeros(4, requires_grad=True)
    generator_gan_loss(judged).backward()
    assert torch.allclose(judged.grad, torch.full((4,), -0.5 / 4))  # the generator raises its scores
    output = torch.tensor([0.5, -0.5], requires_grad=True)
    RECONSTRUCTIONS["l1"](output, torch.zeros(2)).backward()
    assert torch.equal(output.grad, torch.tensor([0.5, -0.5]))


def test_a_sure_discriminator_still_teaches_the_generator() -> None:
    # The saturating log(1 - D) would have a gradient of nearly 0 here.
    score = torch.tensor([-30.0], requires_grad=True)
    generator_gan_loss(score).backward()
    assert float(score.grad) == pytest.approx(-1.0, abs=1e-4)


@pytest.mark.parametrize("score", [-1e4, 1e4])
def test_extreme_scores_stay_finite(score: float) -> None:
    scores = torch.tensor([score])
    for loss in (discriminator_loss(scores, scores), generator_gan_loss(scores)):
        assert bool(torch.isfinite(loss))


def test_half_precision_scores_are_summed_in_float32() -> None:
    scores = torch.full((3000,), 0.1, dtype=torch.bfloat16)
    for loss in (
        discriminator_loss(scores, scores),
        generator_gan_loss(scores),
    ):
        assert loss.dtype is torch.float32


# ---- the other objectives -------------------------------------------------------------------------

KINDS = ("vanilla", "lsgan")


@given(SCORES, SCORES)
def test_each_discriminator_loss_is_its_formula(real: list[float], fake: list[float]) -> None:
    expected = {
        "lsgan": (sum((s - 1) ** 2 for s in real) / len(real) + sum(s * s for s in fake) / len(fake)) / 2,
        "hinge": (
            sum(max(0.0, 1 - s) for s in real) / len(real) + sum(max(0.0, 1 + s) for s in fake) / len(fake)
        )
        / 2,
    }
    for kind, value in expected.items():
        loss = discriminator_loss(torch.tensor(real), torch.tensor(fake), kind)
        assert float(loss) == pytest.approx(value, rel=1e-4, abs=1e-5), kind


@given(SCORES)
def test_the_generators_least_squares(fake: list[float]) -> None:
    expected = sum((s - 1) ** 2 for s in fake) / len(fake)
    assert float(generator_gan_loss(torch.tensor(fake), "lsgan")) == pytest.approx(
        expected, rel=1e-4, abs=1e-5
    )


def test_without_a_gan_there_is_no_gan_loss() -> None:
    for loss in (discriminator_loss, generator_gan_loss):
        with pytest.raises(ValueError, match="none"):
            loss(*[torch.zeros(2)] * (2 if loss is discriminator_loss else 1), "none")


@pytest.mark.parametrize("kind", KINDS)
def test_every_gan_loss_points_the_right_way(kind: str) -> None:
    real, fake, judged = (torch.full((4,), 0.1, requires_grad=True) for _ in range(3))
    discriminator_loss(real, fake, kind).backward()
    generator_gan_loss(judged, kind).backward()
    assert bool((real.grad < 0).all()) and bool((fake.grad > 0).all()) and bool((judged.grad < 0).all())


def test_hinge_leaves_the_sure_alone() -> None:
    real, fake = torch.tensor([1.5], requires_grad=True), torch.tensor([-1.5], requires_grad=True)
    loss = discriminator_loss(real, fake, "hinge")
    loss.backward()
    assert float(loss.detach()) == 0 and float(real.grad) == 0 and float(fake.grad) == 0


def test_l2_is_the_mean_squared_difference() -> None:
    a, b = torch.tensor([[-1.0, 1.0], [0.0, 0.5]]), torch.tensor([[1.0, 1.0], [0.25, 0.0]])
    assert float(RECONSTRUCTIONS["l2"](a, b)) == pytest.approx((4 + 0 + 0.0625 + 0.25) / 4)
