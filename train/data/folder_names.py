"""What the name of a folder says: a part of the data, a side of its pairs, or both."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Literal

Part = Literal["train", "val", "test"]

PARTS: dict[str, Part] = {
    **dict.fromkeys(("train", "training"), "train"),
    **dict.fromkeys(("val", "valid", "validation", "dev", "eval"), "val"),
    **dict.fromkeys(("test", "testing"), "test"),
}
# Names of A and of B, in small letters. A is the half that is usually translated: --direction turns it round.
SIDES: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("a",), ("b",)),
    (
        ("input", "inputs", "source", "sources", "src", "condition", "conditions", "conditioning", "before"),
        ("target", "targets", "output", "outputs", "tgt", "gt", "groundtruth", "edited", "after"),
    ),
    (
        (
            *("condition", "conditioning", "control", "guide"),
            *("edges", "edge", "sketch", "sketches", "lineart", "drawings", "contours", "contour", "lines"),
            *("labels", "label", "masks", "mask", "segmentation", "segmentations", "seg", "segs", "semantic"),
            *("annotations", "annotation", "gtfine", "gtcoarse"),
        ),
        (
            *("photos", "photo", "images", "image", "imgs", "img", "rgb", "real", "pictures", "pics"),
            "leftimg8bit",
        ),
    ),
    (
        ("lr", "lowres", "low", "blur", "blurry", "blurred", "noisy", "hazy", "rainy"),
        ("hr", "highres", "high", "sharp", "clean", "clear"),
    ),
    (("sar",), ("optical",)),
)
# How the names of label maps end: in colours, and as numbers, which often lie beside those.
COLOURS, CLASSES = ("color", "colour"), ("labelids", "labeltrainids")
_BETWEEN = r"[_\-. ]"


def says(name: str, sides: Sequence[Sequence[str]]) -> tuple[Part | Literal[""], int | None]:
    """The part and the side in a folder's name."""
    name = name.lower()
    if name in PARTS and not any(name in words for words in sides):
        return PARTS[name], None
    for side, words in enumerate(sides):
        if name in words:
            return "", side
        parts, word = "|".join(PARTS), any_of(words)
        if match := re.fullmatch(f"({parts}){_BETWEEN}*({word})|({word}){_BETWEEN}*({parts})", name):
            return PARTS[match[1] or match[4]], side
    return "", None


def without_part(name: str) -> tuple[Part | Literal[""], str]:
    """(part, the rest in small letters): train_mask is ("train", "mask"), train ("train", "")."""
    name = name.lower()
    if name in PARTS:
        return PARTS[name], ""
    parts = "|".join(PARTS)
    if match := re.fullmatch(f"({parts}){_BETWEEN}+(.+)|(.+?){_BETWEEN}+({parts})", name):
        return PARTS[match[1] or match[4]], match[2] or match[3]
    return "", name


def usual_side(name: str) -> int | None:
    """0 or 1 where a folder of that name usually holds A or B; None where neither or both."""
    said = {says(name, sides)[1] for sides in SIDES} - {None}
    return said.pop() if len(said) == 1 else None


def any_of(words: Iterable[str]) -> str:
    """A pattern that matches one of some words."""
    return "|".join(map(re.escape, words))
