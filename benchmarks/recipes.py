"""Presets in equal wall-clock time: which gives the better pictures after so many minutes?

    python -m benchmarks.recipes DATA --direction BtoA --out runs/recipes [--presets quick paper]
        [--minutes 5 10 20 60] [--seeds 0]

Each (preset, minutes, seed) is a run of its own of that length, as a person would start it, because some
recipes lower the learning rate towards their end. Shorter runs come first and the presets take turns.
Pictures with label inputs get the FCN-score. The last lines say when each preset reaches what the last
one has after the longest time. Stopped and started again, it goes on.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

from benchmarks.trials import (
    Trial,
    benchmark_parser,
    described,
    mean_rows,
    print_table,
    run_benchmark,
    run_trials,
)
from train.config import Preset, from_preset
from train.pairs import find_pairs, guess_input

Rows = dict[tuple[str, float], dict[str, float]]


def name_of(preset: str, minutes: float, seed: int) -> str:
    return f"{preset}, {minutes:g} min, seed {seed}"


def trials(options: argparse.Namespace) -> list[Trial]:
    """All runs, the shorter ones first."""
    found = []
    for minutes in sorted(options.minutes):
        for seed in options.seeds:
            for preset in options.presets:
                config = from_preset(
                    preset,
                    data=tuple(options.data),
                    direction=options.direction,
                    image_size=options.image_size,
                    minutes=minutes,
                    seed=seed,
                    **options.changes,
                )
                found.append(Trial(name_of(preset, minutes, seed), config))
    return found


def reached(rows: Rows, presets: Sequence[str], minutes: Sequence[float]) -> list[str]:
    """When each preset is as good as the last one after the longest time, by each number at hand."""
    goal, longest = presets[-1], max(minutes)
    lines = []
    for number, better in (("class_iou", max), ("spectrum", min)):
        if number not in rows[goal, longest]:
            continue
        wanted = rows[goal, longest][number]
        for preset in presets[:-1]:
            here = {m: rows[preset, m][number] for m in sorted(minutes)}
            times = [m for m, value in here.items() if better(value, wanted) == value]
            when = f"after {times[0]:g} minutes" if times else "not yet"
            lines.append(f"{number} of {goal} at {longest:g} minutes ({wanted:.4f}): {preset} {when}")
    return lines


def compare(options: argparse.Namespace) -> Rows:
    """Run what is left to run; print the table."""
    pairs = find_pairs(options.data)
    protocol = {
        "benchmark": "recipes",
        "data": [Path(folder).name for folder in options.data],
        **described(pairs),
        "presets": options.presets,
        "minutes": options.minutes,
        "seeds": options.seeds,
        "image_size": options.image_size,
    }
    fcn = guess_input(pairs.train, options.direction) == "labels"
    results = run_trials(trials(options), options.out, protocol, fcn)
    keys = [(preset, minutes) for minutes in sorted(options.minutes) for preset in options.presets]
    groups = [
        (f"{p}, {m:g} min", [results[name_of(p, m, seed)]["metrics"] for seed in options.seeds])
        for p, m in keys
    ]
    table = mean_rows(groups)
    ceiling = mean_rows([("the true photos", groups[0][1])], "ground_truth") if fcn else []
    print_table([*table, *ceiling], "preset")
    rows = {key: row for key, (_, row) in zip(keys, table, strict=True)}
    print("\n".join(reached(rows, options.presets, options.minutes)))
    return rows


def main(arguments: Sequence[str] | None = None, **changes: Any) -> int:
    """Run the benchmark; ``changes`` are made to every recipe (tests make it small)."""
    parser = benchmark_parser(__doc__)
    parser.add_argument("--presets", nargs="+", choices=get_args(Preset), default=["quick", "paper"])
    parser.add_argument("--minutes", type=float, nargs="+", default=[5.0, 10.0, 20.0, 60.0])
    parser.add_argument("--image-size", type=int, default=256)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    return run_benchmark(compare, parser.parse_args(arguments), changes)


if __name__ == "__main__":
    raise SystemExit(main())
