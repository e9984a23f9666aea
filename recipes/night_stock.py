"""What the scenes of `night_scenes` are made of: fronts, views, skies, grounds and things, and their masks.

Where windows are is known from the labels of facades; where the sky is, of a fixed camera from many days:
it is bright and smooth on all of them.

Shapes: H height, W width; pictures are (H, W, 3) uint8, masks (H, W) uint8 of the classes below.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from pix2pix.facade import CMP
from pix2pix.images import LUMINANCE, to_rgb
from train.data.pairs import Pair, find_pairs

OTHER, SKY, WINDOW, WALL, UNKNOWN = 0, 1, 2, 3, 255
SKYLINE, VIEW = 4, 5  # sky or not, but nothing lit; not the sky, but maybe buildings with windows
Picture = NDArray[np.uint8]
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
    """Read the training parts of :data:`FRONTS`, :data:`DAYS` and :data:`THINGS`, folders below ``data``."""
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


def _array(image: Image.Image) -> Picture:
    small = to_rgb(image).copy()
    small.thumbnail((640, 640))
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
    y = _luminance(photo)
    smooth = np.logical_and.accumulate((_rough(y) < 0.024) & (y > 0.55), axis=0)
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
        padded = np.pad(ends, reach, mode="edge")
        ends = most(np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1), axis=1)
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
