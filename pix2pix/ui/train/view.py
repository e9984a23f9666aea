"""What all parts of the Train tab show with: their scripts, and a sentence when something went wrong."""

from __future__ import annotations

import html

import gradio as gr

from pix2pix.ui.shared.assets import scripts
from pix2pix.ui.texts.server.findings import SENTENCES
from pix2pix.ui.texts.server.plain import plain
from pix2pix.ui.texts.train_run import TEXTS as PAGE_TEXTS
from pix2pix.ui.train.uploads import Data


def warn(error: Exception, data: Data | None = None) -> None:
    """Tell a person, in one sentence, what went wrong."""
    sentence = str(error) if data is None else data.readable(str(error))
    gr.Warning(html.escape(plain(sentence)))


def page_script(*names: str) -> str:
    """Scripts of this tab, with their texts."""
    texts = {language: {**some, **SENTENCES.get(language, {})} for language, some in PAGE_TEXTS.items()}
    return scripts("shared/told.js", "train/base.js", *names, TEXTS=texts)
