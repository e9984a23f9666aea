"""Is it night, and still the same photo? Numbers of a model's nights on photos by day.

    python -m benchmarks.night.night MODEL PHOTOS [--nights FOLDER] [--seed 0]

PHOTOS is a folder. Photos are translated at their own size and measured in a copy of at most 384 pixels:
medians of structure, darkness, colour noise and the sky (:mod:`benchmarks.night.measures` says how). With
``--nights``, a folder of real nights, a discriminator is trained afterwards.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Sequence
from pathlib import Path

from PIL import Image
from tqdm import tqdm

from benchmarks.night.measures import judge, measures
from benchmarks.pictures.sets import files_in
from benchmarks.trials.trials import run_benchmark
from pix2pix.errors import DataError
from pix2pix.images import open_image, to_rgb, to_tensor
from pix2pix.translator import Translator

SIDE = 384


def photos_in(folder: Path) -> list[Path]:
    """A folder's pictures by name; a DataError where there are none."""
    if not (files := files_in(folder)):
        raise DataError(f"The folder {folder} has no pictures: name one with photos.")
    return files


def compare(days: Sequence[Image.Image], nights: Sequence[Image.Image]) -> dict[str, float]:
    """Medians over all photos and their nights, each of at most 384 pixels."""
    each = [measures(*((to_tensor(x) + 1) / 2 for x in both)) for both in zip(days, nights, strict=True)]
    names = dict.fromkeys(name for row in each for name in row)
    return {name: statistics.median(row[name] for row in each if name in row) for name in names}


def measure(options: argparse.Namespace) -> None:
    """Print everything that was asked for."""
    translator, files = Translator.load(options.model), photos_in(options.photos)
    days, nights = [], []
    for file in tqdm(files, "photos", disable=None):
        day = open_image(file)
        days.append(small(day))
        nights.append(small(translator.translate(day, seed=options.seed)))
    numbers = compare(days, nights)
    if options.nights:
        real = [small(open_image(file)) for file in photos_in(options.nights)]
        numbers |= judge(real, nights, options.seed) or {}
    print(f"{len(files)} photos", *(f"{name:<14}{n:>8.3f}" for name, n in numbers.items()), sep="\n")


def small(image: Image.Image) -> Image.Image:
    copy = to_rgb(image).copy()
    copy.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    return copy


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure; 1 after an error in one sentence."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("model", metavar="MODEL", help="a bundled name, a folder, or hf://owner/name")
    parser.add_argument("photos", type=Path, metavar="PHOTOS", help="a folder of photos by day")
    parser.add_argument("--nights", type=Path, metavar="FOLDER", help="real nights, for the discriminator")
    parser.add_argument("--seed", type=int, default=0, help="of windows and discriminator (default 0)")
    return run_benchmark(measure, parser.parse_args(arguments))


if __name__ == "__main__":
    raise SystemExit(main())
