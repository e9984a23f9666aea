"""Several processes that train one model, as ``torchrun`` starts them; or one, at no cost.

``torchrun --nproc-per-node 2 -m train DATA --out runs/mine``: every process holds both networks and takes its
share of each step's pairs; their gradients are averaged before each optimizer step. ``batch_size`` is per
process, so a step sees ``size * batch_size`` pairs, and steps, epochs and images seen count those. The first
process alone writes and tells what happens. Processes on a CPU talk by gloo, on GPUs by NCCL, one GPU each.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar

import torch
import torch.distributed as dist
from torch import Tensor, nn

from pix2pix.device import pick_device
from pix2pix.errors import ConfigError, Pix2PixError, RunError

# The others wait while the first process evaluates the model. That one has died they learn from torchrun.
PATIENCE = timedelta(hours=12)

ResultT = TypeVar("ResultT")


@dataclass(frozen=True)
class Processes:
    """The processes of a run, seen from one of them: its rank (from 0), how many there are, its device."""

    rank: int = 0
    size: int = 1
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))

    @property
    def first(self) -> bool:
        """Whether this is the one that writes and tells."""
        return self.rank == 0

    def average_gradients(self, network: nn.Module) -> None:
        """Replace each gradient by its mean over all processes."""
        if self.size == 1:
            return
        gradients = [p.grad for p in network.parameters() if p.grad is not None]
        flat = torch.cat([gradient.reshape(-1) for gradient in gradients])  # one message, not one a layer
        dist.all_reduce(flat)
        parts = flat.div_(self.size).split([gradient.numel() for gradient in gradients])
        for gradient, part in zip(gradients, parts, strict=True):
            gradient.copy_(part.view_as(gradient))

    def mean(self, losses: dict[str, Tensor]) -> dict[str, Tensor]:
        """Scalars averaged over all processes, so that all see it when one of them is not a number."""
        if self.size == 1:
            return losses
        values = torch.stack([value.float() for value in losses.values()])
        dist.all_reduce(values)
        return dict(zip(losses, values.div_(self.size).unbind(), strict=True))

    def agree(self, stop: bool, seconds: float) -> tuple[bool, float]:
        """(whether any process was asked to stop, the first process's clock): the same for all of them."""
        if self.size == 1:
            return stop, seconds
        told = torch.tensor([float(stop), seconds if self.first else 0.0], dtype=torch.float64)
        dist.all_reduce(told, dist.ReduceOp.MAX)
        return bool(told[0]), float(told[1])

    def from_first(self, work: Callable[[], ResultT]) -> ResultT:
        """Do something in the first process only, and give its result, or raise its error, in all of them."""
        if self.size == 1:
            return work()
        answer: list[ResultT | Pix2PixError | None] = [None]
        if self.first:
            try:
                answer = [work()]
            except Pix2PixError as error:
                answer = [error.with_traceback(None)]
        dist.broadcast_object_list(answer, device=torch.device("cpu"))
        if isinstance(answer[0], Pix2PixError):
            raise answer[0]
        return answer[0]  # type: ignore[return-value]

    def wait(self) -> None:
        """Until all processes are here."""
        if self.size > 1:
            dist.all_reduce(torch.zeros(1))  # on the CPU: a barrier of NCCL's would spin on the GPU


def process_rank() -> int:
    """This process's rank under torchrun; 0 where there is one process."""
    return int(os.environ.get("RANK", 0)) if launched() else 0


def launched() -> bool:
    """Whether torchrun started this process."""
    return all(name in os.environ for name in ("RANK", "WORLD_SIZE", "LOCAL_RANK", "MASTER_ADDR"))


@contextmanager
def join_processes(device: str) -> Iterator[Processes]:
    """Meet the other processes that torchrun started, if it did.

    Args:
        device: as in the recipe; "auto" and "cuda" give each process a GPU of its own.

    Raises:
        ConfigError: there are fewer GPUs than processes on this machine.
        RunError: the processes do not find each other, or one of them ended before its time.
    """
    picked = pick_device(device)
    if not launched() or os.environ["WORLD_SIZE"] == "1":
        yield Processes(device=picked)
        return
    rank, size, local = (int(os.environ[name]) for name in ("RANK", "WORLD_SIZE", "LOCAL_RANK"))
    if picked.type == "cuda":
        if local >= torch.cuda.device_count():
            raise ConfigError("training.too_few_gpus", gpus=torch.cuda.device_count())
        picked = torch.device("cuda", local)
        torch.cuda.set_device(picked)
    try:
        dist.init_process_group("cpu:gloo,cuda:nccl" if picked.type == "cuda" else "gloo", timeout=PATIENCE)
    except (RuntimeError, ValueError) as error:
        raise RunError("training.no_torchrun") from error
    try:
        yield Processes(rank, size, picked)
    finally:
        dist.destroy_process_group()
