"""Texts of the Learn tab, each language in a file of its own."""

from __future__ import annotations

from pix2pix.ui.texts import learn_en, learn_ko

TEXTS: dict[str, dict[str, str]] = {"en": learn_en.TEXTS, "ko": learn_ko.TEXTS}
