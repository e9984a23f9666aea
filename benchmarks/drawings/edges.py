"""How near pix2pix.edges comes to the edges of a training set, on the set's own photos.

    python -m benchmarks.drawings.edges DATA [DATA ...] [--pairs 60] [--tolerance 2]
        [--sheet SHEET.png] [--json]

DATA is a folder of AB pictures: edges on the left, the photo on the right, equally wide. Precision is the
share of our line pixels that have a line of the data within the tolerance, recall the reverse, over all
pictures' pixels together; density is the number of our line pixels per line pixel of the data.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pix2pix.edges import photo_to_edges
from pix2pix.errors import DataError, Pix2PixError
from pix2pix.images import SUFFIXES, open_image
from pix2pix.saving import save_image

Pair = tuple[Image.Image, Image.Image]
Mask = NDArray[np.bool_]
DETAILS = (0.0, 0.25, 0.5, 0.75, 1.0)


def load_pairs(folder: Path, count: int) -> list[Pair]:
    """(edges, photo) of at most count pictures, spread evenly over the folder's sorted names."""
    if not folder.is_dir():
        raise DataError(f"{folder} is not a folder: give one with AB pictures.")
    files = sorted(f for f in folder.iterdir() if f.suffix.lower() in SUFFIXES)
    if not files:
        raise DataError(f"The folder {folder} has no pictures: give one with AB pictures.")
    chosen = np.linspace(0, len(files) - 1, min(count, len(files))).round().astype(int)
    pairs = []
    for index in chosen:
        image = open_image(files[index])
        half = image.width // 2
        pairs.append((image.crop((0, 0, half, image.height)), image.crop((half, 0, 2 * half, image.height))))
    return pairs


def line_mask(edges: Image.Image) -> Mask:
    return np.asarray(edges.convert("L")) < 128


def grow(mask: Mask, radius: float) -> Mask:
    """Pixels at most radius pixels away from a set one."""
    reach = int(radius)
    padded, grown = np.pad(mask, reach), mask.copy()
    h, w = mask.shape
    for y in range(2 * reach + 1):
        for x in range(2 * reach + 1):
            if np.hypot(y - reach, x - reach) <= radius:
                grown |= padded[y : y + h, x : x + w]
    return grown


def compare(ours: Sequence[Mask], theirs: Sequence[Mask], tolerance: float) -> dict[str, float]:
    """Precision, recall, their harmonic mean F and the density of our lines against theirs."""
    right = sum(int((a & grow(b, tolerance)).sum()) for a, b in zip(ours, theirs, strict=True))
    found = sum(int((b & grow(a, tolerance)).sum()) for a, b in zip(ours, theirs, strict=True))
    ours_total, theirs_total = sum(int(a.sum()) for a in ours), sum(int(b.sum()) for b in theirs)
    precision, recall = right / max(1, ours_total), found / max(1, theirs_total)
    f = 2 * precision * recall / max(1e-9, precision + recall)
    return {"f": f, "precision": precision, "recall": recall, "density": ours_total / max(1, theirs_total)}


def measure(pairs: Sequence[Pair], tolerance: float, detail: float) -> dict[str, float]:
    """`compare` at one detail, and the mean milliseconds that a photo takes."""
    size = pairs[0][1].height
    photo_to_edges(pairs[0][1], size=size)  # a warm-up
    start = time.perf_counter()
    ours = [line_mask(photo_to_edges(photo, size=size, detail=detail)) for _, photo in pairs]
    milliseconds = (time.perf_counter() - start) / len(pairs) * 1000
    numbers = compare(ours, [line_mask(edges) for edges, _ in pairs], tolerance)
    return {"detail": detail, **numbers, "ms": milliseconds}


def sheet(pairs: Sequence[Pair], rows: int = 8) -> Image.Image:
    """Rows of photo, the data's edges, ours at detail 0.5, and ours at 0 and 1."""
    size, rows = pairs[0][1].height, min(rows, len(pairs))
    page = Image.new("RGB", (5 * (size + 4), rows * (size + 4)), (200, 60, 60))
    for row, (edges, photo) in enumerate(pairs[:: max(1, len(pairs) // rows)][:rows]):
        ours = [photo_to_edges(photo, size=size, detail=detail) for detail in (0.5, 0.0, 1.0)]
        for column, picture in enumerate((photo, edges, *ours)):
            page.paste(picture, (column * (size + 4), row * (size + 4)))
    return page


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("data", nargs="+", type=Path, help="folders of AB pictures, edges on the left")
    parser.add_argument("--pairs", type=int, default=60, help="pictures measured in all (default 60)")
    parser.add_argument("--tolerance", type=float, default=2.0, help="in pixels (default 2)")
    parser.add_argument("--sheet", type=Path, help="also save a sheet of pictures to look at")
    parser.add_argument("--json", action="store_true", help="print the numbers as JSON")
    options = parser.parse_args()
    try:
        each = max(1, options.pairs // len(options.data))
        pairs = [pair for folder in options.data for pair in load_pairs(folder, each)]
        results = [measure(pairs, options.tolerance, detail) for detail in DETAILS]
        if options.sheet:
            save_image(sheet(pairs), options.sheet)
    except Pix2PixError as error:
        parser.exit(1, f"{error}\n")
    if options.json:
        print(json.dumps({"pairs": len(pairs), "tolerance": options.tolerance, "results": results}, indent=2))
        return 0
    print(f"{len(pairs)} pairs, tolerance {options.tolerance:g} px")
    print(f"{'detail':>7} {'F':>6} {'prec.':>6} {'recall':>6} {'density':>8} {'ms':>6}")
    for r in results:
        print(
            f"{r['detail']:>7.2f} {r['f']:>6.3f} {r['precision']:>6.3f} {r['recall']:>6.3f}"
            f" {r['density']:>8.2f} {r['ms']:>6.1f}"
        )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
