"""The texts, the template and the examples fit together; no browser needed to see that."""

from __future__ import annotations

import re
from types import ModuleType

import pytest

from pix2pix.ui.draw.tab import SCRIPTS
from pix2pix.ui.shared.assets import read
from pix2pix.ui.shared.formats import OWN_EXAMPLES, load_examples
from pix2pix.ui.texts import MODULES, TEXTS, draw, merged, translations

SHOES = {"sneaker", "heel", "boot", "loafer"}
BAGS = {"tote", "handbag", "backpack", "purse"}
EMOJI = {"heart", "smiley", "mushroom", "icecream"}
HOUSES = {"townhouse", "shop", "tower"}
EDGES = [example for example in load_examples() if example.get("kind", "edges") == "edges"]
LABELS = [example for example in load_examples() if example.get("kind") == "labels"]


def test_every_text_that_is_asked_for_exists() -> None:
    page = read("draw/canvas.html") + "".join(read(name) for name in SCRIPTS)
    asked = re.findall(r'data-(?:text|title|label)="(\w+)"', page) + re.findall(r'\btext\("(\w+)"', page)
    asked += re.findall(r'"(\w+_size)"', page) + [example["name"] for example in load_examples()]
    palette = re.search(r"const DABS = \{(.*?)\}", page, re.DOTALL)
    assert palette
    asked += re.findall(r"(\w+):", palette[1])
    assert len(set(asked)) > 80
    assert set(asked) <= set(draw.TEXTS["en"])


def test_no_text_is_left_over() -> None:
    page = read("draw/canvas.html") + "".join(read(name) for name in (*SCRIPTS, "draw/tab.py"))
    words = set(re.findall(r"\w+", page)) | {example["name"] for example in load_examples()}
    made = re.findall(r"text\([^`()]*`(\w*)\$\{\w+\}(\w*)`", page)  # from parts, as text(`title_${kind}`) is
    made += re.findall(r"TEXTS\[`(\w*)\$\{[^`]*\}(\w*)`\]", page)
    assert len(made) >= 4
    for key in draw.TEXTS["en"]:
        parts = any(key.startswith(start) and key.endswith(end) for start, end in made)
        assert key in words or parts, key


def test_label_names_of_facades_are_translated() -> None:
    labels = {stroke["label"] for example in LABELS for stroke in example["strokes"] if "label" in stroke}
    assert {f"label_{name.replace(' ', '_')}" for name in labels} <= set(draw.TEXTS["ko"])


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
    assert not re.search(r"\$\{|\{\{|`|\\", read("draw/canvas.html"))


def test_examples_are_shoes_and_bags_some_with_colour_and_houses() -> None:
    assert {example["name"] for example in EDGES} == SHOES | BAGS | EMOJI
    assert {example["name"] for example in EDGES if "model" in example} == EMOJI
    assert {example["model"] for example in EDGES if "model" in example} == set(OWN_EXAMPLES)
    assert {example["name"] for example in LABELS} == {*HOUSES, "generic"}
    coloured = [one for one in EDGES if any(s["tool"] == "dab" for s in one["strokes"])]
    assert 2 <= len(coloured) < len(EDGES)


@pytest.mark.parametrize("example", EDGES, ids=lambda example: example["name"])
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


@pytest.mark.parametrize("example", LABELS, ids=lambda example: example["name"])
def test_an_example_of_labels_stays_on_the_paper(example: dict) -> None:  # type: ignore[type-arg]
    for stroke in example["strokes"]:
        x0, y0, x1, y1 = stroke["points"]
        assert 0 <= x0 < x1 <= 256 and 0 <= y0 <= y1 <= 256
        assert ("label" in stroke) != ("rank" in stroke)
