"""A checkpoint is a folder: write it, read it back, and notice when it is damaged.

``config.json``, ``generator.safetensors``, ``discriminator.safetensors``, ``README.md`` (the model card) and
``preview.jpg``. It rebuilds itself from the folder alone. No pickle is ever written or read.
"""

from __future__ import annotations

import dataclasses
import json
import math
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args

import torch
from safetensors import SafetensorError
from torch import Tensor, nn

from pix2pix.colouring import Accent, Colouring
from pix2pix.discriminator import DiscriminatorSpec, PatchDiscriminator
from pix2pix.errors import CheckpointError, Pix2PixError, system_errors_as
from pix2pix.files import flush_file, flush_folder, make_folder, replacing, sha256, write_json
from pix2pix.generator import Generator, GeneratorSpec, build_generator
from pix2pix.hints import RGB
from pix2pix.images import Span
from pix2pix.inputs import InputChoice, InputKind, MadeInput
from pix2pix.messages import Message
from pix2pix.norm import STATISTICS, Statistics
from pix2pix.palette import Palette
from pix2pix.tensors import load_tensors, save_tensors

FORMAT = 1
CONFIG, GENERATOR, DISCRIMINATOR = "config.json", "generator.safetensors", "discriminator.safetensors"
CARD, PREVIEW = "README.md", "preview.jpg"
FILES = (CONFIG, GENERATOR, DISCRIMINATOR, CARD, PREVIEW)
PENDING = ".next-"  # how the names of files begin that a save has not put in their place yet

Direction = Literal["AtoB", "BtoA"]
GanLoss = Literal["vanilla", "lsgan", "hinge", "wgangp", "none"]
OWN_ASPECT = 0.0  # of a model whose training pictures differ in their aspects


@dataclass(frozen=True)
class ModelConfig:
    """What ``config.json`` says of a model, beside its architecture.

    discriminator: None in a folder without one, such as other projects' weights, of which only the
        generator was published.
    input: what it translates: black-on-white edges, flat labels, or a photo.
    made: how a photo input was made from the photo itself in training; "" where the data brought it. Of a
        "grey" model the translator takes the grey of any picture; a "lowres" model is given a picture already
        enlarged to the size that is wanted.
    palette: the labels' colours and names, into which every input is snapped; None where it was trained on
        the pictures as they are.
    aspect: width over height of the pictures that were squeezed into its square in training, so that others
        are squeezed alike; 0 where each was by its own aspect, 1 for squares and for models that do not say.
    spans: the values of deep files that became black and white in its inputs, and in its targets; None where
        they had 8 bits, and in older models: see :func:`pix2pix.images.to_rgb`.
    statistics: the moments that its norms use at test time: each image's own, or the running ones.
    noise: whether dropout stays on at test time, as seeded noise z (section 3.3).
    line_width: (thinnest, thickest) line in pixels that it was trained to understand, at image_size.
    colourings: the colours of some training photos, for a generator with ``spread_hints``: a seed chooses
        one of them. () in older models.
    gan_loss: what the discriminator's scores mean: logits, above 0 for real ("vanilla"); near 1 for real and
        0 for fake ("lsgan"); above 1 and below -1 ("hinge"); only their differences ("wgangp"); nothing, as
        it was never trained ("none").
    recipe: the training configuration, as the trainer saved it.
    metrics: numbers measured on held-out pairs, by name.
    """

    name: str
    generator: GeneratorSpec
    discriminator: DiscriminatorSpec | None
    direction: Direction = "AtoB"
    input: InputKind = "edges"
    made: MadeInput = ""
    palette: Palette | None = None
    aspect: float = 1.0
    spans: tuple[Span | None, Span | None] = (None, None)
    statistics: Statistics = "image"
    noise: bool = True
    line_width: tuple[float, float] = (1.0, 1.0)
    colourings: tuple[Colouring, ...] = ()
    step: int = 0
    images_seen: int = 0
    gan_loss: GanLoss = "vanilla"
    licence: str = "other"
    terms: str = ""
    recipe: dict[str, Any] = field(default_factory=dict)
    metrics: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        choices = {
            "direction": get_args(Direction),
            "input": get_args(InputKind),
            "made": get_args(MadeInput),
            "statistics": STATISTICS,
            "gan_loss": get_args(GanLoss),
        }
        unknown = [name for name, allowed in choices.items() if getattr(self, name) not in allowed]
        if self.aspect != OWN_ASPECT and not 0.01 <= self.aspect <= 100:
            unknown.append("aspect")
        for name in unknown:
            raise CheckpointError("model.unknown_value", name=name, value=getattr(self, name))

    @property
    def taken(self) -> InputChoice:
        """What it translates, as a recipe says it."""
        return self.made or self.input

    @property
    def image_size(self) -> int:
        """Side in pixels of the square that it was trained on."""
        return self.generator.image_size


@dataclass
class Checkpoint:
    """A model in memory, both networks in float32 on the CPU, in evaluation mode."""

    config: ModelConfig
    generator: Generator
    discriminator: PatchDiscriminator | None

    def trained_discriminator(self) -> PatchDiscriminator:
        """The discriminator, for who cannot do without.

        Raises:
            CheckpointError: the model has none, or one that was never trained.
        """
        if self.discriminator is None or self.config.gan_loss == "none":
            raise CheckpointError("model.no_discriminator", model=self.config.name)
        return self.discriminator


def save_checkpoint(
    folder: Path,
    config: ModelConfig,
    generator: dict[str, Tensor],
    discriminator: dict[str, Tensor] | None,
    card: str,
    preview: bytes | None = None,
) -> None:
    """Write a checkpoint folder; ``config.json`` names the digest of every other file.

    At every instant the folder holds one whole model, the old or the new one, for whoever loads it: the new
    files are written beside the old ones, then ``config.json`` is replaced in one step, and whoever finds
    that a file is not yet the one it names takes the one beside it. A full disk leaves the old model.

    Weights are stored in half precision; one-dimensional tensors (norms, biases, running statistics) stay
    in float32, because they are small and their range is not.
    """
    saves: dict[str, Callable[[Path], Any]] = {
        GENERATOR: lambda path: save_tensors(_halved(generator), path),
        CARD: lambda path: path.write_text(card, encoding="utf-8", errors="backslashreplace"),
    }
    if discriminator is not None:
        weights = discriminator
        saves[DISCRIMINATOR] = lambda path: save_tensors(_halved(weights), path)
    if preview is not None:
        saves[PREVIEW] = lambda path: path.write_bytes(preview)
    make_folder(folder)
    settle_checkpoint(folder)  # or files that the present model still needs would be overwritten
    files = {PREVIEW: sha256(folder / PREVIEW)} if (folder / PREVIEW).exists() else {}
    try:
        for name, save in saves.items():
            path = folder / f"{PENDING}{name}"
            save(path)
            flush_file(path)
            files[name] = sha256(path)
        flush_folder(folder)
        write_json(folder / CONFIG, {"format": FORMAT, **dataclasses.asdict(config), "files": files})
    finally:
        settle_checkpoint(folder)


def settle_checkpoint(folder: Path) -> None:
    """End what a killed save began: the files that ``config.json`` names take their place, others go."""
    pending = list(folder.glob(f"{PENDING}*"))
    if not pending:
        return
    try:
        files = _read_json(folder).get("files")
    except CheckpointError:  # there was no model yet, or none that could be loaded
        files = None
    for path in pending:
        name = path.name.removeprefix(PENDING)
        if isinstance(files, dict) and files.get(name) == sha256(path):
            os.replace(path, folder / name)
        else:
            path.unlink()
    flush_folder(folder)


def copy_checkpoint(source: Path, target: Path) -> None:
    """Copy a model's files as they are, its card too, and nothing else; ``config.json`` comes last.

    Raises:
        CheckpointError: the source is not a whole model, or the target cannot be written.
    """
    raw = _read_json(source)
    files = raw.get("files")
    if not isinstance(files, dict):
        raise _damaged(source, CONFIG)
    found = {name: _find_file(source, name, files) for name in (GENERATOR, DISCRIMINATOR) if name in files}
    found |= {name: source / name for name in (CARD, PREVIEW) if (source / name).is_file()}  # may be edited
    with system_errors_as(lambda error: CheckpointError("model.cannot_save", folder=target, reason=error)):
        for name, path in found.items():
            with replacing(target / name) as temporary:
                shutil.copyfile(path, temporary)
        write_json(target / CONFIG, raw)


def _halved(state: dict[str, Tensor]) -> dict[str, Tensor]:
    return {
        name: (t.half() if t.is_floating_point() and t.dim() > 1 else t).cpu().contiguous()
        for name, t in state.items()
    }


def _colour(given: Any) -> RGB:
    red, green, blue = (int(value) for value in given)
    if not all(0 <= value <= 255 for value in (red, green, blue)):
        raise ValueError(f"{given} is no colour")
    return red, green, blue


def _colouring(given: Any) -> Colouring:
    accents = tuple(
        Accent(float(accent["x"]), float(accent["y"]), float(accent["share"]), _colour(accent["colour"]))
        for accent in given["accents"]
    )
    if not all(0 <= value <= 1 for a in accents for value in (a.x, a.y, a.share)):
        raise ValueError(f"{given} has a part outside of the picture")
    return Colouring(_colour(given["main"]), accents)


def _span(given: Any) -> Span | None:
    if given is None:
        return None
    low, high = map(float, given)
    if not -math.inf < low <= high < math.inf:
        raise ValueError(f"{given} is no range of values")
    return low, high


def load_config(folder: Path) -> ModelConfig:
    """Read and check ``config.json`` alone.

    Raises:
        CheckpointError: the folder or the file is missing, damaged, or of a newer format.
    """
    return _parse_config(folder, _read_json(folder))


def load_checkpoint(folder: Path) -> Checkpoint:
    """Rebuild both networks from a folder; without a discriminator where ``config.json`` says null.

    Raises:
        CheckpointError: something is missing, damaged (its digest differs), or does not fit the
            architecture that ``config.json`` names.
    """
    raw, failures = _read_json(folder), 0
    while True:
        try:
            return _load(folder, raw)
        except CheckpointError:  # damaged, or a training run is just replacing the model
            before, raw = raw, _read_json(folder)
            failures = failures + 1 if raw == before else 0
            if failures == 2:
                raise


def _load(folder: Path, raw: dict[str, Any]) -> Checkpoint:
    config = _parse_config(folder, raw)
    files = raw.get("files")
    if not isinstance(files, dict):
        raise _damaged(folder, CONFIG)
    generator = _load_weights(folder, GENERATOR, files, lambda: build_generator(config.generator))
    discriminator = None
    if (spec := config.discriminator) is not None:
        discriminator = _load_weights(folder, DISCRIMINATOR, files, lambda: PatchDiscriminator(spec))
    return Checkpoint(config, generator, discriminator)


NetworkT = TypeVar("NetworkT", bound=nn.Module)


def _load_weights(folder: Path, name: str, files: dict[str, Any], build: Callable[[], NetworkT]) -> NetworkT:
    path = _find_file(folder, name, files)
    try:
        with torch.device("meta"):  # no memory and no random numbers for weights replaced at once
            network = build()
        state = {k: t.float() if t.is_floating_point() else t for k, t in load_tensors(path).items()}
        if difference := first_difference(network.state_dict(), state):
            raise CheckpointError("model.other_architecture", file=name, folder=folder, difference=difference)
        network.load_state_dict(state, assign=True)
    except (SafetensorError, OSError, RuntimeError, TypeError, ValueError) as error:
        raise _damaged(folder, name) from error
    return network.eval()


def first_difference(wanted: Mapping[str, Tensor], given: Mapping[str, Tensor]) -> Message | None:
    """The first tensor by which two networks differ, in words; None when they are of one architecture."""
    for name, tensor in wanted.items():
        if name not in given:
            return Message("model.tensor_missing", tensor=name)
        if given[name].shape != tensor.shape:
            shape, wanted_shape = _shape(given[name]), _shape(tensor)
            return Message("model.tensor_differs", tensor=name, shape=shape, wanted=wanted_shape)
    extra = next((name for name in given if name not in wanted), None)
    return None if extra is None else Message("model.tensor_extra", tensor=extra)


def _shape(tensor: Tensor) -> str:
    return "x".join(map(str, tensor.shape)) or "1"


def _find_file(folder: Path, name: str, files: dict[str, Any]) -> Path:
    """The file in its place, or the one beside it that a save has yet to put there."""
    place, pending = folder / name, folder / f"{PENDING}{name}"
    for path in (place, pending, place):  # again, as it may just have been put there
        try:
            if sha256(path) == files.get(name):
                return path
        except FileNotFoundError:
            continue
        except OSError as error:
            raise _damaged(folder, name) from error
    if not place.exists():
        raise CheckpointError("model.file_missing", folder=folder, file=name)
    raise _damaged(folder, name)


def _damaged(folder: Path, name: str) -> CheckpointError:
    return CheckpointError("model.file_damaged", file=name, folder=folder)


def _read_json(folder: Path) -> dict[str, Any]:
    path = folder / CONFIG
    if not folder.is_dir():
        raise CheckpointError("model.no_folder", folder=folder)
    if not path.is_file():
        raise CheckpointError("model.no_config", folder=folder, file=CONFIG)
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _damaged(folder, CONFIG) from error
    if not isinstance(raw, dict):
        raise _damaged(folder, CONFIG)
    if "format" not in raw:
        raise CheckpointError("model.other_config", folder=folder, file=CONFIG)
    if raw["format"] != FORMAT:
        raise CheckpointError("model.other_format", folder=folder, format=raw["format"], known=FORMAT)
    return raw


def _parse_config(folder: Path, raw: dict[str, Any]) -> ModelConfig:
    known = {f.name for f in dataclasses.fields(ModelConfig)}
    values = {name: value for name, value in raw.items() if name in known}
    try:
        values["generator"] = GeneratorSpec(**raw["generator"])
        if (spec := raw["discriminator"]) is not None:
            values["discriminator"] = DiscriminatorSpec(**spec)
        if (palette := raw.get("palette")) is not None:
            values["palette"] = Palette.from_json(palette)
        if "line_width" in values:
            low, high = values["line_width"]
            values["line_width"] = (float(low), float(high))
        given, wanted = raw.get("spans", (None, None))
        values["spans"] = (_span(given), _span(wanted))
        values["colourings"] = tuple(_colouring(given) for given in raw.get("colourings", ()))
        return ModelConfig(**values)
    except (KeyError, TypeError, ValueError, Pix2PixError) as error:
        if isinstance(error, CheckpointError):
            raise
        raise _damaged(folder, CONFIG) from error
