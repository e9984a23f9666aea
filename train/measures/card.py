"""What goes with every checkpoint: config.json, and the model card, README.md with the Hub's front matter."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from huggingface_hub import EvalResult, ModelCardData

from pix2pix.checkpoint import ModelConfig
from pix2pix.inputs import parted
from train.config import TrainConfig
from train.data.strokes import LINE_WIDTH
from train.measures.table import COLUMNS, cells, measured, notes

_NAMES = {
    "model": "this model",
    "by_seed": "with a seed's colours",
    "input": "the input itself",
    "mean_photo": "the mean training photo",
    "ground_truth": "the true photos",
}

_GENERATORS = {
    "unet": "U-Net",
    "encoder_decoder": "encoder-decoder without skips",
    "unet_tutorial": "the tutorial code's U-Net",
    "resnet_6": "ResNet of 6 blocks",
    "resnet_9": "ResNet of 9 blocks",
    "seer": "two layers on EfficientNet-Lite0's frozen features",
}
_HEADS = {
    "image": "",
    "relight": ", relighting head (the photo x gain + lights)",
    "night": ", night head (a dark sky, a dim ground, lights in windows)",
}


def model_config(config: TrainConfig, **known: Any) -> ModelConfig:
    """What a checkpoint says of itself; the recipe names data sets, not places on this machine.

    Args:
        known: the fields of a ModelConfig that no recipe knows.
    """
    kind, made = parted(config.input)
    recipe = config.to_json()
    recipe.pop("out")
    recipe["data"] = [Path(folder).name for folder in config.data]
    recipe["start"] = Path(config.start).name
    return ModelConfig(
        generator=config.generator_spec(),
        discriminator=config.discriminator_spec(),
        direction=config.direction,
        input=kind,
        made=made,
        line_width=LINE_WIDTH if config.redraw else (1.0, 1.0),
        gan_loss=config.gan_loss,
        recipe=recipe,
        **known,
    )


def model_card(model: ModelConfig, notes: str = "") -> str:
    """The card as text.

    Args:
        notes: Markdown that a person wrote: data and its terms, limits, what was seen.
    """
    parts = [_front_matter(model), f"# {model.name}", _summary(model)]
    if model.metrics:
        parts.append(_metrics(model.metrics))
    parts.append(f"## Recipe\n\n```json\n{json.dumps(model.recipe, indent=2)}\n```")
    if notes:
        parts.append(notes.strip())
    elif model.terms:
        parts.append(f"## Terms\n\n{model.terms}")
    return "\n\n".join(parts) + "\n"


def _front_matter(model: ModelConfig) -> str:
    """What the Hub reads; the numbers as its model-index, which it shows beside the card."""
    results = _results(model)
    data = ModelCardData(
        license=model.licence,
        library_name="pix2pix-studio",
        pipeline_tag="image-to-image",
        tags=["pix2pix", "image-to-image", "gan"],
        model_name=model.name if results else None,
        eval_results=results or None,
    )
    return f"---\n{data.to_yaml()}\n---"


def _results(model: ModelConfig) -> list[EvalResult]:
    """The model's own numbers, one entry each."""
    names = model.recipe.get("data") or ["held-out pairs"]
    return [
        EvalResult(
            task_type="image-to-image",
            dataset_type="-".join(names),
            dataset_name=", ".join(names),
            dataset_split="validation" if model.metrics.get("pairs", {}).get("held_out", True) else "train",
            metric_type=name,
            metric_name=COLUMNS[name][0],
            metric_value=value,
        )
        for name, value in model.metrics.get("model", {}).items()
        if name in COLUMNS
    ]


def _summary(model: ModelConfig) -> str:
    what = {
        "grey": "grey photos",
        "lowres": f"photos that were shrunk {model.recipe.get('factor', 4)} times and enlarged again",
    }.get(model.made, model.input)
    g = model.generator
    noise = f"dropout {'as seeded noise' if model.noise else 'off'}"
    return (
        f"A pix2pix model (Isola et al. 2017) that translates {what} to images at"
        f" {g.image_size}x{g.image_size}, trained with pix2pix studio for {model.step:,} steps"
        f" ({model.images_seen:,} image presentations).\n\n"
        f"- Generator: {_GENERATORS[g.kind]}, width {g.width}, depth {g.depth}, {g.norm} norm,"
        f" dropout {g.dropout}{_HEADS[g.head]}\n"
        f"- Discriminator: {_discriminator(model)}\n"
        f"- Test time: {model.statistics} statistics, {'windows lit by seed' if g.head == 'night' else noise}"
    )


def _discriminator(model: ModelConfig) -> str:
    d = model.discriminator
    if d is None:
        return "none"
    words = (
        f"PatchGAN, receptive field {d.receptive_field}x{d.receptive_field}, width {d.width},"
        f" {'conditional' if d.condition_channels else 'unconditional'}"
    )
    if model.gan_loss == "none":
        return f"{words}; saved but never trained, because there was no GAN loss: its scores mean nothing"
    return f"{words}, {model.gan_loss} loss"


def _metrics(metrics: dict[str, Any]) -> str:
    headings, answers = cells(metrics)
    rows = [
        ["answer", *headings],
        ["---"] * (1 + len(headings)),
        *([_NAMES.get(who, who), *row] for who, row in answers.items()),
    ]
    held = metrics.get("pairs", {}).get("held_out", True)
    which = "held-out pairs" if held else "training pairs"
    return (
        f"## Numbers on {measured(metrics)}\n\n"
        + "\n".join(f"| {' | '.join(row)} |" for row in rows)
        + f"\n\nMeasured by `python -m train evaluate MODEL DATA` on the {which} of the data below.\n\n"
        + "\n".join(f"- {note}" for note in notes(metrics))
    )
