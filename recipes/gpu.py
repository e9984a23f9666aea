"""Train a bundled model on one GPU in minutes, from data in one file to a model in a few small ones.

    python -m recipes.gpu pack DATA MODEL PACK.zip            where the data is
    python -m recipes.gpu speed PACK.zip MODEL                images/s at batch 1, 16 and 64
    python -m recipes.gpu train PACK.zip MODEL OUT --minutes 9
    python -m recipes.gpu join OUT-parts FOLDER               where the parts came to

``train`` follows the recipe in :mod:`recipes.models`, with larger batches, and ends in time with a saved
model; what was stopped goes on when it is called again. ``OUT-parts`` holds the model in files below 16 MiB,
renewed with every save. Nothing is fetched from a network. With ``--device cpu`` everything runs on a CPU.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from benchmarks.speed.speed import Loop, operations, peak
from benchmarks.trials.trials import run_benchmark
from pix2pix.checkpoint import load_checkpoint
from pix2pix.errors import ConfigError, DataError
from recipes.models import RECIPES, data_of
from recipes.packing import PACK_BYTES, join_parts, pack, write_parts
from train.config import TrainConfig
from train.data.pairs import Pairs, find_pairs, trace_ahead
from train.engine.trainer import Trainer
from train.events import Done, Saved
from train.loop import fit, settle_palette
from train.presets import from_preset
from train.runs.job_files import status_of
from train.runs.run import RunFolder
from train.watching.progress import Progress

BATCH = 16
USUAL_RATE, MOST_FASTER = 2e-4, 2.0  # learning rate; it grows with the root of the batch, up to so many times
MOST_WORKERS = 16  # where a container has fewer cores than it sees, more would only take memory
AHEAD = 4  # batches that each worker keeps ready
FINISH, START = 40.0, 20.0  # seconds kept free: to save and measure at the end, to begin


def gpu_config(options: argparse.Namespace, minutes: float) -> TrainConfig:
    """The recipe of the model that was named, as it is trained on a GPU."""
    recipe = RECIPES[options.model]
    stage = {name: value for name, value in recipe.stages[-1].items() if name != "steps"}
    grown = (options.batch_size / stage.get("batch_size", 1)) ** 0.5
    values: dict[str, Any] = {
        **stage,
        "data": (str(options.pack),),
        "minutes": minutes,
        "start": recipe.start,
        "batch_size": options.batch_size,
        "learning_rate": USUAL_RATE * min(max(grown, 1.0), MOST_FASTER),
        "save_every": 90.0,
        "sample_every": 60.0,
        **options.changes,
    }
    return _here(from_preset("quick", **values), options)


def _here(config: TrainConfig, options: argparse.Namespace) -> TrainConfig:
    """A recipe with what depends on the machine."""
    out, pack = str(getattr(options, "out", "")), (str(options.pack),)
    workers = workers_for(config, options.workers)
    return dataclasses.replace(
        config, data=pack, device=options.device, compile=options.compile, out=out, workers=workers
    )


def workers_for(config: TrainConfig, asked: int | None) -> int:
    """A worker a core but one, or as many as the shared memory holds batches of."""
    usual = min(max(len(os.sched_getaffinity(0)) - 1, 1), MOST_WORKERS)
    workers = usual if asked is None else asked
    shared = Path("/dev/shm")
    if not workers or not shared.is_dir():
        return workers
    each = AHEAD * config.batch_size * 2 * 3 * config.image_size**2
    room = int(shutil.disk_usage(shared).free / (1.5 * each))
    if room < workers:
        say(f"There is shared memory for {room} workers, not {workers}: give the machine a larger /dev/shm.")
    return min(workers, max(room, 0))


def check_here(options: argparse.Namespace) -> None:
    """Say what machine this is, or raise an error for what is missing, before anything takes time."""
    # A pack is unpacked there; a machine that is lent may have no home.
    os.environ.setdefault("PIX2PIX_CACHE", str(Path(tempfile.gettempdir()) / "pix2pix-studio"))
    if not options.pack.exists():
        raise DataError(f"There is no pack {options.pack}: make it with python -m recipes.gpu pack.")
    if options.device.startswith("cuda"):
        if not torch.cuda.is_available():
            raise ConfigError(
                f"This torch, {torch.__version__}, finds no GPU: install one for CUDA, or use --device cpu."
            )
        free, total = torch.cuda.mem_get_info()
        say(f"{torch.cuda.get_device_name()}, {free / 1e9:.0f} of {total / 1e9:.0f} GB free")
    python, cores = sys.version.split()[0], len(os.sched_getaffinity(0))
    say(f"torch {torch.__version__}, CUDA {torch.version.cuda}, Python {python}, {cores} cores")
    start = RECIPES[options.model].start
    if options.changes.get("start", start):
        from_preset("quick", start=start, minutes=1.0)  # where the bundled model is missing, this says so


def prepare(config: TrainConfig) -> Pairs:
    """The pack's pairs, their drawings traced for all workers."""
    started = time.monotonic()
    pairs = find_pairs(config.data, check=False, input=config.input, direction=config.direction)
    pairs = settle_palette(config, pairs)
    if config.input == "edges" and config.workers:
        trace_ahead(pairs.train, config, config.workers)
    say(f"{len(pairs.train)} pairs, {config.workers} workers; read in {time.monotonic() - started:.0f} s")
    return pairs


def operations_of_one(config: TrainConfig, pairs: Pairs) -> float:
    """Floating-point operations of a step's multiplications, for one whole picture."""
    changes: dict[str, Any] = {"device": "cpu", "precision": "float32", "batch_size": 1, "start": ""}
    single = dataclasses.replace(config, **changes, quarters=0.0, compile=False, workers=0)
    white = torch.full((1, 3, config.image_size, config.image_size), 255, dtype=torch.uint8)
    return operations(Trainer(single, pairs), (white, white))


def train(options: argparse.Namespace) -> None:
    """Train, or go on with, the model; end in time."""
    started = time.monotonic()
    deadline = started + 60 * options.minutes - min(FINISH, 15 * options.minutes)
    check_here(options)
    run, parts = RunFolder(options.out), options.out.with_name(f"{options.out.name}-parts")
    if status_of(run.path).get("state") == "finished":
        say(f"The training in {run.path} is finished: {len(write_parts(run, parts))} parts in {parts}")
        return
    begun = (run.path / "config.json").exists()
    config = _here(run.load_config(), options) if begun else gpu_config(options, options.minutes)
    prepare(config)
    if not begun:
        left = (deadline - time.monotonic() - min(START, 5 * options.minutes)) / 60
        config = dataclasses.replace(config, minutes=options.whole or max(left, 0.1 * options.minutes))
    say(f"batch {config.batch_size}, learning rate {config.learning_rate:g}, {config.minutes:.1f} minutes")
    with _told_to_end() as told, Progress(sys.stdout) as progress:
        for event in fit(config, resume=begun, stop=lambda: bool(told) or time.monotonic() > deadline):
            progress.show(event)
            if isinstance(event, (Saved, Done)):
                write_parts(run, parts)
            if isinstance(event, Done):
                state = "finished" if event.finished else "stopped; call this again to go on"
                progress.write(f"{state} at step {event.step}; {event.metrics.get('model', '')}")
    say(f"The model is in {run.checkpoint}, and in parts in {parts}")


@contextmanager
def _told_to_end() -> Iterator[list[int]]:
    """The signals to end so far: a time limit sends one, and the run is saved first."""
    told: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _: told.append(number))
    try:
        yield told
    finally:
        signal.signal(signal.SIGTERM, before)


def speed(options: argparse.Namespace) -> None:
    """Print images/s by batch: of the steps alone, and of the loop with its loader."""
    check_here(options)
    options.batch_size = max(options.batch_sizes)
    config = gpu_config(options, 60.0)
    pairs = prepare(config)
    flops, most = operations_of_one(config, pairs), 0.0
    say(f"{'batch':>6}{'images/s':>10}{'of peak':>9}{'ms a step':>11}{'with loader':>13}{'GB':>7}")
    for batch in options.batch_sizes:
        options.batch_size = batch
        loop = Loop(dataclasses.replace(gpu_config(options, 60.0), learning_rate=1e-5, quarters=0.0), pairs)
        for note in loop.trainer.notes:
            say(note)
        device = loop.trainer.device
        most = most or peak(device, loop.trainer.dtype, 8192 if device.type == "cuda" else 1024)
        alone, whole = (rate(loop, options.seconds, each) for each in (next(loop.batches), None))
        used = torch.cuda.max_memory_allocated() / 1e9 if torch.cuda.is_available() else 0.0
        share, milliseconds = alone * flops / most, 1000 * batch / alone
        say(f"{batch:>6}{alone:>10.1f}{share:>9.1%}{milliseconds:>11.1f}{whole:>13.1f}{used:>7.1f}")
        loop.batches.close()  # type: ignore[attr-defined]  # which ends the workers
    say(f"{flops / 1e9:.1f} GFLOP an image; a matrix product reaches {most / 1e12:.2f} TFLOP/s")


def rate(loop: Loop, seconds: float, batch: tuple[Tensor, Tensor] | None) -> float:
    """Images a second, after a warm-up: of this batch again and again, or of the loader's."""
    for _ in range(3):
        loop.step(batch)
    start, steps = _now(), 0
    while time.perf_counter() - start < seconds:
        loop.step(batch)
        steps += 1
    return steps * loop.trainer.config.batch_size / (_now() - start)


def _now() -> float:
    """After all that a GPU was given is done."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return time.perf_counter()


def make_pack(options: argparse.Namespace) -> None:
    """Pack the data of a model."""
    folders = data_of(options.model, options.data)
    stage = {**RECIPES[options.model].stages[-1], "data": tuple(folders), **options.changes}
    count, quality = pack(from_preset("quick", **stage), options.pack, round(options.megabytes * 1e6))
    size = options.pack.stat().st_size / 1e6
    say(f"{options.pack}: {count} pairs, JPEG quality {quality}, {size:.1f} MB")


def join(options: argparse.Namespace) -> None:
    """Make a run's folder of the parts, and load the model, which checks it."""
    path = join_parts(options.parts, options.out)
    model = load_checkpoint(path).config
    say(f"{path}: {model.name}, step {model.step}, {model.images_seen} images seen")


def say(text: str) -> None:
    """Print a line at once, for who watches a file."""
    print(text, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    commands = parser.add_subparsers(required=True)
    packing = commands.add_parser("pack", help="make one small file of a model's data sets")
    packing.add_argument("data", type=Path)
    packing.add_argument("model", choices=RECIPES)
    packing.add_argument("pack", type=Path, metavar="PACK.zip")
    packing.add_argument("--megabytes", type=float, default=PACK_BYTES / 1e6)
    packing.set_defaults(work=make_pack)
    training = commands.add_parser("train", help="train, or go on, and end in time")
    measuring = commands.add_parser("speed", help="images/s by batch")
    for each in (training, measuring):
        each.add_argument("pack", type=Path, metavar="PACK.zip")
        each.add_argument("model", choices=RECIPES)
        each.add_argument("--device", default="cuda")
        each.add_argument("--workers", type=int, help="by default one a core, but one")
        each.add_argument("--compile", action="store_true", help="compile the networks first")
    training.add_argument("out", type=Path)
    training.add_argument("--minutes", type=float, default=9.0, help="of this call, all included (default 9)")
    training.add_argument(
        "--whole", type=float, help="minutes of training, where several calls share it; by default one call's"
    )
    training.add_argument("--batch-size", type=int, default=BATCH)
    training.set_defaults(work=train)
    measuring.add_argument("--batch-sizes", type=int, nargs="+", default=[1, 16, 64])
    measuring.add_argument("--seconds", type=float, default=6.0, help="of each measurement (default 6)")
    measuring.set_defaults(work=speed)
    joining = commands.add_parser("join", help="make a run's folder of the parts that came back")
    joining.add_argument("parts", type=Path)
    joining.add_argument("out", type=Path)
    joining.set_defaults(work=join)
    return parser


def main(arguments: Sequence[str] | None = None, **changes: Any) -> int:
    """Do what was asked; 1 after an error in one sentence. ``changes`` are made to the recipe."""
    options = _parser().parse_args(arguments)
    return run_benchmark(options.work, options, changes)


if __name__ == "__main__":
    raise SystemExit(main())
