"""Which files of a data set were decoded before and found good, so that a start need not decode all again.

A file is known by its path, its size and when it was changed. What is damaged is never kept: it is looked at
anew, and named anew, each time.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pix2pix.files import cache_folder, forget_old, write_text
from pix2pix.images import Deep, StoredAs, deep_values

if TYPE_CHECKING:
    from train.data.datasets import Pair

VERSION = 3  # of what is kept, and of what makes a file good
KEPT = 30 * 86400  # seconds after its last use


class Looked:
    """What is known of one data set's files; safe to ask from several threads.

    A cache that cannot be read or written is as good as an empty one.
    """

    def __init__(self, data_set: str | Path):
        """Read what earlier looks at ``data_set`` left, a name as a person gives it."""
        text = str(data_set)
        place = text if text.startswith("hf:") else os.path.abspath(os.path.expanduser(text))
        name = hashlib.sha256(os.fsencode(f"{VERSION} {place}")).hexdigest()[:24]
        self._path = cache_folder() / "looked" / f"{name}.json"
        self._before: dict[str, Any] = {}
        self._now: dict[str, Any] = {}
        with suppress(OSError, ValueError):
            read = json.loads(self._path.read_text(encoding="utf-8"))
            self._before = read if isinstance(read, dict) else {}

    def known(self, pair: Pair) -> tuple[StoredAs, ...] | None:
        """How the files of a pair are stored, where all were found good and are unchanged since."""
        found = []
        for key, path in _files(pair):
            entry = self._before.get(key)
            try:
                if entry is None or entry[:2] != _state(path):
                    return None
                found.append(StoredAs(tuple(entry[2]), *entry[3:]))
            except (OSError, TypeError, ValueError):  # gone, or not as this program writes it
                return None
            self._now[key] = entry
        return tuple(found)

    def good(self, pair: Pair, stored: Sequence[StoredAs]) -> None:
        """Keep that a pair can be used."""
        with suppress(OSError):
            for (key, path), how in zip(_files(pair), stored, strict=True):
                self._now[key] = [*_state(path), *dataclasses.astuple(how)]

    def deep(self, path: Path) -> Deep | None:
        """:func:`pix2pix.images.deep_values`, which decodes deep files, of one that is new or changed."""
        key = f"deep {os.path.abspath(path)}"
        with suppress(OSError, TypeError, ValueError, IndexError, KeyError):
            entry = self._before[key]
            if entry[:2] == _state(path):
                known = None if entry[2] is None else Deep(*entry[2])
                self._now[key] = entry
                return known
        found = deep_values(path)
        with suppress(OSError):
            self._now[key] = [*_state(path), None if found is None else dataclasses.astuple(found)]
        return found

    def save(self) -> None:
        """Keep what was found now; what is no longer there is forgotten, and so are sets long unused."""
        with suppress(OSError):
            write_text(self._path, json.dumps(self._now))
            forget_old(self._path.parent, KEPT)


def _files(pair: Pair) -> list[tuple[str, Path]]:
    """(what a file is known by, its path): whether it can be cut in two is part of whether it is good."""
    how = "two" if pair.b else "single" if pair.single else "stacked" if pair.stacked else "halves"
    return [(f"{how} {os.path.abspath(path)}", path) for path in (pair.a, pair.b) if path is not None]


def _state(path: Path) -> list[int]:
    status = os.stat(path)
    return [status.st_size, status.st_mtime_ns]
