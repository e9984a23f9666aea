"""What starting from a model is worth with few pairs: the same pairs, from a model and from scratch.

    python -m benchmarks.few_pairs DATA --pairs 16 --from edges2photo --minutes 5 --scratch-minutes 15

Pairs for training are taken evenly from the train split; the numbers are of the held-out ones. Beside the
metrics of ``python -m train evaluate`` there is ``detail``: the mean absolute difference of neighbouring
pixels, as a share of the target's, which is below 1 for a blurred picture and needs no GAN to judge it. The
trainer's options go to both runs: ``--direction BtoA --input labels --learning-rate 5e-4``.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image
from torch import Tensor

from pix2pix.translator import Translator
from train.config import TrainConfig, add_options, from_preset, options_given
from train.evaluate import evaluate_model
from train.events import Done, Step
from train.loop import fit
from train.pairs import Pair, find_pairs, to_float, validation_batch

CHUNK = 16  # held-out pairs in memory at once


def write_few(data: Sequence[str], folder: Path, train: int, val: int) -> None:
    """Copy some pairs, side by side, into ``folder/train`` and ``folder/val``."""
    pairs = find_pairs(data)
    for name, found, count in (("train", pairs.train, train), ("val", pairs.val, val)):
        (folder / name).mkdir(parents=True)
        for index, pair in enumerate(found[:: max(len(found) // count, 1)][:count]):
            a, b = pair.load("AtoB")
            both = Image.new("RGB", (2 * a.width, a.height))
            both.paste(a, (0, 0))
            both.paste(b.resize(a.size), (a.width, 0))
            both.save(folder / name / f"{index:04d}.png")


def variation(images: Tensor) -> float:
    """Mean absolute difference of neighbouring pixels of (N, 3, H, W) images in [-1, 1]."""
    return float(images.diff(dim=2).abs().mean() + images.diff(dim=3).abs().mean())


def detail(translator: Translator, held: Sequence[Pair], config: TrainConfig) -> float:
    """The outputs' variation as a share of the targets'."""
    ours, theirs = [], []
    for start in range(0, len(held), CHUNK):
        condition, target = (to_float(x) for x in validation_batch(held[start : start + CHUNK], config))
        ours.append(variation(translator.translate_tensor(condition, seed=config.seed)))
        theirs.append(variation(target))
    return sum(ours) / sum(theirs)


def measure(config: TrainConfig) -> dict[str, Any]:
    """Train, then judge the model as it is served."""
    steps = 0
    for event in fit(config):
        if isinstance(event, Step):
            steps = event.step
            print(f"\r{config.start or 'scratch'}: {100 * event.progress:3.0f}%  step {steps}", end="")
        elif isinstance(event, Done):
            print()
    translator = Translator.load(config.out)
    pairs = find_pairs(config.data)
    row = {"steps": steps, **evaluate_model(translator, pairs, config)["model"]}
    return {**row, "detail": round(detail(translator, pairs.val, config), 4)}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run both, print a table or JSON."""
    parser = argparse.ArgumentParser(description="Few pairs, from a model and from scratch.")
    add_options(parser)
    parser.set_defaults(start="edges2photo")
    parser.add_argument("--pairs", type=int, default=16, help="to train on")
    parser.add_argument("--held-out", type=int, default=50, help="to judge by")
    parser.add_argument("--scratch-minutes", type=float, default=15.0, help="for the run without a model")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    changes = options_given(options)
    preset = changes.pop("preset", "quick")
    if not {"minutes", "steps", "epochs"} & set(changes):
        changes["minutes"] = 5.0
    with tempfile.TemporaryDirectory() as folder:
        write_few(changes.pop("data"), Path(folder) / "few", options.pairs, options.held_out)
        changes |= {"data": (str(Path(folder) / "few"),)}
        tuned = from_preset(preset, **{**changes, "out": f"{folder}/tuned"})
        networks = {"width": tuned.width, "image_size": tuned.image_size, "load_size": tuned.load_size}
        length = {"minutes": options.scratch_minutes, "steps": None, "epochs": None}
        lone = {**networks, **changes, **length, "start": ""}
        scratch = from_preset(preset, **{**lone, "out": f"{folder}/scratch"})
        rows = {f"from {tuned.start}": measure(tuned), "from scratch": measure(scratch)}
    if options.json:
        print(json.dumps(rows, indent=2))
        return
    print(f"{'':<28}" + "".join(f"{name:>10}" for name in next(iter(rows.values()))))
    for name, row in rows.items():
        print(f"{name:<28}" + "".join(f"{value:>10.4g}" for value in row.values()))


if __name__ == "__main__":
    main()
