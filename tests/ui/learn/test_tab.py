"""The Learn tab's files fit together; no browser needed to see that."""

from __future__ import annotations

import re

from pix2pix.facade import CMP
from pix2pix.ui.learn.lesson import ABLATIONS, CLAIMS, COLUMNS
from pix2pix.ui.shared.assets import modules, read
from pix2pix.ui.texts import group

PAGE = read("learn/learn.html")
SCRIPT = "".join(read(name) for name in modules() if name.startswith("learn/"))
CHAPTERS = re.findall(r'data-chapter="(\w+)"', PAGE)


def keys_used() -> set[str]:
    keys = re.findall(r'data-(?:text|title|label)="(\w+)"', PAGE) + re.findall(r'\btext\("(\w+)"', SCRIPT)
    for either in re.findall(r'\btext\([\w().]+ \? "(\w+)" : "(\w+)"', SCRIPT):
        keys += either
    keys += re.findall(r', "(c\d_\w+)"\]', SCRIPT)  # the words of a scheme
    keys += [f"{chapter}_where" for chapter in re.findall(r'data-where="(\w+)"', PAGE)]
    keys += [f"m_{name}" for name in ABLATIONS]
    keys += [f"n_{column}{ending}" for column in COLUMNS for ending in ("", "_tip")]
    keys += [f"claim_{claim}" for claim, *_ in CLAIMS]
    keys += [f"label_{name.replace(' ', '_')}" for name in CMP.names]
    return {f"learn_{key}" for key in keys}


def test_every_text_on_the_page_exists_and_none_is_left_over() -> None:
    assert keys_used() == set(group("learn")["en"])


def test_template_has_nothing_that_gradio_would_evaluate() -> None:
    assert not re.search(r"\$\{|\{\{|`|\\", PAGE)


def test_every_chapter_says_what_to_notice_and_where_the_paper_has_it() -> None:
    assert [f"c{number}" for number in range(1, 8)] == CHAPTERS
    assert re.findall(r'data-where="(\w+)"', PAGE) == CHAPTERS
    for chapter in CHAPTERS:
        assert f'data-text="{chapter}_notice"' in PAGE
        for language, texts in group("learn").items():
            assert re.search(r"\d\.\d", texts[f"learn_{chapter}_where"]), (language, chapter)


def test_korean_is_korean() -> None:
    names = {f"learn_m_{name}" for name in ABLATIONS} | {
        "learn_n_ssim",
        "learn_c7_numbers",
        "learn_c6_a",
        "learn_c6_b",
    }
    for key, text in group("learn")["ko"].items():
        if key not in names:
            assert re.search("[가-힣]", text), key
            assert text != group("learn")["en"][key]


def test_the_numbers_are_not_written_into_the_texts() -> None:
    """What was measured comes from the models' files."""
    for texts in group("learn").values():
        for text in texts.values():
            assert not re.search(r"0\.\d\d", text), text
