"""The paper's ablations with small networks: losses (its table 1), skips (table 2), patch sizes (table 3).

    python -m benchmarks.trials.losses DATA --direction BtoA --out runs/losses [--steps 1000] [--seeds 0 1 2]
        [--rows L1 cGAN ...]

128-pixel pictures, small networks, the `paper` preset's other settings with batch 4, the same steps for every
row. A patch of 286 pixels is more than the whole picture. Last come the orderings that the paper reports,
each with what was seen here. Stopped and started again, it goes on.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.trials.trials import Trial, mean_rows, print_table, run_benchmark, run_trials
from train.config import TrainConfig
from train.data.pairs import find_pairs, guess_input
from train.presets import from_preset

# What each row changes of the common recipe: L1 + cGAN with a U-Net and a patch of 70 pixels.
ROWS: dict[str, dict[str, Any]] = {
    "L1": {"gan_loss": "none"},
    "L2": {"gan_loss": "none", "reconstruction": "l2"},
    "cGAN": {"reconstruction": "none"},
    "L1+cGAN": {},
    "L1, no skips": {"gan_loss": "none", "generator": "encoder_decoder"},
    "L1+cGAN, no skips": {"generator": "encoder_decoder"},
    "L1+GAN": {"conditional": False},
    "patch 1": {"receptive_field": 1},
    "patch 16": {"receptive_field": 16},
    "patch 286": {"receptive_field": 286},
}
COMMON = {"width": 12, "discriminator_width": 8, "halvings": 5, "batch_size": 4}

# The paper's claims: the number, the row where it is smaller, the row where it is larger.
CLAIMS: list[tuple[str, str, str, str]] = [
    ("L1 alone is softer than L1+cGAN", "sharpness", "L1", "L1+cGAN"),
    ("L1+cGAN has more nearly the photos' spectrum than L1", "spectrum", "L1+cGAN", "L1"),
    ("L2 alone is softer than L1 alone", "sharpness", "L2", "L1"),
    ("cGAN alone is worse in L1 than L1+cGAN", "l1", "L1+cGAN", "cGAN"),
    ("skips are better in L1, with L1+cGAN", "l1", "L1+cGAN", "L1+cGAN, no skips"),
    ("skips are better in L1, with L1 alone", "l1", "L1", "L1, no skips"),
    ("L1+cGAN looks more like photos than L1", "kernel", "L1+cGAN", "L1"),
    ("the condition makes it look more like photos", "kernel", "L1+cGAN", "L1+GAN"),
    ("patch 1 is softer than patch 70", "sharpness", "patch 1", "L1+cGAN"),
    ("patch 70 is at least as good as patch 16", "kernel", "L1+cGAN", "patch 16"),
    ("patch 70 is at least as good as patch 1", "kernel", "L1+cGAN", "patch 1"),
    ("patch 70 is at least as good as the whole picture", "kernel", "L1+cGAN", "patch 286"),
]


def recipe(row: str, options: argparse.Namespace, seed: int) -> TrainConfig:
    """The configuration of a row, but for its input."""
    return from_preset(
        "paper",
        data=tuple(options.data),
        direction=options.direction,
        image_size=options.image_size,
        seed=seed,
        steps=options.steps,
        **{**COMMON, **ROWS[row], **options.changes},
    )


def verdicts(means: dict[str, dict[str, float]]) -> list[str]:
    """A line for each of the paper's claims that the rows at hand can say something about."""
    lines = []
    for claim, number, smaller, larger in CLAIMS:
        if number in means.get(smaller, {}) and number in means.get(larger, {}):
            low, high = means[smaller][number], means[larger][number]
            seen = "as in the paper" if low <= high else "CONTRADICTS the paper"
            lines.append(f"{claim}: {seen} ({number}: {smaller} {low:.4f}, {larger} {high:.4f})")
    return lines


def compare(options: argparse.Namespace) -> None:
    """Run what is left; print the rows' means over the seeds, and what became of the paper's claims."""
    pairs = find_pairs(options.data)
    kind = guess_input(pairs.train, options.direction)
    options.changes = {**options.changes, "input": kind}
    trials = [
        Trial(f"{row}, seed {seed}", recipe(row, options, seed))
        for seed in options.seeds  # one whole table before the next seed's
        for row in options.rows
    ]
    results = run_trials(trials, options.out)
    groups = [
        (row, [results[f"{row}, seed {seed}"]["metrics"] for seed in options.seeds]) for row in options.rows
    ]
    means = mean_rows(groups)
    photos = mean_rows([("the true photos", groups[0][1])], "ground_truth")
    print_table([*means, *photos], "losses")
    print("\n".join(verdicts(dict(means))))


def main(arguments: Sequence[str] | None = None, **changes: Any) -> int:
    """Run the benchmark; ``changes`` are made to every recipe (tests make it small)."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", nargs="+", metavar="DATA")
    parser.add_argument("--out", type=Path, required=True, help="folder for runs and results.json")
    parser.add_argument("--direction", choices=("AtoB", "BtoA"), default="AtoB")
    parser.add_argument("--rows", nargs="+", choices=list(ROWS), default=list(ROWS))
    parser.add_argument("--steps", type=int, default=1000, help="of each run (default 1000)")
    parser.add_argument("--image-size", type=int, default=128)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    return run_benchmark(compare, parser.parse_args(arguments), changes)


if __name__ == "__main__":
    raise SystemExit(main())
