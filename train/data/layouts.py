"""What a folder of pictures is: which files are A, which are their B, and which part of the data they are in.

A folder's name may say a part (train, val, test), a side (A, B, input, target, …) or both (trainA, train_A,
A-train). What it says counts for everything below it, in whatever order such folders are nested; all other
folders are just places, and a pair's two files lie at the same place. So ``A/`` and ``B/``, ``trainA/`` and
``trainB/``, ``train/A/`` and ``train/B/``, ``A/train/`` and ``B/train/`` and a folder around any of them are
read by one rule. Two folders that the person names, or beside each other with the same file names, are sides
as well. Of a file whose name does not end like a picture's the first bytes tell whether it is one.
"""

from __future__ import annotations

import dataclasses
import os
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Literal

from pix2pix.errors import DataError
from pix2pix.folders import OTHER_PICTURES, is_picture, walk
from pix2pix.inputs import DRAWN, MADE, InputChoice
from pix2pix.messages import Message
from train.data.folder_names import CLASSES, COLOURS, SIDES, Part, any_of, says, usual_side, without_part
from train.data.looks import SAMPLE, is_side_by_side, kind_of, open_or_none

Kind = Literal["two folders", "folders alike", "file names", "endings", "single files"]
Sides = tuple[tuple[str, ...], tuple[str, ...]]
"""Names of A, and of B, in small letters."""
Files = tuple[Path, "Path | None"]
"""A and B; or one file that holds both halves, or is a single photo, and None."""

# Why a file is left out, by the kind of its problem: it is …
LEFT_OUT = {
    "unmatched": "without a clear partner",
    "unreadable": "damaged or cannot be used",
    "stray": "outside of the folders that were understood",
    "format": "in a format that is not read",
}
FOLDERS_TOLD = 8  # in a sentence
FEWEST = 2  # names that folders beside each other must share to be a pair
MOST_FOLDERS = 8  # with the same file names; more are scenes


@dataclass(frozen=True)
class Problem:
    """A file of a person's that is left out.

    kind: one of :data:`LEFT_OUT`.
    text: one sentence that names the file and says why.
    """

    kind: str
    text: Message


@dataclass(frozen=True)
class Layout:
    """What was understood.

    kind: "folders alike" have the same file names, and which is A was guessed; "file names" are x_A and x_B,
        "endings" x.jpg and x.png.
    sides: what A and B are called; () for single files.
    files: by part; "" where the data names no parts.
    lonely: the only side found, where a folder says A, B, input or target and its counterpart is missing.
    others: files that are no pictures.
    """

    kind: Kind
    sides: tuple[str, ...]
    files: dict[Part | Literal[""], list[Files]]
    problems: list[Problem]
    lonely: str = ""
    others: tuple[Path, ...] = ()


@dataclass(frozen=True)
class _File:
    path: Path
    part: Part | Literal[""]
    side: int | None  # 0 for A, 1 for B
    place: tuple[str, ...]  # folders that say neither a part nor a side


def read_layout(root: Path, name: str, named: Sequence[str] = (), input: InputChoice = "auto") -> Layout:
    """Understand a folder by its names, and where those say nothing by how its files begin.

    Args:
        name: the data set as the person named it.
        named: the two folders that hold A and B, where a person says so; their names, or paths.
        input: where folders are not named, whether their pictures may be single photos.

    Raises:
        DataError: the folders that are named are not there, or it is not clear which two folders are a pair.
    """
    found, folders, others, problems = _walk(root)
    problems += [
        Problem("format", Message("file.other_format", file=path))
        for path in others
        if path.suffix.lower() in OTHER_PICTURES
    ]
    others = [path for path in others if path.suffix.lower() not in OTHER_PICTURES]
    names = {name for folder in folders for name in folder}
    sides, lonely = (_named_sides(named, names, name), "") if named else _sides(names)
    files = [_place(path, folder, sides) for path, folder in found]
    kind: Kind = "two folders" if sides else "single files"
    if not sides and (told := _by_stem(files)):
        files, sides, kind = *told, "file names"
    elif not sides and (told := _by_ending(files)):
        files, sides, kind = *told, "endings"
    elif not sides and (alike := _folders_alike(found, name, input)):
        sides, kind = ((alike[0],), (alike[1],)), "folders alike"
        files = [_place(path, folder, sides) for path, folder in found]
    if not sides:
        parts: dict[Part | Literal[""], list[Files]] = defaultdict(list)
        for file in files:
            parts[file.part].append((file.path, None))
        return Layout(kind, (), dict(parts), problems, lonely, tuple(others))
    folders_of_theirs = kind in ("two folders", "folders alike")
    called = _called(files, sides) if folders_of_theirs else (sides[0][0], sides[1][0])
    parts = {}
    for part in dict.fromkeys(file.part for file in files):
        parts[part] = list(_match([f for f in files if f.part == part], sides, called, problems, bool(named)))
    return Layout(kind, called, parts, problems, "", tuple(others))


def _walk(
    root: Path,
) -> tuple[list[tuple[Path, tuple[str, ...]]], list[tuple[str, ...]], list[Path], list[Problem]]:
    """(pictures with the folders that they lie in, all folders, other files, what is closed), in order."""
    pictures, folders, others = [], [], []
    problems: list[Problem] = []

    def closed(error: OSError) -> None:
        problems.append(Problem("unreadable", Message("file.closed", file=error.filename, reason=error)))

    for place, names in walk(root, closed):
        folder = place.relative_to(root).parts
        folders.append(folder)
        for name in names:
            path = place / name
            picture = is_picture(path)
            if not os.path.isfile(path):
                if picture:
                    problems.append(Problem("unreadable", Message("file.broken_link", file=path)))
            elif picture:
                pictures.append((path, folder))
            else:
                others.append(path)
    return pictures, folders, others, problems


def _sides(names: Iterable[str]) -> tuple[Sides | tuple[()], str]:
    """The first naming of which both sides occur, or a lonely A, B, input, target, …"""
    names = list(names)
    for sides in SIDES:
        if {side for name in names if (side := says(name, sides)[1]) is not None} == {0, 1}:
            return sides, ""
    alone = (name for name in sorted(names) for sides in SIDES[:2] if says(name, sides)[1] is not None)
    return (), next(alone, "")


def _named_sides(named: Sequence[str], names: Iterable[str], data: str) -> Sides:
    """The two folders of ``--pairs``; train_mask and train_img stand for test_mask and test_img as well."""
    own = [Path(text).name.lower() for text in named]
    names = sorted(names)
    told = [without_part(name) for name in own]
    if all(rest for _, rest in told) and bool(told[0][0]) == bool(told[1][0]):
        own = [rest for _, rest in told]
    for text, word in zip(named, own, strict=True):
        if not any(says(name, ((word,),))[1] == 0 for name in names):
            there = names[:FOLDERS_TOLD] or "-"
            raise DataError("data.no_named_folder", folder=text, data=data, folders=there)
    if own[0] == own[1]:
        raise DataError("data.same_folder_twice", folder=named[0])
    return (own[0],), (own[1],)


def _place(path: Path, folder: Sequence[str], sides: Sequence[Sequence[str]]) -> _File:
    part: Part | Literal[""] = ""
    side: int | None = None
    place = []
    for name in folder:
        says_part, says_side = says(name, sides)
        known = (says_part and part) or (says_side is not None and side is not None)
        if known or (not says_part and says_side is None):
            place.append(name)
            continue
        part = says_part or part
        side = says_side if says_side is not None else side
    return _File(path, part, side, tuple(place))


def _called(files: Sequence[_File], sides: Sequence[Sequence[str]]) -> tuple[str, str]:
    """The folders' own names for A and B."""
    names = ["", ""]
    for file in files:
        if file.side is not None and not names[file.side]:
            names[file.side] = next(n for n in file.path.parts[::-1][1:] if says(n, sides)[1] == file.side)
    return names[0] or sides[0][0], names[1] or sides[1][0]


def _match(
    files: Sequence[_File],
    sides: Sequence[Sequence[str]],
    called: tuple[str, str],
    problems: list[Problem],
    named: bool,
) -> Iterator[Files]:
    """Pairs of one part: by place and stem, then by ever looser names, as long as those stay unique."""
    left: tuple[list[_File], list[_File]] = ([], [])
    for file in files:
        if file.side is None:
            stray = Message("file.in_neither", file=file.path, a=called[0], b=called[1])
            problems.append(Problem("stray", stray))
        else:
            left[file.side].append(file)
    matched: list[tuple[_File, _File]] = []
    same = [_same([file.path.stem.lower() for file in files]) for files in left]
    for loose in range(5 if named else 4):
        a, b = keys = defaultdict[object, list[_File]](list), defaultdict[object, list[_File]](list)
        for side in (0, 1):
            for file in left[side]:
                key = _key(file, sides[side], loose) if loose < 4 else _between(file, *same[side])
                keys[side][key].append(file)
        both = [key for key in a if len(a[key]) == 1 and len(b.get(key, ())) == 1]
        matched += [(a[key][0], b[key][0]) for key in both]
        done = {id(file) for pair in matched for file in pair}
        left = tuple([f for f in part if id(f) not in done] for part in left)  # type: ignore[assignment]
    problems += _unmatched(left, sides, called)
    yield from sorted((a.path, b.path) for a, b in matched)


def _key(file: _File, words: Sequence[str], loose: int) -> object:
    """What both files of a pair share: the place and the stem; 1: the stem alone; 2: without _A, _B, case.

    3: also where labels are numbers. An accented letter may be stored in one piece or in two (as on a Mac),
    and is the same letter.
    """
    stem = unicodedata.normalize("NFC", file.path.stem)
    if loose == 0:
        return (tuple(unicodedata.normalize("NFC", name) for name in file.place), stem)
    if loose == 1:
        return stem
    word = any_of((*words, *COLOURS, *CLASSES[: 2 * (loose - 2)]))
    return re.sub(f"^(({word})[_\\-. ])+|([_\\-. ]({word}))+$", "", stem.lower())


def _same(stems: Sequence[str]) -> tuple[str, str]:
    """How all of some names begin and end, up to a digit; of a single one nothing can be said."""
    if len(stems) < 2:
        return "", ""
    begin = re.sub(r"\d+$", "", _beginning(stems))
    rest = [stem[len(begin) :][::-1] for stem in stems]
    return begin, re.sub(r"\d+$", "", _beginning(rest))[::-1]


def _beginning(names: Sequence[str]) -> str:
    both = zip(min(names), max(names), strict=False)
    return "".join(letter for letter, _ in takewhile(lambda letters: letters[0] == letters[1], both))


def _between(file: _File, begin: str, end: str) -> object:
    return unicodedata.normalize("NFC", file.path.stem.lower().removeprefix(begin).removesuffix(end))


def _unmatched(
    left: Sequence[Sequence[_File]], sides: Sequence[Sequence[str]], called: tuple[str, str]
) -> Iterator[Problem]:
    for side, other in ((0, 1), (1, 0)):
        theirs = Counter(_key(file, sides[other], 2) for file in left[other])
        ours = Counter(_key(file, sides[side], 2) for file in left[side])
        for file in left[side]:
            key = _key(file, sides[side], 2)
            if theirs[key]:
                more, own = max(ours[key], theirs[key]) - 1, called[side]
                text = Message("file.shares_name", file=file.path, more=more, own=own, other=called[other])
            else:
                text = Message("file.no_partner", file=file.path, other=called[other])
            yield Problem("unmatched", text)


def _by_stem(files: Sequence[_File]) -> tuple[list[_File], Sides] | None:
    """x_A and x_B in one folder, or x and x_B, for at least nine tenths of all files."""
    bare = {(file.path.parent, file.path.stem.lower()) for file in files}
    for sides in SIDES:
        sided = []
        for file in files:
            ends = re.search(r"[_\-. ]([a-z]+)$", file.path.stem.lower())
            side = next((s for s in (0, 1) if ends and ends[1] in sides[s]), None)
            sided.append(dataclasses.replace(file, side=side))
        counts = Counter(file.side for file in sided)
        if counts[0] and counts[1] and counts[None] <= len(files) / 10:
            return sided, sides
        paths = [file.path for file in sided if file.side is not None]
        stems = {(path.parent, re.sub(r"[_\-. ][a-z]+$", "", path.stem.lower())) for path in paths}
        if len(bare & stems) > 0.4 * len(files):
            other = 1 if counts[0] else 0
            return [f if f.side is not None else dataclasses.replace(f, side=other) for f in sided], sides
    return None


def _by_ending(files: Sequence[_File]) -> tuple[list[_File], Sides] | None:
    """x.jpg and x.png in one folder, for all files: A is what is drawn, or the alphabet's first ending."""
    endings = sorted({file.path.suffix.lower() for file in files})
    stems = Counter(file.path.with_suffix("") for file in files)
    if len(endings) != 2 or set(stems.values()) != {2}:
        return None
    paths = {end: [file.path for file in files if file.path.suffix.lower() == end] for end in endings}
    endings.sort(key=lambda end: _usual_kind(paths[end]) not in DRAWN)
    sided = [dataclasses.replace(f, side=endings.index(f.path.suffix.lower())) for f in files]
    return sided, ((endings[0],), (endings[1],))


def _folders_alike(
    pictures: Sequence[tuple[Path, tuple[str, ...]]], data: str, input: InputChoice
) -> tuple[str, str] | None:
    """Two folders beside each other, A first, whose files share their names; None where there are none.

    Frames of several scenes, and photos of several things, that are merely numbered share their names as
    well: what their pictures look like tells them apart.

    Args:
        pictures: each with the folders that it lies in.
        data: the data set's name, for the error.
        input: with ``lowres`` and ``grey`` files are single photos; with ``edges``, photos are.

    Returns:
        Their names in small letters, without a part of the data such as train. A is what is drawn, edges or
        labels; or what is usually called like A; or the first one in the alphabet.

    Raises:
        DataError: there are more than two, of drawings and photos.
    """
    if input in MADE:
        return None
    groups = [group for group in _groups(pictures) if len(group) <= MOST_FOLDERS]
    kinds = {
        name: _usual_kind([path for path, own in pictures if any(without_part(n)[1] == name for n in own)])
        for group in groups
        for name in group
    }
    shown = {group: {kinds[name] for name in group} for group in groups}
    single: tuple[set[str], ...] = ({"pairs"}, {"photo"}) if input == "edges" else ({"pairs"},)
    unlike = [group for group in groups if len(shown[group]) > 1]
    groups = unlike or [group for group in groups if len(group) == 2 and shown[group] not in single]
    if not groups:
        return None
    if len(groups) > 1 or len(groups[0]) > 2:
        names = sorted({name for group in groups for name in group})
        raise DataError("data.several_folders", folders=names, data=data)
    first, second = sorted(groups[0], key=lambda name: _rank(name, kinds[name]))
    return first, second


def _groups(pictures: Sequence[tuple[Path, tuple[str, ...]]]) -> list[frozenset[str]]:
    """Sets of names of folders at one place, which share the names of more than half of all pictures."""
    together: dict[object, set[str]] = defaultdict(set)
    for path, folders in pictures:
        told = [without_part(unicodedata.normalize("NFC", folder)) for folder in folders]
        part = next((part for part, _ in told if part), "")
        place = [rest for _, rest in told if rest]
        stem = unicodedata.normalize("NFC", path.stem).lower()
        for level, name in enumerate(place):
            own = re.sub(f"[_\\-. ]{re.escape(name)}$", "", stem)
            together[part, (*place[:level], None, *place[level + 1 :]), own].add(name)
    shared = Counter(frozenset(names) for names in together.values() if len(names) > 1)
    return [
        group for group, count in shared.items() if count >= FEWEST and count * len(group) > len(pictures) / 2
    ]


def _usual_kind(own: Sequence[Path]) -> str:
    """What most pictures are: edges, labels, photo, or pairs; "" where none can be read."""
    looked = [image for image in map(open_or_none, own[:: max(len(own) // SAMPLE, 1)][:SAMPLE]) if image]
    kinds = Counter("pairs" if is_side_by_side(image) else kind_of(image) for image in looked)
    return kinds.most_common(1)[0][0] if kinds else ""


def _rank(name: str, kind: str) -> tuple[int, bool, str]:
    usual = usual_side(name)
    return 1 if usual is None else 2 * usual, kind not in DRAWN, name
