"""How far two sets of pictures are from each other, without partners: the kernel distance.

    python -m benchmarks.pictures.sets FOLDER PHOTOS [--direction AtoB] [--size 256]

FOLDER has pictures, such as a model's outputs on drawings or night photos that it made; PHOTOS has real ones,
or is a data set of pairs, whose held-out targets are taken. :mod:`train.measures.perceptual` has the formula.
Pictures of another size are taken as their middle square, scaled; two sets should be of one sharpness by
then. The second line is the distance of PHOTOS' even from its odd pictures: of this size is chance.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from tqdm import tqdm

from benchmarks.trials.trials import run_benchmark
from pix2pix.checkpoint import Direction
from pix2pix.errors import DataError
from pix2pix.images import SUFFIXES, open_image, to_rgb, to_tensor
from train.data.pairs import Pair, find_pairs
from train.measures.perceptual import Network, kernel_distance, load_network, pooled

T = TypeVar("T")


def files_in(folder: Path) -> list[Path]:
    """A folder's pictures by name; none where there is no such folder."""
    return sorted(f for f in folder.glob("*") if f.suffix.lower() in SUFFIXES)


def pictures(folder: Path, direction: Direction = "AtoB") -> Iterator[Image.Image]:
    """A folder's pictures, or the held-out targets of a data set.

    Raises:
        DataError: the folder is not there or has neither, or its pictures are pairs side by side.
        ImageError: a picture cannot be read.
    """
    files = files_in(folder)
    if not files:
        yield from (pair.load(direction)[1] for pair in held_out(folder, direction))
        return
    if all(width == 2 * height for width, height in (open_image(f).size for f in files[:8])):
        raise DataError(
            f"The pictures in {folder} look like pairs side by side: name the data set's folder, above its"
            " train and val."
        )
    yield from (open_image(f) for f in files)


def evenly(items: Sequence[T], count: int) -> list[T]:
    """At most ``count``, spread over all."""
    chosen = np.linspace(0, len(items) - 1, min(count, len(items))).round().astype(int)
    return [items[i] for i in chosen]


def held_out(data: Path, direction: Direction = "AtoB") -> tuple[Pair, ...]:
    """A data set's held-out pairs; a DataError where there are none, or they cannot be read."""
    pairs = find_pairs([data], direction=direction, train_needed=False).val
    if not pairs:
        raise DataError(
            f"The data set {data} has no held-out pairs: name one that has, or a folder of pictures."
        )
    return pairs


def middle_square(image: Image.Image, size: int) -> Tensor:
    """(1, 3, size, size) in [-1, 1]."""
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    square = to_rgb(image).crop((left, top, left + side, top + side))
    return to_tensor(square.resize((size, size), Image.Resampling.LANCZOS))[None]


def features(network: Network, images: Iterable[Image.Image], size: int) -> Tensor:
    """(N, D) of all pictures, one after the other."""
    return torch.cat([pooled(network, middle_square(image, size)) for image in images])


def compare(folder: Path, photos: Path, direction: Direction = "AtoB", size: int = 256) -> list[str]:
    """The lines that the command prints.

    Raises:
        DataError: a folder has fewer than two pictures; else see :func:`pictures`.
        CheckpointError: the network's weights are not installed.
    """
    network, found = load_network(), []
    for place in (folder, photos):
        seen = features(network, tqdm(pictures(place, direction), place.name, disable=None), size)
        if len(seen) < 2:
            raise DataError(f"The folder {place} has one picture, which is no set: name one with more.")
        found.append(seen)
    ours, theirs = found
    lines = [
        f"kernel distance x 1000: {kernel_distance(ours, theirs):.1f}"
        f" ({len(ours)} pictures against {len(theirs)}, at {size} pixels)"
    ]
    if len(theirs) > 3:
        lines.append(f"of two halves of {photos.name}: {kernel_distance(theirs[::2], theirs[1::2]):.1f}")
    return lines


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare and print; 1 after an error in one sentence."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", metavar="FOLDER", type=Path, help="pictures, such as a model's outputs")
    parser.add_argument("photos", metavar="PHOTOS", type=Path, help="real pictures, or a data set of pairs")
    parser.add_argument("--direction", choices=("AtoB", "BtoA"), default="AtoB", help="of a data set's pairs")
    parser.add_argument("--size", type=int, default=256, help="pixels a side (default 256)")
    return run_benchmark(
        lambda given: print("\n".join(compare(given.folder, given.photos, given.direction, given.size))),
        parser.parse_args(arguments),
    )


if __name__ == "__main__":
    raise SystemExit(main())
