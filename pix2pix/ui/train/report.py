"""What a training is given: which files or data set, and the report on them that the page shows."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import gradio as gr

from pix2pix.checkpoint import Direction
from pix2pix.errors import DataError
from pix2pix.images import open_image
from pix2pix.inputs import InputChoice
from pix2pix.messages import Message
from pix2pix.saving import encode_data_url
from pix2pix.ui.train.uploads import Data
from train.report.process import check_apart

FILES_SHOWN = 30  # of a finding; a report of thousands of names is no report
FOUND = 50  # findings


def uploaded(sent: Any) -> list[list[str]]:
    """The paths of both sets of uploaded files, as the page sends them.

    Raises:
        DataError: it is something else, or a path leads elsewhere: it may come from anybody.
    """
    sets = sent if isinstance(sent, list) else [[], []] if sent is None else [sent]
    if len(sets) != 2 or not all(isinstance(paths, list) for paths in sets):
        raise DataError("page.not_uploaded")
    folder = os.path.realpath(gr.utils.get_upload_folder()) + os.sep
    for path in (path for paths in sets for path in paths):
        try:
            inside = isinstance(path, str) and os.path.realpath(path).startswith(folder)
        except ValueError:  # no name of a file at all
            inside = False
        if not inside:
            raise DataError("page.not_uploaded")
    return sets


def named_data(address: str, space: str = "") -> Data | None:
    """Data that is not uploaded: a data set of the Hub, or a folder or zip on this machine.

    Args:
        space: the Space that the app runs on, where its own files are nobody's business.

    Raises:
        DataError: a path, on a Space.
    """
    address = address.strip()
    if not address:
        return None
    if address.startswith("hf:"):
        return Data((address,))
    if space:
        raise DataError("page.only_hub_data")
    return Data((os.path.abspath(os.path.expanduser(address)),))


def reports(
    given: Data, direction: Direction, made: str = "", *, settle: bool = True, niceness: int = 5
) -> Iterator[int | dict[str, Any]]:
    """How many pairs were looked at, again and again, and at last the report as the page shows it.

    Args:
        made: what is made of single photos; "" where the data has not been found to be such.
        settle: whether to take the other direction, or edges of single photos, where the data asks for it.

    Raises:
        Pix2PixError: nothing can be said.
    """
    with tempfile.TemporaryDirectory() as folder:
        sheet = Path(folder) / "pairs.jpg"
        input = cast(InputChoice, made or "auto")
        last: dict[str, Any] = {}
        for seen in check_apart(given.names, sheet, input=input, direction=direction, niceness=niceness):
            if isinstance(seen, int):
                yield seen
            else:
                last = seen
        kinds = {finding["kind"] for finding in last["findings"]}
        if settle and "single_photos" in kinds:
            yield from reports(given, "AtoB", "edges", settle=False, niceness=niceness)
        elif settle and "direction" in kinds:
            other: Direction = "BtoA" if direction == "AtoB" else "AtoB"
            yield from reports(given, other, made, settle=False, niceness=niceness)
        else:
            yield for_page(last, given, direction, made, sheet)


def for_page(report: dict[str, Any], given: Data, direction: str, made: str, sheet: Path) -> dict[str, Any]:
    """A report as the page's script takes it: not too long, and without our paths."""
    picture = encode_data_url(open_image(sheet), "JPEG", 88) if sheet.is_file() else None
    return {
        **{key: report[key] for key in ("train", "val", "test", "input", "trainable")},
        "state": "done",
        "direction": direction,
        "single": bool(made),
        "sheet": picture,
        "findings": [
            {
                "kind": finding["kind"],
                "severity": finding["severity"],
                "message": given.readable(Message(finding["message"])),
                "count": len(finding["files"]),
                "files": [given.readable(Message(name)) for name in finding["files"][:FILES_SHOWN]],
            }
            for finding in report["findings"][:FOUND]
        ],
    }
