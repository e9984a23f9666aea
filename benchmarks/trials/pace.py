"""How many steps a recipe makes in a minute, so that equal time can be given as steps.

Steps that are counted come out the same on a busy machine and on a quiet one, and can be repeated to the bit.
"""

from __future__ import annotations

import dataclasses
import itertools
import json
import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from pix2pix.files import write_json
from train.config import TrainConfig
from train.data.pairs import find_pairs, training_batches
from train.engine.memory import keep_freed_memory
from train.engine.trainer import Trainer
from train.loop import settle_input

WARM_UP = 3  # steps before the clock starts


def paced(
    configs: Mapping[str, TrainConfig], file: Path, *, rounds: int = 5, steps: int = 6
) -> dict[str, TrainConfig]:
    """The same recipes with their ``minutes`` turned into the steps that those hold here.

    All recipes take turns, so that a slow moment of the machine meets each of them. What was measured is kept
    in ``file``, and read from there the next time.

    Args:
        configs: recipes with ``minutes``, by name; recipes that differ in nothing else share one measurement.
        file: JSON, seconds a step by recipe.
    """
    seconds: dict[str, float] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    parts = [part for config in configs.values() for _, part in _parts(config)]
    missing = {_key(part): part for part in parts if _key(part) not in seconds}
    if missing:
        keep_freed_memory()
        takers = {key: _stepper(config) for key, config in missing.items()}
        for take in takers.values():
            take(WARM_UP)
        times: dict[str, list[float]] = {key: [] for key in takers}
        for _, (key, take) in itertools.product(range(rounds), takers.items()):
            times[key].append(take(steps))
        seconds |= {key: statistics.median(each) for key, each in times.items()}
        file.parent.mkdir(parents=True, exist_ok=True)
        write_json(file, seconds)
    return {name: _in_steps(config, seconds) for name, config in configs.items()}


def _parts(config: TrainConfig) -> list[tuple[float, TrainConfig]]:
    """(share of the time, the recipe of that part): with ``quarters`` the first steps are quicker."""
    small = config.quarters
    parts = [
        (small, dataclasses.replace(config, quarters=1.0)),
        (1 - small, dataclasses.replace(config, quarters=0.0)),
    ]
    return [part for part in parts if part[0] > 0]


def _in_steps(config: TrainConfig, seconds: Mapping[str, float]) -> TrainConfig:
    """The recipe with its minutes, and the shares of them that options name, counted in steps."""
    paces = [(share, 60 * (config.minutes or 0) / seconds[_key(part)]) for share, part in _parts(config)]
    total = sum(share * pace for share, pace in paces)
    counted = dataclasses.replace(config, minutes=None, steps=max(round(total), 1))
    if len(paces) == 1:
        return counted
    (small, quick), (_, slow) = paces
    done = min(config.decay_from, small) * quick + max(config.decay_from - small, 0) * slow
    return dataclasses.replace(counted, quarters=small * quick / total, decay_from=done / total)


def _key(config: TrainConfig) -> str:
    """What a step's time depends on."""
    values = {
        k: v for k, v in config.to_json().items() if k not in ("data", "out", "minutes", "seed", "preset")
    }
    defaults = TrainConfig().to_json()
    return json.dumps({k: v for k, v in values.items() if v != defaults[k]}, sort_keys=True)


def _stepper(config: TrainConfig) -> Callable[[int], float]:
    """A function that makes so many steps, loader included, and gives the mean seconds of one."""
    pairs = find_pairs(config.data, check=False, input=config.input, direction=config.direction)
    config = settle_input(config, pairs)
    trainer, batches = Trainer(config, pairs), training_batches(pairs.train, config, 0)

    def take(steps: int) -> float:
        start = time.perf_counter()
        for _ in range(steps):
            trainer.set_learning_rate()
            trainer.seed_noise()
            losses = trainer.train_step(*next(batches))
            [float(value) for value in losses.values()]
        return (time.perf_counter() - start) / steps

    return take
