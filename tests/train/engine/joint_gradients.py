"""A program for torchrun: one training step on this process's share; the first one saves the gradients.

Arguments: a file of pairs, a file to write, pairs in each process, the recipe as JSON.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

import torch
from safetensors.torch import load_file, save_file

from train.config import TrainConfig
from train.data.pairs import Pairs
from train.engine.distributed import Processes, join_processes
from train.engine.trainer import Trainer


def gradients(trainer: Trainer, share: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Both networks' gradients in one step, and the losses that it tells."""
    losses = trainer.train_step(share["condition"], share["target"])
    networks = {"g": trainer.generator, "d": trainer.discriminator}
    found = {
        f"{name}/{key}": parameter.grad.contiguous()
        for name, network in networks.items()
        for key, parameter in network.named_parameters()
        if parameter.grad is not None
    }
    return {**found, **{f"loss/{name}": value for name, value in losses.items()}}


def step(group: Processes, batch: dict[str, torch.Tensor], config: TrainConfig) -> dict[str, torch.Tensor]:
    """This process's part of the batch."""
    size = config.batch_size
    share = {name: images[group.rank * size : (group.rank + 1) * size] for name, images in batch.items()}
    return gradients(Trainer(config, Pairs((), ()), group), share)


if __name__ == "__main__":
    torch.set_num_threads(1)
    pairs, out, recipe = sys.argv[1:]
    with join_processes("cpu") as group:
        found = step(group, load_file(pairs), TrainConfig.from_json(json.loads(recipe)))
        if group.first:
            save_file(found, out)
        group.wait()
