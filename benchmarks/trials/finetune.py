"""Fine-tuning against training from scratch, on a few pairs: is five minutes better than fifteen?

    python -m benchmarks.trials.finetune DATA --direction BtoA --out runs/finetune
        [--model edges2photo] [--pairs 15] [--minutes 5] [--scratch-minutes 15] [--seeds 0]

So many training pairs of DATA are taken, spread evenly over its list, and so many that it holds out are
measured. One run starts from the model, one, with the same networks and the same recipe, from random weights;
the model as it is stands beside them. Choose data that the model was not trained on. Stopped and started
again, it goes on.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.trials.trials import (
    Trial,
    benchmark_parser,
    described,
    mean_rows,
    measure,
    print_table,
    run_benchmark,
    run_trials,
    write_subset,
)
from pix2pix.checkpoint import load_config
from pix2pix.zoo import find_model
from train.config import TrainConfig
from train.data.pairs import find_pairs
from train.presets import architecture, from_preset

# What fine-tuning changes of the `quick` preset, beside its start.
FINE_TUNE: dict[str, Any] = {}


def trials(data: Path, options: argparse.Namespace) -> list[Trial]:
    """Both runs for each seed."""
    model = find_model(options.model)
    found = []
    for seed in options.seeds:
        common = {
            "data": (str(data),),
            "direction": options.direction,
            "seed": seed,
            **architecture(load_config(model)),
            **options.changes,
        }
        tuned = from_preset("quick", start=str(model), minutes=options.minutes, **{**common, **FINE_TUNE})
        scratch = from_preset("quick", minutes=options.scratch_minutes, **common)
        found += [Trial(f"fine-tuned, seed {seed}", tuned), Trial(f"from scratch, seed {seed}", scratch)]
    return found


def compare(options: argparse.Namespace) -> dict[str, Any]:
    """Run what is left to run; print the table."""
    data = options.out / "data"
    if not data.exists():
        write_subset(options.data, options.pairs, options.held, data)
    pairs = find_pairs([data], check=False)
    protocol = {
        "benchmark": "finetune",
        "data": [Path(folder).name for folder in options.data],
        **described(pairs),
        "model": options.model,
        "minutes": {"fine-tuned": options.minutes, "from scratch": options.scratch_minutes},
        "seeds": options.seeds,
    }
    results = run_trials(trials(data, options), options.out, protocol, jobs=options.jobs)
    as_it_is = measure(find_model(options.model), TrainConfig(data=(str(data),), direction=options.direction))
    groups = [("the model as it is", [as_it_is])]
    for kind, minutes in protocol["minutes"].items():
        metrics = [results[f"{kind}, seed {seed}"]["metrics"] for seed in options.seeds]
        groups.append((f"{kind}, {minutes:g} min", metrics))
    rows = [*mean_rows(groups), *mean_rows([("the mean photo", [as_it_is])], "mean_photo")]
    print_table(rows, f"{len(pairs.train)} pairs")
    return results


def main(arguments: Sequence[str] | None = None, **changes: Any) -> int:
    """Run the benchmark; ``changes`` are made to every recipe (tests make it small)."""
    parser = benchmark_parser(__doc__)
    parser.add_argument("--model", default="edges2photo", help="the start (default edges2photo)")
    parser.add_argument("--pairs", type=int, default=15, help="training pairs (default 15)")
    parser.add_argument("--held", type=int, default=50, help="held-out pairs, at most (default 50)")
    parser.add_argument("--minutes", type=float, default=5.0, help="of fine-tuning (default 5)")
    parser.add_argument("--scratch-minutes", type=float, default=15.0, help="from scratch (default 15)")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    return run_benchmark(compare, parser.parse_args(arguments), changes)


if __name__ == "__main__":
    raise SystemExit(main())
