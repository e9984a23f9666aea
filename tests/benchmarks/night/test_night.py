"""What is measured of nights is known for answers that are known."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw
from support import assert_one_sentence, make_checkpoint, tiny_generator

from benchmarks.night import measures as night_measures
from benchmarks.night import night
from benchmarks.night.measures import JudgeRecipe, correlation, edges, judge, lights, measures, sky_of
from benchmarks.night.night import compare, main
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


def darker(day: Image.Image, shares: tuple[float, ...] = (0.2, 0.25, 0.35)) -> Image.Image:
    return Image.fromarray((np.asarray(day) * shares).astype(np.uint8))


def unit(image: Image.Image) -> torch.Tensor:
    return (to_tensor(image) + 1) / 2


# ---- answers whose numbers are known --------------------------------------------------------------


def numbers(answer: Callable[[Image.Image], Image.Image]) -> dict[str, float]:
    days = [scene(n) for n in range(5)]
    return compare(days, [answer(day) for day in days])


def test_a_tone_curve_is_a_dark_night() -> None:
    own = numbers(darker)
    assert own["structure"] > 0.99 and 0.2 < own["darkness"] < 0.35 and own["colour_noise"] < 1
    assert own["sky_blue"] > 0 and own["sky_darkness"] < 0.35


def test_a_copy_of_the_day_is_no_night() -> None:
    own = numbers(lambda day: day)
    for name in ("structure", "darkness", "sky_copied", "colour_noise"):
        assert own[name] == pytest.approx(1), name


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


def test_a_warm_sky_is_not_blue_and_none_is_not_judged() -> None:
    day = scene(0)
    assert measures(unit(day), unit(darker(day, (0.6, 0.4, 0.1))))["sky_blue"] < 0
    ground = Image.fromarray(np.random.default_rng(0).integers(0, 200, (60, 60, 3), dtype=np.uint8))
    assert "sky_blue" not in measures(unit(ground), unit(ground))


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


# ---- the discriminator afterwards -----------------------------------------------------------------


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


# ---- the command ----------------------------------------------------------------------------------


def test_the_command_measures_a_model(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = JudgeRecipe(steps=2, patch=16, batch=2, width=2, asked=2)
    monkeypatch.setattr(night_measures, "JudgeRecipe", lambda: quick)
    generator = tiny_generator(weight_scale=1.0, norm="instance", halvings=3, head="relight")
    model = make_checkpoint(tmp_path / "model", generator, input="photo")
    nights = tmp_path / "nights"
    nights.mkdir()
    for n in range(3):
        darker(scene(n)).save(nights / f"{n}.png")
    assert main([str(model), str(nights), "--nights", str(nights)]) == 0
    count, *lines = capsys.readouterr().out.splitlines()
    shown = {name: float(value) for name, value in map(str.split, lines)}
    assert count == "3 photos" and set(shown) >= {"structure", "darkness", "auc"}
    assert shown["structure"] > 0.8  # an untrained relighting head


def test_a_folder_without_photos_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        night.photos_in(tmp_path)
    assert_one_sentence(caught.value)
