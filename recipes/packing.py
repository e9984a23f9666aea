"""What travels to a machine with a GPU and back: data sets made small, and models in parts.

A pack is a zip with ``train`` and ``val``, and ``A`` and ``B`` in each: a data set as any other.
"""

from __future__ import annotations

import io
import re
import tarfile
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.pictures.sets import evenly
from pix2pix.checkpoint import load_config
from pix2pix.errors import DataError, RunError
from pix2pix.files import make_folder, replacing
from train.config import TrainConfig
from train.data.pairs import Pair, find_pairs
from train.loop import settle_palette
from train.runs.run import RunFolder

PACK_BYTES = 60_000_000
QUALITIES = range(95, 69, -1)  # of JPEG; the best one that fits is taken
HELD = 64  # pairs; more take seconds to measure
LOOKED_AT = 120  # pairs from which a quality's size is told
ENTRY_BYTES = 130  # of a zip, beside a file's own
PART_BYTES = 15 << 20
_PART = re.compile(r"model-(\d+)\.(\d+)-of-(\d+)")


def pack(config: TrainConfig, file: Path, limit: int = PACK_BYTES) -> tuple[int, int]:
    """Write the pairs of a recipe's data sets as one zip.

    Photos become JPEGs, as large as they are trained on at most; edges files of one bit a pixel; and labels
    ones with a palette, snapped as the recipe says.

    Returns:
        (the number of pairs, JPEG quality).

    Raises:
        DataError: they do not fit, or a data set cannot be read.
    """
    found = find_pairs(config.data, check=False, input=config.input, direction=config.direction)
    pairs = settle_palette(config, found)
    parts = {"train": pairs.train, "val": evenly(pairs.val, HELD)}
    every = [*parts["train"], *parts["val"]]
    some = evenly(every, LOOKED_AT)
    for quality in QUALITIES:
        size = sum(len(part) for pair in some for part in encoded(pair, config, quality).values())
        if (size / len(some) + 2 * ENTRY_BYTES) * len(every) < 0.99 * limit:
            break
    else:
        raise DataError(f"The pairs do not fit into {limit / 1e6:.3g} MB: leave some out, or allow more.")
    make_folder(file.parent)
    with replacing(file) as temporary, zipfile.ZipFile(temporary, "w") as archive:
        for part, members in parts.items():
            for number, pair in enumerate(members):
                for half, content in encoded(pair, config, quality).items():
                    folder, ending = half.split(".")
                    archive.writestr(f"{part}/{folder}/{number:05d}.{ending}", content)
    return len(every), quality


def encoded(pair: Pair, config: TrainConfig, quality: int) -> dict[str, bytes]:
    """A pair's files by half and ending, "A.png" and "B.jpg"."""
    condition, target = pair.load(config.direction)
    scale = min(1.0, config.load_size / min(condition.size))  # what is trained on, with its own aspect
    size = round(condition.width * scale), round(condition.height * scale)
    if config.input == "edges":  # lines are a pixel wide: they keep their size
        size = condition.size
        given = condition.convert("L").point([0] * 128 + [255] * 128).convert("1")
    elif pair.palette is not None:
        classes = pair.palette.classes(condition, size)
        given = Image.fromarray(classes)
        given.putpalette(np.array(pair.palette.colours, dtype=np.uint8).tobytes())
    else:
        given = condition.resize(size, Image.Resampling.LANCZOS)
    first, second = ("A", "B") if config.direction == "AtoB" else ("B", "A")
    ending = "jpg" if given.mode == "RGB" else "png"
    return {
        f"{first}.{ending}": _bytes(given, quality),
        f"{second}.jpg": _bytes(target.resize(size, Image.Resampling.LANCZOS), quality),
    }


def _bytes(image: Image.Image, quality: int) -> bytes:
    buffer = io.BytesIO()
    if image.mode == "RGB":
        image.save(buffer, "JPEG", quality=quality, optimize=True)
    else:
        image.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def write_parts(run: RunFolder, folder: Path) -> list[Path]:
    """A run's model, its numbers and its last sheet as parts of a tar archive; older parts go.

    ``cat`` makes the archive of them, and :func:`join_parts` the model.
    """
    buffer = io.BytesIO()
    sheets = sorted(run.samples.glob("*.jpg"))[-1:]
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for path in (run.checkpoint, run.path / "config.json", run.metrics, *sheets):
            if path.exists():
                archive.add(path, str(path.relative_to(run.path)))
    content = buffer.getbuffer()
    starts = range(0, len(content), PART_BYTES)
    step = load_config(run.checkpoint).step
    make_folder(folder)
    parts = [folder / f"model-{step:07d}.{number}-of-{len(starts)}" for number in range(1, len(starts) + 1)]
    for part, start in zip(parts, starts, strict=True):
        with replacing(part) as temporary:
            temporary.write_bytes(content[start : start + PART_BYTES])
    for old in folder.glob("model-*"):
        if old not in parts:
            old.unlink()
    return parts


def join_parts(folder: Path, out: Path) -> Path:
    """The run of the latest complete parts, in a new folder; its checkpoint's path.

    Raises:
        RunError: parts are missing.
        CheckpointError: the model in them is damaged.
    """
    sets: dict[tuple[int, int], dict[int, Path]] = {}
    for path in folder.glob("model-*"):
        if match := _PART.fullmatch(path.name):
            step, number, count = map(int, match.groups())
            sets.setdefault((step, count), {})[number] = path
    whole = [key for key, parts in sets.items() if len(parts) == key[1]]
    if not whole:
        raise RunError(f"There is no complete model in {folder}: bring all of its parts, model-….1-of-… on.")
    parts = sets[max(whole)]
    content = b"".join(parts[number].read_bytes() for number in sorted(parts))
    RunFolder(out).require_unused()
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        archive.extractall(out, filter="data")
    return out / "checkpoint"
