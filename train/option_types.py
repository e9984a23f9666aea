"""What a field of the recipe may hold, read off its type hint."""

from __future__ import annotations

import types
import typing
from typing import Any, Literal, get_args, get_origin

from pix2pix.errors import ConfigError


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


def _fits_tuple(value: tuple[Any, ...], kinds: tuple[Any, ...]) -> bool:
    if kinds[-1] is Ellipsis:
        return all(isinstance(v, kinds[0]) for v in value)
    return len(value) == len(kinds) and all(isinstance(v, (int, float)) for v in value)


def check_type(name: str, value: Any, hint: Any) -> None:
    """Refuse a value that a field of this type hint cannot have, as a JSON file may give it.

    Raises:
        ConfigError: one sentence that names the option and what it may be.
    """
    for option in _union(hint):
        if option is type(None) and value is None:
            return
        if get_origin(option) is Literal and value in get_args(option):
            return
        if get_origin(option) is tuple and isinstance(value, tuple) and _fits_tuple(value, get_args(option)):
            return
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if option is float and number and abs(value) < 1e300:  # neither infinite nor NaN
            return
        if option in (int, str, bool) and type(value) is option:
            return
    kind, choices = argument_type(hint)
    expected = " or ".join(map(str, choices)) if choices else getattr(kind, "__name__", str(kind))
    raise ConfigError(f"The option --{option_name(name)} is {value!r}; it must be {expected}.")
