"""Numbers on held-out pairs as text: for the console, and for the model card."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from train.measures.metrics import METRICS

Numbers = Mapping[str, Mapping[str, Any]]

# By the judge of train.measures.perceptual: the heading, and how many digits are shown.
JUDGED = {"perceptual": ("perceptual", 3), "kernel": ("kernel", 1)}
COLUMNS = {**{name: (metric.label, metric.digits) for name, metric in METRICS.items()}, **JUDGED}


def cells(metrics: Numbers) -> tuple[list[str], dict[str, list[str]]]:
    """Headings of the numbers that are there, and each answerer's cells; a dash where it has none."""
    answers = {who: row for who, row in metrics.items() if any(name in COLUMNS for name in row)}
    names = [name for name in COLUMNS if any(name in row for row in answers.values())]
    rows = {
        who: [f"{row[name]:.{COLUMNS[name][1]}f}" if name in row else "-" for name in names]
        for who, row in answers.items()
    }
    return [COLUMNS[name][0] for name in names], rows


def table(metrics: Numbers) -> str:
    """For a console: a row an answerer, then what the numbers mean and what is missing."""
    headings, rows = cells(metrics)
    widths = [max(len(heading), 7) + 2 for heading in headings]
    lines = [
        f"{who:<12}" + "".join(f"{cell:>{width}}" for cell, width in zip(row, widths, strict=True))
        for who, row in {"answer": headings, **rows}.items()
    ]
    return "\n".join([*lines, *notes(metrics)])


def measured(metrics: Numbers) -> str:
    """What the numbers are of, such as "50 held-out pairs"."""
    pairs = metrics.get("pairs", {})
    count = pairs.get("count", 0)
    things = "pair" if count == 1 else "pairs"
    if pairs.get("held_out", True):
        return f"{count} held-out {things}"
    return f"{count} {things} of the training itself, as none is held out: this says nothing about others"


def notes(metrics: Numbers) -> list[str]:
    """Sentences on the units, and on what could not be measured."""
    answers = metrics.get("model", {})
    told = [f"{measured(metrics)}; L1 of 2; PSNR and spectrum distance in dB; sharpness 1 is the photos'"]
    if "grid" in answers:
        told.append(
            "grid: highest peak in dB of patterns of 2 and 4 pixels, a checkerboard; photos have few dB"
        )
    if "by_seed" in metrics:
        told.append("by_seed: with the colours of another seed for each pair, as visitors see it")
    if "perceptual" in answers:
        told.append(
            "perceptual, kernel: distances of pictures and of sets (x 1000) in MobileNetV2, which took no"
            " part in training; lower is nearer"
        )
    return told
