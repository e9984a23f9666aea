"""Data sets of the Hugging Face Hub: image files, a zip or parquet; addresses: :mod:`train.data.hub_names`.

They are downloaded once into the Hub client's own cache and then taken from there, also without a network.
Pictures in parquet tables are unpacked into the cache of :mod:`train.data.archive`.
"""

from __future__ import annotations

import glob
import hashlib
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from huggingface_hub import HfApi, metadata_load, snapshot_download
from huggingface_hub.errors import HFValidationError

from pix2pix.errors import DataError
from pix2pix.images import READ_SUFFIXES
from train.data.archive import MAX_ENTRIES, MAX_TOTAL, cached, unpack
from train.data.folder_names import PARTS, SIDES
from train.data.hub_names import Address, Chosen, choose, parsed

if TYPE_CHECKING:
    import pyarrow

MAX_DOWNLOAD = 50_000_000_000  # bytes
CARD = "README.md"
IMAGES = tuple(f"*{suffix}" for ending in READ_SUFFIXES for suffix in (ending, ending.upper()))
ROWS = 64  # of a table held in memory at once


def fetch_data_set(address: str) -> Path:
    """The folder of a data set's pictures; of several configurations the address names one.

    Raises:
        DataError: no such data set, too large, not reachable, without pictures, or it is not clear which of
            its configurations is meant.
    """
    try:
        folder, chosen = _fetched(parsed(address), address)
    except DataError:
        raise
    except HFValidationError as error:
        raise DataError("hub.bad_data_address", address=address) from error
    except Exception as error:  # the Hub's client lets its transport's errors through, and those change
        raise DataError("hub.data_not_fetched", data=address) from error
    if not chosen.files:
        return folder
    if chosen.files[0].endswith(".parquet"):
        tables = [folder / file for file in chosen.files]
        sizes = "\n".join(f"{path.relative_to(folder)} {path.stat().st_size}" for path in tables)
        key = hashlib.sha256(os.fsencode(f"{folder}\n{sizes}")).hexdigest()[:24]
        return cached(f"hub-{key}", lambda to: _unpack_tables(tables, folder, to, address), address)
    if chosen.files[0].endswith(".zip"):
        return unpack(folder / chosen.files[0])
    return folder / chosen.root


def _fetched(place: Address, address: str) -> tuple[Path, Chosen]:
    """(the data set's folder here, what in it holds the data)."""
    chosen = None
    patterns = ["*.parquet", "*.zip", *IMAGES]
    if (there := _listing(place)) is not None:
        sizes, configurations = there
        chosen = choose(list(sizes), configurations, place)
        if (total := sum(sizes[file] for file in chosen.files)) > MAX_DOWNLOAD:
            raise DataError("hub.data_too_large", data=address, gb=total / 1e9, most=MAX_DOWNLOAD / 1e9)
        patterns = _patterns_for(chosen)
    folder = Path(
        snapshot_download(
            place.repo, repo_type="dataset", revision=place.revision, allow_patterns=[*patterns, CARD]
        )
    )
    if chosen is None:
        here = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
        chosen = choose(here, _configurations(folder / CARD), place)
    return folder, chosen


def _listing(place: Address) -> tuple[dict[str, int], object] | None:
    """The bytes of each file, and the configurations in the card; None without a network."""
    try:
        info = HfApi().dataset_info(place.repo, revision=place.revision, files_metadata=True)
    except HFValidationError:
        raise
    except Exception:  # what was downloaded before is taken
        return None
    card = info.card_data
    sizes = {file.rfilename: file.size or 0 for file in info.siblings or []}
    return sizes, card.get("configs") if card is not None else None


def _configurations(card: Path) -> object:
    """As the card of a downloaded data set tells them."""
    try:
        return (metadata_load(card) or {}).get("configs")
    except Exception:  # no card, or one that is not as the Hub's are
        return None


def _patterns_for(chosen: Chosen) -> list[str]:
    """What the Hub's client is to fetch: few tables or a zip, but perhaps many pictures."""
    if chosen.files and chosen.files[0].endswith((".parquet", ".zip")):
        return [glob.escape(file) for file in chosen.files]
    return [f"{glob.escape(chosen.root)}/{pattern}" if chosen.root else pattern for pattern in IMAGES]


def _unpack_tables(tables: Sequence[Path], folder: Path, to: Path, address: str) -> None:
    """Write ``part/A/column/row.png`` and ``part/B/column/row.png``, or ``part/column/row.png``."""
    try:
        import pyarrow.parquet as parquet
    except ImportError as error:
        raise DataError("hub.no_pyarrow", data=address) from error
    rows = total = 0
    try:
        for table in tables:
            with parquet.ParquetFile(table) as file:
                columns = image_columns(file.schema_arrow, address)
                part = _part(table.relative_to(folder))
                places = [to / part / side / re.sub(r"\W", "_", name) for name, side in columns.items()]
                for place in places:
                    place.mkdir(parents=True, exist_ok=True)
                for pictures in _rows(file, list(columns)):
                    for place, data in zip(places, pictures, strict=True):
                        suffix = ".jpg" if data.startswith(b"\xff\xd8") else ".png"
                        (place / f"{rows:07d}{suffix}").write_bytes(data)
                        total += len(data)
                    rows += 1
                    if rows > MAX_ENTRIES or total > MAX_TOTAL:
                        raise DataError("hub.too_many_pictures", data=address)
    except (OSError, DataError):
        raise
    except Exception as error:  # damaged files make pyarrow raise many types
        raise DataError("hub.tables_damaged", data=address) from error


def _rows(file: Any, columns: list[str]) -> Iterator[list[bytes]]:
    """The bytes of each row's pictures; a missing picture is empty, and is named when pictures are read."""
    for batch in file.iter_batches(batch_size=ROWS, columns=columns):
        for row in zip(*(batch.column(name).to_pylist() for name in columns), strict=True):
            yield [(value.get("bytes") if isinstance(value, dict) else value) or b"" for value in row]


def _part(path: Path) -> str:
    """train, val, test or "", from a table's path such as data/train-00000-of-00001.parquet."""
    words = re.split(r"[^a-z]+", path.as_posix().lower())
    return next((PARTS[word] for word in reversed(words) if word in PARTS), "")


def image_columns(schema: pyarrow.Schema, address: str) -> dict[str, str]:
    """The columns that hold pictures, and the side of each: "A" and "B", or "" where there is one.

    Sides are told by the names that folders may have (input and target, conditioning_image and image, …), or
    else by the order of two columns.

    Raises:
        DataError: there is none, or it is not clear which two are the pair.
    """
    from pyarrow import types

    names = [
        field.name
        for field in schema
        if types.is_binary(field.type)
        or types.is_large_binary(field.type)
        or (types.is_struct(field.type) and field.type.get_field_index("bytes") >= 0)
    ]
    if len(names) == 1:
        return {names[0]: ""}
    for sides in SIDES:
        found = [[name for name in names if _word(name) in words] for words in sides]
        if len(found[0]) == len(found[1]) == 1:
            return {found[0][0]: "A", found[1][0]: "B"}
    if len(names) == 2:
        return {names[0]: "A", names[1]: "B"}
    raise DataError("hub.unclear_columns" if names else "hub.no_columns", data=address, columns=names)


def _word(column: str) -> str:
    """input_image -> input, image -> image."""
    return re.sub(r"_?(images?|img)_?", "", column.lower()) or "image"
