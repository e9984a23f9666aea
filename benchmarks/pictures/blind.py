"""Two models side by side, unlabelled, so that a person can say which pictures look more like photos.

    python -m benchmarks.pictures.blind sheet OLD NEW INPUTS [INPUTS ...] --out FOLDER [--count 40]
    python -m benchmarks.pictures.blind count FOLDER LRLLR...

INPUTS are folders of pictures, or data sets of pairs, whose held-out inputs are taken; as many from each. A
row of a sheet has the input and both answers in random order, of the same seed. One letter a row says which
one is preferred, the left or the right (or "=" for neither); FOLDER/key.json knows which model that is.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from benchmarks.pictures.sets import evenly, files_in, held_out
from benchmarks.trials.trials import run_benchmark
from pix2pix.checkpoint import Direction
from pix2pix.errors import DataError
from pix2pix.files import write_json
from pix2pix.images import open_image
from pix2pix.saving import save_image
from pix2pix.translator import Translator

SIDE, ROWS = 256, 8  # pixels of a picture, rows of a sheet
KEY = "key.json"


def inputs(place: Path, count: int, direction: Direction) -> list[Image.Image]:
    """Pictures of a folder, or held-out inputs of a data set, evenly chosen.

    Raises:
        DataError: it has neither.
        ImageError: a picture cannot be read.
    """
    if files := files_in(place):
        return [open_image(file) for file in evenly(files, count)]
    return [pair.load(direction)[0] for pair in evenly(held_out(place, direction), count)]


def write_sheets(old: Translator, new: Translator, images: Sequence[Image.Image], out: Path) -> list[Path]:
    """Write the sheets and the key."""
    rng, right, sheets = np.random.default_rng(len(images)), [], []
    out.mkdir(parents=True, exist_ok=True)
    for first in range(0, len(images), ROWS):
        rows = images[first : first + ROWS]
        sheet = Image.new("RGB", (3 * SIDE, SIDE * len(rows)), "white")
        for row, image in enumerate(rows):
            seed, new_is_right = first + row, bool(rng.integers(2))
            answers = [model.translate(image, seed=seed) for model in (old, new)]
            shown = [image, *(answers if new_is_right else answers[::-1])]
            for column, picture in enumerate(shown):
                fitted = picture.convert("RGB").resize((SIDE, SIDE), Image.Resampling.LANCZOS)
                sheet.paste(fitted, (SIDE * column, SIDE * row))
            ImageDraw.Draw(sheet).text((4, SIDE * row + 4), str(seed + 1), fill="red")
            right.append(new_is_right)
        sheets.append(out / f"sheet{first // ROWS + 1}.png")
        save_image(sheet, sheets[-1])
    write_json(out / KEY, {"old": old.config.name, "new": new.config.name, "new_is_right": right})
    return sheets


def count(folder: Path, answers: str) -> str:
    """What the answers, one letter a row, say of the new model.

    Raises:
        DataError: no key is there, or the answers are not one of L, R and = a row.
    """
    try:
        right = json.loads((folder / KEY).read_text(encoding="utf-8"))["new_is_right"]
    except (OSError, ValueError, KeyError) as error:
        raise DataError(f"There is no {KEY} in {folder}: write the sheets first.") from error
    if len(answers) != len(right) or set(answers) - set("LR="):
        raise DataError(f"Give {len(right)} letters, one a row: L, R, or = for neither.")
    new = sum(answer == ("R" if is_right else "L") for answer, is_right in zip(answers, right, strict=True))
    neither = answers.count("=")
    return f"new preferred in {new} of {len(right)} ({new / len(right):.0%}), neither in {neither}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write sheets, or count; 1 after an error in one sentence."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    commands = parser.add_subparsers(required=True)
    sheet = commands.add_parser("sheet", help="write the sheets")
    sheet.set_defaults(work=_sheet)
    for name in ("old", "new"):
        sheet.add_argument(name, help="a model's name or folder")
    sheet.add_argument("inputs", nargs="+", type=Path, help="folders of pictures, or data sets of pairs")
    sheet.add_argument("--out", type=Path, required=True, help="folder of the sheets")
    sheet.add_argument("--count", type=int, default=40, help="rows in all (default 40)")
    sheet.add_argument("--direction", choices=("AtoB", "BtoA"), default="AtoB", help="of data sets")
    counting = commands.add_parser("count", help="count the answers")
    counting.set_defaults(work=lambda given: print(count(given.folder, given.answers)))
    counting.add_argument("folder", type=Path)
    counting.add_argument("answers", help="one letter a row: L, R or =")
    options = parser.parse_args(arguments)
    return run_benchmark(options.work, options)


def _sheet(options: argparse.Namespace) -> None:
    each = -(-options.count // len(options.inputs))
    images = [image for place in options.inputs for image in inputs(place, each, options.direction)]
    old, new = (Translator.load(name) for name in (options.old, options.new))
    print("\n".join(map(str, write_sheets(old, new, images, options.out))))


if __name__ == "__main__":
    raise SystemExit(main())
