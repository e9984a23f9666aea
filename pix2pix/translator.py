"""Load a model once, translate images of any size, fast."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Literal

import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor, nn

from pix2pix.checkpoint import ModelConfig, copy_checkpoint, load_checkpoint, load_config
from pix2pix.colouring import colour_map, seed_colouring
from pix2pix.detail import carry_detail
from pix2pix.device import Precision, pick_device, pick_dtype
from pix2pix.errors import CheckpointError, ConfigError
from pix2pix.generator import Generator
from pix2pix.hints import RGB
from pix2pix.hub import push_checkpoint
from pix2pix.images import squeezed, to_image, to_rgb, to_tensor, unletterbox
from pix2pix.interrupt import may_be_called_off
from pix2pix.night import Night
from pix2pix.norm import STATISTICS, BatchNorm, NoNorm, Statistics
from pix2pix.palette import fit_input
from pix2pix.relight import Lighting, working_scale, working_size
from pix2pix.resize import ResizeConv
from pix2pix.zoo import find_model, find_pretrained

MAX_SEED = 999_999_999  # of command line and app; the same seed is the same picture in both
SEEDS_KEPT = 32  # noise of recent seeds: a few hundred kB each, drawn in about a millisecond


class Translator:
    """A generator that is ready to serve; it holds no state that a request could change.

    Safe to call from several threads. Convolution weights are kept in the fastest number format of the
    device, and with running statistics the norms are folded into them; the checkpoint stays as it was.

    folder: the checkpoint folder that it was loaded from; None of one that was made from a network.
    """

    folder: Path | None = None

    def __init__(
        self,
        config: ModelConfig,
        generator: Generator,
        *,
        device: str = "auto",
        precision: Precision = "auto",
        statistics: Statistics | None = None,
    ):
        self.config = config
        self.device = pick_device(device)
        self.dtype = pick_dtype(self.device, precision)
        self.statistics: Statistics = statistics or config.statistics
        if self.statistics not in STATISTICS:
            raise ConfigError("device.unknown_statistics", statistics=self.statistics, known=STATISTICS)
        self._generator = _for_serving(generator, self.statistics).to(self.device, self.dtype)
        self._generator.to(memory_format=torch.channels_last)
        self._noise = lru_cache(maxsize=SEEDS_KEPT)(self._draw_noise)

    @classmethod
    def load(
        cls,
        model: str | Path,
        *,
        device: str = "auto",
        precision: Precision = "auto",
        statistics: Statistics | None = None,
    ) -> Translator:
        """Load a bundled name, a checkpoint or run folder, or ``hf://owner/name[@revision]``.

        Args:
            model: see :func:`pix2pix.zoo.find_model`.
            device: "auto", "cpu", "cuda", "mps", …
            precision: "auto" takes bfloat16 where the hardware has it.
            statistics: the norms' moments, "image" or "running"; by default the model's own choice.

        Raises:
            CheckpointError: no such model, or it is damaged.
            ConfigError: an option that cannot be used here.
        """
        folder = find_model(model)
        checkpoint = load_checkpoint(folder)
        translator = cls(
            checkpoint.config,
            checkpoint.generator,
            device=device,
            precision=precision,
            statistics=statistics,
        )
        translator.folder = folder
        return translator

    @classmethod
    def from_pretrained(
        cls,
        model: str | Path,
        *,
        revision: str | None = None,
        device: str = "auto",
        precision: Precision = "auto",
        statistics: Statistics | None = None,
    ) -> Translator:
        """As :meth:`load`, but ``owner/name`` is an id on the Hub where there is no such folder here.

        Args:
            model: an id on the Hub, a folder or a bundled name.
            revision: a branch, tag or commit on the Hub.
            device, precision, statistics: see :meth:`load`.

        Raises:
            CheckpointError, ConfigError: as :meth:`load`; a folder has no revision.
        """
        folder = find_pretrained(model, revision)
        return cls.load(folder, device=device, precision=precision, statistics=statistics)

    def save_pretrained(self, folder: str | Path) -> None:
        """Copy the checkpoint that this was loaded from: both networks, the card and the licence's terms.

        Raises:
            CheckpointError: it was made from a network, its folder changed meanwhile, or the copy cannot
                be written.
        """
        copy_checkpoint(self._source(), Path(folder))

    def push_to_hub(self, repository: str, *, token: str, private: bool = True) -> str:
        """Send the checkpoint that this was loaded from to the Hub; its address there.

        Args:
            repository: "owner/name", or a name for the token's own account.
            token: with the right to write; no other one is used, such as that of ``HF_TOKEN``.
            private: whether a new repository is for its owner's eyes only; one that exists stays as it is.

        Raises:
            CheckpointError: as :meth:`save_pretrained`; or the Hub refuses or cannot be reached.
        """
        return push_checkpoint(self._source(), repository, token=token, private=private)

    def _source(self) -> Path:
        if self.folder is None or load_config(self.folder) != self.config:
            raise CheckpointError("model.in_memory", model=self.config.name)
        return self.folder

    def translate(
        self, image: Image.Image, *, seed: int | None = 0, colour: RGB | Literal["seed"] | None = "seed"
    ) -> Image.Image:
        """Translate one picture; the result has its size, in RGB.

        Drawings and label maps are fitted into the square that the model was trained on, because it knows
        objects of that scale only, squeezed where its training pictures were, and labels are snapped to the
        model's palette, where it has one. Photos of that scale keep their pixels and are padded to what the
        depth needs; of larger ones the model looks at a copy of the size that it knows, and the photo's own
        detail is carried over (:mod:`pix2pix.detail`), or, by a model that lights photos anew, all its pixels
        are lit: however large a photo is, it keeps its detail and costs little more. For a model that colours
        grey photos the picture is made grey first. A model that sharpens gives no larger picture: enlarge it
        before.

        Args:
            image: any size and mode; transparency is white, and deep grey is scaled as in training.
            seed: chooses the noise z (dropout); None switches it off. The same seed and picture always
                give the same result.
            colour: the main colour of what is drawn, (r, g, b) from 0 to 255, wherever no dab says another
                one, for a model that knows such (:mod:`pix2pix.hints`; others take no notice): "seed"
                takes the seed's, and None leaves all colours to the model. Beside the main colour a seed
                brings those of other parts (:mod:`pix2pix.colouring`).
        """
        size, rgb = image.size, to_rgb(image, self.config.spans[0])
        if self.config.made == "grey":  # so that a colour photo is answered like its grey copy
            rgb = rgb.convert("L").convert("RGB")
        if self.config.generator.lights_anew:
            return to_image(self._relight(to_tensor(rgb)[None], seed))
        if self.config.input == "photo":
            return to_image(self._translate_photo(to_tensor(rgb)[None], seed))
        square, box = fit_input(rgb, self.config.image_size, self.config.palette, self.config.aspect)
        x = to_tensor(square)[None]
        colours = None if colour is None else self.colours(x, seed, None if colour == "seed" else colour)
        return unletterbox(to_image(self.translate_tensor(x, seed=seed, colour=colours)[0]), box, size)

    def colours(self, x: Tensor, seed: int | None, main: RGB | None = None) -> Tensor | None:
        """What a seed says of the colours of a drawing, for :meth:`translate_tensor`.

        Args:
            x: (1, 3, H, W) in [-1, 1].
            seed: None says nothing.
            main: instead of the seed's main colour, 0-255.

        Returns:
            (1, 3, h, w) in [-1, 1]; None from a model that is told no colours.
        """
        if not self.config.generator.spread_hints or (seed is None and main is None):
            return None
        chosen = seed_colouring(seed or 0, self.config.colourings if seed is not None else ())
        if main is not None:
            chosen = dataclasses.replace(chosen, main=main)
        return colour_map(x, chosen, self.config.image_size)

    @torch.inference_mode()
    def translate_tensor(self, x: Tensor, *, seed: int | None = 0, colour: Tensor | None = None) -> Tensor:
        """(N, 3, H, W) in [-1, 1] -> the same shape, float32 on the CPU; H, W as the generator needs.

        ``colour`` is as in :meth:`pix2pix.generator.Generator.forward`.
        """
        if self.config.generator.lights_anew:  # of the photo as it is, not rounded to bfloat16
            return self._lighting(x, seed).on(x.to(self.device)).cpu()
        x, noise = self._to_device(x), self._noise_for(x, seed)
        return self._generator(x, statistics=self.statistics, noise=noise, colour=colour).float().cpu()

    @torch.inference_mode()
    def _translate_photo(self, photo: Tensor, seed: int | None) -> Tensor:
        """(1, 3, H, W) of any size in [-1, 1] -> the same; see :mod:`pix2pix.detail` for large ones."""
        width, height = sides = squeezed((photo.shape[3], photo.shape[2]), self.config.aspect)
        scale = min(working_scale(height, width, self.config.image_size), 1.0)
        as_it_is = scale == 1 and sides == (photo.shape[3], photo.shape[2])
        # What is too coarse is coarse in pixels, so a model that sharpens has to see all of them.
        if as_it_is or self.config.made == "lowres":
            return self._translate_padded(photo, seed)
        # Not rounded to what the depth needs, which may be 256: that would squash the photo.
        small = _resized(photo, [max(round(side * scale), 1) for side in (height, width)])
        return carry_detail(photo, small, self._translate_padded(small, seed))

    def _translate_padded(self, photo: Tensor, seed: int | None) -> Tensor:
        spec = self.config.generator
        padded, (left, top, right, bottom) = _pad(photo, spec.multiple, spec.smallest)
        return self.translate_tensor(padded, seed=seed)[..., top:bottom, left:right]

    @torch.inference_mode()
    def _relight(self, photo: Tensor, seed: int | None) -> Tensor:
        """(1, 3, H, W) of any size in [-1, 1] -> the same, by the lighting of a copy of the known size."""
        spec = self.config.generator
        width, height = squeezed((photo.shape[3], photo.shape[2]), self.config.aspect)
        sides = working_size(height, width, spec.image_size, spec.multiple)
        copy = _resized(photo, [max(side, spec.smallest) for side in sides])
        return self._lighting(copy, seed).on(photo.to(self.device)).cpu()

    def _lighting(self, x: Tensor, seed: int | None) -> Lighting | Night:
        noise = self._noise_for(x, seed)
        return self._generator.lighting(self._to_device(x), statistics=self.statistics, noise=noise)

    def _to_device(self, x: Tensor) -> Tensor:
        return x.to(device=self.device, dtype=self.dtype, memory_format=torch.channels_last)

    def _noise_for(self, x: Tensor, seed: int | None) -> Sequence[Tensor] | None:
        return self._noise(seed, *x.shape[2:]) if seed is not None and self.config.noise else None

    def _draw_noise(self, seed: int, height: int, width: int) -> Sequence[Tensor]:
        masks = self._generator.sample_noise(seed, height, width)
        return [mask.to(device=self.device, dtype=self.dtype) for mask in masks]


def _for_serving(generator: Generator, statistics: Statistics) -> Generator:
    """A copy for inference, which may be called off (:mod:`pix2pix.interrupt`).

    Running statistics are constants, so they become part of the convolutions.
    """
    served = copy.deepcopy(generator).eval().requires_grad_(False)
    if statistics == "running":
        for convs, norms in served.normed():
            for index, norm in enumerate(norms):
                if isinstance(norm, BatchNorm):
                    fold_batch_norm(convs[index], norm)
                    norms[index] = NoNorm()
    may_be_called_off(served)
    return served


@torch.no_grad()
def fold_batch_norm(conv: nn.Module, norm: BatchNorm) -> None:
    """Fold y = (conv(x) - mean) / sqrt(var + eps) * weight + bias into the convolution, in place."""
    if isinstance(conv, ResizeConv):
        conv = conv.conv
    assert isinstance(conv, (nn.Conv2d, nn.ConvTranspose2d))
    assert norm.running_mean is not None and norm.running_var is not None
    scale = norm.weight * torch.rsqrt(norm.running_var + norm.eps)
    # The output channel is the first dimension of a convolution's weight, the second of a transposed one's.
    per_output = (-1, 1, 1, 1) if isinstance(conv, nn.Conv2d) else (1, -1, 1, 1)
    shift = norm.bias - norm.running_mean * scale
    if conv.bias is not None:
        shift = shift + conv.bias * scale
    conv.weight.mul_(scale.view(per_output))
    conv.bias = nn.Parameter(shift, requires_grad=False)


def _resized(photo: Tensor, size: list[int]) -> Tensor:
    """As `train.data.augment` makes its crops, so that the network sees the same softness."""
    return F.interpolate(photo, size, mode="bilinear", antialias=True).clamp(-1, 1)


def _pad(x: Tensor, multiple: int, smallest: int) -> tuple[Tensor, tuple[int, int, int, int]]:
    """Pad (1, 3, H, W) with copies of the border to a multiple of pixels, at least ``smallest`` ones.

    Also the box of the picture inside.
    """
    height, width = x.shape[2:]
    extra_h, extra_w = (max(-side % multiple, smallest - side) for side in (height, width))
    top, left = extra_h // 2, extra_w // 2
    padded = F.pad(x, (left, extra_w - left, top, extra_h - top), mode="replicate")
    return padded, (left, top, left + width, top + height)
