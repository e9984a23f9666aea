"""What the command line says, in the words of the page."""

from __future__ import annotations

import re

from pix2pix.files import as_text

# Flags, and what they are called in the form.
_WORDS = (
    (r"go on with (--\S+)? ?--resume", "press Resume"),
    (r"\badd --resume\b|--resume\b", "Resume"),
    (r"--from MODEL|--from\b", "“Start from”"),
    (r"--direction AtoB", "the direction A to B"),
    (r"--direction BtoA", "the direction B to A"),
    (r"--out\b", "place for the runs"),
    (
        r"say which hold A and B with --pairs A_FOLDER B_FOLDER, or call them",
        "call the two halves of the pairs",
    ),
    (r", or give --pairs", ""),
)


def plain(sentence: str) -> str:
    """A sentence of the trainer without the command line's flags, and in letters that can be sent."""
    sentence = as_text(sentence)
    for flag, words in _WORDS:
        sentence = re.sub(flag, words, sentence)
    return re.sub(r"--([a-z][a-z0-9-]*)", lambda found: found[1].replace("-", "_"), sentence)
