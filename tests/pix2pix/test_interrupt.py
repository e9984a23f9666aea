"""A network that is called off while it runs, and one beside it that is not."""

from __future__ import annotations

import threading

import pytest
import torch
from support import tiny_generator
from torch import nn

from pix2pix.interrupt import CONVOLUTIONS, CalledOff, may_be_called_off, unless


def watched() -> tuple[nn.Module, list[nn.Module]]:
    network = tiny_generator().eval()
    may_be_called_off(network)
    return network, [layer for layer in network.modules() if isinstance(layer, CONVOLUTIONS)]


def test_it_ends_before_the_next_convolution() -> None:
    network, layers = watched()
    begun: list[nn.Module] = []
    for layer in layers:
        layer.register_forward_hook(lambda layer, *_: begun.append(layer))
    x = torch.zeros(1, 3, 32, 32)
    with pytest.raises(CalledOff), unless(lambda: len(begun) == 2):
        network(x)
    assert len(begun) == 2
    network(x)  # asked for no longer
    assert len(begun) == 2 + len(layers)


def test_only_the_thread_that_asked_ends() -> None:
    network, _ = watched()
    x, answers = torch.zeros(1, 3, 32, 32), []
    with unless(lambda: True):
        other = threading.Thread(target=lambda: answers.append(network(x)))
        other.start()
        other.join()
        with pytest.raises(CalledOff):
            network(x)
    assert len(answers) == 1


def test_the_question_before_holds_again() -> None:
    network, _ = watched()
    x = torch.zeros(1, 3, 32, 32)
    with unless(lambda: True):
        with unless(lambda: False):
            network(x)
        with pytest.raises(CalledOff):
            network(x)
