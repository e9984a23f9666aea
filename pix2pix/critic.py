"""The discriminator as a critic: per-patch scores, their map over a picture, and the extreme patches.

A PatchGAN's scores do not tile the picture. Cell i is centred on ``first_centre + i * step``, which for the
70x70 discriminator at 256 pixels is 12, 20, ... 244: stretching its 30x30 map to 256x256 would show a score
up to 8 pixels away from what it judges. Here a score stands at its cell's centre, and the map between centres
is interpolated.

Shapes: N batch, H height, W width of a picture in pixels; h, w rows and columns of scores.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from pix2pix.checkpoint import GanLoss, ModelConfig, load_checkpoint
from pix2pix.device import pick_device
from pix2pix.discriminator import PatchDiscriminator, PatchGeometry
from pix2pix.errors import CheckpointError, ConfigError, ImageError
from pix2pix.images import Box, letterbox, squeezed, to_rgb, to_tensor
from pix2pix.interrupt import may_be_called_off
from pix2pix.palette import fit_input
from pix2pix.zoo import find_model

ScoreScale = Literal["logit", "unit", "signed", "relative"]
SCALES: tuple[str, ...] = get_args(ScoreScale)

# The GAN loss that a discriminator was trained with -> what its numbers mean; see `realness`.
SCALE_OF: dict[GanLoss, ScoreScale] = {
    "vanilla": "logit",
    "lsgan": "unit",
    "hinge": "signed",
    "wgangp": "relative",
    "none": "logit",
}


def realness(scores: Tensor, scale: ScoreScale) -> Tensor:
    """Scores -> how real the patches look, 0 (fake) to 1 (real), 0.5 where the critic cannot tell.

    Args:
        scores: any shape; the last two dimensions are one picture's rows and columns.
        scale: "logit": the sigmoid, a probability (cross-entropy). "unit": the score itself, because least
            squares pulls fake patches to 0 and real ones to 1. "signed": -1 is fake and 1 is real (hinge).
            "relative": only differences have a meaning (Wasserstein), so a patch is compared with the others
            of its picture, two standard deviations to either side.
    """
    scores = scores.float()
    if scale == "logit":
        return torch.sigmoid(scores)
    if scale == "signed":
        return ((scores + 1) / 2).clamp(0, 1)
    if scale == "relative":
        deviation, mean = torch.std_mean(scores, dim=(-2, -1), correction=0, keepdim=True)
        return (0.5 + (scores - mean) / (4 * deviation.clamp_min(1e-8))).clamp(0, 1)
    return scores.clamp(0, 1)


def spread(values: Tensor, geometry: PatchGeometry, height: int, width: int) -> Tensor:
    """(..., h, w) values of cells -> (..., H, W): linear between the cells' centres, constant outside."""
    rows, columns = (
        _neighbours(cells, geometry, pixels)
        for cells, pixels in ((values.shape[-2], height), (values.shape[-1], width))
    )
    low, high, part = rows
    values = torch.lerp(values[..., low, :], values[..., high, :], part[:, None])
    low, high, part = columns
    return torch.lerp(values[..., low], values[..., high], part)


def _neighbours(cells: int, geometry: PatchGeometry, pixels: int) -> tuple[Tensor, Tensor, Tensor]:
    """For each pixel's centre along an axis: the cells before and after it, and its place between them."""
    middle = torch.arange(pixels, dtype=torch.float32) + 0.5
    place = ((middle - geometry.centre(0)) / geometry.step).clamp(0, cells - 1)
    low = place.floor().long()
    return low, (low + 1).clamp_max(cells - 1), place - low


@dataclass(frozen=True)
class Patch:
    """One cell of the map; ``box`` is what it sees of the picture, its exact receptive field."""

    row: int
    column: int
    score: float
    realness: float
    box: Box


@dataclass(frozen=True)
class Judgement:
    """A critic's scores of one picture.

    scores: (h, w) as the network gave them.
    scale: what they mean.
    geometry: where each looks, in pixels of the square or picture that the network saw.
    seen: (width, height) of what the network saw.
    box: the picture's place in that.
    size: (width, height) of the picture itself.
    """

    scores: Tensor
    scale: ScoreScale
    geometry: PatchGeometry
    seen: tuple[int, int]
    box: Box
    size: tuple[int, int]

    @property
    def realness(self) -> Tensor:
        """(h, w), 0 fake to 1 real."""
        return realness(self.scores, self.scale)

    def map(self) -> Tensor:
        """(H, W) realness at every pixel of the picture."""
        left, top, right, bottom = self.box
        inner = spread(self.realness, self.geometry, self.seen[1], self.seen[0])[top:bottom, left:right]
        if (right - left, bottom - top) == self.size:
            return inner
        size = (self.size[1], self.size[0])
        return F.interpolate(inner[None, None], size, mode="bilinear", antialias=True)[0, 0]

    def patch_box(self, row: int, column: int) -> Box:
        """The receptive field of a cell, clipped to the picture, in its own pixels (rounded outwards).

        Empty for a cell that sees nothing but the ground around a fitted picture.
        """
        spans = []
        for axis, cell in ((0, column), (1, row)):
            first, end = self.geometry.span(cell, self.seen[axis])
            start, stop = self.box[axis], self.box[axis + 2]
            ratio = self.size[axis] / (stop - start)
            first, end = max(first, start) - start, min(end, stop) - start
            low, high = math.floor(first * ratio + 1e-6), math.ceil(end * ratio - 1e-6)
            spans.append((low, max(high, low)))
        (left, right), (top, bottom) = spans
        return left, top, right, bottom

    def cell_at(self, x: float, y: float) -> tuple[int, int]:
        """(row, column) of the cell that stands nearest to a point of the picture, such as a click.

        Args:
            x, y: in pixels of the picture from its left and top edge: the middle of its first pixel is
                (0.5, 0.5). A point outside takes the cell of the nearest point inside.
        """
        cells = []
        for axis, place in ((1, y), (0, x)):
            start, stop = self.box[axis], self.box[axis + 2]
            inside = min(max(place, 0.0), self.size[axis]) * (stop - start) / self.size[axis]
            cells.append(self.geometry.cell_at(start + inside, self.seen[axis]))
        return cells[0], cells[1]

    def centre(self, row: int, column: int) -> tuple[float, float]:
        """(x, y) where a cell stands, in pixels of the picture; the ground around it lies outside of it."""
        x, y = (
            (self.geometry.centre(cell) - self.box[axis])
            * self.size[axis]
            / (self.box[axis + 2] - self.box[axis])
            for axis, cell in ((0, column), (1, row))
        )
        return x, y

    def patch(self, row: int, column: int) -> Patch:
        """One cell with its score and what it sees.

        Raises:
            IndexError: there is no such cell.
        """
        rows, columns = self.scores.shape
        if not (0 <= row < rows and 0 <= column < columns):
            raise IndexError(f"no cell ({row}, {column}) in a map of {rows}x{columns}")
        score, real = float(self.scores[row, column]), float(self.realness[row, column])
        return Patch(row, column, score, real, self.patch_box(row, column))

    def patches(self, count: int, most: Literal["real", "fake"]) -> list[Patch]:
        """Up to ``count`` patches that look most real or most fake, none within half a field of another."""
        sign = -1 if most == "fake" else 1
        chosen = list[Patch]()
        apart = max(self.geometry.receptive_field / 2 / self.geometry.step, 1)
        for index in torch.argsort(sign * self.scores.flatten(), descending=True, stable=True).tolist():
            if len(chosen) == count:
                break
            row, column = divmod(index, self.scores.shape[1])
            box = self.patch_box(row, column)
            near = any(abs(p.row - row) < apart and abs(p.column - column) < apart for p in chosen)
            if not near and box[0] < box[2] and box[1] < box[3]:
                chosen.append(self.patch(row, column))
        return chosen

    def to_json(self, patches: int = 3) -> dict[str, Any]:
        """The numbers as plain JSON values."""
        return {
            "scale": self.scale,
            "receptive_field": self.geometry.receptive_field,
            "step": self.geometry.step,
            "first_centre": self.geometry.centre(0),
            "rows": self.scores.shape[0],
            "columns": self.scores.shape[1],
            "mean_score": round(float(self.scores.mean()), 5),
            "mean_realness": round(float(self.realness.mean()), 5),
            "most_fake": [vars(patch) for patch in self.patches(patches, "fake")],
            "most_real": [vars(patch) for patch in self.patches(patches, "real")],
            "scores": [[round(v, 5) for v in row] for row in self.scores.tolist()],
            "realness": [[round(v, 5) for v in row] for row in self.realness.tolist()],
        }


class Critic:
    """A checkpoint's discriminator, ready to judge; it holds no state that a request could change."""

    def __init__(
        self,
        config: ModelConfig,
        discriminator: PatchDiscriminator,
        *,
        scale: ScoreScale | None = None,
        device: str = "auto",
    ):
        if scale is not None and scale not in SCALES:
            raise ConfigError("critic.unknown_scale", scale=scale, known=SCALES)
        self.config = config
        self.scale: ScoreScale = scale or SCALE_OF[config.gan_loss]
        self.geometry = discriminator.spec.geometry
        self.device = pick_device(device)
        self._discriminator = discriminator.to(self.device).eval()

    @classmethod
    def load(cls, model: str | Path, *, scale: ScoreScale | None = None, device: str = "auto") -> Critic:
        """Load a bundled name, a checkpoint or run folder, or ``hf://owner/name[@revision]``.

        Args:
            model: see :func:`pix2pix.zoo.find_model`.
            scale: what the scores mean; by default what the model's GAN loss says.
            device: "auto", "cpu", "cuda", "mps", …

        Raises:
            CheckpointError: no such model, or it is damaged.
            ConfigError: an option that cannot be used here.
        """
        checkpoint = load_checkpoint(find_model(model))
        discriminator = checkpoint.trained_discriminator()
        may_be_called_off(discriminator)
        return cls(checkpoint.config, discriminator, scale=scale, device=device)

    def judge(self, condition: Image.Image, output: Image.Image) -> Judgement:
        """Judge a picture as the answer to an input.

        Drawings and label maps are fitted into the square that the model was trained on, as for
        translating; photos are judged as large as they are.

        Args:
            condition: the generator's input; it is looked at only by a conditional discriminator.
            output: what the generator answered, or a real photo, of the same size.

        Raises:
            ImageError: the sizes differ, or are smaller than the discriminator's layers allow.
            CheckpointError: the scores are not numbers.
        """
        if condition.size != output.size:
            raise ImageError(
                "critic.other_size",
                width=condition.width,
                height=condition.height,
                output_width=output.width,
                output_height=output.height,
            )
        size, box = output.size, (0, 0, *output.size)
        pictures = [to_rgb(condition, self.config.spans[0]), to_rgb(output, self.config.spans[1])]
        if self.config.input != "photo":
            side = self.config.image_size
            fitted, box = fit_input(pictures[0], side, self.config.palette, self.config.aspect)
            pictures = [fitted, letterbox(pictures[1], side, aspect=self.config.aspect)[0]]
        elif self.config.aspect != 1:
            box = (0, 0, *squeezed(size, self.config.aspect))
            pictures = [picture.resize(box[2:], Image.Resampling.LANCZOS) for picture in pictures]
        seen = pictures[0].size
        if not all(self.geometry.cells(side) for side in seen):
            raise ImageError(
                "critic.too_small", width=size[0], height=size[1], patch=self.geometry.receptive_field
            )
        x, y = (to_tensor(picture)[None] for picture in pictures)
        scores = self.scores(x, y)[0, 0]
        if not torch.isfinite(scores).all():
            raise CheckpointError("critic.not_numbers")
        return Judgement(scores, self.scale, self.geometry, seen, box, size)

    @torch.inference_mode()
    def scores(self, condition: Tensor, image: Tensor) -> Tensor:
        """(N, 3, H, W) inputs and answers in [-1, 1] -> (N, 1, h, w) float32 scores on the CPU."""
        condition, image = condition.to(self.device), image.to(self.device)
        return self._discriminator(condition, image).float().cpu()
