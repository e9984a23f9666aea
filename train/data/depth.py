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

from pix2pix.errors import ImageError
from pix2pix.images import Deep, Span, deep_values, joined


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
