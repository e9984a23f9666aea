"""The objectives: a GAN loss, conditional or not, plus lambda times a reconstruction loss.

Shapes: N batch, C channels, H height, W width; h, w a map of scores. Scores are the discriminator's output
without a sigmoid, of any shape; results are scalars, computed in float32. D stands for a score, y for a real
image, G for the generator's; E is the mean over patches and images.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from pix2pix.checkpoint import GanLoss

PENALTY_WEIGHT = 10.0  # lambda of Gulrajani et al. 2017


def discriminator_loss(real: Tensor, fake: Tensor, kind: GanLoss = "vanilla") -> Tensor:
    """What the discriminator minimises.

    - vanilla: -E[log s(D(y)) + log(1 - s(D(G)))] / 2 with s the sigmoid (Goodfellow et al. 2014). Halved,
      "which slows down the rate at which D learns relative to G" (Isola et al. 2017, section 3.3).
    - lsgan: E[(D(y) - 1)^2 + D(G)^2] / 2 (Mao et al. 2017, with labels 0 and 1).
    - hinge: E[max(0, 1 - D(y)) + max(0, 1 + D(G))] / 2 (Lim and Ye 2017), halved as the two above.
    - wgangp: E[D(G) - D(y)]; :func:`gradient_penalty` belongs to it (Gulrajani et al. 2017).
    """
    real, fake = real.float(), fake.float()
    if kind == "vanilla":
        return 0.5 * (F.softplus(-real).mean() + F.softplus(fake).mean())
    if kind == "lsgan":
        return 0.5 * ((real - 1).square().mean() + fake.square().mean())
    if kind == "hinge":
        return 0.5 * (F.relu(1 - real).mean() + F.relu(1 + fake).mean())
    if kind == "wgangp":
        return fake.mean() - real.mean()
    raise ValueError(f"no discriminator is trained with the GAN loss {kind!r}")


def generator_gan_loss(fake: Tensor, kind: GanLoss = "vanilla") -> Tensor:
    """What the generator minimises beside the reconstruction.

    - vanilla: -E[log s(D(G))], the non-saturating form (Isola et al. 2017, section 3.3).
    - lsgan: E[(D(G) - 1)^2], as the tutorial code has it (Mao et al. 2017 halve it).
    - hinge and wgangp: -E[D(G)].
    """
    fake = fake.float()
    if kind == "vanilla":
        return F.softplus(-fake).mean()
    if kind == "lsgan":
        return (fake - 1).square().mean()
    if kind in ("hinge", "wgangp"):
        return -fake.mean()
    raise ValueError(f"no generator learns from the GAN loss {kind!r}")


def gradient_penalty(
    scores: Callable[[Tensor], Tensor], real: Tensor, fake: Tensor, mix: Tensor | None = None
) -> Tensor:
    """E[(|grad D(x)| - 1)^2] at random points x between real and fake (Gulrajani et al. 2017, equation 3).

    D of an image is the mean of its patches; the norm of its gradient is taken over all pixels and channels
    of that image. Only the judged image is mixed, not the condition, which is the same for both.

    Args:
        scores: (N, C, H, W) -> (N, 1, h, w), the discriminator with its condition; it must judge each image
            by itself, so without batch norm.
        real, fake: (N, C, H, W) float32, without gradients.
        mix: (N, 1, 1, 1) shares of the real image, in [0, 1]; drawn when None.
    """
    if mix is None:  # on the CPU, so that a seed means the same on every device
        mix = torch.rand(len(real), 1, 1, 1).to(real, non_blocking=True)
    between = torch.lerp(fake.detach(), real, mix).requires_grad_(True)
    judged = scores(between).mean(dim=(1, 2, 3)).sum()  # images do not touch each other
    (gradient,) = torch.autograd.grad(judged, between, create_graph=True)
    norm = gradient.flatten(1).norm(dim=1)
    return (norm - 1).square().mean()


def l1_loss(output: Tensor, target: Tensor) -> Tensor:
    """Mean absolute difference of two images in [-1, 1] (Isola et al. 2017, equation 3)."""
    return F.l1_loss(output.float(), target.float())


def l2_loss(output: Tensor, target: Tensor) -> Tensor:
    """Mean squared difference of two images in [-1, 1], which blurs more (Isola et al. 2017, section 3.1)."""
    return F.mse_loss(output.float(), target.float())
