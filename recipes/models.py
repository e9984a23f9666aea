"""Train the bundled models again, each from its data to its place among the checkpoints.

    python -m recipes.models DATA [NAME ...] [--out runs/models] [--to checkpoints]

``DATA`` holds the data sets as folders, under the names below. A model is made in one or several stages, each
a training of its own that starts from the one before. The first stage of edges2photo and labels2facade starts
from the edition before, so this goes on with what is bundled. All lengths are steps, so that they come out
the same on a busy machine. What was stopped goes on when this is started again, and a finished stage is not
repeated. On two cores without bfloat16 the four take some hours.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.trials.trials import Trial, run_benchmark, train_or_resume
from pix2pix.checkpoint import CONFIG
from pix2pix.zoo import BUNDLED
from recipes import bundle, night_training
from train.engine.memory import keep_freed_memory
from train.presets import from_preset
from train.runs.job_files import job_at

Stage = dict[str, Any]  # what a stage changes of the preset `quick`


@dataclass(frozen=True)
class Recipe:
    """How a bundled model is made.

    data: folders of its data sets.
    stages: in their order; each but the first starts from the model of the one before.
    start: the bundled model that the first stage starts from, that is, the edition before; "" for none.
    """

    data: tuple[str, ...]
    stages: tuple[Stage, ...]
    start: str = ""


FEATURES: Stage = {"lambda_gan": 0.5, "lambda_features": 8.0, "lambda_feature_gan": 1.0}

RECIPES = {
    # Sharper photos beside the first two sets; few targets in other colours, and little L1, for materials.
    "edges2photo": Recipe(
        ("edges2sneakers", "edges2bags", "edges2shoes", "edges2handbags"),
        (
            {
                **FEATURES,
                "input": "edges",
                "spread_hints": True,
                "even_phases": True,
                "smooth": True,
                "lambda_l1": 15.0,
                "lambda_features": 10.0,
                "colour_hints": 0.6,
                "recolour": 0.2,
                "batch_size": 2,
                "ema": 0.995,
                "decay_from": 0.5,
                "steps": 4430,
            },
        ),
        start="edges2photo",
    ),
    "labels2facade": Recipe(
        ("facades", "facades_full"),
        (
            {
                **FEATURES,
                "input": "labels",
                "direction": "BtoA",
                "lambda_l1": 20.0,
                "quarters": 0.4,
                "decay_from": 0.4,
                "steps": 3600,
            },
        ),
        start="labels2facade",
    ),
    # Outlines, dabs and filled parts of one free data set; from scratch, because the others are for research.
    "edges2emoji": Recipe(
        ("emoji3d",),
        (
            {
                **FEATURES,
                "input": "edges",
                "spread_hints": True,
                "halvings": 6,
                "quarters": 0.0,
                "lambda_l1": 30.0,
                "colour_hints": 0.7,
                "recolour": 0.25,
                "ema": 0.998,
                "decay_from": 0.6,
                "steps": 9707,
            },
        ),
    ),
}

NIGHT = "day2night"  # has a training of its own: recipes.night_training
NAMES = (*RECIPES, NIGHT)


def data_of(name: str, data: Path) -> list[str]:
    """The folders that a model is trained on."""
    return [str(data / folder) for folder in RECIPES[name].data]


def make(name: str, data: Path, out: Path, to: Path, **changes: Any) -> None:
    """Train what is missing of a model's stages, then bundle it; ``changes`` are made to every stage."""
    if name == NIGHT:
        if not (out / name / CONFIG).exists():
            night_training.train(data, out / name, **changes)
        bundle.main([str(out / name), str(to / name), str(data / "daynight")])
        return
    recipe, folders = RECIPES[name], data_of(name, data)
    start = recipe.start
    for number, stage in enumerate(recipe.stages, start=1):
        values = {**stage, **({"start": start} if start else {}), **changes}
        trial = Trial(f"{name}-{number}", from_preset("quick", data=tuple(folders), **values))
        if job_at(out / trial.name).state != "finished":
            train_or_resume(trial, out / trial.name)
        start = str(out / trial.name / "checkpoint")
    bundle.main([start, str(to / name), *folders])


def make_all(options: argparse.Namespace) -> None:
    """Make the models that were named, or all."""
    for name in options.names or NAMES:
        make(name, options.data, options.out, options.to, **options.changes)


def main(arguments: Sequence[str] | None = None, **changes: Any) -> int:
    """Make the models; 1 after an error in one sentence."""
    parser = argparse.ArgumentParser(description="Train the bundled models again, from the data on.")
    parser.add_argument("data", type=Path)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}; all by default")
    parser.add_argument("--out", type=Path, default=Path("runs/models"))
    parser.add_argument("--to", type=Path, default=BUNDLED)
    options = parser.parse_args(arguments)
    if unknown := sorted(set(options.names) - set(NAMES)):
        parser.error(f"there is no bundled model {unknown[0]}: name one of {', '.join(NAMES)}")
    keep_freed_memory()
    return run_benchmark(make_all, options, changes)


if __name__ == "__main__":
    raise SystemExit(main())
