"""Buildings from a number: always the same, always labels, and different from each other."""

from __future__ import annotations

import numpy as np
import pytest

from pix2pix.facade import CMP, COLOUR, draw_facade
from pix2pix.palette import colour_codes


def share(seed: int, name: str) -> float:
    return float((np.asarray(draw_facade(seed)) == COLOUR[name]).all(axis=2).mean())


def test_a_number_is_always_the_same_building_and_others_differ() -> None:
    pictures = [draw_facade(seed).tobytes() for seed in range(100)]
    assert pictures == [draw_facade(seed).tobytes() for seed in range(100)]
    assert len(set(pictures)) == 100


@pytest.mark.parametrize("size", [32, 128, 200])
def test_every_pixel_is_one_of_the_twelve_labels(size: int) -> None:
    known = set(colour_codes(np.array(CMP.colours)).tolist())
    assert len(known) == 12
    for seed in range(40):
        picture = draw_facade(seed, size)
        assert picture.size == (size, size)
        assert set(np.unique(colour_codes(np.asarray(picture))).tolist()) <= known


def test_every_building_has_walls_windows_and_an_entrance_and_all_labels_occur() -> None:
    for seed in range(60):
        assert share(seed, "facade") > 0.1 and share(seed, "window") > 0.02 and share(seed, "door") > 0.002
    for name in CMP.names:
        assert any(share(seed, name) > 0.001 for seed in range(60)), name


def test_no_room_for_windows() -> None:
    with pytest.raises(ValueError, match="16"):
        draw_facade(0, 16)
