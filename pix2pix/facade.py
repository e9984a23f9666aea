"""Fronts of buildings as label maps, drawn from a seed: inputs for models that were trained on CMP facades.

Nothing here is taken from the data set but the meaning of its twelve colours. Every edge is hard, as in the
labels that such a model was trained on.
"""

from __future__ import annotations

import random

from PIL import Image, ImageDraw

from pix2pix.palette import Palette

# The classes of the CMP Facade Database (Tylecek and Sara 2013), in the colours that the pix2pix data set's
# pictures have, by the names that well-known demos give them. "shop" mostly marks shop windows there, and
# "door" doors.
CMP = Palette(
    colours=(
        (0, 0, 222),
        (0, 48, 255),
        (0, 128, 255),
        (0, 207, 255),
        (32, 255, 224),
        (112, 255, 143),
        (192, 255, 63),
        (255, 240, 0),
        (255, 159, 0),
        (255, 80, 0),
        (255, 0, 0),
        (174, 0, 0),
    ),
    names=(
        "background",
        "facade",
        "window",
        "door",
        "cornice",
        "sill",
        "balcony",
        "blind",
        "deco",
        "molding",
        "pillar",
        "shop",
    ),
)
COLOUR = dict(zip(CMP.names, CMP.colours, strict=True))


def draw_facade(seed: int, size: int = 128) -> Image.Image:
    """A building's front of rectangles in the colours of ``CMP``.

    Args:
        seed: the same one always gives the same building.
        size: of the square, in pixels; from 32.

    Raises:
        ValueError: the square is smaller than that.
    """
    if size < 32:
        raise ValueError(f"a facade of {size} pixels has no room for windows")
    return _Front(random.Random(seed), size).draw()


class _Front:
    """One building while it is drawn. Lengths are in parts of the square, 0 to 1."""

    def __init__(self, chance: random.Random, size: int) -> None:
        self.chance, self.size = chance, size
        self.image = Image.new("RGB", (size, size), COLOUR["background"])
        self._brush = ImageDraw.Draw(self.image)
        self.left = chance.choice((0.0, 0.0, chance.uniform(0.03, 0.14)))
        self.right = chance.choice((1.0, 1.0, chance.uniform(0.86, 0.97)))
        self.top = chance.choice((0.0, chance.uniform(0.04, 0.16)))
        self.ground = chance.uniform(0.94, 1.0)
        self.columns = chance.randint(3, 7)
        self.storeys = chance.randint(2, 5)
        self.pitch = (self.right - self.left) / self.columns
        self.window = self.pitch * chance.uniform(0.42, 0.62)  # its width

    def draw(self) -> Image.Image:
        chance, roof = self.chance, self.top + 0.03
        self._fill("facade", self.left, self.top, self.right, self.ground)
        if chance.random() < 0.7:
            roof = self.top + chance.uniform(0.05, 0.09)
            self._fill("molding", self.left, self.top, self.right, roof)
        base = self.ground - chance.uniform(0.2, 0.27)  # where the ground floor begins
        height = (base - roof) / self.storeys
        heads, sills = chance.random() < 0.7, chance.random() < 0.8
        shutters, twins = chance.random() < 0.3, chance.random() < 0.3
        balconies = chance.choice((-1, -1, 0, 1, 2))  # the storey that has them
        for storey in range(self.storeys):
            top = roof + height * (storey + 0.26)
            bottom = roof + height * (storey + 0.8)
            for column in range(self.columns):
                self._opening(column, top, bottom, heads=heads, sills=sills, shutters=shutters, twins=twins)
                if storey == balconies and column % 2 == self.columns // 2 % 2:
                    self._balcony(column, bottom, height)
        if chance.random() < 0.35:
            for column in range(self.columns + 1):
                middle = min(max(self.left + column * self.pitch, self.left + 0.012), self.right - 0.012)
                self._fill("pillar", middle - 0.012, roof, middle + 0.012, base)
        if chance.random() < 0.8:
            self._fill("molding", self.left, base - 0.015, self.right, base + 0.02)
        self._ground_floor(base + 0.02)
        return self.image

    def _opening(
        self, column: int, top: float, bottom: float, *, heads: bool, sills: bool, shutters: bool, twins: bool
    ) -> None:
        """A window, one or two panes wide, with what belongs to it."""
        left, right = self._span(column, self.window)
        if twins:
            gap = self.window * 0.07
            middle = (left + right) / 2
            self._fill("window", left, top, middle - gap, bottom)
            self._fill("window", middle + gap, top, right, bottom)
        else:
            self._fill("window", left, top, right, bottom)
        if shutters:
            self._fill("blind", left, top, right, top + (bottom - top) * 0.4)
        if heads:
            self._fill("cornice", left - 0.01, top - 0.03, right + 0.01, top)
        if sills:
            self._fill("sill", left - 0.01, bottom, right + 0.01, bottom + 0.022)

    def _balcony(self, column: int, bottom: float, height: float) -> None:
        left, right = self._span(column, min(self.window * 1.5, self.pitch * 0.92))
        self._fill("balcony", left, bottom - height * 0.22, right, bottom + 0.03)

    def _ground_floor(self, top: float) -> None:
        """Shops or windows, and an entrance among them."""
        shops, entrance = self.chance.random() < 0.4, self.chance.randrange(self.columns)
        for column in range(self.columns):
            if column == entrance:
                left, right = self._span(column, self.window * 1.15)
                self._fill("door", left, top + 0.035, right, self.ground)
                self._fill("deco", left - 0.01, top + 0.005, right + 0.01, top + 0.035)
            elif shops:
                left, right = self._span(column, self.pitch * 0.8)
                self._fill("shop", left, top + 0.03, right, self.ground - 0.01)
            else:
                left, right = self._span(column, self.window)
                self._fill("window", left, top + 0.035, right, self.ground - 0.06)

    def _span(self, column: int, width: float) -> tuple[float, float]:
        middle = self.left + (column + 0.5) * self.pitch
        return middle - width / 2, middle + width / 2

    def _fill(self, name: str, left: float, top: float, right: float, bottom: float) -> None:
        """A rectangle at whole pixels, at least one of them each way."""
        x0, y0 = round(left * self.size), round(top * self.size)
        x1, y1 = max(round(right * self.size), x0 + 1), max(round(bottom * self.size), y0 + 1)
        self._brush.rectangle((x0, y0, x1 - 1, y1 - 1), fill=COLOUR[name])
