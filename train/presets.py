"""The recipes by name, and the configuration that follows from one of them and a person's changes."""

from __future__ import annotations

import math
from typing import Any

from pix2pix.checkpoint import ModelConfig, load_config
from pix2pix.errors import ConfigError
from pix2pix.zoo import find_model
from train.config import LENGTHS, OF_GENERATORS, TrainConfig

# What each changes from the defaults of a TrainConfig. `paper`: Isola et al. 2017, section 3.3, appendix 6.2.
PRESETS: dict[str, dict[str, Any]] = {
    "quick": {
        "load_size": 256,  # not larger: photos of 256 pixels would be softer than those that are tested
        "shift": 0.06,
        "snap_labels": True,
        "batch_size": 1,
        "ema": 0.0,
        "quarters": 0.5,
        "decay_from": 0.65,
        "even_phases": True,
        "lambda_l1": 30.0,
        "lambda_gan": 0.5,
        "lambda_features": 8.0,
        "lambda_feature_gan": 1.0,
    },
    "paper": {
        "width": 64,
        "discriminator_width": 64,
        "norm": "batch",
        "batch_size": 1,
        "ema": 0.0,
        "decay_from": 1.0,
        "shrink": 0.0,
        "redraw": 0.0,
        "colour_hints": 0.0,
        "recolour": 0.0,
    },
}
# `tutorial`: PyTorch-GAN's implementation and the notebooks after it (ndb796's has batch_size 10), without
# their bugs; docs/training.md says what differs.
PRESETS["tutorial"] = {
    **PRESETS["paper"],
    "load_size": 256,  # resized, never cropped; mirrored, both halves alike
    "generator": "unet_tutorial",
    "norm": "instance_plain",
    "final": "resize",
    "receptive_field": 94,
    "gan_loss": "lsgan",
    "order": "generator_first",
}
DEFAULT_LENGTH: dict[str, dict[str, float]] = {
    "quick": {"minutes": 30.0},
    "paper": {"epochs": 200.0},
    "tutorial": {"epochs": 200.0},
}


def from_preset(preset: str, **changes: Any) -> TrainConfig:
    """The preset's recipe with some options changed, validated; its usual length unless one is given.

    A run that starts from a model (``start``) takes that model's networks, where no option asks for others,
    and keeps them even if they were trained so: to make them so is a jump.

    Raises:
        CheckpointError: there is no such model to start from, or it is damaged.
        ConfigError: an unknown preset, or options that cannot work.
    """
    if preset not in PRESETS:
        raise ConfigError("option.unknown_preset", preset=preset, known=PRESETS)
    networks: dict[str, Any] = {}
    if start := changes.get("start"):
        model = load_config(find_model(start))
        if model.generator.head != "image":
            raise ConfigError("option.start_from_relighting", model=start)
        networks = {**architecture(model), "even_phases": model.recipe.get("even_phases") is True}
    values = {**PRESETS[preset], **networks, **changes, "preset": preset}
    if all(values.get(name) is None for name in LENGTHS):
        values.update(DEFAULT_LENGTH[preset])
    if values.get("image_size", 256) != 256 and "load_size" not in changes:
        values["load_size"] = round(values["image_size"] * values.get("load_size", 286) / 256)
    if values.get("quarters"):
        values = _fit_for_quarters(values, asked="quarters" in changes)
    config = TrainConfig(**values)
    config.validate()
    return config


def _fit_for_quarters(values: dict[str, Any], *, asked: bool) -> dict[str, Any]:
    """Quarters need one halving less than pictures. A preset's are left out of what goes on with a model, and
    where the networks cannot be shown them; those that a person asks for are kept, to be refused then."""
    whole = {**values, "quarters": 0.0}
    if values.get("start"):
        return values if asked else whole
    plain = TrainConfig(**whole)
    if "halvings" not in values and not plain.generator_spec().residual_blocks:
        values = {**values, "halvings": max(int(math.log2(plain.image_size)) - 1, 2)}
    return values if asked or TrainConfig(**values).takes_quarters else whole


def architecture(model: ModelConfig) -> dict[str, Any]:
    """The options that describe a model's networks."""
    g, d = model.generator, model.discriminator
    options = {"generator": g.kind, **{name: getattr(g, name) for name in OF_GENERATORS}}
    if d is not None:
        options |= {
            "discriminator_width": d.width,
            "receptive_field": d.receptive_field,
            "conditional": d.condition_channels > 0,
        }
    return options
