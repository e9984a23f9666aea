"""What a picture looks like from outside: edges, flat labels, a photo; one picture, or two side by side."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from pix2pix.checkpoint import Direction, InputKind
from pix2pix.errors import DataError, ImageError
from pix2pix.images import open_image
from train.config import MADE, InputChoice

SAMPLE = 16  # pictures looked at to decide what a data set holds
AT_LEAST = 3  # single photos needed to believe that a data set without --input holds no pairs
STRIP = 8  # columns looked at on each side of the middle


class SinglePhotos(DataError):
    """Single photos, of which nobody has said what the input is to be."""


def kind_of(image: Image.Image) -> InputKind:
    """Lines on white, flat labels, or a photo."""
    small = image.resize((128, 128), Image.Resampling.NEAREST)
    red, green, blue = (np.asarray(band) for band in small.split())  # along the last axis numpy is slow
    low = np.minimum(np.minimum(red, green), blue)
    vivid = float((np.maximum(np.maximum(red, green), blue) - low).mean())
    grey = vivid < 4
    if grey and (low > 200).mean() > 0.7:
        return "edges"
    if not grey and small.getcolors(64):  # stored without loss
        return "labels"
    # A few coarse colours cover much, even with JPEG ringing at their borders; photos are rarely so vivid.
    coarse = [(band.astype(np.int32) + 16) // 32 for band in (red, green, blue)]
    counts = np.bincount((coarse[0] + 16 * coarse[1] + 256 * coarse[2]).ravel())
    covered = np.sort(counts)[::-1][:12].sum() / counts.sum()
    return "labels" if (covered > 0.8 and vivid > 75) or (covered > 0.45 and vivid > 120) else "photo"


def is_one_picture(image: Image.Image) -> bool:
    """Whether something goes on across the middle, as in a photo and not where two pictures meet.

    False also where the middle is blank, as between two pictures on white.
    """
    middle = image.width // 2
    if middle < STRIP:
        return False
    strip = image.crop((middle - STRIP, 0, middle + STRIP, image.height)).convert("L")
    columns = np.asarray(strip).astype(np.float32)
    steps = np.abs(np.diff(columns, axis=1)).mean(0)
    across = steps[STRIP - 1]
    elsewhere = np.median(np.delete(steps, STRIP - 1))
    structure = columns.std(0).min()
    # Noise has large steps everywhere: a photo's neighbouring columns are nearly alike.
    return bool(structure > 10 and across < 2 * elsewhere + 1 and across < structure / 2)


def single_photos(
    files: Sequence[Path], name: str, input: InputChoice, direction: Direction, lonely: str = ""
) -> bool:
    """Whether files are single photos, from which the input is to be made, and not side-by-side pairs.

    With ``lowres`` and ``grey`` they are. With ``labels`` and ``photo`` they are not. With ``edges`` a file
    counts as a pair when its input half looks like lines on white and the other half does not, as a single
    photo when its picture goes on across the middle, and when neither tells, as a pair if it is exactly twice
    as wide as high; the majority of up to 16 files decides. With ``auto`` files are pairs, unless most
    of those files are clearly single photos: then a person has to say what is to be made of them.

    Args:
        lonely: a folder that says A or B, whose counterpart is missing.

    Raises:
        DataError: ``auto``, and these are single photos; or ``BtoA`` for single photos, which have no B.
    """
    if input in MADE:
        if direction == "BtoA":
            raise DataError(_no_direction(name, f"their {input} half is"))
        return True
    if input in ("labels", "photo"):
        return False
    looked = [image for image in map(_open, files[:: max(len(files) // SAMPLE, 1)][:SAMPLE]) if image]
    if input == "auto":
        if len(looked) >= AT_LEAST and sum(map(is_one_picture, looked)) > len(looked) / 2:
            if lonely:
                raise SinglePhotos(
                    f"The data {name} has a folder {lonely} without its counterpart, and pictures that look"
                    " like single photos: put the other halves beside it in a folder of their own, or give"
                    " --input edges, lowres or grey to have them made."
                )
            raise SinglePhotos(
                f"The pictures in {name} look like single photos, not like A and B side by side: give --input"
                " edges, lowres or grey to have the input made from them, or --input photo if they are pairs."
            )
        return False
    votes = sum(1 if _is_photo_alone(image, direction) else -1 for image in looked)
    if votes > 0 and direction == "BtoA":
        raise DataError(_no_direction(name, "their edges are"))
    return votes > 0


def _no_direction(name: str, what: str) -> str:
    return (
        f"The pictures in {name} are single photos, and {what} made as the input: --direction BtoA has no"
        " meaning then, leave it out."
    )


def _open(path: Path) -> Image.Image | None:
    try:
        return open_image(path)
    except ImageError:
        return None  # named later, when all files are looked at


def _halves(image: Image.Image) -> tuple[InputKind, InputKind]:
    middle = max(image.width // 2, 1)
    left, right = image.crop((0, 0, middle, image.height)), image.crop((middle, 0, image.width, image.height))
    return kind_of(left), kind_of(right if right.width else left)


def _is_photo_alone(image: Image.Image, direction: Direction) -> bool:
    halves = _halves(image)
    condition, target = halves if direction == "AtoB" else halves[::-1]
    if condition == "edges" and target != "edges":
        return False
    return is_one_picture(image) or image.width != 2 * image.height
