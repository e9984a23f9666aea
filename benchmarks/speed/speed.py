"""Speed as ratios against the textbook way, measured side by side in one process.

    python -m benchmarks.speed.speed [--rounds 7] [--batch-sizes 1 4 16] [--device cpu] [--json]

Both ways take turns, after a warm-up; a ratio is the median of the rounds' ratios. Training is the whole loop
on generated pictures: loader, step, losses read, lines of metrics. "limit" is the time that the step's
multiplications would take at the speed of one large matrix product in the same number format, measured in the
same process: nothing that makes all of them can be faster. "waits" is the share of the loop in which the
step waits for the loader.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import torch
from PIL import Image, ImageDraw
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

from benchmarks.speed.textbook import textbook_batches, textbook_step
from pix2pix.checkpoint import ModelConfig
from pix2pix.discriminator import DiscriminatorSpec
from pix2pix.errors import CheckpointError, RunError
from pix2pix.generator import GeneratorSpec, UNetGenerator
from pix2pix.translator import Translator
from train.data.pairs import find_pairs, training_batches
from train.engine.memory import keep_freed_memory
from train.engine.trainer import Trainer
from train.presets import from_preset
from train.runs.run import RunFolder

Timings = dict[str, dict[str, float]]
WIDTH = 64


def seconds(work: Callable[[], object], repeats: int) -> float:
    """Mean wall-clock seconds of one call."""
    start = time.perf_counter()
    for _ in range(repeats):
        work()
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return (time.perf_counter() - start) / repeats


def peak(device: torch.device, dtype: torch.dtype, side: int = 2048) -> float:
    """Floating-point operations a second of a large matrix product: the best of several."""
    a, b = (torch.randn(side, side, device=device, dtype=dtype) for _ in range(2))
    a @ b
    best = min(seconds(lambda: a @ b, 2) for _ in range(5))
    return 2 * side**3 / best


def compare(
    plain: Callable[[], object], ours: Callable[[], object], rounds: int, repeats: int
) -> dict[str, float]:
    """Take turns; medians in milliseconds, and the median ratio plain / ours."""
    for work in (plain, ours):
        seconds(work, 2)
    pairs = [(seconds(plain, repeats), seconds(ours, repeats)) for _ in range(rounds)]
    return {
        "plain_ms": 1000 * statistics.median(p for p, _ in pairs),
        "ours_ms": 1000 * statistics.median(o for _, o in pairs),
        "ratio": statistics.median(p / o for p, o in pairs),
    }


def write_pictures(folder: Path, count: int = 48) -> Path:
    """Side-by-side 512x256 JPEGs of generated boxes, as a data set; the folder with the files."""
    rng, files = np.random.default_rng(0), folder / "train"
    files.mkdir(parents=True)
    for n in range(count):
        image = Image.fromarray(rng.integers(0, 256, (16, 32, 3), dtype=np.uint8)).resize((512, 256))
        image.save(files / f"{n:03d}.jpg", quality=90)
    return files


class Loop:
    """The trainer's own loop on a data set, step by step, and how long it waited for the loader."""

    def __init__(self, data: Path, out: Path, preset: str, device: str, **changes: Any):
        given: dict[str, Any] = {"data": (str(data),), "out": str(out), "device": device, "input": "photo"}
        config = from_preset(preset, steps=10**6, **given, **changes)
        pairs = find_pairs(config.data, check=False, input="photo")
        self.run = RunFolder(out)
        out.mkdir(parents=True)
        self.trainer = Trainer(config, pairs)
        self.batches = training_batches(pairs.train, config, 0)
        self.waited, self.total = 0.0, 0.0

    def step(self) -> None:
        """One step as :func:`train.loop.fit` makes it, between two sheets."""
        start = time.perf_counter()
        batch = next(self.batches)
        self.waited += time.perf_counter() - start
        self.trainer.set_learning_rate()
        self.trainer.seed_noise()
        self.trainer.report(self.run, self.trainer.train_step(*batch))
        self.total += time.perf_counter() - start
        self.trainer.seconds = self.total

    def operations(self) -> float:
        """Floating-point operations of a step's convolutions, forwards and backwards."""
        batch = next(self.batches)
        with FlopCounterMode(display=False) as counter:
            self.trainer.train_step(*batch)
        return float(counter.get_total_flops())


def training(data: Path, out: Path, batch_size: int, rounds: int, device: str) -> dict[str, float]:
    """The paper's networks at width 64, loader included, against the textbook's loop."""
    widths = {"width": WIDTH, "discriminator_width": WIDTH}
    loop = Loop(data.parent, out, "paper", device, batch_size=batch_size, **widths)
    batches, step = textbook_batches(data, batch_size, device), textbook_step(WIDTH, device)
    row = compare(lambda: step(*next(batches)), loop.step, rounds, 2)
    limit = loop.operations() / peak(loop.trainer.device, loop.trainer.dtype)
    return {
        **row,
        "images_per_second": 1000 * batch_size / row["ours_ms"],
        "limit_ms": 1000 * limit,
        "waits": loop.waited / loop.total,
    }


def features(data: Path, out: Path, rounds: int, device: str) -> dict[str, float]:
    """A step of `quick` on a whole picture, without ("plain") and with the feature loss and critic."""
    width = WIDTH // 2
    given = {"quarters": 0.0, "width": width, "discriminator_width": width}
    without, whole = (
        Loop(data.parent, out / name, "quick", device, **given, **terms)
        for name, terms in (("without", {"lambda_features": 0.0, "lambda_feature_gan": 0.0}), ("with", {}))
    )
    row = compare(without.step, whole.step, rounds, 2)
    return {**row, "share": 1 - row["ratio"]}


def peak_memory(data: Path, out: Path, batch_size: int = 4) -> float:
    """Gigabytes that a real run at width 64 holds at most, its loader's process included."""
    words = f"--preset paper --batch-size {batch_size} --steps 6 --input photo --device cpu".split()
    words += ["--width", str(WIDTH), "--discriminator-width", str(WIDTH)]
    command = [sys.executable, "-m", "train", str(data.parent), "--out", str(out), *words]
    most = 0
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None:
            most = max(most, sum(_own_bytes(each) for each in _family(process.pid)))
            time.sleep(0.02)
    if process.returncode:
        raise RunError(f"The run whose memory is measured ended with status {process.returncode}.")
    return most / 1e9


def _family(pid: int) -> Iterator[psutil.Process]:
    try:
        yield (parent := psutil.Process(pid))
        yield from parent.children(recursive=True)
    except psutil.NoSuchProcess:
        return


def _own_bytes(process: psutil.Process) -> int:
    try:
        return process.memory_info().rss
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0


def translating(rounds: int) -> Timings:
    """One 256x256 picture at width 64: the plain float32 module against the translator, both statistics."""
    generator = UNetGenerator(GeneratorSpec(width=WIDTH)).eval()
    drawing = drawn_shoe()
    rows: Timings = {}
    for choice in ("image", "running"):
        model = ModelConfig("speed", generator.spec, DiscriminatorSpec(), statistics=choice)
        translator = Translator(model, generator)
        x = torch.rand(1, 3, 256, 256) * 2 - 1

        @torch.no_grad()
        def plain(statistics: str = choice) -> Tensor:
            return generator(x, statistics=statistics)  # noqa: B023

        rows[f"translate, width 64, {choice} statistics"] = compare(
            plain,
            lambda: translator.translate(drawing, seed=0),  # noqa: B023
            rounds,
            5,
        )
    return rows


def bundled(rounds: int) -> dict[str, float]:
    """Milliseconds that the bundled model takes for a 256x256 drawing, from PIL image to PIL image."""
    translator, drawing = Translator.load("edges2photo"), drawn_shoe()
    seconds(lambda: translator.translate(drawing), 5)
    times = [seconds(lambda: translator.translate(drawing), 5) for _ in range(rounds)]
    return {"ours_ms": 1000 * statistics.median(times)}


def drawn_shoe() -> Image.Image:
    """A 256x256 drawing of a few lines."""
    drawing = Image.new("RGB", (256, 256), "white")
    outline = [(20, 190), (30, 150), (110, 120), (150, 80), (225, 75), (235, 190), (20, 190)]
    ImageDraw.Draw(drawing).line(outline, fill="black", width=2)
    return drawing


def measure(options: argparse.Namespace) -> Timings:
    """All rows."""
    rows: Timings = {}
    with tempfile.TemporaryDirectory() as folder:
        data = write_pictures(Path(folder) / "data")
        if options.device == "cpu":  # before this process itself is large
            rows["peak memory of a run, batch 4"] = {"gigabytes": peak_memory(data, Path(folder) / "memory")}
        keep_freed_memory()
        for batch_size in options.batch_sizes:
            out = Path(folder) / f"run{batch_size}"
            row = training(data, out, batch_size, options.rounds, options.device)
            rows[f"training, batch {batch_size}"] = row
        terms = features(data, Path(folder) / "features", options.rounds, options.device)
        rows["quick, feature loss and critic"] = terms
    if options.device == "cpu":
        rows.update(translating(options.rounds))
        try:
            rows["translate, bundled edges2photo"] = bundled(options.rounds)
        except CheckpointError as error:
            print(error)
    return rows


COLUMNS = {
    "plain_ms": ("plain ms", "{:.1f}"),
    "ours_ms": ("ours ms", "{:.1f}"),
    "ratio": ("ratio", "{:.2f}x"),
    "limit_ms": ("limit ms", "{:.1f}"),
    "waits": ("waits", "{:.1%}"),
    "share": ("of a step", "{:.1%}"),
    "images_per_second": ("images/s", "{:.1f}"),
    "gigabytes": ("GB", "{:.2f}"),
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Speed against the textbook way.")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--batch-sizes", type=int, nargs="+", default=[1, 4, 16])
    parser.add_argument("--device", default="cpu", help="cpu or cuda (default cpu)")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    rows = measure(options)
    if options.json:
        print(json.dumps(rows, indent=2))
        return
    print(
        f"{f'{torch.get_num_threads()} threads':<40}" + "".join(f"{name:>10}" for name, _ in COLUMNS.values())
    )
    for name, row in rows.items():
        cells = [form.format(row[key]) if key in row else "" for key, (_, form) in COLUMNS.items()]
        print(f"{name:<40}" + "".join(f"{cell:>10}" for cell in cells))


if __name__ == "__main__":
    main()
