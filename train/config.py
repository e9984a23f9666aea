"""One dataclass: the command line's flags, the app's fields, and the JSON saved with a run."""

from __future__ import annotations

import dataclasses
import types
import typing
from dataclasses import Field, dataclass, field
from typing import Any, Literal, get_args, get_origin

from pix2pix.checkpoint import Direction
from pix2pix.device import Precision
from pix2pix.discriminator import DiscriminatorSpec
from pix2pix.errors import ConfigError
from pix2pix.generator import Final, GeneratorKind, GeneratorSpec
from pix2pix.inputs import MADE, InputChoice
from pix2pix.messages import Message
from pix2pix.norm import NormKind

Preset = Literal["quick", "paper", "tutorial"]
Order = Literal["discriminator_first", "generator_first"]
TrainedGanLoss = Literal["vanilla", "lsgan", "none"]
Reconstruction = Literal["l1", "l2", "none"]


def _option(
    default: Any, text: str, low: float | None = None, high: float | None = None, *, basic: bool = False
) -> Any:
    """A field: its help, what a number may be, both ends included, and whether the app's form shows it at
    once; the others are under "More options"."""
    return field(default=default, metadata={"help": text, "low": low, "high": high, "basic": basic})


@dataclass(frozen=True)
class TrainConfig:
    """A training recipe. The defaults are nearly the ``quick`` preset's; see :mod:`train.presets`.

    Raises:
        ConfigError: from :meth:`validate`, one sentence that names the option and what it may be.
    """

    data: tuple[str, ...] = _option(
        (), "folders or zips of pairs, or hf://datasets/owner/name; one or several", basic=True
    )
    out: str = _option("", "the run's folder; a new one, or one to go on with by --resume", basic=True)
    preset: Preset = _option("quick", "the recipe that the other options start from", basic=True)
    # how long: exactly one of the three
    minutes: float | None = _option(
        None, "train for this long (wall clock, pauses not counted)", 1e-6, 1e9, basic=True
    )
    steps: int | None = _option(None, "train for this many steps of batch_size pairs", 1, 1e9)
    epochs: float | None = _option(None, "train until every pair was shown this often", 1e-6, 1e9)
    start: str = _option("", "start from this model's networks and weights (--from MODEL)", basic=True)
    # data
    direction: Direction = _option("AtoB", "which half is translated into which", basic=True)
    input: InputChoice = _option(
        "auto",
        "what the input half is; auto looks at it; of single photos, edges, lowres or grey is made",
        basic=True,
    )
    pairs: tuple[str, ...] = _option(
        (), "the two folders that hold A and B, whatever they are called", basic=True
    )
    factor: int = _option(4, "lowres: how many times smaller the input is made, 2 to 16", 2, 16)
    image_size: int = _option(256, "side of the square that the networks see; a power of two", basic=True)
    load_size: int = _option(286, "the paper's jitter: resize to this, crop image_size from it")
    shift: float = _option(
        0.0,
        "move the picture by up to this share of its side; the margin is white with edges, else mirrored",
        0,
        0.25,
    )
    snap_labels: bool = _option(
        False, "labels: give the input exactly its palette's colours, hard-edged; kept with the model"
    )
    mirror: bool = _option(True, "mirror half of the presentations")
    quarters: float = _option(
        0.0,
        "share of the run, at its start, in which the networks see a random quarter of each picture: about"
        " four steps in the time of one",
        0,
        1,
    )
    shrink: float = _option(0.35, "edges: probability of showing the pair smaller, on white", 0, 1)
    redraw: float = _option(
        0.75, "edges: probability of drawing the lines again as a person would, 1 to 6 pixels wide", 0, 1
    )
    colour_hints: float = _option(
        0.6, "edges: probability of dabbing the target's colours on the input", 0, 1
    )
    recolour: float = _option(
        0.6, "edges: with hints, probability of giving the target other colours first", 0, 1
    )
    # networks
    generator: GeneratorKind = _option("unet", "the architecture; encoder_decoder is a U-Net without skips")
    width: int = _option(32, "channels of the generator's first layer (the paper's is 64)")
    halvings: int = _option(
        0, "how often a U-Net halves the picture; 0, as in the paper, is down to one pixel"
    )
    norm: NormKind = _option(
        "instance", "the generator's and the discriminator's norm; instance_plain learns no scale and shift"
    )
    dropout: float = _option(0.5, "the noise z, in the innermost decoder blocks or the residual blocks")
    final: Final = _option("transposed", "how the generator doubles the resolution at its end")
    even_phases: bool = _option(
        False, "keep transposed convolutions where they leave flat surfaces flat, without a checkerboard"
    )
    smooth: bool = _option(False, "blur before a U-Net's last layer, against a weave of four pixels")
    spread_hints: bool = _option(
        False, "edges: show the generator how far dabs of colour reach, and the colours of what has none"
    )
    discriminator_width: int = _option(32, "channels of the discriminator's first layer")
    receptive_field: int = _option(70, "the patch in pixels that one score judges")
    conditional: bool = _option(True, "show the discriminator the input as well")
    # losses and optimisation
    gan_loss: TrainedGanLoss = _option("vanilla", "the GAN loss; none trains no discriminator")
    reconstruction: Reconstruction = _option("l1", "what is compared with the target pixel by pixel")
    lambda_l1: float = _option(100.0, "weight of the reconstruction term; 0 leaves it out", 0, basic=True)
    lambda_gan: float = _option(1.0, "weight of the GAN loss in the generator's objective", 0)
    lambda_features: float = _option(
        0.0, "weight of the feature loss: differences of a photo network's activations, at four strides", 0
    )
    lambda_feature_gan: float = _option(
        0.0, "weight of the feature critic, which judges those activations; 0 trains none", 0
    )
    order: Order = _option("discriminator_first", "which network makes its step first")
    learning_rate: float = _option(2e-4, "of both Adam optimizers, before the decay", 1e-15)
    batch_size: int = _option(4, "pairs a step, in each process", 1)
    decay_from: float = _option(0.5, "fraction of the run after which the learning rate falls to 0", 0, 1)
    ema: float = _option(
        0.999, "decay of the generator's averaged weights, which are kept; 0 for none", 0, 0.999999
    )
    # running
    seed: int = _option(0, "of every random choice", 0, 2**63 - 1, basic=True)
    device: str = _option("auto", "auto, cpu, cuda, mps")
    precision: Precision = _option(
        "auto", "auto takes bfloat16 where the hardware has it, float16 on GPUs without"
    )
    compile: bool = _option(
        False,
        "compile the networks first, which takes a minute or two and makes a GPU's steps shorter",
    )
    workers: int = _option(1, "processes that prepare pairs; 0 does it in the training process", 0)
    sample_every: float = _option(60.0, "seconds between sample sheets", 1e-9)
    save_every: float = _option(120.0, "seconds between saved states", 1e-9)
    tensorboard: bool = _option(False, "also write losses and sheets for TensorBoard, into the run's folder")

    def validate(self) -> None:
        """Raise a ConfigError unless every option can work together with the others."""
        hints = typing.get_type_hints(TrainConfig)
        for f in dataclasses.fields(self):
            check_value(f, getattr(self, f.name), hints[f.name])
        if sum(length is not None for length in self.lengths) != 1:
            raise ConfigError("option.one_length")
        if len(self.pairs) not in (0, 2):
            raise ConfigError("option.pairs")
        if not self.image_size <= self.load_size <= 2 * self.image_size:
            raise ConfigError("option.load_size")
        self._validate_input()
        self._validate_losses()
        self.generator_spec()
        if self.discriminator_spec().geometry.cells(self.image_size) < 1:
            raise ConfigError(
                "option.receptive_field_too_large", size=self.receptive_field, image_size=self.image_size
            )
        if self.quarters and not self.takes_quarters:
            raise ConfigError("option.no_quarters", image_size=self.image_size)

    def _validate_losses(self) -> None:
        if self.gan_loss == "none" and (self.reconstruction == "none" or self.lambda_l1 == 0):
            raise ConfigError("option.nothing_to_learn_from")
        if self.reconstruction == "l2" and self.lambda_l1 == 0:
            raise ConfigError("option.l2_without_weight")

    def _validate_input(self) -> None:
        if self.factor != 4 and self.input != "lowres":
            raise ConfigError("option.factor_without_lowres")
        if self.input in MADE and self.direction == "BtoA":
            raise ConfigError("option.direction_of_singles", input=self.input)
        if self.spread_hints and self.input not in ("auto", "edges"):
            raise ConfigError("option.hints_without_edges", input=self.input)

    @property
    def lengths(self) -> tuple[float | None, ...]:
        """Minutes, steps and epochs; of a valid recipe two are None."""
        return tuple(getattr(self, name) for name in LENGTHS)

    @property
    def length(self) -> tuple[str, float]:
        """How long a valid recipe trains, such as ("minutes", 30.0)."""
        return next((unit, n) for unit, n in zip(LENGTHS, self.lengths, strict=True) if n is not None)

    @property
    def takes_quarters(self) -> bool:
        """Whether both networks can be shown a quarter of a picture: half its height, half its width."""
        half, spec = self.image_size // 2, self.generator_spec()
        fits = half % spec.multiple == 0 and half >= spec.smallest
        return fits and self.discriminator_spec().geometry.cells(half) >= 1

    def generator_spec(self) -> GeneratorSpec:
        """The generator that this recipe trains."""
        return GeneratorSpec(
            **{name: getattr(self, name) for name in OF_GENERATORS},
            kind=self.generator,
            hide_dabs=self.spread_hints,
        )

    def discriminator_spec(self) -> DiscriminatorSpec:
        """The discriminator that this recipe trains."""
        return DiscriminatorSpec(
            receptive_field=self.receptive_field,
            width=self.discriminator_width,
            condition_channels=3 if self.conditional else 0,
            norm=self.norm,
        )

    def total_steps(self, pairs: int, processes: int = 1) -> int | None:
        """How many steps the run has for that many training pairs; None when minutes decide."""
        if self.epochs is not None:
            return max(round(self.epochs * pairs / (self.batch_size * processes)), 1)
        return self.steps

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values by option name."""
        return {k: list(v) if isinstance(v, tuple) else v for k, v in dataclasses.asdict(self).items()}

    @staticmethod
    def from_json(values: dict[str, Any], *, resume: bool = True) -> TrainConfig:
        """Rebuild and validate what :meth:`to_json` gave.

        An option that is missing is one that the version which wrote it did not have, and takes its default:
        so the default of a new option must be what runs did before it (the presets may say otherwise).

        Args:
            resume: refuse what used an option that is no more; False reads it without that option.

        Raises:
            ConfigError: an unknown option or an impossible value.
        """
        known = {f.name for f in dataclasses.fields(TrainConfig)}
        values = {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}
        for name in sorted(set(values) - known):
            value = values.pop(name)
            if name not in DELETED or (resume and DELETED[name] and value not in DELETED[name]):
                raise ConfigError("option.unknown", option=name)
        if not resume and values.get("gan_loss") in ("hinge", "wgangp"):
            del values["gan_loss"]
        config = TrainConfig(**values)
        config.validate()
        return config


def option_name(name: str) -> str:
    """The flag of a field, without its two dashes."""
    return "from" if name == "start" else name.replace("_", "-")  # `from` cannot name a field


def argument_type(hint: Any) -> tuple[Any, list[str] | None]:
    """The type to parse a flag with, and its choices where it has any, of a field's type hint."""
    options = [a for a in _union(hint) if a is not type(None)]
    literals = [value for a in options if get_origin(a) is Literal for value in get_args(a)]
    return (str, literals) if literals else (options[0], None)


def _union(hint: Any) -> tuple[Any, ...]:
    return get_args(hint) if get_origin(hint) in (typing.Union, types.UnionType) else (hint,)


def check_value(field: Field[Any], value: Any, hint: Any) -> None:
    """Refuse a value that a field of this type hint and these bounds cannot have, as a JSON file may give it.

    Raises:
        ConfigError: one sentence that names the option and what it may be.
    """
    option = option_name(field.name)
    if not any(_fits(value, kind) for kind in _union(hint)):
        kind, choices = argument_type(hint)
        wanted = choices or Message(f"word.{getattr(kind, '__name__', 'str')}")
        raise ConfigError("option.bad_value", option=option, value=value, wanted=wanted)
    low, high = field.metadata["low"], field.metadata["high"]
    if value is None or low is None:
        return
    if high is None and value < low:
        raise ConfigError("option.too_low", option=option, low=low)
    if high is not None and not low <= value <= high:
        raise ConfigError("option.out_of_range", option=option, low=low, high=high)


def _fits(value: Any, kind: Any) -> bool:
    if get_origin(kind) is Literal:
        return isinstance(value, str) and value in get_args(kind)
    if get_origin(kind) is tuple:
        return isinstance(value, tuple) and all(isinstance(v, str) for v in value)
    if kind is float:  # neither infinite nor NaN
        return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e300
    return type(value) is kind


# Options of earlier versions, with the values that changed nothing: a run that had these goes on.
DELETED: dict[str, tuple[Any, ...]] = {
    "warmup": (),  # any: the saved state keeps it
    "crop": ((0.0, 0.0),),
    "exposure": (0.0,),
    "degrade": (0.0,),
    "smallest": (0.6,),
    "line_width": ((1.0, 6.0), (1.0, 1.0)),
    "head": ("image",),
    "diff_augment": ("none",),
    "beta1": (0.5,),
    "statistics": ("image",),
    "test_noise": (True,),
}

# Options that a generator's spec has by the same name.
OF_GENERATORS = ("width", "image_size", "norm", "dropout", "final", "smooth", "halvings", "spread_hints")

LENGTHS = ("minutes", "steps", "epochs")  # of a run: one of them is given

# What --resume may change. The length, to train for longer. The learning rate and the precision, because a
# run whose numbers overflowed would overflow again; the data's place, while it holds the same pairs.
MAY_CHANGE = (
    *LENGTHS,
    "data",
    "learning_rate",
    "precision",
    "device",
    "compile",
    "workers",
    "tensorboard",
    "sample_every",
    "save_every",
)
