"""What is measured of nights is known for answers that are known."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw
from support import assert_one_sentence, make_checkpoint, tiny_generator

from benchmarks.night import judge as night_judge
from benchmarks.night import night
from benchmarks.night.judge import JudgeRecipe, auc, judge
from benchmarks.night.measures import correlation, edges, grid, lights, measures, painted, repetition, sky_of
from benchmarks.night.night import TRUE_NIGHT, Day, compare, judge_all, main, show
from benchmarks.night.tone_curve import apply_tone_curves, fit_tone_curves
from pix2pix.errors import DataError
from pix2pix.images import to_tensor

SMALL_JUDGE = JudgeRecipe(steps=25, patch=32, batch=8, width=8, asked=8)


def scene(seed: int, width: int = 160, height: int = 120) -> Image.Image:
    """A bright sky over houses with windows and a rough ground."""
    rng = np.random.default_rng([seed, 5])
    image = Image.new("RGB", (width, height), (150, 190, 235))
    draw, horizon = ImageDraw.Draw(image), height // 3 + int(rng.integers(0, 20))
    draw.rectangle((0, horizon, width, height), fill=(110, 115, 90))
    for _ in range(8):
        x, w = int(rng.integers(0, width - 30)), int(rng.integers(16, 40))
        top, grey = horizon - int(rng.integers(0, 16)), int(rng.integers(90, 200))
        draw.rectangle((x, top, x + w, horizon + 40), fill=(grey, grey - 20, grey - 30))
        for _ in range(4):
            u, v = x + int(rng.integers(2, w - 4)), top + int(rng.integers(4, 40))
            draw.rectangle((u, v, u + 3, v + 5), fill=(50, 50, 60))
    pixels = np.asarray(image) + rng.normal(0, 2, (height, width, 3))
    pixels[horizon:] += rng.normal(0, 8, (height - horizon, width, 1))
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


CURVE = np.stack([np.arange(256) * k for k in (0.2, 0.25, 0.35)])


def darker(day: Image.Image) -> Image.Image:
    return apply_tone_curves(CURVE, day)


def copied(day: Image.Image) -> Image.Image:
    return day


def stamped(day: Image.Image) -> Image.Image:
    """The same lamps on every photo, on a grid of 32 pixels of the 256-pixel square."""
    night = darker(day)
    step, draw = max(round(32 * min(day.size) / 256), 4), ImageDraw.Draw(night)
    for x in range(step // 2, day.width, step):
        for y in range(step // 2, day.height, step):
            draw.ellipse((x - step / 10, y - step / 10, x + step / 10, y + step / 10), fill=(255, 220, 150))
    return night


def scattered(day: Image.Image) -> Image.Image:
    """Lamps in other places of each photo."""
    night, draw_at = darker(day), np.random.default_rng(abs(hash(day.tobytes())) % 2**32)
    draw = ImageDraw.Draw(night)
    for _ in range(40):
        x, y = (int(draw_at.integers(0, side)) for side in day.size)
        draw.ellipse((x - 3, y - 3, x + 3, y + 3), fill=(255, 220, 150))
    return night


ANSWERS = {"darker": darker, "copy": copied, "stamped": stamped, "scattered": scattered}


@pytest.fixture(scope="module")
def shown() -> list[night.Shown]:
    return [show(Day(f"c{n}_0", scene(n), darker(scene(n))), ANSWERS) for n in range(5)]


@pytest.fixture(scope="module")
def numbers(shown: list[night.Shown]) -> dict[str, dict[str, float]]:
    return compare(shown)


def unit(image: Image.Image) -> torch.Tensor:
    return (to_tensor(image) + 1) / 2


# ---- answers whose numbers are known --------------------------------------------------------------


def test_a_tone_curve_is_a_dark_night_without_lamps(numbers: dict[str, dict[str, float]]) -> None:
    own = numbers["darker"]
    assert own["structure"] > 0.99 and own["dark"] == 1
    assert 0.2 < own["darkness"] < 0.35 and own["level"] > 6
    assert own["sky_good"] == 1 and own["sky_blue"] > 0 and own["sky_darkness"] < 0.35
    assert own["colour_noise"] < 1
    assert own["repetition"] < 0.2 and own["grid"] < 0.1


def test_a_copy_of_the_day_is_no_night(numbers: dict[str, dict[str, float]]) -> None:
    own = numbers["copy"]
    assert own["structure"] == own["darkness"] == own["sky_copied"] == 1
    assert own["colour_noise"] == 1
    assert own["dark"] == own["sky_good"] == 0
    assert own["repetition"] == own["grid"] == 0  # nothing was painted


def test_the_same_lamps_on_every_photo_are_found(numbers: dict[str, dict[str, float]]) -> None:
    assert numbers["stamped"]["repetition"] > 0.7 and numbers["stamped"]["grid"] > 0.3
    assert numbers["scattered"]["repetition"] < 0.15 and numbers["scattered"]["grid"] < 0.15


def test_the_true_night_stands_beside_the_answers(numbers: dict[str, dict[str, float]]) -> None:
    assert list(numbers) == ["day", *ANSWERS, TRUE_NIGHT]
    assert numbers[TRUE_NIGHT]["structure"] == pytest.approx(numbers["darker"]["structure"], abs=0.01)


def test_a_blurred_or_unrelated_night_has_lost_the_structure() -> None:
    day = scene(0)
    blurred = darker(day).resize((10, 8)).resize(day.size)
    for other in (blurred, darker(scene(1))):
        assert measures(unit(day), unit(other))["structure"] < 0.5


def test_colour_noise_is_seen_and_brightness_noise_is_not() -> None:
    day, rng = scene(0), np.random.default_rng(0)
    base = np.asarray(darker(day)).astype(float)
    colour, grey = (rng.normal(0, 15, (*base.shape[:2], channels)) for channels in (3, 1))
    quiet, coloured, brightened = (
        measures(unit(day), unit(Image.fromarray((base + noise).clip(0, 255).astype(np.uint8))))
        for noise in (0, colour, grey)
    )
    assert coloured["colour_noise"] > 4 * quiet["colour_noise"]
    assert brightened["colour_noise"] < 0.5 * coloured["colour_noise"]


def test_a_warm_bright_sky_is_not_good_and_none_is_not_judged() -> None:
    day = scene(0)
    warm = apply_tone_curves(np.stack([np.arange(256) * k for k in (0.6, 0.4, 0.1)]), day)
    assert measures(unit(day), unit(warm))["sky_good"] == 0
    ground = Image.fromarray(np.random.default_rng(0).integers(0, 200, (60, 60, 3), dtype=np.uint8))
    assert "sky_good" not in measures(unit(ground), unit(ground))


# ---- parts ----------------------------------------------------------------------------------------


def test_the_sky_is_what_is_above_the_horizon() -> None:
    sky = sky_of(unit(scene(3)))
    assert bool(sky[:16].all()) and not bool(sky[80:].any())


def test_edges_are_slopes() -> None:
    ramp = (torch.arange(20.0) * 0.03).expand(10, 20)
    assert edges(ramp)[:, 1:-1].flatten().tolist() == pytest.approx([0.03] * 180, abs=1e-6)
    torch.testing.assert_close(edges(ramp.T), edges(ramp).T)


def test_lights_are_brighter_than_by_day() -> None:
    day, dark = torch.full((20, 20), 0.6), torch.full((20, 20), 0.1)
    assert not bool(lights(day, day).any()) and not bool(lights(day, dark).any())
    dark[10, 10] = 0.9
    assert int(lights(day, dark).sum()) == 25


def test_correlation_is_pearsons_and_of_nothing_none() -> None:
    a, b = torch.rand(50), torch.rand(50)
    assert correlation(a, b) == pytest.approx(float(np.corrcoef(a, b)[0, 1]), abs=1e-6)
    assert correlation(a, torch.ones(50)) == 0 and correlation(a, -2 * a + 1) == pytest.approx(-1)


def test_patterns_of_one_camera_are_not_compared() -> None:
    maps = [torch.rand(32, 32) for _ in range(2)]
    assert repetition(maps, ["c1", "c1"]) is None and repetition(maps[:1], ["c1"]) is None
    assert repetition([maps[0]] * 2, ["c1", "c2"]) == pytest.approx(1)


@pytest.mark.parametrize("period", [8, 16, 25, 40])
def test_a_grid_is_found_whatever_its_period(period: int) -> None:
    lamps, rng = torch.zeros(128, 128), torch.Generator().manual_seed(0)
    lamps[period // 2 :: period, period // 2 :: period] = 1.0
    assert grid([lamps]) > 0.4
    assert grid([torch.rand(128, 128, generator=rng) for _ in range(4)]) < 0.05


def test_what_was_painted_is_not_the_photos_own() -> None:
    day, (height, width) = unit(scene(0)), (120, 160)
    assert float(painted(day, 0.3 * day).max()) < 1e-5
    lamp = (0.3 * day).clone()
    lamp[:, 60:63, 80:83] = 1.0
    found = painted(day, lamp)
    assert found.shape == (height, width)
    assert float(found[60:63, 80:83].min()) > 0.4 and float(found[:40].max()) < 0.05


# ---- the baseline ---------------------------------------------------------------------------------


def test_the_tone_curve_that_made_the_nights_is_found() -> None:
    curves = fit_tone_curves((scene(n), darker(scene(n))) for n in range(6))
    seen = np.unique(np.concatenate([np.asarray(scene(n))[..., 0].ravel() for n in range(6)]))
    assert np.abs(curves[0][seen] - CURVE[0][seen]).max() < 1.5
    assert np.abs(np.asarray(apply_tone_curves(curves, scene(9))).astype(int) - darker(scene(9))).max() <= 3


def test_tone_curves_rise_whatever_the_pairs_say() -> None:
    rng = np.random.default_rng(0)
    pairs = [
        tuple(Image.fromarray(rng.integers(0, 256, (40, 40, 3), dtype=np.uint8)) for _ in range(2))
        for _ in range(3)
    ]
    curves = fit_tone_curves([*pairs, (scene(0), Image.eval(scene(0), lambda v: 255 - v))])
    assert curves.shape == (3, 256) and bool((np.diff(curves, axis=1) >= 0).all())


def test_the_rising_curve_has_the_least_squares() -> None:
    day = Image.fromarray(np.repeat(np.uint8([[10, 20, 30, 40]]), 3).reshape(1, 4, 3))
    wanted = Image.fromarray(np.repeat(np.uint8([[5, 50, 20, 90]]), 3).reshape(1, 4, 3))
    curves = fit_tone_curves([(day, wanted)])
    assert curves[0][[10, 20, 30, 40]].tolist() == [5, 35, 35, 90]
    assert curves[0][[0, 25, 255]].tolist() == [5, 35, 90]  # flat outside, straight between


# ---- the discriminator afterwards -----------------------------------------------------------------


def test_auc_counts_pairs() -> None:
    assert auc(torch.tensor([3.0, 4.0]), torch.tensor([1.0, 2.0])) == 1
    assert auc(torch.tensor([1.0, 1.0]), torch.tensor([1.0])) == 0.5
    assert auc(torch.tensor([0.0, 5.0]), torch.tensor([1.0])) == 0.5


def test_a_judge_tells_day_from_night_and_not_night_from_night() -> None:
    nights = [darker(scene(n)) for n in range(8)]
    days = [scene(n) for n in range(20, 28)]
    easy = judge(nights, days, recipe=SMALL_JUDGE)
    alike = judge(nights, [darker(day) for day in days], recipe=SMALL_JUDGE)
    assert easy is not None and alike is not None
    assert easy["auc"] > 0.95 and abs(alike["auc"] - 0.5) < 0.25
    assert judge(nights, days, recipe=SMALL_JUDGE) == easy  # the seed decides
    assert judge(nights, days[:1], recipe=SMALL_JUDGE) is None


def test_a_judge_leaves_the_random_state_alone() -> None:
    state = torch.get_rng_state()
    judge([scene(0)] * 2, [scene(1)] * 2, recipe=JudgeRecipe(steps=1, patch=16, batch=2, width=2, asked=1))
    assert torch.equal(torch.get_rng_state(), state)


def test_every_answer_is_judged_but_the_true_night(shown: list[night.Shown]) -> None:
    recipe = JudgeRecipe(steps=2, patch=16, batch=2, width=2, asked=2)
    told = judge_all(shown, [darker(scene(30))], 0, recipe)
    assert set(told) == {"day", *ANSWERS}
    assert all(set(row) == {"auc", "accuracy"} for row in told.values())


# ---- the command ----------------------------------------------------------------------------------


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Three cameras of two pairs, the last one held out, and a single scene."""
    names = {"train": ["c1_0", "c1_1", "c11_0", "c11_1", "villa_0"], "val": ["c2_0", "c2_1"]}
    for part, chosen in names.items():
        for half in "AB":
            (tmp_path / "data" / part / half).mkdir(parents=True)
        for n, name in enumerate(chosen):
            day = scene(n, 64, 48)
            day.save(tmp_path / "data" / part / "A" / f"{name}.png")
            darker(day).save(tmp_path / "data" / part / "B" / f"{name}.png")
    return tmp_path / "data"


def test_the_command_measures_a_model(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = JudgeRecipe(steps=2, patch=16, batch=2, width=2, asked=2)
    monkeypatch.setattr(night_judge, "JudgeRecipe", lambda: quick)
    generator = tiny_generator(weight_scale=1.0, norm="instance", halvings=3, head="relight")
    model = make_checkpoint(tmp_path / "model", generator, input="photo")
    nights = tmp_path / "nights"
    nights.mkdir()
    for n in range(3):
        darker(scene(n)).save(nights / f"{n}.png")
    given = [str(model), str(data), "--photos", str(data / "val" / "B"), "--nights", str(nights)]
    assert main([*given, "--json", "--sheet", str(tmp_path / "sheet.png")]) == 0
    results = json.loads(capsys.readouterr().out)
    assert results["held-out pairs"]["count"] == 2 and results["photos"]["count"] == 2
    assert set(results["photos"]["answers"]) == {"day", "model", "tone curve"}
    assert set(results["held-out pairs"]["answers"]) == {"day", "model", "tone curve", TRUE_NIGHT}
    assert {"structure", "level", "grid", "auc"} <= set(results["photos"]["answers"]["model"])
    assert results["photos"]["answers"]["model"]["structure"] > 0.8  # an untrained relighting head
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.width == 4 * 324
    assert main(given[:2]) == 0
    assert "structure" in capsys.readouterr().out


def test_a_folder_without_photos_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        night.photos_in(tmp_path)
    assert_one_sentence(caught.value)
