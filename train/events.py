"""What :func:`train.loop.fit` tells while it trains."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pix2pix.messages import Message


@dataclass(frozen=True)
class Started:
    """The data was read; ``problems`` has a sentence for each thing that is left out.

    notes: what to know about this run, a sentence each, such as how many files are left out.
    understood: how each data set was read, in a few words.
    """

    train_pairs: int
    val_pairs: int
    input: str
    problems: tuple[str, ...]
    notes: tuple[str, ...] = ()
    understood: tuple[str, ...] = ()


@dataclass(frozen=True)
class Step:
    """One optimisation step was done. Losses are means since the last such event."""

    step: int
    images_seen: int
    progress: float  # 0 to 1
    seconds_left: float
    images_per_second: float
    learning_rate: float
    losses: dict[str, float]


@dataclass(frozen=True)
class Preview:
    """A sheet of held-out pairs was written: input, output, target, and the critic's map."""

    step: int
    path: Path


DiagnosisKind = Literal[
    "discriminator_won",
    "discriminator_lost",
    "ignores_input",
    "flat",
    "colourless",
    "checkerboard",
    "overfitting",
    "not_moving",
    "learning_rate_too_high",
]


@dataclass(frozen=True)
class Diagnosis:
    """Something goes wrong, said in a sentence that says what to do; or (``cleared``) no longer does."""

    step: int
    kind: DiagnosisKind
    message: Message
    cleared: bool = False


@dataclass(frozen=True)
class Saved:
    """State and model were written; a run that stops now goes on from here."""

    step: int
    path: Path


@dataclass(frozen=True)
class Done:
    """The run ended: finished, or stopped early on request."""

    step: int
    checkpoint: Path
    finished: bool
    metrics: dict[str, Any] = field(default_factory=dict)


Event = Started | Step | Preview | Diagnosis | Saved | Done
