"""The trainer's options as fields of a form, read off the one dataclass that the command line has as well."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

import gradio as gr

from pix2pix.errors import ConfigError
from train.config import TrainConfig
from train.presets import PRESETS, from_preset

Kind = Literal["choice", "flag", "whole", "number", "range", "text"]
ELSEWHERE = (
    "data",
    "out",
    "preset",
    "start",
    "direction",
    "input",
    "pairs",
    "minutes",
)  # fields of their own
SEEN_OFTEN = 30  # sample sheets of a run, at most one in 5 seconds and at least one a minute


@dataclass(frozen=True)
class Option:
    """An option of a recipe: ``choices`` of a "choice", and the value that it has in ``quick``."""

    name: str
    kind: Kind
    choices: tuple[str, ...]
    default: str


def options() -> tuple[Option, ...]:
    """All but those that have fields of their own in the form."""
    hints = typing.get_type_hints(TrainConfig)
    return tuple(
        Option(field.name, *_kind(hints[field.name]), _shown(field))
        for field in dataclasses.fields(TrainConfig)
        if field.name not in ELSEWHERE
    )


def _shown(field: dataclasses.Field[Any]) -> str:
    default = PRESETS["quick"].get(field.name, field.default)
    if default is None:
        return ""
    return " ".join(f"{part:g}" for part in default) if isinstance(default, tuple) else str(default)


def _kind(hint: Any) -> tuple[Kind, tuple[str, ...]]:
    kinds = [kind for kind in (get_args(hint) or (hint,)) if kind is not type(None)]
    if get_origin(hint) is Literal:
        return "choice", tuple(map(str, get_args(hint)))
    if get_origin(hint) is tuple:
        return "range", ()
    plain: dict[Any, Kind] = {bool: "flag", int: "whole", float: "number", str: "text"}
    return plain[kinds[0]], ()


def field(option: Option, text: gr.I18n) -> Any:
    """The component of an option; left alone, the preset (or the model to start from) decides."""
    common: dict[str, Any] = {
        "label": option.name,
        "info": text(f"train_option_{option.name}"),
        "min_width": 160,
        "elem_classes": f"train-option-{option.name}",
    }
    if option.kind in ("choice", "flag"):
        values = [(value, value) for value in option.choices or ("yes", "no")]
        return gr.Dropdown([(text("train_by_preset"), ""), *values], value="", **common)
    # Not gr.Number, which shows an empty field as 0.
    return gr.Textbox(value="", max_lines=1, placeholder=option.default, **common)


def chosen(values: Sequence[Any]) -> dict[str, Any]:
    """What was changed in the form: one value for each of :func:`options`, in their order.

    Raises:
        ConfigError: what should be a number, or two, is not.
    """
    found: dict[str, Any] = {}
    for option, value in zip(options(), values, strict=True):
        words = str("" if value is None else value).strip()
        if not words:
            continue
        if option.kind == "flag":
            found[option.name] = words == "yes"
        elif option.kind in ("whole", "number"):
            found[option.name] = _number(option, words)
        elif option.kind == "range":
            found[option.name] = _range(option.name, words)
        else:
            found[option.name] = words
    return found


def _number(option: Option, words: str) -> float:
    kind: type[int] | type[float] = int if option.kind == "whole" else float
    try:
        return kind(words.replace(",", "."))
    except ValueError as error:
        what = "a whole number" if option.kind == "whole" else "a number"
        raise ConfigError(f"The option {option.name} is '{words[:30]}': write {what}, or nothing.") from error


def _range(name: str, text: str) -> tuple[float, float]:
    try:
        low, high = map(float, text.replace(",", " ").split())
    except ValueError as error:
        raise ConfigError(f"The option {name} needs two numbers, such as 0.4 1: write two.") from error
    return low, high


def recipe(data: Sequence[str], minutes: Any, preset: str, values: Sequence[Any], **own: Any) -> TrainConfig:
    """The recipe that the form asks for.

    Args:
        minutes: how long, unless the options say it in steps or epochs.
        values: as for :func:`chosen`.
        own: direction, input and start.

    Raises:
        Pix2PixError: the form asks for what cannot be.
    """
    given = chosen(values)
    if not {"steps", "epochs"} & given.keys():
        if not isinstance(minutes, (int, float)) or not 0 < minutes <= 100_000:
            raise ConfigError("Say how many minutes to train: give a number above 0.")
        given["minutes"] = float(minutes)
        seconds = min(max(60 * given["minutes"] / SEEN_OFTEN, 5.0), 60.0)
        given = {"sample_every": seconds, "save_every": 2 * seconds, **given}
    return from_preset(preset, data=tuple(data), **own, **given)
