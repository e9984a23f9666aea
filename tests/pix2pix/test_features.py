"""The feature network is EfficientNet-Lite0: as written down a second time, and as recorded."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from support import assert_one_sentence
from torch import Tensor

from pix2pix.errors import CheckpointError
from pix2pix.features import CHANNELS, STRIDES, FeatureNetwork, fold, load_features, shared_crop
from pix2pix.zoo import BUNDLED

PLAN = [  # block by block: inputs, outputs, expansion, kernel, stride
    *[(32, 16, 1, 3, 1), (16, 24, 6, 3, 2), (24, 24, 6, 3, 1), (24, 40, 6, 5, 2), (40, 40, 6, 5, 1)],
    *[(40, 80, 6, 3, 2), (80, 80, 6, 3, 1), (80, 80, 6, 3, 1)],
    *[(80, 112, 6, 5, 1), (112, 112, 6, 5, 1), (112, 112, 6, 5, 1)],
]


def random_package(seed: int = 0) -> dict[str, Tensor]:
    """Weights under the names of the published file, norms unfolded."""
    rng = torch.Generator().manual_seed(seed)
    package: dict[str, Tensor] = {}

    def layer(conv: str, norm: str, *shape: int) -> None:
        package[f"{conv}.weight"] = torch.randn(*shape, generator=rng) * (2 / shape[1] / shape[2] ** 2) ** 0.5
        for name, low in (("weight", 0.8), ("bias", -0.1), ("running_mean", -0.1), ("running_var", 0.5)):
            package[f"{norm}.{name}"] = low + 0.4 * torch.rand(shape[0], generator=rng)

    layer("_conv_stem", "_bn0", 32, 3, 3, 3)
    for index, (inputs, outputs, expansion, kernel, _) in enumerate(PLAN):
        block, inner = f"_blocks.{index}", inputs * expansion
        if expansion > 1:
            layer(f"{block}._expand_conv", f"{block}._bn0", inner, inputs, 1, 1)
        layer(f"{block}._depthwise_conv", f"{block}._bn1", inner, 1, kernel, kernel)
        layer(f"{block}._project_conv", f"{block}._bn2", outputs, inner, 1, 1)
    return package


def plain(package: dict[str, Tensor], x: Tensor) -> list[Tensor]:
    """The network from its description: SAME padding, norms of epsilon 0.001, ReLU6."""

    def conv(x: Tensor, name: str, stride: int = 1, groups: int = 1) -> Tensor:
        weight = package[f"{name}.weight"]
        kernel = weight.shape[2]
        need = [max((-(-side // stride) - 1) * stride + kernel - side, 0) for side in x.shape[2:]]
        x = F.pad(x, (need[1] // 2, need[1] - need[1] // 2, need[0] // 2, need[0] - need[0] // 2))
        return F.conv2d(x, weight, stride=stride, groups=groups)

    def norm(x: Tensor, name: str) -> Tensor:
        weight, bias, mean, var = (
            package[f"{name}.{part}"].view(1, -1, 1, 1)
            for part in ("weight", "bias", "running_mean", "running_var")
        )
        return (x - mean) / (var + 1e-3).sqrt() * weight + bias

    x = norm(conv(x * 127.5 / 128, "_conv_stem", 2), "_bn0").clamp(0, 6)
    taken = []
    for index, (inputs, outputs, expansion, _, stride) in enumerate(PLAN):
        name, y = f"_blocks.{index}", x
        if expansion > 1:
            y = norm(conv(y, f"{name}._expand_conv"), f"{name}._bn0").clamp(0, 6)
        y = norm(conv(y, f"{name}._depthwise_conv", stride, y.shape[1]), f"{name}._bn1").clamp(0, 6)
        y = norm(conv(y, f"{name}._project_conv"), f"{name}._bn2")
        x = x + y if stride == 1 and inputs == outputs else y
        if index in (0, 2, 4, 10):
            taken.append(x)
    return taken


@pytest.mark.parametrize("size", [(64, 64), (48, 80), (37, 51)])
def test_it_is_the_described_network(size: tuple[int, int]) -> None:
    """In double precision, so that rounding hides nothing."""
    package = {name: tensor.double() for name, tensor in random_package().items()}
    network = FeatureNetwork().double()
    network.load_state_dict(fold(package))
    x = torch.rand(2, 3, *size, dtype=torch.float64, generator=torch.Generator().manual_seed(1)) * 2 - 1
    for ours, theirs, channels, stride in zip(network(x), plain(package, x), CHANNELS, STRIDES, strict=True):
        assert ours.shape == (2, channels, -(-size[0] // stride), -(-size[1] // stride))
        torch.testing.assert_close(ours, theirs, atol=1e-9, rtol=1e-9)


def test_the_bundled_one_sees_what_was_recorded() -> None:
    """Of the published weights in single precision, unfolded, on a picture of two slopes and a disc."""
    y, x = torch.meshgrid(torch.linspace(-1, 1, 64), torch.linspace(-1, 1, 64), indexing="ij")
    picture = torch.stack([x, y, torch.where(x**2 + y**2 < 0.3, 1.0, -1.0)])[None]
    recorded = [
        (0.2347, 8.3878, 6.913),
        (1.2476, 10.4039, -1.6174),
        (0.3702, 10.6437, 5.8459),
        (0.0781, 7.5977, 5.8604),
    ]
    for found, (mean, spread, corner) in zip(load_features()(picture), recorded, strict=True):
        numbers = (float(found.mean()), float(found.std()), float(found[0, 0, 0, 0]))
        assert numbers == pytest.approx((mean, spread, corner), rel=0.01, abs=0.02)


def test_it_never_learns_and_passes_gradients_on() -> None:
    network = load_features()
    assert sum(p.numel() for p in network.parameters()) == 692_688
    assert not any(p.requires_grad for p in network.parameters())
    x = torch.zeros(1, 3, 64, 64, requires_grad=True)
    sum(found.mean() for found in network(x)).backward()
    assert x.grad is not None and bool(x.grad.abs().sum() > 0)


def test_a_damaged_file_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError) as error:
        load_features(tmp_path)
    assert_one_sentence(error.value)
    shutil.copy(BUNDLED / "features" / "lite0.safetensors", tmp_path)
    with open(tmp_path / "lite0.safetensors", "r+b") as file:
        file.truncate(1000)
    with pytest.raises(CheckpointError) as error:
        load_features(tmp_path)
    assert_one_sentence(error.value)


def test_a_crop_is_the_same_of_all_and_moves() -> None:
    numbers = torch.arange(80.0 * 80).view(1, 1, 80, 80)
    torch.manual_seed(0)
    corners = set()
    for _ in range(20):
        first, second = shared_crop((numbers, -numbers))
        assert first.shape == (1, 1, 64, 64) and torch.equal(first, -second)
        corners.add(float(first[0, 0, 0, 0]))
    assert len(corners) > 10
    small = torch.zeros(1, 1, 32, 32)
    assert shared_crop((small,))[0] is small
