"""The plain way, for comparison: float32, contiguous, default Adam, three separate discriminator passes."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

from pix2pix.discriminator import DiscriminatorSpec, PatchDiscriminator
from pix2pix.generator import GeneratorSpec, UNetGenerator


def textbook_step(width: int) -> Callable[[Tensor, Tensor], None]:
    """A training step as tutorials write it, on (N, 3, 256, 256) float32 pairs in [-1, 1]."""
    generator = UNetGenerator(GeneratorSpec(width=width))
    discriminator = PatchDiscriminator(DiscriminatorSpec(width=64))
    adam_g = torch.optim.Adam(generator.parameters(), 2e-4, (0.5, 0.999))
    adam_d = torch.optim.Adam(discriminator.parameters(), 2e-4, (0.5, 0.999))

    def step(condition: Tensor, target: Tensor) -> None:
        fake = generator(condition)
        adam_d.zero_grad()
        real_scores = discriminator(condition, target)
        fake_scores = discriminator(condition, fake.detach())
        loss_d = 0.5 * (_bce(real_scores, 1.0) + _bce(fake_scores, 0.0))
        loss_d.backward()
        adam_d.step()

        adam_g.zero_grad()
        loss_g = _bce(discriminator(condition, fake), 1.0) + 100 * F.l1_loss(fake, target)
        loss_g.backward()
        adam_g.step()

    return step


def _bce(scores: Tensor, label: float) -> Tensor:
    return F.binary_cross_entropy_with_logits(scores, torch.full_like(scores, label))
