"""The model card that goes with every checkpoint: README.md with the Hub's front matter."""

from __future__ import annotations

import json
from typing import Any

from pix2pix.checkpoint import ModelConfig

_NAMES = {"model": "this model", "input": "the input itself", "mean_photo": "the mean training photo"}


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
    what = {
        "grey": "grey photos",
        "lowres": f"photos that were shrunk {model.recipe.get('factor', 4)} times and enlarged again",
    }.get(model.made, model.input)
    g, d = model.generator, model.discriminator
    return (
        f"A pix2pix model (Isola et al. 2017) that translates {what} to images at"
        f" {g.image_size}x{g.image_size}, trained with pix2pix studio for {model.step:,} steps"
        f" ({model.images_seen:,} image presentations).\n\n"
        f"- Generator: U-Net, width {g.width}, depth {g.depth}, {g.norm} norm, dropout {g.dropout}\n"
        f"- Discriminator: PatchGAN, receptive field {d.receptive_field}x{d.receptive_field}, width"
        f" {d.width}, {'conditional' if d.condition_channels else 'unconditional'}\n"
        f"- Test time: {model.statistics} statistics, dropout {'as seeded noise' if model.noise else 'off'}"
    )


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
