"""How both command lines speak, and how they end."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path

# Control characters, and those that turn the direction of what follows.
MOVING = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def program(module: str) -> str:
    """What a person typed to get here: the installed command, or ``python -m``."""
    command = {"pix2pix": "pix2pix", "train": "pix2pix-train"}[module]
    return command if Path(sys.argv[0]).stem == command else f"python -m {module}"


def one_line(text: str) -> str:
    """A sentence without what would move a terminal's cursor or turn its writing: ``\\x1b`` for such a sign.

    Names of files may hold line breaks, colours and marks that turn the order of letters.
    """
    return MOVING.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def say(sentence: str) -> None:
    """Write a line to the console, beside what commands print as their answer."""
    print(one_line(sentence), file=sys.stderr, flush=True)


def run(main: Callable[[], int]) -> int:
    """Run a command and give its exit status; a reader that has seen enough (``| head``) is no error."""
    try:
        status = main()
        sys.stdout.flush()  # or the broken pipe would be noticed only when the interpreter ends
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return status
