"""The colours of flat labels, and pictures of labels turned into classes and back.

Label maps are often kept as JPEG files, whose ringing and chroma subsampling put colours near borders that
stand for nothing: they are read through that. Or they are nearly black, because each pixel's grey level is
the number of its class, its id.

Shapes: H height, W width, K colours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pix2pix.errors import ImageError
from pix2pix.images import Box, letterbox

MOST = 255  # classes
SPECK = 3  # pixels alike in a 3x3 neighbourhood that are more than a speck of a compression's colours
UNKNOWN = 255
NEAR = 24.0  # levels from the line between two colours, for a mixture of them
GROUND = "background"  # the class that stands around a picture, where one is named so


@dataclass(frozen=True)
class Palette:
    """The classes of a label data set, or of a model that was trained on it; saved with its weights.

    colours: RGB, 0-255, the most common first; at most 255.
    names: of the classes, in the same order.
    shares: of the data set's flat pixels, 0 to 1, in the same order; empty where they are not known.
    ids: the grey level, 0-255, that stands for each class in files that hold ids, in the same order; empty
        where there are none.
    """

    colours: tuple[tuple[int, int, int], ...]
    names: tuple[str, ...]
    shares: tuple[float, ...] = ()
    ids: tuple[int, ...] = ()

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Palette:
        """Rebuild what ``dataclasses.asdict`` and JSON made of a palette.

        Raises:
            ValueError, TypeError, KeyError: it is none.
        """
        colours = tuple((int(r), int(g), int(b)) for r, g, b in values["colours"])
        names, shares = tuple(map(str, values["names"])), tuple(map(float, values.get("shares", ())))
        ids = tuple(map(int, values.get("ids", ())))
        if len(ids) not in (0, len(colours)) or not set(ids) <= set(range(256)) or len(set(ids)) < len(ids):
            raise ValueError("a palette's ids are one grey level a colour, 0 to 255")
        if len(names) != len(colours) or len(shares) not in (0, len(colours)) or len(colours) > MOST:
            raise ValueError("a palette needs one name a colour")
        if not all(0 <= value <= 255 for colour in colours for value in colour) or len(colours) < 2:
            raise ValueError("a palette needs two or more colours, 0 to 255")
        return cls(colours, names, shares, ids)

    def __len__(self) -> int:
        return len(self.colours)

    @property
    def ground(self) -> tuple[int, int, int]:
        """The colour for what lies outside of a picture: the background's, or the most common one."""
        return self.colours[self.names.index(GROUND) if GROUND in self.names else 0]

    def classes(self, labels: Image.Image, size: tuple[int, int] | None = None) -> NDArray[np.uint8]:
        """(H, W) class of each pixel.

        Pixels take the nearest colour, but for specks and what lies a few pixels wide between two classes:
        there compression and scaling mix colours into those of third classes. They take, ring by ring, the
        class of the neighbour whose colour is nearest. Scaling comes last and takes nearest pixels, because
        a mixture of two labels is a label of something else.

        A picture in grey levels is one of ids, where the palette has such.

        Args:
            size: (width, height) of the answer; the picture's own by default.

        Raises:
            ImageError: there are ids that stand for no class.
        """
        pixels = np.asarray(labels.convert("RGB"))
        colours = np.array(self.colours)
        found = _exact(pixels, colours)
        if found is None and self.ids and not np.ptp(pixels, axis=2).any():
            found = self._by_id(pixels)
        if found is None:
            found = _grown(pixels, colours)
        image = Image.fromarray(found)
        if size is not None and size != image.size:
            image = image.resize(size, Image.Resampling.NEAREST)
        return np.array(image)

    def _by_id(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        ids = np.array(self.ids)
        found = _exact(pixels, np.repeat(ids[:, None], 3, axis=1))
        if found is None:
            unknown = sorted(set(np.unique(pixels[..., 0]).tolist()) - set(self.ids))
            raise ImageError("image.unknown_labels", ids=_listed(unknown), known=_listed(sorted(self.ids)))
        return found

    def paint(self, classes: NDArray[np.uint8]) -> Image.Image:
        """The reverse of :meth:`classes`: (H, W) classes in their exact colours."""
        return Image.fromarray(np.array(self.colours, dtype=np.uint8)[classes])

    def snap(self, labels: Image.Image) -> Image.Image:
        """A picture of labels in exactly the palette's colours, hard-edged; see :meth:`classes`."""
        return self.paint(self.classes(labels))


def fit_input(
    image: Image.Image, size: int, palette: Palette | None, aspect: float = 1.0
) -> tuple[Image.Image, Box]:
    """A drawing or label map in the square that a model sees, and the box that it takes there.

    Args:
        size: of the square, in pixels.
        palette: the model's, into which labels are snapped; around them is its ground.
        aspect: of the pictures that fill the square, see :attr:`pix2pix.checkpoint.ModelConfig.aspect`.
    """
    if palette is None:
        return letterbox(image, size, aspect=aspect)
    labels = palette.snap(image)  # before it is scaled: a mixture of two labels is a third
    return letterbox(labels, size, palette.ground, Image.Resampling.NEAREST, aspect)


def id_colour(number: int) -> tuple[int, int, int]:
    """A colour to show an id in, 0-255, far from those of other ids and, but for 0, never grey.

    It is the one that palette PNGs of ids mostly have since PASCAL VOC: bits 0, 3 and 6 of the id are the
    highest bits of red, bits 1, 4 and 7 those of green, bits 2 and 5 those of blue.
    """
    red, green, blue = (
        sum(128 >> place for place in range(3) if number >> (3 * place + channel) & 1) for channel in range(3)
    )
    return (red, green, blue | 32) if number and red == green == blue else (red, green, blue)


def _listed(numbers: Sequence[int]) -> list[str]:
    """[0, 1, 2, 255] -> ["0-2", "255"]."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return [f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs]


def colour_codes(colours: NDArray[np.integer]) -> NDArray[np.int32]:
    """(..., 3) RGB, 0-255 -> (...) whole numbers, 0xRRGGBB."""
    red, green, blue = np.moveaxis(colours.astype(np.int32), -1, 0)
    return (red << 16) | (green << 8) | blue


def code_colours(codes: NDArray[np.integer]) -> NDArray[np.int32]:
    """(n,) codes -> (n, 3) RGB, the reverse of :func:`colour_codes`."""
    return np.stack([codes >> 16, (codes >> 8) & 255, codes & 255], axis=1).astype(np.int32)


def _exact(pixels: NDArray[np.uint8], colours: NDArray[np.integer]) -> NDArray[np.uint8] | None:
    """(H, W) classes where every pixel is exactly one of the colours, as drawn ones are; else None."""
    wanted, codes = colour_codes(colours), colour_codes(pixels)
    order = np.argsort(wanted)
    place = np.searchsorted(wanted, codes, sorter=order).clip(max=len(wanted) - 1)
    found = order[place]
    return found.astype(np.uint8) if (wanted[found] == codes).all() else None


def _nearest(pixels: NDArray[np.uint8], colours: NDArray[np.integer]) -> NDArray[np.uint8]:
    """(H, W) index of the nearest of (K, 3) colours for (H, W, 3) pixels; each distinct colour only once."""
    distinct, inverse = np.unique(colour_codes(pixels.reshape(-1, 3)), return_inverse=True)
    values = code_colours(distinct)
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
    sure = np.pad(~_between(nearest, colours) & (_alike(nearest) >= SPECK), 1)
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


def _between(classes: NDArray[np.uint8], colours: NDArray[np.integer]) -> NDArray[np.bool_]:
    """(H, W) whether a pixel is, along its row or column, in a short run between two other classes.

    A line of its own has the same class on both sides; between two of them, one or two pixels are their
    mixture, and three where their colour lies between the two colours as well.
    """
    mixture = _mixtures(colours)
    mixed = np.zeros(classes.shape, dtype=bool)
    for axis, length in enumerate(classes.shape):
        wide = np.pad(classes, [(3, 3) if a == axis else (0, 0) for a in (0, 1)], mode="edge")
        at = {n: np.take(wide, range(n + 3, n + 3 + length), axis) for n in range(-3, 4)}
        for run in (1, 2, 3):
            for first in range(1 - run, 1):  # where the run begins, seen from the pixel
                before, after = at[first - 1], at[first + run]
                here = (before != classes) & (after != classes) & (before != after)
                for n in range(first, first + run):
                    here &= at[n] == classes
                mixed |= here & mixture[before, classes, after] if run == 3 else here
    return mixed


def _mixtures(colours: NDArray[np.integer]) -> NDArray[np.bool_]:
    """(K, K, K) whether the second colour lies on the straight line from the first to the third."""
    points = colours.astype(np.float64)
    middle, end = points[:, None], points[None, :]
    found = []
    for start in points:  # one by one, because of 255 colours there are 16 million threes
        way = end - start
        share = ((middle - start) * way).sum(-1) / np.maximum((way * way).sum(-1), 1)
        off = middle - (start + share[..., None] * way)
        found.append((np.square(off).sum(-1) < NEAR**2) & (share > 0) & (share < 1))
    return np.stack(found)


def _alike(classes: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(H, W) how many of a pixel's 3x3 neighbourhood have its class, itself included."""
    height, width = classes.shape
    framed = np.pad(classes.astype(np.int16), 1, constant_values=-1)
    around = [framed[y : y + height, x : x + width] == classes for y in range(3) for x in range(3)]
    return np.sum(around, axis=0, dtype=np.uint8)
