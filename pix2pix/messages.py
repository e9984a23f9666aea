"""Whatever is said to a person: a code and values, which the catalogue of a language makes a sentence of.

The catalogues lie in ``languages``: ``en.json`` has every code, and a language is added by a copy with other
sentences. In a sentence

- ``{name}`` is a value, formatted as usual: ``{mb:.0f}``;
- ``{names:or}`` is a list with that word before its last, ``{names}`` one with commas only;
- ``{n:pair|pairs}`` is a number with the word for one or for several;
- ``{--batch-size}`` is an option: the command line's flag, or the name of the field on the page.
  ``{option:--}`` is one that a value names.

A value may be a message itself; it stands there without its full stop. Where the page says something else
than the command line, the catalogue has the code with ``.page`` at its end. What no catalogue knows is
shown as it is.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

from pix2pix.files import as_text

FOLDER = Path(__file__).with_name("languages")


class Message(str):
    """A sentence in English that can be said in other languages too.

    code: its key in the catalogues; a text that stands in none is its own sentence.
    values: what it names: texts, numbers, messages, and lists of them.
    """

    code: str
    values: Mapping[str, Any]

    def __new__(cls, code: str, /, **values: object) -> Message:
        """A message of this code; of a value that is an error its message is taken, of a path its text."""
        if isinstance(code, Message):
            return code
        code = as_text(code)
        plain = {name: _value(value) for name, value in values.items()}
        message = super().__new__(cls, _Language("en").sentence(code, plain))
        message.code, message.values = code, plain
        return message

    def text(self, language: str, page: bool = True) -> str:
        """The sentence in a language, for the page or for a console."""
        return _Language(language, page).sentence(self.code, self.values)

    def replaced(self, old: str, new: str) -> Message:
        """The same message with other texts in its values, such as a file's name in place of its path."""

        def changed(value: Any) -> Any:
            if isinstance(value, Message):
                return value.replaced(old, new)
            if isinstance(value, list):
                return [changed(one) for one in value]
            return value.replace(old, new) if isinstance(value, str) else value

        code = self.code if self.code in catalogue("en") else self.code.replace(old, new)
        return Message(code, **{name: changed(value) for name, value in self.values.items()})


def encoded(value: Any) -> Any:
    """Plain values in which :func:`decoded` finds the messages again, to tell another process."""
    if isinstance(value, Message):
        return {"code": value.code, **encoded(value.values)}
    if isinstance(value, Mapping):
        return {name: encoded(one) for name, one in value.items()}
    return [encoded(one) for one in value] if isinstance(value, (list, tuple)) else value


def decoded(value: Any) -> Any:
    """What was given to :func:`encoded`; tuples come back as lists."""
    if isinstance(value, dict):
        values = {name: decoded(one) for name, one in value.items()}
        return Message(values.pop("code"), **values) if isinstance(values.get("code"), str) else values
    return [decoded(one) for one in value] if isinstance(value, list) else value


@cache
def languages() -> tuple[str, ...]:
    """The languages that there are catalogues of."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.json")))


@cache
def catalogue(language: str) -> dict[str, str]:
    """All sentences of a language by their codes."""
    sentences: dict[str, str] = json.loads((FOLDER / f"{language}.json").read_text(encoding="utf-8"))
    return sentences


class _Language(Formatter):
    """Sentences in a language, for the page or a console."""

    def __init__(self, language: str, page: bool = False) -> None:
        self.language, self.page = language, page

    def sentence(self, code: str, values: Mapping[str, Any]) -> str:
        sentences = catalogue(self.language)
        template = (sentences.get(f"{code}.page") if self.page else None) or sentences.get(code)
        if template is None:
            return code
        try:
            return self.vformat(template, (), values)
        except (AttributeError, KeyError, TypeError, ValueError):  # of a run by another version
            return template

    def get_value(self, key: int | str, args: Sequence[Any], values: Mapping[str, Any]) -> Any:
        name = str(key)
        return self._option(name[2:]) if name.startswith("--") else values[name]

    def format_field(self, value: Any, spec: str) -> str:
        if isinstance(value, list):
            *most, last = [self.format_field(one, "") for one in value] or [""]
            return f"{', '.join(most)} {spec} {last}" if spec and most else ", ".join([*most, last])
        if isinstance(value, Message):
            return self.sentence(value.code, value.values).removesuffix(".")
        if spec == "--":
            return self._option(value)
        if "|" in spec:
            one, many = spec.split("|")
            return f"{value} {one if value == 1 else many}"
        return str(format(value, spec))

    def _option(self, name: str) -> str:
        return name.replace("-", "_") if self.page else f"--{name.replace('_', '-')}"


def _value(value: object) -> Any:
    if isinstance(value, Message) or value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, BaseException):
        said = value.args[0] if value.args and isinstance(value.args[0], Message) else None
        reason = value.strerror if isinstance(value, OSError) else None
        return said if said is not None else Message(reason or str(value))
    if isinstance(value, (str, os.PathLike)):
        return as_text(str(value))
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_value(one) for one in value]
    return str(value)
