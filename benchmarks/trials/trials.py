"""Training runs that are compared with each other: done one by one, taken up again, measured alike.

A benchmark's folder holds ``results.json`` and a run folder for each trial. A benchmark that was stopped and
is started again goes on where it was: finished trials are read from the file, a half-done one is resumed.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import statistics
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pix2pix.checkpoint import load_config
from pix2pix.errors import ConfigError, Pix2PixError, RunError
from pix2pix.files import write_json
from pix2pix.translator import Translator
from train.config import TrainConfig
from train.data.pairs import find_pairs
from train.engine.memory import keep_freed_memory
from train.events import Started
from train.loop import fit
from train.measures.evaluate import evaluate_model, evaluation_config
from train.measures.perceptual import find_judge
from train.measures.table import COLUMNS
from train.runs.run import RunFolder
from train.watching.progress import Progress

RESULTS = "results.json"
NOT_RECIPE = ("out", "device", "compile", "workers", "tensorboard", "sample_every", "save_every")
SHOWN = tuple(COLUMNS)


@dataclass(frozen=True)
class Trial:
    """One training run, by a name that is unique in its benchmark."""

    name: str
    config: TrainConfig


def run_trials(trials: Sequence[Trial], out: Path) -> dict[str, dict[str, Any]]:
    """Train and measure each trial that is not in ``out/results.json`` yet.

    Returns:
        By name: ``metrics`` as :func:`train.measures.evaluate.evaluate` gives them, ``recipe``, ``steps``, …

    Raises:
        ConfigError: the folder's results are of another recipe.
    """
    keep_freed_memory()
    path = out / RESULTS
    saved = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"results": {}}
    results: dict[str, dict[str, Any]] = saved["results"]
    for trial in trials:
        if trial.name in results and results[trial.name]["recipe"] != _recipe(trial.config):
            raise ConfigError(
                f"The folder {out} has results of another recipe for '{trial.name}': choose another --out."
            )
    for trial in (trial for trial in trials if trial.name not in results):
        counts = train_or_resume(trial, run_folder(out, trial.name))
        metrics = measure(run_folder(out, trial.name), trial.config)
        results[trial.name] = {**counts, "recipe": _recipe(trial.config), "metrics": metrics}
        write_json(path, {"results": results})
    return {trial.name: results[trial.name] for trial in trials}


def run_folder(out: Path, trial: str) -> Path:
    """Where the trial of that name is trained."""
    return out / "runs" / "".join(c if c.isalnum() else "-" for c in trial)


def train_or_resume(trial: Trial, folder: Path) -> dict[str, Any]:
    """Train to the end, from where an earlier session was; how many steps and pairs that were."""
    run, config = RunFolder(folder), dataclasses.replace(trial.config, out=str(folder))
    begun = (run.path / "config.json").exists()
    if begun and _recipe(run.load_config()) != _recipe(config):
        raise RunError(f"The run in {run.path} is of another recipe: choose another --out.")
    pairs = 0
    with Progress() as progress:
        progress.write(trial.name)
        for event in fit(run.load_config() if begun else config, resume=begun):
            progress.show(event)
            if isinstance(event, Started):
                pairs = event.train_pairs
    model = load_config(run.checkpoint)
    return {"steps": model.step, "images_seen": model.images_seen, "train_pairs": pairs}


def measure(model: Path | str, config: TrainConfig) -> dict[str, Any]:
    """The numbers of a model on the held-out pairs of a trial's data, with the trial's seed."""
    translator, pairs = Translator.load(model), find_pairs(config.data, check=False)
    prepared = evaluation_config(translator.config, config.seed)
    prepared = dataclasses.replace(prepared, direction=config.direction)
    return evaluate_model(translator, pairs, prepared, find_judge(_once))


@cache
def _once(sentence: str) -> None:
    """Say why numbers are missing, not after every trial."""
    print(sentence, file=sys.stderr)


def _recipe(config: TrainConfig) -> dict[str, Any]:
    """All options that the weights depend on, with data sets by name only."""
    recipe = {k: v for k, v in config.to_json().items() if k not in NOT_RECIPE}
    return {**recipe, "data": [Path(folder).name for folder in config.data], "start": Path(config.start).name}


def mean_rows(
    groups: Iterable[tuple[str, Sequence[dict[str, Any]]]], who: str = "model"
) -> list[tuple[str, dict[str, float]]]:
    """(name, means over the group's metrics) for each group of equal recipes under several seeds."""
    rows = []
    for name, metrics in groups:
        answers = [each[who] for each in metrics]
        names = [n for n in SHOWN if all(n in answer for answer in answers)]
        rows.append((name, {n: statistics.fmean(answer[n] for answer in answers) for n in names}))
    return rows


def print_table(rows: Sequence[tuple[str, dict[str, float]]], heading: str) -> None:
    """One line a row, one column a number."""
    names = [n for n in SHOWN if any(n in row for _, row in rows)]
    width = max(len(heading), *(len(name) for name, _ in rows)) + 2
    print(f"{heading:<{width}}" + "".join(f"{name:>11}" for name in names))
    for name, row in rows:
        print(f"{name:<{width}}" + "".join(f"{row[n]:>11.4f}" if n in row else f"{'-':>11}" for n in names))


def run_benchmark(
    compare: Callable[[argparse.Namespace], Any],
    options: argparse.Namespace,
    changes: dict[str, Any] | None = None,
) -> int:
    """Compare; 0, or 1 after an error in one sentence. ``changes`` are made to every recipe."""
    options.changes = changes or {}
    try:
        compare(options)
    except Pix2PixError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    return 0
