"""Photo to edges on generated pictures whose outlines are known, and the mask operations' laws."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image, ImageDraw

from pix2pix.edges import (
    Mask,
    components,
    edge_strength,
    edges_from_tensor,
    gaussian_blur,
    hysteresis,
    photo_to_edges,
    remove_specks,
    thin,
)
from pix2pix.errors import ConfigError
from pix2pix.images import letterbox, to_tensor

SMALL_MASKS = hnp.arrays(np.bool_, st.tuples(st.integers(1, 14), st.integers(1, 14)))
AROUND = [(y, x) for y, x in itertools.product((-1, 0, 1), repeat=2) if (y, x) != (0, 0)]


def lines(image: Image.Image) -> Mask:
    levels = np.asarray(image)
    assert image.mode == "RGB" and set(np.unique(levels)) <= {0, 255}
    return levels[..., 0] == 0


def bag(size: int = 256, ground: int = 255, colour: tuple[int, int, int] = (150, 60, 40)) -> Image.Image:
    """A plain shape, smoothed as a photo is."""
    image = Image.new("RGB", (4 * size, 4 * size), (ground,) * 3)
    ImageDraw.Draw(image).ellipse([size, size, 3 * size, 3 * size], fill=colour)
    return image.resize((size, size), Image.Resampling.LANCZOS)


def outline_distance(mask: Mask, size: int = 256) -> np.ndarray:
    """How far each line pixel is from the outline of `bag`, in pixels."""
    y, x = np.nonzero(mask)
    return np.abs(np.hypot(y + 0.5 - size / 2, x + 0.5 - size / 2) - size / 4)


def flood(mask: Mask) -> list[set[tuple[int, int]]]:
    """8-connected components by plain search: the reference for the fast way."""
    left = set(zip(*(axis.tolist() for axis in np.nonzero(mask)), strict=True))
    found = []
    while left:
        todo, component = [left.pop()], set()
        while todo:
            y, x = todo.pop()
            component.add((y, x))
            near = {(y + dy, x + dx) for dy, dx in AROUND} & left
            left -= near
            todo.extend(near)
        found.append(component)
    return found


# ---- photos ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ground", "colour"),
    [(255, (150, 60, 40)), (0, (90, 200, 90)), (255, (225, 225, 225)), (128, (188, 98, 128))],
    ids=["red on white", "green on black", "white on white", "equal grey"],
)
def test_an_outline_is_drawn_once_where_it_is(ground: int, colour: tuple[int, int, int]) -> None:
    mask = lines(photo_to_edges(bag(ground=ground, colour=colour)))
    assert outline_distance(mask).max() < 2
    assert len(flood(mask)) == 1
    # A thin circle of radius 64 has between 4 r sqrt(2) (diagonal steps) and 2 pi r pixels.
    assert 350 < mask.sum() < 410


def test_lines_are_thin() -> None:
    mask = lines(photo_to_edges(bag()))
    assert (thin(mask) == mask).all()


def test_texture_is_weaker_than_a_contour_of_less_contrast() -> None:
    photo = np.full((96, 192, 3), 60, np.uint8)
    photo[:, 48:96] = 160  # one contour, at column 48
    photo[:, 96:] = np.where(np.arange(96) // 5 % 2, 210, 60)[None, :, None]  # stripes
    strength = edge_strength(to_tensor(Image.fromarray(photo))[None])[0, 0, 48]
    contour, stripes = strength[44:52].max(), strength[120:170]
    assert (stripes > 0).sum() >= 8
    assert stripes.max() < contour - 0.05


def test_detail_adds_lines_and_keeps_the_old_ones() -> None:
    rng = np.random.default_rng(1)
    photo = Image.fromarray(rng.integers(0, 256, (16, 16, 3), np.uint8)).resize(
        (128, 128), Image.Resampling.BICUBIC
    )
    strength = edge_strength(to_tensor(photo)[None])[0, 0].numpy()
    weak, strong = hysteresis(strength, 0.3, 0.4), hysteresis(strength, 0.4, 0.5)
    assert (weak | strong == weak).all()
    counts = [int(edges_from_tensor(to_tensor(photo), detail).sum()) for detail in (0, 0.25, 0.5, 0.75, 1)]
    assert counts == sorted(counts) and counts[0] < counts[-1]


@settings(max_examples=20, deadline=None)
@given(
    size=st.sampled_from([(1, 1), (1, 300), (300, 1), (2, 3), (40, 30), (64, 64)]),
    colour=st.tuples(*[st.integers(0, 255)] * 3),
    detail=st.floats(0, 1),
)
def test_a_flat_picture_gives_a_blank_page(
    size: tuple[int, int], colour: tuple[int, int, int], detail: float
) -> None:
    page = photo_to_edges(Image.new("RGB", size, colour), size=64, detail=detail)
    assert page.size == (64, 64)
    assert not lines(page).any()


@pytest.mark.parametrize("mode", ["L", "RGBA", "P", "1", "CMYK", "I;16"])
def test_any_mode_is_taken(mode: str) -> None:
    image = bag(64).convert("L").convert(mode) if mode != "I;16" else Image.new("I;16", (64, 64), 9)
    assert lines(photo_to_edges(image, size=64)).any() == (mode != "I;16")


def test_sensor_noise_draws_nothing() -> None:
    noise = np.random.default_rng(2).normal(128, 4, (256, 256, 3))
    assert not lines(photo_to_edges(Image.fromarray(noise.astype(np.uint8)))).any()


@pytest.mark.parametrize("size", [(256, 100), (100, 256), (1000, 300)])
def test_padding_and_border_make_no_frame(size: tuple[int, int]) -> None:
    photo = Image.new("RGB", size, (30, 60, 90))
    x, y = size[0] // 2, size[1] // 2
    ImageDraw.Draw(photo).rectangle([x - 30, y - 30, x + 30, y + 30], fill=(220, 220, 100))
    mask = lines(photo_to_edges(photo))
    _, (left, top, right, bottom) = letterbox(photo, 256)
    inner = mask[top + 4 : bottom - 4, left + 4 : right - 4]
    assert mask.any() and inner.sum() == mask.sum()


def test_aspect_is_kept() -> None:
    square = bag(256)
    wide = Image.new("RGB", (512, 256), "white")
    wide.paste(square, (128, 0))
    y, x = np.nonzero(lines(photo_to_edges(wide)))
    assert abs((x.max() - x.min()) - (y.max() - y.min())) <= 1
    assert abs((x.max() - x.min()) - 64) <= 3


@pytest.mark.parametrize("width", [1, 2, 3, 4, 7])
def test_line_width(width: int) -> None:
    mask = lines(photo_to_edges(bag(), line_width=width))
    across = mask[128]  # both sides of the circle are upright here
    runs = np.diff(np.flatnonzero(np.diff(np.concatenate(([0], across.astype(int), [0])))))[::2]
    assert runs.tolist() == [width, width]
    assert outline_distance(mask).max() < 2 + width / 2


def test_sizes_follow_the_request() -> None:
    for size in (16, 128, 300):
        assert photo_to_edges(bag(), size=size).size == (size, size)


@pytest.mark.parametrize(
    "options", [{"detail": -0.1}, {"detail": float("nan")}, {"size": 0}, {"line_width": 0}]
)
def test_impossible_options(options: dict[str, float]) -> None:
    with pytest.raises(ConfigError, match="must be"):
        photo_to_edges(bag(32), **options)  # type: ignore[arg-type]


# ---- strength ----------------------------------------------------------------------------------


def test_edge_strength_shape_range_and_batches() -> None:
    photos = torch.stack([to_tensor(bag(48)), to_tensor(bag(48, ground=0)), torch.zeros(3, 48, 48)])
    strength = edge_strength(photos)
    assert strength.shape == (3, 1, 48, 48) and strength.dtype == torch.float32
    assert strength.min() >= 0 and strength.max() < 1
    assert not strength[2].any()
    for photo, alone in zip(photos, strength, strict=True):
        torch.testing.assert_close(edge_strength(photo[None])[0], alone)


def test_edge_strength_has_no_preferred_direction() -> None:
    photo = to_tensor(bag(64))[None]
    turned = edge_strength(photo.rot90(1, (2, 3))).rot90(-1, (2, 3))
    # Ties may fall to the other side, so the strengths near each pixel are compared.
    near = torch.nn.functional.max_pool2d(edge_strength(photo), 3, 1, 1)
    torch.testing.assert_close(torch.nn.functional.max_pool2d(turned, 3, 1, 1)[near > 0.5], near[near > 0.5])


def test_half_precision_photos_are_taken() -> None:
    photo = to_tensor(bag(64))
    assert edges_from_tensor(photo.half()).sum() > 0
    assert edges_from_tensor(photo).shape == (64, 64) and edges_from_tensor(photo).dtype == torch.bool


def test_the_photo_is_not_changed() -> None:
    photo = to_tensor(bag(64))
    before = photo.clone()
    edges_from_tensor(photo)
    assert torch.equal(photo, before)


@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (40, 3)])
def test_blur_keeps_flat_pictures_and_the_mean(shape: tuple[int, int]) -> None:
    x = torch.full((2, 3, *shape), 0.3)
    torch.testing.assert_close(gaussian_blur(x, 2.0), x)


def test_blur_of_a_point_is_a_gaussian() -> None:
    x = torch.zeros(1, 1, 31, 31)
    x[0, 0, 15, 15] = 1
    blurred = gaussian_blur(x, 2.0)[0, 0]
    t = torch.arange(31.0) - 15
    row = blurred.sum(0)
    torch.testing.assert_close(blurred.sum(), torch.tensor(1.0))
    assert abs(float((row * t * t).sum()) - 4) < 0.15  # variance, less the tails cut off
    torch.testing.assert_close(blurred, torch.outer(row, row))


# ---- masks -------------------------------------------------------------------------------------


@settings(deadline=None)
@given(SMALL_MASKS)
def test_components_are_those_of_a_plain_search(mask: Mask) -> None:
    labels, count = components(mask)
    assert len(labels) == mask.sum() and (labels < count).all()
    groups: dict[int, set[tuple[int, int]]] = {}
    for y, x, label in zip(*np.nonzero(mask), labels, strict=True):
        groups.setdefault(int(label), set()).add((int(y), int(x)))
    assert {frozenset(g) for g in groups.values()} == {frozenset(g) for g in flood(mask)}


def test_components_of_a_long_winding_line() -> None:
    spiral = np.zeros((101, 101), bool)
    for ring in range(0, 50, 4):
        spiral[ring, ring : 101 - ring] = spiral[ring : 101 - ring, 100 - ring] = True
        spiral[100 - ring, ring : 101 - ring] = spiral[ring + 4 : 101 - ring, ring] = True
        spiral[ring + 4, ring : ring + 5] = True
    labels, _ = components(spiral)
    assert len(np.unique(labels)) == len(flood(spiral)) == 1


@settings(deadline=None)
@given(SMALL_MASKS, st.integers(0, 12))
def test_remove_specks_keeps_exactly_the_long_ones(mask: Mask, shortest: int) -> None:
    before = mask.copy()
    kept = {p for component in flood(mask) if len(component) >= shortest for p in component}
    result = remove_specks(mask, shortest)
    assert set(zip(*(axis.tolist() for axis in np.nonzero(result)), strict=True)) == kept
    assert (mask == before).all()


@settings(deadline=None)
@given(hnp.arrays(np.float32, (9, 9), elements=st.sampled_from([0, 0.25, 0.5, 0.75, 1])))
def test_hysteresis_keeps_weak_lines_that_have_a_strong_point(strength: np.ndarray) -> None:
    kept = {p for line in flood(strength > 0.3) if any(strength[q] > 0.6 for q in line) for p in line}
    result = hysteresis(strength, 0.3, 0.6)
    assert set(zip(*(axis.tolist() for axis in np.nonzero(result)), strict=True)) == kept


@settings(max_examples=200, deadline=None)
@given(SMALL_MASKS)
def test_thinning_keeps_every_component_in_one_piece(mask: Mask) -> None:
    before = mask.copy()
    skeleton = thin(mask)
    assert (mask == before).all()
    assert not (skeleton & ~mask).any()
    assert (thin(skeleton) == skeleton).all()
    whole, bones = flood(mask), flood(skeleton)
    assert len(whole) == len(bones)
    assert all(any(bone <= part for part in whole) for bone in bones)


def test_thinning_gives_lines_of_one_pixel() -> None:
    mask = np.zeros((60, 60), bool)
    mask[20:29, 5:55] = True  # a bar
    skeleton = thin(mask)
    assert skeleton.sum(0).max() == 1 and skeleton.sum() >= 40
    assert set(np.nonzero(skeleton)[0]) <= {23, 24, 25}
    disc = np.hypot(*(np.mgrid[:60, :60] - 30)) < 20
    assert (ring := disc & ~(np.hypot(*(np.mgrid[:60, :60] - 30)) < 14)).any()
    assert 80 < thin(ring).sum() < 120  # a circle of radius 17
