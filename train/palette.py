"""The colours of a label data set, found in its pictures, and pictures of labels turned into classes.

Label maps are often kept as JPEG files, whose ringing and chroma subsampling put colours near borders that
stand for nothing: only pixels amid a flat neighbourhood say what the colours are.

Shapes: H height, W width, K colours.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pix2pix.errors import DataError

RADIUS = 32.0  # colours nearer than this are one colour, moved by compression
FLAT = 6  # levels by which a flat pixel's eight neighbours may differ from it
SURE = 24  # the same, for a pixel whose class is beyond doubt
UNKNOWN = 255
RAREST = 2e-4  # share of the flat pixels that a colour needs
MOST = 64  # colours; a photo has more
TIGHT = 12.0  # how near to its class's colour a flat pixel of a label map lies
COVERED = (
    0.8  # share of the flat pixels for which that holds; of labels it is nearly 1, of photos at most half
)

# Names of known label colours, in the words of the data sets' own authors and of well-known demos.
# CMP Facade Database (Tylecek and Sara 2013), in the colours that the pix2pix data set's pictures have.
FACADES = {
    (0, 0, 222): "background",
    (0, 48, 255): "wall",
    (0, 128, 255): "window",
    (0, 207, 255): "entrance",
    (32, 255, 224): "window head",
    (112, 255, 143): "window sill",
    (192, 255, 63): "balcony",
    (255, 240, 0): "shutter",
    (255, 159, 0): "trim",
    (255, 80, 0): "cornice",
    (255, 0, 0): "column",
    (174, 0, 0): "door",
}


@dataclass(frozen=True)
class Palette:
    """The classes of a label data set.

    colours: RGB, 0-255, the most common first.
    names: of the classes, in the same order.
    shares: of the flat pixels, in the same order.
    """

    colours: tuple[tuple[int, int, int], ...]
    names: tuple[str, ...]
    shares: tuple[float, ...] = ()

    def __len__(self) -> int:
        return len(self.colours)

    def classes(self, labels: Image.Image, size: tuple[int, int] | None = None) -> NDArray[np.uint8]:
        """(H, W) class of each pixel.

        Pixels amid a flat neighbourhood take the nearest colour. The others lie at borders, where compression
        mixes colours into those of third classes: they take, ring by ring, the class of the neighbour whose
        colour is nearest. Scaling comes last and takes nearest pixels, because a mixture of two labels is a
        label of something else.

        Args:
            size: (width, height) of the answer; the picture's own by default.
        """
        pixels = np.asarray(labels.convert("RGB"))
        found = _grown(pixels, np.array(self.colours))
        image = Image.fromarray(found)
        if size is not None and size != image.size:
            image = image.resize(size, Image.Resampling.NEAREST)
        return np.array(image)

    def paint(self, classes: NDArray[np.uint8]) -> Image.Image:
        """The reverse of :meth:`classes`: (H, W) classes in their exact colours."""
        return Image.fromarray(np.array(self.colours, dtype=np.uint8)[classes])


def find_palette(pictures: Iterable[Image.Image]) -> Palette:
    """The colours of pictures of labels, and their names where they are known.

    The most common colour of all flat pixels is a class and claims everything within ``RADIUS`` of it, the
    most common of the rest is the next, and so on.

    Raises:
        DataError: the pictures are not flat labels.
    """
    counts = np.zeros(1 << 24, dtype=np.int64)
    for picture in pictures:
        found, times = np.unique(_codes(_flat_pixels(np.asarray(picture.convert("RGB")))), return_counts=True)
        counts[found] += times
    codes = np.flatnonzero(counts)
    codes = codes[np.argsort(-counts[codes], kind="stable")]
    colours, weights = _rgb(codes), counts[codes]
    chosen = _claim(colours, weights)
    if not 2 <= len(chosen) <= MOST or _covered(colours, weights, [i for i, _ in chosen]) < COVERED:
        raise DataError(
            "The input pictures are not flat labels, so that no colours stand for classes:"
            " leave the FCN-score out with --no-fcn."
        )
    chosen.sort(key=lambda one: -one[1])
    palette = [(int(r), int(g), int(b)) for r, g, b in (colours[index] for index, _ in chosen)]
    shares = tuple(round(share, 5) for _, share in chosen)
    return Palette(tuple(palette), tuple(_names(palette)), shares)


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


def _flat_pixels(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(n, 3) colours of the pixels that look like all eight neighbours."""
    return pixels[_flat(pixels, FLAT)]


def _flat(pixels: NDArray[np.uint8], levels: int) -> NDArray[np.bool_]:
    """(H, W) whether all eight neighbours differ by at most so many levels; False on the picture's border."""
    flat = np.zeros(pixels.shape[:2], dtype=bool)
    signed = pixels.astype(np.int16)
    if min(flat.shape) > 2:
        high = np.lib.stride_tricks.sliding_window_view(signed, 3, axis=0).max(-1)
        low = np.lib.stride_tricks.sliding_window_view(signed, 3, axis=0).min(-1)
        high = np.lib.stride_tricks.sliding_window_view(high, 3, axis=1).max(-1)
        low = np.lib.stride_tricks.sliding_window_view(low, 3, axis=1).min(-1)
        centre = signed[1:-1, 1:-1]
        flat[1:-1, 1:-1] = np.maximum(high - centre, centre - low).max(axis=2) <= levels
    return flat


def _codes(colours: NDArray[np.uint8]) -> NDArray[np.int32]:
    red, green, blue = np.moveaxis(colours.astype(np.int32), -1, 0)
    return (red << 16) | (green << 8) | blue


def _rgb(codes: NDArray[np.integer]) -> NDArray[np.int32]:
    return np.stack([codes >> 16, (codes >> 8) & 255, codes & 255], axis=1).astype(np.int32)


def _covered(colours: NDArray[np.int32], weights: NDArray[np.int64], chosen: Sequence[int]) -> float:
    """Share of the weight that is very near one of the chosen colours."""
    near = np.zeros(len(colours), dtype=bool)
    for index in chosen:
        near |= np.square(colours - colours[index]).sum(1) < TIGHT**2
    return float(weights[near].sum() / weights.sum())


def _nearest(pixels: NDArray[np.uint8], colours: NDArray[np.integer]) -> NDArray[np.uint8]:
    """(H, W) index of the nearest of (K, 3) colours for (H, W, 3) pixels; each distinct colour only once."""
    distinct, inverse = np.unique(_codes(pixels.reshape(-1, 3)), return_inverse=True)
    values = _rgb(distinct)
    best = np.zeros(len(values), dtype=np.uint8)
    least = np.full(len(values), np.iinfo(np.int64).max)
    for index, colour in enumerate(colours):
        distance = np.square(values.astype(np.int64) - colour).sum(1)
        best[distance < least] = index
        least = np.minimum(least, distance)
    return best[inverse.reshape(-1)].reshape(pixels.shape[:2])


def _grown(pixels: NDArray[np.uint8], colours: NDArray[np.integer]) -> NDArray[np.uint8]:
    """(H, W) classes: sure ones first, then outwards from them."""
    nearest = _nearest(pixels, colours)
    away = np.square(pixels.astype(np.int32) - colours[nearest]).sum(2)
    sure = np.pad(_flat(pixels, SURE) & (away < RADIUS**2), 1)
    if not sure.any():
        return nearest
    height, width = nearest.shape
    found = np.where(sure, np.pad(nearest, 1), UNKNOWN).ravel()
    inner = np.zeros_like(sure)
    inner[1:-1, 1:-1] = True
    steps = np.array([y * (width + 2) + x for y in (-1, 0, 1) for x in (-1, 0, 1) if x or y])
    spread = np.append(colours, np.full((UNKNOWN + 1 - len(colours), 3), 10_000), axis=0)
    padded = np.pad(pixels.astype(np.int32), ((1, 1), (1, 1), (0, 0))).reshape(-1, 3)
    open_ = np.flatnonzero(inner.ravel() & (found == UNKNOWN))
    while len(open_):
        beside = found[open_[:, None] + steps]
        distance = np.square(spread[beside] - padded[open_, None]).sum(2)
        found[open_] = beside[np.arange(len(open_)), distance.argmin(1)]
        open_ = open_[found[open_] == UNKNOWN]
    return found.reshape(height + 2, width + 2)[1:-1, 1:-1].astype(np.uint8)


def _names(colours: Sequence[tuple[int, int, int]]) -> list[str]:
    """Known names where all colours are known ones, else the colours themselves."""
    names = []
    for colour in colours:
        known, name = min(
            FACADES.items(), key=lambda item: sum((a - b) ** 2 for a, b in zip(colour, item[0], strict=True))
        )
        if sum((a - b) ** 2 for a, b in zip(colour, known, strict=True)) > RADIUS**2:
            return ["#{:02x}{:02x}{:02x}".format(*c) for c in colours]
        names.append(name)
    return names
