"""How long a large photo takes, and how much memory: all heads, through the library alone.

    python -m benchmarks.speed.photos [--sizes 1024x768 2048x1536] [--rounds 5]

Networks have fresh weights, because the numbers do not depend on them. "processor" is the time that all cores
together spent, which other programs on a busy machine change little; memory is what a translation adds.
"""

from __future__ import annotations

import argparse
import statistics
import threading
import time
from collections.abc import Sequence

import numpy as np
import psutil
import torch
from PIL import Image

from pix2pix.checkpoint import ModelConfig
from pix2pix.discriminator import DiscriminatorSpec
from pix2pix.generator import GeneratorSpec, build_generator
from pix2pix.translator import Translator

NETWORKS = {
    "relight, width 24": GeneratorSpec(width=24, head="relight", norm="instance", halvings=6),
    "night, width 64": GeneratorSpec(width=64, kind="seer", head="night", norm="none", dropout=0.0),
    "picture, width 64": GeneratorSpec(width=64),
}


class PeakMemory:
    """The most bytes that this process held while the block ran, above those before it."""

    def __enter__(self) -> PeakMemory:
        self._process = psutil.Process()
        self._before = self._most = self._process.memory_info().rss
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def _watch(self) -> None:
        while not self._done.wait(0.005):
            self._most = max(self._most, self._process.memory_info().rss)

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    @property
    def gigabytes(self) -> float:
        return (self._most - self._before) / 1e9


def measure(spec: GeneratorSpec, size: tuple[int, int], rounds: int) -> tuple[float, float, float]:
    """(median seconds, least processor seconds, gigabytes) of a photo of that width and height."""
    torch.manual_seed(0)
    model = ModelConfig("photos", spec, DiscriminatorSpec(), input="photo")
    translator = Translator(model, build_generator(spec).eval())
    noise = np.random.default_rng(0).integers(0, 256, (24, 32, 3), dtype=np.uint8)
    photo = Image.fromarray(noise).resize(size)
    seconds, processor = [], []
    with PeakMemory() as memory:
        for _ in range(rounds):
            start, spent = time.perf_counter(), time.process_time()
            translator.translate(photo)
            seconds.append(time.perf_counter() - start)
            processor.append(time.process_time() - spent)
    return statistics.median(seconds), min(processor), memory.gigabytes


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    return int(width), int(height)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Large photos: time and memory.")
    parser.add_argument("--sizes", type=_size, nargs="+", default=[(1024, 768), (2048, 1536)])
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args(arguments)
    print(f"{f'{torch.get_num_threads()} threads':<32}{'seconds':>10}{'processor':>12}{'GB':>8}")
    for name, spec in NETWORKS.items():
        for size in options.sizes:
            median, processor, gigabytes = measure(spec, size, options.rounds)
            label = f"{name}, {size[0]}x{size[1]}"
            print(f"{label:<32}{median:>10.2f}{processor:>12.2f}{gigabytes:>8.2f}")


if __name__ == "__main__":
    main()
