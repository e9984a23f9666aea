"""The strip above the tabs: the language and the theme, chosen and remembered."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect


@pytest.fixture
def studio(
    serve: Callable[[Path], str], tiny_model: Path, open_page: Callable[..., Page]
) -> Callable[..., Page]:
    def open_(**options: object) -> Page:
        page = open_page(serve(tiny_model), **options)
        page.wait_for_selector("[data-photo][data-number]")  # a page left while it asks logs an error
        return page

    return open_


def test_the_browsers_language_is_spoken_until_another_is_chosen(studio: Callable[..., Page]) -> None:
    page = studio(locale="ko-KR")
    expect(page.get_by_role("tab", name="그리기")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", re.compile("^ko"))
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("tab", name="Draw", exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name="Draw edges, watch a photo appear")).to_be_visible()
    page.reload()
    expect(page.get_by_role("tab", name="Draw", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="English")).to_have_attribute("aria-pressed", "true")


def test_the_theme_can_be_switched_and_is_kept(studio: Callable[..., Page]) -> None:
    page = studio(color_scheme="light")
    dark = "document.body.classList.contains('dark')"
    assert page.evaluate(dark) is False
    page.get_by_role("button", name="Light or dark").click()
    assert page.evaluate(dark) is True
    page.reload()
    page.wait_for_selector("[data-photo][data-number]")
    assert page.evaluate(dark) is True
