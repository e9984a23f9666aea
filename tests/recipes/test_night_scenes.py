"""The scenes that teach where sky and windows are, what is learnt of them, and the measure of lights."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image
from support import label_pair

from benchmarks.night.lights import lit, shares
from pix2pix.facade import draw_facade
from pix2pix.generator import GeneratorSpec, SeeingGenerator
from pix2pix.night import MAPS
from recipes.night_scenes import Scenes
from recipes.night_stock import OTHER, SKY, UNKNOWN, VIEW, WALL, WINDOW, Stock, front_of
from recipes.night_training import INPUTS, fit, places


@pytest.fixture
def stock() -> Stock:
    labels = np.asarray(draw_facade(1, 256))
    photo = np.asarray(label_pair(1, 256)[1])
    view = np.full((128, 160), VIEW, np.uint8)
    view[:40] = SKY
    grey = np.full((128, 160, 3), 120, np.uint8)
    thing = (np.full((40, 40, 3), 200, np.uint8), np.full((40, 40), 255, np.uint8))
    return Stock(fronts=[front_of(photo, labels)], views=[(grey, view)], things=[thing])


def test_a_fronts_windows_are_where_the_labels_say(stock: Stock) -> None:
    _, mask = stock.fronts[0]
    assert set(np.unique(mask)) <= {SKY, WINDOW, WALL, UNKNOWN} and (mask == WINDOW).any()


def test_scenes_are_drawn_from_a_seed(stock: Stock) -> None:
    first, again = (Scenes(stock, 64, 3) for _ in range(2))
    seen: set[int] = set()
    for _ in range(12):
        (picture, mask), (same, _) = first.draw(), again.draw()
        assert picture.shape == (64, 64, 3) and picture.dtype == np.uint8 and np.array_equal(picture, same)
        seen |= set(np.unique(mask))
    assert {OTHER, SKY, WINDOW, WALL} <= seen


def test_what_is_learnt_of_places_is_what_the_generator_says(stock: Stock) -> None:
    inputs, wanted = places(Scenes(stock, 64, 0), 4, 0)
    assert inputs.shape == (len(wanted), sum(INPUTS)) and wanted.shape[1] == 2 * MAPS
    generator = SeeingGenerator(GeneratorSpec(width=8, kind="seer", head="night", norm="none", dropout=0.0))
    wanted = torch.tensor((0.0, 1.0)).repeat(len(inputs), MAPS)  # nothing is anywhere
    fit(generator, inputs, wanted, 60, 0, batch=256)
    with torch.no_grad():
        seer = generator.seer
        x = inputs[:50].float()[:, :, None, None].split(list(INPUTS), 1)
        y = sum(conv(part) for conv, part in zip([*seer.first, *seer.around], x, strict=True))
        logits = seer.last(torch.relu(seer.second(torch.relu(y))))
    assert float(logits.mean()) < -1


def test_lights_are_counted_by_what_they_are_on() -> None:
    labels = draw_facade(1, 64)
    numbers = front_of(np.asarray(labels), np.asarray(labels))[1]
    night = Image.fromarray(((numbers == WINDOW) * 200).astype(np.uint8)).convert("RGB")
    every, on, parts, sky = shares(night, labels, labels)
    assert every == on == parts == lit(night).sum() > 0 and sky == 0
