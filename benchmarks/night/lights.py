"""Are lights where lights are? What a night model lights, on photos whose windows are known or absent.

    python -m benchmarks.night.lights MODEL FRONTS [--bare FOLDER] [--seed 0]

FRONTS are pairs of facades and their labels, as ``facades_full``, of which the held-out ones are taken. Lit
is what has a luminance above 0.35 by night. Of the lit area it says how much is on windows, shops and doors,
how much on those or what belongs to windows (heads, sills, balconies, blinds), and how much is sky; what is
beside the front and no sky is left out, because there may be windows too. ``--bare`` has photos without
buildings, in which nothing is to be lit. How near a folder of nights is to real ones says
`benchmarks.pictures.sets`.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.night.night import photos_in
from benchmarks.pictures.sets import held_out
from benchmarks.trials.trials import run_benchmark
from pix2pix.facade import CMP
from pix2pix.images import open_image, to_rgb
from pix2pix.translator import Translator
from recipes.night_stock import SKY, front_of, numbers_of

LIT, SOME = 0.35, 0.0001  # luminance; share of a photo from which it counts
WINDOWS = ("window", "door", "shop")
PARTS = (*WINDOWS, "cornice", "sill", "balcony", "blind")


def lit(night: Image.Image) -> np.ndarray:
    """(H, W) bool."""
    return np.asarray(night.convert("L")) > 255 * LIT


def shares(night: Image.Image, photo: Image.Image, labels: Image.Image) -> np.ndarray:
    """Lit pixels of a facade: all, on windows, on windows or their parts, in the sky."""
    numbers = numbers_of(np.asarray(to_rgb(labels)))
    sky = front_of(np.asarray(to_rgb(photo)), np.asarray(to_rgb(labels)))[1] == SKY
    bright = lit(night) & (sky | (numbers != CMP.names.index("background")))
    where = [np.isin(numbers, [CMP.names.index(name) for name in names]) for names in (WINDOWS, PARTS)]
    return np.array([bright.sum(), *((bright & part).sum() for part in (*where, sky))])


def measure(options: argparse.Namespace) -> None:
    """Print everything that was asked for."""
    translator = Translator.load(options.model)
    pairs = held_out(options.fronts)
    sums = np.zeros(4)
    for photo, labels in (pair.load("AtoB") for pair in pairs):
        sums += shares(translator.translate(photo, seed=options.seed), photo, labels)
    on, parts, sky = sums[1:] / max(sums[0], 1)
    print(f"{len(pairs)} fronts: lit on windows {on:.3f}, or their parts {parts:.3f}, in the sky {sky:.4f}")
    if options.bare:
        nights = (translator.translate(open_image(f), seed=options.seed) for f in photos_in(options.bare))
        each = [lit(night).mean() for night in nights]
        some = sum(share > SOME for share in each)
        print(f"{len(each)} without buildings: {some} have lights, at most {max(each):.4f} of a photo")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0, or 1 after an error in one sentence."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("model", metavar="MODEL", help="a bundled name, a folder, or hf://owner/name")
    parser.add_argument("fronts", type=Path, metavar="FRONTS", help="pairs: A facades, B their labels")
    parser.add_argument("--bare", type=Path, metavar="FOLDER", help="photos without buildings")
    parser.add_argument("--seed", type=int, default=0, help="of the windows that are lit (default 0)")
    return run_benchmark(measure, parser.parse_args(arguments))


if __name__ == "__main__":
    raise SystemExit(main())
