"""The objectives: a GAN loss, conditional or not, plus lambda times a reconstruction loss.

Shapes: N batch, C channels, H height, W width; h, w a map of scores. Scores are the discriminator's output
without a sigmoid, of any shape; results are scalars, computed in float32. D stands for a score, y for a real
image, G for the generator's; E is the mean over patches and images.
"""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor

from pix2pix.checkpoint import GanLoss

# Distance of two images: mean absolute (Isola et al. 2017, equation 3), and mean squared difference, which
# blurs more (section 3.1).
RECONSTRUCTIONS = {"l1": F.l1_loss, "l2": F.mse_loss}


def discriminator_loss(real: Tensor, fake: Tensor, kind: GanLoss = "vanilla") -> Tensor:
    """What the discriminator minimises.

    - vanilla: -E[log s(D(y)) + log(1 - s(D(G)))] / 2 with s the sigmoid (Goodfellow et al. 2014). Halved,
      "which slows down the rate at which D learns relative to G" (Isola et al. 2017, section 3.3).
    - lsgan: E[(D(y) - 1)^2 + D(G)^2] / 2 (Mao et al. 2017, with labels 0 and 1).
    - hinge: E[max(0, 1 - D(y)) + max(0, 1 + D(G))] / 2 (Lim and Ye 2017), halved as the two above; of the
      feature critic alone.
    """
    real, fake = real.float(), fake.float()
    if kind == "vanilla":
        return 0.5 * (F.softplus(-real).mean() + F.softplus(fake).mean())
    if kind == "lsgan":
        return 0.5 * ((real - 1).square().mean() + fake.square().mean())
    if kind == "hinge":
        return 0.5 * (F.relu(1 - real).mean() + F.relu(1 + fake).mean())
    raise ValueError(f"no discriminator is trained with the GAN loss {kind!r}")


def generator_gan_loss(fake: Tensor, kind: GanLoss = "vanilla") -> Tensor:
    """What the generator minimises beside the reconstruction.

    - vanilla: -E[log s(D(G))], the non-saturating form (Isola et al. 2017, section 3.3).
    - lsgan: E[(D(G) - 1)^2], as the tutorial code has it (Mao et al. 2017 halve it).
    """
    fake = fake.float()
    if kind == "vanilla":
        return F.softplus(-fake).mean()
    if kind == "lsgan":
        return (fake - 1).square().mean()
    raise ValueError(f"no generator learns from the GAN loss {kind!r}")
