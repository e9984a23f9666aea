"""Starting a run from a model: its weights, and a new discriminator where its own does not fit."""

from __future__ import annotations

import copy

import torch
from torch import nn

from pix2pix.checkpoint import Checkpoint, first_difference
from pix2pix.discriminator import PatchDiscriminator
from pix2pix.errors import ConfigError
from pix2pix.generator import Generator
from pix2pix.messages import Message
from train.config import TrainConfig
from train.presets import architecture

WARMUP = 0.1  # share of the run in which a discriminator made anew learns alone, the generator frozen


def start_from(
    model: Checkpoint, config: TrainConfig, generator: Generator, discriminator: PatchDiscriminator
) -> tuple[str, ...]:
    """Take over a model's weights, in place; running statistics only where the norms have such.

    The discriminator keeps its fresh weights where the model has none, or one of another architecture, or of
    another GAN loss, whose scores mean something else. A generator that is shown how far hints reach may
    start from one that is not: see :func:`_with_hints_of`.

    Returns:
        A sentence when the discriminator is made anew; empty otherwise.

    Raises:
        ConfigError: its generator is another one than this run's recipe asks for; names the option and the
            first tensor that differs.
    """
    theirs = _with_hints_of(generator, model.generator)
    if difference := _difference(generator, theirs):
        raise _refusal(model, config, difference)
    _take_over(generator, theirs)
    if config.gan_loss == "none":
        return ()
    reason = ""
    if model.discriminator is None or model.config.gan_loss == "none":
        reason = "has no trained discriminator"
    elif model.config.gan_loss != config.gan_loss:
        reason = f"has a discriminator of the GAN loss {model.config.gan_loss}"
    elif difference := _difference(discriminator, model.discriminator):
        reason = f"has another discriminator ({difference})"
    else:
        _take_over(discriminator, model.discriminator)
    if not reason:
        return ()
    return (
        f"The model {config.start} {reason}: a new one is made, and learns alone for the first"
        f" {100 * WARMUP:.0f}% of the run.",
    )


def _with_hints_of(ours: Generator, theirs: Generator) -> Generator:
    """Their generator, made ready for what hints say where ours is shown that and theirs is not.

    A colour c that is said of a place looks to it as if the place were painted so: with the first layer's
    weights w as w c instead of w, which white gives. Weights that begin at 0 grow too slowly to matter
    within a fine-tuning.
    """
    if not ours.spec.spread_hints or theirs.spec.spread_hints:
        return theirs
    changed = copy.deepcopy(theirs)
    assert isinstance(changed.down, nn.ModuleList)
    first = changed.down[0]
    assert isinstance(first, nn.Conv2d)
    seen = first.weight.detach()
    first.weight = nn.Parameter(torch.cat([seen, seen, -seen.sum(1, keepdim=True)], dim=1))
    return changed


def _difference(ours: nn.Module, theirs: nn.Module) -> Message | None:
    """The first learnt tensor that differs; running statistics do not count."""
    return first_difference(dict(ours.named_parameters()), dict(theirs.named_parameters()))


def _take_over(ours: nn.Module, theirs: nn.Module) -> None:
    given = theirs.state_dict()
    ours.load_state_dict({name: given.get(name, tensor) for name, tensor in ours.state_dict().items()})


def _refusal(model: Checkpoint, config: TrainConfig, difference: str) -> ConfigError:
    """Which option asks for another generator than the model has."""
    shaping = ("generator", "width", "image_size", "halvings", "norm", "final", "spread_hints")
    theirs = architecture(model.config)
    asked = [name for name in shaping if getattr(config, name) != theirs[name]]
    if not asked:
        return ConfigError("model.no_colours", model=config.start, difference=difference)
    options = [Message("option.with_value", option=name, value=getattr(config, name)) for name in asked]
    return ConfigError("option.other_networks", model=config.start, options=options, difference=difference)
