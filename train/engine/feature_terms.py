"""What a network that has seen a million photos adds to training: a feature loss and a feature critic.

Shapes: N batch, C channels, H height, W width; pictures are (N, 3, H, W) in [-1, 1].
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from pix2pix.feature_critic import FeatureCritic
from pix2pix.features import FeatureNetwork, load_features, shared_crop
from train.config import TrainConfig
from train.engine.losses import discriminator_loss

BETAS = (0.0, 0.99)  # of the critic's Adam, as Projected GAN's


@dataclass(frozen=True)
class Seen:
    """The activations of one step's pictures; those of the output carry gradients."""

    condition: list[Tensor] | None
    target: list[Tensor]
    fake: list[Tensor]


class FeatureTerms:
    """The frozen network, and the critic that learns on its activations where the recipe has one."""

    def __init__(self, config: TrainConfig, device: torch.device):
        placed: dict[str, Any] = {"device": device, "memory_format": torch.channels_last}
        self.critic: FeatureCritic | None = None
        self.network: FeatureNetwork = load_features().to(**placed)
        if config.lambda_feature_gan:
            self.critic = FeatureCritic(config.conditional).to(**placed)

    def look(self, condition: Tensor, target: Tensor, fake: Tensor) -> Seen:
        """Activations of the same random crop of all three."""
        condition, target, fake = (
            picture.contiguous(memory_format=torch.channels_last)
            for picture in shared_crop((condition, target, fake))
        )
        with torch.no_grad():
            conditional = self.critic is not None and self.critic.conditional
            known = self.network(torch.cat([target, condition]) if conditional else target)
        count = len(target)
        return Seen(
            [x[count:] for x in known] if conditional else None,
            [x[:count] for x in known],
            self.network(fake),
        )

    def critic_loss(self, seen: Seen) -> Tensor:
        """What the feature critic minimises: the hinge loss, the mean over its heads."""
        assert self.critic is not None
        self.critic.train().requires_grad_(True)
        real = self.critic(seen.condition, seen.target)
        fake = self.critic(seen.condition, [x.detach() for x in seen.fake])
        losses = [discriminator_loss(r, f, "hinge") for r, f in zip(real, fake, strict=True)]
        return sum(losses[1:], losses[0]) / len(losses)

    def generator_gan_loss(self, seen: Seen) -> Tensor:
        """What the generator minimises: minus the mean score, the mean over the critic's heads."""
        assert self.critic is not None
        self.critic.requires_grad_(False)
        scores = [-s.float().mean() for s in self.critic(seen.condition, seen.fake)]
        return sum(scores[1:], scores[0]) / len(scores)


def feature_loss(output: list[Tensor], target: list[Tensor]) -> Tensor:
    """Difference of two pictures' activations, each scaled to length 1 along the channels.

    The sum over the strides of the mean over places of |a / |a| - b / |b||^2 (after LPIPS, Zhang et al. 2018,
    without its learnt weights): 0 for equal pictures, at most 4 a stride.
    """
    differences = [
        (F.normalize(a.float(), dim=1) - F.normalize(b.float(), dim=1)).square().sum(1).mean()
        for a, b in zip(output, target, strict=True)
    ]
    return sum(differences[1:], differences[0])
