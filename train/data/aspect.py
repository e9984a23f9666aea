"""The aspect of a data set's pictures, which training squeezes into a square.

Squeezing keeps more of a picture than a border does: of one twice as wide as high a bordered square has half
the pixels. What counts is that a model translates as it was trained, so its checkpoint keeps the aspect.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from pix2pix.checkpoint import OWN_ASPECT
from train.config import TrainConfig
from train.data.datasets import Pair

LOOKED_AT = 24  # pairs, evenly chosen
ALIKE = 0.05  # by how much the aspects of pictures of one kind differ
MOST = 0.9  # of the pairs must be alike, or each picture has its own aspect


def aspect_of(pairs: Sequence[Pair], config: TrainConfig) -> float:
    """Width over height of the training pictures, or ``OWN_ASPECT`` where they differ from each other.

    1 for recipes that squeeze nothing: of edges that are drawn of photos, and those that sharpen, whose
    networks see every pixel.
    """
    drawn = config.input == "edges" and any(pair.single for pair in pairs)
    if not pairs or drawn or config.input == "lowres":
        return 1.0
    sizes = [pair.load(config.direction)[0].size for pair in pairs[:: max(len(pairs) // LOOKED_AT, 1)]]
    aspects = [width / height for width, height in sizes[:LOOKED_AT]]
    usual = statistics.median(aspects)
    alike = sum(abs(aspect / usual - 1) <= ALIKE for aspect in aspects)
    if alike < MOST * len(aspects):
        return OWN_ASPECT
    return 1.0 if abs(usual - 1) <= ALIKE else round(usual, 4)
