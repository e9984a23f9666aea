"""The objective of Isola et al. 2017 (section 3.1): a conditional GAN plus lambda times L1.

Scores are PatchGAN logits of any shape; results are scalars. Everything is computed in float32.
"""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor


def discriminator_loss(real: Tensor, fake: Tensor) -> Tensor:
    """-[log D(x, y) + log(1 - D(x, G(x, z)))] / 2, the mean over patches.

    Halved, "which slows down the rate at which D learns relative to G" (section 3.3).
    """
    real, fake = real.float(), fake.float()
    return 0.5 * (F.softplus(-real).mean() + F.softplus(fake).mean())


def generator_gan_loss(fake: Tensor) -> Tensor:
    """-log D(x, G(x, z)), the non-saturating form (section 3.3, after Goodfellow et al. 2014)."""
    return F.softplus(-fake.float()).mean()


def l1_loss(output: Tensor, target: Tensor) -> Tensor:
    """Mean absolute difference of two images in [-1, 1] (equation 3)."""
    return F.l1_loss(output.float(), target.float())
