"""Colours of 16 bits: every bit counts, whatever the order of their bytes and however they are packed."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from support import deep_colours, tiff_of_bands

from pix2pix.images import Deep, deep_values, open_image

VALUES = np.random.default_rng(3).integers(0, 4096, (300, 40, 3)).astype(np.uint16)


@pytest.mark.parametrize("kind", ["tif", "big.tif", "png", "rgba.png"])
def test_a_span_takes_both_bytes(kind: str, tmp_path: Path) -> None:
    path = tmp_path / kind
    path.write_bytes(deep_colours(VALUES, kind))
    assert deep_values(path) == Deep(float(VALUES.min()), float(VALUES.max()), False)
    shown = np.asarray(open_image(path, span=(100, 4000))).astype(float)
    wanted = (VALUES.astype(float).clip(100, 4000) - 100) / 3900 * 255
    assert np.abs(shown - wanted).max() <= 0.5
    assert (np.asarray(open_image(path)) == VALUES >> 8).all()


@pytest.mark.parametrize("packed", [False, True])
def test_packed_bands(packed: bool, tmp_path: Path) -> None:
    path = tmp_path / "bands.tif"
    path.write_bytes(tiff_of_bands(4, 16, packed=packed))
    found = deep_values(path)
    assert found is not None and (found.low, found.high) == (10 * 257, 50 * 257)
    assert open_image(path, span=(0, 50 * 257)).getcolors() == [(20, (51, 153, 255))]


def test_eight_bits_are_not_decoded_for_it(tmp_path: Path) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "x.png")
    assert deep_values(tmp_path / "x.png") is None
    stored = io.BytesIO(deep_colours(VALUES, "png")[:400])  # cut
    (tmp_path / "cut.png").write_bytes(stored.getvalue())
    with pytest.raises(Exception, match="damaged"):
        deep_values(tmp_path / "cut.png")
