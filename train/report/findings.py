"""The rules of the data report: each looks at what was seen of all pairs and says what to know of them."""

from __future__ import annotations

import operator
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from pix2pix.checkpoint import Direction, InputKind
from pix2pix.folders import HOLES
from pix2pix.images import KEPT_PIXELS
from pix2pix.palette import Palette
from train.config import InputChoice
from train.data.datasets import ARCHIVES, DataSet, Pair
from train.data.layouts import LEFT_OUT
from train.report.examine import Look, alike

Severity = Literal["error", "warning", "note"]
SMALLEST = 32  # pixels; below this a picture shows next to nothing
ASPECT = 0.02  # relative difference in width / height that cannot be rounding
FEW = 20  # pairs; fewer are better started from a trained model
MOST = 0.6  # share of the pairs that makes "most of them"


@dataclass(frozen=True)
class Finding:
    """One thing about the data.

    severity: error (it cannot be trained on), warning (look at it), or note (this is what training will do).
    message: one sentence: what it is, and what training does about it.
    files: every file that it concerns, with what there is to say of each.
    """

    kind: str
    severity: Severity
    message: str
    files: tuple[str, ...] = ()


@dataclass(frozen=True)
class Seen:
    """A usable pair, its part of the data (train, val or test), what was seen of it, and a short name."""

    part: str
    pair: Pair
    look: Look
    name: str


@dataclass(frozen=True)
class Case:
    """All that the rules look at."""

    sets: Sequence[DataSet]
    seen: Sequence[Seen]
    input: InputChoice
    direction: Direction
    image_size: int
    palette: Palette | None = None
    """Of the inputs, where they are labels."""

    @property
    def halves(self) -> tuple[int, int]:
        """Which of (A, B) is the input, and which the target."""
        return (0, 1) if self.direction == "AtoB" else (1, 0)

    @cached_property
    def alike(self) -> tuple[tuple[Seen, ...], ...]:
        """Groups of pairs that look the same, whether they are equal or not."""
        found = alike([one.look for one in self.seen])
        return tuple(tuple(self.seen[index] for index in group) for group in found)


def find_all(case: Case) -> Iterator[Finding]:
    """All findings, warnings first."""
    rules: tuple[Callable[[Case], Iterator[Finding]], ...] = (
        *(left_out, guessed, swapped, not_what_was_said, negative, shifted, leaked, repeated, unequal, sizes),
        *(labels, storage, holes, counts, others),
    )
    found = [finding for rule in rules for finding in rule(case)]
    return iter(sorted(found, key=lambda finding: finding.severity != "warning"))


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def left_out(case: Case) -> Iterator[Finding]:
    """Files that training does not use."""
    groups: dict[str, list[str]] = defaultdict(list)
    for data_set in case.sets:
        for problem in data_set.problems:
            groups[problem.kind].append(problem.text)
    for kind, texts in groups.items():
        yield Finding(
            kind,
            "warning",
            f"{_count(len(texts), 'file is', 'files are')} {LEFT_OUT[kind]}: left out of training.",
            tuple(texts),
        )


def guessed(case: Case) -> Iterator[Finding]:
    """Two folders that say nothing of which is A."""
    for data_set in case.sets:
        if data_set.guessed:
            yield Finding(
                "guessed",
                "note",
                f"Two folders in {data_set.name} have the same file names, and it is guessed which is A:"
                " where that is wrong, call them B and A, or give --pairs.",
                tuple(f"{side}: {name}" for side, name in zip("AB", data_set.guessed, strict=True)),
            )


def _majority(kinds: Sequence[InputKind]) -> InputKind | None:
    if not kinds:
        return None
    kind, count = Counter(kinds).most_common(1)[0]
    return kind if count > MOST * len(kinds) else None


def swapped(case: Case) -> Iterator[Finding]:
    """The direction is against what the halves look like, for all pairs or for a few."""
    pairs = [one for one in case.seen if not one.pair.single]
    a, b = case.halves
    given = _majority([one.look.kinds[a] for one in pairs])
    wanted = _majority([one.look.kinds[b] for one in pairs])
    names = "AB"
    if given == "photo" and wanted in ("edges", "labels"):
        other = "BtoA" if case.direction == "AtoB" else "AtoB"
        yield Finding(
            "direction",
            "warning",
            f"{names[b]} looks like {wanted} and {names[a]} like photos, so that training would turn photos"
            f" into {wanted}: to make photos from {wanted}, give --direction {other}.",
        )
    if given in ("edges", "labels"):
        odd = [
            one.name for one in pairs if one.look.kinds[a] != given and one.look.kinds[b] == given != wanted
        ]
        if odd:
            yield Finding(
                "swapped",
                "warning",
                f"A and B look swapped in {_count(len(odd), 'pair')}: they are trained on as they are, so"
                " swap them or take them out.",
                tuple(odd),
            )


def not_what_was_said(case: Case) -> Iterator[Finding]:
    """An --input that the pictures contradict."""
    singles = [one for one in case.seen if one.pair.single]
    cut = [one.name for one in singles if not one.look.one_picture]
    if len(cut) > MOST * len(singles):
        yield Finding(
            "perhaps pairs",
            "warning",
            f"{_count(len(cut), 'picture')} may be two pictures side by side, and each is trained on as one"
            f" photo because of --input {case.input}: leave that out if they are pairs.",
            tuple(cut),
        )
    pairs = [one for one in case.seen if not one.pair.single]
    odd = [one.name for one in pairs if one.look.kinds[case.halves[0]] != case.input]
    if case.input in ("edges", "labels") and len(odd) > MOST * len(pairs):
        yield Finding(
            "input",
            "warning",
            f"{_count(len(odd), 'input')} of {len(pairs)} do not look like {case.input}, as --input says:"
            " check --input and --direction.",
            tuple(odd),
        )


def negative(case: Case) -> Iterator[Finding]:
    """Drawings in white on black, which are taken as photos."""
    pairs = [one for one in case.seen if not one.pair.single]
    odd = [one.name for one in pairs if one.look.negative[case.halves[0]]]
    if len(odd) > MOST * len(pairs):
        yield Finding(
            "negative",
            "warning",
            f"{_count(len(odd), 'input looks', 'inputs look')} like white lines on black, and drawings here"
            " are black on white: invert the files to train a model for drawings.",
            tuple(odd),
        )


def shifted(case: Case) -> Iterator[Finding]:
    """Pairs whose halves fit better when one is moved."""
    files = []
    for one in case.seen:
        if one.look.shift is not None:
            right, down = one.look.shift
            across = f"{abs(right):.0%} too far to the {'left' if right > 0 else 'right'}" if right else ""
            along = f"{abs(down):.0%} too far {'up' if down > 0 else 'down'}" if down else ""
            files.append(f"{one.name}: B lies {' and '.join(filter(None, (across, along)))}")
    if files:
        yield Finding(
            "shifted",
            "warning",
            f"A and B look shifted against each other in {_count(len(files), 'pair')}: they are trained on as"
            " they are, which blurs the result, so align them or take them out.",
            tuple(files),
        )


def leaked(case: Case) -> Iterator[Finding]:
    """A picture of the training part among those that the model is measured on."""
    trained: dict[tuple[int, str], str] = {}
    for one in case.seen:
        if one.part == "train":
            for half, digest in enumerate(one.look.digests):
                trained.setdefault((half, digest), one.name)
    files = []
    for one in case.seen:
        if one.part != "train":
            also = [(half, trained.get((half, d))) for half, d in enumerate(one.look.digests)]
            halves = " and ".join("AB"[half] for half, name in also if name)
            if halves:
                are = "are" if " and " in halves else "is"
                what = "it is the same" if one.pair.single else f"its {halves} {are} the same"
                files.append(f"{one.name} ({one.part}): {what} as in {next(n for _, n in also if n)}")
    for group in case.alike:
        shown = [one for one in group if one.part == "train"]
        for held in group:
            # One with an equal half was told above.
            if shown and held.part != "train" and not any(map(trained.get, enumerate(held.look.digests))):
                files.append(f"{held.name} ({held.part}): it looks the same as {shown[0].name}")
    if files:
        yield Finding(
            "leaked",
            "warning",
            f"Of the pairs held out for measuring, {len(files)} show a picture that is also trained on:"
            " the numbers will flatter the model, so take them out of one of the parts.",
            tuple(files),
        )


def repeated(case: Case) -> Iterator[Finding]:
    """Equal pictures within the training part."""
    groups: dict[tuple[str, str], list[Seen]] = defaultdict(list)
    for one in case.seen:
        if one.part == "train":
            groups[one.look.digests].append(one)
    copies = [" = ".join(one.name for one in group) for group in groups.values() if len(group) > 1]
    for resembling in case.alike:
        shown = [one for one in resembling if one.part == "train"]
        # Saving again changes both halves; one equal half is another case.
        copies += [
            f"{shown[0].name} looks the same as {one.name}"
            for one in shown[1:]
            if not any(map(operator.eq, shown[0].look.digests, one.look.digests))
        ]
    if copies:
        yield Finding(
            "duplicates",
            "warning",
            f"{_count(len(copies), 'pair is', 'pairs are')} there more than once and shown so much more"
            " often: take the copies out, unless you want that.",
            tuple(copies),
        )
    for half, text in zip(
        case.halves,
        (
            "one input stands with several targets, of which training finds the middle",
            "one target has several inputs",
        ),
        strict=True,
    ):
        same: dict[str, list[str]] = defaultdict(list)
        for group in groups.values():
            if not group[0].pair.single:
                same[group[0].look.digests[half]].append(group[0].name)
        several = [names for names in same.values() if len(names) > 1]
        if several:
            yield Finding(
                "same input" if half == case.halves[0] else "same target",
                "note",
                f"In {_count(len(several), 'case')} {text}: all of them are trained on.",
                tuple(" = ".join(names) for names in several),
            )


def unequal(case: Case) -> Iterator[Finding]:
    """Halves of unlike size or shape."""
    a, b = case.halves
    size, shape = [], []
    for one in case.seen:
        (w, h), (v, u) = one.look.sizes[a], one.look.sizes[b]
        line = f"{one.name}: the input has {w}x{h} pixels, the target {v}x{u}"
        if abs(w * u / (h * v) - 1) > ASPECT:
            shape.append(line)
        elif (w, h) != (v, u):
            size.append(line)
    if shape:
        yield Finding(
            "aspect",
            "warning",
            f"Input and target differ in shape in {_count(len(shape), 'pair')}: the target is stretched to"
            " the input's, so that they may no longer fit on each other.",
            tuple(shape),
        )
    if size:
        yield Finding(
            "size",
            "note",
            f"Input and target differ in size in {_count(len(size), 'pair')}: the target is resized to the"
            " input's.",
            tuple(size),
        )


def sizes(case: Case) -> Iterator[Finding]:
    """What resizing to the networks' square does."""
    inputs = [(one, one.look.sizes[case.halves[0]]) for one in case.seen]
    side = case.image_size
    tiny = [f"{one.name}: {w}x{h}" for one, (w, h) in inputs if min(w, h) < SMALLEST]
    small = [f"{one.name}: {w}x{h}" for one, (w, h) in inputs if SMALLEST <= min(w, h) < side]
    for kind, severity, files, limit in (
        ("tiny", "warning", tiny, min(SMALLEST, side)),
        ("small", "note", small, side),
    ):
        if files:
            yield Finding(
                kind,
                "warning" if severity == "warning" else "note",
                f"{_count(len(files), 'picture is', 'pictures are')} smaller than {limit} pixels:"
                f" enlarged to {side}x{side}, which adds no detail.",
                tuple(files),
            )
    oblong = [
        f"{one.name}: {w}x{h}" for one, (w, h) in inputs if abs(w / h - 1) > ASPECT and min(w, h) >= SMALLEST
    ]
    if oblong:
        fitted = case.input == "edges" and all(one.pair.single for one in case.seen)
        how = "fitted into it, with white beside" if fitted else "squeezed into it"
        yield Finding(
            "oblong",
            "note",
            f"{_count(len(oblong), 'picture is', 'pictures are')} not square: the networks see"
            f" {side}x{side} pixels, and each is {how}.",
            tuple(oblong),
        )


def labels(case: Case) -> Iterator[Finding]:
    """Which classes the inputs have."""
    if (palette := case.palette) is None:
        return
    shares = palette.shares or (0.0,) * len(palette)
    files = tuple(
        f"{name}: {share:.2%}, #{red:02x}{green:02x}{blue:02x}"
        for name, share, (red, green, blue) in zip(palette.names, shares, palette.colours, strict=True)
    )
    what = (
        "each id is a class, trained on and shown in a colour of its own"
        if palette.ids
        else "each is a class"
    )
    how = "ids" if palette.ids else "colours"
    yield Finding("labels", "note", f"The inputs are label maps of {len(palette)} {how}: {what}.", files)


def storage(case: Case) -> Iterator[Finding]:
    """Files that are turned into 8-bit RGB."""
    ids = case.palette is not None and bool(case.palette.ids)
    deep: list[str] = []
    grey: list[str] = []
    clear: list[str] = []
    several: list[str] = []
    bands: list[str] = []
    large: list[str] = []
    for one in case.seen:
        for half, stored in zip("AB", one.look.files, strict=False):
            name = f"{one.name} ({half})" if len(one.look.files) == 2 else one.name
            deep += [f"{name}: {stored.bits} bits"] if stored.bits > 8 else []
            labels = ids and len(one.look.files) == 2 and half == "AB"[case.halves[0]]
            grey += [name] if stored.grey and not labels else []
            clear += [name] if stored.alpha else []
            several += [name] if stored.several else []
            bands += [f"{name}: {stored.used} of {stored.bands} bands"] if stored.left_out else []
            width, height = stored.size
            large += [f"{name}: {width}x{height}"] if width * height > KEPT_PIXELS else []
    for kind, files, text in (
        ("16-bit", deep, "of more than 8 bits: scaled to 8"),
        ("grey", grey, "without colour: read as RGB with three equal channels"),
        ("alpha", clear, "with transparency: what is transparent becomes white"),
        ("large", large, "of more than 40 million pixels: made smaller while read"),
        ("several", several, "with more than one picture: the first is taken, the others are left out"),
        ("bands", bands, "with more bands than colours: the first ones are used, the others are left out"),
    ):
        if files:
            rule = _rule(case) if files is deep else ""
            yield Finding(
                kind, "note", f"{_count(len(files), 'file is', 'files are')} {text}{rule}.", tuple(files)
            )


def holes(case: Case) -> Iterator[Finding]:
    """Pixels of deep files that have no value."""
    count = max((sum(deep.holes for deep in one.deep if deep) for one in case.sets), default=0)
    if count:
        yield Finding("no value", "note", f"{_count(count, 'file has', 'files have')} {HOLES}.")


def _rule(case: Case) -> str:
    """Which values of deep files become black and white, in all files alike."""
    pair = case.seen[0].pair if case.seen else None
    if pair is None or pair.spans == (None, None):
        return ""
    of = ("", "") if pair.b is None else (" of A", " of B")
    texts = ["{:g} to {:g}".format(*span) + half for span, half in zip(pair.spans, of, strict=True) if span]
    return ", " + " and ".join(dict.fromkeys(texts)) + " becoming black to white in all files alike"


def counts(case: Case) -> Iterator[Finding]:
    """Few pairs, and where the held-out ones come from."""
    parts = Counter(one.part for one in case.seen)
    if parts["train"] and not parts["val"]:
        yield Finding(
            "no val",
            "warning",
            f"There is only {_count(parts['train'], 'pair')}, so that none is held out: the numbers are"
            " measured on what was trained on, and say nothing about other pictures.",
        )
    elif 0 < parts["train"] < FEW:
        yield Finding(
            "few",
            "warning",
            f"Only {_count(parts['train'], 'pair')} to train on: start from a trained model with"
            " --from, or add pairs.",
        )
    for data_set in case.sets:
        if not data_set.own_val and data_set.val:
            yield Finding(
                "held out",
                "note",
                f"{data_set.name} has no val folder: {_count(len(data_set.val), 'pair')}, chosen by name,"
                " kept out of training for measuring.",
            )
    if parts["test"]:
        yield Finding(
            "test",
            "note",
            f"{_count(parts['test'], 'test pair is', 'test pairs are')} left alone, because there is a val"
            " folder.",
        )


def others(case: Case) -> Iterator[Finding]:
    """Files that are no pictures."""
    files = tuple(
        path.relative_to(data_set.root).as_posix() for data_set in case.sets for path in data_set.others
    )
    archives = tuple(name for name in files if name.lower().endswith(ARCHIVES))
    if archives:
        yield Finding(
            "archives",
            "warning",
            f"{_count(len(archives), 'archive is', 'archives are')} not looked into: unpack what belongs to"
            " the data.",
            archives,
        )
    files = tuple(name for name in files if name not in archives)
    if files:
        yield Finding(
            "other",
            "note",
            f"{_count(len(files), 'file is no picture', 'files are no pictures')}: left alone.",
            files,
        )
