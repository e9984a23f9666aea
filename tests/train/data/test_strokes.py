"""Edges become strokes, and strokes become drawings by many hands."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image, ImageDraw
from support import shape_pair

from train.data.strokes import Hand, Stroke, random_hand, redraw, silhouette, stroke_length, trace

MASKS = hnp.arrays(np.bool_, st.tuples(st.integers(1, 14), st.integers(1, 14)))


def line(*points: tuple[float, float]) -> Stroke:
    return np.array(points, dtype=np.float32)


def drawn(strokes: list[Stroke], hand: Hand, size: tuple[int, int] = (128, 128), seed: int = 0) -> np.ndarray:
    """Ink from 0 (paper) to 1 (black)."""
    image = redraw(strokes, hand, size, np.random.default_rng(seed))
    assert image.mode == "L" and image.size == size
    return 1 - np.asarray(image).astype(np.float64) / 255


def pixels(strokes: list[Stroke]) -> list[tuple[int, int]]:
    return [(int(x), int(y)) for stroke in strokes for x, y in stroke]


STRAIGHT = [line((14, 64), (114, 64))]  # 100 pixels long


# ---- tracing --------------------------------------------------------------------------------------


@given(MASKS)
def test_tracing_visits_each_pixel_of_the_mask_once(mask: np.ndarray) -> None:
    points = pixels(trace(mask, min_pixels=1))
    assert len(points) == len(set(points))
    assert set(points) == {(int(x), int(y)) for y, x in zip(*np.nonzero(mask), strict=True)}


@given(MASKS, st.integers(1, 6))
def test_strokes_are_connected_and_long_enough(mask: np.ndarray, shortest: int) -> None:
    for stroke in trace(mask, shortest):
        assert stroke.dtype == np.float32 and stroke.shape[1] == 2
        assert len(stroke) >= shortest
        assert np.abs(np.diff(stroke, axis=0)).max(initial=0) <= 1


@given(st.integers(0, 200))
def test_nearly_all_of_a_drawing_is_traced(seed: int) -> None:
    mask = np.asarray(shape_pair(seed, 64)[0].convert("L")) < 128
    points = pixels(trace(mask))
    assert all(mask[y, x] for x, y in points)
    assert len(points) >= 0.97 * mask.sum()


def test_a_crossing_is_passed_straight() -> None:
    mask = np.zeros((21, 21), bool)
    mask[10, :] = mask[:, 10] = True
    strokes = sorted(trace(mask), key=len, reverse=True)
    assert len(strokes[0]) == 21  # one whole line; the other is cut where it passes
    assert len(set(strokes[0][:, 0])) == 1 or len(set(strokes[0][:, 1])) == 1


def test_a_closed_line_is_one_stroke() -> None:
    image = Image.new("1", (64, 64))
    ImageDraw.Draw(image).ellipse((8, 8, 56, 56), outline=1)
    mask = np.asarray(image)
    assert len(max(trace(mask), key=len)) > 0.9 * mask.sum()


def test_nothing_gives_nothing() -> None:
    assert trace(np.zeros((8, 8), bool)) == []
    assert not drawn([], Hand()).any()
    assert not drawn([line((5, 5))], Hand()).any()


def test_silhouette_is_the_outline_of_the_object() -> None:
    photo = np.full((20, 30, 3), 255, np.uint8)
    photo[5:15, 10:20] = (250, 120, 250)
    outline = silhouette(photo)
    expected = np.zeros((20, 30), bool)
    expected[5:15, 10:20] = True
    expected[6:14, 11:19] = False
    assert np.array_equal(outline, expected)
    assert not silhouette(np.full((5, 5, 3), 250, np.uint8)).any()
    at_the_border = silhouette(np.zeros((4, 6, 3), np.uint8))
    assert at_the_border.sum() == 2 * 6 + 2 * 2  # the picture's edge closes it


# ---- drawing again --------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [1, 1.5, 2, 3, 4, 5, 6])
@pytest.mark.parametrize("slanted", [False, True])
def test_lines_are_as_wide_as_asked(width: float, slanted: bool) -> None:
    stroke = line((20, 20), (100, 80)) if slanted else STRAIGHT[0]
    ink = drawn([stroke], Hand(width=width, spacing=50))
    measured = ink.sum() / (stroke_length(stroke) + width)  # the caps are about a width together
    assert measured == pytest.approx(width, abs=0.5)


def test_a_careful_hand_draws_where_the_stroke_is() -> None:
    ink = drawn([line((30, 20), (30, 90))], Hand(width=3))
    rows, columns = np.nonzero(ink > 0.5)
    assert abs(columns.mean() - 30) < 0.2
    assert abs(rows.min() - 20) <= 2 and abs(rows.max() - 90) <= 2


def test_grey_is_the_colour_of_the_line() -> None:
    assert drawn(STRAIGHT, Hand(width=4)).max() == 1
    assert drawn(STRAIGHT, Hand(width=4, grey=51)).max() == pytest.approx(0.8)


def test_short_pieces_are_left_out_and_the_longest_never() -> None:
    long, short = line((10, 30), (110, 30)), line((10, 90), (20, 90))
    both = drawn([long, short], Hand())
    assert both[30].any() and both[90].any()
    tidy = drawn([long, short], Hand(min_length=15))
    assert tidy[30].any() and not tidy[88:93].any()
    assert drawn([long, short], Hand(min_length=1000))[30].any()


@given(st.floats(0, 1), st.floats(0, 200), st.integers(0, 1000))
def test_whatever_is_dropped_the_longest_stays(drop: float, shortest: float, seed: int) -> None:
    strokes = [line((5, 10), (15, 10)), line((5, 40), (60, 40)), line((5, 25), (25, 25))]
    ink = drawn(strokes, Hand(drop=drop, min_length=shortest), (64, 64), seed)
    assert ink[40, 6:59].all()


def test_dropping_takes_short_strokes_more_often() -> None:
    strokes = [line((5, 8), (13, 8)), line((5, 20), (35, 20)), line((5, 40), (60, 40))]
    hand = Hand(drop=0.6)
    kept = np.mean([drawn(strokes, hand, (64, 64), s)[[8, 20, 40], 8] > 0 for s in range(150)], axis=0)
    assert kept[0] < kept[1] < kept[2] == 1
    assert 0.1 < kept[0] < 0.8
    assert drawn(strokes, Hand(drop=0), (64, 64)).any(axis=1)[[8, 20, 40]].all()


@pytest.mark.parametrize("wobble", [0.5, 1.0, 2.0])
def test_wobble_moves_points_by_about_what_it_says(wobble: float) -> None:
    hand = Hand(width=1, wobble=wobble, smooth=False, spacing=4)
    heights = []
    for seed in range(8):
        ink = drawn([line((4, 64), (124, 64))], hand, seed=seed)[:, 8:120]
        heights.append((ink * np.arange(128)[:, None]).sum(axis=0) / ink.sum(axis=0))
    # Between two moved points the line lies between them, which makes it sqrt(2/3) as lively.
    assert np.std(heights) == pytest.approx(wobble * (2 / 3) ** 0.5, rel=0.25)
    assert abs(np.mean(heights) - 64) < wobble / 4
    assert drawn(STRAIGHT, Hand(smooth=False))[64, 20:110].all()  # without it the line is straight


@pytest.mark.parametrize("warp", [2.0, 5.0])
def test_warp_moves_the_drawing_slowly_and_not_further_than_it_says(warp: float) -> None:
    rows = []
    for seed in range(12):
        ink = drawn([line((4, 64), (124, 64))], Hand(width=1, warp=warp), seed=seed)[:, 10:118]
        heights = (ink * np.arange(128)[:, None]).sum(axis=0) / ink.sum(axis=0)
        assert np.abs(heights - 64).max() <= warp + 1
        assert np.abs(np.diff(heights)).max() < 0.06 * warp + 0.75  # it bends, it does not jump
        rows.append(np.abs(heights - 64).mean())
    assert np.mean(rows) > warp / 8


def radii(ink: np.ndarray, centre: float = 64) -> np.ndarray:
    """Mean distance of the ink from the centre, every 5 degrees."""
    y, x = np.nonzero(ink > 0.4)
    angle = np.degrees(np.arctan2(y - centre, x - centre)) % 360
    distance = np.hypot(x - centre, y - centre)
    return np.array([distance[(angle // 5).astype(int) == turn].mean() for turn in range(72)])


@pytest.mark.parametrize(("spacing", "corners"), [(32, 8), (42, 6)])
def test_wider_spacing_leaves_few_corners(spacing: float, corners: int) -> None:
    angle = np.linspace(0, 2 * np.pi, 300)
    circle = (64 + 41 * np.stack([np.cos(angle), np.sin(angle)], 1)).astype(np.float32)
    faithful = radii(drawn([circle], Hand(spacing=2, smooth=False)))
    assert np.abs(faithful - 41).max() < 0.8
    polygon = radii(drawn([circle], Hand(spacing=spacing, smooth=False)))
    assert polygon.min() < 41 * np.cos(np.pi / corners) + 0.8
    far = polygon > (polygon.max() + polygon.min()) / 2
    assert (far & ~np.roll(far, 1)).sum() == corners


def test_smoothing_rounds_a_corner() -> None:
    corner = [line((20, 100), (20, 20), (100, 20))]
    sharp = drawn(corner, Hand(spacing=20, smooth=False))
    round_one = drawn(corner, Hand(spacing=20, smooth=True))
    assert sharp[20, 20] > 0.5 > round_one[20, 20]
    assert round_one[60, 20] > 0.5  # the sides stay


def test_ends_run_on() -> None:
    reach = []
    for seed in range(10):
        rows = np.nonzero(drawn([line((64, 40), (64, 80))], Hand(overshoot=6), seed=seed).any(axis=1))[0]
        assert rows[0] >= 33 and rows[-1] <= 87
        reach += [40 - rows[0], rows[-1] - 80]
    assert max(reach) >= 4
    assert np.mean(reach) == pytest.approx(3, abs=1.5)


# ---- hands ----------------------------------------------------------------------------------------


def test_hands_are_many() -> None:
    rng = np.random.default_rng(0)
    hands = [random_hand(rng) for _ in range(300)]
    widths = np.array([hand.width for hand in hands])
    assert widths.min() >= 1 and widths.max() <= 6
    assert (widths < 1.3).any() and (widths > 5).any()
    assert np.median(widths) < 3  # thin pens are more common
    assert any(hand.min_length > 20 for hand in hands) and any(hand.min_length == 0 for hand in hands)
    assert any(hand.drop > 0.25 for hand in hands) and any(hand.drop < 0.05 for hand in hands)
    assert any(hand.spacing > 10 for hand in hands) and any(hand.spacing < 2.5 for hand in hands)
    assert any(hand.wobble > 0.8 for hand in hands) and any(hand.wobble < 0.05 for hand in hands)
    assert {hand.smooth for hand in hands} == {True, False}
    assert all(0 <= hand.grey <= 70 for hand in hands)


@given(st.integers(0, 10_000))
def test_any_hand_draws_any_strokes(seed: int) -> None:
    rng = np.random.default_rng(seed)
    hand = random_hand(rng)
    strokes = [rng.uniform(-20, 84, (int(rng.integers(1, 9)), 2)).astype(np.float32) for _ in range(4)]
    first, again = (drawn(strokes, hand, (64, 48), seed) for _ in range(2))
    assert np.array_equal(first, again)  # the same generator draws the same
