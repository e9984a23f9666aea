"""The objective is the paper's formulas, in logits."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from pix2pix.discriminator import DiscriminatorSpec, PatchDiscriminator
from train.engine.losses import (
    discriminator_loss,
    generator_gan_loss,
    gradient_penalty,
    l1_loss,
    l2_loss,
)

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
    assert float(l1_loss(a, b)) == pytest.approx((2 + 0 + 0.25 + 0.5) / 4)
    assert float(l1_loss(b, a)) == float(l1_loss(a, b))
    assert float(l1_loss(a, a)) == 0


def test_gradients_point_the_right_way() -> None:
    real, fake = (torch.zeros(4, requires_grad=True) for _ in range(2))
    discriminator_loss(real, fake).backward()
    assert torch.allclose(real.grad, torch.full((4,), -0.5 * 0.5 / 4))  # descending raises real scores
    assert torch.allclose(fake.grad, torch.full((4,), 0.5 * 0.5 / 4))  # and lowers fake ones
    judged = torch.zeros(4, requires_grad=True)
    generator_gan_loss(judged).backward()
    assert torch.allclose(judged.grad, torch.full((4,), -0.5 / 4))  # the generator raises its scores
    output = torch.tensor([0.5, -0.5], requires_grad=True)
    l1_loss(output, torch.zeros(2)).backward()
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
        l1_loss(scores, torch.zeros(3000)),
    ):
        assert loss.dtype is torch.float32
    assert float(l1_loss(scores, torch.zeros(3000))) == pytest.approx(float(scores[0]), rel=1e-5)


# ---- the other objectives -------------------------------------------------------------------------

KINDS = ("vanilla", "lsgan", "hinge", "wgangp")


@given(SCORES, SCORES)
def test_each_discriminator_loss_is_its_formula(real: list[float], fake: list[float]) -> None:
    expected = {
        "lsgan": (sum((s - 1) ** 2 for s in real) / len(real) + sum(s * s for s in fake) / len(fake)) / 2,
        "hinge": (
            sum(max(0.0, 1 - s) for s in real) / len(real) + sum(max(0.0, 1 + s) for s in fake) / len(fake)
        )
        / 2,
        "wgangp": sum(fake) / len(fake) - sum(real) / len(real),
    }
    for kind, value in expected.items():
        loss = discriminator_loss(torch.tensor(real), torch.tensor(fake), kind)
        assert float(loss) == pytest.approx(value, rel=1e-4, abs=1e-5), kind


@given(SCORES)
def test_each_generator_loss_is_its_formula(fake: list[float]) -> None:
    expected = {
        "lsgan": sum((s - 1) ** 2 for s in fake) / len(fake),
        "hinge": -sum(fake) / len(fake),
        "wgangp": -sum(fake) / len(fake),
    }
    for kind, value in expected.items():
        assert float(generator_gan_loss(torch.tensor(fake), kind)) == pytest.approx(value, rel=1e-4, abs=1e-5)


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
    assert float(l2_loss(a, b)) == pytest.approx((4 + 0 + 0.0625 + 0.25) / 4)
    assert l2_loss(a.bfloat16(), b).dtype is torch.float32


# ---- the gradient penalty -------------------------------------------------------------------------


@pytest.mark.parametrize("scale", [0.1, 1.0, 3.0])
def test_the_penalty_of_a_linear_critic_is_known(scale: float) -> None:
    """D(x) = <w, x> has the gradient w everywhere: (|w| - 1)^2, and its own gradient 2 (|w| - 1) w / |w|."""
    weight = torch.randn(1, 3, 5, 5)
    weight = (scale * weight / weight.norm()).requires_grad_(True)
    real, fake = torch.randn(2, 4, 3, 5, 5)
    penalty = gradient_penalty(lambda x: (x * weight).sum(dim=(1, 2, 3), keepdim=True), real, fake)
    assert float(penalty.detach()) == pytest.approx((scale - 1) ** 2, abs=1e-5)
    penalty.backward()
    expected = 2 * (scale - 1) * weight.detach() / scale
    torch.testing.assert_close(weight.grad, expected, atol=1e-5, rtol=0)


def test_the_penalty_is_of_the_mean_over_patches() -> None:
    """A 1x1 convolution of weight w on n pixels: each pixel's gradient is w / n, their norm |w| / sqrt(n)."""
    conv = torch.nn.Conv2d(3, 1, 1)
    real, fake = torch.randn(2, 2, 3, 6, 6)
    norm = float(conv.weight.detach().norm()) / 6
    assert float(gradient_penalty(conv, real, fake).detach()) == pytest.approx((norm - 1) ** 2, rel=1e-5)


def test_each_image_has_its_own_norm_between_its_own_two_images() -> None:
    """D(x) = |x|^2 / 2 has the gradient x: the points are seen, one an image."""
    real, fake = torch.randn(2, 3, 3, 4, 4)
    mix = torch.tensor([0.0, 1.0, 0.25]).view(3, 1, 1, 1)
    points = mix * real + (1 - mix) * fake
    expected = ((points.flatten(1).norm(dim=1) - 1) ** 2).mean()
    penalty = gradient_penalty(lambda x: x.square().sum(dim=(1, 2, 3), keepdim=True) / 2, real, fake, mix)
    assert float(penalty.detach()) == pytest.approx(float(expected), rel=1e-5)


def test_points_are_drawn_from_the_random_state() -> None:
    def square(x: torch.Tensor) -> torch.Tensor:
        return x.square().sum(dim=(1, 2, 3), keepdim=True)

    real, fake = torch.randn(2, 2, 3, 4, 4)
    drawn = []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        drawn.append(float(gradient_penalty(square, real, fake).detach()))
    assert drawn[0] == drawn[1] != drawn[2]


@pytest.mark.parametrize("norm", ["instance", "instance_plain", "none"])
def test_the_penalty_teaches_the_discriminator_as_finite_differences_say(norm: str) -> None:
    torch.manual_seed(0)
    spec = DiscriminatorSpec(receptive_field=16, width=2, norm=norm)
    network = PatchDiscriminator(spec).double()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.mul_(10)
    condition, real, fake = torch.randn(3, 2, 3, 12, 12, dtype=torch.float64)
    mix = torch.tensor([0.3, 0.8], dtype=torch.float64).view(2, 1, 1, 1)

    def penalty() -> torch.Tensor:
        return gradient_penalty(lambda x: network(condition, x), real, fake, mix)

    penalty().backward()
    weight = network.convs[1].weight
    for index in ((0, 0, 0, 0), (1, 1, 2, 3), (3, 0, 1, 1)):
        step = 1e-4
        sides = []
        for sign in (1, -1):
            with torch.no_grad():
                weight[index] += sign * step
            sides.append(float(penalty().detach()))
            with torch.no_grad():
                weight[index] -= sign * step
        numeric = (sides[0] - sides[1]) / (2 * step)
        assert abs(numeric) > 1e-6
        assert float(weight.grad[index]) == pytest.approx(numeric, rel=0.02), index
