"""The U-Net is the paper's, layer by layer, and serving it never changes it."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from support import assert_one_sentence, assert_same_tensors, noise_tensor, tiny_generator
from torch import Tensor, nn

from pix2pix.errors import ConfigError
from pix2pix.generator import GeneratorSpec, UNetGenerator
from pix2pix.norm import BatchNorm, InstanceNorm, NoNorm
from pix2pix.resize import ResizeConv


def on_paper(**spec: object) -> UNetGenerator:
    """A network without memory for its weights: enough to count and to look at."""
    with torch.device("meta"):
        return UNetGenerator(GeneratorSpec(**spec))


def parameters(network: nn.Module) -> int:
    return sum(p.numel() for p in network.parameters())


def geometry(layer: nn.Module) -> tuple[int, int, int, int, int, bool]:
    """Inputs, outputs, kernel, stride, padding, bias."""
    assert isinstance(layer, (nn.Conv2d, nn.ConvTranspose2d))
    assert layer.kernel_size[0] == layer.kernel_size[1]
    assert layer.dilation == (1, 1) and layer.groups == 1
    return (
        layer.in_channels,
        layer.out_channels,
        layer.kernel_size[0],
        layer.stride[0],
        int(layer.padding[0]),
        layer.bias is not None,
    )


def copied(network: nn.Module) -> dict[str, Tensor]:
    return {name: tensor.clone() for name, tensor in network.state_dict().items()}


@pytest.mark.parametrize(
    ("image_size", "count"),
    [(128, 41_828_995), (256, 54_413_955), (512, 54_413_955 + 2 * 512 * 512 * 16 + 512 * 512 * 16 + 4 * 512)],
)
def test_parameter_counts_at_width_64(image_size: int, count: int) -> None:
    # One level more than 256 is one 512-512 convolution, one 1024-512 transposed one, and two norms.
    assert parameters(on_paper(image_size=image_size)) == count


def test_layers_are_the_papers() -> None:
    network = on_paper(width=64, image_size=256)
    assert [geometry(layer) for layer in network.down] == [
        (3, 64, 4, 2, 1, False),
        (64, 128, 4, 2, 1, False),
        (128, 256, 4, 2, 1, False),
        (256, 512, 4, 2, 1, False),
        (512, 512, 4, 2, 1, False),
        (512, 512, 4, 2, 1, False),
        (512, 512, 4, 2, 1, False),
        (512, 512, 4, 2, 1, False),
    ]
    # CD512-CD1024-CD1024-C1024-C1024-C512-C256-C128 are these layers' inputs of after concatenation.
    assert [geometry(layer) for layer in network.up] == [
        (512, 512, 4, 2, 1, False),
        (1024, 512, 4, 2, 1, False),
        (1024, 512, 4, 2, 1, False),
        (1024, 512, 4, 2, 1, False),
        (1024, 256, 4, 2, 1, False),
        (512, 128, 4, 2, 1, False),
        (256, 64, 4, 2, 1, False),
    ]
    assert geometry(network.last) == (128, 3, 4, 2, 1, True)
    assert all(isinstance(layer, nn.ConvTranspose2d) for layer in [*network.up, network.last])


def test_norms_are_everywhere_but_at_the_first_layer_the_bottleneck_and_the_output() -> None:
    network = on_paper(width=64, image_size=256)
    kinds = [type(norm) for norm in network.down_norm]
    assert kinds == [NoNorm, *[BatchNorm] * 6, NoNorm]
    assert [type(norm) for norm in network.up_norm] == [BatchNorm] * 7
    assert [norm.num_features for norm in network.up_norm] == [512, 512, 512, 512, 256, 128, 64]
    counted = sum(isinstance(m, (nn.Conv2d, nn.ConvTranspose2d, BatchNorm)) for m in network.modules())
    assert counted == 8 + 7 + 1 + 6 + 7  # and there is nothing else


def test_norm_kinds_decide_the_layers_and_the_biases() -> None:
    instance, none = on_paper(width=4, norm="instance"), on_paper(width=4, norm="none")
    assert sum(isinstance(m, InstanceNorm) for m in instance.modules()) == 13
    assert not any(isinstance(m, BatchNorm) for m in instance.modules())
    assert all(conv.bias is None for conv in [*instance.down, *instance.up])
    assert all(isinstance(norm, NoNorm) for norm in [*none.down_norm, *none.up_norm])
    assert all(conv.bias is not None for conv in [*none.down, *none.up])


def test_initial_weights_are_normal_with_deviation_0_02() -> None:
    torch.manual_seed(3)
    network = UNetGenerator(GeneratorSpec(width=8, image_size=64))
    convs = [m for m in network.modules() if isinstance(m, (nn.Conv2d, nn.ConvTranspose2d))]
    weights = torch.cat([conv.weight.detach().flatten() for conv in convs])
    assert len(weights) > 300_000
    assert abs(float(weights.mean())) < 2e-4
    assert float(weights.std()) == pytest.approx(0.02, rel=0.01)
    assert float((weights.abs() < 0.02).float().mean()) == pytest.approx(math.erf(2**-0.5), abs=0.005)
    for conv in convs:
        assert conv.bias is None or not conv.bias.any()
    scales = torch.cat([m.weight.detach() for m in network.modules() if isinstance(m, BatchNorm)])
    assert float(scales.mean()) == pytest.approx(1.0, abs=0.005)
    assert float(scales.std()) == pytest.approx(0.02, rel=0.2)


def test_a_u_net_with_fewer_halvings_takes_smaller_multiples() -> None:
    spec = GeneratorSpec(width=2, image_size=64, halvings=3, norm="instance")
    network = UNetGenerator(spec).eval()
    assert spec.multiple == 8 and len(network.down) == 3 and len(network.up) == 2
    x = noise_tensor(0, count=1, size=24)
    noise = network.sample_noise(0, 24, 24)
    assert (
        [tuple(mask.shape[1:]) for mask in noise] == network.noise_shapes(24, 24) == [(4, 6, 6), (2, 12, 12)]
    )
    with torch.no_grad():
        assert network(x, noise=noise).shape == x.shape


@pytest.mark.parametrize("changes", [{"halvings": 1}, {"halvings": 5}, {"halvings": 2, "kind": "resnet_6"}])
def test_impossible_halvings_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ConfigError) as caught:
        GeneratorSpec(width=2, image_size=16, **changes)
    assert_one_sentence(caught.value)


@pytest.mark.parametrize(("image_size", "depth"), [(16, 4), (128, 7), (256, 8), (512, 9)])
def test_depth_follows_the_image_size_down_to_a_1x1_bottleneck(image_size: int, depth: int) -> None:
    network = UNetGenerator(GeneratorSpec(width=1, image_size=image_size)).eval()
    assert network.spec.depth == len(network.down) == depth
    seen: list[torch.Size] = []
    network.down[-1].register_forward_hook(lambda module, inputs, out: seen.append(out.shape))
    with torch.no_grad():
        out = network(torch.zeros(1, 3, image_size, image_size), statistics="image")
    assert seen == [(1, network.spec.encoder_channels[-1], 1, 1)]
    assert out.shape == (1, 3, image_size, image_size)


def test_dropout_is_in_the_three_innermost_decoder_blocks_and_only_in_training(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    network = UNetGenerator(GeneratorSpec(width=2, image_size=128))
    dropped: list[tuple[torch.Size, float]] = []
    real = F.dropout

    def spy(x: Tensor, p: float = 0.5, *rest: object, **options: object) -> Tensor:
        dropped.append((x.shape, p))
        return real(x, p, *rest, **options)

    monkeypatch.setattr(F, "dropout", spy)
    network.train()(torch.randn(2, 3, 128, 128))
    assert dropped == [((2, 16, 2, 2), 0.5), ((2, 16, 4, 4), 0.5), ((2, 16, 8, 8), 0.5)]
    dropped.clear()
    network.eval()(torch.randn(2, 3, 128, 128), statistics="image")
    assert dropped == []
    assert network.noise_shapes(128, 128) == [(16, 2, 2), (16, 4, 4), (16, 8, 8)]
    assert network.noise_shapes(256, 128) == [(16, 4, 2), (16, 8, 4), (16, 16, 8)]


def textbook_unet(
    weights: dict[str, Tensor], x: Tensor, depth: int, running: bool, masks: list[Tensor]
) -> Tensor:
    """The paper's U-Net written down a second time, as one formula after the other."""

    def norm(y: Tensor, name: str) -> Tensor:
        if running:
            mean, var = weights[f"{name}.running_mean"], weights[f"{name}.running_var"]
            mean, var = mean[None, :, None, None], var[None, :, None, None]
        else:
            mean = y.mean(dim=(2, 3), keepdim=True)
            var = ((y - mean) ** 2).mean(dim=(2, 3), keepdim=True)
        scale, shift = weights[f"{name}.weight"], weights[f"{name}.bias"]
        return (y - mean) / (var + 1e-5).sqrt() * scale[None, :, None, None] + shift[None, :, None, None]

    encoded = [F.conv2d(x, weights["down.0.weight"], stride=2, padding=1)]
    for i in range(1, depth):
        y = encoded[-1].clamp_min(0) + 0.2 * encoded[-1].clamp_max(0)
        y = F.conv2d(y, weights[f"down.{i}.weight"], stride=2, padding=1)
        encoded.append(norm(y, f"down_norm.{i}") if i < depth - 1 else y)
    y = encoded[-1]
    for block in range(depth - 1):
        y = F.conv_transpose2d(y.clamp_min(0), weights[f"up.{block}.weight"], stride=2, padding=1)
        y = norm(y, f"up_norm.{block}")
        if block < len(masks):
            y = y * masks[block]
        y = torch.cat([encoded[depth - 2 - block], y], dim=1)  # not yet activated: ReLU comes after
    return F.conv_transpose2d(
        y.clamp_min(0), weights["last.weight"], weights["last.bias"], stride=2, padding=1
    ).tanh()


@pytest.mark.parametrize("statistics", ["image", "running"])
@pytest.mark.parametrize("seed", [None, 5])
def test_forward_equals_the_formulas(statistics: str, seed: int | None) -> None:
    network = tiny_generator(width=3).double()
    x = torch.rand(1, 3, 64, 32, dtype=torch.float64) * 2 - 1
    noise = None if seed is None else network.sample_noise(seed, 64, 32)
    masks = [m.double() for m in noise or []]
    with torch.no_grad():
        ours = network(x, statistics=statistics, noise=noise)
        theirs = textbook_unet(network.state_dict(), x, 5, statistics == "running", masks)
    assert float(theirs.std()) > 0.05  # there is something to compare
    torch.testing.assert_close(ours, theirs, atol=1e-10, rtol=0)


def test_every_skip_matters() -> None:
    network = tiny_generator()
    x = torch.rand(1, 3, 32, 32) * 2 - 1
    with torch.no_grad():
        before = network(x, statistics="image")
        for level in range(network.spec.depth - 1):
            layer = network.last if level == 0 else network.up[network.spec.depth - 1 - level]
            kept = layer.weight.clone()
            layer.weight[: network.spec.encoder_channels[level]] = 0  # the skip is the first half
            assert float((network(x, statistics="image") - before).abs().max()) > 1e-3, level
            layer.weight.copy_(kept)
        assert torch.equal(network(x, statistics="image"), before)


def test_the_bottleneck_matters() -> None:
    # With a norm there, batches of one would lose it: the paper's errata.
    network = tiny_generator(norm="none", weight_scale=15.0)
    x = torch.rand(1, 3, 32, 32) * 2 - 1
    with torch.no_grad():
        before = network(x)
        network.down[-1].weight.zero_()
        assert float((network(x) - before).abs().max()) > 1e-5


@pytest.mark.parametrize("final", ["transposed", "resize"])
def test_output_stays_in_range_for_any_input(final: str) -> None:
    network = tiny_generator(weight_scale=200.0, final=final)
    for value in (-1.0, 0.0, 1.0, 1e4):
        out = network(torch.full((1, 3, 32, 32), value), statistics="running").detach()
        assert bool(torch.isfinite(out).all())
        assert float(out.min()) >= -1 and float(out.max()) <= 1
    assert float(out.max() - out.min()) > 1  # the range is used


@given(
    st.integers(1, 4),
    st.integers(1, 4),
    st.integers(1, 3),
    st.sampled_from(["batch", "instance", "none"]),
    st.sampled_from(["transposed", "resize"]),
)
def test_any_multiple_of_two_to_the_depth_is_translated(
    high: int, wide: int, batch: int, norm: str, final: str
) -> None:
    network = tiny_generator(image_size=16, norm=norm, final=final)
    x = torch.rand(batch, 3, 16 * high, 16 * wide)
    noise = network.sample_noise(1, 16 * high, 16 * wide)
    for masks in (None, noise):
        with torch.no_grad():
            assert network(x, statistics="image", noise=masks).shape == x.shape


@given(st.integers(1, 12), st.integers(1, 3), st.integers(1, 3))
def test_channels_are_parameters(width: int, inputs: int, outputs: int) -> None:
    network = UNetGenerator(
        GeneratorSpec(width=width, image_size=16, in_channels=inputs, out_channels=outputs)
    ).eval()
    with torch.no_grad():
        assert network(torch.zeros(1, inputs, 16, 16), statistics="image").shape == (1, outputs, 16, 16)
    assert network.spec.encoder_channels == [width, 2 * width, 4 * width, 8 * width]


def test_resize_final_doubles_the_resolution_without_a_checkerboard() -> None:
    torch.manual_seed(0)
    flat = torch.ones(1, 4, 8, 8)
    for layer, even in ((ResizeConv(4, 3), True), (nn.ConvTranspose2d(4, 3, 4, 2, 1), False)):
        with torch.no_grad():
            out = layer(flat)
        assert out.shape == (1, 3, 16, 16)
        inner = out[..., 4:-4, 4:-4]
        spread = float((inner - inner.mean(dim=(2, 3), keepdim=True)).abs().max())
        assert (spread < 1e-5) == even


# ---- noise z --------------------------------------------------------------------------------------


def test_noise_is_dropout_masks_that_follow_from_the_seed() -> None:
    network = UNetGenerator(GeneratorSpec(width=16, image_size=64))
    first, again, other = (network.sample_noise(seed, 64, 64) for seed in (7, 7, 8))
    assert [m.shape[1:] for m in first] == network.noise_shapes(64, 64)
    for a, b, c in zip(first, again, other, strict=True):
        assert torch.equal(a, b)
        assert not torch.equal(a, c)
        assert set(a.unique().tolist()) == {0.0, 2.0}
    assert float(first[-1].mean()) == pytest.approx(1.0, abs=0.05)  # kept values are doubled


@pytest.mark.parametrize("seed", [-1, 2**63, 2**70])
def test_any_whole_number_is_a_seed(seed: int) -> None:
    network = tiny_generator()
    masks = network.sample_noise(seed, 32, 32)
    assert all(torch.equal(a, b) for a, b in zip(masks, network.sample_noise(seed, 32, 32), strict=True))
    assert not torch.equal(masks[-1], network.sample_noise(seed - 1, 32, 32)[-1])


def test_noise_of_a_quarter_is_scaled_to_keep_the_mean() -> None:
    masks = UNetGenerator(GeneratorSpec(width=16, image_size=64, dropout=0.25)).sample_noise(0, 64, 64)
    assert {round(v, 5) for v in masks[-1].unique().tolist()} == {0.0, round(1 / 0.75, 5)}
    assert float((masks[-1] > 0).float().mean()) == pytest.approx(0.75, abs=0.03)


def test_without_dropout_there_is_no_noise() -> None:
    network = tiny_generator(dropout=0.0)
    assert network.sample_noise(3, 32, 32) == []
    x = torch.rand(1, 3, 32, 32)
    assert torch.equal(network(x, statistics="image", noise=[]), network(x, statistics="image"))
    network.train()
    state = torch.get_rng_state()
    network(torch.rand(2, 3, 32, 32, generator=torch.Generator().manual_seed(0)))
    assert torch.equal(torch.get_rng_state(), state)


@pytest.mark.parametrize("statistics", ["image", "running"])
def test_same_seed_same_picture_whatever_came_before(statistics: str) -> None:
    network = tiny_generator()
    x, other = torch.rand(2, 1, 3, 32, 32) * 2 - 1

    def translate(image: Tensor, seed: int | None) -> Tensor:
        noise = None if seed is None else network.sample_noise(seed, 32, 32)
        with torch.no_grad():
            return network(image, statistics=statistics, noise=noise)

    first = translate(x, 1)
    for seed in (None, 2, 3):
        assert not torch.equal(translate(x, seed), first)
        translate(other, seed)
    assert torch.equal(translate(x, 1), first)
    assert torch.equal(translate(x, None), translate(x, None))


@pytest.mark.parametrize("statistics", ["image", "running"])
@pytest.mark.parametrize("noisy", [True, False])
def test_requests_change_neither_weights_nor_statistics_nor_the_random_state(
    statistics: str, noisy: bool
) -> None:
    network = tiny_generator()
    before, state = copied(network), torch.get_rng_state()
    inputs = torch.rand(10, 1, 3, 32, 32, generator=torch.Generator().manual_seed(1))
    for seed, x in enumerate(inputs):
        with torch.no_grad():
            network(x, statistics=statistics, noise=network.sample_noise(seed, 32, 32) if noisy else None)
    assert_same_tensors(network.state_dict(), before)
    assert torch.equal(torch.get_rng_state(), state)


def test_training_does_update_the_running_statistics() -> None:
    # Otherwise the test above could not fail.
    network = tiny_generator().train()
    before = copied(network)
    network(torch.rand(2, 3, 32, 32))
    changed = {name for name, tensor in network.state_dict().items() if not torch.equal(tensor, before[name])}
    assert {"down_norm.1.running_mean", "up_norm.0.running_var", "up_norm.0.num_batches_tracked"} <= changed
    assert all("running" in name or "tracked" in name for name in changed)


def test_a_batch_with_image_statistics_is_as_many_single_images() -> None:
    network = tiny_generator()
    x = torch.rand(4, 3, 32, 64) * 2 - 1
    noise = network.sample_noise(0, 32, 64)
    with torch.no_grad():
        together = network(x, statistics="image", noise=noise)
        alone = torch.cat([network(one[None], statistics="image", noise=noise) for one in x])
    assert float(alone.std()) > 0.05
    torch.testing.assert_close(together, alone, atol=2e-5, rtol=0)


# ---- bad specifications ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "bad",
    [
        {"image_size": 0},
        {"image_size": -256},
        {"image_size": 8},
        {"image_size": 255},
        {"image_size": 320},
        {"image_size": 2048},
        {"width": 0},
        {"width": -1},
        {"width": 513},
        {"dropout": 1.0},
        {"dropout": -0.1},
        {"dropout": math.nan},
        {"norm": "layer"},
        {"final": "pixelshuffle"},
    ],
)
def test_a_bad_specification_is_one_sentence(bad: dict[str, object]) -> None:
    with pytest.raises(ConfigError) as caught:
        GeneratorSpec(**bad)
    assert_one_sentence(caught.value)


@given(st.integers(1, 9), st.integers(1, 9), st.integers(0, 1000))
def test_resize_final_is_a_bilinear_picture_under_a_convolution(height: int, width: int, seed: int) -> None:
    torch.manual_seed(seed)
    layer, x = ResizeConv(3, 2), torch.randn(2, 3, height, width)
    large = F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
    expected = F.conv2d(F.pad(large, (1, 1, 1, 1), mode="replicate"), layer.conv.weight, layer.conv.bias)
    torch.testing.assert_close(layer(x), expected, atol=1e-5, rtol=1e-5)
