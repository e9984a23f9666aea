"""A report on data sets before anyone trains on them: what was understood, and what is wrong with which file.

``check_data`` returns it as plain values, for the command line, for JSON and for the app.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from PIL import Image

from pix2pix.checkpoint import Direction
from pix2pix.console import one_line
from pix2pix.errors import DataError
from pix2pix.files import write_with
from pix2pix.images import to_image
from pix2pix.inputs import InputChoice
from pix2pix.messages import Message
from pix2pix.palette import Palette
from train.config import TrainConfig
from train.data.datasets import DataSet, NothingFound, Pair, read_data_set, under_one_rule
from train.data.decoded import Looked
from train.data.find_palette import palette_of
from train.data.looks import SinglePhotos
from train.data.pairs import guess_input, to_float, validation_batch
from train.report.examine import Look, examine
from train.report.findings import Case, Finding, Seen, find_all

SHEET_PAIRS, SHEET_SIDE = 8, 128  # pairs on a sheet, pixels of each picture
SHOWN = {"error": 20, "warning": 20, "note": 4}  # files named in the text; the JSON names all


@dataclass(frozen=True)
class Report:
    """What is known of data sets after looking at every file.

    understood: how each data set was read.
    train, val, test: counts of usable pairs; test pairs are not used in training.
    sizes: how many pairs have an input of that "width x height".
    input: what the input half is taken as.
    """

    data: tuple[str, ...]
    understood: tuple[str, ...] = ()
    train: int = 0
    val: int = 0
    test: int = 0
    sizes: dict[str, int] = field(default_factory=dict)
    input: str = ""
    findings: tuple[Finding, ...] = ()

    @property
    def trainable(self) -> bool:
        """Whether there is anything to train on."""
        return not any(finding.severity == "error" for finding in self.findings)

    @property
    def verdict(self) -> str:
        """One line for a person."""
        if not self.trainable:
            return "This cannot be trained on."
        warnings = sum(finding.severity == "warning" for finding in self.findings)
        if not warnings:
            return "This can be trained on."
        things = "one warning" if warnings == 1 else f"{warnings} warnings"
        return f"This can be trained on; look at the {things} first."

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {**dataclasses.asdict(self), "trainable": self.trainable, "verdict": self.verdict}

    def text(self) -> str:
        """For a terminal."""
        lines = [f"{name}: {how}" for name, how in zip(self.data, self.understood, strict=False)]
        if self.train:
            lines.append(
                f"{self.train} to train on, {self.val} held out"
                + (f", {self.test} test pairs left alone" if self.test else "")
                + f"; the input is taken as {self.input}"
            )
            common = [f"{count} of {size}" for size, count in list(self.sizes.items())[:5]]
            more = len(self.sizes) - len(common)
            lines.append("sizes: " + ", ".join(common) + (f", and {more} other sizes" if more else ""))
        for finding in self.findings:
            lines += ["", f"{finding.severity}: {finding.message}"]
            shown = SHOWN[finding.severity]
            lines += [f"  {file}" for file in finding.files[:shown]]
            if len(finding.files) > shown:
                lines.append(f"  and {len(finding.files) - shown} more (--json names all)")
        return "\n".join(map(one_line, [*lines, "", self.verdict]))


def check_data(
    data: Sequence[str | Path],
    *,
    input: InputChoice = "auto",
    direction: Direction = "AtoB",
    image_size: int = 256,
    named: Sequence[str] = (),
    progress: Callable[[int], object] = lambda done: None,
    sheet: Path | None = None,
) -> Report:
    """Look at every file of data sets, as training would read them with these options.

    Args:
        data: folders, zips, or ``hf://datasets/owner/name``.
        named: the folders of A and B, whatever they are called.
        progress: called after each pair, from several threads, with how many were looked at.
        sheet: where to write a JPEG of some pairs, A above B; of single photos the input that is made of
            them above the photo. Not written where there is no pair.

    Returns:
        The report; what makes training impossible is in it.

    Raises:
        DataError: the sheet would take the place of a file of the data's.
    """
    names = tuple(map(str, data))
    if sheet is not None:
        _refuse_to_replace(sheet, names)
    looks: dict[Pair, Look] = {}

    def look(pair: Pair, looked: Looked) -> None:
        seen = looks[_unscaled(pair)] = examine(pair)
        looked.good(pair, seen.files)  # which spares the training the same look
        progress(len(looks))

    read = partial(read_data_set, look=look, input=input, direction=direction, named=named)
    sets, failed = _read(names, read)
    seen = [
        Seen(part, pair, looks[_unscaled(pair)], pair.a.relative_to(data_set.root).as_posix())
        for data_set in sets
        for part, pairs in (("train", data_set.train), ("val", data_set.val), ("test", data_set.test))
        for pair in pairs
    ]
    settled = _input(sets, input, direction)
    palette = _palette(sets, direction) if settled == "labels" else None
    case = Case(sets, seen, input, direction, image_size, palette)
    if sheet is not None and seen:
        shown = [one.pair for one in seen[:: max(len(seen) // SHEET_PAIRS, 1)][:SHEET_PAIRS]]
        if palette is not None and palette.ids:  # which are nearly black
            shown = [dataclasses.replace(pair, palette=palette) for pair in shown]
        write_with(sheet, lambda path: draw_pairs(shown, settled, direction).save(path, "JPEG", quality=88))
    counts = Counter(one.part for one in seen)
    half = 0 if direction == "AtoB" else 1
    sizes = Counter("{}x{}".format(*one.look.sizes[half]) for one in seen)
    return Report(
        names,
        tuple(data_set.understood for data_set in sets),
        counts["train"],
        counts["val"],
        counts["test"],
        dict(sizes.most_common()),
        settled,
        (*failed, *find_all(case)),
    )


def _refuse_to_replace(sheet: Path, names: Sequence[str]) -> None:
    """A file among the data, or the zip itself, may be a person's only copy."""
    place = sheet.resolve()
    if place.exists() and any(place.is_relative_to(Path(name).expanduser().resolve()) for name in names):
        raise DataError("data.sheet_would_replace", sheet=sheet)


def _read(names: Sequence[str], read: Callable[[str], DataSet]) -> tuple[list[DataSet], list[Finding]]:
    """The data sets that can be read, and what is wrong with the others."""
    sets: list[DataSet] = []
    failed: list[Finding] = []
    for name in names:
        try:
            sets.append(read(name))
        except DataError as error:
            problems = error.problems if isinstance(error, NothingFound) else ()
            kind = "single_photos" if isinstance(error, SinglePhotos) else "unusable"
            failed.append(Finding(kind, "error", error.message, tuple(p.text for p in problems)))
    if not names:
        failed.append(Finding("unusable", "error", Message("data.none")))
    return under_one_rule(sets), failed


def _unscaled(pair: Pair) -> Pair:
    return dataclasses.replace(pair, spans=(None, None))


def draw_pairs(pairs: Sequence[Pair], input: InputChoice, direction: Direction = "AtoB") -> Image.Image:
    """One column a pair: A and below it B, or the made input and its photo, SHEET_SIDE pixels each.

    The input of a pair with a palette, labels, is shown in that.

    Raises:
        DataError: a file cannot be read any more.
    """
    sheet = Image.new("RGB", (len(pairs) * SHEET_SIDE, 2 * SHEET_SIDE), "white")
    for column, pair in enumerate(pairs):
        for row, half in enumerate(_halves(pair, input, direction)):
            half = half.resize((SHEET_SIDE, SHEET_SIDE), Image.Resampling.BICUBIC)
            sheet.paste(half, (column * SHEET_SIDE, row * SHEET_SIDE))
    return sheet


def _halves(pair: Pair, input: InputChoice, direction: Direction) -> tuple[Image.Image, Image.Image]:
    if not pair.single:
        condition, target = pair.load(direction)
        if pair.palette is not None:
            condition = pair.palette.snap(condition)
        return (condition, target) if direction == "AtoB" else (target, condition)
    config = TrainConfig(input=input, image_size=SHEET_SIDE, load_size=SHEET_SIDE)
    made, photo = validation_batch([pair], config)
    return to_image(to_float(made[0])), to_image(to_float(photo[0]))


def _palette(sets: Sequence[DataSet], direction: Direction) -> Palette | None:
    try:
        return palette_of([p for one in sets for p in (*one.train, *one.val)], direction)
    except DataError:  # flat they are not, and trained on as they are
        return None


def _input(sets: Sequence[DataSet], input: InputChoice, direction: Direction) -> InputChoice:
    if input != "auto" or not sets:
        return input
    return guess_input([pair for data_set in sets for pair in data_set.train], direction)
