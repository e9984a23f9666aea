"""Find, check and split paired data, and serve it in an order that a resumed run can take up again."""

from __future__ import annotations

import hashlib
import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Sampler

from pix2pix.checkpoint import Direction, InputKind
from pix2pix.errors import DataError, ImageError
from pix2pix.images import open_image
from train.augment import augment, whole
from train.config import TrainConfig
from train.regions import find_parts
from train.strokes import Stroke, silhouette, trace

IMAGE_SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"}
SPLITS = {"train": ("train",), "val": ("val", "valid", "validation", "test")}
HELD_OUT = 0.1  # of the pairs, at most 100, where the data has no val folder of its own
TRACED = 4096  # images whose strokes and parts are kept in memory, about 15 and 64 kB each


@dataclass(frozen=True)
class Pair:
    """Two pictures of the same thing: halves of one side-by-side file, or two files.

    a: path of A, or of the file that holds A (left) and B (right).
    b: path of B; None for a side-by-side file.
    """

    a: Path
    b: Path | None = None

    @property
    def name(self) -> str:
        """The file name without its ending, for sheets and reports."""
        return self.a.stem

    def load(self, direction: Direction = "AtoB") -> tuple[Image.Image, Image.Image]:
        """(input, target) in RGB, each of its own size.

        Raises:
            DataError: a file is not a picture, or a side-by-side file has an odd width.
        """
        try:
            first = open_image(self.a)
            second = open_image(self.b) if self.b is not None else None
        except ImageError as error:
            raise DataError(str(error)) from error
        if second is None:
            if first.width % 2 or first.width < 2:
                raise DataError(
                    f"The file {self.a} is {first.width} pixels wide and cannot be cut into two equal halves:"
                    " remove it or save A and B side by side in the same size."
                )
            half = first.width // 2
            second = first.crop((half, 0, first.width, first.height))
            first = first.crop((0, 0, half, first.height))
        return (first, second) if direction == "AtoB" else (second, first)


@dataclass(frozen=True)
class Pairs:
    """What was found: pairs to train on, pairs held out, and a sentence for each file left out."""

    train: tuple[Pair, ...]
    val: tuple[Pair, ...]
    problems: tuple[str, ...] = ()

    def fingerprint(self) -> str:
        """Changes when a training pair is added, removed or renamed."""
        names = "\n".join(f"{p.a.parent.name}/{p.a.name}" for p in self.train)
        return hashlib.sha256(names.encode()).hexdigest()


def find_pairs(folders: Sequence[str | Path], check: bool = True) -> Pairs:
    """Find the pairs of one or several data sets.

    A data set is a folder of side-by-side images, or of two folders ``A`` and ``B`` with the same file
    names; either of them below ``train`` and ``val`` (or ``test``). Without a val folder a tenth of the
    pairs, chosen by name, is held out.

    Args:
        check: also decode every file now, so that a damaged one is named before the training starts.

    Raises:
        DataError: a folder is missing or has no usable pair.
    """
    train: list[Pair] = []
    val: list[Pair] = []
    problems: list[str] = []
    if not folders:
        raise DataError("There is no data: name at least one folder of pairs.")
    for folder in map(Path, folders):
        known = len(problems)
        if not folder.is_dir():
            raise DataError(f"There is no data folder {folder}: check the path.")
        parts = {split: _split_folder(folder, names) for split, names in SPLITS.items()}
        found = _in_folder(parts["train"] or folder, problems)
        held = _in_folder(parts["val"], problems) if parts["val"] and parts["train"] else []
        if check:
            found, held = _usable(found, problems), _usable(held, problems)
        if not found:
            why = f" ({problems[known].removesuffix('.')})" if problems[known:] else ""
            raise DataError(
                f"The folder {folder} has no usable pair{why}: put images with A on the left and B on the"
                " right into it, or two folders A and B with the same file names."
            )
        if not held:
            found, held = _hold_out(found)
        train += found
        val += held
    return Pairs(tuple(train), tuple(val), tuple(problems))


def _split_folder(folder: Path, names: Sequence[str]) -> Path | None:
    return next((folder / name for name in names if (folder / name).is_dir()), None)


def _in_folder(folder: Path, problems: list[str]) -> list[Pair]:
    a, b = folder / "A", folder / "B"
    if not (a.is_dir() and b.is_dir()):
        return [Pair(path) for path in _images(folder)]
    partners = {path.stem: path for path in _images(b)}
    pairs = []
    for path in _images(a):
        partner = partners.pop(path.stem, None)
        if partner is None:
            problems.append(f"{path} has no partner in {b}: it is left out.")
        else:
            pairs.append(Pair(path, partner))
    problems += [f"{path} has no partner in {a}: it is left out." for path in partners.values()]
    return pairs


def _images(folder: Path) -> list[Path]:
    paths = (p for p in folder.iterdir() if p.suffix.lower() in IMAGE_SUFFIXES and p.is_file())
    return sorted(p for p in paths if not p.name.startswith("."))


def _usable(pairs: list[Pair], problems: list[str]) -> list[Pair]:
    def problem(pair: Pair) -> str | None:
        try:
            pair.load()
        except DataError as error:
            return str(error).removesuffix(".") + "; until then it is left out."
        return None

    with ThreadPoolExecutor(os.cpu_count()) as pool:  # decoding releases the interpreter's lock
        answers = list(pool.map(problem, pairs))
    problems += [answer for answer in answers if answer]
    return [pair for pair, answer in zip(pairs, answers, strict=True) if answer is None]


def _hold_out(pairs: list[Pair]) -> tuple[list[Pair], list[Pair]]:
    """Split by a hash of the names, so that adding a pair does not move the others between the parts."""
    if len(pairs) < 2:
        return pairs, []
    count = min(max(round(len(pairs) * HELD_OUT), 1), 100)
    order = sorted(pairs, key=lambda pair: hashlib.sha256(pair.name.encode()).digest())
    held = set(order[:count])
    return [p for p in pairs if p not in held], [p for p in pairs if p in held]


def guess_input(pairs: Sequence[Pair], direction: Direction) -> InputKind:
    """What the input half is, from a few pictures: lines on white, flat labels, or photos."""
    votes: dict[InputKind, int] = {"edges": 0, "labels": 0, "photo": 0}
    for pair in pairs[:: max(len(pairs) // 8, 1)][:8]:
        condition, _ = pair.load(direction)
        votes[_kind(np.asarray(condition.resize((128, 128), Image.Resampling.NEAREST)))] += 1
    return max(votes, key=lambda kind: votes[kind])


def _kind(pixels: np.ndarray) -> InputKind:
    grey = int(np.ptp(pixels.astype(np.int16), axis=2).mean()) < 4
    if grey and (pixels.min(axis=2) > 200).mean() > 0.7:
        return "edges"
    # Flat labels: a few coarse colours cover nearly everything, even with JPEG ringing at their borders.
    coarse = (pixels.astype(np.int32) + 16) // 32
    _, counts = np.unique(coarse.reshape(-1, 3) @ np.array([1, 16, 256]), return_counts=True)
    covered = np.sort(counts)[::-1][:12].sum() / counts.sum()
    saturated = np.ptp(pixels.astype(np.int16), axis=2).mean() > 60
    return "labels" if covered > 0.8 and saturated else "photo"


def load_uint8(pair: Pair, config: TrainConfig) -> tuple[Tensor, Tensor]:
    """(input, target), each (3, H, W) uint8; the target takes the input's size where they differ."""
    condition, target = pair.load(config.direction)
    limit = 2 * config.load_size  # larger pictures would only be scaled down again, at every presentation
    size = (min(condition.width, limit), min(condition.height, limit))
    images = [
        image if image.size == size else image.resize(size, Image.Resampling.BICUBIC)
        for image in (condition, target)
    ]
    a, b = (torch.from_numpy(np.array(image)).permute(2, 0, 1) for image in images)
    return a, b


def to_float(x: Tensor) -> Tensor:
    """uint8 0-255 -> float32 in [-1, 1]."""
    return x.float().div_(127.5).sub_(1.0)


class PairDataset(Dataset[tuple[Tensor, Tensor]]):
    """Presentation ``n`` of a run: which pair it is and how it is augmented follow from n and the seed."""

    def __init__(self, pairs: Sequence[Pair], config: TrainConfig):
        self.pairs = pairs
        self.config = config

    def __getitem__(self, presentation: int) -> tuple[Tensor, Tensor]:
        """(input, target), each (3, image_size, image_size) uint8."""
        epoch, position = divmod(presentation, len(self.pairs))
        index = int(_shuffled(len(self.pairs), self.config.seed, epoch)[position])
        pair = self.pairs[index]
        rng = np.random.default_rng([self.config.seed, 1, presentation])
        condition, target = load_uint8(pair, self.config)

        def strokes() -> tuple[list[Stroke], list[Stroke]]:
            return _strokes(pair, self.config.direction, self.config.load_size)

        def parts() -> NDArray[np.uint8]:
            return _parts(pair, self.config.direction, self.config.load_size)

        return augment(condition, target, self.config, rng, strokes, parts)


@lru_cache(maxsize=2)
def _shuffled(count: int, seed: int, epoch: int) -> np.ndarray:
    return np.random.default_rng([seed, 0, epoch]).permutation(count)


@lru_cache(maxsize=TRACED)
def _strokes(pair: Pair, direction: Direction, size: int) -> tuple[list[Stroke], list[Stroke]]:
    """Traced lines of the input, and of the outline of the target, in pixels of the loaded input."""
    config = TrainConfig(direction=direction, load_size=size)
    condition, target = load_uint8(pair, config)
    lines = trace(condition.float().mean(0).numpy() < 128)
    return lines, trace(silhouette(target.permute(1, 2, 0).numpy()), min_pixels=12)


@lru_cache(maxsize=TRACED)
def _parts(pair: Pair, direction: Direction, size: int) -> NDArray[np.uint8]:
    """The parts that the lines of the input enclose in the target, in pixels of the loaded input."""
    condition, target = load_uint8(pair, TrainConfig(direction=direction, load_size=size))
    return find_parts(condition.float().mean(0).numpy() < 128, target.permute(1, 2, 0).numpy())


def _ignore_interrupts(worker: int) -> None:
    """Ctrl-C reaches every process of the terminal, and it is the training process that decides."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


class _From(Sampler[int]):
    """Presentations in order, without end: ``length`` from ``first`` on, and again ``stride`` later."""

    def __init__(self, first: int, length: int, stride: int):
        self.first, self.length, self.stride = first, length, stride

    def __iter__(self) -> Iterator[int]:
        n = self.first
        while True:
            yield from range(n, n + self.length)
            n += self.stride


def training_batches(
    pairs: Sequence[Pair], config: TrainConfig, first: int, stride: int | None = None
) -> Iterator[tuple[Tensor, Tensor]]:
    """Batches of (input, target), (N, 3, H, W) uint8, from presentation ``first`` on, without end.

    Args:
        stride: how far apart the batches begin, where several processes take turns; None: no gap.
    """
    options: dict[str, Any] = {}
    if config.workers:
        options = {"prefetch_factor": 4, "worker_init_fn": _ignore_interrupts}
    loader = DataLoader(
        PairDataset(pairs, config),
        batch_size=config.batch_size,
        sampler=_From(first, config.batch_size, stride or config.batch_size),
        num_workers=config.workers,
        generator=torch.Generator(),  # or it would draw from the global one, at every start and resume
        **options,
    )
    try:
        yield from loader
    except DataError as error:  # a worker's message is its whole traceback, and ends with the sentence
        sentence = str(error).splitlines()[-1].removeprefix(f"{DataError.__module__}.DataError: ")
        raise DataError(sentence) from error


def validation_batch(pairs: Sequence[Pair], config: TrainConfig) -> tuple[Tensor, Tensor]:
    """All given pairs without augmentation: (N, 3, H, W) uint8 each."""
    both = torch.stack([whole(config).apply(torch.stack(load_uint8(pair, config))) for pair in pairs])
    return both[:, 0], both[:, 1]
