"""What is measured on drawings by people: fill, ground, dabs, several colours.

Every drawing is fitted into 256x256; what its lines enclose is found by
:mod:`benchmarks.drawings.silhouette`. Then:

- **fill**: pixels inside, less a rim of 3 pixels and less the lines themselves, that are not white. White is
  a darkest channel of 245 or more: the ground of product photos is 250 to 255 after JPEG, and what is darker
  than 245 shows beside white.
- **ground**: pixels more than 8 away from the silhouette and from any line that are not white.
- **dabs**: eight evenly spaced hues, black and two greys, one at a time, as a round dab under the lines
  in the middle of the largest enclosed part. "obeyed" is CIEDE2000 between the dab's colour and the median
  colour of the rest of that part; "others' change" the median over all pixels of the other parts, against
  the output without a dab; both medians are over the hues.
- **several colours** over eight seeds: at least two that differ by more than 15 (CIEDE2000), of which each
  has 8 % or more of the pixels inside, within 7.5 of it. The first is the commonest, the second the commonest
  of what differs.
"""

from __future__ import annotations

import colorsys
from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw
from tqdm import tqdm

from benchmarks.drawings.silhouette import SIDE, Drawing, Mask, distance, near
from benchmarks.pictures.sets import evenly
from pix2pix.errors import DataError
from pix2pix.hints import commonest
from train.data.colour import Array, ciede2000, srgb_to_lab

Picture = NDArray[np.uint8]  # (256, 256, 3)
Numbers = dict[str, float | None]

WHITE_FROM = 245
WELL_FILLED = 0.95

HUES = tuple(range(0, 360, 45))
TONES = {"black": 30, "grey": 128, "light grey": 190}
SATURATION, VALUE = 0.7, 0.75  # dyed leather and canvas; a screen's pure colours are no shoe's
DAB, SMALLEST_DAB = 18, 8  # diameter: the canvas's usual one, and its smallest for narrow parts
FEWEST = 100  # pixels that a colour is measured on

DIFFERENT, SHARE = 15.0, 0.08  # CIEDE2000 between two colours, and what each has of the pixels inside
SEEDS, SEEDED_DRAWINGS = 8, 12


class Model(Protocol):
    """What is measured: pix2pix.Translator is one."""

    def translate(self, image: Image.Image, *, seed: int | None = 0) -> Image.Image: ...


def measure(model: Model, drawings: Sequence[Drawing], seed: int = 0) -> Numbers:
    """The numbers of `benchmarks.drawings.sketches.ROWS` by key; None where no drawing allows one.

    Raises:
        DataError: no drawing encloses anything.
    """
    given = len(drawings)
    drawings = [drawing for drawing in drawings if drawing.parts and drawing.inside.any()]
    if not drawings:
        raise DataError("None of the drawings encloses anything: give drawings of dark lines on white.")
    outputs = [translated(model, drawing.image, seed) for drawing in tqdm(drawings, "plain", disable=None)]
    return {
        "drawings": len(drawings),
        "unmeasured": given - len(drawings),
        **fill_and_ground(outputs, drawings),
        **dabs(model, outputs, drawings, seed),
        "seeds_several": over_seeds(model, drawings, seed),
    }


def translated(model: Model, image: Image.Image, seed: int) -> Picture:
    """(256, 256, 3) uint8."""
    return np.asarray(model.translate(image, seed=seed).convert("RGB"))


def _median(values: Sequence[float]) -> float | None:
    return float(np.median(values)) if len(values) else None


def _coloured(output: Picture) -> Mask:
    return output.min(axis=2) < WHITE_FROM


def fill_and_ground(outputs: Sequence[Picture], drawings: Sequence[Drawing]) -> Numbers:
    """Shares of what is not white, inside and outside; the ground's is over all drawings' pixels."""
    pairs = list(zip(outputs, drawings, strict=True))
    shares = [float(_coloured(output)[drawing.inside].mean()) for output, drawing in pairs]
    dirty = sum(int(_coloured(output)[drawing.outside].sum()) for output, drawing in pairs)
    ground = sum(int(drawing.outside.sum()) for drawing in drawings)
    return {
        "fill_median": _median(shares),
        "well_filled": float(np.mean([share >= WELL_FILLED for share in shares])),
        "ground": dirty / ground if ground else None,
    }


class Dab(NamedTuple):
    """Where a drawing's dab is put.

    box: left, top, right, bottom of the disc, both ends in it.
    around: (256, 256) bool, the part without the disc.
    others: (256, 256) bool, what is inside and of other parts.
    """

    box: tuple[int, int, int, int]
    around: Mask
    others: Mask


def place_dab(drawing: Drawing) -> Dab:
    """In the middle of the largest part: where the lines are farthest."""
    part = drawing.parts[0]
    depth = distance(~part, SIDE // 2)
    y, x = (int(v) for v in np.unravel_index(depth.argmax(), depth.shape))
    # The part stays away from the lines by 2 pixels; a small dab may reach beyond it.
    diameter = min(DAB, max(SMALLEST_DAB, 2 * int(depth[y, x])))
    box = (x - diameter // 2, y - diameter // 2, x + (diameter - 1) // 2, y + (diameter - 1) // 2)
    disc = np.zeros_like(part)
    disc[box[1] : box[3] + 1, box[0] : box[2] + 1] = True
    around = part & ~near(disc, 1)
    if around.sum() < FEWEST:
        around = part
    return Dab(box, around, drawing.inside & ~near(part | disc, 5))


def dabbed(drawing: Drawing, dab: Dab, colour: tuple[int, int, int]) -> Image.Image:
    """The drawing with a dab as the app's canvas paints it: colour lies below the lines."""
    layer = Image.new("RGB", drawing.image.size, "white")
    ImageDraw.Draw(layer).ellipse(dab.box, fill=colour)
    return ImageChops.multiply(layer, drawing.image)


def dab_colour(hue: int) -> tuple[int, int, int]:
    """sRGB, 0-255, of a hue in degrees."""
    red, green, blue = colorsys.hsv_to_rgb(hue / 360, SATURATION, VALUE)
    return round(255 * red), round(255 * green), round(255 * blue)


def dabs(model: Model, outputs: Sequence[Picture], drawings: Sequence[Drawing], seed: int) -> Numbers:
    """How a dab's part and the other parts answer it, over all drawings and hues; and to black and greys."""
    offered = {str(hue): dab_colour(hue) for hue in HUES}
    offered |= {tone: (level,) * 3 for tone, level in TONES.items()}
    missed: dict[str, list[float]] = {name: [] for name in offered}
    changes: list[float] = []
    pairs = list(zip(outputs, drawings, strict=True))
    for plain, drawing in tqdm(pairs, "dabs", disable=None):
        dab = place_dab(drawing)
        before = srgb_to_lab(plain[dab.others])
        for name, colour in offered.items():
            output = translated(model, dabbed(drawing, dab, colour), seed)
            answer = np.median(srgb_to_lab(output[dab.around]), axis=0)
            missed[name].append(float(ciede2000(answer, srgb_to_lab(np.array(colour)))))
            if name not in TONES and len(before) >= FEWEST:
                changes.append(float(np.median(ciede2000(before, srgb_to_lab(output[dab.others])))))
    everything = [difference for hue in HUES for difference in missed[str(hue)]]
    return {
        "dab": _median(everything),
        **{f"dab_{name}": _median(row) for name, row in missed.items()},
        "dab_within": float(np.mean([difference <= 15 for difference in everything])),
        "others_change": _median(changes),
    }


def has_several_colours(picture: Picture, inside: Mask) -> bool:
    """Whether at least two clearly different colours are inside, each of a good share."""
    pixels = picture[inside]
    least = max(SHARE * len(pixels), 1)
    if len(pixels) < FEWEST:
        return False
    off = _off_commonest(pixels)
    rest = pixels[off > DIFFERENT]
    if (off <= DIFFERENT / 2).sum() < least or len(rest) < least:
        return False
    return bool((_off_commonest(rest) <= DIFFERENT / 2).sum() >= least)


def _off_commonest(pixels: Picture) -> Array:
    """(n, 3) 0-255 -> (n,), how far each is from the commonest colour of all, CIEDE2000."""
    found = commonest(torch.from_numpy(pixels.T.astype(np.float32)) / 127.5 - 1)
    return ciede2000(srgb_to_lab(pixels), srgb_to_lab((found.numpy() + 1) * 127.5))


def over_seeds(model: Model, drawings: Sequence[Drawing], seed: int) -> float:
    """The share of outputs with several colours, over drawings and seeds."""
    several = [
        has_several_colours(translated(model, drawing.image, seed + n), drawing.inside)
        for drawing in tqdm(evenly(drawings, SEEDED_DRAWINGS), "seeds", disable=None)
        for n in range(SEEDS)
    ]
    return float(np.mean(several))
