"""Numbers on held-out pairs, beside those of the trivial answers.

Shapes: N batch, H height, W width; pictures are (N, 3, H, W).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from pix2pix.checkpoint import Direction, ModelConfig
from pix2pix.errors import DataError
from pix2pix.generator import Generator
from pix2pix.messages import Message
from pix2pix.translator import Translator
from train.config import TrainConfig
from train.data.find_palette import are_masks
from train.data.pairs import Pair, Pairs, guess_input, to_float, validation_batch
from train.measures.metrics import METRICS
from train.measures.perceptual import Judge
from train.precision import layout_of

CHUNK = 16  # pairs held in memory at once


def evaluate(
    translate: Callable[[Tensor], Tensor],
    pairs: Pairs,
    config: TrainConfig,
    judge: Judge | None = None,
    by_seed: Callable[[Tensor, int], Tensor] | None = None,
) -> dict[str, dict[str, Any]]:
    """Numbers on the held-out pairs, for the model and for two answers that need no model.

    Args:
        translate: (N, 3, H, W) in [-1, 1] -> the same.
        judge: gives the perceptual and the kernel distance as well.
        by_seed: a second way of the model to answer, which is also told how many pairs came before.

    Returns:
        ``{"model": {"l1": …, "psnr": …, …}, "by_seed": …, "input": …, "mean_photo": …, "ground_truth": …,
        "pairs": {…}}``,
        a number for each of :data:`train.measures.metrics.METRICS`: "input" answers with the input itself,
        "mean_photo" with the mean of the training targets, where there are such, and "ground_truth" are the
        true photos in what they are not compared with themselves. Of the pairs it says how many
        they are ("count"), and whether they were held out: where none is, the training pairs are measured.
    """
    held = pairs.val or pairs.train
    mean_photo = _mean_target(pairs.train, config) if pairs.train else None
    sums: dict[str, dict[str, Tensor]] = {}
    for number, chunk in enumerate(_chunks(held)):
        condition, target = (to_float(x) for x in validation_batch(chunk, config))
        answers = {"model": translate(condition)}
        if by_seed is not None:
            answers["by_seed"] = by_seed(condition, number * CHUNK)
        answers["input"] = condition
        if mean_photo is not None:
            answers["mean_photo"] = mean_photo.expand_as(target)
        if judge is not None:
            judge.add(answers, target)
        for who, answer in {**answers, "ground_truth": target}.items():
            row = sums.setdefault(who, {})
            for name, metric in METRICS.items():
                if metric.of_photos or who != "ground_truth":
                    row[name] = row.get(name, 0) + metric.measure(answer, target).sum(0)
    numbers: dict[str, dict[str, Any]] = {
        who: {name: round(METRICS[name].finish(total / len(held)), 5) for name, total in row.items()}
        for who, row in sums.items()
    }
    for who, extra in judge.rows().items() if judge is not None else ():
        numbers[who].update(extra)
    return {
        **numbers,
        "pairs": {"count": len(held)} if pairs.val else {"count": len(held), "held_out": False},
    }


def _chunks(pairs: Sequence[Pair]) -> list[Sequence[Pair]]:
    return [pairs[i : i + CHUNK] for i in range(0, len(pairs), CHUNK)]


def _mean_target(pairs: Sequence[Pair], config: TrainConfig) -> Tensor:
    """(1, 3, H, W) mean of up to 512 training targets, evenly chosen."""
    chosen = pairs[:: max(len(pairs) // 512, 1)][:512]
    total = sum(to_float(validation_batch(chunk, config)[1]).sum(0) for chunk in _chunks(chosen))
    assert isinstance(total, Tensor)
    return (total / len(chosen))[None]


def evaluate_generator(
    generator: Generator, pairs: Pairs, config: TrainConfig, dtype: torch.dtype
) -> dict[str, Any]:
    """:func:`evaluate` for a generator in training, with the test-time behaviour of its recipe."""
    return evaluate(lambda x: generate(generator, x, config, dtype), pairs, config)


def evaluate_model(
    translator: Translator, pairs: Pairs, config: TrainConfig, judge: Judge | None = None
) -> dict[str, Any]:
    """:func:`evaluate` for a model as it is served: its labels are snapped, where it has a palette.

    A model that is told colours answers twice: "model" chooses by itself, and "by_seed" takes another seed's
    colours for each pair, as visitors see it.
    """
    pairs = pairs.scaled(translator.config.spans, config.direction).snapped(translator.config.palette)

    def by_seed(x: Tensor, first: int) -> Tensor:
        told = [translator.colours(drawing[None], first + index) for index, drawing in enumerate(x)]
        colours = torch.cat([colour for colour in told if colour is not None])
        return translator.translate_tensor(x, seed=config.seed, colour=colours)

    hinted = translator.config.generator.spread_hints
    return evaluate(
        lambda x: translator.translate_tensor(x, seed=config.seed),
        pairs,
        config,
        judge,
        by_seed if hinted else None,
    )


def refuse_other_kind(model: ModelConfig, pairs: Pairs, data: Sequence[str]) -> None:
    """Numbers of photos given to a model of drawings mean nothing, nor those of drawings given as labels.

    Raises:
        DataError: the inputs are plainly not what the model translates, or the targets are.
    """
    some = pairs.val or pairs.train
    other: Direction = "BtoA" if model.direction == "AtoB" else "AtoB"
    if model.made or any(pair.single for pair in some):
        return
    given, wanted, named = guess_input(some, model.direction), guess_input(some, other), ", ".join(data)
    if given != model.input == wanted != "photo":
        raise DataError("data.other_direction", input=Message(f"input.{model.input}"), data=named)
    # What looks like a photo may be anything; masks of black and white may have been trained on as drawings.
    if given in (model.input, "photo") or (model.input == "edges" and are_masks(some, model.direction)):
        return
    takes = Message(f"input.{model.input}")
    raise DataError("data.other_inputs", takes=takes, data=named, given=Message(f"input.{given}"))


def evaluation_config(model: ModelConfig, seed: int = 0) -> TrainConfig:
    """The few options that decide how held-out pairs are prepared for a model."""
    size = model.image_size
    return TrainConfig(
        direction=model.direction,
        input=model.taken,
        factor=model.recipe.get("factor", 4),
        image_size=size,
        load_size=round(size * 286 / 256),
        seed=seed,
    )


@torch.no_grad()
def generate(generator: Generator, x: Tensor, config: TrainConfig, dtype: torch.dtype) -> Tensor:
    """Translate (N, 3, H, W) in [-1, 1] as at test time; float32 on the CPU, N may be large."""
    device = next(generator.parameters()).device
    noise = generator.sample_noise(config.seed, *x.shape[2:])
    outputs, layout = [], layout_of(generator)
    for part in x.split(8):
        part = part.to(device, memory_format=layout)
        with torch.autocast(device.type, dtype=dtype, enabled=dtype is not torch.float32):
            outputs.append(generator(part, statistics="image", noise=noise).float().cpu())
    return torch.cat(outputs)
