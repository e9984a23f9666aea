"""Make the bundled day2night: it learns from made scenes (`night_scenes`) where sky and windows are.

Only two small layers on the frozen features learn, and those are 1x1, so single places of many scenes are
enough: a few hundred of each, at random, more of them at edges and on windows. That is a matter of minutes on
one core, most of them for the scenes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from tqdm import tqdm

from pix2pix.checkpoint import ModelConfig, load_checkpoint, save_checkpoint
from pix2pix.features import CHANNELS, load_features
from pix2pix.generator import GeneratorSpec, SeeingGenerator
from pix2pix.night import AROUND, MAPS, blur
from pix2pix.zoo import find_model
from recipes.night_scenes import Scenes
from recipes.night_stock import (
    DAYS,
    FRONTS,
    OTHER,
    SKY,
    SKYLINE,
    THINGS,
    VIEW,
    WALL,
    WINDOW,
    Picture,
    load_stock,
)

DATA = (*FRONTS, *DAYS, *THINGS)
SIZE, PLACES = 256, 400  # pixels of a scene's side; places that are taken of each
INPUTS = (*CHANNELS, *CHANNELS[1:])  # of each place, and of what is around it
# Of each map: what it is, and what it is known of. UNKNOWN is in neither.
KNOWN = (
    ((SKY,), (OTHER, SKY, WINDOW, WALL, VIEW)),
    ((WINDOW,), (OTHER, SKY, WINDOW, WALL, SKYLINE)),
    ((WINDOW, WALL), (OTHER, SKY, WINDOW, WALL)),
)


def train(
    data: Path, out: Path, *, scenes: int = 1800, steps: int = 1500, width: int = 64, seed: int = 1
) -> Path:
    """Train on the folders :data:`DATA` below ``data``; the finished model's folder."""
    inputs, wanted = places(Scenes(load_stock(data), SIZE, seed), scenes, seed)
    spec = GeneratorSpec(width=width, kind="seer", head="night", norm="none", dropout=0.0)
    generator = SeeingGenerator(spec)
    generator.seer.features = load_features()
    fit(generator, inputs, wanted, steps, seed)
    return save(generator, out, {"data": list(DATA), "input": "photo", "steps": steps, "seed": seed}, scenes)


def save(generator: SeeingGenerator, out: Path, recipe: dict[str, Any], scenes: int) -> Path:
    """Write the model's folder, with the discriminator of the edition before."""
    before = load_checkpoint(find_model("day2night"))
    config = ModelConfig(
        "day2night",
        generator.spec,
        before.config.discriminator,
        input="photo",
        step=recipe["steps"],
        images_seen=scenes,
        gan_loss=before.config.gan_loss,
        recipe=recipe,
    )
    critic = before.trained_discriminator().state_dict()
    save_checkpoint(out, config, generator.state_dict(), critic, "# day2night\n")
    return out


@torch.inference_mode()
def places(scenes: Scenes, count: int, seed: int) -> tuple[Tensor, Tensor]:
    """What the features say of places in so many scenes, and what is there.

    Returns:
        (n, 368) half; (n, 2 MAPS) half, of each map the share of a cell that is it, and that is known.
    """
    torch.manual_seed(seed)
    features = load_features()
    inputs, wanted = [], []
    for _ in tqdm(range(count), "scenes", leave=False):
        picture, mask = scenes.draw()
        maps = _maps(mask)
        windows, known = maps[2], maps[1] + maps[3]
        edges = (_most(maps[::2]) + _most(-maps[::2])).amax(0) > 0.3
        weight = (known > 0.5) * (1 + 2.0 * edges + 1.5 * (windows > 0.3))
        if weight.sum() < 10:
            continue
        index = torch.multinomial(weight.flatten(), PLACES, replacement=True)
        rows, columns = index // weight.shape[1], index % weight.shape[1]
        x = torch.from_numpy(picture).permute(2, 0, 1)[None] / 127.5 - 1
        found = features(x)
        found += [blur(each, AROUND) for each in found[1:]]
        at = 2 * (torch.stack([columns, rows], -1) + 0.5) / weight.shape[0] - 1
        each = [
            F.grid_sample(f, at[None, None], padding_mode="border", align_corners=False)[0, :, 0].T
            for f in found
        ]
        inputs.append(torch.cat(each, 1).half())
        wanted.append(maps[:, rows, columns].T.half())
    return torch.cat(inputs), torch.cat(wanted)


def _maps(mask: Picture) -> Tensor:
    """(H, W) of classes -> (2 MAPS, H / 2, W / 2)."""
    labels = torch.from_numpy(mask.copy())
    planes = [torch.isin(labels, torch.tensor(classes)) for pair in KNOWN for classes in pair]
    return F.avg_pool2d(torch.stack(planes).float()[None], 2)[0]


def _most(maps: Tensor) -> Tensor:
    return F.max_pool2d(maps[None], 5, stride=1, padding=2)[0]


def fit(
    generator: SeeingGenerator, inputs: Tensor, wanted: Tensor, steps: int, seed: int, batch: int = 2048
) -> None:
    """Train the layers on the features, in place: binary cross-entropy of each map where it is known.

    Inputs are scaled to mean 0 and deviation 1 for that; the layers take the scales over in the end.
    """
    torch.manual_seed(seed)
    some = inputs[:: max(len(inputs) // 20_000, 1)].float()
    mean, deviation = some.mean(0), some.std(0) + 1e-3
    width = generator.spec.width
    network = torch.nn.Sequential(
        torch.nn.Linear(sum(INPUTS), width), torch.nn.ReLU(),
        torch.nn.Linear(width, width // 2), torch.nn.ReLU(),
        torch.nn.Linear(width // 2, MAPS),
    )  # fmt: skip
    adam = torch.optim.AdamW(network.parameters(), 3e-3, weight_decay=1e-3)
    for step in tqdm(range(steps), "places", leave=False):
        adam.param_groups[0]["lr"] = 3e-3 * (1 - step / steps)
        index = torch.randint(len(inputs), (batch,))
        logits, targets = network((inputs[index].float() - mean) / deviation), wanted[index].float()
        share, known = targets.view(batch, MAPS, 2).unbind(2)
        each = F.binary_cross_entropy_with_logits(
            logits, (share / known.clamp(min=1e-3)).clamp(0, 1), reduction="none"
        )
        loss = ((each * known).sum(0) / known.sum(0).clamp(min=1)).sum()
        adam.zero_grad()
        loss.backward()
        adam.step()
    _take_over(generator, network, mean, deviation)


@torch.no_grad()
def _take_over(
    generator: SeeingGenerator, network: torch.nn.Sequential, mean: Tensor, deviation: Tensor
) -> None:
    first, second, last = (layer for layer in network if isinstance(layer, torch.nn.Linear))
    weight, seer = first.weight / deviation, generator.seer
    shift = first.bias - weight @ mean
    parts = weight.split(list(INPUTS), 1)
    for index, (conv, part) in enumerate(zip([*seer.first, *seer.around], parts, strict=True)):
        _set(conv, part, None if index else shift)
    _set(seer.second, second.weight, second.bias)
    _set(seer.last, last.weight, last.bias)


def _set(conv: torch.nn.Module, weight: Tensor, bias: Tensor | None) -> None:
    conv.load_state_dict({"weight": weight[:, :, None, None], **({} if bias is None else {"bias": bias})})
