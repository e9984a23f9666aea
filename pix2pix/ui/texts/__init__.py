"""Every text that the page shows, by language; one module a tab.

To add a language, add a dictionary with the same keys under its BCP 47 code, say ``"de"``, to every module
here. The browser's language chooses, and the page's switch; where a language or a text is missing, English is
shown.
"""

from __future__ import annotations

import gradio as gr

from pix2pix.ui.texts import critic, draw, learn, photo, train_options
from pix2pix.ui.texts import page as studio
from pix2pix.ui.texts import train_form as train
from pix2pix.ui.texts import train_run as train_page

Texts = dict[str, dict[str, str]]
MODULES = (studio, draw, photo, train, train_options, train_page, critic, learn)


def merged(*texts: Texts) -> Texts:
    """All texts by language; a key that two modules define is a mistake.

    Raises:
        ValueError: the same key twice.
    """
    everything: Texts = {}
    for module in texts:
        for language, entries in module.items():
            known = everything.setdefault(language, {})
            if twice := known.keys() & entries.keys():
                raise ValueError(f"the texts {sorted(twice)} stand in two modules")
            known.update(entries)
    return everything


TEXTS = merged(*(module.TEXTS for module in MODULES))


def translations() -> gr.I18n:
    """The texts of Gradio's own components: ``text("key")`` in Python, the language in the browser.

    Gradio also replaces a value that is a key, such as the choice "photo": so the words of the drawing, which
    only its scripts use, are left out.
    """
    return gr.I18n(**merged(*(module.TEXTS for module in MODULES if module is not draw)))
