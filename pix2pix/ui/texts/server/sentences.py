"""Sentences that the server writes in English, for pages in other languages.

An error says what went wrong where it happens, and only the page knows its visitor's language: so the page
turns a sentence into that language, see sentences.js, by the templates here. A template is the code's own
text, with ``{0}``, ``{1}``, … in place of what an f-string fills in. The translation puts the same gaps where
its language wants them: ``{0}`` as they are, and ``{0!t}`` translated, where a gap holds another sentence or
one of ``PARTS``. What no template matches stays English.

What has a kind, as the findings of the data report have, is told by it: see findings.py.
"""

from __future__ import annotations

import re
from typing import TypedDict

from pix2pix.ui.texts import TEXTS
from pix2pix.ui.texts.server import data, gradio, models, pictures, training
from pix2pix.ui.texts.server.parts import PARTS
from pix2pix.ui.texts.server.plain import plain

AREAS = (pictures, models, data, training, gradio)
# Texts of the page that the server also says by itself.
SAID = ("photo_gone", "photo_none", "photo_none_visitor", "photo_none_edges")


class Sentences(TypedDict):
    """Translations by English template; ``parts`` stand only within sentences."""

    sentences: dict[str, str]
    parts: dict[str, str]


def for_page() -> dict[str, Sentences]:
    """All sentences and their parts by language, with the command line's flags and in the form's words."""
    return {
        language: {"sentences": _both_ways(_sentences(language)), "parts": _both_ways(parts)}
        for language, parts in PARTS.items()
    }


def _sentences(language: str) -> dict[str, str]:
    said = {TEXTS["en"][key]: TEXTS[language][key] for key in SAID}
    for area in AREAS:
        said |= area.SENTENCES[language]
    return said


def _both_ways(templates: dict[str, str]) -> dict[str, str]:
    return {form: own for english, own in templates.items() for form in (english, in_plain_words(english))}


def in_plain_words(template: str) -> str:
    """A template of what :func:`pix2pix.ui.train.runs.plain` makes of the sentences of another."""
    return re.sub(r"--(?=\{)", "", plain(template))
