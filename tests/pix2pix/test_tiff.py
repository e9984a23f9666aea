"""TIFFs of many bands: the first three are red, green and blue, or a sentence says that they are not read."""

from __future__ import annotations

import logging

import pytest
from support import assert_one_sentence, tiff_of_bands

from pix2pix.errors import ImageError
from pix2pix.images import open_image, stored_as


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(
    ("bands", "bits", "apart"),
    [(3, 8, False), (4, 8, False), (6, 8, False), (4, 16, False), (3, 8, True), (13, 8, True)],
)
def test_the_first_three_bands_are_colours(bands: int, bits: int, apart: bool, packed: bool) -> None:
    data = tiff_of_bands(bands, bits, apart, packed)
    assert open_image(data).getcolors() == [(20, (10, 30, 50))]
    stored = stored_as(data)
    assert (stored.bands, stored.used, stored.left_out) == (bands, 3, bands - 3)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(
    ("bands", "bits", "apart"), [(2, 8, False), (7, 8, False), (13, 16, False), (3, 16, True), (13, 16, True)]
)
def test_what_cannot_be_read_is_told_and_never_called_damaged(
    bands: int, bits: int, apart: bool, packed: bool, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING), pytest.raises(ImageError) as caught:
        open_image(tiff_of_bands(bands, bits, apart, packed))
    assert_one_sentence(caught.value)
    assert f"has {bands} bands of {bits} bits" in str(caught.value)
    assert not caplog.records  # Pillow's own words would reach the console
