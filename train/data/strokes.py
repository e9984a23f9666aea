"""From edge pixels to pen strokes, and back to pixels the way that people draw.

The data's edges are thin, complete HED lines. People draw fewer, thicker and wobblier ones. So an edge map
is traced into polylines once, and each time that the pair is shown it is drawn again by another hand:
pieces left out, corners cut, lines displaced, thickened and overshot. A stroke is a float32 array (n, 2) of
(x, y) in pixels, where (0, 0) is the centre of the first pixel.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

Stroke = NDArray[np.float32]
Rng = np.random.Generator

LINE_WIDTH = (1.0, 6.0)  # pixels of redrawn lines, thinnest and thickest
SUPERSAMPLING = 3  # PIL draws hard-edged lines; drawing larger and averaging gives a canvas's soft ones
_AROUND = [(0, 1), (1, 0), (0, -1), (-1, 0), (1, 1), (1, -1), (-1, -1), (-1, 1)]


def trace(mask: NDArray[np.bool_], min_pixels: int = 2) -> list[Stroke]:
    """Follow 1-pixel lines into strokes; at a crossing a stroke goes on as straight as it can.

    Args:
        mask: (H, W), True on thin lines.
        min_pixels: shorter strokes are dropped.
    """
    left = {(int(y), int(x)) for y, x in zip(*np.nonzero(mask), strict=True)}

    def neighbours(p: tuple[int, int]) -> list[tuple[int, int]]:
        return [q for dy, dx in _AROUND if (q := (p[0] + dy, p[1] + dx)) in left]

    ends = sorted(p for p in left if len(neighbours(p)) == 1)
    strokes = []
    for start in [*ends, *sorted(left)]:
        if start not in left:
            continue
        left.discard(start)
        path = [start]
        while candidates := neighbours(path[-1]):
            y0, x0 = path[max(len(path) - 5, 0)]
            y, x = path[-1]
            dy, dx = y - y0, x - x0
            steps = {q: (q[0] - y, q[1] - x) for q in candidates}
            here = max(steps, key=lambda q: (dy * steps[q][0] + dx * steps[q][1]) / math.hypot(*steps[q]))
            left.discard(here)
            path.append(here)
        if len(path) >= min_pixels:
            strokes.append(np.array(path, dtype=np.float32)[:, ::-1].copy())
    return strokes


def darkest_channel(photo: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(H, W, 3) -> (H, W); ``photo.min(axis=2)`` takes many times as long."""
    return np.minimum(np.minimum(photo[..., 0], photo[..., 1]), photo[..., 2])


def silhouette(photo: NDArray[np.uint8], white: int = 238) -> NDArray[np.bool_]:
    """The 1-pixel outline of an object on white: (H, W, 3) -> (H, W)."""
    inside = np.pad((darkest_channel(photo) < white), 1)
    core = inside[:-2, 1:-1] & inside[2:, 1:-1] & inside[1:-1, :-2] & inside[1:-1, 2:]
    return inside[1:-1, 1:-1] & ~core


@dataclass(frozen=True)
class Hand:
    """How one drawing is made; lengths in pixels of the drawing.

    width: of the pen.  spacing: between the points that are kept, so larger cuts more corners.
    smooth: whether corners are rounded.  wobble: standard deviation of each kept point.
    warp: amplitude of a slow displacement of the whole drawing.  min_length: shorter strokes are left out.
    drop: probability that a stroke of average length is left out.  overshoot: how far ends run on.
    grey: of the line, 0 black.
    """

    width: float = 1.0
    spacing: float = 2.0
    smooth: bool = True
    wobble: float = 0.0
    warp: float = 0.0
    min_length: float = 0.0
    drop: float = 0.0
    overshoot: float = 0.0
    grey: int = 0


def random_hand(rng: Rng) -> Hand:
    """A hand from careful to clumsy; thin pens are more common than thick ones."""
    low, high = LINE_WIDTH
    clumsiness = rng.random()
    return Hand(
        width=low * (high / low) ** (rng.random() ** 1.3),
        spacing=2.0 * 8.0 ** (rng.random() * (0.4 + 0.6 * clumsiness)),
        smooth=bool(rng.random() < 0.7),
        wobble=1.2 * clumsiness * rng.random(),
        warp=5.0 * clumsiness * rng.random(),
        min_length=float(rng.choice([0.0, 8.0, 16.0, 32.0])) * rng.random() * 1.5,
        drop=0.35 * rng.random(),
        overshoot=4.0 * clumsiness * rng.random(),
        grey=int(70 * rng.random() ** 2),
    )


def stroke_length(stroke: Stroke) -> float:
    """Sum of its segments, in pixels."""
    return float(np.hypot(*np.diff(stroke, axis=0).T).sum()) if len(stroke) > 1 else 0.0


def redraw(strokes: Sequence[Stroke], hand: Hand, size: tuple[int, int], rng: Rng) -> Image.Image:
    """Draw strokes by a hand on white.

    Args:
        strokes: in pixels of the result.
        size: (width, height) of the result.

    Returns:
        An "L" image, 255 where there is no line. Unless all strokes are shorter than a pixel, at least
        the longest one is drawn.
    """
    scale = SUPERSAMPLING
    page = Image.new("L", (size[0] * scale, size[1] * scale), 255)
    pen = ImageDraw.Draw(page)
    displacement = _SlowNoise(rng, hand.warp, size)
    thickness = max(round(hand.width * scale), 1)
    for stroke in _kept(strokes, hand, rng):
        points = _thinned(stroke, hand.spacing)
        points = points + displacement(points)
        points = points + rng.normal(0.0, 1.0, points.shape).astype(np.float32) * hand.wobble
        points = _overshot(points, hand.overshoot, rng)
        if hand.smooth and len(points) > 2:
            points = _chaikin(_chaikin(points))
        _draw_line(pen, (points + 0.5) * scale, thickness, hand.grey)
    return page.reduce(scale)


def _draw_line(pen: ImageDraw.ImageDraw, points: Stroke, width: int, grey: int) -> None:
    flat = [float(v) for v in points.reshape(-1)]
    pen.line(flat, fill=grey, width=width, joint="curve" if width > 4 else None)
    if width > 2:  # round caps, as the app's canvas draws them
        r = (width - 1) / 2
        for x, y in (points[0], points[-1]):
            pen.ellipse((x - r, y - r, x + r, y + r), fill=grey)


def _kept(strokes: Sequence[Stroke], hand: Hand, rng: Rng) -> list[Stroke]:
    lengths = np.array([stroke_length(s) for s in strokes])
    if not len(lengths) or lengths.max() <= 0:
        return []
    average = lengths.mean()
    # Long lines carry the shape, so people leave out short ones: the chance falls with length.
    chance = hand.drop * np.exp(1.0 - lengths / average) / math.e**0.5
    keep = (lengths >= hand.min_length) & (rng.random(len(lengths)) >= np.minimum(chance, 0.9))
    keep[int(lengths.argmax())] = True
    return [stroke for stroke, kept in zip(strokes, keep, strict=True) if kept]


def _thinned(stroke: Stroke, spacing: float) -> Stroke:
    """Every spacing-th point along the way, with both ends."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(stroke, axis=0).T))])
    count = max(int(along[-1] / spacing), 1)
    where = np.linspace(0.0, along[-1], count + 1)
    return np.stack([np.interp(where, along, stroke[:, axis]) for axis in (0, 1)], 1).astype(np.float32)


def _overshot(points: Stroke, amount: float, rng: Rng) -> Stroke:
    if amount <= 0 or len(points) < 2:
        return points
    head, tail = points[0] - points[1], points[-1] - points[-2]
    reach = amount * rng.random(2)
    first = points[0] + head / max(float(np.hypot(*head)), 1e-3) * reach[0]
    last = points[-1] + tail / max(float(np.hypot(*tail)), 1e-3) * reach[1]
    return np.concatenate([first[None], points, last[None]]).astype(np.float32)


def _chaikin(points: Stroke) -> Stroke:
    """Cut each corner at a quarter and three quarters of its sides; the ends stay (Chaikin 1974)."""
    a, b = points[:-1], points[1:]
    cut = np.stack([0.75 * a + 0.25 * b, 0.25 * a + 0.75 * b], 1).reshape(-1, 2)
    return np.concatenate([points[:1], cut[1:-1], points[-1:]]).astype(np.float32)


class _SlowNoise:
    """A smooth random displacement field: bilinear between the knots of a 5x5 grid over the picture."""

    def __init__(self, rng: Rng, amplitude: float, size: tuple[int, int]):
        self.knots = rng.uniform(-1.0, 1.0, (6, 6, 2)).astype(np.float32) * amplitude
        self.step = np.array([max(side / 4, 1) for side in size], dtype=np.float32)

    def __call__(self, points: Stroke) -> Stroke:
        where = np.clip(points / self.step, 0, 4.999)
        cell = where.astype(int)
        fx, fy = (where - cell).T[..., None]
        x, y = cell.T
        top = self.knots[y, x] * (1 - fx) + self.knots[y, x + 1] * fx
        bottom = self.knots[y + 1, x] * (1 - fx) + self.knots[y + 1, x + 1] * fx
        return (top * (1 - fy) + bottom * fy).astype(np.float32)
