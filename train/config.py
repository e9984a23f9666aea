"""One dataclass: the command line's flags, the app's fields, and the JSON saved with a run."""

from __future__ import annotations

import dataclasses
import typing
from dataclasses import dataclass, field
from typing import Any, Literal

from pix2pix.checkpoint import Direction, GanLoss
from pix2pix.device import Precision
from pix2pix.discriminator import DiscriminatorSpec
from pix2pix.errors import ConfigError
from pix2pix.generator import Final, GeneratorKind, GeneratorSpec, Head
from pix2pix.norm import NormKind, Statistics
from train.option_types import check_type, option_name

Preset = Literal["quick", "paper", "tutorial"]
Order = Literal["discriminator_first", "generator_first"]
Reconstruction = Literal["l1", "l2", "none"]
Policy = Literal["none", "translation", "translation,cutout", "color,translation,cutout"]  # of DiffAugment
InputChoice = Literal["auto", "edges", "labels", "photo", "lowres", "grey"]
MADE = ("lowres", "grey")  # inputs that are always made from the target photo


def _option(default: Any, text: str) -> Any:
    return field(default=default, metadata={"help": text})


@dataclass(frozen=True)
class TrainConfig:
    """A training recipe. The defaults are nearly the ``quick`` preset's; see :mod:`train.presets`.

    Raises:
        ConfigError: from :meth:`validate`, one sentence that names the option and what it may be.
    """

    data: tuple[str, ...] = _option(
        (), "folders or zips of pairs, or hf://datasets/owner/name; one or several"
    )
    out: str = _option("", "the run's folder; a new one, or one to go on with by --resume")
    preset: Preset = _option("quick", "the recipe that the other options start from")
    # how long: exactly one of the three
    minutes: float | None = _option(None, "train for this long (wall clock, pauses not counted)")
    steps: int | None = _option(None, "train for this many steps of batch_size pairs")
    epochs: float | None = _option(None, "train until every pair was shown this often")
    start: str = _option("", "start from this model's networks and weights (--from MODEL)")
    warmup: float = _option(
        0.1, "--from: share of the run in which a discriminator made anew learns alone, the generator frozen"
    )
    # data
    direction: Direction = _option("AtoB", "which half is translated into which")
    input: InputChoice = _option(
        "auto", "what the input half is; auto looks at it; of single photos, edges, lowres or grey is made"
    )
    pairs: tuple[str, ...] = _option((), "the two folders that hold A and B, whatever they are called")
    factor: int = _option(4, "lowres: how many times smaller the input is made, 2 to 16")
    image_size: int = _option(256, "side of the square that the networks see; a power of two")
    load_size: int = _option(286, "the paper's jitter: resize to this, crop image_size from it")
    shift: float = _option(
        0.0,
        "move the picture by up to this share of its side; the margin is white with edges, else mirrored",
    )
    snap_labels: bool = _option(
        False, "labels: give the input exactly its palette's colours, hard-edged; kept with the model"
    )
    mirror: bool = _option(True, "mirror half of the presentations")
    quarters: float = _option(
        0.0,
        "share of the run, at its start, in which the networks see a random quarter of each picture: about"
        " four steps in the time of one",
    )
    crop: tuple[float, float] = _option(
        (0.0, 0.0),
        "photos: smallest and largest crop, in shares of the shorter side; 0 0 squashes the whole picture",
    )
    exposure: float = _option(
        0.0, "photos: strength of other exposures, contrasts, colour casts and gammas of the input, 0 to 1"
    )
    degrade: float = _option(
        0.0, "photos: probability of giving the input a phone's softness, noise and JPEG blocks"
    )
    shrink: float = _option(0.35, "edges: probability of showing the pair smaller, on white")
    smallest: float = _option(0.6, "edges: the smallest such size, as a fraction of the picture")
    redraw: float = _option(0.75, "edges: probability of drawing the lines again as a person would")
    line_width: tuple[float, float] = _option((1.0, 6.0), "edges: thinnest and thickest redrawn line")
    colour_hints: float = _option(0.6, "edges: probability of dabbing the target's colours on the input")
    recolour: float = _option(0.6, "edges: with hints, probability of giving the target other colours first")
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
    head: Head = _option(
        "image", "what the generator gives: the picture, or gain and lights by which the input photo is relit"
    )
    spread_hints: bool = _option(
        False, "edges: show the generator how far dabs of colour reach, and the colours of what has none"
    )
    discriminator_width: int = _option(32, "channels of the discriminator's first layer")
    receptive_field: int = _option(70, "the patch in pixels that one score judges")
    conditional: bool = _option(True, "show the discriminator the input as well")
    # losses and optimisation
    gan_loss: GanLoss = _option("vanilla", "the GAN loss; none trains no discriminator")
    reconstruction: Reconstruction = _option("l1", "what is compared with the target pixel by pixel")
    lambda_l1: float = _option(100.0, "weight of the reconstruction term; 0 leaves it out")
    lambda_gan: float = _option(1.0, "weight of the GAN loss in the generator's objective")
    lambda_features: float = _option(
        0.0, "weight of the feature loss: differences of a photo network's activations, at four strides"
    )
    lambda_feature_gan: float = _option(
        0.0, "weight of the feature critic, which judges those activations; 0 trains none"
    )
    diff_augment: Policy = _option("none", "DiffAugment: change what the discriminator sees, differentiably")
    order: Order = _option("discriminator_first", "which network makes its step first")
    learning_rate: float = _option(2e-4, "of both Adam optimizers, before the decay")
    beta1: float = _option(0.5, "Adam's first momentum")
    batch_size: int = _option(4, "pairs a step, in each process")
    decay_from: float = _option(0.5, "fraction of the run after which the learning rate falls to 0")
    ema: float = _option(0.999, "decay of the generator's averaged weights, which are kept; 0 for none")
    # test time, saved with the model
    statistics: Statistics = _option("image", "the norms' moments at test time")
    test_noise: bool = _option(True, "whether dropout stays on at test time, as seeded noise")
    # running
    seed: int = _option(0, "of every random choice")
    device: str = _option("auto", "auto, cpu, cuda, mps")
    precision: Precision = _option(
        "auto", "auto takes bfloat16 where the hardware has it, float16 on GPUs without"
    )
    compile: bool = _option(
        False,
        "compile the networks first, which takes a minute or two and makes a GPU's steps shorter",
    )
    workers: int = _option(1, "processes that prepare pairs; 0 does it in the training process")
    sample_every: float = _option(60.0, "seconds between sample sheets")
    save_every: float = _option(120.0, "seconds between saved states")
    tensorboard: bool = _option(False, "also write losses and sheets for TensorBoard, into the run's folder")

    def validate(self) -> None:
        """Raise a ConfigError unless every option can work together with the others."""
        for name, kind in typing.get_type_hints(TrainConfig).items():
            check_type(name, getattr(self, name), kind)
        if sum(length is not None for length in self.lengths) != 1:
            raise ConfigError("Say how long to train with exactly one of --minutes, --steps and --epochs.")
        unit, length = self.length
        if not 0 < length <= 1e9:
            raise ConfigError(f"The option --{unit} must be greater than 0 and at most 1000000000.")
        if len(self.pairs) not in (0, 2):
            raise ConfigError("The option --pairs needs the names of two folders, that of A first.")
        self._validate_ranges()
        self._validate_made()
        small, large = self.crop
        if (small, large) != (0, 0) and not 0.1 <= small <= large <= 1:
            raise ConfigError(
                "The option --crop needs two shares of the shorter side from 0.1 to 1, the smaller one first,"
                " or 0 0 for none."
            )
        low, high = self.line_width
        if not 0.5 <= low <= high <= 40:
            raise ConfigError("The line width needs two numbers from 0.5 to 40, the thinner one first.")
        if self.sample_every <= 0 or self.save_every <= 0:
            raise ConfigError("The options --sample-every and --save-every must be above 0 seconds.")
        self._validate_losses()
        self.generator_spec()
        if self.discriminator_spec().geometry.cells(self.image_size) < 1:
            raise ConfigError(
                f"The receptive field {self.receptive_field} is too large for pictures of {self.image_size}"
                " pixels: choose a smaller --receptive-field or a larger --image-size."
            )
        if self.quarters and not self.takes_quarters:
            raise ConfigError(
                f"The networks cannot see quarters of pictures of {self.image_size} pixels: use fewer"
                " --halvings (7 for 256 pixels) or a smaller --receptive-field, or leave --quarters out."
            )

    def _validate_ranges(self) -> None:
        for name in (
            "exposure",
            "degrade",
            "shrink",
            "redraw",
            "colour_hints",
            "recolour",
            "decay_from",
            "warmup",
            "quarters",
        ):
            if not 0 <= getattr(self, name) <= 1:
                raise ConfigError(f"The option --{option_name(name)} must be from 0 to 1.")
        if not 0 <= self.shift <= 0.25:
            raise ConfigError("The option --shift must be from 0 to 0.25.")
        if not 0 < self.smallest <= 1:
            raise ConfigError("The option --smallest must be above 0 and at most 1.")
        for name in ("ema", "beta1"):
            if not 0 <= getattr(self, name) < 1:
                raise ConfigError(f"The option --{option_name(name)} must be from 0 to below 1.")
        for name in ("lambda_l1", "lambda_gan", "lambda_features", "lambda_feature_gan"):
            if getattr(self, name) < 0:
                raise ConfigError(f"The option --{option_name(name)} must not be negative.")
        if self.learning_rate <= 0:
            raise ConfigError("The option --learning-rate must be above 0.")
        if self.batch_size < 1 or self.workers < 0 or not 0 <= self.seed < 2**63:
            raise ConfigError(
                "The batch size must be at least 1, workers not negative, and the seed from 0 to below 2**63."
            )
        if not self.image_size <= self.load_size <= 2 * self.image_size:
            raise ConfigError("The load size must be from the image size to twice that (256 -> 286).")

    def _validate_losses(self) -> None:
        if self.gan_loss == "none" and (self.reconstruction == "none" or self.lambda_l1 == 0):
            raise ConfigError(
                "With neither a GAN loss nor a reconstruction loss there is nothing to learn from: change"
                " --gan-loss, or --reconstruction and --lambda-l1."
            )
        if self.reconstruction == "l2" and self.lambda_l1 == 0:
            raise ConfigError(
                "The options --reconstruction l2 and --lambda-l1 0 contradict each other: give it a weight,"
                " or use --reconstruction none."
            )
        if self.gan_loss == "none" and self.diff_augment != "none":
            raise ConfigError(
                "The option --diff-augment changes what the discriminator sees, and --gan-loss none trains"
                " none: leave one of them out."
            )
        if self.gan_loss == "wgangp" and self.norm == "batch":
            raise ConfigError(
                "The gradient penalty of --gan-loss wgangp needs a discriminator that judges each image by"
                " itself: use --norm instance or none instead of batch."
            )

    def _validate_made(self) -> None:
        if not 2 <= self.factor <= 16:
            raise ConfigError("The option --factor must be from 2 to 16.")
        if self.factor != 4 and self.input != "lowres":
            raise ConfigError("The option --factor goes with --input lowres: add that, or leave it out.")
        if self.input in MADE and self.direction == "BtoA":
            raise ConfigError(
                f"With --input {self.input} the input is made from single photos, which have no direction:"
                " leave --direction out."
            )

        if self.head == "relight" and self.input in ("edges", "labels"):
            raise ConfigError(
                f"The option --head relight lights a photo anew, and the input is {self.input}: leave it out."
            )

        if self.spread_hints and self.input not in ("auto", "edges"):
            raise ConfigError(
                f"The option --spread-hints is for dabs of colour on edges, and the input is {self.input}:"
                " leave it out."
            )

    @property
    def lengths(self) -> tuple[float | None, ...]:
        """Minutes, steps and epochs; of a valid recipe two are None."""
        return tuple(getattr(self, name) for name in LENGTHS)

    @property
    def length(self) -> tuple[str, float]:
        """How long a valid recipe trains, such as ("minutes", 30.0)."""
        return next((unit, n) for unit, n in zip(LENGTHS, self.lengths, strict=True) if n is not None)

    @property
    def crops(self) -> bool:
        """Whether pairs are shown as crops; only photos, and what is made of photos, are."""
        return self.crop[1] > 0 and self.input in ("photo", *MADE)

    @property
    def takes_quarters(self) -> bool:
        """Whether both networks can be shown a quarter of a picture: half its height, half its width."""
        half, spec = self.image_size // 2, self.generator_spec()
        fits = half % spec.multiple == 0 and half >= spec.smallest
        return fits and self.discriminator_spec().geometry.cells(half) >= 1

    def generator_spec(self) -> GeneratorSpec:
        """The generator that this recipe trains."""
        return GeneratorSpec(
            width=self.width,
            image_size=self.image_size,
            norm=self.norm,
            dropout=self.dropout,
            final=self.final,
            kind=self.generator,
            halvings=self.halvings,
            head=self.head,
            spread_hints=self.spread_hints,
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
    def from_json(values: dict[str, Any]) -> TrainConfig:
        """Rebuild and validate what :meth:`to_json` gave.

        An option that is missing is one that the version which wrote it did not have, and takes its default:
        so the default of a new option must be what runs did before it (the presets may say otherwise).

        Raises:
            ConfigError: an unknown option or an impossible value.
        """
        known = {f.name for f in dataclasses.fields(TrainConfig)}
        if unknown := sorted(set(values) - known):
            raise ConfigError(f"The option '{unknown[0]}' is unknown to this version.")
        values = {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}
        config = TrainConfig(**values)
        config.validate()
        return config


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
