"""The options of the form are those of the one dataclass."""

from __future__ import annotations

import dataclasses
from typing import Any

import gradio as gr
import pytest
from support import assert_one_sentence

from pix2pix.errors import Pix2PixError
from pix2pix.ui.texts import TEXTS, translations
from pix2pix.ui.train.options import ELSEWHERE, chosen, field, options, recipe
from train.config import TrainConfig
from train.presets import from_preset


def filled(**changes: str) -> list[Any]:
    """The form's values, empty but for some."""
    known = {option.name for option in options()}
    assert changes.keys() <= known
    return [changes.get(option.name, "") for option in options()]


def test_every_option_is_in_the_form_once() -> None:
    names = [option.name for option in options()]
    assert sorted([*names, *ELSEWHERE]) == sorted(f.name for f in dataclasses.fields(TrainConfig))


def test_every_option_is_explained_in_every_language() -> None:
    for option in options():
        for language in TEXTS:
            assert TEXTS[language][f"train_option_{option.name}"]


def test_every_option_has_a_component_that_begins_without_an_opinion() -> None:
    with gr.Blocks():
        values = [field(option, translations()).value for option in options()]
    assert chosen(values) == {}
    assert chosen([None] * len(values)) == {}


def test_untouched_it_is_the_preset() -> None:
    made = recipe(("x",), 30, "quick", filled(), direction="BtoA", start="")
    seconds = {"sample_every": 60.0, "save_every": 120.0}
    assert made == from_preset("quick", data=("x",), minutes=30.0, direction="BtoA", **seconds)
    assert recipe(("x",), 5, "paper", filled()).norm == "batch"


def test_what_is_changed_wins() -> None:
    changes = {"width": "16", "mirror": "no", "crop": "0.4, 1", "gan_loss": "lsgan", "learning_rate": "1e-3"}
    made = recipe(("x",), 1, "quick", filled(**changes))
    assert (made.width, made.mirror, made.crop) == (16, False, (0.4, 1.0))
    assert (made.gan_loss, made.learning_rate, made.sample_every) == ("lsgan", 1e-3, 5.0)


def test_steps_stand_in_for_minutes() -> None:
    made = recipe(("x",), 30, "quick", filled(steps="12"))
    assert (made.steps, made.minutes) == (12, None)


@pytest.mark.parametrize(
    "changes",
    [
        {"width": "wide"},
        {"width": "1.5"},
        {"crop": "1"},
        {"crop": "a b"},
        {"dropout": "7"},
        {"workers": "-1"},
    ],
)
def test_nonsense_is_one_sentence(changes: dict[str, str]) -> None:
    with pytest.raises(Pix2PixError) as caught:
        recipe(("x",), 30, "quick", filled(**changes))
    assert_one_sentence(caught.value)


@pytest.mark.parametrize("minutes", [None, 0, -1, 1e9, "5"])
def test_minutes_that_are_none(minutes: Any) -> None:
    with pytest.raises(Pix2PixError) as caught:
        recipe(("x",), minutes, "quick", filled())
    assert_one_sentence(caught.value)
