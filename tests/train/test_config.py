"""One dataclass is the flags, the fields and the JSON; every bad value is one sentence."""

from __future__ import annotations

import argparse
import dataclasses
import itertools
import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import assert_one_sentence

from pix2pix.discriminator import RECEPTIVE_FIELDS
from pix2pix.errors import ConfigError
from train.config import DELETED, TrainConfig, option_name
from train.flags import add_options, options_given
from train.presets import PRESETS, from_preset

FIELDS = [f.name for f in dataclasses.fields(TrainConfig)]

# One value for each option that is not its default.
OTHER: dict[str, Any] = {
    "data": ("shoes", "bags"),
    "out": "runs/first",
    "preset": "paper",
    "minutes": 2.5,
    "steps": 7,
    "epochs": 1.5,
    "direction": "BtoA",
    "input": "labels",
    "pairs": ("my masks", "photos"),
    "factor": 8,
    "image_size": 128,
    "load_size": 256,
    "shift": 0.125,
    "snap_labels": True,
    "mirror": False,
    "quarters": 0.25,
    "shrink": 0.1,
    "redraw": 0.2,
    "colour_hints": 0.9,
    "recolour": 0.1,
    "width": 48,
    "norm": "batch",
    "dropout": 0.25,
    "final": "resize",
    "halvings": 4,
    "spread_hints": True,
    "even_phases": True,
    "smooth": True,
    "discriminator_width": 16,
    "receptive_field": 34,
    "conditional": False,
    "lambda_l1": 10.0,
    "lambda_gan": 0.5,
    "lambda_features": 8.0,
    "lambda_feature_gan": 1.0,
    "learning_rate": 1e-3,
    "batch_size": 3,
    "decay_from": 0.75,
    "start": "edges2photo",
    "ema": 0.0,
    "seed": 11,
    "device": "cpu",
    "precision": "float32",
    "generator": "resnet_6",
    "gan_loss": "lsgan",
    "reconstruction": "l2",
    "order": "generator_first",
    "compile": True,
    "workers": 0,
    "sample_every": 5.0,
    "save_every": 6.0,
    "tensorboard": True,
}


def parse(*words: str) -> dict[str, Any]:
    parser = argparse.ArgumentParser()
    add_options(parser)
    return options_given(parser.parse_args(words))


def words(name: str, value: Any) -> list[str]:
    flag = f"--{option_name(name)}"
    if name == "data":
        return list(value)
    if isinstance(value, bool):
        return [flag if value else flag.replace("--", "--no-")]
    return [flag, *map(str, value)] if isinstance(value, tuple) else [flag, str(value)]


def valid(**changes: Any) -> TrainConfig:
    return TrainConfig(**{"data": ("d",), "out": "r", "steps": 5, **changes})


def refused(**changes: Any) -> str:
    try:
        valid(**changes).validate()
    except ConfigError as error:
        assert_one_sentence(error)
        return str(error)
    raise AssertionError(f"{changes} were taken")


# ---- flags ----------------------------------------------------------------------------------------


def test_every_option_is_tried() -> None:
    assert set(OTHER) == set(FIELDS)  # a new option needs a value here


def test_every_field_is_a_flag() -> None:
    for name, other in OTHER.items():
        given_options = {key: value for key, value in parse(*words(name, other)).items() if value != ()}
        assert given_options == {name: other}
        assert type(given_options[name]) is type(other), name
        assert other != getattr(TrainConfig, name), name


def test_no_flag_leaves_everything_to_the_preset() -> None:
    assert {name: value for name, value in parse().items() if value} == {}


def test_switches_go_both_ways() -> None:
    assert parse("--mirror")["mirror"] is True
    assert parse("--no-mirror")["mirror"] is False


def test_help_explains_every_option() -> None:
    parser = argparse.ArgumentParser()
    add_options(parser)
    text = parser.format_help()
    for f in dataclasses.fields(TrainConfig):
        assert f.metadata["help"]
        assert f.name == "data" or f"--{option_name(f.name)}" in text


# ---- options together ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"gan_loss": "none", "reconstruction": "none"}, ["--gan-loss", "--reconstruction"]),
        ({"gan_loss": "none", "lambda_l1": 0.0}, ["--gan-loss", "--lambda-l1"]),
        ({"reconstruction": "l2", "lambda_l1": 0.0}, ["--reconstruction l2", "--lambda-l1 0"]),
        ({"image_size": 32, "load_size": 36, "receptive_field": 142}, ["--receptive-field", "--image-size"]),
    ],
    ids=str,
)
def test_options_that_contradict_each_other_are_named(changes: dict[str, Any], words: list[str]) -> None:
    message = refused(**changes)
    assert all(word in message for word in words)


def test_no_reconstruction_needs_no_weight_and_no_weight_no_option() -> None:
    valid(reconstruction="none").validate()
    valid(lambda_l1=0.0).validate()
    valid(gan_loss="none").validate()


def test_a_recipe_with_options_that_are_no_more() -> None:
    """It goes on where they changed nothing, and else is only read."""
    for name, harmless in DELETED.items():
        for value in harmless:
            assert (
                TrainConfig.from_json(json.loads(json.dumps({**valid().to_json(), name: value}))) == valid()
            )
    for used in ({"crop": [0.4, 1.0]}, {"head": "relight"}, {"gan_loss": "wgangp"}):
        values = {**valid().to_json(), **used}
        assert TrainConfig.from_json(values, resume=False) == valid()
        with pytest.raises(ConfigError) as caught:
            TrainConfig.from_json(values)
        assert_one_sentence(caught.value)


def test_a_recipe_of_before_these_options_means_the_same() -> None:
    values = valid().to_json()
    for name in ("generator", "gan_loss", "reconstruction", "order"):
        del values[name]
    assert TrainConfig.from_json(values) == valid()


@pytest.mark.parametrize("kind", ["labels", "photo", "grey"])
def test_hints_are_spread_on_edges_only(kind: str) -> None:
    assert "spread-hints" in refused(spread_hints=True, input=kind)
    valid(spread_hints=True, input="edges").validate()


def test_the_length_of_a_run_in_steps() -> None:
    assert valid(steps=9).total_steps(100) == 9
    assert valid(steps=None, epochs=2.0, batch_size=4).total_steps(100) == 50
    assert valid(steps=None, epochs=0.001).total_steps(10) == 1
    assert valid(steps=None, minutes=3.0).total_steps(10) is None


# ---- JSON -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("preset", sorted(PRESETS))
def test_json_round_trip(preset: str) -> None:
    config = from_preset(preset, data=("a", "b"), out="r", seed=3)
    text = json.dumps(config.to_json(), allow_nan=False)
    assert TrainConfig.from_json(json.loads(text)) == config


def test_json_round_trip_of_every_other_value() -> None:
    # Each of these contradicts another value: they go with another input, or with another generator.
    mended = {"factor": 4, "halvings": 0, "spread_hints": False}
    values = {**OTHER, "minutes": None, "epochs": None, **mended}
    config = TrainConfig(**values)
    config.validate()
    assert TrainConfig.from_json(json.loads(json.dumps(config.to_json()))) == config


def test_an_option_of_another_version_is_one_sentence() -> None:
    with pytest.raises(ConfigError) as caught:
        TrainConfig.from_json({**valid().to_json(), "momentum": 1})
    assert_one_sentence(caught.value)
    assert "momentum" in str(caught.value)


# ---- bad values -----------------------------------------------------------------------------------

NOT_NUMBERS = [math.nan, math.inf, -math.inf]


BAD: dict[str, list[Any]] = {
    "steps": [0, -1, 1.5, True],
    "image_size": [100, 0, 256.0],
    "load_size": [255, 513],
    "shrink": [-0.1, 1.1],
    "pairs": [("x",), ("x", "y", "z")],
    "redraw": [2],
    "colour_hints": [-1],
    "recolour": [1.5],
    "width": [0, 4096],
    "dropout": [1],
    "discriminator_width": [0],
    "receptive_field": [71],
    "lambda_l1": [-1],
    "learning_rate": [0, -1e-4],
    "batch_size": [0],
    "decay_from": [-0.5, 1.5],
    "ema": [1.0],
    "seed": [-1, 2**70],
    "workers": [-1],
    "sample_every": [0],
    "save_every": [-1],
    "direction": ["BtoC"],
    "input": ["sketch"],
    "norm": ["group"],
    "generator": ["resnet_7"],
    "gan_loss": ["wgan"],
    "reconstruction": ["ssim"],
    "order": ["both"],
    "final": ["pixelshuffle"],
    "precision": ["float8"],
    "mirror": [1],
    "data": [("a", 3)],
    "out": [None],
}


def test_a_value_of_the_wrong_type_names_the_option() -> None:
    for name in (n for n in FIELDS if n not in ("out", "device", "start")):
        for value in ("nonsense", object(), [], {"a": 1}, (1, 2, 3), b"x"):
            message = refused(**{"steps": None, "minutes": 1.0, name: value})
            assert f"--{option_name(name)}" in message, (name, value)


def test_an_impossible_value_is_one_sentence() -> None:
    for name, values in BAD.items():
        for value in values:
            refused(**{name: value})
    for name in ("lambda_l1", "learning_rate", "sample_every", "save_every", "ema"):
        for value in NOT_NUMBERS:
            refused(**{name: value})
    for name in ("minutes", "epochs"):
        for value in (0, -1, *NOT_NUMBERS):
            refused(**{"steps": None, name: value})


@pytest.mark.parametrize("lengths", [{}, {"steps": 3, "minutes": 1.0}, {"minutes": 1.0, "epochs": 2.0}])
def test_exactly_one_length_is_needed(lengths: dict[str, float]) -> None:
    message = refused(**{"steps": None, **lengths})
    assert all(name in message for name in ("--minutes", "--steps", "--epochs"))


def test_a_patch_needs_a_picture_that_gives_it_a_score() -> None:
    for size, field in itertools.product([16, 32, 64, 128], RECEPTIVE_FIELDS):
        config = valid(image_size=size, load_size=size, receptive_field=field)
        if config.discriminator_spec().geometry.cells(size) > 0:
            config.validate()
        else:
            assert "receptive" in refused(image_size=size, load_size=size, receptive_field=field)


VALUES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from([value for other in OTHER.values() for value in (other, list(FIELDS))])
    | st.lists(st.integers() | st.floats() | st.text(max_size=3) | st.none(), max_size=3)
    | st.dictionaries(st.text(max_size=3), st.integers(), max_size=2)
)


@settings(max_examples=200)
@given(st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=3))
def test_whatever_the_json_says_the_answer_is_a_recipe_or_a_sentence(changes: dict[str, Any]) -> None:
    try:
        config = TrainConfig.from_json({**valid().to_json(), **changes})
    except ConfigError as error:
        assert_one_sentence(error)
    else:
        assert TrainConfig.from_json(json.loads(json.dumps(config.to_json(), allow_nan=False))) == config
        assert config.generator_spec().image_size <= config.load_size
        assert config.total_steps(10) is None or config.total_steps(10) >= 1
