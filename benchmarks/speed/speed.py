"""Speed as ratios against the textbook way, measured side by side in one process.

    python -m benchmarks.speed.speed [--rounds 7] [--batch-sizes 1 4 16]

Both ways take turns, after a warm-up; a ratio is the median of the rounds' ratios. Training is the whole loop
on generated pictures: loader, step, losses read. "limit" is the time that the step's
multiplications would take at the speed of one large matrix product in the same number format, measured in the
same process: nothing that makes all of them can be faster. "waits" is the share of the loop in which the
step waits for the loader.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

import numpy as np
import psutil
import torch
import torch.nn.functional as F
from PIL import Image, ImageDraw
from torch import Tensor
from torch.utils.data import DataLoader, Dataset
from torch.utils.flop_counter import FlopCounterMode
from torchvision.transforms import v2

from pix2pix.checkpoint import ModelConfig
from pix2pix.discriminator import DiscriminatorSpec, PatchDiscriminator
from pix2pix.errors import CheckpointError, RunError
from pix2pix.generator import GeneratorSpec, UNetGenerator
from pix2pix.translator import Translator
from train.config import TrainConfig
from train.data.pairs import Pairs, find_pairs, training_batches
from train.engine.memory import keep_freed_memory
from train.engine.trainer import Trainer
from train.presets import from_preset

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
    """The trainer's own loop, without saves and sheets, and how long it waited for the loader."""

    def __init__(self, config: TrainConfig, pairs: Pairs):
        self.trainer = Trainer(config, pairs)
        pin = self.trainer.device.type == "cuda"
        self.batches = training_batches(pairs.train, config, 0, pin=pin)
        self.waited, self.total = 0.0, 0.0

    def step(self, batch: tuple[Tensor, Tensor] | None = None) -> None:
        """One step as :func:`train.loop.fit` makes it, of the loader's next batch or of this one."""
        start = time.perf_counter()
        batch = batch or next(self.batches)
        self.waited += time.perf_counter() - start
        self.trainer.set_learning_rate()
        self.trainer.seed_noise()
        self.trainer.note(self.trainer.train_step(*batch))
        self.total += time.perf_counter() - start


def operations(trainer: Trainer, batch: tuple[Tensor, Tensor]) -> float:
    """Floating-point operations of a step's multiplications, forwards and backwards."""
    with FlopCounterMode(display=False) as counter:
        trainer.train_step(*batch)
    return float(counter.get_total_flops())


def training(data: Path, batch_size: int, rounds: int) -> dict[str, float]:
    """The paper's networks at width 64, loader included, against the textbook's loop."""
    given = {"width": WIDTH, "discriminator_width": WIDTH, "batch_size": batch_size}
    config = from_preset("paper", data=(str(data.parent),), steps=10**6, device="cpu", input="photo", **given)
    loop = Loop(config, find_pairs(config.data, check=False, input="photo"))
    batches, step = textbook_batches(data, batch_size), textbook_step(WIDTH)
    row = compare(lambda: step(*next(batches)), loop.step, rounds, 2)
    limit = operations(loop.trainer, next(loop.batches)) / peak(loop.trainer.device, loop.trainer.dtype)
    return {**row, "limit_ms": 1000 * limit, "waits": loop.waited / loop.total}


def features(data: Path, rounds: int) -> dict[str, float]:
    """A step of `quick` on a whole picture, without ("plain") and with the feature loss and critic."""
    loops = []
    for terms in ({"lambda_features": 0.0, "lambda_feature_gan": 0.0}, {}):
        given = {**terms, "quarters": 0.0, "steps": 10**6, "device": "cpu", "input": "photo"}
        config = from_preset("quick", data=(str(data.parent),), **given)
        loops.append(Loop(config, find_pairs(config.data, check=False, input="photo")))
    return compare(loops[0].step, loops[1].step, rounds, 2)


def peak_memory(data: Path, out: Path) -> float:
    """Gigabytes that a real run at width 64 holds at most, its loader's process included."""
    words = ["--preset", "paper", "--batch-size", "4", "--steps", "6", "--input", "photo", "--device", "cpu"]
    words += ["--width", str(WIDTH), "--discriminator-width", str(WIDTH)]
    command = [sys.executable, "-m", "train", str(data.parent), "--out", str(out), *words]
    most = 0
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None:
            with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                parent = psutil.Process(process.pid)
                family = (parent, *parent.children(recursive=True))
                most = max(most, sum(each.memory_info().rss for each in family))
            time.sleep(0.02)
    if process.returncode:
        raise RunError(f"The run whose memory is measured ended with status {process.returncode}.")
    return most / 1e9


# ---- the plain way: float32, contiguous, default Adam, three separate discriminator passes -------------


def textbook_step(width: int) -> Callable[[Tensor, Tensor], None]:
    """A training step as tutorials write it, on (N, 3, 256, 256) float32 pairs in [-1, 1]."""
    generator = UNetGenerator(GeneratorSpec(width=width))
    discriminator = PatchDiscriminator(DiscriminatorSpec(width=width))
    adam_g = torch.optim.Adam(generator.parameters(), 2e-4, (0.5, 0.999))
    adam_d = torch.optim.Adam(discriminator.parameters(), 2e-4, (0.5, 0.999))

    def step(condition: Tensor, target: Tensor) -> None:
        fake = generator(condition)
        adam_d.zero_grad()
        real_scores = discriminator(condition, target)
        fake_scores = discriminator(condition, fake.detach())
        loss_d = 0.5 * (_bce(real_scores, 1.0) + _bce(fake_scores, 0.0))
        loss_d.backward()
        adam_d.step()

        adam_g.zero_grad()
        loss_g = _bce(discriminator(condition, fake), 1.0) + 100 * F.l1_loss(fake, target)
        loss_g.backward()
        adam_g.step()

    return step


def _bce(scores: Tensor, label: float) -> Tensor:
    return F.binary_cross_entropy_with_logits(scores, torch.full_like(scores, label))


class TextbookPairs(Dataset[Tensor]):
    """Side-by-side files, resized, cropped and mirrored: (2, 3, 256, 256) in [-1, 1], input and target."""

    def __init__(self, folder: Path):
        self.files = sorted(folder.iterdir())
        self.transform = v2.Compose(
            [
                v2.ToImage(),
                v2.ToDtype(torch.float32, scale=True),
                v2.Resize((286, 286), v2.InterpolationMode.BICUBIC, antialias=True),
                v2.RandomCrop(256),
                v2.RandomHorizontalFlip(),
                v2.Normalize([0.5] * 3, [0.5] * 3),
            ]
        )

    def __len__(self) -> int:
        return len(self.files)

    def __getitem__(self, index: int) -> Tensor:
        image = Image.open(self.files[index]).convert("RGB")
        half = image.width // 2
        halves = [image.crop((x, 0, x + half, image.height)) for x in (0, half)]
        return self.transform(torch.stack([v2.functional.to_image(each) for each in halves]))


def textbook_batches(folder: Path, batch_size: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Batches without end, prepared by one worker as the trainer's are."""
    loader = DataLoader(TextbookPairs(folder), batch_size, shuffle=True, num_workers=1, drop_last=True)
    while True:
        for both in loader:
            yield both[:, 0], both[:, 1]


# ---- all of it --------------------------------------------------------------------------------------


def translating(rounds: int) -> Timings:
    """One 256x256 picture at width 64: the plain float32 module against the translator, both statistics."""
    generator = UNetGenerator(GeneratorSpec(width=WIDTH)).eval()
    drawing = drawn_shoe()
    rows: Timings = {}
    for choice in ("image", "running"):
        model = ModelConfig("speed", generator.spec, DiscriminatorSpec(), statistics=choice)
        translator = Translator(model, generator)
        x = torch.rand(1, 3, 256, 256) * 2 - 1

        with torch.no_grad():
            plain = partial(generator, x, statistics=choice)
            ours = partial(translator.translate, drawing, seed=0)
            rows[f"translate, width 64, {choice} statistics"] = compare(plain, ours, rounds, 5)
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


def measure(rounds: int, batch_sizes: Sequence[int]) -> Timings:
    """All rows."""
    rows: Timings = {}
    with tempfile.TemporaryDirectory() as folder:
        data = write_pictures(Path(folder) / "data")
        # Before this process itself is large.
        rows["peak memory of a run, batch 4"] = {"gigabytes": peak_memory(data, Path(folder) / "memory")}
        keep_freed_memory()
        for batch_size in batch_sizes:
            rows[f"training, batch {batch_size}"] = training(data, batch_size, rounds)
        rows["quick, feature loss and critic"] = features(data, rounds)
    rows.update(translating(rounds))
    try:
        rows["translate, bundled edges2photo"] = bundled(rounds)
    except CheckpointError as error:
        print(error)
    return rows


COLUMNS = {
    "plain_ms": ("plain ms", "{:.1f}"),
    "ours_ms": ("ours ms", "{:.1f}"),
    "ratio": ("ratio", "{:.2f}x"),
    "limit_ms": ("limit ms", "{:.1f}"),
    "waits": ("waits", "{:.1%}"),
    "gigabytes": ("GB", "{:.2f}"),
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Speed against the textbook way.")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--batch-sizes", type=int, nargs="+", default=[1, 4, 16])
    options = parser.parse_args(arguments)
    rows = measure(options.rounds, options.batch_sizes)
    print(
        f"{f'{torch.get_num_threads()} threads':<40}" + "".join(f"{name:>10}" for name, _ in COLUMNS.values())
    )
    for name, row in rows.items():
        cells = [form.format(row[key]) if key in row else "" for key, (_, form) in COLUMNS.items()]
        print(f"{name:<40}" + "".join(f"{cell:>10}" for cell in cells))


if __name__ == "__main__":
    main()
