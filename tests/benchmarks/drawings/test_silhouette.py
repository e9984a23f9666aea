"""What lines enclose is found although they have gaps, and nothing else is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw
from support import assert_one_sentence

from benchmarks.drawings.silhouette import distance, enclosed, load_drawings, read_drawing
from pix2pix.errors import DataError

BOX = (60, 80, 200, 180)


def page() -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new("RGB", (256, 256), "white")
    return image, ImageDraw.Draw(image)


def box_with_gap(gap: int) -> Image.Image:
    image, pen = page()
    pen.rectangle(BOX, outline="black", width=2)
    if gap:
        pen.rectangle((120, 78, 120 + gap - 1, 84), fill="white")
    return image


def expected_box() -> np.ndarray:
    mask = np.zeros((256, 256), dtype=bool)
    mask[82:179, 62:199] = True  # the outline is 2 pixels wide
    return mask


@pytest.mark.parametrize("gap", [0, 2, 5, 10, 20, 38])
def test_a_gap_changes_the_silhouette_by_little(gap: int) -> None:
    drawing = read_drawing(box_with_gap(gap))
    wrong = drawing.silhouette ^ expected_box()
    assert wrong.sum() <= 8 * gap
    assert drawing.inside.sum() > 0.85 * expected_box().sum()


def test_a_wide_gap_encloses_nothing() -> None:
    drawing = read_drawing(box_with_gap(60))
    assert drawing.silhouette.sum() < 100
    assert not drawing.inside.any() and not drawing.parts


def test_a_bay_is_not_enclosed() -> None:
    """An L, such as a boot, a bow such as a heel's, and a narrow slot: the outside of them is ground."""
    image, pen = page()
    pen.line([(40, 30), (90, 30), (90, 150), (200, 150), (200, 200), (120, 200), (120, 170)], "black", 2)
    pen.line([(120, 170), (105, 170), (105, 200), (40, 200), (40, 30)], "black", 2)
    mask = enclosed(np.asarray(image.convert("L")) < 128)
    assert mask[100, 60] and mask[160, 180] and mask[160, 110]
    assert not mask[100, 150] and not mask[190, 112]


def test_lines_make_parts_and_belong_to_the_silhouette_but_are_not_measured() -> None:
    image = box_with_gap(0)
    ImageDraw.Draw(image).line([(110, 81), (110, 152), (113, 152)], "black", 2)
    ImageDraw.Draw(image).line([(110, 156), (110, 179)], "black", 2)  # a gap of 3 pixels
    ImageDraw.Draw(image).line([(20, 20), (40, 20)], "black", 2)  # a stray line
    drawing = read_drawing(image)
    assert [int(part.sum()) > 3000 for part in drawing.parts] == [True, True]
    assert drawing.parts[0].sum() > drawing.parts[1].sum()
    assert drawing.silhouette[100, 110] and not drawing.inside[100, 110]
    assert not drawing.silhouette[20, 30] and not drawing.outside[20, 30]
    assert drawing.outside[220, 128] and not drawing.outside[185, 128]


def test_drawings_of_any_size_and_shape_are_fitted() -> None:
    wide = Image.new("L", (600, 300), 255)
    ImageDraw.Draw(wide).ellipse((100, 50, 500, 250), outline=0, width=4)
    drawing = read_drawing(wide)
    assert drawing.image.size == (256, 256)
    assert drawing.silhouette[128, 128]


def test_distances_are_the_true_ones() -> None:
    mask = np.random.default_rng(0).random((40, 30)) < 0.01
    ys, xs = np.nonzero(mask)
    grid_y, grid_x = np.mgrid[:40, :30]
    true = np.hypot(grid_y[..., None] - ys, grid_x[..., None] - xs).min(axis=2)
    assert distance(mask, 60) == pytest.approx(true)
    short = distance(mask, 5)
    assert short[true <= 5] == pytest.approx(true[true <= 5])
    assert (short[true > 5] > 5).all()
    assert (distance(np.zeros((8, 9), dtype=bool), 20) > 20).all()


def test_folders_without_drawings(tmp_path: Path) -> None:
    for folder in (tmp_path / "none", tmp_path):
        with pytest.raises(DataError) as error:
            load_drawings(folder)
        assert_one_sentence(error.value)
    box_with_gap(0).save(tmp_path / "b.png")
    box_with_gap(4).save(tmp_path / "a.png")
    assert [drawing.name for drawing in load_drawings(tmp_path)] == ["a", "b"]
