"""Train the bundled models again, each from its data to its place among the checkpoints.

    python -m benchmarks.models DATA [NAME ...] [--out runs/models] [--to checkpoints]

``DATA`` holds the data sets as folders: edges2shoes, edges2handbags, facades, daynight. A model is made in
one or several stages, each a training of its own that starts from the one before; all lengths are steps, so
that they come out the same on a busy machine. What was stopped goes on when this is started again, and a
finished stage is not repeated. On two cores without bfloat16 the three take some hours.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import bundle
from benchmarks.night_data import split
from benchmarks.trials import Trial, run_benchmark, train_or_resume
from pix2pix.zoo import BUNDLED
from train.job_files import job_at
from train.memory import keep_freed_memory
from train.presets import from_preset

Stage = dict[str, Any]  # what a stage changes of the preset `quick`
ENLARGED: Stage = {"load_size": 286, "shift": 0.0}  # the paper's jitter, as `quick` had it before


@dataclass(frozen=True)
class Recipe:
    """How a bundled model is made.

    data: folders of its data sets.
    stages: in their order; each but the first starts from the model of the one before.
    leave, drop, cool: what :func:`benchmarks.night_data.split` makes of the data, where there are cameras.
    """

    data: tuple[str, ...]
    stages: tuple[Stage, ...]
    leave: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    cool: bool = False


RECIPES = {
    # First drawings by people, then colours: dabs that mean their part, and a main colour for the rest; then,
    # with fewer tinted photos and less L1, material; then flat surfaces without a weave,
    # and the finest detail back; last, photos that no jitter has made soft.
    "edges2photo": Recipe(
        ("edges2shoes", "edges2handbags"),
        (
            {
                **ENLARGED,
                "input": "edges",
                "even_phases": False,
                "quarters": 0.0,
                "batch_size": 4,
                "ema": 0.999,
                "decay_from": 0.5,
                "steps": 14383,
            },
            {
                **ENLARGED,
                "input": "edges",
                "even_phases": False,
                "final": "resize",
                "spread_hints": True,
                "colour_hints": 0.75,
                "recolour": 0.75,
                "decay_from": 1.0,
                "steps": 664,
            },
            {
                **ENLARGED,
                "input": "edges",
                "even_phases": False,
                "lambda_l1": 60.0,
                "colour_hints": 0.6,
                "recolour": 0.45,
                "decay_from": 0.4,
                "steps": 3855,
            },
            {
                **ENLARGED,
                "input": "edges",
                "even_phases": True,
                "lambda_l1": 80.0,
                "recolour": 0.4,
                "decay_from": 0.35,
                "seed": 3,
                "steps": 2600,
            },
            {
                **ENLARGED,
                "input": "edges",
                "final": "transposed",
                "even_phases": True,
                "recolour": 0.3,
                "decay_from": 0.3,
                "seed": 4,
                "steps": 1600,
            },
            {
                "input": "edges",
                "even_phases": True,
                "recolour": 0.25,
                "lambda_spectrum": 0.1,
                "learning_rate": 1e-4,
                "batch_size": 2,
                "ema": 0.999,
                "decay_from": 1.0,
                "seed": 6,
                "steps": 959,
            },
        ),
    ),
    "labels2facade": Recipe(
        ("facades",),
        (
            {
                **ENLARGED,
                "input": "labels",
                "direction": "BtoA",
                "quarters": 0.6,
                "decay_from": 0.7,
                "steps": 10000,
            },
        ),
    ),
    # A critic that sees no day and small patches only, and few halvings: nothing can be learnt by heart of a
    # place in the picture.
    "day2night": Recipe(
        ("daynight",),
        (
            {
                **ENLARGED,
                "input": "photo",
                "head": "relight",
                "halvings": 4,
                "quarters": 0.0,
                "decay_from": 0.5,
                "final": "resize",
                "receptive_field": 34,
                "conditional": False,
                "crop": (0.35, 1.0),
                "exposure": 0.7,
                "degrade": 0.5,
                "dropout": 0.0,
                "test_noise": False,
                "gan_loss": "lsgan",
                "lambda_l1": 30.0,
                "diff_augment": "translation",
                "seed": 1,
                "steps": 2400,
            },
        ),
        leave=("c03", "c13", "real_sanjose"),
        drop=("c04", "c05", "c09"),  # nights that are nearly black, and bands of a sensor
        cool=True,
    ),
}


def make(name: str, data: Path, out: Path, to: Path, **changes: Any) -> None:
    """Train what is missing of a model's stages, then bundle it; ``changes`` are made to every stage."""
    recipe = RECIPES[name]
    folders = [str(data / folder) for folder in recipe.data]
    if recipe.leave:
        cameras = out / f"{name}-data"
        if not cameras.exists():
            split(folders[0], cameras, recipe.leave, drop=recipe.drop, cool=recipe.cool)
        folders = [str(cameras)]
    start = ""
    for number, stage in enumerate(recipe.stages, start=1):
        values = {**stage, **({"start": start} if start else {}), **changes}
        trial = Trial(f"{name}-{number}", from_preset("quick", data=tuple(folders), **values))
        if job_at(out / trial.name).state != "finished":
            train_or_resume(trial, out / trial.name)
        start = str(out / trial.name / "checkpoint")
    bundle.main([start, str(to / name), *folders])


def make_all(options: argparse.Namespace) -> None:
    """Make the models that were named, or all."""
    for name in options.names or RECIPES:
        make(name, options.data, options.out, options.to, **options.changes)


def main(arguments: Sequence[str] | None = None, **changes: Any) -> int:
    """Make the models; 1 after an error in one sentence."""
    parser = argparse.ArgumentParser(description="Train the bundled models again, from the data on.")
    parser.add_argument("data", type=Path)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(RECIPES)}; all by default")
    parser.add_argument("--out", type=Path, default=Path("runs/models"))
    parser.add_argument("--to", type=Path, default=BUNDLED)
    options = parser.parse_args(arguments)
    if unknown := sorted(set(options.names) - RECIPES.keys()):
        parser.error(f"there is no bundled model {unknown[0]}: name one of {', '.join(RECIPES)}")
    keep_freed_memory()
    return run_benchmark(make_all, options, changes)


if __name__ == "__main__":
    raise SystemExit(main())
