"""Speed as ratios against the textbook way, measured side by side in one process.

    python -m benchmarks.speed [--rounds 7] [--json]

Both ways take turns, after a warm-up; a ratio is the median of the rounds' ratios.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable, Sequence

import torch
from PIL import Image, ImageDraw

from benchmarks.textbook import textbook_step
from pix2pix.checkpoint import ModelConfig
from pix2pix.discriminator import DiscriminatorSpec
from pix2pix.errors import CheckpointError
from pix2pix.generator import GeneratorSpec, UNetGenerator
from pix2pix.translator import Translator
from train.config import from_preset
from train.pairs import Pairs
from train.trainer import Trainer

Timings = dict[str, dict[str, float]]


def seconds(work: Callable[[], object], repeats: int) -> float:
    """Mean wall-clock seconds of one call."""
    start = time.perf_counter()
    for _ in range(repeats):
        work()
    return (time.perf_counter() - start) / repeats


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


def training_step(batch_size: int, rounds: int) -> dict[str, float]:
    """A step of the paper's networks (width 64) against the textbook's, averaging switched off in both."""
    config = from_preset("paper", steps=1000, batch_size=batch_size, input="photo")
    trainer = Trainer(config, Pairs((), ()))
    condition, target = torch.randint(0, 256, (2, batch_size, 3, 256, 256), dtype=torch.uint8)
    plain = textbook_step(64)
    as_float = [images.float() / 127.5 - 1 for images in (condition, target)]
    return compare(lambda: plain(*as_float), lambda: trainer.train_step(condition, target), rounds, 2)


def translating(rounds: int) -> Timings:
    """One 256x256 picture at width 64: the plain float32 module against the translator, both statistics."""
    generator = UNetGenerator(GeneratorSpec(width=64)).eval()
    drawing = drawn_shoe()
    rows: Timings = {}
    for choice in ("image", "running"):
        model = ModelConfig("speed", generator.spec, DiscriminatorSpec(), statistics=choice)
        translator = Translator(model, generator)
        x = torch.rand(1, 3, 256, 256) * 2 - 1

        @torch.no_grad()
        def plain(statistics: str = choice) -> object:
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


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Speed against the textbook way.")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    rows: Timings = {}
    for batch_size in (1, 4):
        rows[f"training step, width 64, batch {batch_size}"] = training_step(batch_size, options.rounds)
    rows.update(translating(options.rounds))
    try:
        rows["translate, bundled edges2photo"] = bundled(options.rounds)
    except CheckpointError as error:
        print(error)
    if options.json:
        print(json.dumps(rows, indent=2))
        return
    print(f"{'':<46}{'plain ms':>10}{'ours ms':>10}{'ratio':>8}   ({torch.get_num_threads()} threads)")
    for name, row in rows.items():
        plain = f"{row['plain_ms']:10.1f}" if "plain_ms" in row else f"{'':>10}"
        ratio = f"{row['ratio']:7.2f}x" if "ratio" in row else ""
        print(f"{name:<46}{plain}{row['ours_ms']:10.1f}{ratio}")


if __name__ == "__main__":
    main()
