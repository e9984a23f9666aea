"""What a visitor sees where the app listens for everybody, and how the link makes a browser the owner's."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from visitor import running

from pix2pix.ui import Settings


def test_the_consoles_link_opens_what_visitors_do_not_see(
    browser: Browser,
    open_page: Callable[..., Page],
    tiny_model: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with running(Settings(model=str(tiny_model), runs=str(tmp_path / "runs")), tmp_path, "0.0.0.0") as app:
        link = re.findall(r"http://localhost:[0-9]+/#owner=\S+", capsys.readouterr().out)[-1]
        visitor = open_page(app.url, locale="ko-KR")
        visitor.get_by_role("tab", name="학습").click()
        expect(visitor.get_by_text("이 앱의 주인만 학습할 수 있습니다")).to_be_visible()
        expect(visitor.locator("#train-start")).to_be_hidden()
        visitor.locator("[data-photo][data-number]").wait_for(state="attached")  # the page has begun
        expect(visitor.get_by_test_id("toast-body")).to_have_count(0)  # nobody did anything wrong
        assert visitor.locator("[data-model] option[value='hub']").count() == 0

        owner = open_page(link)
        owner.locator("html.p2p-owner").wait_for(state="attached")
        assert "#" not in owner.url
        owner.get_by_role("tab", name="Train").click()
        expect(owner.locator("#train-start")).to_be_visible()
        expect(owner.get_by_text("Only the owner of this app")).to_be_hidden()
        owner.get_by_role("tab", name="Draw").click()
        owner.locator("[data-model] option[value='hub']").wait_for(state="attached")
        owner.reload()
        owner.locator("html.p2p-owner").wait_for(state="attached")

        late = browser.new_context().new_page()  # which logs that it was refused
        late.goto(link)
        expect(late.locator(".p2p-refusal")).to_be_visible()
        for page in (visitor, owner, late):
            page.context.close()
