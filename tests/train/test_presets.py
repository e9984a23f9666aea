"""The recipes have the numbers of those that they are named after, and fit what a person changes."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from support import assert_one_sentence

from pix2pix.discriminator import PatchDiscriminator
from pix2pix.errors import ConfigError
from train.presets import DEFAULT_LENGTH, PRESETS, from_preset


def test_presets_are_valid_and_have_a_length() -> None:
    assert set(PRESETS) == set(DEFAULT_LENGTH) == {"quick", "paper", "tutorial"}
    for name in PRESETS:
        config = from_preset(name, data=("d",), out="r")
        assert config.preset == name
        assert sum(getattr(config, length) is not None for length in ("minutes", "steps", "epochs")) == 1


def test_the_paper_preset_has_the_papers_numbers() -> None:
    config = from_preset("paper", data=("d",), out="r")
    paper = {
        "image_size": 256,
        "load_size": 286,
        "mirror": True,
        "width": 64,
        "norm": "batch",
        "dropout": 0.5,
        "final": "transposed",
        "discriminator_width": 64,
        "receptive_field": 70,
        "conditional": True,
        "generator": "unet",
        "gan_loss": "vanilla",
        "reconstruction": "l1",
        "order": "discriminator_first",
        "direction": "AtoB",
        "lambda_l1": 100.0,
        "learning_rate": 2e-4,
        "batch_size": 1,
        "epochs": 200.0,
        "decay_from": 1.0,  # the paper's learning rate is constant
        "ema": 0.0,
        "shrink": 0.0,
        "redraw": 0.0,
        "colour_hints": 0.0,
    }
    assert {name: getattr(config, name) for name in paper} == paper
    assert config.generator_spec().encoder_channels == [64, 128, 256, 512, 512, 512, 512, 512]
    assert config.discriminator_spec().condition_channels == 3


def test_the_tutorial_preset_has_the_tutorial_codes_numbers() -> None:
    config = from_preset("tutorial", data=("d",), out="r")
    tutorial = {
        "image_size": 256,
        "load_size": 256,  # resized, never cropped
        "mirror": True,
        "generator": "unet_tutorial",
        "width": 64,
        "norm": "instance_plain",
        "dropout": 0.5,
        "final": "resize",
        "discriminator_width": 64,
        "receptive_field": 94,
        "conditional": True,
        "gan_loss": "lsgan",
        "reconstruction": "l1",
        "lambda_l1": 100.0,
        "order": "generator_first",
        "learning_rate": 2e-4,
        "batch_size": 1,
        "epochs": 200.0,
        "decay_from": 1.0,  # its decay option has no effect
        "ema": 0.0,
        "shrink": 0.0,
        "redraw": 0.0,
        "colour_hints": 0.0,
    }
    assert {name: getattr(config, name) for name in tutorial} == tutorial
    with torch.device("meta"):
        critic = PatchDiscriminator(config.discriminator_spec())
    assert sum(p.numel() for p in critic.parameters()) == 2_767_808
    assert from_preset("tutorial", image_size=128).load_size == 128


def test_options_win_over_the_preset() -> None:
    config = from_preset("paper", data=("d",), out="r", width=16, steps=3)
    assert (config.width, config.steps, config.epochs, config.discriminator_width) == (16, 3, None, 64)


@pytest.mark.parametrize(("size", "load"), [(256, 286), (128, 143), (512, 572), (32, 36)])
def test_the_jitter_follows_the_image_size(size: int, load: int) -> None:
    assert from_preset("paper", image_size=size, receptive_field=16, steps=1).load_size == load
    assert from_preset("paper", image_size=size, receptive_field=16, load_size=size).load_size == size


@pytest.mark.parametrize("size", [256, 128, 32])
def test_quick_moves_pictures_without_enlarging_them(size: int) -> None:
    config = from_preset("quick", image_size=size, receptive_field=1, steps=1)
    assert config.load_size == size and round(config.shift * size) >= 2


@pytest.mark.parametrize(("size", "halvings"), [(256, 7), (128, 6), (64, 5)])
def test_quick_begins_with_quarters_and_halves_once_less(size: int, halvings: int) -> None:
    config = from_preset("quick", image_size=size, receptive_field=16, steps=1)
    assert (config.quarters, config.halvings) == (0.5, halvings)
    assert from_preset("quick", quarters=0.2, steps=1).halvings == 7


@pytest.mark.parametrize(
    "changes",
    [
        {"halvings": 8},
        {"start": "edges2photo"},
        {"image_size": 32},
    ],
    ids=str,
)
def test_quick_shows_no_quarters_where_they_do_not_fit(changes: dict[str, Any]) -> None:
    config = from_preset("quick", steps=1, **changes)
    assert config.quarters == 0
    assert config.halvings == changes.get("halvings", 0)
    with pytest.raises(ConfigError) as caught:
        from_preset("quick", steps=1, **changes, quarters=0.5)
    assert_one_sentence(caught.value)


def test_a_resnet_is_shown_quarters_as_it_is() -> None:
    config = from_preset("quick", steps=1, generator="resnet_6")
    assert (config.quarters, config.halvings) == (0.5, 0)


def test_an_unknown_preset_is_one_sentence() -> None:
    with pytest.raises(ConfigError) as caught:
        from_preset("fast")
    assert_one_sentence(caught.value)


def test_the_trainer_does_not_go_on_with_a_model_that_it_does_not_make() -> None:
    with pytest.raises(ConfigError) as caught:
        from_preset("quick", data=("d",), start="day2night")
    assert_one_sentence(caught.value)
