"""Training runs that are compared with each other: done one by one, taken up again, measured alike.

A benchmark's folder holds ``results.json`` and a run folder for each trial. A benchmark that was stopped and
is started again goes on where it was: finished trials are read from the file, a half-done one is resumed.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import platform
import statistics
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from tqdm import tqdm

from pix2pix.errors import ConfigError, Pix2PixError, RunError
from pix2pix.files import write_json
from pix2pix.images import save_image
from pix2pix.translator import Translator
from train.config import TrainConfig
from train.evaluate import evaluate_model, evaluation_config, judges_for
from train.events import Started, Step
from train.loop import fit
from train.memory import keep_freed_memory
from train.pairs import Pair, Pairs, find_pairs
from train.run import RunFolder

RESULTS = "results.json"
SHOWN = ("l1", "psnr", "ssim", "spectrum", "sharpness", "class_iou")


@dataclass(frozen=True)
class Trial:
    """One training run, by a name that is unique in its benchmark."""

    name: str
    config: TrainConfig


def run_trials(
    trials: Sequence[Trial], out: Path, protocol: dict[str, Any], fcn: bool = False
) -> dict[str, dict[str, Any]]:
    """Train and measure each trial that is not in ``out/results.json`` yet.

    Args:
        protocol: what a reader needs to know beside each trial's recipe; saved with the results.
        fcn: whether to give the FCN-score.

    Returns:
        By name: ``metrics`` as :func:`train.evaluate.evaluate` gives them, ``recipe``, ``steps``, …

    Raises:
        ConfigError: the folder's results are of another recipe.
    """
    keep_freed_memory()
    path = out / RESULTS
    saved = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"results": {}}
    results: dict[str, dict[str, Any]] = saved["results"]
    for trial in trials:
        if trial.name in results and results[trial.name]["recipe"] != _recipe(trial.config):
            raise ConfigError(
                f"The folder {out} has results of another recipe for '{trial.name}': choose another --out."
            )
    for trial in trials:
        if trial.name in results:
            continue
        run = RunFolder(out / "runs" / _file_name(trial.name))
        results[trial.name] = _train(dataclasses.replace(trial.config, out=str(run.path)), run, trial.name)
        results[trial.name] |= {
            "recipe": _recipe(trial.config),
            "metrics": measure(run.path, trial.config, fcn),
        }
        write_json(path, {"protocol": protocol, "machine": machine(), "results": results})
    return {trial.name: results[trial.name] for trial in trials}


def _train(config: TrainConfig, run: RunFolder, name: str) -> dict[str, Any]:
    """Train to the end, from where an earlier session was."""
    begun = (run.path / "config.json").exists()
    if begun and _recipe(run.load_config()) != _recipe(config):
        raise RunError(f"The run in {run.path} is of another recipe: choose another --out.")
    step, pairs = Step(0, 0, 0.0, 0.0, 0.0, 0.0, {}), 0
    with tqdm(total=100, desc=name, bar_format="{l_bar}{bar}| {postfix}", file=sys.stderr) as bar:
        for event in fit(run.load_config() if begun else config, resume=begun):
            if isinstance(event, Started):
                pairs = event.train_pairs
            elif isinstance(event, Step):
                step = event
                bar.n = round(100 * event.progress, 1)
                bar.set_postfix_str(f"step {event.step}  {event.images_per_second:.1f} images/s", False)
                bar.update(0)
    return {"steps": step.step, "images_seen": step.images_seen, "train_pairs": pairs}


def measure(model: Path | str, config: TrainConfig, fcn: bool = False) -> dict[str, Any]:
    """The numbers of a model on the held-out pairs of a trial's data, with the trial's seed."""
    translator, pairs = Translator.load(model), find_pairs(config.data, check=False)
    prepared = evaluation_config(translator.config, config.seed)
    prepared = dataclasses.replace(prepared, direction=config.direction)
    judges = judges_for(translator.config, pairs, fcn=fcn)
    return evaluate_model(translator, pairs, prepared, judges)


def _recipe(config: TrainConfig) -> dict[str, Any]:
    """All options but places: data sets by name only."""
    recipe = {k: v for k, v in config.to_json().items() if k != "out"}
    return {**recipe, "data": [Path(folder).name for folder in config.data], "start": Path(config.start).name}


def _file_name(name: str) -> str:
    return "".join(c if c.isalnum() else "-" for c in name)


def machine() -> dict[str, Any]:
    """What the times depend on."""
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
        "device": torch.cuda.get_device_name() if torch.cuda.is_available() else "cpu",
    }


def write_subset(data: Sequence[str], count: int, held: int, folder: Path) -> Path:
    """A data set of a few training pairs, evenly chosen, and of held-out ones, as PNG files.

    Raises:
        ConfigError: the data has fewer pairs than asked for.
    """
    pairs = find_pairs(data, check=False)
    if len(pairs.train) < count or not pairs.val:
        raise ConfigError(
            f"The data has {len(pairs.train)} training and {len(pairs.val)} held-out pairs, fewer than asked"
            " for: choose a smaller --pairs or other data."
        )
    for split, chosen in (("train", _evenly(pairs.train, count)), ("val", _evenly(pairs.val, held))):
        for number, pair in enumerate(chosen):
            for half, image in zip("AB", pair.load("AtoB"), strict=True):
                save_image(image, folder / split / half / f"{number:04d}.png")
    return folder


def _evenly(pairs: Sequence[Pair], count: int) -> list[Pair]:
    return [pairs[i * len(pairs) // count] for i in range(min(count, len(pairs)))]


def described(pairs: Pairs) -> dict[str, Any]:
    """The data's part of a protocol."""
    return {"train_pairs": len(pairs.train), "held_out_pairs": len(pairs.val)}


def mean_rows(
    groups: Iterable[tuple[str, Sequence[dict[str, Any]]]], who: str = "model"
) -> list[tuple[str, dict[str, float]]]:
    """(name, means over the group's metrics) for each group of equal recipes under several seeds."""
    rows = []
    for name, metrics in groups:
        answers = [each[who] for each in metrics]
        names = [n for n in SHOWN if all(n in answer for answer in answers)]
        rows.append((name, {n: statistics.fmean(answer[n] for answer in answers) for n in names}))
    return rows


def print_table(
    rows: Sequence[tuple[str, dict[str, float]]], heading: str, say: Callable[[str], None] = print
) -> None:
    """One line a row, one column a number."""
    names = [n for n in SHOWN if any(n in row for _, row in rows)]
    width = max(len(heading), *(len(name) for name, _ in rows)) + 2
    say(f"{heading:<{width}}" + "".join(f"{name:>11}" for name in names))
    for name, row in rows:
        say(f"{name:<{width}}" + "".join(f"{row[n]:>11.4f}" if n in row else f"{'-':>11}" for n in names))


def benchmark_parser(about: str | None) -> argparse.ArgumentParser:
    """The options that all comparisons have; ``about`` is the module's docstring."""
    parser = argparse.ArgumentParser(description=(about or "").splitlines()[0])
    parser.add_argument("data", nargs="+", metavar="DATA")
    parser.add_argument("--out", type=Path, required=True, help="folder for runs and results.json")
    parser.add_argument("--direction", choices=("AtoB", "BtoA"), default="AtoB")
    return parser


def run_benchmark(
    compare: Callable[[argparse.Namespace], Any], options: argparse.Namespace, changes: dict[str, Any]
) -> int:
    """Compare; 0, or 1 after an error in one sentence. ``changes`` are made to every recipe."""
    options.changes = changes
    try:
        compare(options)
    except Pix2PixError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    return 0
