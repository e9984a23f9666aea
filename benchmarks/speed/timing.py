"""How long work takes, and how fast this machine multiplies at most."""

from __future__ import annotations

import time
from collections.abc import Callable

import torch


def seconds(work: Callable[[], object], repeats: int) -> float:
    """Mean wall-clock seconds of one call."""
    start = time.perf_counter()
    for _ in range(repeats):
        work()
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return (time.perf_counter() - start) / repeats


def peak(device: torch.device, dtype: torch.dtype, side: int = 2048) -> float:
    """Floating-point operations a second of a large matrix product: the best of several."""
    a, b = (torch.randn(side, side, device=device, dtype=dtype) for _ in range(2))
    a @ b
    best = min(seconds(lambda: a @ b, 2) for _ in range(5))
    return 2 * side**3 / best
