"""From what goes wrong in training to one sentence that says what to do."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from pix2pix.errors import Pix2PixError, RunError
from train.config import TrainConfig
from train.engine.distributed import lost_a_process

GROWN = 10.0  # a loss this many times its usual size was on its way up before it overflowed
USUAL_RATE = 2e-4  # the paper's
_NO_MEMORY = ("out of memory", "can't allocate memory", "not enough memory", "bad_alloc")


def told(error: Exception) -> Exception:
    """The error to raise in place of one of torch's; the same one where nothing is known about it."""
    if isinstance(error, Pix2PixError):
        return error
    if isinstance(error, MemoryError) or any(sign in str(error).lower() for sign in _NO_MEMORY):
        return RunError(
            "There is not enough memory for this run: give a smaller --batch-size, --width or --image-size."
        )
    if lost_a_process(error):
        return RunError(
            "Another process of this run ended before its time: see its message, then start all of them again"
            " with --resume."
        )
    if "DataLoader worker (pid" in str(error) or isinstance(error, (ConnectionError, EOFError)):
        return RunError(
            "A process that prepares pairs was ended from outside, perhaps for want of memory: go on with"
            " --resume, or with --workers 0."
        )
    return error


def all_finite(tensors: Mapping[str, Tensor]) -> bool:
    """Whether no number is infinite or NaN."""
    return all(bool(torch.isfinite(t).all()) for t in tensors.values() if t.is_floating_point())


def not_finite(
    what: str, step: int, config: TrainConfig, dtype: torch.dtype, history: Sequence[float]
) -> RunError:
    """The error for a number that became infinite or NaN, with its likely cause.

    Data cannot be one: pictures are 8 bits a channel when they arrive.

    Args:
        what: "A loss" or "A weight".
        step: when it was seen.
        dtype: what the networks compute in.
        history: the largest loss of each of the last steps before, all finite.
    """
    usual = statistics.median(history) if history else 0.0
    growth = history[-1] / usual if usual > 0 else 1.0
    lower = "go on with --resume and a lower --learning-rate"
    if config.start and not history:
        why, remedy = f"the model {config.start} has such weights", "start from another model"
    elif dtype is torch.float16:
        why = "float16 ends at 65504"
        remedy = "go on with --resume --precision float32"
    elif growth > GROWN:
        why = (
            f"the losses had grown {growth:.0f}-fold within {len(history)} steps, as they do when the"
            f" learning rate ({config.learning_rate:g}) is too high"
        )
        remedy = lower
    elif config.learning_rate >= 50 * USUAL_RATE:
        why = f"a learning rate of {config.learning_rate:g} is high"
        remedy = f"go on with --resume --learning-rate {USUAL_RATE:g}"
    else:
        why, remedy = "one step's gradients exploded", lower
        if dtype is not torch.float32:
            remedy = f"{lower}, or with --precision float32"
    return RunError(
        f"{what} became infinite or not a number at step {step}, likely because {why}; the last saved"
        f" state is good: {remedy}."
    )
