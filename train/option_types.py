"""What a field of the recipe may hold, read off its type hint."""

from __future__ import annotations

import types
import typing
from dataclasses import Field
from typing import Any, Literal, get_args, get_origin

from pix2pix.errors import ConfigError
from pix2pix.messages import Message


def option_name(name: str) -> str:
    """The flag of a field, without its two dashes."""
    return "from" if name == "start" else name.replace("_", "-")  # `from` cannot name a field


def argument_type(hint: Any) -> tuple[Any, list[str] | None]:
    """The type to parse a flag with, and its choices where it has any, of a field's type hint."""
    options = [a for a in _union(hint) if a is not type(None)]
    literals = [value for a in options if get_origin(a) is Literal for value in get_args(a)]
    return (str, literals) if literals else (options[0], None)


def _union(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) if get_origin(hint) in (typing.Union, types.UnionType) else (hint,)


def check_value(field: Field[Any], value: Any, hint: Any) -> None:
    """Refuse a value that a field of this type hint and these bounds cannot have, as a JSON file may give it.

    Raises:
        ConfigError: one sentence that names the option and what it may be.
    """
    option = option_name(field.name)
    if not any(_fits(value, kind) for kind in _union(hint)):
        kind, choices = argument_type(hint)
        wanted = choices or Message(f"word.{getattr(kind, '__name__', 'str')}")
        raise ConfigError("option.bad_value", option=option, value=value, wanted=wanted)
    low, high = field.metadata["low"], field.metadata["high"]
    if value is None or low is None:
        return
    if high is None and value < low:
        raise ConfigError("option.too_low", option=option, low=low)
    if high is not None and not low <= value <= high:
        raise ConfigError("option.out_of_range", option=option, low=low, high=high)


def _fits(value: Any, kind: Any) -> bool:
    if get_origin(kind) is Literal:
        return isinstance(value, str) and value in get_args(kind)
    if get_origin(kind) is tuple:
        return isinstance(value, tuple) and all(isinstance(v, str) for v in value)
    if kind is float:  # neither infinite nor NaN
        return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e300
    return type(value) is kind
