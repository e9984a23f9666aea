"""A photo lit anew keeps its detail, stays in range, and gets no pattern that is not its own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from support import assert_one_sentence, make_checkpoint, noise_tensor, tiny_generator
from torch import Tensor

from pix2pix.checkpoint import CONFIG, load_checkpoint
from pix2pix.errors import ConfigError
from pix2pix.generator import GeneratorKind, GeneratorSpec, build_generator
from pix2pix.relight import CELL, CHANNELS, Lighting, detail, lighting, luminance, relight, working_size

OFF = -1e4  # a light's logit


def grey(value: float, size: int = 32) -> Tensor:
    """(1, 3, size, size) of one value in [0, 1], as [-1, 1]."""
    return torch.full((1, 3, size, size), 2 * value - 1)


def channels(offset: float = 0.0, slope: float = 0.0, lights: float = OFF, size: int = 32) -> Tensor:
    values = torch.tensor([offset] * 3 + [slope] + [lights] * 3)
    return values.view(1, CHANNELS, 1, 1).expand(1, CHANNELS, size, size)


def shown(day: Tensor, raw: Tensor, cell: int = CELL) -> Tensor:
    """The night in [0, 1]."""
    return (relight(day, lighting(day, raw, cell)) + 1) / 2


# ---- range and gradients --------------------------------------------------------------------------


@given(st.integers(0, 99), st.sampled_from([0.0, 1.0, 30.0, 1e4]), st.sampled_from(["float32", "bfloat16"]))
def test_whatever_the_network_says_the_night_is_a_picture(seed: int, scale: float, kind: str) -> None:
    rng = torch.Generator().manual_seed(seed)
    day = noise_tensor(seed, size=16)
    raw = (torch.randn(2, CHANNELS, 16, 16, generator=rng) * scale).to(getattr(torch, kind))
    raw = raw.requires_grad_(True)
    night = relight(day, lighting(day, raw, CELL))
    assert night.dtype is torch.float32 and night.shape == day.shape
    assert bool(torch.isfinite(night).all()) and float(night.detach().abs().max()) <= 1
    night.sum().backward()
    assert raw.grad is not None and bool(torch.isfinite(raw.grad).all())


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_black_and_white_have_gradients_too(value: float) -> None:
    # In linear light the root at the end would make them infinite at black.
    pattern = grey(value)
    pattern[..., ::4, ::4] *= 0.5  # or there would be no detail, and no lights
    day, raw = pattern.requires_grad_(True), channels(lights=0.0).clone().requires_grad_(True)
    relight(day, lighting(day, raw, CELL)).sum().backward()
    for gradient in (day.grad, raw.grad):
        assert gradient is not None
        assert bool(torch.isfinite(gradient).all()) and float(gradient.abs().sum()) > 0


def test_bfloat16_is_near_float32() -> None:
    day, raw = noise_tensor(0, size=32), torch.randn(2, CHANNELS, 32, 32) * 2
    exact, quick = shown(day, raw), shown(day, raw.bfloat16())
    assert float((exact - quick).abs().max()) < 1.5 / 255


# ---- what an untrained network does ---------------------------------------------------------------


@pytest.mark.parametrize("kind", get_args(GeneratorKind))
@pytest.mark.parametrize("final", ["transposed", "resize"])
def test_an_untrained_network_shows_the_day_darker(kind: GeneratorKind, final: str) -> None:
    torch.manual_seed(0)
    spec = GeneratorSpec(width=8, image_size=32, norm="instance", kind=kind, final=final, head="relight")
    network = build_generator(spec).eval()
    coarse = F.interpolate(noise_tensor(1, size=8), 64, mode="bilinear")
    with torch.no_grad():
        night = (network(coarse) + 1) / 2
    day = (coarse + 1) / 2
    assert night.shape == day.shape
    assert 0.25 < float(night.mean() / day.mean()) < 0.45
    both = torch.stack([luminance(day).flatten(), luminance(night).flatten()])
    assert float(torch.corrcoef(both)[0, 1]) > 0.9  # no grey mush


def test_only_colour_photos_can_be_lit() -> None:
    for changes in ({"in_channels": 1}, {"out_channels": 4}, {"head": "mask"}):
        with pytest.raises(ConfigError) as caught:
            GeneratorSpec(**{"head": "relight", **changes})
        assert_one_sentence(caught.value)


def test_the_head_makes_the_picture_of_the_last_layers_channels() -> None:
    network, x = tiny_generator(head="relight"), noise_tensor(3, size=32)
    with torch.no_grad():
        night = network(x, statistics="image")
        expected = relight(x, network.lighting(x, statistics="image"))
        raw = network.body(x, "image", None)
    assert raw.shape == (2, CHANNELS, 32, 32)
    assert torch.equal(night, expected) and float(night.std()) > 0.05


def test_a_checkpoint_keeps_the_head(tmp_path: Path) -> None:
    network, x = tiny_generator(head="relight", norm="instance"), noise_tensor(3, size=32)
    loaded = load_checkpoint(make_checkpoint(tmp_path / "night", network, input="photo"))
    assert loaded.config.generator == network.spec and network.spec.head == "relight"
    with torch.no_grad():
        torch.testing.assert_close(loaded.generator(x), network(x), atol=0.02, rtol=0)  # half precision


def test_a_checkpoint_of_before_this_option_gives_pictures(tmp_path: Path) -> None:
    folder = make_checkpoint(tmp_path / "old")
    values = json.loads((folder / CONFIG).read_text())
    del values["generator"]["head"]
    (folder / CONFIG).write_text(json.dumps(values))
    assert load_checkpoint(folder).config.generator.head == "image"


# ---- gain -----------------------------------------------------------------------------------------


def test_the_gain_is_one_factor_for_detail_and_ground() -> None:
    day = noise_tensor(0, size=32) * 0.2 - 0.3
    night = shown(day, channels())
    ratio = night / ((day + 1) / 2)
    assert float(ratio.max() / ratio.min()) < 1.05  # but for the shoulder
    assert float(ratio.mean()) == pytest.approx(0.35, abs=0.02)


def test_a_gain_above_one_makes_brighter_and_clips_nothing() -> None:
    steps = torch.linspace(-1, 1, 64).expand(1, 3, 64, 64)
    night = shown(steps, channels(offset=6.0, size=64))[0, 0, 0]
    assert bool((night[1:] > night[:-1]).all())
    assert float(night[16]) > 1.7 * 16 / 63 and float(night[-1]) < 1


def test_the_gain_paints_no_fine_pattern() -> None:
    raw = torch.randn(1, CHANNELS, 64, 64) * 20
    raw[:, 3:4], raw[:, 4:] = 0.0, OFF
    day = grey(0.5, 64)
    logit = torch.logit((torch.atanh(shown(day, raw)) / (2 * 0.5)).clamp(1e-6, 1 - 1e-6))
    bends = (logit[..., 2:] - 2 * logit[..., 1:-1] + logit[..., :-2]).abs()  # 0 along a straight line
    straight = torch.ones(62, dtype=torch.bool)
    for centre in range(CELL // 2, 64, CELL):  # the cells' centres lie between two pixels
        straight[[min(max(centre + k - 1, 0), 61) for k in (-1, 0)]] = False
    assert float(bends[..., straight].max()) < 1e-2 < 0.1 < float(bends.max())


def test_the_skyline_is_the_photos_own() -> None:
    day = grey(0.9)
    day[..., 13:] = 2 * 0.3 - 1  # a roof begins inside a cell
    night = shown(day, channels(slope=-8.0))
    assert float(night[..., :13].max() - night[..., :13].min()) < 1e-6
    assert float(night[..., 13:].min()) > 2 * float(night[..., :13].max())


def test_the_noise_of_the_sky_goes_with_the_sky() -> None:
    noise = noise_tensor(0, count=1, size=32) * (4 / 255)
    day = grey(0.8) + noise
    night = shown(day, channels(offset=-1.5, slope=-1.0))
    assert float(night.mean()) < 0.08
    assert float(night.std()) < 0.25 * float((noise / 2).std())


# ---- lights ---------------------------------------------------------------------------------------


def test_an_empty_sky_gets_no_lamps() -> None:
    day = grey(0.7) + noise_tensor(0, count=1, size=32) * (3 / 255)
    assert float(lighting(day, channels(lights=9.0), CELL).lights.max()) < 0.1
    walls = grey(0.5) + noise_tensor(0, count=1, size=32) * 0.3
    assert float(lighting(walls, channels(lights=9.0), CELL).lights.min()) > 0.7


def test_detail_is_between_nothing_and_one() -> None:
    assert float(detail(grey(0.4), CELL).max()) < 1e-3
    step = grey(0.1, 64)
    step[..., 32:] = 0.8
    along = detail(step, CELL)[0, 0, 0]
    assert along.shape == (8,)
    assert bool((along[[2, 3, 4, 5]] > 0.9).any()) and float(along[[0, 7]].max()) < 1e-3


def test_lights_are_added_and_stay_in_range() -> None:
    dark = Lighting(torch.full((1, 3, 1, 1), -9.0), torch.zeros(1, 1, 1, 1), torch.full((1, 3, 1, 1), 0.5))
    night = (relight(grey(0.5), dark) + 1) / 2
    assert float(night.mean()) == pytest.approx(0.5, abs=1e-3)
    bright = dark._replace(offset=torch.full((1, 3, 1, 1), 9.0), lights=torch.ones(1, 3, 1, 1))
    assert float(relight(grey(1.0), bright).max()) == 1


# ---- photos of any size ---------------------------------------------------------------------------


@given(
    st.integers(1, 4096), st.integers(1, 4096), st.sampled_from([16, 128, 256]), st.sampled_from([4, 16, 64])
)
def test_the_working_size_is_bounded_and_keeps_the_aspect(
    height: int, width: int, size: int, multiple: int
) -> None:
    multiple = min(multiple, size)
    h, w = working_size(height, width, size, multiple)
    assert h % multiple == w % multiple == 0 and min(h, w) >= multiple
    assert min(h, w) <= 1.5 * size + multiple and max(h, w) <= 4 * size + multiple
    if max(height, width) <= 2 * min(height, width):
        assert abs(h / w - height / width) <= 2 * multiple / size
        assert min(h, w) >= 1.5 * size - multiple


def test_the_size_of_the_photo_changes_nothing_where_the_lighting_is_even() -> None:
    light = Lighting(*(torch.full((1, c, 2, 2), value) for c, value in ((3, -0.5), (1, -3.0), (3, 0.1))))
    for size in (1, 7, 16, 300):
        night = relight(grey(0.6, size), light)
        assert night.shape == (1, 3, size, size)
        torch.testing.assert_close(night, relight(grey(0.6, 16), light)[..., :1, :1].expand_as(night))
