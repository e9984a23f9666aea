"""Which moments the norms use is a choice, and choosing never changes them."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from torch import Tensor

from pix2pix.norm import NORMS, STATISTICS, BatchNorm, InstanceNorm, NoNorm, image_norm, make_norm

FINITE = st.floats(-8, 8, width=32, allow_nan=False)
MAPS = hnp.arrays(np.float32, st.tuples(*[st.integers(1, 3)] * 2, *[st.integers(1, 5)] * 2), elements=FINITE)


def formula(x: Tensor, weight: Tensor, bias: Tensor, eps: float = 1e-5) -> Tensor:
    """Instance norm, pixel by pixel, in double precision."""
    x = x.double()
    out = torch.empty_like(x)
    for n in range(x.shape[0]):
        for c in range(x.shape[1]):
            pixels = x[n, c]
            mean = pixels.sum() / pixels.numel()
            variance = ((pixels - mean) ** 2).sum() / pixels.numel()
            out[n, c] = (pixels - mean) / (variance + eps) ** 0.5 * weight[c] + bias[c]
    return out


@given(MAPS)
def test_image_norm_is_the_formula_for_every_shape(array: np.ndarray) -> None:
    x = torch.from_numpy(array)
    rng = torch.Generator().manual_seed(0)
    weight, bias = torch.randn(2, x.shape[1], generator=rng)
    out = image_norm(x, weight, bias, 1e-5)
    assert out.shape == x.shape and out.dtype == x.dtype
    # Constant maps divide rounding errors by sqrt(eps), about 0.003.
    torch.testing.assert_close(out.double(), formula(x, weight, bias), atol=3e-3, rtol=1e-3)


@pytest.mark.parametrize("batch", [1, 3])
def test_image_norm_equals_torchs_own_where_that_works(batch: int) -> None:
    x = torch.randn(batch, 4, 5, 7) * 3 + 2
    weight, bias = torch.randn(2, 4)
    theirs = F.instance_norm(x, weight=weight, bias=bias, eps=1e-5)
    torch.testing.assert_close(image_norm(x, weight, bias, 1e-5), theirs, atol=1e-5, rtol=0)


@pytest.mark.parametrize("batch", [1, 2])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_1x1_map_becomes_the_bias(batch: int, dtype: torch.dtype) -> None:
    with pytest.raises(ValueError, match="spatial"):  # why torch's own function is not used
        F.instance_norm(torch.randn(1, 3, 1, 1))
    x = (torch.randn(batch, 3, 1, 1) * 4).to(dtype)
    weight, bias = torch.randn(2, 3).to(dtype)
    out = image_norm(x, weight, bias, 1e-5)
    torch.testing.assert_close(
        out.float(), bias.float().view(1, 3, 1, 1).expand_as(out), atol=2e-2, rtol=1e-2
    )
    if dtype is torch.float32:
        torch.testing.assert_close(out, bias.view(1, 3, 1, 1).expand_as(out), atol=1e-4, rtol=0)


@pytest.mark.parametrize("norm", [BatchNorm(3), InstanceNorm(3)])
def test_modules_normalise_each_image_by_itself(norm: torch.nn.Module) -> None:
    norm.eval()
    with torch.no_grad():
        norm.weight.copy_(torch.tensor([1.0, 2.0, 0.5]))
        norm.bias.copy_(torch.tensor([0.0, -1.0, 3.0]))
        x = torch.randn(3, 3, 6, 6) * torch.tensor([1.0, 5.0, 20.0]).view(3, 1, 1, 1)
        out = norm(x, "image")
        torch.testing.assert_close(out.double(), formula(x, norm.weight, norm.bias), atol=1e-4, rtol=1e-4)
        alone = torch.cat([norm(one[None], "image") for one in x])
    torch.testing.assert_close(out, alone, atol=2e-5, rtol=1e-5)


def test_image_norm_in_bfloat16_is_near_float32() -> None:
    # Far from zero the moments would be lost if they were taken in bfloat16.
    x = torch.randn(2, 3, 16, 16) + 20
    weight, bias = torch.ones(3), torch.zeros(3)
    rounded = x.bfloat16()
    for part in (rounded, rounded[:1]):
        out = image_norm(part, weight.bfloat16(), bias.bfloat16(), 1e-5).float()
        expected = formula(part.float(), weight, bias).float()
        assert float((out - expected).abs().mean()) < 0.08


def test_batch_norm_trains_like_torchs() -> None:
    ours, theirs = BatchNorm(3).train(), torch.nn.BatchNorm2d(3).train()
    for _ in range(3):
        x = torch.randn(4, 3, 5, 5) * 2 + 1
        torch.testing.assert_close(ours(x), theirs(x))
    torch.testing.assert_close(ours.running_mean, theirs.running_mean)
    torch.testing.assert_close(ours.running_var, theirs.running_var)
    assert int(ours.num_batches_tracked) == 3


@pytest.mark.parametrize("statistics", ["image", "running", None])
def test_batch_norm_serves_without_drifting(statistics: str | None) -> None:
    norm = BatchNorm(3).train()
    norm(torch.randn(4, 3, 5, 5) * 2 + 1)
    norm.eval()
    before = {name: tensor.clone() for name, tensor in norm.state_dict().items()}
    for _ in range(20):
        norm(torch.randn(2, 3, 5, 5) * 7 - 3, statistics)
    for name, tensor in norm.state_dict().items():
        assert torch.equal(tensor, before[name]), name


def test_running_statistics_are_used_as_they_are() -> None:
    norm = BatchNorm(2).eval()
    norm.running_mean.copy_(torch.tensor([1.0, -2.0]))
    norm.running_var.copy_(torch.tensor([4.0, 0.25]))
    x = torch.tensor([3.0, -1.0]).view(1, 2, 1, 1)
    with torch.no_grad():
        out = norm(x, "running").flatten()
        assert torch.equal(norm(x), norm(x, "running"))  # the default outside training
    torch.testing.assert_close(out, torch.tensor([1.0, 2.0]), atol=1e-4, rtol=0)


def test_kinds() -> None:
    assert NORMS == ("batch", "instance", "instance_plain", "none")
    assert STATISTICS == ("image", "running")
    kinds = [type(make_norm(kind, 4)) for kind in NORMS]
    assert kinds == [BatchNorm, InstanceNorm, InstanceNorm, NoNorm]
    x = torch.randn(1, 4, 2, 2)
    assert NoNorm()(x, "image") is x
