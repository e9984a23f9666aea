"""What a picture looks like from outside: edges, flat labels, a photo; one picture, or two side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

import numpy as np
from PIL import Image, ImageFilter, ImageOps

from pix2pix.checkpoint import Direction
from pix2pix.errors import DataError, ImageError
from pix2pix.images import Span, open_image
from pix2pix.inputs import DRAWN, MADE, InputChoice, InputKind
from train.data.depth import deepest, span_of
from train.data.flat import look_like_classes

SAMPLE = 16  # pictures looked at to decide what a data set holds
AT_LEAST = 3  # single photos needed to believe that a data set without --input holds no pairs
THIN, MASK = 0.25, 0.6  # of what is dark lies less so deep within it in drawings, and more in masks
MIXED = 2  # of each, drawings and photos, are no accident
STRIP = 8  # columns looked at on each side of the middle

Reading = Literal["side by side", "stacked", "photos"]
"""What a file without a partner holds: A left of B, A above B, or one photo."""


class SinglePhotos(DataError):
    """Single pictures: photos of which nobody has said what the input is to be, or inputs without photos."""


def kind_of(image: Image.Image) -> InputKind:
    """Lines on white, flat labels, or a photo."""
    small = image.resize((128, 128), Image.Resampling.NEAREST)
    red, green, blue = (np.asarray(band) for band in small.split())  # along the last axis numpy is slow
    low = np.minimum(np.minimum(red, green), blue)
    vivid = float((np.maximum(np.maximum(red, green), blue) - low).mean())
    grey = vivid < 4
    # Not enlarged, which would make thin lines flat.
    own = image if max(image.size) <= 128 else small
    if grey and (low > 200).mean() > 0.7:
        return "labels" if _left_of_dark(image) > MASK and look_like_classes(own) else "edges"
    if (not grey and small.getcolors(64)) or look_like_classes(own):  # stored without loss
        return "labels"
    # A few coarse colours cover much, even with JPEG ringing at their borders; photos are rarely so vivid.
    coarse = [(band.astype(np.int32) + 16) // 32 for band in (red, green, blue)]
    counts = np.bincount((coarse[0] + 16 * coarse[1] + 256 * coarse[2]).ravel())
    covered = np.sort(counts)[::-1][:12].sum() / counts.sum()
    return "labels" if (covered > 0.8 and vivid > 75) or (covered > 0.45 and vivid > 120) else "photo"


def _across(image: Image.Image) -> tuple[float, float, float] | None:
    """(grey levels that the middle differs by, that neighbouring columns do, structure along the middle)."""
    middle = image.width // 2
    if middle < STRIP:
        return None
    strip = image.crop((middle - STRIP, 0, middle + STRIP, image.height)).convert("L")
    columns = np.asarray(strip).astype(np.float32)
    steps = np.abs(np.diff(columns, axis=1)).mean(0)
    elsewhere = float(np.median(np.delete(steps, STRIP - 1)))
    return float(steps[STRIP - 1]), elsewhere, float(columns.std(0).min())


def is_one_picture(image: Image.Image) -> bool:
    """Whether something goes on across the middle, as in a photo and not where two pictures meet.

    False also where the middle is blank, as between two pictures on white.
    """
    if (found := _across(image)) is None:
        return False
    across, elsewhere, structure = found
    # Noise has large steps everywhere: a photo's neighbouring columns are nearly alike.
    return structure > 10 and across < 2 * elsewhere + 1 and across < structure / 2


def is_side_by_side(image: Image.Image) -> bool:
    """Whether what meets in the middle is a drawing or labels and a photo, or two pictures with a seam."""
    if is_one_picture(image):
        return False
    drawn = [kind in DRAWN for kind in _halves(image)]
    return drawn[0] != drawn[1] or _has_seam(image)


def _has_seam(image: Image.Image) -> bool:
    """Whether two pictures meet in the middle."""
    found = _across(image)
    return found is not None and found[0] > 4 * found[1] + 4


def read_single_files(
    files: Sequence[Path],
    name: str,
    input: InputChoice,
    direction: Direction,
    lonely: str = "",
    insists: bool = True,
) -> Reading:
    """What files are that no name pairs: two pictures side by side or stacked, or photos to make inputs from.

    Up to 16 files are looked at, and most of them decide. With ``lowres`` and ``grey`` they are photos. With
    ``labels`` and ``photo`` a person says that they are pairs. With ``edges`` a file is a pair when its
    input half looks like lines on white and the other half does not, as a photo when its picture goes on
    across the middle, and when neither tells, as a pair if it is exactly twice as wide as high. With ``auto``
    files are pairs, unless they are clearly single pictures: those are never cut in two.

    Args:
        lonely: a folder that says A or B, whose counterpart is missing.
        insists: whether ``labels`` and ``photo`` are a person's word, and not a model's.

    Raises:
        DataError: these are inputs without their photos, or single photos of which nobody has said what is
            to be made; or ``BtoA`` for single photos, which have no B.
    """
    if input in MADE:
        if direction == "BtoA":
            raise DataError("data.direction_of_singles", data=name)
        return "photos"
    some = files[:: max(len(files) // SAMPLE, 1)][:SAMPLE]
    span = span_of(deepest(some))
    looked = [image for image in (open_or_none(path, span) for path in some) if image]
    if not lonely and _most(looked, lambda image: _is_stacked(image, by_kind_alone=input == "edges")):
        return "stacked"
    _refuse_others(looked, name, input, lonely)
    if input == "edges":
        votes = sum(1 if _is_photo_alone(image, direction) else -1 for image in looked)
        if votes > 0 and direction == "BtoA":
            raise DataError("data.direction_of_singles", data=name)
        return "photos" if votes > 0 else "side by side"
    if input != "auto" and insists:
        return "side by side"
    if (len(looked) >= AT_LEAST or lonely) and _most(looked, is_one_picture):
        if lonely:
            raise SinglePhotos("data.lonely_singles", data=name, folder=lonely)
        if input != "auto":  # a model's: what it takes is settled
            raise SinglePhotos("data.singles", data=name)
        raise SinglePhotos("data.singles_or_made", data=name)
    return "side by side"


def _refuse_others(looked: Sequence[Image.Image], name: str, input: InputChoice, lonely: str) -> None:
    """Raise SinglePhotos where drawings or label maps are alone, or drawings lie among photos."""
    may_be_drawn = input in ("auto", "edges")
    if may_be_drawn and _most(looked, lambda image: _is_drawing_alone(image, lonely)):
        raise SinglePhotos("data.drawings_alone", data=name)
    if input in ("auto", "labels") and _most(looked, lambda image: _is_label_map_alone(image, lonely)):
        raise SinglePhotos("data.labels_alone", data=name)
    if not may_be_drawn:
        return
    drawn = sum(_is_drawing_alone(image, "") for image in looked)
    photos = sum({kind_of(image), *_halves(image)} == {"photo"} for image in looked)
    if drawn >= MIXED and photos >= MIXED and drawn + photos > len(looked) / 2:
        raise SinglePhotos("data.drawings_among_photos", data=name)


def _most(looked: Sequence[Image.Image], what: Callable[[Image.Image], bool]) -> bool:
    return sum(map(what, looked)) > len(looked) / 2


def _is_drawing_alone(image: Image.Image, lonely: str) -> bool:
    """Lines on white, or on black, and not a drawing beside another one."""
    if image.width == 2 * image.height and not lonely and not is_one_picture(image):
        return False
    drawn = upright(image)
    return {kind_of(drawn), *_halves(drawn)} == {"edges"} and _left_of_dark(drawn) < THIN


def upright(image: Image.Image) -> Image.Image:
    """White lines on black as black lines on white; any other picture as it is."""
    levels = np.asarray(image.convert("L").resize((64, 64)))
    if levels.mean() > 80 or levels.max() < 80:  # no black ground, or no lines on it
        return image
    negative = ImageOps.invert(image)
    return negative if kind_of(negative) == "edges" else image


def _left_of_dark(image: Image.Image) -> float:
    """The share of what is dark that lies deep within it: nothing of lines, most of a thing on white."""
    small = image.convert("L").copy()
    small.thumbnail((256, 256), Image.Resampling.BOX)
    dark = small.point(lambda value: 255 if value < 200 else 0)
    deep = dark.filter(ImageFilter.MinFilter(7))
    return float(np.asarray(deep).mean() / max(np.asarray(dark).mean(), 1e-9))


def _is_label_map_alone(image: Image.Image, lonely: str) -> bool:
    """Flat colours, and not two such pictures side by side."""
    pair_like = image.width > image.height and not is_one_picture(image)
    return {kind_of(image), *_halves(image)} == {"labels"} and (bool(lonely) or not pair_like)


def _is_stacked(image: Image.Image, by_kind_alone: bool) -> bool:
    """A above B: an input above its photo or the reverse, or a seam in the middle of the height alone."""
    turned = image.transpose(Image.Transpose.ROTATE_90)
    if is_one_picture(turned):
        return False
    (left, right), (top, bottom) = _halves(image), _halves(turned)
    if left == right and top != bottom and {top, bottom} & {*DRAWN}:
        return True
    if by_kind_alone:
        return False
    return image.height == 2 * image.width or (is_one_picture(image) and _has_seam(turned))


def open_or_none(path: Path, span: Span | None = None) -> Image.Image | None:
    """A picture, or None where it cannot be read."""
    try:
        return open_image(path, span=span)
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
