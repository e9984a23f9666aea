"""The trainer: ``fit(TrainConfig(...))`` trains a pix2pix model and tells what happens, event by event."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pix2pix.lazy import lazily

__all__ = ["TrainConfig", "fit", "losses"]

if TYPE_CHECKING:
    from train.config import TrainConfig
    from train.engine import losses
    from train.loop import fit
else:
    __getattr__, __dir__ = lazily(
        __name__,
        {
            "TrainConfig": "train.config:TrainConfig",
            "fit": "train.loop:fit",
            "losses": "train.engine.losses",
        },
    )
