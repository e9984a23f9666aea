"""From what goes wrong in training to one sentence that says what to do."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from pix2pix.errors import Pix2PixError, RunError
from pix2pix.messages import Message
from train.config import TrainConfig

GROWN = 10.0  # a loss this many times its usual size was on its way up before it overflowed
USUAL_RATE = 2e-4  # the paper's
# How the death of another process shows.
_LOST = ("Connection closed by peer", "Connection reset by peer", "gloo", "NCCL", "Broken pipe")
_NO_MEMORY = ("out of memory", "can't allocate memory", "not enough memory", "bad_alloc")


def told(error: Exception) -> Exception:
    """The error to raise in place of one of torch's; the same one where nothing is known about it."""
    if isinstance(error, Pix2PixError):
        return error
    if isinstance(error, MemoryError) or any(sign in str(error).lower() for sign in _NO_MEMORY):
        return RunError("training.no_memory")
    if isinstance(error, RuntimeError) and any(sign in str(error) for sign in _LOST):
        return RunError("training.lost_process")
    if "DataLoader worker (pid" in str(error) or isinstance(error, (ConnectionError, EOFError)):
        return RunError("training.lost_worker")
    return error


def all_finite(tensors: Mapping[str, Tensor]) -> bool:
    """Whether no number is infinite or NaN."""
    return all(bool(torch.isfinite(t).all()) for t in tensors.values() if t.is_floating_point())


def not_finite(
    code: str, step: int, config: TrainConfig, dtype: torch.dtype, history: Sequence[float]
) -> RunError:
    """The error for a number that became infinite or NaN, with its likely cause.

    Data cannot be one: pictures are 8 bits a channel when they arrive.

    Args:
        code: of what is said: ``training.loss_not_finite`` or ``training.weight_not_finite``.
        step: when it was seen.
        dtype: what the networks compute in.
        history: the largest loss of each of the last steps before, all finite.
    """
    usual = statistics.median(history) if history else 0.0
    growth = history[-1] / usual if usual > 0 else 1.0
    remedy = Message("remedy.lower_rate")
    if config.start and not history:
        why, remedy = Message("why.weights_of_model", model=config.start), Message("remedy.other_model")
    elif dtype is torch.float16:
        why, remedy = Message("why.float16"), Message("remedy.float32")
    elif growth > GROWN:
        grown = {"growth": growth, "steps": len(history), "rate": config.learning_rate}
        why = Message("why.losses_grew", **grown)
    elif config.learning_rate >= 50 * USUAL_RATE:
        why = Message("why.high_rate", rate=config.learning_rate)
        remedy = Message("remedy.usual_rate", rate=USUAL_RATE)
    else:
        why = Message("why.gradients_exploded")
        if dtype is not torch.float32:
            remedy = Message("remedy.lower_rate_or_float32")
    return RunError(code, step=step, why=why, remedy=remedy)
