"""Normalisation layers whose test-time statistics are a named choice, and the paper's initialisation."""

from __future__ import annotations

from typing import Literal, get_args

import torch
import torch.nn.functional as F
from torch import Tensor, nn

NormKind = Literal["batch", "instance", "instance_plain", "none"]
NORMS: tuple[str, ...] = get_args(NormKind)

Statistics = Literal["image", "running"]
STATISTICS: tuple[str, ...] = get_args(Statistics)


class BatchNorm(nn.BatchNorm2d):
    """Batch norm; outside training it normalises by each image's own or by the running statistics.

    The paper runs its generator "using the batch statistics of the test batch" (section 3.3), which for
    one image are that image's own: "image". Unlike a module left in training mode, this never updates
    the running statistics while it serves.
    """

    def forward(self, x: Tensor, statistics: Statistics | None = None) -> Tensor:
        if self.training:
            return super().forward(x)
        if statistics == "image":
            return image_norm(x, self.weight, self.bias, self.eps)
        return F.batch_norm(
            x, self.running_mean, self.running_var, self.weight, self.bias, False, 0.0, self.eps
        )


class InstanceNorm(nn.Module):
    """Instance norm, with or without a learnt scale and shift; the same in training and outside it."""

    def __init__(self, channels: int, eps: float = 1e-5, *, affine: bool = True):
        super().__init__()
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(channels)) if affine else None
        self.bias = nn.Parameter(torch.zeros(channels)) if affine else None

    def forward(self, x: Tensor, statistics: Statistics | None = None) -> Tensor:
        return image_norm(x, self.weight, self.bias, self.eps)


class NoNorm(nn.Module):
    """The identity, with the norms' signature."""

    def forward(self, x: Tensor, statistics: Statistics | None = None) -> Tensor:
        return x


def image_norm(x: Tensor, weight: Tensor | None, bias: Tensor | None, eps: float) -> Tensor:
    """Normalise each image and channel by its own mean and biased variance over H and W.

    Torch's own functions raise on 1x1 maps, where this gives ``bias``, or 0 where there is none. The moments
    are taken in float32 whatever the type of x: (N, C, H, W) -> (N, C, H, W).
    """
    if x.shape[2] * x.shape[3] > 1:  # the fused kernel: the same numbers, much faster
        if x.is_cuda:
            return F.instance_norm(x, None, None, weight, bias, True, 0.0, eps)
        # An image at a time: all at once, torch copies them from channels last and back, which takes longer.
        parts = [F.batch_norm(part, None, None, weight, bias, True, 0.0, eps) for part in x.split(1)]
        return parts[0] if len(parts) == 1 else torch.cat(parts)
    values = x.float()
    variance, mean = torch.var_mean(values, dim=(2, 3), correction=0, keepdim=True)
    scale = torch.rsqrt(variance + eps)
    if weight is None or bias is None:
        return ((values - mean) * scale).to(x.dtype)
    scale = weight.float().view(1, -1, 1, 1) * scale
    shift = bias.float().view(1, -1, 1, 1) - mean * scale
    # On nearly flat maps the scale is large, and rounding it or the shift to bfloat16 would show.
    return torch.addcmul(shift, values, scale).to(x.dtype)


def make_norm(kind: NormKind, channels: int) -> nn.Module:
    """The layer for a kind: "batch" and "instance" learn a scale and a shift, "instance_plain" does not."""
    if kind == "batch":
        return BatchNorm(channels)
    return NoNorm() if kind == "none" else InstanceNorm(channels, affine=kind == "instance")


def has_bias(kind: NormKind) -> bool:
    """Whether convolutions of a network with that norm have biases.

    A norm's learnt shift takes their place. Beside an instance norm that learns nothing they are kept, as in
    the published networks: it cancels those before it, but some layers have no norm after them.
    """
    return kind in ("none", "instance_plain")


def init_weights(module: nn.Module) -> None:
    """N(0, 0.02) for convolutions, N(1, 0.02) for the norms' scale, 0 for every bias (section 6.2).

    The paper names only the first; the scale's distribution is that of the authors' code.
    """
    for layer in module.modules():
        if isinstance(layer, (nn.Conv2d, nn.ConvTranspose2d)):
            nn.init.normal_(layer.weight, 0.0, 0.02)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
        elif isinstance(layer, (BatchNorm, InstanceNorm)) and layer.weight is not None:
            nn.init.normal_(layer.weight, 1.0, 0.02)
            nn.init.constant_(layer.get_parameter("bias"), 0.0)
