"""The colours of a label data set, found in its pictures.

Files without loss have exact colours or ids, and each of them is a class, however near to another one or rare
it is (:mod:`train.data.flat`). But label maps are often kept as JPEG files, whose ringing and chroma
subsampling put colours near borders that stand for nothing: there only pixels amid a flat neighbourhood say
what the colours are.

Shapes: K colours.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.ImageFilter import MaxFilter, MinFilter

from pix2pix.checkpoint import Direction
from pix2pix.errors import DataError
from pix2pix.facade import CMP
from pix2pix.palette import Palette, code_colours, colour_codes, id_colour
from train.data.datasets import Pair, a_few
from train.data.flat import Census, are_classes, joined, take_census

PALETTE_PAIRS = 200  # in whose pictures the colours are looked for, where files lose some
MOST = 64  # colours found through such loss; a photo has more
Colour = tuple[int, int, int]

RADIUS = 32.0  # colours nearer than this are one colour, moved by compression
FLAT = 6  # levels by which a flat pixel's eight neighbours may differ from it
RAREST = 2e-4  # share of the flat pixels that a colour needs
TIGHT = 12.0  # how near to its class's colour a flat pixel of a label map lies
# Share of the flat pixels for which that holds; of labels it is nearly 1, of photos at most half.
COVERED = 0.8

# Names of known label colours.
FACADES = dict(zip(CMP.colours, CMP.names, strict=True))


def palette_of(pairs: Sequence[Pair], direction: Direction) -> Palette:
    """The palette of a data set's inputs; errors as :func:`find_palette`."""
    return find_palette([partial(_input, pair, direction) for pair in pairs])


def has_ids(pairs: Sequence[Pair], direction: Direction) -> bool:
    """Whether the labels are grey levels, from a few of them."""
    return _greys(pairs, direction) is not None


def are_masks(pairs: Sequence[Pair], direction: Direction) -> bool:
    """Whether the labels are two grey levels, from a few of them."""
    found = _greys(pairs, direction)
    return found is not None and len(found.codes) <= 2


def _greys(pairs: Sequence[Pair], direction: Direction) -> Census | None:
    found = _census([partial(_input, pair, direction) for pair in a_few(pairs)])
    return found if found is not None and found.grey else None


def _input(pair: Pair, direction: Direction) -> Image.Image:
    return pair.load(direction)[0]


def find_palette(pictures: Sequence[Callable[[], Image.Image]]) -> Palette:
    """The classes of pictures of labels, and their names where they are known.

    Args:
        pictures: each opens one, in RGB; it is not kept.

    Raises:
        DataError: the pictures are not flat labels.
    """
    found = _census(pictures)
    if found is not None and are_classes(found):
        return _exactly(found)
    some = pictures[:: -(-len(pictures) // PALETTE_PAIRS) or 1]
    return _nearly(opened() for opened in some)


def _census(pictures: Sequence[Callable[[], Image.Image]]) -> Census | None:
    """Of all the pictures; None as soon as one has more colours than there are classes."""
    parts: list[Census] = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for part in pool.map(lambda opened: take_census(opened()), pictures):
            if part is None:
                pool.shutdown(cancel_futures=True)
                return None
            parts.append(part)
    return joined(parts) if parts else None


def _exactly(found: Census) -> Palette:
    """Each colour is a class; a grey one is an id, shown in another colour."""
    order = np.argsort(-found.pixels, kind="stable")
    colours = [(int(r), int(g), int(b)) for r, g, b in found.colours[order]]
    shares = tuple((found.pixels[order] / found.pixels.sum()).round(5).tolist())
    known = {id_colour(number): number for number in range(256)}
    if found.grey:
        ids = tuple(level for level, _, _ in colours)
        return Palette(tuple(map(id_colour, ids)), tuple(map(str, ids)), shares, ids)
    if set(colours) <= set(known):  # as in palette PNGs
        ids = tuple(known[colour] for colour in colours)
        return Palette(tuple(colours), tuple(map(str, ids)), shares, ids)
    if set(colours) <= set(FACADES):
        return Palette(tuple(colours), tuple(FACADES[colour] for colour in colours), shares)
    return Palette(tuple(colours), _hexadecimal(colours), shares)


def _nearly(pictures: Iterable[Image.Image]) -> Palette:
    """The colours of pictures that lost some of theirs.

    The most common colour of all flat pixels is a class and claims everything within ``RADIUS`` of it, the
    most common of the rest is the next, and so on. Where all of them are known ones, moved by compression,
    the known ones are given. Errors as :func:`find_palette`.
    """
    counts = np.zeros(1 << 24, dtype=np.int64)
    for picture in pictures:
        pixels = np.asarray(picture)
        found, times = np.unique(colour_codes(pixels[_flat(picture)]), return_counts=True)
        counts[found] += times
    codes = np.flatnonzero(counts)
    codes = codes[np.argsort(-counts[codes], kind="stable")]
    colours, weights = code_colours(codes), counts[codes]
    chosen = _claim(colours, weights)
    if not 2 <= len(chosen) <= MOST or _covered(colours, weights, [i for i, _ in chosen]) < COVERED:
        raise DataError("data.not_flat")
    chosen.sort(key=lambda one: -one[1])
    found_colours = [(int(r), int(g), int(b)) for r, g, b in (colours[index] for index, _ in chosen)]
    shares = tuple(round(share, 5) for _, share in chosen)
    return Palette(*_named(found_colours), shares)


def _flat(picture: Image.Image) -> NDArray[np.bool_]:
    """(H, W) whether all eight neighbours are of nearly the same colour; False on the picture's border."""
    high, centre, low = (
        np.asarray(image).astype(np.int16)
        for image in (picture.filter(MaxFilter(3)), picture, picture.filter(MinFilter(3)))
    )
    flat = np.zeros(centre.shape[:2], dtype=bool)
    flat[1:-1, 1:-1] = (np.maximum(high - centre, centre - low).max(axis=2) <= FLAT)[1:-1, 1:-1]
    return flat


def _claim(colours: NDArray[np.int32], weights: NDArray[np.int64]) -> list[tuple[int, float]]:
    """(index, share of all weight) of each class; colours come with the most common first."""
    free, total = np.ones(len(colours), dtype=bool), max(int(weights.sum()), 1)
    chosen: list[tuple[int, float]] = []
    while free.any() and len(chosen) <= MOST:
        index = int(np.argmax(free))
        if weights[index] < RAREST / 20 * total:
            break  # rarer than the mode of any class that could still pass
        near = free & (np.square(colours - colours[index]).sum(1) < RADIUS**2)
        free &= ~near
        share = int(weights[near].sum()) / total
        if share >= RAREST:
            chosen.append((index, share))
    return chosen


def _covered(colours: NDArray[np.int32], weights: NDArray[np.int64], chosen: Sequence[int]) -> float:
    """Share of the weight that is very near one of the chosen colours."""
    near = np.zeros(len(colours), dtype=bool)
    for index in chosen:
        near |= np.square(colours - colours[index]).sum(1) < TIGHT**2
    return float(weights[near].sum() / weights.sum())


def _named(colours: Sequence[Colour]) -> tuple[tuple[Colour, ...], tuple[str, ...]]:
    """(colours, names): known ones where every colour is another known one, else each is its own name."""
    known = [min(FACADES, key=partial(_square_distance, colour)) for colour in colours]
    near = all(_square_distance(*both) <= RADIUS**2 for both in zip(colours, known, strict=True))
    if not near or len(set(known)) < len(known):
        return tuple(colours), _hexadecimal(colours)
    return tuple(known), tuple(FACADES[colour] for colour in known)


def _hexadecimal(colours: Sequence[Colour]) -> tuple[str, ...]:
    return tuple("#{:02x}{:02x}{:02x}".format(*colour) for colour in colours)


def _square_distance(one: Colour, other: Colour) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))
