"""The colours that a seed chooses from: those that the training photos have."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from pix2pix.hints import RGB, main_colour
from train.colour import ciede2000, srgb_to_lab
from train.config import TrainConfig
from train.pairs import Pair, to_float, validation_batch

LOOKED_AT = 256  # photos
MOST = 48  # colours
APART = 6.0  # CIEDE2000 between any two of them: a step that is plainly seen


def main_colours(pairs: Sequence[Pair], config: TrainConfig) -> tuple[RGB, ...]:
    """Main colours of training photos, each plainly another one, in the order of a shuffled look at the data.

    So the first ones are mostly what the photos mostly are, and later ones are rarer.

    Raises:
        DataError: a picture cannot be read.
    """
    order = np.random.default_rng([config.seed, 23]).permutation(len(pairs))[:LOOKED_AT]
    chosen: list[RGB] = []
    for index in order:
        condition, target = (to_float(x) for x in validation_batch([pairs[index]], config))
        found = main_colour(condition, target, config.image_size)[0]
        if bool(torch.isnan(found).any()):
            continue
        red, green, blue = (round(float(value)) for value in (found + 1) * 127.5)
        colour = np.array([(red, green, blue)])
        known = srgb_to_lab(np.array(chosen)) if chosen else np.zeros((0, 3))
        if (ciede2000(srgb_to_lab(colour), known) >= APART).all():
            chosen.append((red, green, blue))
        if len(chosen) == MOST:
            break
    return tuple(chosen)
