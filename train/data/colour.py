"""Colours as people see them: CIELAB, and how different two colours look (CIEDE2000).

Equal steps in sRGB do not look equal; in CIELAB they nearly do, and CIEDE2000 (CIE 142-2001, as written out
by Sharma, Wu and Dalal 2005) mends what is left: a difference of 1 can just be seen, 5 is plain, above 15
nobody would speak of the same colour.

Shapes: ``...`` any, the last dimension is the colour. Lab is (..., 3) float64: lightness 0-100, a (green to
red) and b (blue to yellow) about -110 to 110. The white is D65, as sRGB's.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

# IEC 61966-2-1: linear sRGB to XYZ.
_TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
_WHITE = _TO_XYZ.sum(axis=1)  # so that (255, 255, 255) is exactly (100, 0, 0)
_LINEAR_BELOW = (6 / 29) ** 3


def srgb_to_lab(rgb: NDArray[Any]) -> Array:
    """(..., 3) sRGB in 0-255, whole numbers or not -> (..., 3) Lab."""
    encoded = np.asarray(rgb, dtype=np.float64) / 255
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    xyz = linear @ _TO_XYZ.T / _WHITE
    f = np.where(xyz > _LINEAR_BELOW, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    x, y, z = np.moveaxis(f, -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def chroma(lab: ArrayLike) -> Array:
    """(..., 3) Lab -> (...) how colourful: 0 is grey, brown leather 15-40, pure sRGB red 105."""
    colours = np.asarray(lab, dtype=np.float64)
    return np.hypot(colours[..., 1], colours[..., 2])


def ciede2000(first: ArrayLike, second: ArrayLike) -> Array:
    """How different two colours look: (..., 3) Lab each, broadcast -> (...), 0 for the same colour.

    The three weights of viewing conditions, kL, kC and kH, are 1.
    """
    lab1, lab2 = (np.asarray(lab, dtype=np.float64) for lab in (first, second))
    a_scale = 1 + 0.5 * (1 - _strength((chroma(lab1) + chroma(lab2)) / 2))
    light1, chroma1, hue1 = _polar(lab1, a_scale)
    light2, chroma2, hue2 = _polar(lab2, a_scale)

    turn = _turn(hue2 - hue1)
    grey = chroma1 * chroma2 == 0
    d_light, d_chroma = light2 - light1, chroma2 - chroma1
    d_hue = 2 * np.sqrt(chroma1 * chroma2) * np.sin(np.radians(np.where(grey, 0, turn) / 2))

    light, mean_chroma = (light1 + light2) / 2, (chroma1 + chroma2) / 2
    # Of two hues 180 degrees apart either middle would do; the paper's choice depends on their sum.
    middle = (hue1 + hue2) / 2
    apart = np.abs(hue1 - hue2) > 180
    middle = np.where(apart, np.where(hue1 + hue2 < 360, middle + 180, middle - 180), middle)
    hue = np.where(grey, hue1 + hue2, middle)

    s_light = 1 + 0.015 * (light - 50) ** 2 / np.sqrt(20 + (light - 50) ** 2)
    s_chroma, s_hue = 1 + 0.045 * mean_chroma, 1 + 0.015 * mean_chroma * _hue_weight(hue)
    blueness = np.exp(-(((hue - 275) / 25) ** 2))
    rotation = -2 * _strength(mean_chroma) * np.sin(np.radians(60 * blueness))
    l_term, c_term, h_term = d_light / s_light, d_chroma / s_chroma, d_hue / s_hue
    squared = l_term**2 + c_term**2 + h_term**2 + rotation * c_term * h_term
    return np.sqrt(np.maximum(squared, 0))  # rounding can take it below 0


def _strength(mean_chroma: Array) -> Array:
    """From 0 for greys to 1 for strong colours, one half at about chroma 21."""
    seventh = mean_chroma**7
    return np.sqrt(seventh / (seventh + 25.0**7))


def _polar(lab: Array, a_scale: Array) -> tuple[Array, Array, Array]:
    """Lightness, chroma and hue in degrees 0-360, after a was stretched for greyish colours."""
    a, b = lab[..., 1] * a_scale, lab[..., 2]
    return lab[..., 0], np.hypot(a, b), np.degrees(np.arctan2(b, a)) % 360


def _turn(degrees: Array) -> Array:
    """The shorter way round, -180 to 180."""
    return np.where(degrees > 180, degrees - 360, np.where(degrees < -180, degrees + 360, degrees))


def _hue_weight(hue: Array) -> Array:
    def cosine(multiple: int, offset: float) -> Array:
        return np.cos(np.radians(multiple * hue + offset))

    return 1 - 0.17 * cosine(1, -30) + 0.24 * cosine(2, 0) + 0.32 * cosine(3, 6) - 0.20 * cosine(4, -63)
