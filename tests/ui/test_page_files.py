"""The texts, the template and the examples fit together; no browser needed to see that."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType

import pytest

from pix2pix.ui.draw import DEFAULT_LINE_WIDTH, SCRIPTS, drawing_format, load_examples
from pix2pix.ui.files import read
from pix2pix.ui.texts import MODULES, TEXTS, draw, merged, translations

SHOES = {"sneaker", "heel", "boot", "loafer"}
BAGS = {"tote", "handbag", "backpack", "purse"}


def keys_used() -> set[str]:
    page = read("canvas.html") + "".join(read(name) for name in SCRIPTS)
    keys = re.findall(r'data-(?:text|title|label)="(\w+)"', page)
    keys += re.findall(r'\btext\("(\w+)"', page) + re.findall(r'name: "(\w+_size)"', page)
    palette = re.search(r"const PALETTE = \{(.*?)\}", page, re.DOTALL)
    assert palette
    keys += re.findall(r"(\w+):", palette[1])
    return {*keys, *(example["name"] for example in load_examples()), "bad_photo"}


def test_every_text_on_the_page_exists_and_none_is_left_over() -> None:
    assert keys_used() == set(draw.TEXTS["en"])


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.rpartition(".")[2])
def test_every_tab_speaks_every_language(module: ModuleType) -> None:
    assert set(module.TEXTS) == {"en", "ko"}
    assert module.TEXTS["en"].keys() == module.TEXTS["ko"].keys()
    assert all(text.strip() for texts in module.TEXTS.values() for text in texts.values())


def test_a_text_is_defined_once() -> None:
    with pytest.raises(ValueError, match="seed"):
        merged({"en": {"seed": "a"}}, {"en": {"seed": "b"}})


def test_languages_have_no_unknown_texts_and_the_same_blanks() -> None:
    for language, texts in TEXTS.items():
        for key, text in texts.items():
            blanks, expected = (sorted(re.findall(r"\{\w+\}", one)) for one in (text, TEXTS["en"][key]))
            assert blanks == expected, (language, key)
    assert translations().translations_dict == TEXTS


def test_template_has_nothing_that_gradio_would_evaluate() -> None:
    assert not re.search(r"\$\{|\{\{|`|\\", read("canvas.html"))


def test_examples_are_shoes_and_bags_some_with_colour() -> None:
    examples = load_examples()
    assert {example["name"] for example in examples} == SHOES | BAGS
    coloured = [one for one in examples if any(s["tool"] == "dab" for s in one["strokes"])]
    assert 2 <= len(coloured) < len(examples)


@pytest.mark.parametrize("example", load_examples(), ids=lambda example: example["name"])
def test_an_example_fills_the_paper(example: dict) -> None:  # type: ignore[type-arg]
    xs, ys = [], []
    for stroke in example["strokes"]:
        points = stroke["points"]
        assert stroke["tool"] in ("pen", "dab") and len(points) % 2 == 0 and len(points) >= 2
        low, high = (1, 6) if stroke["tool"] == "pen" else (8, 28)
        assert low <= stroke["width"] <= high
        assert ("color" in stroke) == (stroke["tool"] == "dab")
        xs += points[::2]
        ys += points[1::2]
    assert min(xs + ys) >= 4 and max(xs + ys) <= 252
    assert max(max(xs) - min(xs), max(ys) - min(ys)) >= 200  # as large as the objects it was trained on


def test_a_missing_model_leaves_the_usual_format(tmp_path: Path, tiny_model: Path) -> None:
    assert drawing_format("hf://owner/name") == (256, DEFAULT_LINE_WIDTH)  # and nothing is fetched
    assert drawing_format(str(tmp_path)) == (256, DEFAULT_LINE_WIDTH)
    assert drawing_format(str(tiny_model)) == (32, DEFAULT_LINE_WIDTH)  # its (1, 1) is no choice
