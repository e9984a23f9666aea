"""The pictures below a folder of a person's, and where their results go in another one."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, count
from pathlib import Path

from pix2pix.images import HEAD, READ_SUFFIXES, Deep, Span, StoredAs, joined, looks_like_picture, own_span

# What systems keep for themselves beside people's files, besides names that begin with a dot or as a Mac's
# archives do: thumbnails of a network drive, a Windows disk's bin and index.
SYSTEM_NAMES = ("@eadir", "$recycle.bin", "system volume information")
# Pictures that are not read: named as left out, where other files (a README, a licence) are just there.
OTHER_PICTURES = {
    *(".jp2", ".j2k", ".jxl", ".jxr", ".psd", ".xcf", ".kra", ".svg", ".svgz", ".eps", ".ai", ".pdf"),
    *(".exr", ".hdr", ".tga", ".ico", ".cur", ".icns", ".dds", ".qoi", ".pcx", ".sgi", ".ras", ".xbm"),
    *(".xpm", ".wmf", ".emf", ".ppm", ".pgm", ".pbm", ".pnm", ".pam", ".pfm", ".fits", ".dcm", ".nii"),
    *(".dng", ".cr2", ".cr3", ".nef", ".arw", ".orf", ".rw2", ".raf", ".pef", ".srw"),
    *(".npy", ".npz", ".mat"),
}
HARDLY, FAR = 1 / 16, 1 / 4  # of what a model takes: less is hardly a picture, and so far beside is too far
HOLES = "pixels without a value: NaN is read as 0, and infinity as black or white"
LONGEST_NAME = 255  # bytes that the usual file systems take


@dataclass
class Found:
    """What lies below a folder, in the order of names.

    pictures: whatever its name or its first bytes say is one; a broken link too, so that it is named.
    others: all other files.
    closed: folders that cannot be opened, and why.
    """

    pictures: list[Path] = field(default_factory=list)
    others: list[Path] = field(default_factory=list)
    closed: list[tuple[Path, str]] = field(default_factory=list)


def find_pictures(root: Path, apart: Path | None = None) -> Found:
    """Look through a folder and all below it, but not into ``apart``, where that lies in it."""
    found = Found()

    def closed(error: OSError) -> None:
        found.closed.append((Path(error.filename), str(error.strerror)))

    for folder, names in walk(root, closed, apart):
        for name in names:
            path = folder / name
            (found.pictures if is_picture(path) else found.others).append(path)
    return found


def walk(
    root: Path, closed: Callable[[OSError], object], apart: Path | None = None
) -> Iterator[tuple[Path, list[str]]]:
    """(folder, names of its files) for a folder and all below it, without what is a system's own.

    Linked folders are followed, each real folder once, so that a link to above ends.

    Args:
        closed: called with what keeps a folder from being opened.
        apart: a folder that is not gone into.
    """
    seen = set() if apart is None else {os.path.realpath(apart)}
    for place, below, names in os.walk(root, onerror=closed, followlinks=True):
        below[:] = sorted(name for name in below if not _is_systems(name))
        real = os.path.realpath(place)
        if real in seen:
            below.clear()
            continue
        seen.add(real)
        yield Path(place), sorted(name for name in names if not _is_systems(name))


def _is_systems(name: str) -> bool:
    return name.startswith((".", "__MACOSX")) or name.lower() in SYSTEM_NAMES


def is_picture(path: Path) -> bool:
    """Whether a file's name ends like a picture's, or else whether it begins like one."""
    if path.suffix.lower() in READ_SUFFIXES:
        return True
    try:
        if not path.is_file():  # opening a named pipe would wait for ever
            return False
        with path.open("rb") as file:
            return looks_like_picture(file.read(HEAD))
    except OSError:
        return False


def result_paths(pictures: Sequence[Path], root: Path, target: Path) -> Iterator[Path]:
    """Where the result of each picture below ``root`` goes: to the same place below ``target``, as a PNG.

    It is called as the picture is, with its ending where another picture differs only by that, and with a
    number or shorter where that is taken or too long.
    """
    stems = Counter((path.parent, _stem(path)) for path in pictures)
    folders = {path.parent: path.parent.relative_to(root) for path in pictures}
    taken = {above for folder in folders.values() for above in (folder, *folder.parents)}
    for path in pictures:
        alone = stems[path.parent, _stem(path)] == 1 or len(os.fsencode(path.name)) + 4 > LONGEST_NAME
        stem = _stem(path) if alone else path.name
        endings = chain([".png"], (f"-{number}.png" for number in count(2)))
        places = (folders[path.parent] / _fitting(stem, ending) for ending in endings)
        place = next(place for place in places if place not in taken)
        taken.add(place)
        yield target / place


def _stem(path: Path) -> str:
    """A picture's name without a picture's ending: in 2024.05.17 there is none."""
    return path.stem if path.suffix.lower() in READ_SUFFIXES else path.name


def _fitting(stem: str, ending: str) -> str:
    """A file's name, its stem cut to what file systems take."""
    room = LONGEST_NAME - len(ending)
    while len(os.fsencode(stem)) > room:
        stem = stem[:-1]
    return stem + ending


class LeftOut:
    """What is not used of the pictures in files, gathered to be told in a few sentences.

    Safe to add to from several threads.
    """

    def __init__(self, span: Span | None = None) -> None:
        """``span``: the values of deep files that become black and white, as a model says it."""
        self._span = span
        self._several: list[str] = []
        self._bands: dict[int, list[str]] = defaultdict(list)  # by how many are used
        self._deep: list[tuple[str, Deep]] = []

    def add(self, name: str, stored: StoredAs, deep: Deep | None = None) -> None:
        """Take note of a file, and of its values where it is to be told that they do not fit the model."""
        if stored.several:
            self._several.append(name)
        if stored.left_out:
            self._bands[stored.used].append(name)
        if deep is not None:
            self._deep.append((name, deep))

    def sentences(self) -> Iterator[str]:
        """One for each kind of thing that is left out."""
        if self._several:
            files = listed(sorted(self._several))
            yield f"Only the first picture is used of {files}, the others are left out."
        for used, names in self._bands.items():
            files = listed(sorted(names))
            yield f"Only the first {used} bands are used of {files}, as colours, the others are left out."
        if self._deep:
            names, together = sorted(name for name, _ in self._deep), joined(deep for _, deep in self._deep)
            if misfit := misfit_of(listed(names), together, self._span):
                yield misfit
            if holed := sorted(name for name, deep in self._deep if deep.holes):
                yield f"{listed(holed)} {'has' if len(holed) == 1 else 'have'} {HOLES}."


def misfit_of(files: str, deep: Deep | None, span: Span | None) -> str | None:
    """One sentence where the values of deep files are far from those that a model was trained with.

    Nothing is said of files that all hold one and the same value, nor of small numbers where the model took
    such, as of labels.

    Args:
        files: what they are called.
        deep: what they hold together.
        span: the model's; None where it has none.
    """
    if deep is None or deep.low == deep.high:
        return None
    black, white = span or own_span(deep)
    width, ids = white - black, white <= 255 and not deep.floats
    if not ids and min(deep.high, white) - max(deep.low, black) < width * HARDLY:
        what = "little more than one grey is left of them"
    elif max(black - deep.low, deep.high - white) > width * FAR:
        what = "what lies outside becomes one of these"
    else:
        return None
    why = "as in the model's training" if span else "as the model was trained without such files"
    return (
        f"The values of {files} go from {deep.low:g} to {deep.high:g}, and {black:g} becomes black and"
        f" {white:g} white, {why}: {what}."
    )


def listed(names: Sequence[str], most: int = 3) -> str:
    """a.gif, b.gif, c.gif and 7 more files"""
    if len(names) <= most:
        return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
    more = len(names) - most
    return f"{', '.join(names[:most])} and {more} more file{'s' if more > 1 else ''}"
