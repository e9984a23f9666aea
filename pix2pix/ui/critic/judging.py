"""What the Critic tab asks: a picture is translated and judged, a cell looked up, a run's moment read.

Plain functions of plain values, without Gradio. A judgement is kept by whoever asked for it, so that a click
runs no network; nothing is written to disk.
"""

from __future__ import annotations

import dataclasses
import hashlib
import uuid
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from torch import Tensor

from pix2pix.checkpoint import PREVIEW, ModelConfig
from pix2pix.critic import Judgement, realness
from pix2pix.edges import photo_to_edges
from pix2pix.errors import ImageError, Pix2PixError, RunError
from pix2pix.heatmap import colours
from pix2pix.images import LANCZOS, decode_data_url, letterbox, open_image
from pix2pix.messages import Message
from pix2pix.saving import encode_data_url, encode_image
from pix2pix.ui.settings import Settings
from pix2pix.ui.shared.messages import Choosing, receive
from pix2pix.ui.shared.models import Models
from pix2pix.ui.shared.pictures import at_most
from pix2pix.ui.shared.values import whole_number
from pix2pix.zoo import HUB, find_model
from train.runs.jobs import list_jobs, look
from train.runs.moments import load_moment, moments

SIDE = 512  # longest side of what is judged on the page, in pixels: so that it answers within a second
PATCHES = 3  # of each extreme
BINS = 24
EXAMPLES = 8
NO_PICTURE = Image.new("RGB", (1, 1))


@dataclass(frozen=True)
class Source:
    """What a visitor wants judged.

    condition: the generator's input.
    other: a real photo, or somebody's output, to compare with; of the same size.
    """

    condition: Image.Image
    other: Image.Image | None = None

    def packed(self) -> tuple[bytes, ...]:
        """Their files, without loss: they are kept as long as a visitor's page is open."""
        return tuple(encode_image(picture, "PNG") for picture in (self.condition, self.other) if picture)


@dataclass(frozen=True)
class Case:
    """Pictures and their judgements, as they are on a visitor's screen.

    number: another one for each case, so that a late answer is told from one that still fits.
    subject: the same for the same input, whatever model, seed or moment: a chosen cell stays chosen.
    source: the files of what it was made of, to be judged anew; () for a moment of a run.
    run, step: of a moment; empty for a model.
    moments: that the run had saved then; their steps.
    """

    number: str
    subject: str
    condition: Image.Image
    output: Image.Image
    judged: Judgement
    other: Image.Image | None = None
    real: Judgement | None = None
    source: tuple[bytes, ...] = ()
    kind: str = ""
    run: str = ""
    step: int = 0
    moments: tuple[int, ...] = ()

    @property
    def newest(self) -> bool:
        """Whether this was the last moment of its run when it was read."""
        return bool(self.moments) and self.step == self.moments[-1]


def critic_choices(models: Models) -> list[tuple[str, str]]:
    """(label with the receptive field, model) of all models whose discriminator was trained."""
    choices = []
    for label, model in models.choices():
        if model.startswith(HUB):  # not fetched before someone uses it
            choices.append((label, model))
            continue
        with suppress(Pix2PixError):
            config = models.config(model)
            if config.discriminator is not None and config.gan_loss != "none":
                choices.append((f"{label} ({config.discriminator.receptive_field} px)", model))
    return choices


def example_inputs(models: Models, model: str) -> list[str]:
    """Inputs that a model brings along, cut from the upper row of its preview, as data URLs."""
    config = models.config(model)
    try:
        sheet = open_image(find_model(model or models.settings.model) / PREVIEW)
    except Pix2PixError:
        return []
    side = config.image_size
    if sheet.height != 2 * side or sheet.width % side:
        return []
    lefts = range(0, sheet.width, side)[:EXAMPLES]
    return [encode_data_url(sheet.crop((left, 0, left + side, side))) for left in lefts]


def drawn(url: object, settings: Settings) -> Source:
    """A drawing or another input that the browser sends.

    Args:
        url: a PNG as a data URL.

    Raises:
        ImageError: it is none, or too large.
    """
    side = settings.drawing_side
    return Source(decode_data_url(url, max_bytes=settings.drawing_bytes, max_pixels=side * side))


def uploaded(config: ModelConfig, condition: Image.Image | None, other: Image.Image | None) -> Source:
    """The pictures of an input and of a real photo (or another output).

    For a model of edges or of grey photos the real photo alone will do: its input is made from it. Pictures
    with sides above ``SIDE`` pixels are made smaller.

    Raises:
        ImageError: there is none, the two do not belong together, or an input is needed.
    """
    photo = at_most(other, SIDE) if other else None
    if condition:
        # Labels are not mixed: a mixture of two is a third.
        resample = Image.Resampling.NEAREST if config.input == "labels" else LANCZOS
        picture = at_most(condition, SIDE, resample)
        return Source(picture, _matching(picture, photo) if photo else None)
    if photo is None:
        raise ImageError("page.no_picture")
    if config.input == "edges":
        square = letterbox(photo, config.image_size)[0]
        return Source(photo_to_edges(photo, size=config.image_size), square)
    if config.made == "grey":
        return Source(_grey(photo), photo)
    raise ImageError("page.input_needed", model=config.name, inputs=Message(f"input.{config.taken}"))


def judge(models: Models, model: str, seed: object, source: Source) -> Case:
    """Translate an input and have the same model's discriminator judge the output, and the real photo.

    Args:
        seed: whole number, chooses the noise z.

    Raises:
        Pix2PixError: one sentence: no such model, no such seed, or a picture that cannot be judged.
    """
    number, config = whole_number(seed), models.config(model)
    condition = source.condition
    if config.made == "grey":
        condition = _grey(condition)
    output = models.translator(model).translate(condition, seed=number)
    critic = models.critic(model)
    return Case(
        uuid.uuid4().hex,
        hashlib.sha256(source.condition.tobytes()).hexdigest()[:16],
        condition,
        output,
        critic.judge(condition, output),
        source.other,
        critic.judge(condition, source.other) if source.other else None,
        source.packed(),
        config.input,
    )


def remembered(case: Case) -> Case:
    """A case without its pictures, which the page has by then: what is kept for a visitor's next event."""
    return dataclasses.replace(case, condition=NO_PICTURE, output=NO_PICTURE, other=None)


def runs_with_moments(runs: Path) -> dict[str, Path]:
    """Folders by name of the runs in a folder that kept scores, the one heard of last first."""
    try:
        return {job.name: job.path for job in list_jobs(runs) if moments(job.path)}
    except RunError:
        return {}


def run_moments(runs: Path, name: object) -> tuple[Path, tuple[int, ...]]:
    """A run's folder and the steps of its moments, the first one first.

    Args:
        name: of the run; it may come from anybody, and never leads out of ``runs``.

    Raises:
        RunError: there is no such run, or it has no moments.
    """
    if not isinstance(name, str) or not name:
        raise RunError("page.no_run_chosen")
    run = look(runs, name).path
    steps = tuple(moments(run))
    if not steps:
        raise RunError("page.run_without_scores", run=name)
    return run, steps


def moment_case(runs: Path, name: object, index: int, pair: int) -> Case:
    """A held-out pair at a moment of a run.

    Args:
        index: of the moment, from 0; beyond the last one is the last one.
        pair: on the sheet, from 0.

    Raises:
        Pix2PixError: no such run or pair, or a damaged file.
    """
    run, steps = run_moments(runs, name)
    moment = load_moment(run, steps[min(max(index, 0), len(steps) - 1)], pair)
    fake, real = moment.judgements
    return Case(
        uuid.uuid4().hex,
        f"{name}/{pair}",
        moment.condition,
        moment.output,
        fake,
        moment.target,
        real,
        run=str(name),
        step=moment.step,
        moments=steps,
    )


def case_view(case: Case) -> dict[str, Any]:
    """All that the page shows of a case, as JSON values; pictures are data URLs."""
    judged = case.judged
    both = [judged, *([case.real] if case.real else [])]
    bins = _bins(both)
    rows, columns = judged.scores.shape
    first = judged.patches(1, "fake")
    middle = (rows // 2, columns // 2)
    return {
        "number": case.number,
        "subject": case.subject,
        "run": case.run,
        "step": case.step,
        "scale": judged.scale,
        "field": judged.geometry.receptive_field,
        "seen": judged.seen,
        "stride": judged.geometry.step,
        "rows": rows,
        "columns": columns,
        "input": encode_data_url(case.condition),
        "made": _picture_view(case.output, judged, bins),
        "real": _picture_view(case.other, case.real, bins) if case.other and case.real else None,
        "bins": {"low": bins[0], "high": bins[1], "colours": _bin_colours(judged, bins)},
        "cell": cell_view(case, *((first[0].row, first[0].column) if first else middle)),
    }


def cell_view(case: Case, row: int, column: int) -> dict[str, Any]:
    """One cell in both pictures; a row or column beyond the map takes the outermost one."""
    rows, columns = case.judged.scores.shape
    row, column = min(max(row, 0), rows - 1), min(max(column, 0), columns - 1)
    return {
        "number": case.number,
        "row": row,
        "column": column,
        "centre": case.judged.centre(row, column),
        "made": vars(case.judged.patch(row, column)),
        "real": vars(case.real.patch(row, column)) if case.real else None,
    }


def chosen_cell(case: Case, request: object) -> dict[str, Any] | None:
    """The cell that a click or two fields name.

    Args:
        request: a :class:`Choosing` as JSON.

    Returns:
        :func:`cell_view` and the request's number ``asked``; None where the request names no cell, or
        belongs to an older case.
    """
    asked = receive(Choosing, request)
    if asked.number != case.number:
        return None
    if asked.x is not None and asked.y is not None:
        row, column = case.judged.cell_at(asked.x, asked.y)
    elif asked.row is not None and asked.column is not None:
        row, column = round(asked.row), round(asked.column)
    else:
        return None
    return {**cell_view(case, row, column), "asked": asked.asked}


def _picture_view(picture: Image.Image, judgement: Judgement, bins: tuple[float, float]) -> dict[str, Any]:
    counts = torch.histc(judgement.scores.flatten(), BINS, *bins)
    return {
        "width": picture.width,
        "height": picture.height,
        "picture": encode_data_url(picture),
        "heat": _heat(judgement),
        "contrast": _heat(dataclasses.replace(judgement, scale="relative")),
        "score": float(judgement.scores.mean()),
        "realness": float(judgement.realness.mean()),
        "shares": [round(share, 5) for share in (counts / counts.sum().clamp_min(1)).tolist()],
        "fake": [vars(patch) for patch in judgement.patches(PATCHES, "fake")],
        "most_real": [vars(patch) for patch in judgement.patches(PATCHES, "real")],
    }


def _heat(judgement: Judgement) -> str:
    return encode_data_url(Image.fromarray(colours(judgement.map()).round().to(torch.uint8).numpy()))


def _bins(judgements: list[Judgement]) -> tuple[float, float]:
    """The lowest and highest score of all; a little apart where they are one."""
    low = min(float(judgement.scores.min()) for judgement in judgements)
    high = max(float(judgement.scores.max()) for judgement in judgements)
    return (low, high) if high - low > 1e-6 else (low - 0.5, high + 0.5)


def _bin_colours(judgement: Judgement, bins: tuple[float, float]) -> list[str]:
    """The colour of each bin's middle; none where a score's colour depends on the rest of its picture."""
    if judgement.scale == "relative":
        return []
    width = (bins[1] - bins[0]) / BINS
    middles: Tensor = bins[0] + width * (torch.arange(BINS) + 0.5)
    rgb = colours(realness(middles, judgement.scale)).round().int().tolist()
    return [f"rgb({red} {green} {blue})" for red, green, blue in rgb]


def _matching(condition: Image.Image, other: Image.Image) -> Image.Image:
    """The other picture in the input's size; only one of nearly the same shape can be its answer."""
    stretch = (other.width * condition.height) / (other.height * condition.width)
    if not 0.97 < stretch < 1.03:
        raise ImageError(
            "page.other_shape",
            width=condition.width,
            height=condition.height,
            other_width=other.width,
            other_height=other.height,
        )
    return other.resize(condition.size, LANCZOS, reducing_gap=3.0)


def _grey(image: Image.Image) -> Image.Image:
    return image.convert("L").convert("RGB")
