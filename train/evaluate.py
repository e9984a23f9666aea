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
from pix2pix.translator import Translator
from train.config import TrainConfig
from train.judges import DistributionJudge, FCNJudge, SetJudge
from train.metrics import METRICS
from train.pairs import Pair, Pairs, guess_input, to_float, validation_batch
from train.precision import layout_of
from train.segmenter import SegmenterRecipe, find_judge

CHUNK = 16  # pairs held in memory at once


def evaluate(
    translate: Callable[[Tensor], Tensor],
    pairs: Pairs,
    config: TrainConfig,
    judges: Sequence[SetJudge] = (),
) -> dict[str, dict[str, Any]]:
    """Numbers on the held-out pairs, for the model and for two answers that need no model.

    Args:
        translate: (N, 3, H, W) in [-1, 1] -> the same.
        judges: of whole sets, whose numbers are added.

    Returns:
        ``{"model": {"l1": …, "psnr": …, …}, "input": …, "mean_photo": …, "pairs": {…}}``, a number
        for each of :data:`train.metrics.METRICS`: "input" answers with the input itself, "mean_photo" with
        the mean of the training targets, where there are such. Of the pairs it says how many they are
        ("count"), and whether they were held out: where none is, the training pairs are measured.
    """
    held = pairs.val or pairs.train
    mean_photo = _mean_target(pairs.train, config) if pairs.train else None
    sums: dict[str, dict[str, float]] = {}
    for chunk in _chunks(held):
        condition, target = (to_float(x) for x in validation_batch(chunk, config))
        answers = {"model": translate(condition), "input": condition}
        if mean_photo is not None:
            answers["mean_photo"] = mean_photo.expand_as(target)
        for who, answer in answers.items():
            row = sums.setdefault(who, dict.fromkeys(METRICS, 0.0))
            for name, metric in METRICS.items():
                row[name] += float(metric.measure(answer, target).sum())
            for judge in judges:
                judge.add(who, answer, target, chunk)
    numbers: dict[str, dict[str, Any]] = {
        who: {name: round(METRICS[name].finish(total / len(held)), 5) for name, total in row.items()}
        for who, row in sums.items()
    }
    for judge in judges:
        for who, extra in judge.rows().items():
            numbers.setdefault(who, {}).update(extra)
    for judge in judges:
        numbers.update(judge.notes())
    return {
        **numbers,
        "pairs": {"count": len(held)} if pairs.val else {"count": len(held), "held_out": False},
    }


def _chunks(pairs: Sequence[Pair]) -> list[Sequence[Pair]]:
    return [pairs[i : i + CHUNK] for i in range(0, len(pairs), CHUNK)]


def _mean_target(pairs: Sequence[Pair], config: TrainConfig, most: int = 512) -> Tensor:
    """(1, 3, H, W) mean of up to ``most`` training targets, evenly chosen."""
    chosen = pairs[:: max(len(pairs) // most, 1)][:most]
    total = sum(to_float(validation_batch(chunk, config)[1]).sum(0) for chunk in _chunks(chosen))
    assert isinstance(total, Tensor)
    return (total / len(chosen))[None]


def evaluate_generator(
    generator: Generator, pairs: Pairs, config: TrainConfig, dtype: torch.dtype
) -> dict[str, Any]:
    """:func:`evaluate` for a generator in training, with the test-time behaviour of its recipe."""
    return evaluate(lambda x: generate(generator, x, config, dtype), pairs, config)


def evaluate_model(
    translator: Translator, pairs: Pairs, config: TrainConfig, judges: Sequence[SetJudge] = ()
) -> dict[str, Any]:
    """:func:`evaluate` for a model as it is served: its labels are snapped, where it has a palette."""
    pairs = pairs.snapped(translator.config.palette)
    return evaluate(lambda x: translator.translate_tensor(x, seed=config.seed), pairs, config, judges)


def refuse_other_way_round(model: ModelConfig, pairs: Pairs, data: Sequence[str]) -> None:
    """Numbers of photos given to a model of drawings mean nothing.

    Raises:
        DataError: the targets look like the model's inputs, and the inputs do not.
    """
    some = pairs.val or pairs.train
    other: Direction = "BtoA" if model.direction == "AtoB" else "AtoB"
    if model.made or model.input == "photo" or any(pair.single for pair in some):
        return
    given, wanted = guess_input(some, model.direction), guess_input(some, other)
    if given != model.input == wanted:
        raise DataError(
            f"The model makes photos from {model.input}, and in {', '.join(data)} it is the targets that look"
            f" like {model.input}: the pairs lie the other way round, so swap the two folders' names."
        )


def judges_for(
    model: ModelConfig,
    pairs: Pairs,
    *,
    fcn: bool | None = None,
    fid: bool = False,
    seed: int = 0,
    progress: Callable[[float], None] | None = None,
) -> list[SetJudge]:
    """The judges of whole sets that were asked for.

    Args:
        fcn: whether to give the FCN-score; None gives it where the model's input is labels and the data has
            training pairs, from which the segmenter learns.
        progress: told how far the segmenter's training is, 0 to 1, where it needs to be trained.

    Raises:
        DataError: the FCN-score was asked for, of pairs whose inputs are not flat labels, or of data without
            training pairs.
    """
    judges: list[SetJudge] = []
    if fcn and not pairs.train:
        raise DataError(
            "The FCN-score needs training pairs, from which a segmenter learns, and the data has none: add"
            " its train folder, or leave out --fcn."
        )
    if (model.input == "labels" and bool(pairs.train)) if fcn is None else fcn:
        size = min(SegmenterRecipe.size, model.image_size)
        # Its own seed stays: whatever the answers' noise, they are compared by one and the same judge.
        judge = find_judge(pairs.train, model.direction, SegmenterRecipe(size=size), progress=progress)
        judges.append(FCNJudge(judge, model.direction))
    if fid:
        judges.append(DistributionJudge(seed))
    return judges


def evaluation_config(model: ModelConfig, seed: int = 0) -> TrainConfig:
    """The few options that decide how held-out pairs are prepared for a model."""
    size = model.image_size
    return TrainConfig(
        direction=model.direction,
        input=model.made or model.input,
        factor=model.recipe.get("factor", 4),
        crop=tuple(model.recipe.get("crop", TrainConfig.crop)),
        image_size=size,
        load_size=round(size * 286 / 256),
        seed=seed,
    )


@torch.no_grad()
def generate(generator: Generator, x: Tensor, config: TrainConfig, dtype: torch.dtype) -> Tensor:
    """Translate (N, 3, H, W) in [-1, 1] as at test time; float32 on the CPU, N may be large."""
    device = next(generator.parameters()).device
    noise = generator.sample_noise(config.seed, *x.shape[2:]) if config.test_noise else None
    outputs, layout = [], layout_of(generator)
    for part in x.split(8):
        part = part.to(device, memory_format=layout)
        with torch.autocast(device.type, dtype=dtype, enabled=dtype is not torch.float32):
            outputs.append(generator(part, statistics=config.statistics, noise=noise).float().cpu())
    return torch.cat(outputs)
