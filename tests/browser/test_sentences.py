"""What the server says in English, on a page in Korean."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect
from sentences_in_code import GAP, on_the_page

from pix2pix.ui.shared.assets import imported

ASK = f"async (sentences) => sentences.map((await {imported('shared/sentences.js')}).told)"
KOREAN = re.compile("[가-힣]")


def test_the_page_says_in_korean_what_the_server_says_in_english(
    serve: Callable[[Path], str], tiny_model: Path, open_page: Callable[..., Page], tmp_path: Path
) -> None:
    page = open_page(serve(tiny_model), locale="ko-KR")
    page.wait_for_selector("[data-photo][data-number]")
    sentences = [sentence.replace(GAP, "7") for _, sentence in on_the_page()]
    shown = page.evaluate(ASK, sentences)
    assert not [one for one in shown if not KOREAN.search(one)]
    assert page.evaluate(ASK, ["Nobody has foreseen this or that: try again."]) == [
        "Nobody has foreseen this or that: try again."
    ]
    # A name stays a name, even one that is a word of a sentence too; a sentence within one is translated.
    assert page.evaluate(ASK, ["The run photos is training: stop it first."]) == [
        "“photos”은(는) 학습 중입니다. 먼저 멈추세요."
    ]
    nested = (
        "The folder mine has no usable pair (a.png has no partner in B: it is left out): put images with A"
    )
    nested += " on the left and B on the right into it, or two folders A and B with the same file names."
    assert "쌍이 없습니다(a.png: B에 짝이 없어 학습에서 뺍니다). 왼쪽이" in page.evaluate(ASK, [nested])[0]

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
    page.locator("#photo-input input[type=file]").first.set_input_files(bad)
    expect(toast).to_contain_text("그림이 아닙니다. PNG나 JPEG로 다시 저장하거나 다른 것을 고르세요.")
