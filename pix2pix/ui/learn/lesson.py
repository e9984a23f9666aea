"""What the Learn tab computes: pictures, scores and spectra of the small models, for one request at a time.

Plain functions of plain values, without Gradio. An input is a building drawn from its number, or labels that
the visitor sends along with every request: nothing of a visitor is kept here.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeGuard

import torch
from PIL import Image

from pix2pix.checkpoint import ModelConfig
from pix2pix.critic import Critic, Judgement
from pix2pix.errors import CheckpointError, ConfigError, Pix2PixError
from pix2pix.facade import CMP, draw_facade
from pix2pix.heatmap import overlay
from pix2pix.images import decode_data_url, letterbox, open_image, to_image, to_tensor
from pix2pix.palette import fit_input
from pix2pix.saving import encode_data_url
from pix2pix.spectrum import band, detail_db, radial_spectrum
from pix2pix.translator import Translator
from pix2pix.ui.server.language import told
from pix2pix.ui.shared.messages import (
    TOPICS,
    Bands,
    Cell,
    File,
    Input,
    Noise,
    Outputs,
    Question,
    number_of,
    receive,
)
from pix2pix.ui.shared.models import Models
from pix2pix.ui.shared.values import file_bytes

SIDE = 128  # of the small models' pictures, and of the labels that are drawn for them
PICTURE_SIDE = 256  # of the visitor's own picture in the chapter on frequencies
ABLATIONS = (
    "l1",
    "l2",
    "cgan",
    "l1_cgan",
    "l1_cgan_no_skips",
    "l1_gan",
    "patch_1",
    "patch_16",
    "patch_286",
)
FIELDS = {1: "patch_1", 16: "patch_16", 70: "l1_cgan", 286: "patch_286"}
COLUMNS = ("l1", "ssim", "spectrum", "sharpness", "kernel")
# What the paper says of its models: the number, the model where it is smaller, and where it is larger.
CLAIMS = (
    ("l1_softer", "sharpness", "l1", "l1_cgan"),
    ("spectrum_nearer", "spectrum", "l1_cgan", "l1"),
    ("l2_softer", "sharpness", "l2", "l1"),
    ("cgan_farther", "l1", "l1_cgan", "cgan"),
    ("skips_cgan", "l1", "l1_cgan", "l1_cgan_no_skips"),
    ("cgan_kernel", "kernel", "l1_cgan", "l1"),
    ("condition_kernel", "kernel", "l1_cgan", "l1_gan"),
    ("patch_1_softer", "sharpness", "patch_1", "l1_cgan"),
    ("patch_16_kernel", "kernel", "l1_cgan", "patch_16"),
    ("patch_1_kernel", "kernel", "l1_cgan", "patch_1"),
    ("patch_286_kernel", "kernel", "l1_cgan", "patch_286"),
)
DIFFERENCE_GAIN = 4  # how many times larger the difference of two versions is shown
Answer = dict[str, Any]


class MissingModel(CheckpointError):
    """A small model is not on this machine."""


@dataclass(frozen=True)
class Building:
    """An input of the small models, SIDE x SIDE labels, and one that does not belong to its answers."""

    labels: Image.Image
    other: Image.Image


class Lesson:
    """Answers the Learn tab's requests."""

    def __init__(self, models: Models) -> None:
        self.models = models
        self._topics: dict[str, Callable[[Any], Answer]] = {
            "building": self._show,
            "labels": self._read_labels,
            "picture": self._read_picture,
            "condition": self._condition,
            "outputs": self._outputs,
            "bands": self._bands,
            "cell": self._cell,
            "noise": self._noise,
            "numbers": self._numbers,
        }

    def answer(self, request: object) -> Answer:
        """One request in, its answer or a sentence out.

        Args:
            request: a :class:`Question` and the topic's own message as JSON; anything else is answered too.

        Returns:
            ``{"number", "topic", "error"}`` and what the topic gives; ``error`` is the sentence about
            whatever went wrong.
        """
        topic = receive(Question, request).topic
        answer: Answer = {"number": number_of(request), "topic": topic, "error": None}
        try:
            if topic not in TOPICS:
                raise ConfigError("page.unknown_question")
            return answer | self._topics[topic](receive(TOPICS[topic], request))
        except Pix2PixError as error:
            return answer | {"error": told(error)}

    # ---- inputs --------------------------------------------------------------------------------------

    def building(self, asked: Input) -> Building:
        """The input that a message names: its ``labels``, a PNG as a data URL, or else its ``building``."""
        if asked.labels is not None:
            sent = decode_data_url(asked.labels, max_pixels=SIDE * SIDE)
            return Building(fit_input(sent, SIDE, CMP)[0], draw_facade(0, SIDE))
        return Building(draw_facade(asked.building, SIDE), draw_facade(asked.building + 1, SIDE))

    def _show(self, asked: Input) -> Answer:
        return {"labels": encode_data_url(self.building(asked).labels)}

    def _read_labels(self, asked: File) -> Answer:
        """A file of labels, as SIDE x SIDE pixels in exactly the twelve colours."""
        image = open_image(file_bytes(asked.file, self.models.settings.inline_bytes))
        image.thumbnail((4 * SIDE, 4 * SIDE), Image.Resampling.NEAREST)  # snapping looks at every pixel
        return {"labels": encode_data_url(fit_input(image, SIDE, CMP)[0])}

    def _read_picture(self, asked: File) -> Answer:
        """Any picture file, its middle square."""
        image = open_image(file_bytes(asked.file, self.models.settings.inline_bytes))
        return {"picture": encode_data_url(middle_square(image, PICTURE_SIDE))}

    # ---- models --------------------------------------------------------------------------------------

    def _translator(self, name: str) -> Translator:
        return self._present(name, self.models.translator)

    def _critic(self, name: str) -> Critic:
        return self._present(name, self.models.critic)

    def _config(self, name: str) -> ModelConfig:
        return self._present(name, self.models.config)

    def _present(self, name: str, load: Callable[[str], Any]) -> Any:
        if name not in ABLATIONS:
            raise ConfigError("page.no_such_small_model")
        model = self.models.ablation(name)
        try:
            return load(model)
        except CheckpointError as error:
            if self.models.stamp(model) is not None:
                raise
            raise MissingModel("page.small_model_missing", model=name) from error

    # ---- topics --------------------------------------------------------------------------------------

    def _condition(self, asked: Input) -> Answer:
        """Each critic's opinion of its own generator's answer, with the right input and with another."""
        building = self.building(asked)
        critics = {}
        for name in ("l1_cgan", "l1_gan"):
            output = self._translator(name).translate(building.labels)
            critic = self._critic(name)
            judged = {
                pair: critic.judge(labels, output)
                for pair, labels in (("right", building.labels), ("wrong", building.other))
            }
            critics[name] = {
                "output": encode_data_url(output),
                **{pair: _opinion(judgement, output) for pair, judgement in judged.items()},
            }
        pictures = {"right": building.labels, "wrong": building.other}
        return {"critics": critics, "labels": {k: encode_data_url(v) for k, v in pictures.items()}}

    def _outputs(self, asked: Outputs) -> Answer:
        """What each of the named models makes of a building, and its spectrum."""
        labels = self.building(asked).labels
        outputs = {}
        for name in asked.models:
            picture = self._translator(name).translate(labels)
            outputs[name] = {"picture": encode_data_url(picture), **_spectrum(picture)}
        return {"outputs": outputs}

    def _bands(self, asked: Bands) -> Answer:
        """A picture's waves between two frequencies, the others, and its spectrum."""
        if asked.picture is not None:
            picture = decode_data_url(asked.picture, max_pixels=PICTURE_SIDE**2)
        else:
            picture = self.building(asked).labels
        pixels = to_tensor(picture)
        kept = band(pixels[None], asked.low, asked.high)[0]
        pictures = {"picture": picture, "kept": to_image(kept), "rest": to_image(pixels - kept)}
        return {**{name: encode_data_url(p) for name, p in pictures.items()}, **_spectrum(picture)}

    def _cell(self, asked: Cell) -> Answer:
        """One cell of a critic: what it sees of the L1+cGAN model's answer, and what it says."""
        if asked.field not in FIELDS:
            raise ConfigError("page.bad_patch", sizes=FIELDS)
        labels = self.building(asked).labels
        output = self._translator("l1_cgan").translate(labels)
        judgement = self._critic(FIELDS[asked.field]).judge(labels, output)
        rows, columns = judgement.scores.shape
        row, column = rows // 2, columns // 2
        if asked.x is not None and asked.y is not None:
            row, column = judgement.cell_at(asked.x, asked.y)
        return {
            "picture": encode_data_url(output),
            "map": encode_data_url(overlay(output, judgement.map())),
            "side": output.width,
            "field": judgement.geometry.receptive_field,
            "first": judgement.geometry.centre(0),
            "step": judgement.geometry.step,
            "rows": rows,
            "columns": columns,
            "row": row,
            "column": column,
            "box": judgement.patch_box(row, column),
            "realness": float(judgement.realness[row, column]),
            "mean": float(judgement.realness.mean()),
        }

    def _noise(self, asked: Noise) -> Answer:
        """The same input with two seeds, and where the two answers differ."""
        translator, labels = self._translator(asked.model), self.building(asked).labels
        first, second = (translator.translate(labels, seed=seed) for seed in (asked.first, asked.second))
        apart = (to_tensor(first) - to_tensor(second)).abs() * 127.5  # in levels of 255
        shown = to_image((apart * DIFFERENCE_GAIN / 127.5 - 1).clamp(-1, 1))
        return {
            "first": encode_data_url(first),
            "second": encode_data_url(second),
            "difference": encode_data_url(shown),
            "gain": DIFFERENCE_GAIN,
            "mean": float(apart.mean()),
            "most": float(apart.max()),
        }

    def _numbers(self, asked: Question) -> Answer:
        """The models' own metrics, and which of the paper's claims they bear out.

        Returns:
            ``columns``: those that any model has; ``rows``: ``{"model", one number a column}``; ``claims``:
            ``{"claim", "number", "smaller", "larger", "low", "high", "agrees"}`` where both models have the
            number; ``pairs``: how many were measured.

        Raises:
            MissingModel: none of the models is here.
        """
        metrics, pairs, missing = {}, 0, None
        for name in ABLATIONS:
            try:
                measured = self._config(name).metrics
            except MissingModel as error:
                missing = missing or error
                continue
            metrics[name] = {k: v for k, v in measured.get("model", {}).items() if _is_number(v)}
            pairs = max(pairs, measured.get("pairs", {}).get("count", 0))
        if not metrics and missing:
            raise missing
        columns = [column for column in COLUMNS if any(column in row for row in metrics.values())]
        rows = [{"model": n, **{c: row.get(c) for c in columns}} for n, row in metrics.items()]
        return {"columns": columns, "rows": rows, "claims": verdicts(metrics), "pairs": pairs}


def verdicts(metrics: dict[str, dict[str, float]]) -> list[Answer]:
    """What becomes of the paper's claims that the numbers at hand can say something about."""
    found = []
    for claim, number, smaller, larger in CLAIMS:
        low, high = metrics.get(smaller, {}).get(number), metrics.get(larger, {}).get(number)
        if low is not None and high is not None:
            values = {"number": number, "smaller": smaller, "larger": larger, "low": low, "high": high}
            found.append({"claim": claim, **values, "agrees": low <= high})
    return found


def middle_square(image: Image.Image, side: int) -> Image.Image:
    """The largest square in the middle of a picture, as side x side pixels."""
    edge = min(image.size)
    left, top = (image.width - edge) // 2, (image.height - edge) // 2
    return letterbox(image.crop((left, top, left + edge, top + edge)), side)[0]


def _opinion(judgement: Judgement, output: Image.Image) -> Answer:
    return {
        "realness": float(judgement.realness.mean()),
        "score": float(judgement.scores.mean()),
        "map": encode_data_url(overlay(output, judgement.map())),
    }


def _spectrum(picture: Image.Image) -> Answer:
    """The radial spectrum as ``[[cycles a pixel, dB], …]`` and the energy of fine detail in dB."""
    pixels = to_tensor(picture)[None]
    levels = radial_spectrum(pixels)[0]
    frequencies = torch.arange(1, len(levels) + 1) / min(picture.size)
    points = torch.stack([frequencies.double(), levels], 1)
    return {
        "spectrum": [[round(f, 5), round(level, 2)] for f, level in points.tolist()],
        "detail": float(detail_db(pixels)),
    }


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
