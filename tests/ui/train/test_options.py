"""The options of the form are those of the one dataclass."""

from __future__ import annotations

import dataclasses
from typing import Any

import gradio as gr
import pytest
from support import assert_one_sentence

from pix2pix.errors import Pix2PixError
from pix2pix.ui.texts import texts, translations
from pix2pix.ui.train.options import MATTERS, chosen, field, options, recipe
from train.config import TrainConfig
from train.presets import from_preset


def filled(**changes: str) -> list[Any]:
    """The form's values, empty but for some."""
    known = {option.name for option in options()}
    assert changes.keys() <= known
    return [changes.get(option.name, "") for option in options()]


def made(values: list[Any], minutes: Any = 30, preset: str = "quick", **own: Any) -> TrainConfig:
    asked = {"size": "", "matters": "", "seed": 0, **own}
    return recipe(("x",), minutes, preset=preset, values=values, **asked)


def test_few_options_are_shown_at_once() -> None:
    shown = {f.name for f in dataclasses.fields(TrainConfig)} - {option.name for option in options()}
    own = {"direction", "start", "minutes", "image_size", "lambda_l1", "seed"}  # each has a field of its own
    assert shown == own | {"data", "out", "preset", "input", "pairs"}


def test_what_matters_more_weighs_the_distance_from_the_photo() -> None:
    weights = {name: made(filled(), matters=name).lambda_l1 for name in MATTERS}
    assert weights == {"closer": 90.0, "": 30.0, "crisper": 10.0}
    assert made(filled(), preset="paper", matters="closer").lambda_l1 == 300.0
    changed = made(filled(), size="128", seed=7)
    assert (changed.image_size, changed.load_size, changed.seed) == (128, 128, 7)


def test_every_option_is_explained_in_every_language() -> None:
    for option in options():
        for said in texts().values():
            assert said[f"train_option_{option.name}"]


def test_every_option_has_a_component_that_begins_without_an_opinion() -> None:
    with gr.Blocks():
        values = [field(option, translations()).value for option in options()]
    assert chosen(values) == {}
    assert chosen([None] * len(values)) == {}


def test_untouched_it_is_the_preset() -> None:
    untouched = made(filled(), direction="BtoA", start="")
    seconds = {"sample_every": 60.0, "save_every": 120.0}
    assert untouched == from_preset("quick", data=("x",), minutes=30.0, direction="BtoA", **seconds)
    assert made(filled(), 5, "paper").norm == "batch"


def test_what_is_changed_wins() -> None:
    changes = {"width": "16", "mirror": "no", "ema": "0,9", "gan_loss": "lsgan", "learning_rate": "1e-3"}
    changed = made(filled(**changes), 1)
    assert (changed.width, changed.mirror, changed.ema) == (16, False, 0.9)
    assert (changed.gan_loss, changed.learning_rate, changed.sample_every) == ("lsgan", 1e-3, 5.0)


def test_steps_stand_in_for_minutes() -> None:
    counted = made(filled(steps="12"))
    assert (counted.steps, counted.minutes) == (12, None)


@pytest.mark.parametrize(
    "changes",
    [
        {"width": "wide"},
        {"width": "1.5"},
        {"dropout": "7"},
        {"workers": "-1"},
    ],
)
def test_nonsense_is_one_sentence(changes: dict[str, str]) -> None:
    with pytest.raises(Pix2PixError) as caught:
        made(filled(**changes))
    assert_one_sentence(caught.value)


@pytest.mark.parametrize("minutes", [None, 0, -1, 1e9, "5"])
def test_minutes_that_are_none(minutes: Any) -> None:
    with pytest.raises(Pix2PixError) as caught:
        made(filled(), minutes)
    assert_one_sentence(caught.value)
