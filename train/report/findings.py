"""The rules of the data report: each looks at what was seen of all pairs and says what to know of them."""

from __future__ import annotations

import operator
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from pix2pix.checkpoint import Direction
from pix2pix.images import KEPT_PIXELS
from pix2pix.inputs import DRAWN, InputChoice, InputKind
from pix2pix.messages import Message
from pix2pix.palette import Palette
from train.data.datasets import ARCHIVES, DataSet, Pair, with_holes
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
    message: Message
    files: tuple[str, ...] = ()


def found(kind: str, severity: Severity, files: Iterable[str] = (), /, **values: object) -> Finding:
    """A finding of a kind, and what there is to say of each file; ``n`` is their number."""
    every = tuple(files)
    return Finding(kind, severity, Message(f"finding.{kind}", **{"n": len(every), **values}), every)


def some(kind: str, severity: Severity, files: Iterable[str], /, **values: object) -> Iterator[Finding]:
    """The same where there are files, else nothing."""
    if every := tuple(files):
        yield found(kind, severity, every, **values)


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
    findings = [finding for rule in rules for finding in rule(case)]
    return iter(sorted(findings, key=lambda finding: finding.severity != "warning"))


def left_out(case: Case) -> Iterator[Finding]:
    """Files that training does not use."""
    groups: dict[str, list[Message]] = defaultdict(list)
    for data_set in case.sets:
        for problem in data_set.problems:
            groups[problem.kind].append(problem.text)
    for kind, texts in groups.items():
        yield found(kind, "warning", texts)


def guessed(case: Case) -> Iterator[Finding]:
    """Two folders that say nothing of which is A."""
    for data_set in case.sets:
        if data_set.guessed:
            folders = [f"{side}: {name}" for side, name in zip("AB", data_set.guessed, strict=True)]
            yield found("guessed", "note", folders, data=data_set.name)


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
    if given == "photo" and wanted in DRAWN:
        other = "BtoA" if case.direction == "AtoB" else "AtoB"
        kind = Message(f"input.{wanted}")
        yield found("direction", "warning", a="AB"[a], b="AB"[b], kind=kind, direction=other)
    if given in DRAWN:
        odd = [
            one.name for one in pairs if one.look.kinds[a] != given and one.look.kinds[b] == given != wanted
        ]
        yield from some("swapped", "warning", odd)


def not_what_was_said(case: Case) -> Iterator[Finding]:
    """An --input that the pictures contradict."""
    singles = [one for one in case.seen if one.pair.single]
    cut = [one.name for one in singles if not one.look.one_picture]
    if len(cut) > MOST * len(singles):
        yield found("perhaps_pairs", "warning", cut, input=case.input)
    pairs = [one for one in case.seen if not one.pair.single]
    odd = [one.name for one in pairs if one.look.kinds[case.halves[0]] != case.input]
    if case.input in DRAWN and len(odd) > MOST * len(pairs):
        yield found("input", "warning", odd, of=len(pairs), kind=Message(f"input.{case.input}"))


def negative(case: Case) -> Iterator[Finding]:
    """Drawings in white on black, which are taken as photos."""
    pairs = [one for one in case.seen if not one.pair.single]
    odd = [one.name for one in pairs if one.look.negative[case.halves[0]]]
    if len(odd) > MOST * len(pairs):
        yield found("negative", "warning", odd)


def shifted(case: Case) -> Iterator[Finding]:
    """Pairs whose halves fit better when one is moved."""
    files = []
    for one in case.seen:
        if one.look.shift is not None:
            right, down = one.look.shift
            ways = [Message("file.to_left" if right > 0 else "file.to_right", share=abs(right))] * bool(right)
            ways += [Message("file.up" if down > 0 else "file.down", share=abs(down))] * bool(down)
            files.append(Message("file.shifted", name=one.name, ways=ways))
    yield from some("shifted", "warning", files)


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
            if halves := ["AB"[half] for half, name in also if name]:
                code = "file.leaked" if one.pair.single else "file.leaked_half"
                other = next(n for _, n in also if n)
                files.append(Message(code, name=one.name, part=one.part, halves=halves, other=other))
    for group in case.alike:
        shown = [one for one in group if one.part == "train"]
        for held in group:
            # One with an equal half was told above.
            if shown and held.part != "train" and not any(map(trained.get, enumerate(held.look.digests))):
                same = {"name": held.name, "part": held.part, "other": shown[0].name}
                files.append(Message("file.leaked_alike", **same))
    yield from some("leaked", "warning", files)


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
            Message("file.alike", name=shown[0].name, other=one.name)
            for one in shown[1:]
            if not any(map(operator.eq, shown[0].look.digests, one.look.digests))
        ]
    yield from some("duplicates", "warning", copies)
    for half, kind in zip(case.halves, ("same_input", "same_target"), strict=True):
        same: dict[str, list[str]] = defaultdict(list)
        for group in groups.values():
            if not group[0].pair.single:
                same[group[0].look.digests[half]].append(group[0].name)
        several = [names for names in same.values() if len(names) > 1]
        yield from some(kind, "note", map(" = ".join, several))


def unequal(case: Case) -> Iterator[Finding]:
    """Halves of unlike size or shape."""
    a, b = case.halves
    size, shape = [], []
    for one in case.seen:
        (w, h), (v, u) = one.look.sizes[a], one.look.sizes[b]
        line = Message("file.sizes", name=one.name, input=f"{w}x{h}", target=f"{v}x{u}")
        if abs(w * u / (h * v) - 1) > ASPECT:
            shape.append(line)
        elif (w, h) != (v, u):
            size.append(line)
    yield from some("aspect", "warning", shape)
    yield from some("size", "note", size)


def sizes(case: Case) -> Iterator[Finding]:
    """What resizing to the networks' square does."""
    inputs = [(one, one.look.sizes[case.halves[0]]) for one in case.seen]
    side = case.image_size
    tiny = [f"{one.name}: {w}x{h}" for one, (w, h) in inputs if min(w, h) < SMALLEST]
    small = [f"{one.name}: {w}x{h}" for one, (w, h) in inputs if SMALLEST <= min(w, h) < side]
    yield from some("tiny", "warning", tiny, limit=min(SMALLEST, side), side=side)
    yield from some("small", "note", small, side=side)
    oblong = [
        f"{one.name}: {w}x{h}" for one, (w, h) in inputs if abs(w / h - 1) > ASPECT and min(w, h) >= SMALLEST
    ]
    if oblong:
        fitted = case.input == "edges" and all(one.pair.single for one in case.seen)
        yield found("oblong_fitted" if fitted else "oblong", "note", oblong, side=side)


def labels(case: Case) -> Iterator[Finding]:
    """Which classes the inputs have."""
    if (palette := case.palette) is None:
        return
    shares = palette.shares or (0.0,) * len(palette)
    files = [
        f"{name}: {share:.2%}, #{red:02x}{green:02x}{blue:02x}"
        for name, share, (red, green, blue) in zip(palette.names, shares, palette.colours, strict=True)
    ]
    yield found("label_ids" if palette.ids else "labels", "note", files)


def storage(case: Case) -> Iterator[Finding]:
    """Files that are turned into 8-bit RGB."""
    ids = case.palette is not None and bool(case.palette.ids)
    kinds: tuple[str, ...] = ("deep", "grey", "alpha", "large", "several", "bands")
    files: dict[str, list[str]] = {kind: [] for kind in kinds}
    for one in case.seen:
        for half, stored in zip("AB", one.look.files, strict=False):
            name = f"{one.name} ({half})" if len(one.look.files) == 2 else one.name
            if stored.bits > 8:
                files["deep"].append(Message("file.bits", name=name, bits=stored.bits))
            labels = ids and len(one.look.files) == 2 and half == "AB"[case.halves[0]]
            if stored.grey and not labels:
                files["grey"].append(name)
            if stored.alpha:
                files["alpha"].append(name)
            if stored.several:
                files["several"].append(name)
            if stored.left_out:
                bands = Message("file.bands", name=name, used=stored.used, bands=stored.bands)
                files["bands"].append(bands)
            width, height = stored.size
            if width * height > KEPT_PIXELS:
                files["large"].append(f"{name}: {width}x{height}")
    for kind, names in files.items():
        yield from some(kind, "note", names, **(_rule(case) if kind == "deep" else {}))


def holes(case: Case) -> Iterator[Finding]:
    """Pixels of deep files that have no value."""
    if count := with_holes(case.sets):
        yield found("no_value", "note", n=count)


def _rule(case: Case) -> dict[str, object]:
    """Which values of deep files become black and white, in all files alike."""
    pair = case.seen[0].pair if case.seen else None
    if pair is None or pair.spans == (None, None):
        return {"rule": ""}
    of = ("", "") if pair.b is None else (" (A)", " (B)")
    spans = ["{:g}-{:g}".format(*span) + half for span, half in zip(pair.spans, of, strict=True) if span]
    return {"rule": Message("finding.deep_rule", spans=list(dict.fromkeys(spans)))}


def counts(case: Case) -> Iterator[Finding]:
    """Few pairs, and where the held-out ones come from."""
    parts = Counter(one.part for one in case.seen)
    if parts["train"] and not parts["val"]:
        yield found("no_val", "warning")
    elif 0 < parts["train"] < FEW:
        yield found("few", "warning", n=parts["train"])
    for data_set in case.sets:
        if not data_set.own_val and data_set.val:
            yield found("held_out", "note", data=data_set.name, n=len(data_set.val))
    if parts["test"]:
        yield found("test", "note", n=parts["test"])


def others(case: Case) -> Iterator[Finding]:
    """Files that are no pictures."""
    files = tuple(
        path.relative_to(data_set.root).as_posix() for data_set in case.sets for path in data_set.others
    )
    archives = tuple(name for name in files if name.lower().endswith(ARCHIVES))
    yield from some("archives", "warning", archives)
    files = tuple(name for name in files if name not in archives)
    yield from some("other", "note", files)
