"""Days and nights to train on: cameras held out or left alone, and nights whose dark parts are blueish.

A day frame occurs with several nights and the reverse, so single pairs cannot be held out: cameras are.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from pix2pix.errors import ConfigError
from pix2pix.images import LUMINANCE, to_rgb
from pix2pix.saving import save_image
from train.data.pairs import Pair, find_pairs

BLUE = (0.88, 0.98, 1.20)  # RGB of a cooled night's dark parts, in proportion
SHADE = 0.75  # their luminance, of what it was
LIT = 0.5  # luminance from which nothing changes: lamps keep their colour


def split(
    data: str | Path, out: Path, leave: Sequence[str], *, drop: Sequence[str] = (), cool: bool = False
) -> tuple[int, int]:
    """Make a data folder: pairs whose names begin with one of ``leave`` in val, the others in train.

    Pictures become symbolic links; where nights are cooled, training pairs become new files.

    Args:
        drop: cameras whose pairs go nowhere.
        cool: see :func:`cooled`; held-out nights stay as they are.

    Returns:
        (training pairs, held-out pairs).

    Raises:
        ConfigError: ``out`` is there already, or a camera has no pairs, or all are left out.
    """
    if out.exists():
        raise ConfigError(f"The folder {out} is there already: name a new one.")
    pairs = find_pairs([data], check=False)
    every = [*pairs.train, *pairs.val]
    for option, cameras in (("leave", leave), ("drop", drop)):
        for camera in cameras:
            if not any(_is_of(pair, [camera]) for pair in every):
                raise ConfigError(f"The data {data} has no pairs of the camera {camera}: check --{option}.")
    val = [pair for pair in every if _is_of(pair, leave)]
    train = [pair for pair in every if not _is_of(pair, [*leave, *drop])]
    if not train:
        raise ConfigError("No camera is left to train on: name fewer with --leave and --drop.")
    for pair in val:
        _link(pair, out / "val")
    for pair in train:
        (_cool if cool else _link)(pair, out / "train")
    return len(train), len(val)


def cooled(night: Image.Image) -> Image.Image:
    """A night whose dark parts are blueish and darker, and whose lamps are what they were.

    Webcams show the sky over a town in the colour of its sodium lamps, each in its own, and as bright as a
    long exposure makes it. Channel c of a pixel with luminance Y becomes n_c + w (SHADE Y b_c - n_c),
    w = max(0, 1 - (Y / LIT)^2), where b is ``BLUE`` scaled to luminance 1.
    """
    pixels = np.asarray(to_rgb(night), dtype=np.float32) / 255
    light = (pixels @ np.array(LUMINANCE, dtype=np.float32))[..., None]
    dark = SHADE * light * np.array(BLUE) / np.dot(BLUE, LUMINANCE)
    weight = (1 - np.square(light / LIT)).clip(0)
    changed = pixels + weight * (dark - pixels)
    return Image.fromarray((changed.clip(0, 1) * 255).round().astype(np.uint8))


def _is_of(pair: Pair, cameras: Sequence[str]) -> bool:
    return any(pair.name == camera or pair.name.startswith(f"{camera}_") for camera in cameras)


def _link(pair: Pair, folder: Path) -> None:
    """``A`` and ``B`` below the folder, or the one side-by-side file in it."""
    halves = {"": pair.a} if pair.b is None else {"A": pair.a, "B": pair.b}
    for half, file in halves.items():
        (folder / half).mkdir(parents=True, exist_ok=True)
        os.symlink(file.resolve(), folder / half / file.name)


def _cool(pair: Pair, folder: Path) -> None:
    """``A`` and ``B`` below the folder, the night cooled."""
    for half, picture in zip("AB", pair.load("AtoB"), strict=True):
        save_image(cooled(picture) if half == "B" else picture, folder / half / f"{pair.name}.png")
