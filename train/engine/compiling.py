"""Compiling what a step does into fewer and larger pieces of work, where torch can."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import torch

CallT = TypeVar("CallT", bound=Callable[..., object])


def compiled(call: CallT) -> CallT:
    """A function or network that does the same, compiled when it is called first, for each size anew.

    What turns out not to be compilable runs as it is.
    """
    torch._dynamo.config.suppress_errors = True
    return torch.compile(call, dynamic=False)  # type: ignore[return-value]


def why_not(device: torch.device) -> str:
    """Why nothing can be compiled for a device here, such as a missing C compiler; "" where it can.

    Tries it with one line, which takes some seconds.
    """
    try:
        torch.compile(lambda x: (2 * x + 1).relu(), dynamic=False)(torch.ones(8, device=device))
    except Exception as error:  # each part of a compiler has errors of its own
        return next(iter(str(error).splitlines()), type(error).__name__)
    return ""
