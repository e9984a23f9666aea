"""Kernels whose phases have equal sums leave a flat surface flat, and a run can keep them so."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from support import train_config
from torch import Tensor, nn

from pix2pix.checkpoint import load_checkpoint
from pix2pix.generator import Generator
from train.engine.phases import even_phases
from train.loop import fit


def doubling(kernel: int, channels: int = 3) -> nn.ConvTranspose2d:
    padding = (kernel - 1) // 2
    return nn.ConvTranspose2d(channels, 2, kernel, stride=2, padding=padding, output_padding=kernel % 2)


def checkerboard(layer: nn.Module, x: Tensor) -> float:
    """How much the inner pixels of the answer to a flat surface differ."""
    inner = layer(x).detach()[..., 4:-4, 4:-4]
    return float((inner.amax((2, 3)) - inner.amin((2, 3))).max())


@given(st.integers(0, 2**32), st.sampled_from([3, 4, 5, 6]), st.booleans())
def test_a_flat_surface_comes_out_flat(seed: int, kernel: int, channels_last: bool) -> None:
    torch.manual_seed(seed)
    layer = doubling(kernel)
    if channels_last:
        layer = layer.to(memory_format=torch.channels_last)
    flat = torch.randn(1, 3, 1, 1).expand(1, 3, 12, 12)
    before = checkerboard(layer, flat)
    even_phases(layer)
    assert checkerboard(layer, flat) < 1e-5 < before


def test_what_is_even_stays_and_the_mean_with_it() -> None:
    torch.manual_seed(0)
    layer, flat = doubling(4), torch.ones(1, 3, 12, 12)
    mean = layer(flat)[..., 4:-4, 4:-4].mean()
    even_phases(layer)
    once = layer.weight.detach().clone()
    even_phases(layer)
    assert torch.allclose(layer.weight, once, atol=1e-7)
    assert torch.allclose(layer(flat)[..., 4:-4, 4:-4].mean(), mean, atol=1e-6)


@pytest.mark.parametrize("kernel", [3, 4])
def test_no_other_even_kernels_are_nearer(kernel: int) -> None:
    torch.manual_seed(1)
    layer = doubling(kernel).double()
    given_weight = layer.weight.detach().clone()
    even_phases(layer)
    moved = layer.weight.detach() - given_weight
    for _ in range(5):  # the way there is at right angles to all even kernels: it is a projection
        other = doubling(kernel).double()
        even_phases(other)
        assert abs(float((moved * (other.weight.detach() - layer.weight.detach())).sum())) < 1e-9


def uneven(generator: Generator) -> float:
    """The largest difference between the sums of two phases."""
    layers = [layer for layer in generator.modules() if isinstance(layer, nn.ConvTranspose2d)]
    assert layers
    sums = [
        torch.stack([layer.weight.detach()[:, :, y::2, x::2].sum((2, 3)) for y in (0, 1) for x in (0, 1)])
        for layer in layers
    ]
    return float(max((each.amax(0) - each.amin(0)).max() for each in sums))


@pytest.mark.parametrize("changes", [{}, {"ema": 0.9}, {"generator": "resnet_6"}])
def test_a_run_keeps_them_even(shapes: Path, tmp_path: Path, changes: dict[str, object]) -> None:
    made = {}
    for even in (True, False):
        config = train_config(shapes, tmp_path / str(even), steps=3, even_phases=even, **changes)
        list(fit(config))
        made[even] = load_checkpoint(Path(config.out) / "checkpoint").generator
    assert uneven(made[True]) < 1e-3 < 0.02 < uneven(made[False])  # saved in half precision


def test_a_run_from_a_model_begins_even(shapes: Path, tmp_path: Path) -> None:
    first = train_config(shapes, tmp_path / "first", steps=1)
    list(fit(first))
    start = str(Path(first.out) / "checkpoint")
    later = train_config(
        shapes, tmp_path / "later", steps=1, start=start, even_phases=True, learning_rate=1e-12
    )
    list(fit(later))
    expected = load_checkpoint(Path(start)).generator
    even_phases(expected)
    ours = load_checkpoint(Path(later.out) / "checkpoint").generator
    for name, tensor in ours.state_dict().items():
        assert torch.allclose(tensor, expected.state_dict()[name], atol=1e-3), name
