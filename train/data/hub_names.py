"""What of a data set of the Hub is meant: its address, and the configurations that it may have.

``hf://datasets/owner/name[@revision][/configuration]``; in place of a configuration stands, as in the Hub's
own addresses, a folder or a file as well.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import Any

from pix2pix.errors import DataError
from pix2pix.images import READ_SUFFIXES
from train.data.folder_names import PARTS

DATASETS = "hf://datasets/"
DEFAULT = "default"  # as the Hub calls a configuration that nobody gave a name
SHOWN = 12  # configurations that a sentence names
# An owner and a name (of few old data sets only a name), a revision, and what lies in it.
_ADDRESS = re.compile(r"([^/@]+(?:/[^/@]+)?)(?:@(refs/(?:convert|pr)/[^/]+|[^/]+))?(?:/(.+?))?/*")


@dataclass(frozen=True)
class Address:
    """An address that was understood.

    part: of the data set: a configuration, a folder or a file; empty for all of it.
    """

    repo: str
    revision: str | None
    part: str

    def __str__(self) -> str:
        revision = f"@{self.revision}" if self.revision else ""
        return f"{DATASETS}{self.repo}{revision}" + (f"/{self.part}" if self.part else "")


def parsed(address: str) -> Address:
    """The parts of an address; a DataError where it is none."""
    found = _ADDRESS.fullmatch(address.removeprefix(DATASETS)) if address.startswith(DATASETS) else None
    if not found:
        raise DataError("hub.bad_data_address", address=address)
    return Address(found[1], found[2], found[3] or "")


@dataclass(frozen=True)
class Chosen:
    """The files that hold the data, tables or one zip or pictures, and the folder around them; "" for all."""

    files: tuple[str, ...]
    root: str = ""


def choose(files: Sequence[str], declared: object, address: Address) -> Chosen:
    """Find what an address means.

    Args:
        files: all paths in the data set.
        declared: what its card says of configurations, anything at all.

    Raises:
        DataError: there are several configurations or zips, or none of that name; names them.
    """
    named = _declared(files, declared)
    if address.part in named:
        return _declared_part(named[address.part], files, address)
    chosen, root = _of_one_kind(files), ""
    groups = _by_folder([file for file in files if file.endswith(".parquet")])
    if address.part:
        below = [file for file in files if f"{file}/".startswith(f"{address.part}/")]
        chosen = _of_one_kind(groups.get(address.part, below))
        root = os.path.dirname(address.part) if address.part in chosen else address.part
    if address.part and not chosen:
        raise DataError(
            "hub.no_such_part",
            data=address.repo,
            part=address.part,
            parts=_listed(named or groups or dict.fromkeys(PurePosixPath(file).parts[0] for file in files)),
        )
    held = set(chosen)
    parts = {name: own for name, own in named.items() if held & set(own)}
    if len(parts) < 2:
        parts = _by_folder([file for file in chosen if file.endswith(".parquet")])
    if len(parts) > 1:
        raise DataError(
            "hub.several_configurations",
            data=address,
            parts=_listed(parts),
            example=Address(address.repo, address.revision, next(iter(parts))),
        )
    _refuse_several_zips(chosen, address)
    return Chosen(tuple(chosen), root)


def _declared_part(own: Sequence[str], files: Sequence[str], address: Address) -> Chosen:
    chosen = _of_one_kind(own)
    _refuse_several_zips(chosen, address)
    root = os.path.commonpath([os.path.dirname(file) for file in chosen]) if chosen else ""
    pictures = [file for file in _of_one_kind(files) if f"/{file}".startswith(f"/{root}/".replace("//", "/"))]
    if chosen and chosen[0].lower().endswith(READ_SUFFIXES) and set(pictures) - set(chosen):
        raise DataError("hub.shared_folder", data=address)
    return Chosen(tuple(chosen), root)


def _refuse_several_zips(chosen: Sequence[str], address: Address) -> None:
    if len(chosen) > 1 and chosen[0].endswith(".zip"):
        raise DataError(
            "hub.several_zips",
            data=address,
            parts=_listed(chosen),
            example=Address(address.repo, address.revision, chosen[0]),
        )


def _of_one_kind(files: Sequence[str]) -> list[str]:
    """Tables before a zip, and a zip before loose pictures, because those may be the card's."""
    for endings in ((".parquet",), (".zip",), READ_SUFFIXES):
        if found := sorted(file for file in files if PurePosixPath(file).suffix.lower() in endings):
            return found
    return []


def _declared(files: Sequence[str], declared: object) -> dict[str, list[str]]:
    """The files of each configuration of the card; one alone is as good as none."""
    found = {}
    for one in declared if isinstance(declared, list) else []:
        if isinstance(one, Mapping) and isinstance(name := one.get("config_name"), str):
            patterns = _patterns(one)
            if matching := [file for file in files if any(fnmatchcase(file, p) for p in patterns)]:
                found[name] = matching
    return found if len(found) > 1 else {}


def _patterns(configuration: Mapping[str, Any]) -> list[str]:
    """Of files, as cards write them: ``data_files`` is a pattern, several, or some for each split."""
    if isinstance(folder := configuration.get("data_dir"), str):
        return [f"{folder.strip('/')}/*"]
    patterns, waiting = [], [configuration.get("data_files")]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            patterns.append(value.removeprefix("./"))
        elif isinstance(value, list):
            waiting += value
        elif isinstance(value, Mapping):
            waiting += [value["path"]] if "path" in value else list(value.values())
    return [pattern.replace("**/", "*") for pattern in patterns]  # here a star goes through folders


def _by_folder(tables: Sequence[str]) -> dict[str, list[str]]:
    """Tables by the folder that they lie in; train, validation and test are no folders of their own."""
    groups: dict[str, list[str]] = defaultdict(list)
    for table in tables:
        folders = PurePosixPath(table).parent.parts
        groups["/".join(name for name in folders if name.lower() not in PARTS) or DEFAULT].append(table)
    return dict(groups)


def _listed(names: Sequence[str] | Mapping[str, object]) -> str:
    shown = list(names)[:SHOWN]
    return ", ".join(shown) + (", …" if len(names) > SHOWN else "")
