"""What the `quick` preset uses, each choice against its alternative, in equal time.

    python -m benchmarks.trials.choices DATA --direction BtoA --out runs/choices [--minutes 3] [--seeds 0]
        [--rows quick "batch norm" ...] [--jobs 2]

128-pixel pictures and half of the preset's widths, so that a few minutes show as many pictures as a usual run
of the preset. A row changes one thing. Each gets the steps that it makes in the same minutes on a quiet
machine, so a choice that costs time must be worth it. Stopped and started again, it goes on.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Any

from benchmarks.trials.rows import compare_rows, row_recipe, rows_parser
from benchmarks.trials.trials import run_benchmark
from train.config import TrainConfig

COMMON = {"width": 16, "discriminator_width": 16}
ROWS: dict[str, dict[str, Any]] = {
    "quick": {},
    "whole pictures from the start": {"quarters": 0.0},
    "the paper's jitter": {"load_size": 143, "shift": 0.0},  # 286 of 256 pixels
    "labels as they are": {"snap_labels": False},
    "batch norm": {"norm": "batch"},
    "batch of 4": {"batch_size": 4},
    "twice the width": {"width": 32, "discriminator_width": 32},
    "average of the weights": {"ema": 0.999},
    "no decay": {"decay_from": 1.0},
    "learning rate x 2": {"learning_rate": 4e-4},
    "resize-convolution": {"final": "resize"},
    "phases as they come": {"even_phases": False},
    "no feature loss": {"lambda_features": 0.0},
    "no feature critic": {"lambda_feature_gan": 0.0},
    "L1 weight of the paper": {"lambda_l1": 100.0},
    "least squares": {"gan_loss": "lsgan"},
    "DiffAugment": {"diff_augment": "translation,cutout"},
}


def recipe(row: str, options: argparse.Namespace, seed: int) -> TrainConfig:
    """The configuration of a row."""
    return row_recipe("quick", {**COMMON, **ROWS[row]}, options, seed)


def compare(options: argparse.Namespace) -> dict[str, dict[str, float]]:
    """Run what is left to run; print the table."""
    return compare_rows(options, recipe, "choices")


def main(arguments: Sequence[str] | None = None, **changes: Any) -> int:
    """Run the benchmark; ``changes`` are made to every recipe (tests make it small)."""
    parser = rows_parser(__doc__, ROWS, steps=1500)
    return run_benchmark(compare, parser.parse_args(arguments), changes)


if __name__ == "__main__":
    raise SystemExit(main())
