"""Every text that the page shows: a JSON file a language, in it a group a tab.

To add a language, copy ``en.json`` to its BCP 47 code, say ``de.json``, and translate it. The browser's
language chooses, and the page's switch; where a language or a text is missing, English is shown. Two groups
have no English of their own: "options", what each option of a recipe is, which the command line says, and
"gradio", what Gradio says by itself in its toasts (patterns of its English, and what is shown instead).
"""

from __future__ import annotations

import dataclasses
import json
from functools import cache
from pathlib import Path

import gradio as gr

from train.config import TrainConfig

Texts = dict[str, dict[str, str]]
OF_THE_DRAWING = "draw"


@cache
def group(name: str) -> Texts:
    """The texts of one group, by language."""
    found = {}
    for file in sorted(Path(__file__).parent.glob("*.json")):
        found[file.stem] = json.loads(file.read_text(encoding="utf-8")).get(name, {})
    return found


def options() -> Texts:
    """What each option of a recipe is that has no field of its own in the form."""
    said = group("options")
    help_of = {field.name: field.metadata["help"] for field in dataclasses.fields(TrainConfig)}
    said = {**said, "en": {name: help_of[name] for name in said["ko"]}}
    return {
        language: {f"train_option_{name}": text for name, text in texts.items()}
        for language, texts in said.items()
    }


@cache
def texts(drawing: bool = True) -> Texts:
    """All texts by language, with or without those of the drawing."""
    names = ("page", "photo", "train", "critic", "learn", *([OF_THE_DRAWING] if drawing else []))
    everything: Texts = {language: {} for language in group("page")}
    for said in (options(), *map(group, names)):
        for language, entries in said.items():
            everything[language] |= entries
    return everything


def translations() -> gr.I18n:
    """The texts of Gradio's own components: ``text("key")`` in Python, the language in the browser.

    Gradio also replaces a value that is a key, such as the choice "photo": so the words of the drawing, which
    only its scripts use, are left out.
    """
    return gr.I18n(**texts(drawing=False))
