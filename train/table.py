"""Numbers on held-out pairs as text: for the console, and for the model card."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from train.metrics import METRICS

Numbers = Mapping[str, Mapping[str, Any]]

# Of whole sets: the heading, and how many digits are shown.
SET_METRICS = {
    "pixel_accuracy": ("pixel acc.", 3),
    "class_accuracy": ("class acc.", 3),
    "class_iou": ("class IoU", 3),
    "fid": ("FID", 1),
    "kid": ("KID", 4),
}
COLUMNS = {**{name: (metric.label, metric.digits) for name, metric in METRICS.items()}, **SET_METRICS}


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
    return "\n".join([*lines, *notes(metrics), *_classes(metrics)])


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
    if "class_iou" in answers:
        told.append("FCN-score: what a segmenter of the training photos finds; ground_truth is the ceiling")
    if "fid" in answers:
        told.append("FID of so few pictures is biased: compare it only at the same number of pairs")
    if missing := metrics.get("fid_missing", {}):
        told.append(f"FID and KID are left out: {missing['why']}")
    return told


def _classes(metrics: Numbers) -> list[str]:
    classes = metrics.get("fcn", {}).get("classes", {})
    if not classes:
        return []
    lines = [f"{'IoU of':<16}{'model':>9}{'ground_truth':>14}"]
    for name, row in classes.items():
        model, truth = (
            "-" if row.get(who) is None else f"{row[who]:.3f}" for who in ("model", "ground_truth")
        )
        lines.append(f"{name:<16}{model:>9}{truth:>14}")
    return lines
