"""The night that knows what it sees: what it darkens and lights, by maps that are given, and as a model."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from support import assert_one_sentence, make_checkpoint, noise_picture, noise_tensor
from torch import Tensor

from pix2pix.checkpoint import load_checkpoint
from pix2pix.errors import ConfigError
from pix2pix.generator import GeneratorSpec, build_generator
from pix2pix.night import MAPS, NOISE, Night, blur, guided, night_of
from pix2pix.relight import luminance
from pix2pix.translator import Translator

SIDE = 64  # cells of the maps; pictures have 128 pixels
SPEC = GeneratorSpec(width=4, kind="seer", head="night", norm="none", dropout=0.0)


def street() -> tuple[Tensor, Tensor]:
    """A bright uneven sky above a grey front with nine dark windows: day and logits."""
    day = torch.full((1, 3, 2 * SIDE, 2 * SIDE), 0.1)
    day[:, :, :40] = torch.linspace(0.4, 1, 2 * SIDE).view(1, 1, 1, -1)
    logits = torch.full((1, MAPS, SIDE, SIDE), -8.0)
    logits[:, 0, :20], logits[:, 2, 20:] = 8, 8
    for row in (26, 38, 50):
        for column in (8, 28, 48):
            day[:, :, 2 * row : 2 * row + 12, 2 * column : 2 * column + 12] = -0.6
            logits[:, 1, row : row + 6, column : column + 6] = 8
    return day, logits


def lit_by(seed: int, logits: Tensor) -> Night:
    noise = torch.rand((1, NOISE, SIDE, SIDE), generator=torch.Generator().manual_seed(seed))
    return night_of(street()[0], logits, noise)


def test_a_sky_becomes_dark_and_even_and_windows_are_lit() -> None:
    day, logits = street()
    night = lit_by(1, logits)
    y = luminance((night.on(day) + 1) / 2)[0, 0]
    sky, own = y[:36], luminance((day + 1) / 2)[0, 0, :36]
    assert float(sky.max()) < 0.2 and float(sky.std()) < float(own.std()) / 2
    windows = (logits[0, 1] > 0).repeat_interleave(2, 0).repeat_interleave(2, 1)
    bright = y > 0.35
    assert bright.sum() > 50 and float((bright & windows).sum() / bright.sum()) > 0.9
    assert float(y[44:][~windows[44:]].median()) < 0.4 * float(luminance((day + 1) / 2).median())


def test_seeds_light_other_windows_each_of_them_as_one() -> None:
    _, logits = street()
    lights = [lit_by(seed, logits).lights[0, 0] for seed in (1, 1, 2)]
    assert torch.equal(lights[0], lights[1]) and not torch.equal(lights[0], lights[2])
    for row in (26, 38, 50):
        for column in (8, 28, 48):
            middle = lights[0][row + 1 : row + 5, column + 1 : column + 5] > 0
            assert middle.all() or not middle.any()


def test_without_a_building_nothing_is_lit() -> None:
    day, logits = street()
    logits[:, 2] = -8
    night = lit_by(1, logits)
    assert not night.lights.any() and float(luminance((night.on(day) + 1) / 2).max()) < 0.35


def test_dark_points_of_far_buildings_are_lit() -> None:
    day, logits = street()
    logits[:, 1] = -8
    logits[:, 1, 20:] = -1  # hardly seen
    day[:, :, 60::8, ::8] = -0.9
    day[:, :, 61::8, ::8] = -0.9
    night = night_of(day, logits, torch.full((1, NOISE, SIDE, SIDE), 0.1))
    lit = night.lights[0, 0] > 0
    assert lit[30:].any() and not lit[:20].any()


@pytest.mark.parametrize("size", [(33, 70), (256, 128)])
def test_the_night_is_made_at_the_photos_own_size(size: tuple[int, int]) -> None:
    _, logits = street()
    photo = noise_tensor(0, size=256)[..., : size[0], : size[1]][:1]
    night = lit_by(1, logits).on(photo)
    assert night.shape == photo.shape and float(night.abs().max()) <= 1


def test_a_guided_map_follows_the_pictures_edge() -> None:
    grey = torch.zeros(1, 1, 32, 32)
    grey[..., 15:] = 1
    rough = torch.zeros(1, 1, 32, 32)
    rough[..., 17:] = 1  # two cells beside the edge
    fine = torch.nn.functional.interpolate(grey, 128)
    map_ = guided(rough, grey, fine, 4, 1e-4)
    assert float(map_[..., 64:].min()) > 0.5 > 0.3 > float(map_[..., :50].max())
    assert torch.allclose(blur(torch.full((1, 1, 9, 9), 0.3), 3), torch.tensor(0.3))


def test_a_model_of_it_is_saved_loaded_and_served(tmp_path: Path) -> None:
    torch.manual_seed(0)
    generator = build_generator(SPEC).eval()
    folder = make_checkpoint(tmp_path / "night", generator, input="photo")
    loaded = load_checkpoint(folder)
    assert loaded.config.generator == SPEC and SPEC.multiple == 16 and SPEC.lights_anew
    x = noise_tensor(1, size=64)
    with torch.no_grad():
        assert generator.body(x, None, None).shape == (2, MAPS, 32, 32)
        torch.testing.assert_close(loaded.generator(x), generator(x), atol=0.1, rtol=0)  # half precision
    photo = noise_picture(150, 90, 0)
    translator = Translator.load(folder, device="cpu")
    assert translator.translate(photo, seed=3).tobytes() == translator.translate(photo, seed=3).tobytes()
    assert translator.translate(photo, seed=None).size == photo.size


def test_noise_is_drawn_for_every_cell() -> None:
    (noise,) = build_generator(SPEC).sample_noise(5, 64, 96)
    assert noise.shape == (1, NOISE, 32, 48) and 0 <= float(noise.min()) < float(noise.max()) < 1


@pytest.mark.parametrize(
    "changes", [{"head": "image"}, {"kind": "unet"}, {"in_channels": 1}, {"spread_hints": True}]
)
def test_what_cannot_be_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ConfigError) as caught:
        GeneratorSpec(**{"kind": "seer", "head": "night", **changes})  # type: ignore[arg-type]
    assert_one_sentence(caught.value)
