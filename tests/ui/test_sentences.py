"""Every sentence that the server may say to a person on the page has its translation."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from string import Formatter

import pytest
from sentences_in_code import GAP, Code, on_the_page

from pix2pix.ui.texts.server import gradio as sentences_gradio
from pix2pix.ui.texts.server.parts import PARTS
from pix2pix.ui.texts.server.plain import plain
from pix2pix.ui.texts.server.sentences import AREAS, for_page

# Names of options, files and networks stand as they are in every language.
AS_IT_IS = {"from", "auto", "config.json", "generator", "discriminator", "generator.safetensors"}

PAGE = for_page()["ko"]


def pattern(template: str) -> re.Pattern[str]:
    return re.compile("(.*?)".join(map(re.escape, re.split(r"\{\d+\}", template))), re.DOTALL)


@cache
def patterns(*kinds: str) -> list[tuple[re.Pattern[str], str]]:
    """As sentences.js sorts them: those with the most text of their own first."""
    templates = {english: own for kind in kinds for english, own in PAGE[kind].items()}  # type: ignore[literal-required]
    weights = {english: len(re.sub(r"\{\d+\}", "", english)) for english in templates}
    return [(pattern(one), templates[one]) for one in sorted(templates, key=lambda one: -weights[one])]


def untranslated(sentence: str, *kinds: str) -> str | None:
    """What of a sentence would stay English; None where all of it is translated."""
    for english, own in patterns(*kinds):
        if not (found := english.fullmatch(sentence)):
            continue
        for _, gap, _, translated in Formatter().parse(own):
            if gap is None or not re.search("[A-Za-z]", held := found[int(gap) + 1]):
                continue
            if translated and untranslated(held, "sentences", "parts") is None:
                continue
            if held not in AS_IT_IS:
                return held
        return None
    return sentence


def test_the_code_is_read_as_it_speaks() -> None:
    said = {sentence for _, sentence in on_the_page()}
    assert len(said) > 200
    assert f'"{GAP}" is a folder; give the path of one picture.' in said
    assert f"The archive {GAP} is encrypted: zip the folder again without a password." in said
    assert f"The run {GAP} never began: start it anew." in said
    assert f"The model {GAP} starts from grey photos: choose the input as well." in said


@pytest.mark.parametrize("shown", [str, plain], ids=["as it is", "in the form's words"])
def test_every_sentence_has_a_translation(shown: Callable[[str], str]) -> None:
    missing = {}
    for place, sentence in on_the_page():
        words = shown(sentence).replace(f"--{GAP}", GAP if shown is plain else f"--{GAP}")
        if rest := untranslated(words, "sentences"):
            missing[place, sentence] = rest
    assert not missing


def test_every_remark_about_a_file_has_a_translation() -> None:
    code = Code("train")
    remarks = {sentence for _, _, sentence in code.built("train/report/findings.py", "Finding", "_count")}
    assert f"{GAP} looks the same as {GAP}" in remarks
    remarks = {one for one in remarks if re.search("[a-z]{2}", one)}
    assert not {one: rest for one in remarks if (rest := untranslated(one, "sentences", "parts"))}


@pytest.mark.parametrize("texts", [*(area.SENTENCES for area in AREAS), PARTS])
def test_translations_have_the_gaps_of_their_sentences(texts: dict[str, dict[str, str]]) -> None:
    for templates in texts.values():
        for english, own in templates.items():
            numbers = [int(gap) for _, gap, _, _ in Formatter().parse(english) if gap is not None]
            assert numbers == list(range(len(numbers))), english
            theirs = sorted(int(gap) for _, gap, _, _ in Formatter().parse(own) if gap is not None)
            assert theirs == numbers, own
            assert re.search("[가-힣]", own) or not re.search("[A-Za-z]{4}", own), own


def test_no_translation_is_of_a_sentence_that_nobody_says() -> None:
    said = [sentence for _, sentence in on_the_page()]
    remarks = [sentence for _, _, sentence in Code("train").built("train/report/findings.py", "Finding")]
    for area in AREAS:
        if area is not sentences_gradio:
            for english in area.SENTENCES["ko"]:
                assert any(map(pattern(english).fullmatch, (*said, *remarks))), english
