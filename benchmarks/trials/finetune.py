"""Does it help to train a bundled model on a few pairs of a kind that it knows?

    python -m benchmarks.trials.finetune DATA --out runs/finetune [--kinds shoes facades emoji] [--minutes 3]
        [--seeds 0 1 2]

DATA holds the data sets as folders, named as in :mod:`recipes.models`. Of a kind's held-out pairs, which the
bundled model has not seen, 16 are trained on as the Train tab would (`quick`, from the model), and at most 50
others are measured: by the model as it is, and by what became of it. Stopped and started again, it goes on.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.trials.trials import Trial, mean_rows, measure, print_table, run_benchmark, run_trials
from pix2pix.checkpoint import Direction
from pix2pix.saving import save_image
from pix2pix.zoo import find_model
from train.data.pairs import find_pairs
from train.presets import from_preset

TRAINED, MEASURED = 16, 50
# By kind: the bundled model, data sets, direction, input.
KINDS: dict[str, tuple[str, tuple[str, ...], Direction, str]] = {
    "shoes": ("edges2photo", ("edges2sneakers",), "AtoB", "edges"),
    "facades": ("labels2facade", ("facades", "facades_full"), "BtoA", "labels"),
    "emoji": ("edges2emoji", ("emoji3d",), "AtoB", "edges"),
}


def write_data(places: Sequence[Path], direction: Direction, out: Path) -> None:
    """A data set of the held-out pairs of others: every so many-th is trained on, the others are measured."""
    pairs = find_pairs(places, direction=direction, check=False).val
    step = max(len(pairs) // TRAINED, 2)
    few = pairs[::step][:TRAINED]
    others = [pair for pair in pairs if pair not in few][:MEASURED]
    for split, chosen in (("train", few), ("val", others)):
        for number, pair in enumerate(chosen):
            for half, picture in zip("AB", pair.load(), strict=True):
                save_image(picture, out / split / half / f"{number:03}.png")


def compare(options: argparse.Namespace) -> None:
    """Train what is left; print each kind before and after, the mean over the seeds."""
    for kind in options.kinds:
        model, names, direction, given = KINDS[kind]
        data = options.out / "data" / kind
        if not data.exists():
            write_data([options.data / name for name in names], direction, data)
        common: dict[str, Any] = {
            "data": (str(data),),
            "direction": direction,
            "input": given,
            "start": model,
        }
        length: dict[str, Any] = {"minutes": options.minutes, **options.changes}
        trials = [
            Trial(f"{kind}, seed {seed}", from_preset("quick", **common, **length, seed=seed))
            for seed in options.seeds
        ]
        results = run_trials(trials, options.out)
        before = measure(find_model(model), trials[0].config)
        groups = [("as it is", [before]), ("trained", [each["metrics"] for each in results.values()])]
        rows = mean_rows(groups)
        print_table(rows, kind)
        if "perceptual" in rows[0][1]:
            change = rows[1][1]["perceptual"] / rows[0][1]["perceptual"] - 1
            print(f"perceptual distance: {100 * change:+.1f} %")


def main(arguments: Sequence[str] | None = None, **changes: Any) -> int:
    """Run the benchmark; ``changes`` are made to every recipe (tests make it small)."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", type=Path, metavar="DATA")
    parser.add_argument("--out", type=Path, required=True, help="folder for data, runs and results.json")
    parser.add_argument("--kinds", nargs="+", choices=list(KINDS), default=list(KINDS))
    parser.add_argument("--minutes", type=float, default=3.0, help="of each run (default 3)")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    return run_benchmark(compare, parser.parse_args(arguments), changes)


if __name__ == "__main__":
    raise SystemExit(main())
