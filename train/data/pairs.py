"""Find, check and split paired data, and serve it in an order that a resumed run can take up again."""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import multiprocessing
import os
import signal
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, get_args

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, default_collate

from pix2pix.checkpoint import OWN_ASPECT, Direction
from pix2pix.errors import DataError, ImageError
from pix2pix.folders import LeftOut, misfit_of
from pix2pix.images import Deep, stored_as
from pix2pix.inputs import InputChoice, InputKind
from pix2pix.palette import Palette
from train.config import TrainConfig
from train.data.augment import Placement, augment
from train.data.datasets import DataSet, Pair, Spans, a_few, left_out, read_data_set, under_one_rule
from train.data.decoded import Looked
from train.data.looks import kind_of, upright
from train.data.made import edge_pair, finish_pair
from train.data.regions import find_parts
from train.data.strokes import Stroke, silhouette, trace

TRACED = 4096  # images whose strokes and parts are kept in memory, about 15 and 64 kB each
LOOKED_AT = 24  # pairs, evenly chosen, to see whether their aspects are alike
ALIKE = 0.05  # by how much the aspects of pictures of one kind differ
MOST = 0.9  # of the pairs must be alike, or each picture has its own aspect
OUTLIVED = 30  # seconds that a worker goes on after a signal to end, until its training has saved


@dataclass(frozen=True)
class Pairs:
    """What was found: pairs to train on, pairs held out, and sentences on what is left out.

    understood: how each data set was read, in a few words.
    notes: sentences that count what is left out.
    deep: what the files of A and of B hold that are of more than 8 bits; both None where nobody looked.
    """

    train: tuple[Pair, ...]
    val: tuple[Pair, ...]
    problems: tuple[str, ...] = ()
    understood: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    deep: tuple[Deep | None, Deep | None] = (None, None)

    @property
    def palette(self) -> Palette | None:
        """The colours into which the input halves are snapped, if they are."""
        return self.train[0].palette if self.train else None

    def spans(self, direction: Direction) -> Spans:
        """What of deep files becomes black and white, in the inputs and in the targets."""
        a, b = self.train[0].spans if self.train else (None, None)
        return (a, b) if direction == "AtoB" else (b, a)

    def misfits(self, spans: Spans, direction: Direction) -> Iterator[str]:
        """Sentences where deep files are far from what a model takes: as inputs, and as targets."""
        own, alone = spans if direction == "AtoB" else spans[::-1], all(p.b is None for p in self.val)
        for side, deep, span in zip("AB", self.deep, own, strict=True):
            if sentence := misfit_of("the files" if alone else f"the files of {side}", deep, span):
                yield sentence

    def scaled(self, spans: Spans, direction: Direction) -> Pairs:
        """The same pairs, their deep files scaled by another rule: of the inputs, and of the targets."""
        return self._each(spans=spans if direction == "AtoB" else spans[::-1])

    def snapped(self, palette: Palette | None) -> Pairs:
        """The same pairs, their labels snapped to a palette; None leaves them as they are in the files."""
        return self._each(palette=palette)

    def _each(self, **changes: Any) -> Pairs:
        train, val = (
            tuple(dataclasses.replace(pair, **changes) for pair in part) for part in (self.train, self.val)
        )
        return dataclasses.replace(self, train=train, val=val)

    def fingerprint(self) -> str:
        """Changes when a training pair is added, removed or renamed, or is read in another way."""
        names = []
        for pair in self.train:
            files = [f"{path.parent.name}/{path.name}" for path in (pair.a, pair.b) if path is not None]
            names.append(" ".join([*files, *["single"] * pair.single, *["stacked"] * pair.stacked]))
        return hashlib.sha256(os.fsencode("\n".join(names))).hexdigest()


def find_pairs(
    folders: Sequence[str | Path],
    check: bool = True,
    *,
    input: InputChoice = "auto",
    direction: Direction = "AtoB",
    train_needed: bool = True,
    progress: Callable[[int, int], object] = lambda done, total: None,
    named: Sequence[str] = (),
) -> Pairs:
    """Find the pairs of one or several data sets.

    Without a val folder a tenth of the pairs, chosen by name, is held out. Of val and test, val is held out,
    and test is left alone. For layouts see :mod:`train.data.layouts`, for photos without an input half
    :func:`train.data.looks.read_single_files`.

    Args:
        check: also decode every file now that was not decoded before, so that a damaged one is named before
            the training starts.
        input: what the input half is, or "edges", "lowres" or "grey" to make it from single photos.
        direction: matters where side-by-side files and single photos are told apart.
        train_needed: False takes data with only a val or test folder as well, to be measured on; what the
            input is, is then a model's word and not a person's.
        progress, named: as in :func:`train.data.datasets.read_data_set`.

    Raises:
        DataError: a data set is missing, has no usable pair, or contradicts the options.
    """
    if not folders:
        raise DataError("data.none")
    parts: list[DataSet] = []
    problems: list[str] = []
    for folder in folders:
        partly = LeftOut()
        part = read_data_set(
            folder,
            look=partial(_first_look, partly) if check else None,
            input=input,
            direction=direction,
            train_needed=train_needed,
            progress=progress,
            named=named,
        )
        parts.append(part)
        problems += [problem.text for problem in part.problems]
        problems += [text.replace(str(part.root), part.name) for text in partly.sentences()]
    parts = under_one_rule(parts)
    return Pairs(
        tuple(pair for part in parts for pair in part.train),
        tuple(pair for part in parts for pair in part.val),
        tuple(problems),
        tuple(part.understood for part in parts),
        tuple(left_out(parts)),
        parts[0].deep,
    )


def _first_look(left_out: LeftOut, pair: Pair, looked: Looked) -> None:
    """Decode a pair that was not decoded before, and note what is left out of it, or raise a DataError."""
    files = [path for path in (pair.a, pair.b) if path is not None]
    stored = looked.known(pair)
    if stored is None:
        pair.load()
        stored = tuple(map(stored_as, files))
        looked.good(pair, stored)
    for path, how in zip(files, stored, strict=True):
        left_out.add(str(path), how)


def guess_input(pairs: Sequence[Pair], direction: Direction) -> InputKind:
    """What the input half is, from a few pictures: lines on white, flat labels, or photos."""
    kinds = [kind_of(pair.load(direction)[0]) for pair in a_few(pairs)]
    return max(get_args(InputKind), key=kinds.count)


def are_negative(pairs: Sequence[Pair], direction: Direction) -> bool:
    """Whether most inputs, of a few pictures, are drawings in white on black."""
    some = [pair.load(direction)[0] for pair in a_few(pairs)]
    return sum(upright(image) is not image for image in some) > len(some) / 2


def load_uint8(pair: Pair, config: TrainConfig) -> tuple[Tensor, Tensor]:
    """(input, target), each (3, H, W) uint8; the target takes the input's size where they differ.

    Of a single photo, edges are made here, because that is costly (see :mod:`train.data.made`); labels are
    snapped to the pair's palette.
    """
    condition, target = pair.load(config.direction)
    if pair.palette is not None:
        condition = pair.palette.paint(_classes(pair, config.direction))
    if pair.single and config.input == "edges":
        return edge_pair(pair.a, target, config.image_size, pair.spans[0])
    limit = 2 * config.load_size  # larger pictures would only be scaled down again, at every presentation
    size = (min(condition.width, limit), min(condition.height, limit))
    smooth = Image.Resampling.BICUBIC
    how = (Image.Resampling.NEAREST if pair.palette else smooth, smooth)
    images = [
        image if image.size == size else image.resize(size, resample)
        for image, resample in zip((condition, target), how, strict=True)
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
        which = pair, self.config.direction, self.config.load_size, self.config.image_size

        both = augment(
            condition,
            target,
            self.config,
            rng,
            lambda: _ahead[which][0] if which in _ahead else _strokes(*which),
            lambda: _ahead[which][1] if which in _ahead else _parts(*which),
            flat=pair.palette is not None,
        )
        return finish_pair(*both, self.config)


Traced = tuple[tuple[list[Stroke], list[Stroke]], NDArray[np.uint8]]  # strokes, and the map of parts
_ahead: dict[tuple[Pair, Direction, int, int], Traced] = {}


def trace_ahead(pairs: Sequence[Pair], config: TrainConfig, processes: int) -> None:
    """Trace all drawings now, by several processes, and keep that for workers that are forked from this one.

    Each worker would trace each drawing that it meets again, which costs as much as two presentations. With
    many workers and a fast GPU that is most of a short run. Where workers are not forked, nothing is gained.
    """
    kind = config.direction, config.load_size, config.image_size
    with multiprocessing.get_context("fork").Pool(processes, torch.set_num_threads, (1,)) as pool:
        every = pool.imap(_traced, ((pair, *kind) for pair in pairs), chunksize=8)
        _ahead.update({(pair, *kind): traced for pair, traced in zip(pairs, every, strict=True)})


def _traced(which: tuple[Pair, Direction, int, int]) -> Traced:
    return _strokes.__wrapped__(*which), _parts.__wrapped__(*which)


@lru_cache(maxsize=2)
def _shuffled(count: int, seed: int, epoch: int) -> np.ndarray:
    return np.random.default_rng([seed, 0, epoch]).permutation(count)


@lru_cache(maxsize=TRACED)
def _strokes(
    pair: Pair, direction: Direction, load_size: int, image_size: int
) -> tuple[list[Stroke], list[Stroke]]:
    """Traced lines of the input, and of the outline of the target, in pixels of the loaded input."""
    lines, photo = _drawing(pair, direction, load_size, image_size)
    return trace(lines), trace(silhouette(photo), min_pixels=12)


@lru_cache(maxsize=TRACED)
def _parts(pair: Pair, direction: Direction, load_size: int, image_size: int) -> NDArray[np.uint8]:
    """The parts that the lines of the input enclose in the target, in pixels of the loaded input."""
    return find_parts(*_drawing(pair, direction, load_size, image_size))


def _drawing(
    pair: Pair, direction: Direction, load_size: int, image_size: int
) -> tuple[NDArray[np.bool_], NDArray[np.uint8]]:
    """(H, W), True on the lines of the input, and (H, W, 3), the target."""
    config = TrainConfig(direction=direction, load_size=load_size, image_size=image_size, input="edges")
    condition, target = load_uint8(pair, config)
    return condition.float().mean(0).numpy() < 128, target.permute(1, 2, 0).numpy()


@lru_cache(maxsize=TRACED)
def _classes(pair: Pair, direction: Direction) -> NDArray[np.uint8]:
    """(H, W) classes of the input's labels: reading them through a JPEG's ringing is costly."""
    assert pair.palette is not None
    try:
        return pair.palette.classes(pair.load(direction)[0])
    except ImageError as error:
        path = pair.a if direction == "AtoB" or pair.b is None else pair.b
        raise DataError("cli.of_file", file=path, error=error) from error


def _outlive_signals(worker: int) -> None:
    """Ctrl-C, and a polite kill by a batch system, reach every process; it is the training that decides.

    Where a worker does not end by itself, the training ends it in the same way: that takes a while then.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "alarm"):
        signal.signal(signal.SIGTERM, lambda *_: signal.alarm(OUTLIVED))


def _presentations(first: int, length: int, stride: int) -> Iterator[int]:
    """In order, without end: ``length`` from ``first`` on, and again ``stride`` later."""
    for start in itertools.count(first, stride):
        yield from range(start, start + length)


class _OrError(PairDataset):
    """The same, its errors as values: of one that a worker raises only the text of a traceback is left."""

    def __getitem__(self, presentation: int) -> Any:
        try:
            return super().__getitem__(presentation)
        except DataError as error:
            return error


def _batch_or_error(samples: list[Any]) -> Any:
    return next((one for one in samples if isinstance(one, DataError)), None) or default_collate(samples)


def training_batches(
    pairs: Sequence[Pair], config: TrainConfig, first: int, stride: int | None = None, *, pin: bool = False
) -> Iterator[tuple[Tensor, Tensor]]:
    """Batches of (input, target), (N, 3, H, W) uint8, from presentation ``first`` on, without end.

    Args:
        stride: how far apart the batches begin, where several processes take turns; None: no gap.
        pin: in memory from which a GPU fetches them by itself.
    """
    options: dict[str, Any] = {}
    if config.workers:
        options = {"prefetch_factor": 4, "worker_init_fn": _outlive_signals}
    loader = DataLoader(
        _OrError(pairs, config),
        collate_fn=_batch_or_error,
        batch_size=config.batch_size,
        sampler=_presentations(first, config.batch_size, stride or config.batch_size),
        num_workers=config.workers,
        pin_memory=pin,
        generator=torch.Generator(),  # or it would draw from the global one, at every start and resume
        **options,
    )
    for batch in loader:
        if isinstance(batch, DataError):
            raise batch
        yield batch


def validation_batch(pairs: Sequence[Pair], config: TrainConfig) -> tuple[Tensor, Tensor]:
    """All given pairs, whole and squashed, without augmentation: (N, 3, H, W) uint8 each."""
    made, whole = [], Placement(config.image_size, config.image_size)
    for pair in pairs:
        both = whole.apply_to_pair(*load_uint8(pair, config), flat=pair.palette is not None)
        made.append(finish_pair(*both, config))
    return torch.stack([condition for condition, _ in made]), torch.stack([target for _, target in made])


def aspect_of(pairs: Sequence[Pair], config: TrainConfig) -> float:
    """Width over height of the training pictures, or ``OWN_ASPECT`` where they differ from each other.

    Training squeezes pictures into a square, which keeps more than a border does: of one twice as wide as
    high a bordered square has half the pixels. What counts is that a model translates as it was trained, so
    its checkpoint keeps the aspect. 1 for recipes that squeeze nothing: of edges that are drawn of photos,
    and those that sharpen, whose networks see every pixel.
    """
    drawn = config.input == "edges" and any(pair.single for pair in pairs)
    if not pairs or drawn or config.input == "lowres":
        return 1.0
    sizes = [pair.load(config.direction)[0].size for pair in pairs[:: max(len(pairs) // LOOKED_AT, 1)]]
    aspects = [width / height for width, height in sizes[:LOOKED_AT]]
    usual = statistics.median(aspects)
    alike = sum(abs(aspect / usual - 1) <= ALIKE for aspect in aspects)
    if alike < MOST * len(aspects):
        return OWN_ASPECT
    return 1.0 if abs(usual - 1) <= ALIKE else round(usual, 4)
