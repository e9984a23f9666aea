"""What the server says, on a page in Korean."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect


def test_the_server_speaks_the_visitors_language(
    serve: Callable[[Path], str], tiny_model: Path, open_page: Callable[..., Page], tmp_path: Path
) -> None:
    page = open_page(serve(tiny_model), locale="ko-KR")
    page.wait_for_selector("[data-photo][data-number]")
    page.get_by_role("tab", name="학습").click()
    page.locator("#train-start").click()
    toast = page.get_by_test_id("toast-body")
    expect(toast).to_contain_text("아직 데이터가 없습니다. 먼저 zip이나 그림을 끌어다 놓으세요.")
    expect(toast).to_contain_text("주의")
    expect(toast).not_to_contain_text(re.compile("Warning|There is no data"))
    toast.get_by_test_id("toast-close").click()

    bad = tmp_path / "bad.txt"
    bad.write_text("words")
    page.locator("#train-files input[type=file]").set_input_files(bad)
    expect(page.locator("[data-report]")).to_have_text(
        "“bad.txt” 파일은 그림도 zip도 아닙니다. PNG, JPEG 또는 zip을 고르세요."
    )

    bad = tmp_path / "bad.png"
    bad.write_bytes(b"no picture at all")
    page.get_by_role("tab", name="사진").click()
    both = "document.querySelectorAll('#photo-slider img').length == 2"
    page.wait_for_function(
        f"[...document.images].every((one) => one.complete) && {both}"
    )  # the example that the tab begins with
    page.locator("#photo-input input[type=file]").first.set_input_files(bad)
    expect(toast).to_contain_text("그림이 아닙니다. PNG나 JPEG로 다시 저장하거나 다른 것을 고르세요.")


def test_a_language_that_was_chosen_on_the_page_is_the_servers_too(
    serve: Callable[[Path], str], tiny_model: Path, open_page: Callable[..., Page]
) -> None:
    page = open_page(serve(tiny_model), locale="en-US")
    page.locator("#studio-top [data-language=ko]").click()
    page.get_by_role("tab", name="학습").click()
    page.locator("#train-start").click()
    expect(page.get_by_test_id("toast-body")).to_contain_text("아직 데이터가 없습니다.")


def test_gradios_own_words_are_translated(
    serve: Callable[[Path], str], tiny_model: Path, open_page: Callable[..., Page]
) -> None:
    page = open_page(serve(tiny_model), locale="ko-KR")
    page.wait_for_selector("[data-photo][data-number]")
    page.evaluate("""() => {
      const toast = document.createElement("p");
      toast.dataset.testid = "toast-text";
      toast.textContent = "Queue is full. Max size is 20 and size is 20.";
      document.body.append(toast);
    }""")
    expect(page.get_by_test_id("toast-text")).to_have_text(
        "지금은 이용자가 많습니다. 잠시 뒤에 다시 시도하세요. (대기 20/20)"
    )
