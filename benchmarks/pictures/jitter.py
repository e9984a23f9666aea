"""How much fine detail the jitter takes from the photos that are trained on: the paper's, and a shift.

    python -m benchmarks.pictures.jitter DATA [DATA ...] [--direction BtoA] [--count 100]

Photos are compared with themselves as they are tested: the mean difference of their radial spectra, in dB, by
octaves and at the corner, where there are only diagonal waves. The paper's jitter enlarges photos of 256
pixels to 286.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor

from benchmarks.trials.trials import run_benchmark
from pix2pix.spectrum import radial_spectrum
from train.config import InputChoice, TrainConfig
from train.data.augment import augment
from train.data.pairs import Pair, find_pairs, guess_input, load_uint8, to_float, validation_batch

JITTERS: dict[str, dict[str, Any]] = {
    "resized to 286, cropped": {"load_size": 286},
    "shifted": {"load_size": 256, "shift": 0.06},
}
BANDS = (0.0, 0.0625, 0.125, 0.25, 0.5, 0.71)  # cycles a pixel


def gains(pairs: Sequence[Pair], config: TrainConfig) -> list[float]:
    """What each band of the photos gains, in dB, by being jittered as ``config`` says."""
    seen = torch.stack([_jittered(pair, config, number) for number, pair in enumerate(pairs)])
    shown, tested = (radial_spectrum(to_float(x)) for x in (seen, validation_batch(pairs, config)[1]))
    difference = (shown - tested).mean(0)
    frequencies = (torch.arange(len(difference)) + 1) / config.image_size
    return [
        float(difference[(frequencies > low) & (frequencies <= high)].mean()) for low, high in pairwise(BANDS)
    ]


def _jittered(pair: Pair, config: TrainConfig, number: int) -> Tensor:
    condition, target = load_uint8(pair, config)
    return augment(condition, target, config, np.random.default_rng([config.seed, number]))[1]


def compare(options: argparse.Namespace) -> None:
    """Print the table."""
    plain = {"shrink": 0.0, "redraw": 0.0, "colour_hints": 0.0, "steps": 1, "direction": options.direction}
    pairs = find_pairs(options.data, direction=options.direction).train
    pairs = pairs[:: max(len(pairs) // options.count, 1)][: options.count]
    kind = cast(InputChoice, guess_input(pairs, options.direction))
    print(f"{'cycles a pixel, up to':<26}" + "".join(f"{band:>8.4g}" for band in BANDS[1:]))
    for name, jitter in JITTERS.items():
        config = TrainConfig(**{**plain, **jitter, "input": kind, **options.changes})
        print(f"{name:<26}" + "".join(f"{gain:>8.1f}" for gain in gains(pairs, config)))


def main(arguments: Sequence[str] | None = None, **changes: Any) -> int:
    """Compare; 1 after an error in one sentence. ``changes`` are made to every recipe."""
    parser = argparse.ArgumentParser(description="What the jitter takes from the photos.")
    parser.add_argument("data", nargs="+")
    parser.add_argument("--direction", choices=("AtoB", "BtoA"), default="AtoB")
    parser.add_argument("--count", type=int, default=100, help="photos, evenly chosen")
    options = parser.parse_args(arguments)
    if options.count < 1:
        parser.error("--count must be at least 1")
    return run_benchmark(compare, options, changes)


if __name__ == "__main__":
    raise SystemExit(main())
