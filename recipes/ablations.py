"""The small models behind the Learn tab: train all of them, then bundle them.

    python -m recipes.ablations train DATA --direction BtoA --out runs/ablations [--steps 1000]
    python -m recipes.ablations bundle runs/ablations [checkpoints/ablations]

``make ablations DATA=…`` does both. The networks and the recipe are those of :mod:`benchmarks.trials.losses`,
with one seed; stopped and started again, the training goes on. ``bundle`` takes the finished runs with the
numbers that were measured on held-out pairs, in half precision, with a card and a preview of buildings that
are drawn for it: never a photo of the data.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.trials import losses
from benchmarks.trials.trials import RESULTS, run_benchmark, run_folder
from pix2pix.checkpoint import load_checkpoint
from pix2pix.errors import RunError
from pix2pix.facade import draw_facade
from pix2pix.translator import Translator
from pix2pix.zoo import ABLATIONS, BUNDLED
from recipes.bundle import save

# Row of benchmarks.trials.losses -> name of the bundled model.
NAMES = {
    "L1": "l1",
    "L2": "l2",
    "cGAN": "cgan",
    "L1+cGAN": "l1_cgan",
    "L1+cGAN, no skips": "l1_cgan_no_skips",
    "L1+GAN": "l1_gan",
    "patch 1": "patch_1",
    "patch 16": "patch_16",
    "patch 286": "patch_286",
}
TERMS = "research use: trained on the CMP Facade Database, whose photos are for research"
MOST_BYTES = 12_000_000  # of all models together: a repository is cloned whole
BUILDINGS = (2,)  # of the preview; a few kB of each model


def bundle(options: argparse.Namespace) -> None:
    """Make bundled models of the finished runs in a folder of ``train``.

    Raises:
        RunError: a run is missing, or the models are too large together; nothing was written then.
    """
    trained, output = options.runs, options.output
    path = trained / RESULTS
    results = json.loads(path.read_text(encoding="utf-8"))["results"] if path.is_file() else {}
    trials = {name: f"{row}, seed 0" for row, name in NAMES.items()}
    missing = [trial for trial in trials.values() if trial not in results]
    if missing:
        raise RunError(
            f"The folder {trained} has no finished run of {'; '.join(missing)}: train first, with"
            f" `python -m recipes.ablations train DATA --out {trained}`."
        )
    with tempfile.TemporaryDirectory() as folder:
        for name, trial in trials.items():
            run = run_folder(trained, trial) / "checkpoint"
            _bundle_one(run, Path(folder) / name, results[trial]["metrics"])
        size = sum(path.stat().st_size for path in Path(folder).glob("*/*"))
        if size > MOST_BYTES:
            raise RunError(
                f"The models take {size / 1e6:.3g} MB together, more than {MOST_BYTES / 1e6:.3g}: make"
                " the networks in benchmarks/trials/losses.py smaller."
            )
        for name in trials:
            shutil.rmtree(output / name, ignore_errors=True)
            shutil.copytree(Path(folder) / name, output / name)
    print(f"{len(NAMES)} models in {output}, {size / 1e6:.2f} MB together")


def _bundle_one(run: Path, output: Path, metrics: dict[str, Any]) -> None:
    checkpoint = load_checkpoint(run)
    translator = Translator(checkpoint.config, checkpoint.generator, precision="float32")
    drawings = [draw_facade(seed, checkpoint.config.image_size) for seed in BUILDINGS]
    save(checkpoint, translator, output, TERMS, metrics, "ablations.md", drawings)


def main(arguments: Sequence[str] | None = None, **changes: Any) -> int:
    """Train or bundle; ``changes`` are made to every recipe (tests make it small)."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == ["train"]:
        return losses.main([*given[1:], "--seeds", "0", "--rows", *NAMES], **changes)
    parser = argparse.ArgumentParser(description="The small models behind the Learn tab.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("train", help="train all of them; the options are those of benchmarks.trials.losses")
    bundling = commands.add_parser("bundle", help="make bundled models of the finished runs")
    bundling.add_argument("runs", type=Path, help="the --out of `train`")
    bundling.add_argument("output", type=Path, nargs="?", default=BUNDLED / ABLATIONS)
    return run_benchmark(bundle, parser.parse_args(given))


if __name__ == "__main__":
    raise SystemExit(main())
