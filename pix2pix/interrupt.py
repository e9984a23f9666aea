"""Networks whose forward pass another thread may call off, between two of their convolutions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from torch import nn

CONVOLUTIONS = (nn.Conv2d, nn.ConvTranspose2d)  # what takes the time

_STOP: ContextVar[Callable[[], bool] | None] = ContextVar("stop", default=None)


class CalledOff(Exception):
    """Nobody waits for the answer any more; raised out of the network."""


def may_be_called_off(network: nn.Module) -> None:
    """Have a network look before each of its convolutions whether it is to go on: see :func:`unless`."""
    for layer in network.modules():
        if isinstance(layer, CONVOLUTIONS):
            layer.register_forward_pre_hook(_look)


@contextmanager
def unless(stop: Callable[[], bool]) -> Iterator[None]:
    """Networks that this thread runs in the block end with :class:`CalledOff` as soon as ``stop()``."""
    before = _STOP.set(stop)
    try:
        yield
    finally:
        _STOP.reset(before)


def _look(layer: nn.Module, inputs: Any) -> None:
    stop = _STOP.get()
    if stop is not None and stop():
        raise CalledOff
