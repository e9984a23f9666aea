"""Scenes whose sky and windows are known: what the bundled day2night learns to see them on.

They are put together of what `night_stock` has, at all scales: rows of fronts in perspective under skies,
with things before them, and things without any window on skies, grounds and foliage.

Shapes: H height, W width; pictures are (H, W, 3) uint8, masks (H, W) uint8 of the classes of `night_stock`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from recipes.night_stock import OTHER, SKY, UNKNOWN, WALL, WINDOW, Picture, Stock

T = TypeVar("T")


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
        picture, labels = self._scaled((self.size, self.size), *self._crop(h, w, photo, mask))
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
        size = self.size
        corners = np.array([(0, 0), (0, size), (size, size), (size, 0)], float)
        quad = corners + self.rng.uniform(-0.22, 0.22, (4, 2)) * size
        inside, out, mask = _seen(picture, labels, quad, size)
        out[~inside], mask[~inside] = picture.reshape(-1, 3).mean(0).astype(np.uint8), UNKNOWN
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
        picture[horizon:], mask[horizon:] = self._ground(size - horizon, size), OTHER
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
        right, tops, feet = left + wide, horizon - heights, horizon + under
        quad = np.array([(left, tops[0]), (left, feet[0]), (right, feet[1]), (right, tops[1])])
        small = self._scaled((max(int(wide), 8), max(int(tall), 8)), photo, labels)
        inside, seen, where = _seen(*small, quad, size)
        inside &= where != SKY
        picture[inside], mask[inside] = seen[inside], where[inside]

    def _view(self) -> tuple[Picture, Picture]:
        """A crop of a camera's view, now and then with things in it."""
        photo, mask = self._pick(self.stock.views)
        side = int(self.rng.uniform(0.45, 1) * min(mask.shape))
        picture, labels = self._scaled((self.size, self.size), *self._crop(side, side, photo, mask))
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
            grey = rng.uniform(170, 255, 1) + rng.uniform(-8, 8, 3)
            return np.full((height, width, 3), grey).clip(0, 255).astype(np.uint8)
        if self.stock.skies and rng.random() < 0.6:
            return self._part_of(self._pick(self.stock.skies), 0.3, width, height, Image.Resampling.BILINEAR)
        blue = np.array((rng.uniform(40, 150), rng.uniform(100, 190), rng.uniform(170, 255)))
        paler = rng.uniform(0.2, 0.9)
        tint = np.array((rng.uniform(-10, 30), 0, rng.uniform(-40, 0)))
        pale = blue + (255 - blue) * paler + tint
        t = np.linspace(0, 1, height)[:, None, None] ** rng.uniform(0.6, 2)
        sky_ = blue + t * (pale - blue)
        cloud = _clouds(rng, height, width, rng.uniform(1.2, 2.2))
        cover = np.clip((cloud - rng.uniform(-0.8, 1.2)) * rng.uniform(0.5, 2.5), 0, 1)[..., None]
        brightness, relief = rng.uniform(80, 255), np.clip(_clouds(rng, height, width, 1.8), -1, 1)
        grey = brightness * (1 - 0.35 * relief[..., None] * rng.random())
        return np.clip(sky_ * (1 - cover) + grey * cover, 0, 255).astype(np.uint8)

    def _ground(self, height: int, width: int) -> Picture:
        rng, height = self.rng, max(height, 1)
        if self.stock.grounds and rng.random() < 0.6:
            return self._part_of(self._pick(self.stock.grounds), 0.4, width, height, Image.Resampling.BICUBIC)
        return self._texture(height, width)

    def _part_of(
        self, picture: Picture, least: float, width: int, height: int, method: Image.Resampling
    ) -> Picture:
        """A part of a picture, of ``least`` of each side or more, at another size."""
        rows, columns = (int(side * self.rng.uniform(least, 1)) for side in picture.shape[:2])
        (part,) = self._crop(rows, columns, picture)
        return np.array(Image.fromarray(np.ascontiguousarray(part)).resize((width, height), method))

    def _crop(self, height: int, width: int, *pictures: Picture) -> list[Picture]:
        """The same part, from anywhere, of pictures of one size."""
        whole = pictures[0].shape
        top = int(self.rng.integers(0, whole[0] - height + 1))
        left = int(self.rng.integers(0, whole[1] - width + 1))
        return [picture[top : top + height, left : left + width] for picture in pictures]

    def _texture(self, height: int, width: int) -> Picture:
        """Clouds of noise between two colours: earth, leaves, water, stone."""
        rng = self.rng
        a, b = rng.uniform(0, 220, 3), rng.uniform(0, 255, 3)
        if rng.random() < 0.5:  # green
            a = np.array((20, 50, 10)) * rng.uniform(0.3, 1.5)
            b = np.array((120, 160, 60)) * rng.uniform(0.6, 1.5)
        power, stretch = rng.uniform(0.2, 1.6), float(rng.choice((1, 1, 4)))
        t = 0.5 + 0.4 * _clouds(rng, height, width, power, stretch)
        return np.clip(a + np.clip(t, 0, 1)[..., None] * (b - a), 0, 255).astype(np.uint8)

    def _set_hills(self, picture: Picture, mask: Picture, horizon: int) -> None:
        size, rng = self.size, self.rng
        hills = _clouds(rng, 2, 4 * size, rng.uniform(1, 2.4))[0, :size] * size
        line = horizon + hills * rng.uniform(0.01, 0.1)
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
            images = (Image.fromarray(layer) for layer in (thing, alpha))
            small, soft = (np.asarray(image.resize((w, h), Image.Resampling.BOX)) for image in images)
            top, left = int(rng.integers(-h // 3, size - h // 2)), int(rng.integers(-w // 3, size - w // 2))
            y, x = (slice(max(at, 0), min(at + side, size)) for at, side in ((top, h), (left, w)))
            inside, own = (y, x), (slice(y.start - top, y.stop - top), slice(x.start - left, x.stop - left))
            a = soft[own][..., None] / 255
            lit = picture[inside] * (1 - a) + small[own] * a * rng.uniform(0.4, 1.1)
            picture[inside] = np.clip(lit, 0, 255).astype(np.uint8)
            part = mask[inside]
            part[a[..., 0] > 0.5] = OTHER

    def _set_glitter(self, picture: Picture, mask: Picture) -> None:
        """Bright specks on what is not the sky."""
        size, rng = self.size, self.rng
        specks = (rng.random((size, size)) < rng.uniform(0.002, 0.05)) & (mask == OTHER)
        if rng.random() < 0.5:
            specks |= np.roll(specks, 1, axis=1)
        picture[specks] = np.clip(picture[specks] + rng.uniform(60, 200), 0, 255).astype(np.uint8)

    def _scaled(self, size: tuple[int, int], picture: Picture, mask: Picture) -> tuple[Picture, Picture]:
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


def _seen(
    picture: Picture, labels: Picture, quad: NDArray[np.float64], size: int
) -> tuple[NDArray[np.bool_], Picture, Picture]:
    """Where a picture is whose corners are taken to those of a quad; and it and its mask, of that size."""
    height, width = labels.shape
    corners = np.array([(0, 0), (0, height), (width, height), (width, 0)], float)
    rows = []
    for (x, y), (u, v) in zip(quad, corners, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
    points = tuple(np.linalg.lstsq(np.array(rows), corners.reshape(8), rcond=None)[0].tolist())

    def moved(plane: Picture, method: Image.Resampling = Image.Resampling.NEAREST) -> Picture:
        image = Image.fromarray(plane).transform((size, size), Image.Transform.PERSPECTIVE, points, method)
        return np.array(image)

    inside = moved(np.full((height, width), 255, np.uint8)) > 0
    return inside, moved(picture, Image.Resampling.BILINEAR), moved(labels)
