"""How good a model is on drawings by people: filled shapes, white ground, obeyed dabs, varied colours.

    python -m benchmarks.drawings.sketches MODEL FOLDER [FOLDER ...] [--photos PAIRS] [--seed 0]
                                  [--sheet SHEET.png] [--json]

:mod:`benchmarks.drawings.measures` has the formulas. The bars marked with a plus are this script's own.
Photos of shoes and handbags, measured in the same way on their own edges, have a spread of hue of 0.2 and
0.4; 17 and 43 % of them are vivid; their peaks are below 0.5 dB along rows and columns and below 3 dB in the
grid.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from PIL import Image, ImageDraw

from benchmarks.drawings.measures import (
    FREQUENCIES,
    HUES,
    TONES,
    Model,
    Numbers,
    dab_colour,
    dabbed,
    evenly,
    has_several_colours,
    measure,
    place_dab,
)
from benchmarks.drawings.silhouette import SIDE, Drawing, load_drawings, read_drawing
from benchmarks.pictures.sets import held_out
from pix2pix.errors import Pix2PixError
from pix2pix.images import letterbox
from pix2pix.saving import save_image
from pix2pix.translator import Translator


class Bar(NamedTuple):
    """sign is "≥" or "≤"; own: not of the project's specification."""

    sign: str
    limit: float
    own: bool = False

    def met(self, number: float) -> bool:
        return number >= self.limit if self.sign == "≥" else number <= self.limit


class Row(NamedTuple):
    """A line of the table; unit "%" is for numbers in 0 to 1, "count" for whole ones."""

    key: str
    label: str
    unit: str = ""
    bar: Bar | None = None


ROWS = (
    Row("drawings", "drawings", "count"),
    Row("unmeasured", "drawings that enclose nothing", "count"),
    Row("fill_median", "fill: median share", "%"),
    Row("well_filled", "fill: drawings with 95 % or more", "%", Bar("≥", 0.90)),
    Row("surely_filled", "fill: the same, darker than 230", "%"),
    Row("ground", "ground: share not white", "%", Bar("≤", 0.03)),
    Row("dab", "dabs: obeyed", "ΔE", Bar("≤", 12)),
    *(Row(f"dab_{hue}", f"dabs: hue {hue}", "ΔE") for hue in HUES),
    *(Row(f"dab_{tone}", f"dabs: {tone}", "ΔE") for tone in TONES),
    Row("dab_within", "dabs: obeyed within 15", "%"),
    Row("others_change", "dabs: others' change", "ΔE"),
    Row("chroma", "over drawings: chroma", "C*"),
    Row("vivid", "over drawings: vivid", "%", Bar("≥", 0.25, own=True)),
    Row("hue_spread", "over drawings: spread of hue", "", Bar("≥", 0.30, own=True)),
    Row("hue_entropy", "over drawings: entropy of hue", "bits"),
    Row("seeds_chroma", "over seeds: chroma", "C*"),
    Row("seeds_vivid", "over seeds: vivid", "%"),
    Row("seeds_hue_spread", "over seeds: spread of hue", ""),
    Row("seeds_hue_entropy", "over seeds: entropy of hue", "bits"),
    Row("seeds_change", "over seeds: change of colour", "ΔE"),
    Row("seeds_several", "over seeds: several colours", "%", Bar("≥", 0.60)),
    Row("photos_several", "photos: several colours", "%"),
    *(
        Row(f"checker_{way}_{period}", f"checkerboard: {period}, along {way}", "dB", Bar("≤", 3, own=True))
        for period in FREQUENCIES
        for way in ("rows", "columns")
    ),
    *(
        Row(f"checker_grid_{period}", f"checkerboard: {period}, grid", "dB", Bar("≤", 5, own=True))
        for period in FREQUENCIES
    ),
)


CELL, GAP = 192, 4
ROWS_A_PAGE = 7
SHEET_HUES, SHEET_SEEDS = (0, 225), (1, 2)
GROUND_TINT, INSIDE_TINT, PART_TINT = (222, 234, 246), (255, 196, 160), (236, 128, 64)


def overlay(drawing: Drawing) -> Image.Image:
    """Ground blue, inside light orange, the part that is dabbed dark orange, what is not measured white."""
    picture = np.full((SIDE, SIDE, 3), 255, dtype=np.uint8)
    masks = (drawing.outside, drawing.inside, drawing.parts[0], drawing.lines)
    for mask, colour in zip(masks, (GROUND_TINT, INSIDE_TINT, PART_TINT, (0, 0, 0)), strict=True):
        picture[mask] = colour
    return Image.fromarray(picture)


def sheet_row(model: Model, drawing: Drawing, seed: int) -> list[Image.Image]:
    """Drawing, overlay, output, outputs with two dabs (a swatch says which), outputs of two other seeds."""
    dab = place_dab(drawing)
    row = [drawing.image, overlay(drawing), model.translate(drawing.image, seed=seed)]
    for hue in SHEET_HUES:
        answer = model.translate(dabbed(drawing, dab, dab_colour(hue)), seed=seed).convert("RGB")
        ImageDraw.Draw(answer).rectangle((4, 4, 28, 28), fill=dab_colour(hue), outline="black")
        row.append(answer)
    return row + [model.translate(drawing.image, seed=seed + n) for n in SHEET_SEEDS]


def save_sheet(
    model: Model, drawings: Sequence[Drawing], seed: int, path: Path, pages: int = 2
) -> list[Path]:
    """Write pages of seven drawings, evenly chosen: SHEET.png, SHEET-2.png, …"""
    drawings = evenly([drawing for drawing in drawings if drawing.parts], pages * ROWS_A_PAGE)
    paths = []
    for start in range(0, len(drawings), ROWS_A_PAGE):
        rows = [sheet_row(model, drawing, seed) for drawing in drawings[start : start + ROWS_A_PAGE]]
        page = Image.new("RGB", (len(rows[0]) * (CELL + GAP), len(rows) * (CELL + GAP)), (120, 120, 120))
        for y, row in enumerate(rows):
            for x, picture in enumerate(row):
                small = picture.convert("RGB").resize((CELL, CELL), Image.Resampling.LANCZOS)
                page.paste(small, (x * (CELL + GAP), y * (CELL + GAP)))
        number = start // ROWS_A_PAGE
        paths.append(path.with_stem(f"{path.stem}-{number + 1}") if number else path)
        save_image(page, paths[-1])
    return paths


def measure_photos(data: Path) -> Numbers:
    """The share of held-out photos that have several colours inside of their own edges' outline.

    Raises:
        DataError: the data set has no held-out pairs, or cannot be read.
    """
    pairs, several = held_out(data), []
    for pair in pairs:
        edges, photo = pair.load("AtoB")
        inside = read_drawing(edges).inside
        square = letterbox(photo.convert("RGB"), SIDE)[0]
        several.append(has_several_colours(np.asarray(square), inside))
    return {"drawings": len(pairs), "photos_several": float(np.mean(several))}


def report(numbers: Numbers) -> dict[str, Any]:
    """Numbers with their bars, for JSON."""
    bars = {}
    for row in ROWS:
        number = numbers.get(row.key)
        if row.bar and number is not None:
            met = row.bar.met(number)
            bars[row.key] = {"sign": row.bar.sign, "limit": row.bar.limit, "own": row.bar.own, "pass": met}
    return {"numbers": numbers, "bars": bars}


def table(results: dict[str, Numbers]) -> list[str]:
    """One line a number, one column a folder; a star is a bar that was missed."""
    names = [Path(folder).name[-11:] for folder in results]
    lines = [f"{'':<34}" + "".join(f"{name:>12}  " for name in names) + "  bar"]
    for row in ROWS:
        cells = ""
        for numbers in results.values():
            number = numbers.get(row.key)
            star = "*" if row.bar and number is not None and not row.bar.met(number) else " "
            cells += f"{_written(number, row):>12}{star} "
        bar = ""
        if row.bar:
            bar = f"  {row.bar.sign} {_written(row.bar.limit, row)}{' +' if row.bar.own else ''}"
        lines.append((f"{row.label:<34}" + cells + bar).rstrip())
    return [*lines, "* misses the bar   + this script's own bar"]


def _written(number: float | None, row: Row) -> str:
    if number is None:
        return "-"
    if row.unit == "%":
        return f"{100 * number:.1f} %"
    return f"{number:.0f}" if row.unit == "count" else f"{number:.2f} {row.unit}".rstrip()


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 1 after an error in one sentence."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("model", metavar="MODEL", help="a bundled name, a folder or hf://owner/name")
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER", help="folders of drawings")
    parser.add_argument(
        "--photos", type=Path, metavar="PAIRS", help="a data set: measure its held-out photos"
    )
    parser.add_argument("--seed", type=int, default=0, help="of the noise (default 0)")
    parser.add_argument("--sheet", type=Path, help="also save sheets of pictures to look at")
    parser.add_argument("--json", action="store_true", help="print the numbers as JSON")
    options = parser.parse_args(arguments)
    try:
        sets = {str(folder): load_drawings(folder) for folder in options.folders}
        model = Translator.load(options.model)
        if options.sheet:  # first, because a place that cannot be written to should not cost minutes
            everything = [drawing for drawings in sets.values() for drawing in drawings]
            save_sheet(model, everything, options.seed, options.sheet)
        results = {folder: measure(model, drawings, options.seed) for folder, drawings in sets.items()}
        if options.photos:
            results[str(options.photos)] = measure_photos(options.photos)
    except Pix2PixError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    if options.json:
        folders = {folder: report(numbers) for folder, numbers in results.items()}
        print(json.dumps({"model": options.model, "seed": options.seed, "folders": folders}, indent=2))
    else:
        print(f"{options.model}, seed {options.seed}", *table(results), sep="\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
