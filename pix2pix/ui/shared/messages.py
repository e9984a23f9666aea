"""What the page's scripts send, each as a typed message that is read from JSON once, at the door.

A field has the same name in the scripts; the browser's tests hold that they send no other. Pictures are
data URLs, which whoever opens them checks: only there it is known how large they may be.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

from pix2pix.errors import CheckpointError, ConfigError
from pix2pix.ui.shared.values import MAX_NUMBER, whole_number

Message = TypeVar("Message")
Value = TypeVar("Value")
MOST_MODELS = 9  # that one question of the Learn tab may name
LARGEST = 1e9  # of a place in a picture
NAME_LENGTH = 200


def receive(kind: type[Message], sent: object) -> Message:
    """The message that came as JSON; what is no object has no fields, and what is left out its default.

    Raises:
        Pix2PixError: a field is not what it should be.
    """
    given = sent if isinstance(sent, dict) else {}
    found: Any = fields(kind)  # type: ignore[arg-type]
    return kind(**{f.name: f.metadata.get("check", _any)(given.get(f.name, f.default)) for f in found})


def number_of(sent: object) -> int:
    """The number of a message, by which the page knows its answer, even to one that cannot be read."""
    return _count(sent.get("number") if isinstance(sent, dict) else None)


def _checked(check: Callable[[Any], Value], default: Any = None) -> Value:
    return field(default=default, metadata={"check": check})


def _any(value: object) -> object:
    return value


def _count(value: Any) -> int:
    known = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_NUMBER
    return value if known else 0


def _flag(value: object) -> bool:
    return value is True


def _finite(value: object) -> float | None:
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return None
    return float(value) if math.isfinite(value) and abs(value) <= LARGEST else None


def _cut(value: object) -> float:
    number = _finite(value)
    if number is None or not 0 <= number <= 1:
        raise ConfigError("page.bad_cuts")
    return number


def _place(value: object) -> float | None:
    if value is not None and _finite(value) is None:
        raise ConfigError("page.bad_place")
    return _finite(value)


def _name(value: object) -> str:
    return value[:NAME_LENGTH] if isinstance(value, str) else ""


def _model(value: object) -> str:
    if not isinstance(value, (str, type(None))):
        raise CheckpointError("page.no_such_model")
    return value or ""


def _models(value: Any) -> tuple[str, ...]:
    named = isinstance(value, list) and len(value) <= MOST_MODELS
    if not named or not all(isinstance(one, str) for one in value):
        raise ConfigError("page.no_models_named")
    return tuple(value)


# ---- the Draw tab ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Frame:
    """A drawing whose photo is wanted. final: without loss. overlay: with what the critic sees in it."""

    number: int = _checked(_count, 0)
    drawing: object = None
    seed: int = _checked(whole_number, 0)
    model: str = _checked(_model, "")
    final: bool = _checked(_flag, False)
    overlay: bool = _checked(_flag, False)


@dataclass(frozen=True)
class Opening:
    """A model to be loaded: one of the list, or ``hub``, what was typed as an id. critic: its critic too."""

    number: int = _checked(_count, 0)
    model: str = _checked(_model, "")
    hub: object = None
    critic: bool = _checked(_flag, False)


@dataclass(frozen=True)
class Tracing:
    """A photo whose edges, or labels, become a drawing for a model."""

    number: int = _checked(_count, 0)
    photo: object = None
    model: str = _checked(_model, "")


# ---- the Photo tab ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Picked:
    """One of the examples, by its place."""

    number: int = _checked(_count, 0)


# ---- the Critic and the Train tab ---------------------------------------------------------------------


@dataclass(frozen=True)
class Judging:
    """An input to be judged; without one, what the chosen model offers."""

    drawing: object = None


@dataclass(frozen=True)
class Choosing:
    """A cell of case ``number``, by a pixel of the picture or by its row and column.

    asked: comes back with the answer.
    """

    number: object = None
    asked: float | None = _checked(_finite)
    x: float | None = _checked(_finite)
    y: float | None = _checked(_finite)
    row: float | None = _checked(_finite)
    column: float | None = _checked(_finite)


@dataclass(frozen=True)
class OfRun:
    """A run, and the drawing that its model is to translate."""

    name: str = _checked(_name, "")
    drawing: object = None


# ---- the Learn tab -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Question:
    """What every question has; the topic tells what else is sent."""

    number: int = _checked(_count, 0)
    topic: str = _checked(_name, "")


@dataclass(frozen=True)
class Input:
    """A building by its number, or the visitor's own labels."""

    building: int = _checked(whole_number, 0)
    labels: object = None


@dataclass(frozen=True)
class Outputs(Input):
    """What the named models make of an input."""

    models: tuple[str, ...] = _checked(_models)


@dataclass(frozen=True)
class Bands(Input):
    """The waves of a picture, or of an input, from ``low`` to ``high`` cycles a pixel."""

    picture: object = None
    low: float = _checked(_cut)
    high: float = _checked(_cut)

    def __post_init__(self) -> None:
        _cut(self.high - self.low)


@dataclass(frozen=True)
class Cell(Input):
    """A cell of a critic with patches of ``field`` pixels: the nearest to a pixel, else the middle one."""

    field: int = _checked(_count, 0)
    x: float | None = _checked(_place)
    y: float | None = _checked(_place)


@dataclass(frozen=True)
class Noise(Input):
    """A model's answers to an input with two seeds."""

    model: str = _checked(_name, "")
    first: int = _checked(whole_number)
    second: int = _checked(whole_number)


@dataclass(frozen=True)
class File:
    """A picture file."""

    file: object = None


TOPICS: dict[str, type[Any]] = {
    "building": Input,
    "labels": File,
    "picture": File,
    "condition": Input,
    "outputs": Outputs,
    "bands": Bands,
    "cell": Cell,
    "noise": Noise,
    "numbers": Question,
}
