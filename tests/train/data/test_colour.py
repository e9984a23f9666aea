"""Colours as people see them, against published numbers."""

from __future__ import annotations

import numpy as np
import pytest

from train.data.colour import chroma, ciede2000, srgb_to_lab

# Table 1 of Sharma, Wu and Dalal 2005, made to find mistakes in the hue's jumps: Lab, Lab, difference.
BLUE, GREYISH, PINK = (50, 0, -82.7485), (50, 2.5, 0), (50, 2.49, -0.001)
PUBLISHED = [
    ((50, 2.6772, -79.7751), BLUE, 2.0425),
    ((50, 3.1571, -77.2803), BLUE, 2.8615),
    ((50, 2.8361, -74.0200), BLUE, 3.4412),
    ((50, -1.3802, -84.2814), BLUE, 1.0000),
    ((50, -1.1848, -84.8006), BLUE, 1.0000),
    ((50, -0.9009, -85.5211), BLUE, 1.0000),
    ((50, 0, 0), (50, -1, 2), 2.3669),
    ((50, -1, 2), (50, 0, 0), 2.3669),
    (PINK, (50, -2.49, 0.0009), 7.1792),
    (PINK, (50, -2.49, 0.0010), 7.1792),
    (PINK, (50, -2.49, 0.0011), 7.2195),
    (PINK, (50, -2.49, 0.0012), 7.2195),
    ((50, -0.001, 2.49), (50, 0.0009, -2.49), 4.8045),
    ((50, -0.001, 2.49), (50, 0.0010, -2.49), 4.8045),
    ((50, -0.001, 2.49), (50, 0.0011, -2.49), 4.7461),
    (GREYISH, (50, 0, -2.5), 4.3065),
    (GREYISH, (73, 25, -18), 27.1492),
    (GREYISH, (61, -5, 29), 22.8977),
    (GREYISH, (56, -27, -3), 31.9030),
    (GREYISH, (58, 24, 15), 19.4535),
    (GREYISH, (50, 3.1736, 0.5854), 1.0000),
    (GREYISH, (50, 3.2972, 0), 1.0000),
    (GREYISH, (50, 1.8634, 0.5757), 1.0000),
    (GREYISH, (50, 3.2592, 0.3350), 1.0000),
    ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ((63.0109, -31.0961, -5.8663), (62.8187, -29.7946, -4.0864), 1.2630),
    ((61.2901, 3.7196, -5.3901), (61.4292, 2.2480, -4.9620), 1.8731),
    ((35.0831, -44.1164, 3.7933), (35.0232, -40.0716, 1.5901), 1.8645),
    ((22.7233, 20.0904, -46.6940), (23.0331, 14.9730, -42.5619), 2.0373),
    ((36.4612, 47.8580, 18.3852), (36.2715, 50.5065, 21.2231), 1.4146),
    ((90.8027, -2.0831, 1.4410), (91.1528, -1.6435, 0.0447), 1.4441),
    ((90.9257, -0.5406, -0.9208), (88.6381, -0.8985, -0.7239), 1.5381),
    ((6.7747, -0.2908, -2.4247), (5.8714, -0.0985, -2.2286), 0.6377),
    ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
]


@pytest.mark.parametrize(("first", "second", "difference"), PUBLISHED)
def test_the_published_pairs(first: tuple, second: tuple, difference: float) -> None:
    assert float(ciede2000(first, second)) == pytest.approx(difference, abs=5e-5)


@pytest.mark.parametrize(
    ("rgb", "lab"),
    [
        ((255, 255, 255), (100, 0, 0)),
        ((0, 0, 0), (0, 0, 0)),
        ((119, 119, 119), (50.03, 0, 0)),
        ((255, 0, 0), (53.24, 80.09, 67.20)),
        ((0, 255, 0), (87.73, -86.18, 83.18)),
        ((0, 0, 255), (32.30, 79.19, -107.86)),
    ],
)
def test_known_colours(rgb: tuple, lab: tuple) -> None:
    assert srgb_to_lab(np.array(rgb, dtype=np.uint8)) == pytest.approx(lab, abs=0.02)


def test_a_difference_has_no_direction_and_is_nothing_for_the_same_colour() -> None:
    colours = srgb_to_lab(np.random.default_rng(0).integers(0, 256, (200, 3)))
    there, back = ciede2000(colours[:100], colours[100:]), ciede2000(colours[100:], colours[:100])
    assert there == pytest.approx(back)
    assert (there > 0).all()
    assert (ciede2000(colours, colours) == 0).all()


def test_pictures_keep_their_shape_and_one_colour_is_compared_with_all() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (4, 5, 3), dtype=np.uint8)
    lab = srgb_to_lab(picture)
    assert lab.shape == (4, 5, 3)
    assert chroma(lab).shape == (4, 5)
    differences = ciede2000(lab, lab[2, 3])
    assert differences.shape == (4, 5)
    assert differences[2, 3] == 0
    assert chroma(srgb_to_lab(np.full((2, 3), 77))) == pytest.approx(0, abs=1e-4)
