"""One rule for all files of more than 8 bits of a data set: which value becomes black and which white.

Scanners and microscopes store 10 to 16 bits, or floats, of which a file's own least and greatest say nothing:
the same value must stay the same in every file. So they are looked at together, once; the checkpoint keeps
the answer.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image

from pix2pix.errors import DataError, ImageError
from pix2pix.images import Deep, Span, deep_values, joined, whole_numbers
from train.data.flat import look_like_classes

LAST_ID = 254  # in 16 bits; a single greater one, mostly 65535, means "none of them" and is read as 255
LOOKED_AT = 16  # files, to see whether they hold ids


def deepest(paths: Sequence[Path], read: Callable[[Path], Deep | None] = deep_values) -> Deep | None:
    """What the files of more than 8 bits among these hold together; None where none of them is one.

    Args:
        read: as :func:`pix2pix.images.deep_values`.
    """

    def look(path: Path) -> Deep | None:
        try:
            return read(path)
        except ImageError:  # named where the pairs are looked at
            return None

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return joined(pool.map(look, paths))


def span_of(deep: Deep | None) -> Span | None:
    """(black, white) for such files.

    Whole numbers from 0 on have as many bits as the greatest of them needs, 8 at least, so that the scale is
    the device's and not that of what was looked at. Floats from 0 to 1 or to 255 keep that; what is left goes
    from its least to its greatest value.
    """
    if deep is None:
        return None
    if deep.floats and deep.low >= 0 and deep.high <= 255:
        return 0.0, 1.0 if deep.high <= 1 else 255.0
    if not deep.floats and deep.low >= 0:
        return 0.0, float(2 ** max(int(deep.high).bit_length(), 8) - 1)
    return deep.low, deep.high


def ids_kept(files: Sequence[Path], deep: Deep | None) -> Deep | None:
    """What deep files hold together, if they are label maps as whole numbers of 8 bits: ids are not scaled.

    Raises:
        DataError: their ids do not fit into 8 bits.
    """
    if deep is None or deep.floats or 0 <= deep.low <= deep.high <= 255:
        return deep
    found = [ids for path in files[:: -(-len(files) // LOOKED_AT)] if (ids := _ids(path)) is not None]
    if 2 * len(found) <= min(len(files), LOOKED_AT):
        return deep
    greater = {value for ids in found for value in ids if value > LAST_ID} | {int(deep.high)}
    if deep.low < 0 or len(greater) > 1:
        raise DataError("data.too_many_ids", file=files[0], low=deep.low, high=deep.high, most=LAST_ID)
    return Deep(0.0, 255.0, False)


def _ids(path: Path) -> set[int] | None:
    """The ids of a label map of more than 8 bits; None of any other file."""
    try:
        numbers = whole_numbers(path)
    except ImageError:
        return None
    if numbers is None:
        return None
    values, where = np.unique(numbers, return_inverse=True)
    if len(values) > LAST_ID:
        return None
    ranks = Image.fromarray(where.reshape(numbers.shape).astype(np.uint8)).convert("RGB")
    return set(values.tolist()) if look_like_classes(ranks) else None
