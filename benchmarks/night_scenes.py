"""Scenes whose sky and windows are known: what the bundled day2night learns to see them on.

Where windows are is known from the labels of facades; where the sky is, of a fixed camera from many days:
it is bright and smooth on all of them. Both are put together, at all scales: rows of fronts in perspective
under skies, with things before them, and things without any window on skies, grounds and foliage.

Shapes: H height, W width; pictures are (H, W, 3) uint8, masks (H, W) uint8 of the classes below.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from pix2pix.facade import CMP
from pix2pix.images import LUMINANCE, to_rgb
from train.pairs import Pair, find_pairs

OTHER, SKY, WINDOW, WALL, UNKNOWN = 0, 1, 2, 3, 255
SKYLINE, VIEW = 4, 5  # sky or not, but nothing lit; not the sky, but maybe buildings with windows
Picture = NDArray[np.uint8]
T = TypeVar("T")
Box = tuple[float, float, float, float]  # left, top, right, bottom, as shares of the sides

ID = {name: number for number, name in enumerate(CMP.names)}
MOST = 1000  # pairs of a data set
# Words in the names of objects that are left out, because they have windows or are lamps.
_WORDS = (
    "bank bridge building castle church circus city cityscape classical convenience department derelict door"
    " factory hindu hospital hotel house houses hut kaaba mosque night office school stadium statue sunrise"
    " sunset synagogue tent tokyo wedding window"
)
BUILDINGS = frozenset(_WORDS.split())


@dataclass(frozen=True)
class Camera:
    """What is known of a camera's or a single scene's view, by hand.

    skyline: (x, y) where the sky ends, from left to right, as shares; () where it is found from the days.
    bare: boxes in which nothing is lit: water, roads, mountains, lawns.
    unsure: boxes in which the sky is not found.
    """

    skyline: tuple[tuple[float, float], ...] = ()
    bare: tuple[Box, ...] = ()
    unsure: tuple[Box, ...] = ()


def _line(points: str) -> tuple[tuple[float, float], ...]:
    pairs = (point.split() for point in points.split(","))
    return tuple((float(x), float(y)) for x, y in pairs)


CAMERAS = {
    "c01": Camera(bare=((0.3, 0.9, 1, 1), (0, 0.86, 0.45, 1))),
    "c02": Camera(bare=((0, 0, 1, 0.42),)),
    "c04": Camera(),
    "c06": Camera(bare=((0.25, 0.78, 1, 1), (0.05, 0.88, 0.3, 1))),
    "c07": Camera(),
    "c09": Camera(
        skyline=_line(
            "0 0.42, 0.2 0.44, 0.35 0.45, 0.42 0.41, 0.45 0.34, 0.49 0.3, 0.5 0.28, 0.52 0.3, "
            "0.55 0.34, 0.58 0.43, 0.65 0.45, 0.8 0.44, 1 0.42"
        )
    ),
    "c11": Camera(skyline=_line("0 0, 1 0"), bare=((0.02, 0.4, 0.8, 1),)),
    "c12": Camera(),
    "c16": Camera(bare=((0.5, 0.68, 0.8, 0.8),)),
    "dpst_lake_bridge": Camera(bare=((0, 0.66, 1, 0.93),)),
    "dpst_sf_downtown": Camera(),
    "dpst_sf_pyramid": Camera(),
    "dpst_singapore": Camera(
        skyline=_line(
            "0 0.66, 0.07 0.66, 0.075 0.4, 0.15 0.37, 0.24 0.41, 0.245 0.66, 0.29 0.66, "
            "0.3 0.38, 0.4 0.38, 0.42 0.62, 0.44 0.36, 0.48 0.35, 0.49 0.47, 0.52 0.36, "
            "0.57 0.36, 0.6 0.26, 0.63 0.28, 0.65 0.35, 0.68 0.28, 0.72 0.27, 0.74 0.4, "
            "0.79 0.56, 0.8 0.48, 0.86 0.5, 0.88 0.57, 1 0.62"
        )
    ),
    "dpst_yurt": Camera(
        skyline=_line("0 0.42, 0.15 0.40, 0.25 0.45, 0.48 0.45, 0.6 0.43, 0.68 0.46, 0.83 0.43, 1 0.40"),
        bare=((0, 0, 1, 1),),
    ),
    "dusk_pool": Camera(
        bare=((0, 0.62, 1, 1), (0.8, 0, 1, 1)), unsure=((0, 0.2, 0.3, 0.35), (0.55, 0.1, 0.8, 0.35))
    ),
    "dusk_uk_terrace": Camera(bare=((0, 0.65, 1, 1),), unsure=((0, 0.13, 0.3, 0.32), (0.8, 0, 1, 0.45))),
    "dusk_villa": Camera(bare=((0, 0.58, 1, 1),)),
    "i2i_avenue": Camera(bare=((0, 0.55, 1, 1),), unsure=((0.1, 0, 0.45, 0.45),)),
    "i2i_street": Camera(bare=((0, 0.62, 1, 1), (0.75, 0.4, 1, 1)), unsure=((0.35, 0, 1, 0.5),)),
    "kite_house": Camera(skyline=_line("0 0, 1 0")),
    "vegas": Camera(bare=((0, 0.55, 1, 1),)),
}


@dataclass
class Stock:
    """All pictures that scenes are made of.

    fronts, views: (picture, mask) of facades, and of cameras.
    skies, grounds: pictures.
    things: (picture, alpha) of objects, both (h, w, ...), cut out of white.
    """

    fronts: list[tuple[Picture, Picture]] = field(default_factory=list)
    views: list[tuple[Picture, Picture]] = field(default_factory=list)
    skies: list[Picture] = field(default_factory=list)
    grounds: list[Picture] = field(default_factory=list)
    things: list[tuple[Picture, Picture]] = field(default_factory=list)


FRONTS, DAYS, THINGS = (
    ("facades_full", "facades"),
    ("daynight", "daynight_vegas"),
    ("emoji3d", "edges2bags", "edges2shoes"),
)


def load_stock(data: Path) -> Stock:
    """Read the training parts of the folders :data:`FRONTS`, :data:`DAYS` and :data:`THINGS` below ``data``.

    Raises:
        DataError: one is missing.
    """
    stock = Stock()
    for name in FRONTS:
        for pair in _pairs(data / name, most=MOST):
            photo, labels = pair.load("AtoB")
            stock.fronts.append(front_of(_array(photo), _array(labels)))
    views: dict[str, list[Picture]] = {}
    for name in DAYS:
        for pair in _pairs(data / name):
            camera = "vegas" if name == "daynight_vegas" else pair.name.rpartition("_")[0]
            if camera in CAMERAS:
                views.setdefault(camera, []).append(_array(pair.load("AtoB")[0]))
    for camera, days in views.items():
        _add_views(stock, days, CAMERAS[camera])
    for name in THINGS:
        for pair in _pairs(data / name, most=2 * MOST if name == "emoji3d" else 200):
            if not set(pair.name.split("-")) & BUILDINGS:
                _add_thing(stock, _array(pair.load("AtoB")[1]))
    return stock


def _pairs(folder: Path, most: int | None = None) -> Sequence[Pair]:
    return find_pairs([folder], check=False).train[:most]


def _array(image: Image.Image, side: int = 640) -> Picture:
    small = to_rgb(image).copy()
    small.thumbnail((side, side))
    return np.asarray(small)


def numbers_of(labels: Picture) -> Picture:
    """(H, W), the number of the nearest of the palette's colours."""
    colours = np.array(CMP.colours, dtype=np.int32)
    distance = np.square(labels[:, :, None].astype(np.int32) - colours).sum(-1)
    return distance.argmin(-1).astype(np.uint8)


def front_of(photo: Picture, labels: Picture) -> tuple[Picture, Picture]:
    """A facade's photo and mask, from its labels' colours.

    What is beside the front may be sky, wedges of rectification are unknown, and so are doors.
    """
    ids = numbers_of(labels)
    mask = np.full(ids.shape, WALL, np.uint8)
    mask[np.isin(ids, (ID["window"], ID["shop"]))] = WINDOW
    mask[ids == ID["door"]] = UNKNOWN
    beside = ids == ID["background"]
    smooth = np.logical_and.accumulate(_open_sky(_luminance(photo), 0.55), axis=0)
    mask[beside | (smooth & (mask == WALL))] = UNKNOWN  # some labels call the sky a wall
    mask[smooth & beside] = SKY
    return photo, mask


def _luminance(picture: Picture) -> NDArray[np.float32]:
    return np.asarray(picture @ np.array(LUMINANCE) / 255, dtype=np.float32)


def _rough(y: NDArray[np.float32]) -> NDArray[np.float32]:
    """Mean gradient of luminance a pixel, in 3x3 pixels."""
    p = np.pad(y, 2, mode="edge")
    g = np.hypot(np.diff(p, axis=1)[:-1], np.diff(p, axis=0)[:, :-1])
    height, width = y.shape
    mean = sum(g[i : i + height, j : j + width] for i in range(3) for j in range(3)) / 9
    return np.asarray(mean, dtype=np.float32)


def _open_sky(y: NDArray[np.float32], bright: float) -> NDArray[np.bool_]:
    return (_rough(y) < 0.024) & (y > bright)


def _add_views(stock: Stock, days: list[Picture], camera: Camera) -> None:
    height, width = days[0].shape[:2]
    ends = _skyline(days, camera)
    rows = np.arange(height)[:, None]
    band = 0.012 * width
    mask = np.where(rows < ends - band, SKY, np.where(rows > ends + 2 * band, VIEW, SKYLINE))
    mask = mask.astype(np.uint8)
    for box in camera.unsure:
        mask[_slices(box, height, width)] = UNKNOWN
    for box in camera.bare:
        part = mask[_slices(box, height, width)]
        part[part == VIEW] = OTHER
        part[part == UNKNOWN] = SKYLINE
        for day in days[:: max(len(days) // 4, 1)]:
            crop = day[_slices(box, height, width)]
            if (part == OTHER).mean() > 0.9 and min(crop.shape[:2]) > 40:
                stock.grounds.append(crop)
    stock.views += [(day, mask) for day in days]
    top = int(ends.min() - band)
    if top > 60:
        stock.skies += [day[:top] for day in days]


def _skyline(days: list[Picture], camera: Camera) -> NDArray[np.float64]:
    """(W,) row at which the sky ends, 0 where there is none."""
    height, width = days[0].shape[:2]
    if camera.skyline:
        points = np.array(camera.skyline)
        return np.interp(np.arange(width) / width, points[:, 0], points[:, 1]) * height
    each = [_luminance(day) for day in days[:12]]
    rough = np.mean([_rough(y) for y in each], axis=0)
    sky = (rough < 0.02) & (np.mean(each, axis=0) > 0.35)
    ends = np.logical_and.accumulate(sky, axis=0).sum(0).astype(float)
    reach = 6
    for most in (np.max, np.min):  # a mast is no end of the sky
        ends = most([np.roll(np.pad(ends, reach, mode="edge"), i) for i in range(-reach, reach + 1)], axis=0)[
            reach:-reach
        ]
    return ends


def _slices(box: Box, height: int, width: int) -> tuple[slice, slice]:
    left, top, right, bottom = box
    return slice(int(top * height), int(bottom * height)), slice(int(left * width), int(right * width))


def _add_thing(stock: Stock, picture: Picture) -> None:
    """Cut it out of its white ground."""
    away = 255 - picture.min(-1)
    alpha = Image.fromarray((away > 14).astype(np.uint8) * 255).filter(ImageFilter.MinFilter(3))
    box = alpha.getbbox()
    if box and box[2] - box[0] > 30 and box[3] - box[1] > 30:
        soft = alpha.filter(ImageFilter.GaussianBlur(0.7))
        stock.things.append((np.asarray(Image.fromarray(picture).crop(box)), np.asarray(soft.crop(box))))


# ---- scenes ---------------------------------------------------------------------------------------


class Scenes:
    """Endless scenes from a stock: :meth:`draw` gives (picture, mask) of ``size`` pixels square."""

    def __init__(self, stock: Stock, size: int, seed: int):
        self.stock, self.size, self.rng = stock, size, np.random.default_rng(seed)

    def draw(self) -> tuple[Picture, Picture]:
        kinds = (self._one_front, self._street, self._view, self._bare)
        made = kinds[int(self.rng.choice(4, p=(0.25, 0.3, 0.2, 0.25)))]()
        picture, mask = made
        if self.rng.random() < 0.5:
            picture, mask = picture[:, ::-1], mask[:, ::-1]
        return self._exposed(picture), np.ascontiguousarray(mask)

    def _pick(self, items: Sequence[T]) -> T:
        return items[int(self.rng.integers(len(items)))]

    def _one_front(self) -> tuple[Picture, Picture]:
        """A crop of a facade, now and then with its picture's edges, under another sky, or with things."""
        photo, mask = self._pick(self.stock.fronts)
        height, width = mask.shape
        longest = 1.2 * max(height, width)
        side = int(np.exp(self.rng.uniform(np.log(min(90, longest)), np.log(longest))))
        h, w = min(side, height), min(side, width)
        top, left = int(self.rng.integers(0, height - h + 1)), int(self.rng.integers(0, width - w + 1))
        crop = (slice(top, top + h), slice(left, left + w))
        picture, labels = self._scaled(photo[crop], mask[crop], (self.size, self.size))
        if self.rng.random() < 0.3:
            sky = labels == SKY
            picture[sky] = self._sky(self.size, self.size)[sky]
        if self.rng.random() < 0.4:
            picture, labels = self._warped(picture, labels)
        if self.rng.random() < 0.4:
            self._set_things(picture, labels, int(self.rng.integers(1, 4)), 0.35)
        return picture, labels

    def _warped(self, picture: Picture, labels: Picture) -> tuple[Picture, Picture]:
        """Seen at an angle; what is beyond the edges is unknown, in their colour."""
        size, rng = self.size, self.rng
        corners = np.array([(0, 0), (0, size), (size, size), (size, 0)], float)
        quad = corners + rng.uniform(-0.22, 0.22, (4, 2)) * size
        points = tuple(float(v) for v in _projective(corners, quad))
        inside = Image.fromarray(np.full((size, size), 255, np.uint8)).transform(
            (size, size), Image.Transform.PERSPECTIVE, points
        )
        seen = Image.fromarray(picture).transform(
            (size, size), Image.Transform.PERSPECTIVE, points, Image.Resampling.BILINEAR
        )
        warped = Image.fromarray(labels).transform((size, size), Image.Transform.PERSPECTIVE, points)
        hole = np.asarray(inside) == 0
        out, mask = np.array(seen), np.array(warped)
        out[hole], mask[hole] = picture.reshape(-1, 3).mean(0).astype(np.uint8), UNKNOWN
        return out, mask

    def _street(self) -> tuple[Picture, Picture]:
        """Fronts at some scale in perspective, before a sky, on a ground, things before them."""
        size, rng = self.size, self.rng
        picture, mask = self._sky(size, size), np.full((size, size), SKY, np.uint8)
        horizon = int(size * rng.uniform(0.45, 0.95))
        if rng.random() < 0.4:  # far hills or woods
            self._set_hills(picture, mask, horizon - int(size * rng.uniform(0.0, 0.25)))
        scale = np.exp(rng.uniform(np.log(0.12), np.log(0.9)))
        for _ in range(int(rng.integers(2, 3 + int(3 / scale)))):
            self._set_front(picture, mask, horizon, size * scale * rng.uniform(0.6, 1.4))
        ground = self._ground(size - horizon, size)
        picture[horizon:], mask[horizon:] = ground, OTHER
        self._set_things(picture, mask, int(rng.integers(0, 6)), 0.3)
        if rng.random() < 0.4:
            self._set_leaves(picture, mask)
        return picture, mask

    def _set_front(self, picture: Picture, mask: Picture, horizon: int, tall: float) -> None:
        size, rng = self.size, self.rng
        photo, labels = self._pick(self.stock.fronts)
        rows, columns = np.nonzero((labels == WINDOW) | (labels == WALL))
        if len(rows) < 400:
            return
        box = (slice(rows.min(), rows.max() + 1), slice(columns.min(), columns.max() + 1))
        photo, labels = photo[box], labels[box]
        wide = tall * labels.shape[1] / labels.shape[0] * rng.uniform(0.5, 1.1)
        left = rng.uniform(-0.3 * wide, size - 0.5 * wide)
        heights = tall * np.array((1, 1)) if rng.random() < 0.4 else tall * rng.uniform(0.5, 1.3, 2)
        under = rng.uniform(0, 0.15) * heights
        quad = np.array(
            [
                (left, horizon - heights[0]),
                (left, horizon + under[0]),
                (left + wide, horizon + under[1]),
                (left + wide, horizon - heights[1]),
            ]
        )
        w, h = max(int(wide), 8), max(int(tall), 8)
        small, known = self._scaled(photo, labels, (w, h))
        corners = np.array([(0, 0), (0, h), (w, h), (w, 0)], float)
        points = tuple(float(v) for v in _projective(corners, quad))
        args = ((size, size), Image.Transform.PERSPECTIVE, points)
        inside = np.asarray(Image.fromarray(np.full((h, w), 255, np.uint8)).transform(*args)) > 0
        seen = np.asarray(Image.fromarray(small).transform(*args, Image.Resampling.BILINEAR))
        where = np.asarray(Image.fromarray(known).transform(*args))
        inside &= where != SKY
        picture[inside], mask[inside] = seen[inside], where[inside]

    def _view(self) -> tuple[Picture, Picture]:
        """A crop of a camera's view, now and then with things in it."""
        photo, mask = self._pick(self.stock.views)
        height, width = mask.shape
        side = int(self.rng.uniform(0.45, 1) * min(height, width))
        top, left = int(self.rng.integers(0, height - side + 1)), int(self.rng.integers(0, width - side + 1))
        crop = (slice(top, top + side), slice(left, left + side))
        picture, labels = self._scaled(photo[crop], mask[crop], (self.size, self.size))
        if self.rng.random() < 0.5:
            self._set_things(picture, labels, int(self.rng.integers(1, 6)), 0.3)
        return picture, labels

    def _bare(self) -> tuple[Picture, Picture]:
        """Nothing that could be lit: things on skies, grounds and plain walls."""
        size, rng = self.size, self.rng
        picture, mask = self._sky(size, size), np.full((size, size), SKY, np.uint8)
        horizon = int(size * rng.uniform(-0.2, 1.1))
        if horizon < size:
            if rng.random() < 0.5:
                self._set_hills(picture, mask, max(horizon, 8))
            else:
                top = max(horizon, 0)
                picture[top:], mask[top:] = self._ground(size - top, size), OTHER
        if rng.random() < 0.4:
            self._set_leaves(picture, mask)
        many = rng.random() < 0.3
        count, most = (rng.integers(8, 30), 0.12) if many else (rng.integers(0, 4), rng.choice((0.8, 2.5)))
        self._set_things(picture, mask, int(count), float(most))
        if rng.random() < 0.3:
            self._set_glitter(picture, mask)
        return picture, mask

    # ---- parts ----

    def _sky(self, height: int, width: int) -> Picture:
        """A camera's or a made one, darker to one side."""
        y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
        turn = self.rng.uniform(0, 2 * np.pi)
        shade = 1 - self.rng.uniform(0, 0.35) * (1 + np.cos(turn) * y + np.sin(turn) * x) / 2
        return np.clip(self._even_sky(height, width) * shade[..., None], 0, 255).astype(np.uint8)

    def _even_sky(self, height: int, width: int) -> Picture:
        rng = self.rng
        if rng.random() < 0.15:  # overcast, or overexposed
            return (
                np.full((height, width, 3), rng.uniform(170, 255, 1) + rng.uniform(-8, 8, 3))
                .clip(0, 255)
                .astype(np.uint8)
            )
        if self.stock.skies and rng.random() < 0.6:
            sky = self._pick(self.stock.skies)
            h, w = (int(side * rng.uniform(0.3, 1)) for side in sky.shape[:2])
            top, left = (
                int(rng.integers(0, side - part + 1))
                for side, part in zip(sky.shape[:2], (h, w), strict=True)
            )
            sky = sky[top : top + h, left : left + w]
            return np.array(
                Image.fromarray(np.ascontiguousarray(sky)).resize((width, height), Image.Resampling.BILINEAR)
            )
        blue = np.array((rng.uniform(40, 150), rng.uniform(100, 190), rng.uniform(170, 255)))
        pale = (
            blue
            + (255 - blue) * rng.uniform(0.2, 0.9) * np.array((1, 1, 1))
            + np.array((rng.uniform(-10, 30), 0, rng.uniform(-40, 0)))
        )
        t = np.linspace(0, 1, height)[:, None, None] ** rng.uniform(0.6, 2)
        sky_ = blue + t * (pale - blue)
        cloud = _clouds(rng, height, width, rng.uniform(1.2, 2.2))
        cover = np.clip((cloud - rng.uniform(-0.8, 1.2)) * rng.uniform(0.5, 2.5), 0, 1)[..., None]
        grey = rng.uniform(80, 255) * (
            1 - 0.35 * np.clip(_clouds(rng, height, width, 1.8), -1, 1)[..., None] * rng.random()
        )
        return np.clip(sky_ * (1 - cover) + grey * cover, 0, 255).astype(np.uint8)

    def _ground(self, height: int, width: int) -> Picture:
        rng = self.rng
        if self.stock.grounds and rng.random() < 0.6:
            ground = self._pick(self.stock.grounds)
            h, w = ground.shape[:2]
            ch, cw = int(h * rng.uniform(0.4, 1)), int(w * rng.uniform(0.4, 1))
            top, left = int(rng.integers(0, h - ch + 1)), int(rng.integers(0, w - cw + 1))
            return np.array(
                Image.fromarray(ground[top : top + ch, left : left + cw]).resize((width, max(height, 1)))
            )
        return self._texture(max(height, 1), width)

    def _texture(self, height: int, width: int) -> Picture:
        """Clouds of noise between two colours: earth, leaves, water, stone."""
        rng = self.rng
        a, b = rng.uniform(0, 220, 3), rng.uniform(0, 255, 3)
        if rng.random() < 0.5:  # green
            a, b = (
                np.array((20, 50, 10)) * rng.uniform(0.3, 1.5),
                np.array((120, 160, 60)) * rng.uniform(0.6, 1.5),
            )
        t = 0.5 + 0.4 * _clouds(
            rng, height, width, rng.uniform(0.2, 1.6), stretch=float(rng.choice((1, 1, 4)))
        )
        return np.clip(a + np.clip(t, 0, 1)[..., None] * (b - a), 0, 255).astype(np.uint8)

    def _set_hills(self, picture: Picture, mask: Picture, horizon: int) -> None:
        size, rng = self.size, self.rng
        line = horizon + _clouds(rng, 2, 4 * size, rng.uniform(1, 2.4))[0, :size] * size * rng.uniform(
            0.01, 0.1
        )
        below = np.arange(size)[:, None] > line
        haze = rng.uniform(0, 0.6)
        rough = self._texture(size, size) * (1 - haze) + 180 * haze
        picture[below], mask[below] = rough[below].astype(np.uint8), OTHER

    def _set_leaves(self, picture: Picture, mask: Picture) -> None:
        """A blob of foliage with holes, through which the sky shows."""
        size, rng = self.size, self.rng
        y, x = np.mgrid[:size, :size] / size
        cy, cx, r = rng.uniform(0, 1), rng.uniform(0, 1), rng.uniform(0.08, 0.4)
        blob = 1 - np.hypot((x - cx) * rng.uniform(0.7, 1.6), y - cy) / r
        leaf = blob * 3 + _clouds(rng, size, size, rng.uniform(0.4, 1.2)) > rng.uniform(0.2, 1)
        texture = self._texture(size, size) * rng.uniform(0.3, 1)
        picture[leaf], mask[leaf] = texture[leaf].astype(np.uint8), OTHER

    def _set_things(self, picture: Picture, mask: Picture, count: int, most: float) -> None:
        size, rng = self.size, self.rng
        for _ in range(count):
            thing, alpha = self._pick(self.stock.things)
            scale = np.exp(rng.uniform(np.log(0.04), np.log(most))) * size / max(alpha.shape)
            w, h = max(int(alpha.shape[1] * scale), 3), max(int(alpha.shape[0] * scale), 3)
            small, soft = (
                np.asarray(Image.fromarray(x).resize((w, h), Image.Resampling.BOX)) for x in (thing, alpha)
            )
            top, left = int(rng.integers(-h // 3, size - h // 2)), int(rng.integers(-w // 3, size - w // 2))
            inside = (slice(max(top, 0), min(top + h, size)), slice(max(left, 0), min(left + w, size)))
            own = (
                slice(inside[0].start - top, inside[0].stop - top),
                slice(inside[1].start - left, inside[1].stop - left),
            )
            a = soft[own][..., None] / 255
            shade = rng.uniform(0.4, 1.1)
            picture[inside] = np.clip(picture[inside] * (1 - a) + small[own] * a * shade, 0, 255).astype(
                np.uint8
            )
            part = mask[inside]
            part[a[..., 0] > 0.5] = OTHER

    def _set_glitter(self, picture: Picture, mask: Picture) -> None:
        """Bright specks on what is not the sky."""
        size, rng = self.size, self.rng
        specks = (rng.random((size, size)) < rng.uniform(0.002, 0.05)) & (mask == OTHER)
        if rng.random() < 0.5:
            specks |= np.roll(specks, 1, axis=1)
        picture[specks] = np.clip(picture[specks] + rng.uniform(60, 200), 0, 255).astype(np.uint8)

    def _scaled(self, picture: Picture, mask: Picture, size: tuple[int, int]) -> tuple[Picture, Picture]:
        image = Image.fromarray(np.ascontiguousarray(picture)).resize(size, Image.Resampling.BILINEAR)
        labels = Image.fromarray(np.ascontiguousarray(mask)).resize(size, Image.Resampling.NEAREST)
        return np.array(image), np.array(labels)

    def _exposed(self, picture: Picture) -> Picture:
        """Another exposure, contrast and white balance; softer or noisier; through JPEG."""
        rng = self.rng
        u = (picture / 255.0) ** np.exp(rng.normal(0, 0.25))
        u = u * np.exp(rng.normal(0, 0.15)) * np.exp(rng.normal(0, 0.05, 3))
        grey = u.mean(-1, keepdims=True)
        u = grey + (u - grey) * rng.uniform(0.4, 1.3)
        if rng.random() < 0.3:
            u = u + rng.normal(0, rng.uniform(0.005, 0.03), u.shape)
        image = Image.fromarray((np.clip(u, 0, 1) * 255).astype(np.uint8))
        if rng.random() < 0.3:
            image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 1.2)))
        return np.array(image)


def _clouds(
    rng: np.random.Generator, height: int, width: int, power: float, stretch: float = 1.0
) -> NDArray[np.float64]:
    """(H, W) noise of mean 0 and deviation 1 whose spectrum falls with that power of the frequency."""
    fy, fx = np.fft.fftfreq(height)[:, None], np.fft.rfftfreq(width)[None] * stretch
    fall = np.maximum(np.hypot(fy, fx), 1 / max(height, width)) ** -power
    fall[0, 0] = 0
    noise = np.fft.irfft2(np.fft.rfft2(rng.normal(size=(height, width))) * fall, s=(height, width))
    return np.asarray(noise / max(float(noise.std()), 1e-9), dtype=np.float64)


def _projective(corners: NDArray[np.float64], quad: NDArray[np.float64]) -> NDArray[np.float64]:
    """Pillow's eight numbers of the map that takes the quad's corners to ``corners``."""
    rows = []
    for (x, y), (u, v) in zip(quad, corners, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
    found = np.linalg.lstsq(np.array(rows), corners.reshape(8), rcond=None)[0]
    return np.asarray(found, dtype=np.float64)
