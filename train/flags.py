"""The command line's flags, one for every field of the recipe."""

from __future__ import annotations

import argparse
import dataclasses
import typing
from dataclasses import MISSING, Field
from typing import Any

from train.config import TrainConfig, argument_type, option_name
from train.presets import PRESETS


def add_options(parser: argparse.ArgumentParser) -> None:
    """One flag for every field of :class:`TrainConfig`; flags not given are left to the preset."""
    hints = typing.get_type_hints(TrainConfig)
    for f in dataclasses.fields(TrainConfig):
        if f.name == "data":
            parser.add_argument("data", nargs="*", metavar="DATA", help=f.metadata["help"])
            continue
        text = f"{f.metadata['help']} (quick: {_shown(f)})"
        kind, choices = argument_type(hints[f.name])
        flag = f"--{option_name(f.name)}"
        common: dict[str, Any] = {"dest": f.name, "default": None, "help": text}
        if kind is bool:
            parser.add_argument(flag, action=argparse.BooleanOptionalAction, **common)
        elif f.name == "pairs":
            parser.add_argument(flag, nargs=2, metavar=("A_FOLDER", "B_FOLDER"), **common)
        elif choices:
            parser.add_argument(flag, choices=choices, **common)
        else:
            parser.add_argument(flag, type=kind, metavar=kind.__name__.upper(), **common)


def options_given(arguments: argparse.Namespace) -> dict[str, Any]:
    """The fields that were set on the command line."""
    given = {f.name: getattr(arguments, f.name) for f in dataclasses.fields(TrainConfig)}
    return {k: tuple(v) if isinstance(v, list) else v for k, v in given.items() if v is not None}


def arguments_for(config: TrainConfig) -> list[str]:
    """The command line that gives this very recipe: the reverse of :func:`options_given`."""
    words: list[str] = []
    for name, value in dataclasses.asdict(config).items():
        flag = f"--{option_name(name)}"
        if name == "data" or value in (None, "", ()):
            continue
        if isinstance(value, bool):
            words.append(flag if value else f"--no-{option_name(name)}")
        elif isinstance(value, tuple):
            words += [flag, *map(str, value)]
        else:
            words.append(f"{flag}={value}")
    return [*words, "--", *config.data]


def _shown(f: Field[Any]) -> str:
    default = PRESETS["quick"].get(f.name, None if f.default is MISSING else f.default)
    return "not set" if default in (None, "", ()) else str(default)
