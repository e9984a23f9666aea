"""The colours of photos, part by part: what a generator is told in training, and what seeds choose from.

Shapes: N batch, H height, W width; images are RGB in [-1, 1]; (h, w) is the grid of :mod:`pix2pix.hints`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from pix2pix.colouring import Accent, Colouring, Part, drawn_parts
from pix2pix.hints import RGB, commonest, find_lines, main_colour, without_dab
from train.config import TrainConfig
from train.data.batch_colours import MOST_PARTS, commonest_of_groups, mostly, numbered_parts
from train.data.colour import ciede2000, srgb_to_lab
from train.data.pairs import Pair, to_float, validation_batch

MAIN_TOLD = 0.75  # how often; otherwise the generator learns to choose
PARTS_TOLD = (0.0, 0.5, 1.0)  # the chance of each part's own colour, drawn for each picture
WHITE = 236 / 127.5 - 1  # a part whose darkest channel is mostly above this may be a hole

LOOKED_AT = 512  # photos
MOST = 48  # colourings
PLAIN = 8  # at most one of so many is nearly of one colour
APART = 6.0  # CIEDE2000 between any two of them: a step that is plainly seen
ACCENTS = 5  # of one photo, the largest
ACCENT = 15.0  # CIEDE2000 to the main colour from which a part is another material


def told_colours(condition: Tensor, target: Tensor, config: TrainConfig) -> Tensor:
    """What a generator is told of the target: mostly its main colour, and those of some of its parts.

    Args:
        condition, target: (N, 3, H, W).

    Returns:
        (N, 3, h, w) in [-1, 1]; NaN where nothing is told.
    """
    if condition.is_cuda:
        return told_at_once(condition, target, config)
    lines = find_lines(condition, config.image_size)[:, 0].cpu()
    main = main_colour(condition, target, config.image_size)
    told = torch.rand(len(target), 1, device="cpu") < MAIN_TOLD
    main = main.masked_fill(~told.to(main.device), math.nan)
    colours = main[:, :, None, None].repeat(1, 1, *lines.shape[1:])
    for index, photo in enumerate(target):
        chance = PARTS_TOLD[int(torch.randint(len(PARTS_TOLD), ()))]
        parts = _coloured_parts(lines[index], photo) if chance else []
        for part, colour in parts:
            if float(torch.rand(())) < chance:
                colours[index][:, torch.from_numpy(part.cells)] = colour[:, None]
    return colours


@torch.no_grad()
def told_at_once(condition: Tensor, target: Tensor, config: TrainConfig) -> Tensor:
    """:func:`told_colours` for all pictures together, by another draw, and without waiting for a GPU."""
    count = len(target)
    chance = torch.tensor(PARTS_TOLD)[torch.randint(len(PARTS_TOLD), (count, 1))]
    chances = torch.cat([torch.tensor([[MAIN_TOLD]]).expand(count, 1), chance.expand(-1, MOST_PARTS)], 1)
    told = (torch.rand(count, 1 + MOST_PARTS) < chances).to(target.device, non_blocking=True)

    lines = find_lines(condition, config.image_size)
    numbers = numbered_parts(lines[:, 0])
    cell = -(-target.shape[2] // lines.shape[2])
    pixels = numbers.repeat_interleave(cell, 1).repeat_interleave(cell, 2)
    pixels = pixels[:, : target.shape[2], : target.shape[3]]
    # Group 0 is what is no part; its place is the main colour's, of what has no dab.
    colours = commonest_of_groups(target, pixels, 1 + MOST_PARTS)
    free = without_dab(condition, target, config.image_size)
    colours[:, 0] = commonest_of_groups(target, free.long(), 2)[:, 1]
    holes = ~mostly(target.float().amin(1) < WHITE, pixels, 1 + MOST_PARTS)
    colours[:, 0] = colours[:, 0].masked_fill(~told[:, :1], math.nan)
    told = told & ~holes
    numbers = torch.where(told.gather(1, numbers.flatten(1)).view_as(numbers), numbers, 0)
    grown = F.max_pool2d(numbers[:, None].float(), 3, 1, 1).long()
    numbers = torch.where(lines, grown, numbers[:, None])  # a part has the lines around it
    return colours.gather(1, numbers.flatten(1)[..., None].expand(-1, -1, 3)).mT.unflatten(2, lines.shape[2:])


def _coloured_parts(lines: Tensor, photo: Tensor) -> list[tuple[Part, Tensor]]:
    """The parts of a photo with their commonest colours, (3,) in [-1, 1]; without those that may be holes."""
    cell = -(-photo.shape[1] // lines.shape[0])
    found = []
    for part in drawn_parts(lines):
        cells = torch.from_numpy(part.inside)
        inside = cells.repeat_interleave(cell, 0).repeat_interleave(cell, 1)
        pixels = photo.float()[:, inside[: photo.shape[1], : photo.shape[2]].to(photo.device)]
        if float(pixels.amin(0).median()) < WHITE:
            found.append((part, commonest(pixels)))
    return found


def colourings(pairs: Sequence[Pair], config: TrainConfig) -> tuple[Colouring, ...]:
    """Those of some training photos, each plainly another one, in the order of a shuffled look at the data.

    So the first ones are mostly what the photos mostly are, and later ones are rarer. Those that are nearly
    of one colour come last.

    Raises:
        DataError: a picture cannot be read.
    """
    order = np.random.default_rng([config.seed, 23]).permutation(len(pairs))[:LOOKED_AT]
    chosen: list[Colouring] = []
    for index in order:
        condition, target = (to_float(x) for x in validation_batch([pairs[index]], config))
        found = _colouring(condition, target, config.image_size)
        if found is None or not _is_new(found, chosen):
            continue
        if not found.plain or PLAIN * sum(one.plain for one in chosen) <= len(chosen):
            chosen.append(found)
        if len(chosen) == MOST:
            break
    return tuple(sorted(chosen, key=lambda one: one.plain))


def _colouring(condition: Tensor, target: Tensor, side: int) -> Colouring | None:
    main = main_colour(condition, target, side)[0]
    if bool(torch.isnan(main).any()):
        return None
    lines = find_lines(condition, side)[0, 0]
    accents = [
        Accent(round(part.x, 3), round(part.y, 3), round(part.share, 3), _rgb(colour))
        for part, colour in _coloured_parts(lines, target[0])
        if _apart(_rgb(colour), _rgb(main)) > ACCENT
    ]
    return Colouring(_rgb(main), tuple(sorted(accents, key=lambda accent: -accent.share)[:ACCENTS]))


def _is_new(found: Colouring, chosen: Sequence[Colouring]) -> bool:
    """Whether its main colour or its largest accent is plainly another one than each of the others'."""
    return all(max(map(_apart, _chief(found), _chief(other))) >= APART for other in chosen)


def _chief(colouring: Colouring) -> tuple[RGB, RGB]:
    return colouring.main, colouring.accents[0].colour if colouring.accents else colouring.main


def _apart(first: RGB, second: RGB) -> float:
    return float(ciede2000(srgb_to_lab(np.array([first])), srgb_to_lab(np.array([second])))[0])


def _rgb(colour: Tensor) -> RGB:
    red, green, blue = (round(float(value)) for value in (colour + 1) * 127.5)
    return red, green, blue
