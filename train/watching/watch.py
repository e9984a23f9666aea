"""Watching a run: sample sheets of held-out pairs, and what is told about them and the losses.

Shapes: N pairs, H height, W width, h and w rows and columns of scores.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from functools import cached_property

import torch
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

from pix2pix.critic import SCALE_OF, ScoreScale, realness, spread
from pix2pix.discriminator import PatchGeometry
from pix2pix.heatmap import overlay
from pix2pix.images import to_image
from train.data.pairs import Pairs, to_float, validation_batch
from train.engine.trainer import Trainer
from train.events import Diagnosis, Event, Preview, Step
from train.measures.evaluate import generate
from train.measures.metrics import sharpness_db
from train.runs.run import RunFolder
from train.watching.diagnosis import Diagnostician, Look

SHEET_PAIRS, SHEET_WIDTH = 8, 2048  # most pairs on a sheet, most pixels side by side
KNOWN_PAIRS = 4  # training pairs beside them: a sheet's time is taken from training
ROWS: tuple[str, ...] = ("input", "output", "target", "critic")
FONT_SIZE = 11


class Watcher:
    """Looks at a training from outside; it changes neither weights nor the random state."""

    def __init__(self, trainer: Trainer, pairs: Pairs, run: RunFolder):
        self.trainer, self.run = trainer, run
        config = trainer.config
        self.scale: ScoreScale = SCALE_OF[config.gan_loss]
        fresh = trainer.step == 0 and not config.start
        self.diagnostician = Diagnostician(config, self.scale, fresh)
        self._quarters = trainer.progress < config.quarters
        self.pairs, self.count = pairs, min(max(SHEET_WIDTH // config.image_size, 2), SHEET_PAIRS)
        self.held = validation_batch((pairs.val or pairs.train)[: self.count], config)

    def step(self, event: Step) -> Iterator[Event]:
        """The event, and what its losses tell."""
        yield event
        if self._quarters and event.progress >= self.trainer.config.quarters:
            self._quarters = False
            self.diagnostician.forget_losses()
        yield from self._tell(self.diagnostician.losses(event.step, event.losses))

    def preview(self) -> Iterator[Event]:
        """Write ``samples/<step>.jpg``, its scores and its sharpness, and tell what is seen on it."""
        look = self.look()
        sheet = draw_sheet(look, self.trainer.discriminator.spec.geometry, self.scale)
        path = self.run.save_sample(look.step, sheet)
        if look.fake is not None and look.real is not None:
            field = self.trainer.discriminator.spec.receptive_field
            self.run.save_scores(path, look.fake, look.real, field, self.scale)
        sharpness = 10 ** (float(sharpness_db(look.output.nan_to_num(), look.target).mean()) / 10)
        self.run.log({"seconds": round(self.trainer.seconds, 2), "step": look.step, "sharpness": sharpness})
        yield Preview(look.step, path)
        yield from self._tell(self.diagnostician.outputs(look))

    @cached_property
    def known(self) -> tuple[Tensor, Tensor] | None:
        """Some training pairs, to see whether the model overfits them."""
        if not self.pairs.val:
            return None
        return validation_batch(self.pairs.train[:KNOWN_PAIRS], self.trainer.config)

    def look(self) -> Look:
        """What the averaged generator and the discriminator make of the held-out pairs now."""
        condition, target = (to_float(x) for x in self.held)
        output = self._translate(condition)
        held_l1 = known_l1 = None
        if self.known is not None:
            held_l1 = float((output - target).abs().mean())
            known, wanted = (to_float(x) for x in self.known)
            known_l1 = float((self._translate(known) - wanted).abs().mean())
        fake = real = None
        if self.trainer.config.gan_loss != "none":  # else the discriminator is untrained
            fake, real = self._scores(condition, output), self._scores(condition, target)
        return Look(self.trainer.step, condition, target, output, fake, real, held_l1, known_l1)

    def _translate(self, condition: Tensor) -> Tensor:
        return generate(self.trainer.average, condition, self.trainer.config, self.trainer.dtype)

    @torch.no_grad()
    def _scores(self, condition: Tensor, image: Tensor) -> Tensor:
        """(N, 1, h, w), an image at a time: the sheet must not need more memory than training does."""
        network, device = self.trainer.discriminator, self.trainer.device
        was_training = network.training
        network.eval()
        scores = [
            network(x.to(device), y.to(device)).float().cpu()
            for x, y in zip(condition.split(1), image.split(1), strict=True)
        ]
        network.train(was_training)
        return torch.cat(scores)

    def _tell(self, diagnoses: Iterable[Diagnosis]) -> Iterator[Diagnosis]:
        """Pass on what is new, after it was written into the run's folder."""
        for diagnosis in diagnoses:
            others = [d for d in self.run.diagnoses if d["kind"] != diagnosis.kind]
            told = dataclasses.asdict(diagnosis)
            self.run.diagnoses = others if diagnosis.cleared else [*others, told]
            self.run.log(
                {"seconds": round(self.trainer.seconds, 2), "step": told.pop("step"), "diagnosis": told}
            )
            self.run.set_status("running", step=diagnosis.step, progress=self.trainer.progress)
            yield diagnosis


def draw_sheet(look: Look, geometry: PatchGeometry, scale: ScoreScale) -> Image.Image:
    """One column a pair; rows: input, output, target, and with a critic its map over the output."""
    count, _, height, width = look.output.shape
    names, maps = ROWS[:3], None
    if look.fake is not None:
        names, maps = ROWS, spread(realness(look.fake[:, 0], scale), geometry, height, width).nan_to_num()
    font = ImageFont.load_default(FONT_SIZE)
    left = max(int(font.getlength(name)) for name in ROWS) + 8
    sheet = Image.new("RGB", (left + count * width, len(names) * height), "white")
    draw = ImageDraw.Draw(sheet)
    for row, name in enumerate(names):
        draw.text((left / 2, (row + 0.5) * height), name, fill="black", font=font, anchor="mm")
    for column in range(count):
        output = to_image(look.output[column].nan_to_num())  # the next step's loss tells of NaN
        pictures = [to_image(look.condition[column]), output, to_image(look.target[column])]
        if maps is not None:
            pictures.append(overlay(output, maps[column]))
        for row, picture in enumerate(pictures):
            sheet.paste(picture, (left + column * width, row * height))
    return sheet
