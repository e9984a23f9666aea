"""One data set: find it, read its layout, leave out what cannot be used, and split it."""

from __future__ import annotations

import hashlib
import os
import shlex
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from PIL import Image

from pix2pix.checkpoint import Direction
from pix2pix.errors import DataError, ImageError
from pix2pix.folders import HOLES
from pix2pix.images import Deep, Span, joined, open_image
from pix2pix.inputs import MADE, InputChoice
from pix2pix.messages import Message
from pix2pix.palette import Palette
from train.data.archive import unpack
from train.data.decoded import Looked
from train.data.depth import deepest, ids_kept, span_of
from train.data.hub import fetch_data_set
from train.data.layouts import LEFT_OUT, Layout, Part, Problem, read_layout
from train.data.looks import Reading, read_single_files

Spans = tuple["Span | None", "Span | None"]
SIDE_BY_SIDE = "side-by-side files, A on the left and B on the right"
ARCHIVES = (".zip", ".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz")
HELD_OUT = 0.1  # of the pairs, at most 100, where the data has no val folder of its own


@dataclass(frozen=True)
class Pair:
    """Two pictures of the same thing: halves of one side-by-side file, two files, or one made from the other.

    a: path of A, or of the file that holds A (left) and B (right), or of a single photo.
    b: path of B; None where there is one file.
    single: the file is one whole photo, from which the input half is made (:mod:`train.data.made`).
    stacked: the one file holds A above B, and not left of it.
    spans: what of deep files becomes black and white, in A's file and in B's; see :mod:`train.data.depth`.
    palette: the colours into which the input half, labels, is snapped; None leaves it as it is.
    """

    a: Path
    b: Path | None = None
    single: bool = False
    palette: Palette | None = None
    stacked: bool = False
    spans: Spans = (None, None)

    @property
    def name(self) -> str:
        """The file name without its ending, for sheets and reports."""
        return self.a.stem

    def load(self, direction: Direction = "AtoB") -> tuple[Image.Image, Image.Image]:
        """(input, target) in RGB as they are in their files; of a single photo twice the same.

        Raises:
            DataError: a file is not a picture, or one of both halves has an odd number of pixels.
        """
        try:
            first = open_image(self.a, span=self.spans[0])
            second = open_image(self.b, span=self.spans[1]) if self.b is not None else None
        except ImageError as error:
            raise DataError(error.message) from error
        if self.single:
            return first, first
        if second is None:
            first, second = self._halves(first)
        return (first, second) if direction == "AtoB" else (second, first)

    def _halves(self, both: Image.Image) -> tuple[Image.Image, Image.Image]:
        length = both.height if self.stacked else both.width
        if length % 2 or length < 2:
            raise DataError(
                "file.odd_height" if self.stacked else "file.odd_width", file=self.a, pixels=length
            )
        cut = (0, length // 2) if self.stacked else (length // 2, 0)
        end = (both.width, cut[1]) if self.stacked else (cut[0], both.height)
        return both.crop((0, 0, *end)), both.crop((*cut, *both.size))


@dataclass(frozen=True)
class DataSet:
    """One data set as it was understood.

    name: as the person gave it.
    root: the folder that its files lie in: its own, or for a zip or Hub data set one of our cache.
    test: pairs of a test folder beside a val folder; not used in training.
    guessed: the folders of A and B, where it was guessed which is which.
    own_val: whether the held-out pairs come from a folder of their own.
    deep: what the files of A and of B hold that are of more than 8 bits; both None where nobody looked.
    """

    name: str
    root: Path
    understood: str
    train: tuple[Pair, ...]
    val: tuple[Pair, ...]
    test: tuple[Pair, ...]
    own_val: bool
    problems: tuple[Problem, ...]
    others: tuple[Path, ...]
    guessed: tuple[str, ...] = ()
    deep: tuple[Deep | None, Deep | None] = (None, None)


class NothingFound(DataError):
    """A data set without a usable pair.

    problems: why, file by file.
    """

    def __init__(self, code: str, problems: Sequence[Problem] = (), **values: object):
        super().__init__(code, **values)
        self.problems = tuple(problems)


def read_data_set(
    name: str | Path,
    *,
    look: Callable[[Pair, Looked], object] | None = None,
    input: InputChoice = "auto",
    direction: Direction = "AtoB",
    train_needed: bool = True,
    progress: Callable[[int, int], object] = lambda done, total: None,
    named: Sequence[str] = (),
) -> DataSet:
    """Find the pairs of one data set; see :func:`train.data.pairs.find_pairs`.

    Args:
        look: called with each pair, from several threads, and with what is known of the files from earlier
            looks; where it raises a DataError, the pair is left out.
        progress: called with how many pairs were looked at, of how many.
        named: the folders of A and B, where a person says so; see :func:`train.data.layouts.read_layout`.
    """
    root = open_data(name)
    layout = read_layout(root, str(name), named, input)
    reading = _reading(layout, str(name), input, direction, insists=train_needed)
    problems = list(layout.problems)
    single, stacked = reading == "photos", reading == "stacked"
    files = {
        part: [Pair(a, b, single, stacked=stacked) for a, b in pairs] for part, pairs in layout.files.items()
    }
    train, val, test = _parts(files, problems)
    own_val = bool(val)
    deep: tuple[Deep | None, Deep | None] = (None, None)
    if look is not None:
        looked = Looked(name)
        deep = _deep([*train, *val], looked)
        train, val, test = (_scaled(part, deep) for part in (train, val, test))
        usable = _usable([*train, *val, *test], lambda pair: look(pair, looked), problems, progress)
        looked.save()
        train, val, test = ([pair for pair in part if pair in usable] for part in (train, val, test))
    # A person knows the name that they gave, not our cache.
    problems = [Problem(p.kind, p.text.replaced(str(root), str(name))) for p in problems]
    if not train and (train_needed or not val):
        raise _nothing_found(name, layout, problems, bool(val or test))
    if not val:
        train, val = _hold_out(train)
    understood = _understood(layout, reading, input)
    return DataSet(
        str(name),
        root,
        understood,
        tuple(train),
        tuple(val),
        tuple(test),
        own_val,
        tuple(problems),
        layout.others,
        layout.sides if layout.kind == "folders alike" else (),
        deep,
    )


def a_few(pairs: Sequence[Pair]) -> Sequence[Pair]:
    """Some pairs from all over, to see what kind of pictures they hold."""
    return pairs[:: max(len(pairs) // 8, 1)][:8]


def with_holes(sets: Sequence[DataSet]) -> int:
    """How many files have pixels without a value, of data sets that are under one rule."""
    return max((sum(deep.holes for deep in one.deep if deep) for one in sets), default=0)


def left_out(sets: Sequence[DataSet]) -> Iterator[str]:
    """Sentences that count what is not used of data sets, if anything; the data report names each file."""
    kinds = Counter(problem.kind for one in sets for problem in one.problems)
    if count := kinds.total():
        reasons = [f"{n} {'is' if n == 1 else 'are'} {LEFT_OUT[kind]}" for kind, n in kinds.items()]
        files = "file is" if count == 1 else "files are"
        yield f"{count} {files} left out: {', '.join(reasons)}; `python -m train check` names each."
    if holes := with_holes(sets):
        yield f"{holes} {'file has' if holes == 1 else 'files have'} {HOLES}."
    if test := sum(len(one.test) for one in sets):
        pairs = "pair is" if test == 1 else "pairs are"
        yield f"{test} test {pairs} left alone, because there is a val folder."


def _deep(pairs: Sequence[Pair], looked: Looked) -> tuple[Deep | None, Deep | None]:
    sides = [pair.a for pair in pairs], [pair.b for pair in pairs if pair.b is not None]
    first, second = (ids_kept(files, deepest(files, looked.deep)) for files in sides)
    return first, second


def _scaled(pairs: Sequence[Pair], deep: tuple[Deep | None, Deep | None]) -> list[Pair]:
    spans = span_of(deep[0]), span_of(deep[1])
    return [replace(pair, spans=spans if pair.b is not None else (spans[0], spans[0])) for pair in pairs]


def under_one_rule(sets: Sequence[DataSet]) -> list[DataSet]:
    """Data sets that are trained on together, their deep files scaled alike."""
    deep = joined(one.deep[0] for one in sets), joined(one.deep[1] for one in sets)
    return [
        replace(
            one,
            deep=deep,
            train=tuple(_scaled(one.train, deep)),
            val=tuple(_scaled(one.val, deep)),
            test=tuple(_scaled(one.test, deep)),
        )
        for one in sets
    ]


def open_data(name: str | Path) -> Path:
    """The folder that a data set's files lie in, for zips and the Hub's one of our cache, or a DataError."""
    text = str(name)
    if text.startswith("hf:"):
        return fetch_data_set(text)
    path = Path(os.path.expanduser(text))
    if os.path.isdir(path):  # unlike Path's own, it answers also where a folder above is closed
        return path
    if text.startswith(("http:", "https:")):
        raise DataError("data.web_address", data=text)
    if not os.path.exists(path):
        raise DataError("data.no_folder", folder=path)
    if path.suffix.lower() != ".zip":
        raise DataError("data.is_a_file", file=path)
    return unpack(path)


def _reading(
    layout: Layout, name: str, input: InputChoice, direction: Direction, insists: bool
) -> Reading | None:
    """What each file holds; None where a pair is two files."""
    if not layout.sides:
        files = [a for part in layout.files.values() for a, _ in part]
        return read_single_files(files, name, input, direction, layout.lonely, insists)
    if input in MADE:
        raise DataError("data.pairs_already", data=name, sides=layout.sides, input=input)
    return None


def _parts(
    files: dict[Part | Literal[""], list[Pair]], problems: list[Problem]
) -> tuple[list[Pair], list[Pair], list[Pair]]:
    """(train, val, test): without val, test is held out; beside train, what is in no part is left out."""
    no_part, train = files.get("", []), files.get("train", [])
    val, test = files.get("val", []), files.get("test", [])
    if not train:
        train = no_part
    else:
        problems += [Problem("stray", Message("file.in_no_part", file=pair.a)) for pair in no_part]
    return (train, val, test) if val else (train, test, [])


def _nothing_found(name: str | Path, layout: Layout, problems: list[Problem], held: bool) -> NothingFound:
    if held:
        return NothingFound("data.no_training_pairs", problems, data=name)
    if layout.lonely:
        return NothingFound("data.lonely_folder", problems, data=name, folder=layout.lonely)
    if inner := [path.name for path in layout.others if path.suffix.lower() in ARCHIVES]:
        return NothingFound("data.archive_inside", problems, data=name, archives=inner[:3])
    if problems:
        return NothingFound("data.no_usable_pair", problems, data=name, why=problems[0].text)
    return NothingFound("data.no_pair", data=name)


def _understood(layout: Layout, reading: Reading | None, input: InputChoice) -> str:
    if reading == "photos":
        return f"single photos, the input half is made from them ({input})"
    if not layout.sides:
        alone = f" (beside the folder {layout.lonely} there is no counterpart)" if layout.lonely else ""
        how = "stacked files, A above and B below" if reading == "stacked" else SIDE_BY_SIDE
        return how + alone
    a, b = layout.sides
    if layout.kind == "file names":
        return f"two files a pair, by the end of their names: {a} is A, {b} is B"
    if layout.kind == "endings":
        return f"two files a pair, of the same name: {a} is taken as A and {b} as B"
    if layout.kind == "folders alike":
        return (
            f"two folders with the same file names, {a} is taken as A and {b} as B; if that is wrong, give"
            f" --pairs {shlex.quote(b)} {shlex.quote(a)}"
        )
    return f"two folders, {a} is A and {b} is B"


def _usable(
    pairs: list[Pair],
    look: Callable[[Pair], object],
    problems: list[Problem],
    progress: Callable[[int, int], object],
) -> set[Pair]:
    def problem(pair: Pair) -> Message | None:
        try:
            look(pair)
        except DataError as error:
            return Message("file.unusable", problem=error)
        return None

    usable = set()
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # decoding releases the interpreter's lock
        for done, (pair, answer) in enumerate(zip(pairs, pool.map(problem, pairs), strict=True), start=1):
            if answer is None:
                usable.add(pair)
            else:
                problems.append(Problem("unreadable", answer))
            progress(done, len(pairs))
    return usable


def _hold_out(pairs: list[Pair]) -> tuple[list[Pair], list[Pair]]:
    """Split by a hash of the names, so that adding a pair does not move the others between the parts."""
    if len(pairs) < 2:
        return pairs, []
    least = 2 if len(pairs) >= 6 else 1  # of one pair nobody can tell whether its picture was luck
    count = min(max(round(len(pairs) * HELD_OUT), least), 100)
    order = sorted(pairs, key=lambda pair: hashlib.sha256(os.fsencode(pair.name)).digest())
    held = set(order[:count])
    return [p for p in pairs if p not in held], [p for p in pairs if p in held]
