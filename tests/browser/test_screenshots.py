"""The pictures for README.md are made on the real page; a model with random weights is enough to see that."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser

from recipes.screenshots import WIDTH, frames, opened


def test_a_drawing_and_its_picture_stand_side_by_side_while_it_is_drawn(
    browser: Browser, serve: Callable[[Path], str], tiny_model: Path
) -> None:
    page = opened(browser, serve(tiny_model), "dark")
    try:
        first, later = (np.asarray(picture)[..., 0] for picture in islice(frames(page), 0, 7, 6))
        assert page.locator("body.dark").count() == 1
    finally:
        page.close()
    assert first.shape == later.shape and first.shape[1] == WIDTH
    half = WIDTH // 2 - 30
    ink = [(picture[:, :half] < 60).sum() for picture in (first, later)]
    assert 0 < ink[0] < ink[1]  # the line grows
    assert not np.array_equal(first[:, -half:], later[:, -half:])  # and the picture changes with it
