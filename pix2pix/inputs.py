"""What the input half of a pair is, in the words that recipes, models and data sets share."""

from __future__ import annotations

from typing import Literal

InputKind = Literal["edges", "labels", "photo"]  # what a picture looks like
MadeInput = Literal["", "lowres", "grey"]  # how a photo was made from the target photo; "" where it was not
InputChoice = Literal["auto", "edges", "labels", "photo", "lowres", "grey"]  # auto: look at the data

DRAWN = ("edges", "labels")  # what a person draws
MADE = ("lowres", "grey")  # always made from the target photo
OF_SINGLES = ("edges", *MADE)  # what can be made of single photos


def parted(choice: InputChoice) -> tuple[InputKind, MadeInput]:
    """What a model says of a recipe's input: what it looks like, and how it is made from the target photo."""
    if choice in ("edges", "labels"):
        return choice, ""
    return "photo", choice if choice in ("lowres", "grey") else ""
