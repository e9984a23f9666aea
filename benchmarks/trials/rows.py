"""A table of recipes that differ from one common recipe in one thing each.

Every row has the same steps, or the same time: ``--minutes`` is turned into the steps that each row's recipe
makes in so many minutes of a quiet machine (:mod:`benchmarks.trials.pace`).
"""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from benchmarks.trials.pace import paced
from benchmarks.trials.trials import Trial, benchmark_parser, described, mean_rows, print_table, run_trials
from train.config import TrainConfig
from train.data.pairs import find_pairs, guess_input
from train.presets import from_preset

Rows = Mapping[str, dict[str, Any]]


def rows_parser(about: str | None, rows: Rows, steps: int) -> argparse.ArgumentParser:
    """The options of such a table; ``about`` is the module's docstring, ``steps`` the default length."""
    parser = benchmark_parser(about)
    parser.add_argument("--rows", nargs="+", choices=list(rows), default=list(rows))
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--steps", type=int, default=steps, help=f"of each run (default {steps})")
    length.add_argument("--minutes", type=float, help="of each run on a quiet machine, instead of steps")
    parser.add_argument("--image-size", type=int, default=128)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    return parser


def compare_rows(
    options: argparse.Namespace, recipe: Callable[[str, argparse.Namespace, int], TrainConfig], heading: str
) -> dict[str, dict[str, float]]:
    """Run what is left to run, and print the table.

    Args:
        recipe: (row, options, seed) -> its configuration, without a length.

    Returns:
        By row, the means over the seeds.
    """
    length = {"minutes": options.minutes} if options.minutes else {"steps": options.steps}
    configs = {
        (row, seed): dataclasses.replace(recipe(row, options, seed), **{"steps": None, **length})
        for seed in options.seeds  # one whole table before the next seed's
        for row in options.rows
    }
    return table(options, configs, heading, length=length)


def table(
    options: argparse.Namespace,
    configs: Mapping[tuple[str, int], TrainConfig],
    heading: str,
    **protocol: Any,
) -> dict[str, dict[str, float]]:
    """Train and measure recipes by row and seed; print and return the rows' means over their seeds.

    Recipes with minutes get the steps that those hold (:func:`benchmarks.trials.pace.paced`).

    Args:
        protocol: what a reader needs to know beside each recipe.
    """
    pairs = find_pairs(options.data)
    kind = guess_input(pairs.train, options.direction)
    named = {
        f"{row}, seed {seed}": dataclasses.replace(config, input=kind)
        for (row, seed), config in configs.items()
    }
    timed = {name: config for name, config in named.items() if config.minutes is not None}
    named |= paced(timed, options.out / "pace.json") if timed else {}
    rows = list(dict.fromkeys(row for row, _ in configs))
    protocol |= {
        "benchmark": heading,
        "data": [Path(folder).name for folder in options.data],
        **described(pairs),
        "rows": rows,
        "seeds": options.seeds,
        "image_size": options.image_size,
    }
    trials = [Trial(name, config) for name, config in named.items()]
    results = run_trials(trials, options.out, protocol, options.jobs)
    groups = [
        (row, [results[f"{row}, seed {seed}"]["metrics"] for other, seed in configs if other == row])
        for row in rows
    ]
    means = mean_rows(groups)
    photos = mean_rows([("the true photos", groups[0][1])], "ground_truth")
    print_table([*means, *photos], heading)
    return dict(means)


def row_recipe(
    preset: str, changes: Mapping[str, Any], options: argparse.Namespace, seed: int
) -> TrainConfig:
    """A preset with a row's changes; of any length, which is set later."""
    return from_preset(
        preset,
        data=tuple(options.data),
        direction=options.direction,
        image_size=options.image_size,
        seed=seed,
        steps=1,
        **{**changes, **options.changes},
    )
