"""How good a model is on drawings by people: filled shapes, white ground, obeyed dabs, several colours.

    python -m benchmarks.drawings.sketches MODEL FOLDER [FOLDER ...] [--photos PAIRS] [--seed 0]

:mod:`benchmarks.drawings.measures` has the formulas; a star is a bar that was missed.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks.drawings.measures import HUES, TONES, Numbers, has_several_colours, measure
from benchmarks.drawings.silhouette import SIDE, load_drawings, read_drawing
from benchmarks.pictures.sets import held_out
from benchmarks.trials.trials import run_benchmark
from pix2pix.images import letterbox
from pix2pix.translator import Translator


class Bar(NamedTuple):
    """A limit, and whether it is the least or the most: "≥" or "≤"."""

    sign: str
    limit: float

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
    Row("ground", "ground: share not white", "%", Bar("≤", 0.03)),
    Row("dab", "dabs: obeyed", "ΔE", Bar("≤", 12)),
    *(Row(f"dab_{hue}", f"dabs: hue {hue}", "ΔE") for hue in HUES),
    *(Row(f"dab_{tone}", f"dabs: {tone}", "ΔE") for tone in TONES),
    Row("dab_within", "dabs: obeyed within 15", "%"),
    Row("others_change", "dabs: others' change", "ΔE"),
    Row("seeds_several", "over seeds: several colours", "%", Bar("≥", 0.60)),
    Row("photos_several", "photos: several colours", "%"),
)


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
            bar = f"  {row.bar.sign} {_written(row.bar.limit, row)}"
        lines.append((f"{row.label:<34}" + cells + bar).rstrip())
    return [*lines, "* misses the bar"]


def _written(number: float | None, row: Row) -> str:
    if number is None:
        return "-"
    if row.unit == "%":
        return f"{100 * number:.1f} %"
    return f"{number:.0f}" if row.unit == "count" else f"{number:.2f} {row.unit}".rstrip()


def compare(options: argparse.Namespace) -> None:
    """Measure and print the table."""
    sets = {str(folder): load_drawings(folder) for folder in options.folders}
    model = Translator.load(options.model)
    results = {folder: measure(model, drawings, options.seed) for folder, drawings in sets.items()}
    if options.photos:
        results[str(options.photos)] = measure_photos(options.photos)
    print(f"{options.model}, seed {options.seed}", *table(results), sep="\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 1 after an error in one sentence."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("model", metavar="MODEL", help="a bundled name, a folder or hf://owner/name")
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER", help="folders of drawings")
    parser.add_argument("--photos", type=Path, metavar="PAIRS", help="a data set: its held-out photos")
    parser.add_argument("--seed", type=int, default=0, help="of the noise (default 0)")
    return run_benchmark(compare, parser.parse_args(arguments))


if __name__ == "__main__":
    raise SystemExit(main())
