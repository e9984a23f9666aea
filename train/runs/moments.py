"""What the discriminator thought of a sheet's pictures, kept beside the sheet, and both read back.

A moment is a sheet ``samples/<step>.jpg`` with the pictures, and ``samples/<step>.safetensors`` with the
scores of the outputs and of the targets. They are kept because no score could be read out of the heatmap on
the sheet, and no other opacity be made of it. A run without a GAN loss has none.

Shapes: N pairs, h and w rows and columns of scores.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from PIL import Image
from safetensors import SafetensorError
from torch import Tensor

from pix2pix.critic import SCALES, Judgement, ScoreScale
from pix2pix.discriminator import DiscriminatorSpec
from pix2pix.errors import ConfigError, RunError
from pix2pix.files import write_with
from pix2pix.images import open_image
from pix2pix.tensors import load_metadata, load_tensors, save_tensors

SUFFIX = ".safetensors"
MOST_BYTES = 512_000  # of a moment's scores: hundreds gather in a long run
ROWS = 4  # of a sheet with scores: input, output, target, and the map


@dataclass(frozen=True)
class Moment:
    """One held-out pair at a step of a run.

    condition, output, target: the pictures, as the sheet keeps them (a JPEG).
    judgements: of the output and of the target.
    """

    step: int
    condition: Image.Image
    output: Image.Image
    target: Image.Image
    judgements: tuple[Judgement, Judgement]


def save_moment(sheet: Path, fake: Tensor, real: Tensor, field: int, scale: ScoreScale) -> Path:
    """Write the scores that go with a sheet, of as many pairs as fit into ``MOST_BYTES``, at least one.

    Args:
        sheet: the sheet's file.
        fake, real: (N, 1, h, w) scores of the outputs and the targets, kept as float16.
        field: the discriminator's receptive field, in pixels.
        scale: what the scores mean.

    Raises:
        OSError: the file cannot be written.
    """
    kept = max(MOST_BYTES // (4 * fake[0].numel()), 1)
    tensors = {
        name: scores[:kept, 0].nan_to_num().clamp(-65504, 65504).half().contiguous()
        for name, scores in (("output", fake), ("target", real))
    }
    told = {"receptive_field": str(field), "scale": scale, "pairs": str(len(fake))}
    path = sheet.with_suffix(SUFFIX)
    write_with(path, lambda temporary: save_tensors(tensors, temporary, told))
    return path


def moments(run: Path) -> list[int]:
    """Steps at which a run's scores were kept, the first one first; empty for what is no such run."""
    try:
        names = {path.name for path in (run / "samples").iterdir()}
    except OSError:
        return []
    steps = [name.removesuffix(SUFFIX) for name in names if re.fullmatch(rf"\d+\{SUFFIX}", name)]
    return sorted(int(step) for step in steps if f"{step}.jpg" in names)


def count_pairs(run: Path, step: int) -> int:
    """How many pairs a moment has scores of; errors as :func:`load_moment`."""
    return len(_read_scores(run, step)[0]["output"])


def load_moment(run: Path, step: int, pair: int) -> Moment:
    """A pair at a step, its pictures cut from the sheet.

    Args:
        run: the run's folder.
        step: one of :func:`moments`.
        pair: its number on the sheet, from 0.

    Raises:
        RunError: there is no such moment or pair, or a file is damaged.
        ImageError: the sheet cannot be read.
    """
    scores, told = _read_scores(run, step)
    if not 0 <= pair < len(scores["output"]):
        raise RunError("run.no_scores_of_pair", pair=pair + 1, step=step)
    sheet = open_image(_sheet(run, step))
    try:
        side, pairs, scale = sheet.height // ROWS, int(told["pairs"]), told["scale"]
        geometry = DiscriminatorSpec(receptive_field=int(told["receptive_field"])).geometry
        left = sheet.width - (pairs - pair) * side
        if scale not in SCALES or left < 0:
            raise ValueError("not the scores of this sheet")
    except (KeyError, ValueError, ConfigError) as error:
        raise _damaged(run, step) from error
    condition, output, target = (
        sheet.crop((left, row * side, left + side, (row + 1) * side)) for row in range(3)
    )
    whole = (0, 0, side, side)
    fake, real = (
        Judgement(scores[name][pair].float(), cast(ScoreScale, scale), geometry, whole[2:], whole, whole[2:])
        for name in ("output", "target")
    )
    return Moment(step, condition, output, target, (fake, real))


def _read_scores(run: Path, step: int) -> tuple[dict[str, Tensor], dict[str, str]]:
    path = _sheet(run, step).with_suffix(SUFFIX)
    try:
        found, told = load_tensors(path), load_metadata(path)
        scores = {name: found[name] for name in ("output", "target")}
    except FileNotFoundError as error:
        raise RunError("run.no_scores_of_step", run=run.name, step=step) from error
    except (SafetensorError, OSError, KeyError) as error:
        raise _damaged(run, step) from error
    shapes = {tensor.shape for tensor in scores.values()}
    if len(shapes) != 1 or scores["output"].ndim != 3 or 0 in scores["output"].shape:
        raise _damaged(run, step)
    return scores, told


def _sheet(run: Path, step: int) -> Path:
    return run / "samples" / f"{step:07d}.jpg"


def _damaged(run: Path, step: int) -> RunError:
    return RunError("run.scores_damaged", step=step, run=run.name)
