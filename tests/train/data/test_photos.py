"""Crops move both halves alike and keep the aspect; only the input is seen through another camera."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from support import make_checkpoint, noise_picture, tiny_generator, train_config, write_two_folders
from torch import Tensor

from pix2pix.checkpoint import load_config
from train.config import TrainConfig
from train.data.augment import augment
from train.data.pairs import Pair, PairDataset, find_pairs, load_uint8, validation_batch
from train.data.photos import Crop, centre_crop, fit_for_crops, other_camera, random_crop
from train.measures.evaluate import evaluation_config


def config(**changes: object) -> TrainConfig:
    return train_config(Path("data"), Path("run"), **{"input": "photo", "crop": (0.4, 1.0), **changes})


def picture(height: int, width: int, seed: int = 0) -> Tensor:
    return torch.from_numpy(np.array(noise_picture(width, height, seed))).permute(2, 0, 1)


def smooth(size: int = 32) -> Tensor:
    """Colours that change slowly, without black and white."""
    small = Image.fromarray(np.random.default_rng(3).integers(60, 190, (4, 4, 3), dtype=np.uint8))
    return torch.from_numpy(np.array(small.resize((size, size)))).permute(2, 0, 1)


# ---- crops ----------------------------------------------------------------------------------------


@given(st.integers(1, 90), st.integers(1, 90), st.integers(0, 999), st.sampled_from([(0.1, 1), (0.5, 0.5)]))
def test_a_crop_is_a_square_inside(height: int, width: int, seed: int, shares: tuple[float, float]) -> None:
    crop = random_crop(height, width, config(crop=shares), np.random.default_rng(seed))
    shortest = min(height, width)
    assert shares[0] * shortest - 1 <= crop.side <= shares[1] * shortest + 1 and crop.side >= 1
    assert 0 <= crop.left <= width - crop.side and 0 <= crop.top <= height - crop.side
    assert crop.apply(picture(height, width)[None]).shape == (1, 3, 32, 32)


def test_crops_have_all_scales_and_places() -> None:
    rng = np.random.default_rng(0)
    crops = [random_crop(100, 150, config(), rng) for _ in range(300)]
    sides = np.array([crop.side for crop in crops])
    assert sides.min() < 45 and sides.max() > 95
    assert 0.4 < np.mean(sides < 63) < 0.6  # the geometric middle of 40 and 100
    assert min(c.left for c in crops) < 5 and max(c.left + c.side for c in crops) > 145
    assert 0.4 < np.mean([c.mirrored for c in crops]) < 0.6
    assert not any(random_crop(9, 9, config(mirror=False), rng).mirrored for _ in range(20))


@given(st.integers(0, 999))
def test_both_halves_are_cropped_alike(seed: int) -> None:
    photo = picture(40, 64)
    a, b = augment(photo, photo.clone(), config(), np.random.default_rng(seed))
    assert a.shape == (3, 32, 32) and a.dtype is torch.uint8 and torch.equal(a, b)


def test_a_crop_is_not_squashed() -> None:
    """A disc stays round, where the jitter of before makes an ellipse of it."""
    y, x = np.indices((60, 120))
    disc = torch.from_numpy((255 * (np.hypot(y - 30, x - 60) < 20)).astype(np.uint8)).expand(3, -1, -1)

    def axes(image: Tensor) -> tuple[int, int]:
        inside = image[0] > 127
        return int(inside.any(0).sum()), int(inside.any(1).sum())

    across, down = axes(centre_crop(60, 120, config()).apply(disc[None])[0])
    assert abs(across - down) <= 1 and abs(across - 32 * 40 / 60) <= 1
    across, down = axes(augment(disc, disc, config(crop=(0.0, 0.0)), np.random.default_rng(0))[0])
    assert down > 1.8 * across


def test_only_photos_are_cropped() -> None:
    assert config().crops and config(input="grey").crops
    assert not config(crop=(0.0, 0.0)).crops
    for kind in ("edges", "labels"):
        wide = picture(32, 64)
        plain = {"redraw": 0.0, "colour_hints": 0.0, "shrink": 0.0, "input": kind}
        with_crop, without = (
            augment(wide, wide, config(crop=crop, **plain), np.random.default_rng(1))[0]
            for crop in ((0.4, 1.0), (0.0, 0.0))
        )
        assert torch.equal(with_crop, without)


def test_without_these_options_photos_are_as_they_were() -> None:
    photo = picture(50, 40)
    a, b = augment(photo, photo.clone(), config(crop=(0.0, 0.0)), np.random.default_rng(4))
    assert torch.equal(a, b)
    assert torch.equal(other_camera(photo, config(), np.random.default_rng(0)), photo)


# ---- sizes ----------------------------------------------------------------------------------------


@given(st.integers(1, 3000), st.integers(1, 3000), st.sampled_from([0.1, 0.4, 1.0]))
def test_pairs_are_kept_no_larger_than_the_smallest_crop_needs(width: int, height: int, share: float) -> None:
    w, h = fit_for_crops(width, height, config(crop=(share, 1.0)))
    assert w <= width and h <= height and min(w, h) <= round(32 / share)
    if min(width, height) * share <= 32:
        assert (w, h) == (width, height)
    assert abs(w * height - h * width) <= max(width, height)  # the aspect


def test_a_large_pair_keeps_its_aspect(tmp_path: Path) -> None:
    for name in "AB":
        (tmp_path / name).mkdir()
        noise_picture(300, 200).save(tmp_path / name / "x.png")
    (pair,) = find_pairs([tmp_path]).train
    a, b = load_uint8(pair, config(crop=(0.5, 1.0)))
    assert a.shape == b.shape == (3, 64, 96)


# ---- another camera -------------------------------------------------------------------------------


def test_only_the_input_changes() -> None:
    photo = smooth()
    options = config(exposure=1.0, degrade=1.0, crop=(1.0, 1.0), mirror=False)
    rng = np.random.default_rng(0)
    inputs, targets = zip(*(augment(photo, photo, options, rng) for _ in range(20)), strict=True)
    assert len({x.numpy().tobytes() for x in inputs}) == 20
    assert all(torch.equal(target, photo) for target in targets)
    assert all(x.shape == photo.shape and x.dtype is torch.uint8 for x in inputs)


def test_it_follows_from_its_generator() -> None:
    options = config(exposure=0.7, degrade=0.7)
    first, again = (
        [augment(smooth(), smooth(), options, np.random.default_rng([5, n]))[0] for n in range(12)]
        for _ in range(2)
    )
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))


def test_exposures_vary_in_brightness_and_colour_and_keep_the_picture() -> None:
    photo, rng = smooth(), np.random.default_rng(0)
    seen = [other_camera(photo, config(exposure=1.0), rng).float() for _ in range(60)]
    brightness = np.array([float(x.mean()) for x in seen])
    casts = np.array([float(x[0].mean() - x[2].mean()) for x in seen])
    assert brightness.min() < 90 and brightness.max() > 160 and casts.std() > 8
    for x in seen:  # the same picture: what is brighter stays brighter
        assert float(torch.corrcoef(torch.stack([x.flatten(), photo.float().flatten()]))[0, 1]) > 0.75
    weak = [other_camera(photo, config(exposure=0.1), rng).float() for _ in range(30)]
    assert max(float((x - photo.float()).abs().mean()) for x in weak) < 20


def test_faults_are_as_frequent_as_asked_for() -> None:
    photo, rng = smooth(), np.random.default_rng(0)
    changed = [not torch.equal(other_camera(photo, config(degrade=0.4), rng), photo) for _ in range(200)]
    assert 0.25 < np.mean(changed) < 0.45  # of the chosen an eighth gets none of the three


@pytest.mark.parametrize("size", [(1, 1), (1, 40), (33, 2)])
def test_tiny_photos_survive(size: tuple[int, int]) -> None:
    options, rng = config(exposure=1.0, degrade=1.0), np.random.default_rng(0)
    for _ in range(20):
        assert augment(picture(*size), picture(*size), options, rng)[0].shape == (3, 32, 32)


# ---- in a run -------------------------------------------------------------------------------------


def test_a_presentation_follows_from_its_number(tmp_path: Path) -> None:
    write_two_folders(tmp_path, 3)
    options = config(exposure=1.0, degrade=1.0)
    first, again = (PairDataset(find_pairs([tmp_path]).train, options) for _ in range(2))
    for n in (0, 5, 77):
        assert all(torch.equal(a, b) for a, b in zip(first[n], again[n], strict=True))


def test_held_out_pairs_are_shown_by_their_middle_square(tmp_path: Path) -> None:
    for name in "AB":
        (tmp_path / name).mkdir()
        noise_picture(64, 32).save(tmp_path / name / "x.png")
    pair = Pair(tmp_path / "A" / "x.png", tmp_path / "B" / "x.png")
    condition, target = validation_batch([pair], config(exposure=1.0, degrade=1.0))
    middle = picture(32, 64)[:, :, 16:48]
    assert torch.equal(condition[0], middle) and torch.equal(target[0], middle)
    squashed, _ = validation_batch([pair], config(crop=(0.0, 0.0)))
    assert squashed.shape == condition.shape and not torch.equal(squashed, condition)


def test_a_model_is_measured_as_its_recipe_shows_pairs(tmp_path: Path) -> None:
    for crop, expected in (([0.4, 1.0], True), (None, False)):
        recipe = {} if crop is None else {"crop": crop}
        folder = make_checkpoint(tmp_path / str(crop), tiny_generator(), input="photo", recipe=recipe)
        assert evaluation_config(load_config(folder)).crops is expected


def test_a_crop_of_one_pixel_is_a_colour() -> None:
    result = Crop(8, 3, 2, 1).apply(picture(5, 5)[None])[0]
    assert torch.equal(result, picture(5, 5)[:, 2:3, 3:4].expand(3, 8, 8))
