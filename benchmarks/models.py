"""Train the bundled models again, each from its data to its place among the checkpoints.

    python -m benchmarks.models DATA [NAME ...] [--out runs/models] [--to checkpoints]

``DATA`` holds the data sets as folders, under the names below. A model is made in one or several stages, each
a training of its own that starts from the one before. The first stage of edges2photo and labels2facade starts
from the edition before, so this goes on with what is bundled. All lengths are steps, so that they come out
the same on a busy machine. What was stopped goes on when this is started again, and a finished stage is not
repeated. On two cores without bfloat16 the three take some hours.
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
    start: the bundled model that the first stage starts from, that is, the edition before; "" for none.
    leave, drop, cool: what :func:`benchmarks.night_data.split` makes of the data, where there are cameras.
    """

    data: tuple[str, ...]
    stages: tuple[Stage, ...]
    start: str = ""
    leave: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    cool: bool = False


FEATURES: Stage = {"lambda_gan": 0.5, "lambda_features": 8.0, "lambda_feature_gan": 1.0}

RECIPES = {
    # Sharper photos beside the first two sets; fewer targets in other colours, and less L1, for materials.
    # The bundled one was made in two halves; dabs are hidden and parts' colours told in the second only.
    "edges2photo": Recipe(
        ("edges2sneakers", "edges2bags", "edges2shoes", "edges2handbags"),
        (
            {
                **FEATURES,
                "input": "edges",
                "spread_hints": True,
                "lambda_l1": 20.0,
                "colour_hints": 0.6,
                "recolour": 0.2,
                "batch_size": 2,
                "ema": 0.995,
                "decay_from": 0.5,
                "steps": 5690,
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
                "lambda_l1": 30.0,
                "quarters": 0.5,
                "decay_from": 0.6,
                "steps": 4340,
            },
        ),
        start="labels2facade",
    ),
    # A critic that sees no day and small patches only, and few halvings: nothing of a place in the picture
    # can be remembered.
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
                "lambda_gan": 1.0,
                "lambda_features": 0.0,
                "lambda_feature_gan": 0.0,
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


def data_of(name: str, data: Path, out: Path) -> list[str]:
    """The folders that a model is trained on; where cameras are held out, one that is made below ``out``."""
    recipe = RECIPES[name]
    folders = [str(data / folder) for folder in recipe.data]
    if not recipe.leave:
        return folders
    cameras = out / f"{name}-data"
    if not cameras.exists():
        split(folders[0], cameras, recipe.leave, drop=recipe.drop, cool=recipe.cool)
    return [str(cameras)]


def make(name: str, data: Path, out: Path, to: Path, **changes: Any) -> None:
    """Train what is missing of a model's stages, then bundle it; ``changes`` are made to every stage."""
    recipe, folders = RECIPES[name], data_of(name, data, out)
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
