"""The scripts, the texts, the template and the examples fit together; no browser needed to see that."""

from __future__ import annotations

import json
import posixpath
import re
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from pix2pix.ui import Settings, build
from pix2pix.ui.shared.assets import Modules, modules, modules_path, preloads, read, script
from pix2pix.ui.shared.formats import OWN_EXAMPLES, load_examples
from pix2pix.ui.texts import Texts, group, options, texts, translations

SCRIPTS = [name for name in modules() if name.startswith(("draw/", "shared/")) and name != "shared/texts.js"]
SHOES = {"sneaker", "heel", "boot", "loafer"}
BAGS = {"tote", "handbag", "backpack", "purse"}
EMOJI = {"heart", "smiley", "mushroom", "icecream"}
HOUSES = {"townhouse", "shop", "tower"}
EDGES = [example for example in load_examples() if example.get("kind", "edges") == "edges"]
LABELS = [example for example in load_examples() if example.get("kind") == "labels"]


def test_every_import_is_of_something_that_is_exported() -> None:
    found = 0
    for name, content in modules().items():
        for names, path in re.findall(r'import \{ ([^}]+) \} from "([^"]+)"', content.decode()):
            source = modules()[posixpath.normpath(posixpath.join(posixpath.dirname(name), path))].decode()
            for one in names.split(", "):
                wanted = one.split(" as ")[0]
                assert re.search(rf"export [^\n]*\b{wanted}\b", source), (name, wanted)
                found += 1
    assert found > 100


@pytest.mark.parametrize("folder", ["", "/some/where"])
def test_scripts_are_served_below_any_path(folder: str) -> None:
    other = Route("/{path:path}", lambda request: PlainTextResponse("other"))
    client = TestClient(Starlette(routes=[other], middleware=[Middleware(Modules)]))
    answer = client.get(f"{folder}/{modules_path()}shared/base.js")
    assert answer.content == modules()["shared/base.js"]
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "immutable" in answer.headers["cache-control"]
    for path in ("shared/none.js", "../settings.py", "shared/assets.py"):
        assert client.get(f"{folder}/{modules_path()}{path}").text == "other"
    assert client.get(f"{folder}/scripts/0/shared/base.js").text == "other"  # of another version


def test_their_path_changes_with_any_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    made = modules_path.__wrapped__
    before = made()
    assert before == modules_path() == made()
    changed = {**modules(), "shared/svg.js": b"// another"}
    monkeypatch.setattr("pix2pix.ui.shared.assets.modules", lambda: changed)
    assert made() != before


def test_a_component_starts_its_module_and_names_its_events() -> None:
    loader = script("draw/canvas.js", "live", model="a</script>")
    assert f'"{modules_path()}draw/canvas.js"' in loader and '"live"' in loader
    assert preloads().count("<link") > 20 and "train/" not in preloads()


def test_every_text_that_is_asked_for_exists() -> None:
    page = read("draw/canvas.html") + "".join(read(name) for name in SCRIPTS)
    asked = re.findall(r'data-(?:text|title|label)="(\w+)"', page) + re.findall(r'\btext\("(\w+)"', page)
    asked += re.findall(r'"(\w+_size)"', page) + [example["name"] for example in load_examples()]
    palette = re.search(r"const DABS = \{(.*?)\}", page, re.DOTALL)
    assert palette
    asked += re.findall(r"(\w+):", palette[1])
    assert len(set(asked)) > 80
    assert set(asked) <= set(group("draw")["en"])


def test_no_text_is_left_over() -> None:
    page = read("draw/canvas.html") + "".join(read(name) for name in (*SCRIPTS, "draw/tab.py"))
    words = set(re.findall(r"\w+", page)) | {example["name"] for example in load_examples()}
    made = re.findall(r"text\([^`()]*`(\w*)\$\{\w+\}(\w*)`", page)  # from parts, as text(`title_${kind}`) is
    made += re.findall(r"text\(`(\w*)\$\{\w+\.replaceAll[^`]*\}(\w*)`\)", page)
    assert len(made) >= 4
    for key in group("draw")["en"]:
        parts = any(key.startswith(start) and key.endswith(end) for start, end in made)
        assert key in words or parts, key


def test_label_names_of_facades_are_translated() -> None:
    labels = {stroke["label"] for example in LABELS for stroke in example["strokes"] if "label" in stroke}
    assert {f"label_{name.replace(' ', '_')}" for name in labels} <= set(group("draw")["ko"])


GROUPS = ("page", "draw", "photo", "train", "critic", "learn")


@pytest.mark.parametrize("said", [options(), *map(group, GROUPS)], ids=("options", *GROUPS))
def test_every_tab_speaks_every_language(said: Texts) -> None:
    assert set(said) == {"en", "ko"}
    assert said["en"].keys() == said["ko"].keys()
    assert all(text.strip() for each in said.values() for text in each.values())


def test_a_text_is_defined_once() -> None:
    assert sum(len(said["en"]) for said in (options(), *map(group, GROUPS))) == len(texts()["en"])
    for language in texts():  # and once in its file
        written = read(f"texts/{language}.json")
        keys = re.findall(r'^    "(\w+)":', written, re.MULTILINE)
        assert len(keys) >= sum(len(each) for name, each in json.loads(written).items() if name != "gradio")


def test_languages_have_no_unknown_texts_and_the_same_blanks() -> None:
    for language, said in texts().items():
        for key, text in said.items():
            blanks, expected = (sorted(re.findall(r"\{\w+\}", one)) for one in (text, texts()["en"][key]))
            assert blanks == expected, (language, key)


def test_no_value_of_a_choice_is_a_text_that_gradio_would_put_in_its_place(tiny_model: Path) -> None:
    components = build(Settings(model=str(tiny_model))).config["components"]
    chosen = [pair for one in components for pair in one["props"].get("choices") or []]
    values = {str(pair[1]) for pair in chosen}
    assert {"photo", "grey", "AtoB"} <= values
    assert not values & set(translations().translations_dict["en"])


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
