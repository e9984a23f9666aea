"""Every generator on offer: size and layers, shape law, noise, and that serving never changes it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from support import (
    assert_one_sentence,
    assert_same_tensors,
    make_checkpoint,
    model_config,
    noise_picture,
    tiny_generator,
)
from torch import Tensor, nn

from pix2pix.checkpoint import load_checkpoint
from pix2pix.errors import ConfigError
from pix2pix.generator import Generator, GeneratorSpec, build_generator
from pix2pix.norm import BatchNorm
from pix2pix.resize import NearestConv, ResizeConv
from pix2pix.translator import Translator

KINDS = ("unet", "encoder_decoder", "unet_tutorial", "resnet_6", "resnet_9")
DROPPED = {"unet": 3, "encoder_decoder": 3, "unet_tutorial": 3, "resnet_6": 6, "resnet_9": 9}  # at 32 pixels
NORM_KINDS = ("batch", "instance", "instance_plain", "none")
EVERY_KIND = pytest.mark.parametrize("kind", KINDS)


def on_paper(**spec: object) -> Generator:
    with torch.device("meta"):
        return build_generator(GeneratorSpec(**spec))


def parameters(network: nn.Module) -> int:
    return sum(p.numel() for p in network.parameters())


# What the skips add: 16 weights for each of their channels and each output of the layer that takes them.
SKIPPED = 16 * (3 * 512 * 512 + 512 * 256 + 256 * 128 + 128 * 64 + 64 * 3)


# Numbers of the published networks where there are such: U-Net with batch norm and with an instance norm that
# learns nothing, ResNet of 9 blocks with the latter.
@pytest.mark.parametrize(
    ("kind", "norm", "count"),
    [
        ("unet", "batch", 54_413_955),
        ("unet", "instance_plain", 54_409_603),
        ("encoder_decoder", "batch", 54_413_955 - SKIPPED),
        ("unet_tutorial", "instance_plain", 54_413_955 - 4_352 - 3_328 - 2_176),
        ("resnet_9", "instance_plain", 11_378_179),
        ("resnet_9", "none", 11_378_179),
        ("resnet_9", "instance", 11_383_427),
        ("resnet_9", "batch", 11_383_427),
        ("resnet_6", "batch", 11_383_427 - 3 * 2 * (256 * 256 * 9 + 2 * 256)),
    ],
)
def test_parameter_counts_at_width_64(kind: str, norm: str, count: int) -> None:
    assert parameters(on_paper(kind=kind, norm=norm)) == count


def test_a_saved_specification_without_a_kind_is_a_u_net() -> None:
    assert GeneratorSpec().kind == "unet"
    assert on_paper(width=4).skips


def test_an_unknown_kind_is_one_sentence() -> None:
    with pytest.raises(ConfigError) as caught:
        GeneratorSpec(kind="unet++")
    assert_one_sentence(caught.value)


def test_without_skips_the_decoder_is_the_papers() -> None:
    """CD512-CD512-CD512-C512-C256-C128-C64, then the output; each takes what the last gave."""
    network = on_paper(kind="encoder_decoder")
    layers = [(layer.in_channels, layer.out_channels) for layer in [*network.up, network.last]]
    outputs = [512, 512, 512, 512, 256, 128, 64]
    assert layers == list(zip([512, *outputs], [*outputs, 3], strict=True))


def test_everything_passes_the_bottleneck_of_an_encoder_decoder() -> None:
    network = tiny_generator(kind="encoder_decoder", norm="none", weight_scale=15.0)
    with torch.no_grad():
        network.down[-1].weight.zero_()
        network.down[-1].bias.fill_(1.0)
        first, second = (network(torch.rand(1, 3, 32, 32)) for _ in range(2))
    assert torch.equal(first, second)  # with skips the input would still show


def textbook_tutorial(weights: dict[str, Tensor], x: Tensor, depth: int, masks: list[Tensor]) -> Tensor:
    """The tutorial code's network written down a second time, from its description."""
    masks = list(masks)

    def norm(y: Tensor) -> Tensor:
        var, mean = torch.var_mean(y, dim=(2, 3), correction=0, keepdim=True)
        return (y - mean) / (var + 1e-5).sqrt()

    skips, y = [], x
    for n in range(depth):
        y = F.conv2d(y, weights[f"down.{n}.weight"], stride=2, padding=1)
        y = F.leaky_relu(norm(y) if 0 < n < depth - 1 else y, 0.2)
        y = y * masks.pop(0) if masks and n >= 3 else y
        skips.append(y)
    for n in range(depth - 1):
        y = F.relu(norm(F.conv_transpose2d(y, weights[f"up.{n}.weight"], stride=2, padding=1)))
        y = y * masks.pop(0) if masks and n < depth - 4 else y
        y = torch.cat([skips[depth - 2 - n], y], 1)
    y = F.pad(y.repeat_interleave(2, 2).repeat_interleave(2, 3), (2, 1, 2, 1))  # zero-pads 1+1 above and left
    return torch.tanh(F.conv2d(y, weights["last.conv.weight"], weights["last.conv.bias"]))


@pytest.mark.parametrize("seed", [None, 5])
def test_the_tutorial_codes_u_net_equals_its_description(seed: int | None) -> None:
    kind = {"kind": "unet_tutorial", "norm": "instance_plain", "final": "resize"}
    network = tiny_generator(image_size=64, width=3, **kind).double()
    assert isinstance(network.last, NearestConv)
    x = torch.rand(1, 3, 64, 128, dtype=torch.float64) * 2 - 1
    masks = [] if seed is None else [m.double() for m in network.sample_noise(seed, 64, 128)]
    with torch.no_grad():
        ours = network(x, statistics="image", noise=masks or None)
        theirs = textbook_tutorial(network.state_dict(), x, 6, masks)
    assert float(theirs.std()) > 0.05
    torch.testing.assert_close(ours, theirs, atol=1e-10, rtol=0)


def test_the_tutorial_codes_u_net_has_its_size() -> None:
    network = on_paper(kind="unet_tutorial", norm="instance_plain", final="resize")
    assert parameters(network) == 54_404_099 and len(network.state_dict()) == 17
    assert len(network.noise_shapes(256, 256)) == 9
    assert network.noise_shapes(256, 256)[0] == (512, 16, 16)  # after the fourth encoder layer


def textbook_resnet(weights: dict[str, Tensor], x: Tensor, blocks: int, masks: list[Tensor]) -> Tensor:
    """The network written down a second time, as one formula after the other."""

    def conv(y: Tensor, name: str, pad: int, **options: int) -> Tensor:
        return F.conv2d(F.pad(y, [pad] * 4, "reflect") if pad else y, weights[f"{name}.weight"], **options)

    def norm(y: Tensor, name: str) -> Tensor:
        mean = y.mean(dim=(2, 3), keepdim=True)
        var = ((y - mean) ** 2).mean(dim=(2, 3), keepdim=True)
        scale, shift = (weights[f"{name}.{k}"][None, :, None, None] for k in ("weight", "bias"))
        return (y - mean) / (var + 1e-5).sqrt() * scale + shift

    y = norm(conv(x, "down.0", 3), "down_norm.0").clamp_min(0)
    for level in (1, 2):
        y = norm(conv(y, f"down.{level}", 0, stride=2, padding=1), f"down_norm.{level}").clamp_min(0)
    for n in range(blocks):
        z = norm(conv(y, f"block.{2 * n}", 1), f"block_norm.{2 * n}").clamp_min(0)
        z = z * masks[n] if masks else z
        y = y + norm(conv(z, f"block.{2 * n + 1}", 1), f"block_norm.{2 * n + 1}")
    for level in (0, 1):
        y = F.conv_transpose2d(y, weights[f"up.{level}.weight"], stride=2, padding=1, output_padding=1)
        y = norm(y, f"up_norm.{level}").clamp_min(0)
    return (conv(y, "last", 3) + weights["last.bias"][None, :, None, None]).tanh()


@pytest.mark.parametrize(("kind", "blocks"), [("resnet_6", 6), ("resnet_9", 9)])
@pytest.mark.parametrize("seed", [None, 5])
def test_a_resnet_equals_the_formulas(kind: str, blocks: int, seed: int | None) -> None:
    network = tiny_generator(kind=kind, width=3).double()
    x = torch.rand(1, 3, 32, 24, dtype=torch.float64) * 2 - 1
    masks = [] if seed is None else [m.double() for m in network.sample_noise(seed, 32, 24)]
    with torch.no_grad():
        ours = network(x, statistics="image", noise=masks or None)
        theirs = textbook_resnet(network.state_dict(), x, blocks, masks)
    assert float(theirs.std()) > 0.05  # there is something to compare
    torch.testing.assert_close(ours, theirs, atol=1e-10, rtol=0)


def test_a_resize_resnet_has_no_transposed_convolution() -> None:
    network = on_paper(kind="resnet_6", final="resize")
    assert not any(isinstance(m, nn.ConvTranspose2d) for m in network.modules())
    assert sum(isinstance(m, ResizeConv) for m in network.modules()) == 2


@given(
    st.sampled_from(KINDS),
    st.sampled_from(NORM_KINDS),
    st.sampled_from(["transposed", "resize"]),
    st.integers(1, 3),
    st.integers(1, 3),
    st.integers(1, 2),
)
def test_any_allowed_size_comes_back_in_range(
    kind: str, norm: str, final: str, high: int, wide: int, batch: int
) -> None:
    network = tiny_generator(image_size=16, kind=kind, norm=norm, final=final, weight_scale=50.0)
    spec = network.spec
    height, width = (max(spec.smallest, n * spec.multiple) for n in (high, wide))
    x = torch.rand(batch, 3, height, width) * 2 - 1
    for statistics in ("image", "running"):
        for noise in (None, network.sample_noise(1, height, width)):
            with torch.no_grad():
                out = network(x, statistics=statistics, noise=noise)
            assert out.shape == x.shape
            assert bool(torch.isfinite(out).all()) and float(out.abs().max()) <= 1


@EVERY_KIND
def test_the_rule_of_sizes(kind: str) -> None:
    spec = GeneratorSpec(kind=kind, image_size=128)
    assert (spec.depth, spec.multiple, spec.smallest) == ((2, 4, 8) if "resnet" in kind else (7, 128, 128))
    network = tiny_generator(kind=kind)
    side = network.spec.smallest - network.spec.multiple or network.spec.multiple // 2
    with pytest.raises(RuntimeError), torch.no_grad():  # one step less than the least does not work
        network(torch.zeros(1, 3, side, side), statistics="image")


@EVERY_KIND
def test_training_draws_noise_where_serving_puts_it(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    network = tiny_generator(kind=kind)
    dropped: list[tuple[int, ...]] = []
    real = F.dropout

    def spy(x: Tensor, p: float = 0.5, *rest: object, **options: object) -> Tensor:
        dropped.append(tuple(x.shape[1:]))
        return real(x, p, *rest, **options)

    monkeypatch.setattr(F, "dropout", spy)
    network.train()(torch.rand(2, 3, 32, 64))
    assert dropped == network.noise_shapes(32, 64)
    assert len(dropped) == DROPPED[kind]
    assert tiny_generator(kind=kind, dropout=0.0).sample_noise(0, 32, 64) == []


@EVERY_KIND
def test_every_noise_mask_matters(kind: str) -> None:
    network = tiny_generator(kind=kind, weight_scale=10.0)
    x, masks = torch.rand(1, 3, 32, 32) * 2 - 1, network.sample_noise(0, 32, 32)
    with torch.no_grad():
        with_all = network(x, statistics="image", noise=masks)
        for index in range(len(masks)):
            others = [torch.ones_like(m) if n == index else m for n, m in enumerate(masks)]
            assert not torch.equal(network(x, statistics="image", noise=others), with_all), index


# ---- serving --------------------------------------------------------------------------------------


def serve(generator: Generator, **config: object) -> Translator:
    return Translator(model_config(generator.spec, **config), generator, device="cpu", precision="float32")


@EVERY_KIND
@pytest.mark.parametrize("size", [(1, 1), (7, 60), (32, 32), (50, 41)])
def test_photos_of_any_size_come_back_in_that_size(kind: str, size: tuple[int, int]) -> None:
    assert serve(tiny_generator(kind=kind), input="photo").translate(noise_picture(*size)).size == size


@EVERY_KIND
@pytest.mark.parametrize("statistics", ["image", "running"])
def test_serving_changes_nothing_and_repeats_itself(kind: str, statistics: str) -> None:
    network = tiny_generator(kind=kind)
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    translator, picture = serve(network, statistics=statistics), noise_picture(32, 32)
    served = {name: t.clone() for name, t in translator._generator.state_dict().items()}
    first = translator.translate(picture, seed=1)
    assert translator.translate(picture, seed=2).tobytes() != first.tobytes()
    translator.translate(noise_picture(40, 20, seed=3), seed=4)
    assert translator.translate(picture, seed=1).tobytes() == first.tobytes()
    assert_same_tensors(network.state_dict(), before)
    assert_same_tensors(translator._generator.state_dict(), served)


@EVERY_KIND
@pytest.mark.parametrize("final", ["transposed", "resize"])
@pytest.mark.parametrize("norm", NORM_KINDS)
def test_folding_the_norms_changes_no_picture(kind: str, final: str, norm: str) -> None:
    network = tiny_generator(kind=kind, final=final, norm=norm)
    translator = serve(network, statistics="running")
    assert not any(isinstance(m, BatchNorm) for m in translator._generator.modules())
    x = torch.rand(1, 3, 32, 32) * 2 - 1
    with torch.no_grad():
        plain = network(x, statistics="running", noise=network.sample_noise(3, 32, 32))
    torch.testing.assert_close(translator.translate_tensor(x, seed=3), plain, atol=2e-4, rtol=0)
    assert norm == "none" or float(plain.std()) > 0.01


@EVERY_KIND
def test_a_checkpoint_rebuilds_its_kind(kind: str, tmp_path: Path) -> None:
    network = tiny_generator(kind=kind)
    loaded = load_checkpoint(make_checkpoint(tmp_path / "model", network))
    assert loaded.config.generator == network.spec
    assert type(loaded.generator) is type(network)
    picture = noise_picture(32, 32)
    ours, theirs = (serve(g).translate(picture, seed=0) for g in (network, loaded.generator))
    assert np.abs(np.asarray(ours).astype(int) - np.asarray(theirs)).max() <= 4  # half precision on disk
