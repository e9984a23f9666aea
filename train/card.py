"""The model card that goes with every checkpoint: README.md with the Hub's front matter."""

from __future__ import annotations

import json
from typing import Any

from pix2pix.checkpoint import ModelConfig

_NAMES = {"model": "this model", "input": "the input itself", "mean_photo": "the mean training photo"}

_GENERATORS = {
    "unet": "U-Net",
    "encoder_decoder": "encoder-decoder without skips",
    "resnet_6": "ResNet of 6 blocks",
    "resnet_9": "ResNet of 9 blocks",
}


def model_card(model: ModelConfig, notes: str = "") -> str:
    """The card as text.

    Args:
        notes: Markdown that a person wrote: data and its terms, limits, what was seen.
    """
    parts = [_front_matter(model), f"# {model.name}", _summary(model)]
    if model.metrics:
        parts.append(_metrics(model.metrics))
    parts.append(_recipe(model))
    if notes:
        parts.append(notes.strip())
    elif model.terms:
        parts.append(f"## Terms\n\n{model.terms}")
    return "\n\n".join(parts) + "\n"


def _front_matter(model: ModelConfig) -> str:
    return "\n".join(
        [
            "---",
            f"license: {model.licence}",
            "library_name: pix2pix-studio",
            "pipeline_tag: image-to-image",
            "tags:",
            "- pix2pix",
            "- image-to-image",
            "- gan",
            "---",
        ]
    )


def _summary(model: ModelConfig) -> str:
    g = model.generator
    return (
        f"A pix2pix model (Isola et al. 2017) that translates {model.input} to images at"
        f" {g.image_size}x{g.image_size}, trained with pix2pix studio for {model.step:,} steps"
        f" ({model.images_seen:,} image presentations).\n\n"
        f"- Generator: {_GENERATORS[g.kind]}, width {g.width}, depth {g.depth}, {g.norm} norm,"
        f" dropout {g.dropout}\n"
        f"- Discriminator: {_discriminator(model)}\n"
        f"- Test time: {model.statistics} statistics, dropout {'as seeded noise' if model.noise else 'off'}"
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
    rows = [
        "| answer | L1 (of 2) | PSNR (dB) | SSIM |\n| --- | --- | --- | --- |",
        *(
            f"| {_NAMES.get(who, who)} | {row['l1']:.4f} | {row['psnr']:.2f} | {row['ssim']:.4f} |"
            for who, row in metrics.items()
            if "l1" in row
        ),
    ]
    count = metrics.get("pairs", {}).get("count", "the")
    return (
        f"## Numbers on {count} held-out pairs\n\n"
        + "\n".join(rows)
        + "\n\nMeasured by `python -m train evaluate MODEL DATA` on the validation pairs of the data below."
    )


def _recipe(model: ModelConfig) -> str:
    return f"## Recipe\n\n```json\n{json.dumps(model.recipe, indent=2)}\n```"
