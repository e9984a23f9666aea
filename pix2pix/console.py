"""How both command lines end."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path


def program(module: str) -> str:
    """What a person typed to get here: the installed command, or ``python -m``."""
    command = {"pix2pix": "pix2pix", "train": "pix2pix-train"}[module]
    return command if Path(sys.argv[0]).stem == command else f"python -m {module}"


def run(main: Callable[[], int]) -> int:
    """Run a command and give its exit status; a reader that has seen enough (``| head``) is no error."""
    try:
        status = main()
        sys.stdout.flush()  # or the broken pipe would be noticed only when the interpreter ends
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return status
