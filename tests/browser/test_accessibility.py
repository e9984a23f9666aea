"""axe-core's findings on every tab, in both themes, on a desktop and on a phone: none that is serious."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from sketchpad import DESKTOP, PHONE

SERIOUS = ("serious", "critical")
# Pictures and texts are there, and Gradio's own progress, which fades in, is gone.
SETTLED = """() => {
    const all = (selector) => [...document.querySelectorAll(selector)];
    return all("img").every((image) => image.complete || image.loading === "lazy")
        && all("[data-text]").every((one) => one.innerText || !one.checkVisibility())
        && !all(".progress-text").some((text) => text.checkVisibility());
}"""
SCREENS = {"desktop": DESKTOP, "phone": PHONE}


def findings(page: Page) -> list[str]:
    """Serious ones, with the elements that have them."""
    answer = Axe().run(page).response
    return [
        f"{rule['id']}: {node['html'][:200]} {node.get('failureSummary', '')[:300]}"
        for rule in answer["violations"]
        if rule["impact"] in SERIOUS
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("screen", SCREENS)
def test_no_tab_has_a_serious_finding(
    open_page: Callable[..., Page], serve: Callable[[Path], str], tiny_model: Path, screen: str, theme: str
) -> None:
    page = open_page(f"{serve(tiny_model)}?__theme={theme}", **SCREENS[screen])
    page.wait_for_selector("[data-photo][data-number]")
    found: dict[str, list[str]] = {}
    tabs = page.get_by_role("tab")
    names = [name for name in tabs.all_inner_texts() if name]
    assert names
    for name in names:
        tabs.get_by_text(name, exact=True).first.click()
        if name == "Photo":
            expect(page.locator("#photo-told")).to_contain_text("640")  # the example that the tab begins with
        page.wait_for_function(SETTLED)
        found[name] = findings(page)
    assert not {name: each for name, each in found.items() if each}
