"""Every code that the packages use stands in every language's catalogue, with the values that are given."""

from __future__ import annotations

import ast
import builtins
import copy
import fnmatch
import json
import pickle
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

import pytest

from pix2pix.errors import DataError, ImageError, Pix2PixError
from pix2pix.messages import Message, catalogue, decoded, encoded, languages

ROOT = Path(__file__).parents[2]
# What takes a code, and how it goes on from there.
SAYING = {"Message": "", "warn": "", "not_finite": "", "found": "finding."}
CODE = re.compile(r"[a-z_]+\.[a-z0-9_]+")


def errors(kind: type[Pix2PixError] = Pix2PixError) -> set[str]:
    """The names of all classes of errors that are for a person."""
    return {kind.__name__}.union(*(errors(one) for one in kind.__subclasses__()))


@cache
def nodes() -> tuple[tuple[str, ast.AST], ...]:
    """Everything in the packages' code, and where it stands."""
    paths = [path for package in ("pix2pix", "train") for path in sorted((ROOT / package).rglob("*.py"))]
    return tuple(
        (f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}", node)
        for path in paths
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    )


@cache
def said() -> tuple[tuple[str, tuple[str, ...], frozenset[str] | None], ...]:
    """(place, codes, names of values; None where they do not stand there) of all that is said."""
    saying, found = SAYING | dict.fromkeys(errors() | {"NothingFound", "SinglePhotos"}, ""), []
    for place, node in nodes():
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in saying
            and node.args
        ):
            name, words = node.func.id, [word.arg for word in node.keywords]
            values = None if None in words or name == "not_finite" else frozenset(filter(None, words))
            own = tuple(saying[name] + code for code in codes(node.args[0]))
            found.append((place, own, values | {"n"} if values is not None and name == "found" else values))
    return tuple(found)


def codes(node: ast.expr) -> Iterator[str]:
    """The codes that an expression may be; of one that is put together the beginning, with a star."""
    match node:
        case ast.Constant(value=str() as text) if text:
            yield text
        case ast.IfExp(body=one, orelse=other):
            yield from (*codes(one), *codes(other))
        case ast.BoolOp(values=several):
            yield from (code for one in several for code in codes(one))
        case ast.JoinedStr(values=[ast.Constant(value=str() as begin), *_]):
            yield f"{begin}*"


def placeholders(template: str) -> set[str]:
    """The names of values in a sentence; options need none."""
    found = {name for _, name, _, _ in Formatter().parse(template) if name is not None}
    return {name for name in found if not name.startswith("--")}


def own(language: str) -> dict[str, str]:
    """A catalogue without what the system says."""
    return {code: text for code, text in catalogue(language).items() if CODE.match(code)}


def test_every_code_that_is_used_has_a_sentence_with_the_values_that_are_given() -> None:
    english, wrong = own("en"), []
    for place, several, values in said():
        known = [code for code in several if code in english]
        wrong += [
            f"{place}: {code} stands in no catalogue"
            for code in several
            if code not in english and not ("*" in code and fnmatch.filter(english, code))
        ]
        needed = [placeholders(english[code]) for code in known]
        if values is not None and needed:
            wrong += [f"{place}: values are missing: {lack}" for one in needed if (lack := one - values)]
            if idle := values.difference(*needed) - {"n"}:
                wrong.append(f"{place}: no sentence speaks of {idle}")
    assert len(said()) > 250
    assert not wrong, "\n".join(wrong)


def test_every_code_of_a_catalogue_is_used() -> None:
    used = {node.value for _, node in nodes() if isinstance(node, ast.Constant)}
    patterns = {code for _, several, _ in said() for code in several}

    def put_together(code: str) -> bool:
        last = code.partition(".")[2]
        own = last in used or hasattr(builtins, last)
        return own and any(fnmatch.fnmatchcase(code, pattern) for pattern in patterns)

    codes = [code.removesuffix(".page") for code in own("en")]
    assert [code for code in codes if code not in used and not put_together(code)] == []


@pytest.mark.parametrize("language", [one for one in languages() if one != "en"])
def test_every_language_says_all_with_the_same_values(language: str) -> None:
    english, other = own("en"), own(language)
    assert {code for code in english if not code.endswith(".page")} == {
        code for code in other if not code.endswith(".page")
    }
    wrong = {code: text for code, text in other.items() if placeholders(text) - placeholders(english[code])}
    assert not wrong


def test_korean_sentences_are_korean() -> None:
    for code, text in own("ko").items():
        words = re.sub(r"\{.*?\}", "", text)
        assert re.search("[가-힣]", words) or not re.search("[A-Za-z]{4}", words), code


def test_the_page_has_no_words_of_the_command_line() -> None:
    english = catalogue("en")
    for code in own("en"):
        if not code.startswith("cli.") and not code.endswith(".page"):
            shown = english.get(f"{code}.page", english[code])
            assert not re.search(r"(?<!`)(?<=[ {])--(resume|from|out)\b", shown), code


def test_a_message_is_its_sentence_and_can_be_said_otherwise() -> None:
    message = Message("image.too_large", name="a.png", width=9000, height=9000, millions=64.0)
    assert (
        message
        == "a.png has 9000x9000 pixels, more than the 64 million accepted here; make it smaller first."
    )
    assert message.text("ko").startswith("a.png: 9000x9000 픽셀")
    assert Message("no code at all") == "no code at all" == Message("no code at all").text("ko")
    assert Message(message) is message


def test_values_are_lists_numbers_options_and_other_messages() -> None:
    formats = Message("image.sent_other_format", formats=("PNG", "JPEG", "GIF"))
    assert "no PNG, JPEG or GIF picture" in formats and "PNG, JPEG, GIF" in formats.text("ko")
    assert Message("finding.swapped", n=1).startswith("A and B look swapped in 1 pair:")
    assert Message("finding.swapped", n=3).startswith("A and B look swapped in 3 pairs:")
    assert "smaller --batch-size" in Message("training.no_memory")
    assert "smaller batch_size" in Message("training.no_memory").text("en")
    assert "--resume" in Message("run.exists", folder="f") and "Resume" in Message(
        "run.exists", folder="f"
    ).text("en")
    damaged = ImageError("image.empty", name="a.png")
    outer = DataError("data.no_usable_pair", data="mine", why=damaged)
    assert "(a.png is an empty file; choose another one):" in str(outer)
    assert "(a.png: 빈 파일입니다. 다른 것을 고르세요)" in outer.message.text("ko")
    full = DataError("archive.unreadable", archive="a.zip", reason=OSError(28, "No space left on device"))
    assert "(No space left on device)" in str(full) and "(디스크에 남은 공간 없음)" in full.message.text("ko")


def test_other_processes_get_the_whole_message() -> None:
    message = DataError(
        "data.no_usable_pair", data="x", why=Message("file.no_partner", file="a", other="B")
    ).message
    told = decoded(json.loads(json.dumps(encoded({"state": "failed", "message": message, "of": [message]}))))
    assert told["message"] == message and told["message"].text("ko") == message.text("ko") != message
    assert told["of"][0].values == message.values
    for copied in (copy.deepcopy(message), pickle.loads(pickle.dumps(DataError(message))).message):
        assert copied == message and copied.text("ko") == message.text("ko")
    assert decoded({"message": "a sentence of an earlier version"}) == {
        "message": "a sentence of an earlier version"
    }
    assert decoded({"code": "run.exists"}).code == "run.exists"  # by another version: nothing is lost
    assert decoded({"code": "run.other_option", "run": "a", "option": 3})  # a value of another type
    assert decoded({"code": "no.such_code", "value": 1}) == "no.such_code"


def test_paths_of_ours_are_replaced_wherever_they_stand() -> None:
    inner = Message("file.no_partner", file="/tmp/x/a.png", other="B")
    message = Message("data.no_usable_pair", data="/tmp/x/mine", why=inner)
    assert "/tmp/x" not in message.replaced("/tmp/x/", "")
    assert Message("see /tmp/x/log").replaced("/tmp/x/", "") == "see log"
