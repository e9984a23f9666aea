"""What is measured on drawings by people: fill, ground, dabs, colours, checkerboard.

Every drawing is fitted into 256x256; what its lines enclose is found by
:mod:`benchmarks.drawings.silhouette`. Then:

- **fill**: pixels inside, less a rim of 3 pixels and less the lines themselves, that are not white. White is
  a darkest channel of 245 or more: the ground of product photos is 250 to 255 after JPEG, and what is darker
  than 245 shows beside white.
- **ground**: pixels more than 8 away from the silhouette and from any line that are not white.
- **dabs**: eight evenly spaced hues, one at a time, as a round dab under the lines in the middle of the
  largest enclosed part. "obeyed" is CIEDE2000 between the dab's colour and the median colour of the rest of
  that part; "others' change" the median over all pixels of the other parts, against the output without a dab.
  Black and greys, which are common on shoes and no hue, are measured in the same way and told by themselves.
- **colours** without dabs: the mean chroma C* of what is filled; vivid is more than 20 (brown leather has 15
  to 30). Hues are those of each output's mean a* and b*, and count by their chroma: spread is 1 - the length
  of their mean direction (0 one hue, 1 all round), entropy is over 12 bins of hue (at most 3.6 bits, for
  eight seeds 3). "over seeds" are medians over twelve drawings of the same with eight seeds each, and the
  change of the mean colour from the first seed's.
- **several colours**: at least two that differ by more than 15 (CIEDE2000), of which each has 8 % or more of
  the pixels inside, within 7.5 of it. The first is the commonest, the second the commonest of what differs.
- **checkerboard**: power of the fill's fine detail at 1/2 and 1/4 cycles a pixel over its neighbours, in dB:
  along rows and along columns (all that has this frequency in one direction), and "grid", the highest of the
  single peaks at multiples of these frequencies in both directions, which a faint but regular weave has.
"""

from __future__ import annotations

import colorsys
from collections.abc import Sequence
from typing import NamedTuple, Protocol, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageDraw
from tqdm import tqdm

from benchmarks.drawings.silhouette import SIDE, Drawing, Mask, distance, near
from benchmarks.pictures.sets import evenly
from pix2pix.errors import DataError
from pix2pix.hints import commonest
from pix2pix.images import LUMINANCE
from pix2pix.spectrum import CORE, REACH, grid_peaks
from train.data.colour import Array, chroma, ciede2000, srgb_to_lab

Picture = NDArray[np.uint8]  # (256, 256, 3)
Numbers = dict[str, float | None]
T = TypeVar("T")

WHITE_FROM = 245
SURELY_BELOW = 230  # a stricter look: haze and white highlights are not filled either
WELL_FILLED = 0.95

HUES = tuple(range(0, 360, 45))
TONES = {"black": 30, "grey": 128, "light grey": 190}
SATURATION, VALUE = 0.7, 0.75  # dyed leather and canvas; a screen's pure colours are no shoe's
DAB, SMALLEST_DAB = 18, 8  # diameter: the canvas's usual one, and its smallest for narrow parts
FEWEST = 100  # pixels that a colour is measured on

VIVID = 20.0
HUE_BINS = 12
DIFFERENT, SHARE = 15.0, 0.08  # CIEDE2000 between two colours, and what each has of the pixels inside
SEEDS, SEEDED_DRAWINGS = 8, 12

FREQUENCIES = {"1/2": SIDE // 2, "1/4": SIDE // 4}  # cycles a pixel: index in a spectrum of 256 pixels
BESIDE = range(CORE + 1, REACH + 1)  # how far the neighbours are, beyond what the window smears


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
        **variety([colours(o, d) for o, d in zip(outputs, drawings, strict=True)]),
        **over_seeds(model, drawings, seed),
        **checkerboard(outputs, drawings),
    }


def translated(model: Model, image: Image.Image, seed: int) -> Picture:
    """(256, 256, 3) uint8."""
    return np.asarray(model.translate(image, seed=seed).convert("RGB"))


def _median(values: Sequence[float]) -> float | None:
    return float(np.median(values)) if len(values) else None


def _coloured(output: Picture, below: int = WHITE_FROM) -> Mask:
    return output.min(axis=2) < below


def fill_and_ground(outputs: Sequence[Picture], drawings: Sequence[Drawing]) -> Numbers:
    """Shares of what is not white, inside and outside; the ground's is over all drawings' pixels."""
    pairs = list(zip(outputs, drawings, strict=True))
    shares = [float(_coloured(output)[drawing.inside].mean()) for output, drawing in pairs]
    strict = [float(_coloured(output, SURELY_BELOW)[drawing.inside].mean()) for output, drawing in pairs]
    dirty = sum(int(_coloured(output)[drawing.outside].sum()) for output, drawing in pairs)
    ground = sum(int(drawing.outside.sum()) for drawing in drawings)
    return {
        "fill_median": _median(shares),
        "well_filled": float(np.mean([share >= WELL_FILLED for share in shares])),
        "surely_filled": float(np.mean([share >= WELL_FILLED for share in strict])),
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


def colours(output: Picture, drawing: Drawing) -> Array:
    """(4,) of what is filled: mean L*, a*, b*, and mean C*; of everything inside where nothing is."""
    filled = drawing.inside & _coloured(output)
    lab = srgb_to_lab(output[filled if filled.any() else drawing.inside])
    return np.append(lab.mean(axis=0), chroma(lab).mean())


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


def variety(samples: Sequence[Array]) -> Numbers:
    """Chroma and hue over outputs: (4,) each, see :func:`colours`."""
    each = np.array(samples)
    strength = chroma(each)
    total = max(float(strength.sum()), 1e-9)
    together = float(np.hypot(*each[:, 1:3].sum(axis=0)))
    hues = np.degrees(np.arctan2(each[:, 2], each[:, 1])) % 360
    shares = np.histogram(hues, HUE_BINS, (0, 360), weights=strength)[0] / total
    shares = shares[shares > 0]
    # Greys have no hue, and so no spread of it; a noise of 1e-3 in a* and b* is grey.
    spread = 1 - together / total if total > 1e-2 * len(each) else 0.0
    return {
        "chroma": float(np.median(each[:, 3])),
        "vivid": float((each[:, 3] > VIVID).mean()),
        "hue_spread": spread,
        "hue_entropy": float(-(shares * np.log2(shares)).sum()) if spread else 0.0,
    }


def over_seeds(model: Model, drawings: Sequence[Drawing], seed: int) -> Numbers:
    """The variety of one drawing's outputs, as medians over drawings, and how far other seeds are."""
    rows: list[Numbers] = []
    changes: list[float] = []
    several: list[bool] = []
    for drawing in tqdm(evenly(drawings, SEEDED_DRAWINGS), "seeds", disable=None):
        outputs = [translated(model, drawing.image, seed + n) for n in range(SEEDS)]
        several += [has_several_colours(output, drawing.inside) for output in outputs]
        samples = [colours(output, drawing) for output in outputs]
        rows.append(variety(samples))
        changes += [float(ciede2000(samples[0][:3], sample[:3])) for sample in samples[1:]]
    keys = ("chroma", "hue_spread", "hue_entropy")
    return {
        **{f"seeds_{key}": _median([row[key] or 0.0 for row in rows]) for key in keys},
        "seeds_vivid": float(np.mean([row["vivid"] for row in rows])),
        "seeds_change": _median(changes),
        "seeds_several": float(np.mean(several)),
    }


def checkerboard(outputs: Sequence[Picture], drawings: Sequence[Drawing]) -> Numbers:
    """Peaks in dB: along rows and along columns as means over outputs, and of their two-dimensional mean."""
    pairs = [fine_detail(output, drawing) for output, drawing in zip(outputs, drawings, strict=True)]
    pairs = [(detail, window) for detail, window in pairs if (window > 0).sum() >= 10 * FEWEST]
    if not pairs:
        return {}
    numbers: Numbers = {}
    for axis, way in ((1, "rows"), (0, "columns")):
        spectra = np.array([_line_spectrum(detail, window, axis) for detail, window in pairs])
        for period, at in FREQUENCIES.items():
            beside = [k for n in BESIDE for k in (at - n, at + n) if k < spectra.shape[1]]
            numbers[f"checker_{way}_{period}"] = float(
                (spectra[:, at] - np.median(spectra[:, beside], axis=1)).mean()
            )
    plane = np.mean([_plane_spectrum(detail, window) for detail, window in pairs], axis=0)
    peaks = grid_peaks(torch.from_numpy(plane))
    return numbers | {f"checker_grid_1/{pixels}": peak for pixels, peak in peaks.items()}


def _line_spectrum(detail: Array, window: Array, axis: int) -> Array:
    """(129,) dB of lines along an axis; rounding to 8 bits is in it, so that a flat fill has no peaks."""
    power = np.square(np.abs(np.fft.rfft(detail, axis=axis))).mean(axis=1 - axis)
    return 10 * np.log10(power + np.square(window).sum() / SIDE / 12)


def _plane_spectrum(detail: Array, window: Array) -> Array:
    """(256, 256) dB, in the order of the FFT."""
    return 10 * np.log10(np.square(np.abs(np.fft.fft2(detail))) + np.square(window).sum() / 12)


def fine_detail(output: Picture, drawing: Drawing) -> tuple[Array, Array]:
    """Luminance less its local mean inside the silhouette, and the window it was multiplied with.

    (256, 256) each, in 0-255 and in 0-1; the window falls off to 0 towards the outline and the lines, so
    that they add no detail.
    """
    inside = drawing.inside.astype(np.float64)
    luminance = output @ np.array(LUMINANCE)
    window = box_mean((~near(~drawing.inside, 2)).astype(np.float64), 2)
    local = box_mean(luminance * inside, 4) / np.maximum(box_mean(inside, 4), 1e-9)
    return (luminance - local) * window, window


def box_mean(values: Array, reach: int) -> Array:
    """(H, W) means over squares of 2 reach + 1 pixels, zeros beyond the border."""
    for axis in (0, 1):
        ends = np.cumsum(np.pad(values, [(reach + 1, reach) if a == axis else (0, 0) for a in (0, 1)]), axis)
        size, wide = values.shape[axis], 2 * reach + 1
        values = (np.take(ends, range(wide, wide + size), axis) - np.take(ends, range(size), axis)) / wide
    return values
