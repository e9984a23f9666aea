"""Presets in equal wall-clock time: which gives the better pictures after so many minutes?

    python -m benchmarks.trials.presets DATA --direction BtoA --out runs/recipes
        [--runs quick:20 paper:20 quick:60 paper:60] [--seeds 0] [--jobs 2]

Each PRESET:MINUTES is a run of its own, as a person would start it, because some recipes lower the learning
rate towards their end. It gets the steps that its preset makes in so many minutes of a quiet machine with all
its cores, loader included: they are measured first, the presets taking turns (:mod:`benchmarks.trials.pace`),
so that what else the machine does later changes nothing. Sheets, saved states and the numbers at the end are
not in that time. The last lines say which runs are as good as the longest one of the preset named last.
Stopped and started again, it goes on.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from benchmarks.trials.rows import table
from benchmarks.trials.trials import benchmark_parser, run_benchmark
from train.presets import PRESETS, from_preset

Run = tuple[str, float]  # preset and minutes
Rows = dict[Run, dict[str, float]]


def name_of(run: Run) -> str:
    return f"{run[0]}, {run[1]:g} min"


def parse_run(text: str) -> Run:
    """``"quick:20"`` -> ("quick", 20.0).

    Raises:
        argparse.ArgumentTypeError: it is no known preset with a number of minutes.
    """
    preset, _, minutes = text.partition(":")
    try:
        run = preset, float(minutes)
    except ValueError:
        run = preset, 0.0
    if preset not in PRESETS or not 0 < run[1] < 1e6:
        known = ", ".join(PRESETS)
        raise argparse.ArgumentTypeError(f"'{text}' is no PRESET:MINUTES such as quick:20 (presets: {known})")
    return run


def reached(rows: Rows) -> list[str]:
    """Which runs are as good as the longest one of the preset named last, by each number at hand."""
    goal = max((run for run in rows if run[0] == list(rows)[-1][0]), key=lambda run: run[1])
    lines = []
    for number in ("perceptual", "kernel", "spectrum"):  # lower is better
        if number not in rows[goal]:
            continue
        wanted = rows[goal][number]
        as_good = [name_of(run) for run, row in rows.items() if row[number] <= wanted]
        others = [name for name in as_good if name != name_of(goal)]
        reach = f"reached by {'; '.join(others)}" if others else "not reached by another run"
        lines.append(f"{number} of {name_of(goal)} ({wanted:.4f}): {reach}")
    return lines


def compare(options: argparse.Namespace) -> Rows:
    """Run what is left to run; print the table."""
    configs = {
        (name_of(run), seed): from_preset(
            run[0],
            data=tuple(options.data),
            direction=options.direction,
            image_size=options.image_size,
            minutes=run[1],
            seed=seed,
            **options.changes,
        )
        for seed in options.seeds
        for run in options.runs
    }
    means = table(options, configs, "recipes")
    rows = {run: means[name_of(run)] for run in options.runs}
    print("\n".join(reached(rows)))
    return rows


def main(arguments: Sequence[str] | None = None, **changes: Any) -> int:
    """Run the benchmark; ``changes`` are made to every recipe (tests make it small)."""
    parser = benchmark_parser(__doc__)
    parser.add_argument(
        "--runs",
        nargs="+",
        type=parse_run,
        metavar="PRESET:MINUTES",
        default=[("quick", 20.0), ("paper", 20.0), ("quick", 60.0), ("paper", 60.0)],
    )
    parser.add_argument("--image-size", type=int, default=256)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    return run_benchmark(compare, parser.parse_args(arguments), changes)


if __name__ == "__main__":
    raise SystemExit(main())
