"""Folders beside each other with the same file names: pairs, whatever the folders are called.

So are frames of several scenes, and photos of several things, that are merely numbered: what their pictures
look like tells them apart.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

from pix2pix.errors import DataError
from train.config import MADE, InputChoice
from train.data.folder_names import usual_side, without_part
from train.data.looks import SAMPLE, is_side_by_side, kind_of, open_or_none

FEWEST = 2  # names that folders must share
MOST_FOLDERS = 8  # with the same file names; more are scenes
DRAWN = ("edges", "labels")


def folders_alike(
    pictures: Sequence[tuple[Path, tuple[str, ...]]], data: str, input: InputChoice
) -> tuple[str, str] | None:
    """Two folders beside each other, A first, whose files share their names; None where there are none.

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
    kinds = {name: _kind(pictures, name) for group in groups for name in group}
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


def _kind(pictures: Sequence[tuple[Path, tuple[str, ...]]], folder: str) -> str:
    return usual_kind(
        [path for path, folders in pictures if any(without_part(name)[1] == folder for name in folders)]
    )


def usual_kind(own: Sequence[Path]) -> str:
    """What most pictures are: edges, labels, photo, or pairs; "" where none can be read."""
    looked = [image for image in map(open_or_none, own[:: max(len(own) // SAMPLE, 1)][:SAMPLE]) if image]
    kinds = Counter("pairs" if is_side_by_side(image) else kind_of(image) for image in looked)
    return kinds.most_common(1)[0][0] if kinds else ""


def _rank(name: str, kind: str) -> tuple[int, bool, str]:
    usual = usual_side(name)
    return 1 if usual is None else 2 * usual, kind not in DRAWN, name
