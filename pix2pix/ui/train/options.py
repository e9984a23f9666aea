"""The trainer's options as fields of a form, read off the one dataclass that the command line has as well."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Sequence
from typing import Any

import gradio as gr

from pix2pix.errors import ConfigError
from pix2pix.messages import Message
from train.config import TrainConfig, argument_type
from train.presets import PRESETS, from_preset

SEEN_OFTEN = 30  # sample sheets of a run, at most one in 5 seconds and at least one a minute
MATTERS = {"closer": 3.0, "": 1.0, "crisper": 1 / 3}  # of the preset's weight of the distance from the photo
_HINTS = typing.get_type_hints(TrainConfig)


def options() -> tuple[dataclasses.Field[Any], ...]:
    """What is under "More options": all but what the form shows at once."""
    return tuple(f for f in dataclasses.fields(TrainConfig) if not f.metadata["basic"])


def option_named(name: str) -> dataclasses.Field[Any]:
    """One option, wherever it is shown."""
    return next(f for f in dataclasses.fields(TrainConfig) if f.name == name)


def _default(option: dataclasses.Field[Any]) -> str:
    default = PRESETS["quick"].get(option.name, option.default)
    return "" if default is None else str(default)


def field(option: dataclasses.Field[Any], text: gr.I18n, label: Any = "") -> Any:
    """The component of an option; left alone, the preset (or the model to start from) decides."""
    common: dict[str, Any] = {
        "label": label or option.name,
        "info": text(f"train_option_{option.name}"),
        "min_width": 160,
        "elem_classes": f"train-option-{option.name}",
    }
    kind, choices = argument_type(_HINTS[option.name])
    if choices or kind is bool:
        values = [(value, value) for value in choices or ("yes", "no")]
        return gr.Dropdown([(text("train_by_preset"), ""), *values], value="", **common)
    # Not gr.Number, which shows an empty field as 0.
    return gr.Textbox(value="", max_lines=1, placeholder=_default(option), **common)


def chosen(values: Sequence[Any], **others: Any) -> dict[str, Any]:
    """What was changed in the form: one value for each of :func:`options`, and others by name.

    Raises:
        ConfigError: what should be a number is not.
    """
    every = {option.name: value for option, value in zip(options(), values, strict=True)} | others
    words = {name: str(value or "").strip() for name, value in every.items()}
    return {name: _value(name, word) for name, word in words.items() if word}


def _value(name: str, words: str) -> Any:
    kind, _ = argument_type(_HINTS[name])
    if kind is bool:
        return words == "yes"
    try:
        return words if kind is str else kind(words.replace(",", "."))
    except ValueError as error:
        wanted = Message(f"word.{kind.__name__}")
        raise ConfigError("page.bad_number", option=name, value=words[:30], wanted=wanted) from error


def recipe(
    data: Sequence[str],
    minutes: Any,
    size: str,
    matters: str,
    seed: Any,
    preset: str,
    values: Sequence[Any],
    **own: Any,
) -> TrainConfig:
    """The recipe that the form asks for.

    Args:
        minutes: how long, unless the options say it in steps or epochs.
        size: image_size in words, "" for the preset's or the model's.
        matters: one of :data:`MATTERS`.
        values: as for :func:`chosen`.
        own: direction, input and start.

    Raises:
        Pix2PixError: the form asks for what cannot be.
    """
    given = {**chosen(values, image_size=size), "seed": int(seed or 0)}
    if matters:
        usual = PRESETS.get(preset, {}).get("lambda_l1", TrainConfig.lambda_l1)
        given["lambda_l1"] = round(usual * MATTERS.get(matters, 1.0), 1)
    if not {"steps", "epochs"} & given.keys():
        if not isinstance(minutes, (int, float)) or not 0 < minutes <= 100_000:
            raise ConfigError("page.bad_minutes")
        given["minutes"] = float(minutes)
        seconds = min(max(60 * given["minutes"] / SEEN_OFTEN, 5.0), 60.0)
        given = {"sample_every": seconds, "save_every": 2 * seconds, **given}
    return from_preset(preset, data=tuple(data), **own, **given)
