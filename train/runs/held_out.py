"""A run's own held-out pairs, from its data and as its networks see them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PIL import Image

from pix2pix.checkpoint import load_config
from pix2pix.errors import CheckpointError, DataError, Pix2PixError, RunError
from pix2pix.images import to_image
from train.config import TrainConfig
from train.data.datasets import Pair
from train.runs.jobs import look, own_data
from train.runs.run import RunFolder

if TYPE_CHECKING:
    from train.data.pairs import Pairs


class HeldOut(NamedTuple):
    """What a network is asked, and the answer that is true."""

    input: Image.Image
    target: Image.Image


def may_hold_out(runs: Path, name: str) -> bool:
    """Whether a run's data is still where it was; what is in it only :func:`held_out` reads."""
    try:
        names = _data(look(runs, name).path)[1]
    except Pix2PixError:
        return False
    return all(one.startswith("hf:") or os.path.exists(one) for one in names)


def held_out(runs: Path, name: str, number: object) -> HeldOut:
    """A pair that a run was not trained on.

    Args:
        number: which one, from 1.

    Raises:
        RunError: no such run or pair, or its data is gone.
    """
    from train.data.pairs import find_pairs, to_float, validation_batch

    if not name:
        raise RunError("run.none_to_compare")
    path = look(runs, name).path
    config, names = _data(path)
    try:
        pairs = find_pairs(
            names, check=False, input=config.input, direction=config.direction, named=config.pairs
        )
        if not pairs.val:
            raise RunError("run.no_held_out", run=name)
        if not isinstance(number, int) or not 1 <= number <= len(pairs.val):
            raise RunError("run.bad_held_out", run=name, count=len(pairs.val))
        pair = pairs.val[number - 1]
        condition, target = validation_batch(_as_its_model(pair, path, config).val, config)
    except DataError as error:  # which names places on this machine
        raise RunError("run.data_gone", run=name) from error
    return HeldOut(*(to_image(to_float(batch[0])) for batch in (condition, target)))


def _data(path: Path) -> tuple[TrainConfig, tuple[str, ...]]:
    """A run's recipe, and where its data lies now: an upload moves with the run."""
    config = RunFolder(path).load_config(resume=False)
    return config, own_data(path) or config.data


def _as_its_model(pair: Pair, run: Path, config: TrainConfig) -> Pairs:
    """The pair, its labels and its deep grey as a run's model takes them."""
    from train.data.pairs import Pairs

    try:
        model = load_config(run / "checkpoint")
    except CheckpointError:  # it has none yet
        return Pairs((), (pair,))
    return Pairs((), (pair,)).scaled(model.spans, config.direction).snapped(model.palette)
