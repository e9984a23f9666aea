"""What goes wrong in a training, in plain words: rules over the losses and over the sheets' outputs.

Shapes: N pairs, H height, W width, h and w rows and columns of scores; pictures are in [-1, 1].
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import get_args

import torch
from torch import Tensor

from pix2pix.critic import ScoreScale
from pix2pix.messages import Message
from train.config import TrainConfig
from train.events import Diagnosis, DiagnosisKind

EVERY = 10  # steps between two looks at the losses; the mean of these steps is what is looked at
MEMORY = 5  # such means in the running average: about the last fifty steps
FIRST, LATER = 30, 150  # steps whose average is the start, and from which on losses are compared with it
# Steps for which a condition lasts before it is said; 100 for others.
PATIENCE = {"discriminator_won": 200, "discriminator_lost": 400, "colourless": 400}
EARLY = 200  # steps before which the outputs of any training may be flat and all the same
# Changes from the start within which a loss has not moved; L1 and L2 differ most from pair to pair.
STILL = {"d": 0.02, "gan": 0.03, "l1": 0.08, "l2": 0.16}

# (d, gan) where the discriminator tells nothing, and where it is sure of nearly every patch, by what the
# scores mean.
CHANCE: dict[ScoreScale, tuple[float, float]] = {"logit": (math.log(2), math.log(2)), "unit": (0.25, 0.25)}
WON: dict[ScoreScale, tuple[float, float]] = {"logit": (0.02, 5.0), "unit": (0.004, 0.9)}


@dataclass(frozen=True)
class Look:
    """Held-out pairs and what both networks make of them at one step.

    condition, target, output: (N, 3, H, W).
    fake, real: (N, 1, h, w) scores of the outputs and of the targets; None without a GAN loss.
    held_l1, known_l1: mean L1 on these pairs, and on some of the training set, both without
        augmentation; None when nothing is held out.
    """

    step: int
    condition: Tensor
    target: Tensor
    output: Tensor
    fake: Tensor | None
    real: Tensor | None
    held_l1: float | None = None
    known_l1: float | None = None


class _Sign:
    """Whether a condition lasts: said once when it has, and again only after it was gone for as long."""

    def __init__(self, patience: int):
        self.patience = patience
        self.said = False
        self._since: int | None = None

    def update(self, step: int, present: bool, absent: bool) -> bool:
        """Note what is seen at a step; True when what is said changes.

        Between present and absent lies a band where neither counts, so that a value at the limit
        does not make the same sentence come and go.
        """
        if not (absent if self.said else present):
            self._since = None
            return False
        if self._since is None:  # seen once is never enough
            self._since = step
            return False
        if step - self._since < self.patience:
            return False
        self.said, self._since = not self.said, None
        return True


class Diagnostician:
    """Watches one training. Every kind of trouble is told at most once until it has cleared."""

    def __init__(self, config: TrainConfig, scale: ScoreScale, fresh: bool = True):
        """A watcher of a run by ``config`` whose discriminator gives scores of ``scale``.

        Args:
            fresh: the run starts from random weights, so that losses which never fall mean something.
        """
        self._config, self._scale, self._fresh = config, scale, fresh
        self._signs = {kind: _Sign(PATIENCE.get(kind, 100)) for kind in get_args(DiagnosisKind)}
        self._next: int | None = None
        self._mean: dict[str, float] = {}
        self._start: dict[str, float] = {}
        self._best = math.inf
        self._best_held = math.inf
        self._told_apart = True

    @property
    def active(self) -> list[DiagnosisKind]:
        """What is wrong now, as far as it was told."""
        return [kind for kind, sign in self._signs.items() if sign.said]

    def _judge(
        self, kind: DiagnosisKind, at: int, present: bool, absent: bool, **values: object
    ) -> Iterator[Diagnosis]:
        sign = self._signs[kind]
        if sign.update(at, present, absent):
            message = Message(f"diagnosis.{kind}", **values) if sign.said else Message("")
            yield Diagnosis(at, kind, message, cleared=not sign.said)

    # ---- losses -------------------------------------------------------------------------------------

    def losses(self, step: int, losses: Mapping[str, float]) -> Iterator[Diagnosis]:
        """Look at the means of the last steps' losses ("d", "gan" and "l1", any may be missing).

        A mean grows for ``EVERY`` steps, from a run's or a resumed run's first one, and begins anew: only
        complete ones are looked at, for a single picture's loss says little.
        """
        if self._next is None:
            self._next = step + EVERY - 1
        if step < self._next:
            return
        self._next = step + EVERY
        for name, value in losses.items():
            self._mean[name] = self._mean.get(name, value) + (value - self._mean.get(name, value)) / MEMORY
        if step <= FIRST:
            self._start = dict(self._mean)
        yield from self._balance(step)
        yield from self._movement(step)

    def forget_losses(self) -> None:
        """What is shown from now on is harder or easier: losses of before are no measure of those to come."""
        self._mean, self._best = {}, math.inf

    def _balance(self, step: int) -> Iterator[Diagnosis]:
        d, gan = self._mean.get("d"), self._mean.get("gan")
        if d is None or gan is None:
            return
        low, high = WON[self._scale]
        yield from self._judge("discriminator_won", step, d < low and gan > high, d > 3 * low)
        chance_d, chance_g = CHANCE[self._scale]
        off = max(abs(d / chance_d - 1), abs(gan / chance_g - 1) / 4)
        wrong = self._mean.get("l1", 1.0) > 0.05  # coin guesses are all that is left of perfect outputs
        still = off < 0.03 and not self._told_apart and wrong
        moving = "not_moving" not in self.active  # else it is said already, with the better cause
        yield from self._judge("discriminator_lost", step, still and moving, off > 0.06)

    def _movement(self, step: int) -> Iterator[Diagnosis]:
        if self._fresh and step > LATER:
            known = [k for k in STILL if self._start.get(k)]
            moved = max((abs(self._mean[k] / self._start[k] - 1) / STILL[k] for k in known), default=math.inf)
            yield from self._judge("not_moving", step, moved < 1, moved > 2, step=step)
        name = self._config.reconstruction
        now = self._mean.get(name)
        if now is None or self._config.lambda_l1 < 10:  # with less weight the GAN term may well raise it
            return
        self._best = min(self._best, now)
        # Where the critics have much weight, a healthy loss wanders by a third from picture to picture.
        worse = now - self._best
        yield from self._judge(
            "learning_rate_too_high",
            step,
            worse > max(0.7 * self._best, 0.1),
            worse < max(0.4 * self._best, 0.05),
            best=self._best,
            now=now,
            name=name.upper(),
        )

    # ---- outputs ------------------------------------------------------------------------------------

    def outputs(self, look: Look) -> Iterator[Diagnosis]:
        """Look at a sheet's outputs."""
        step = look.step
        if look.real is not None and look.fake is not None:
            self._told_apart = abs(separation(look.real, look.fake) - 0.5) > 0.1
        if step < EARLY:
            return
        detail, wanted = contrast(look.output), contrast(look.target)
        flat = detail / max(wanted, 1e-6) if wanted > 0.05 else 1.0
        colour = colour_name(look.output.mean(dim=(0, 2, 3)))
        yield from self._judge("flat", step, flat < 0.15, flat > 0.25, colour=colour)
        yield from self._response(look, flat < 0.25)
        yield from self._colour(look, flat < 0.25)
        yield from self._pattern(look)
        yield from self._memory(look)

    def _response(self, look: Look, flat: bool) -> Iterator[Diagnosis]:
        asked, wanted, given = (differences(x) for x in (look.condition, look.target, look.output))
        if asked < 0.01 or wanted < 0.02:  # one pair, or pairs that are the same
            return
        response = given / wanted
        yield from self._judge("ignores_input", look.step, response < 0.1 and not flat, response > 0.2)

    def _colour(self, look: Look, flat: bool) -> Iterator[Diagnosis]:
        wanted, given = colourfulness(look.target), colourfulness(look.output)
        share = given / wanted if wanted > 0.1 else 1.0
        yield from self._judge("colourless", look.step, share < 0.07 and not flat, share > 0.12)

    def _pattern(self, look: Look) -> Iterator[Diagnosis]:
        found = {period: checkerboard(look.output, period) for period in (2, 4)}
        natural = {period: checkerboard(look.target, period) for period in (2, 4)}
        excess = {period: found[period] - 2 * natural[period] for period in found}
        period = max(excess, key=lambda p: excess[p])
        yield from self._judge(
            "checkerboard", look.step, excess[period] > 0.03, excess[period] < 0.02, period=period
        )

    def _memory(self, look: Look) -> Iterator[Diagnosis]:
        held, known = look.held_l1, look.known_l1
        if held is None or known is None:
            return
        self._best_held = min(self._best_held, held)
        ratio = held / max(known, 1e-6)
        worse = held > 1.03 * self._best_held
        present = (ratio > 2 and worse) or ratio > 4
        yield from self._judge("overfitting", look.step, present, ratio < 1.7, ratio=ratio)


# ---- measures ---------------------------------------------------------------------------------------


def separation(real: Tensor, fake: Tensor) -> float:
    """Probability that a real patch scores higher than a fake one (the area under the ROC curve).

    0.5 is chance, 1 a perfect critic; it does not depend on what the scores mean.
    """
    scores = torch.cat([fake.flatten(), real.flatten()]).double()
    _, place, counts = torch.unique(scores, return_inverse=True, return_counts=True)
    ranks = (counts.cumsum(0) - (counts - 1) / 2)[place]  # ties share their mean rank
    n, m = fake.numel(), real.numel()
    return float((ranks[n:].sum() - m * (m + 1) / 2) / (n * m))


def contrast(images: Tensor) -> float:
    """Mean standard deviation over an image and channel; 0 for flat ones, at most 1."""
    return float(images.std(dim=(2, 3), correction=0).mean())


def colourfulness(images: Tensor) -> float:
    """Mean difference between the strongest and the weakest channel of a pixel, 0 to 2."""
    return float((images.amax(1) - images.amin(1)).mean())


def differences(images: Tensor) -> float:
    """Mean absolute difference between two images of a batch; 0 when there is but one."""
    count = len(images)
    gaps = [float((images[i] - images[(i + 1) % count]).abs().mean()) for i in range(count)]
    return sum(gaps) / count


def checkerboard(images: Tensor, period: int) -> float:
    """Amplitude of a pattern that repeats every ``period`` pixels, beyond its neighbours in frequency.

    Transposed convolutions leave such patterns of 2, 4, ... pixels (Odena et al. 2016); 2 is black against
    white. Both directions are looked at, and the larger amplitude is given.
    """
    grey = images.float().mean(1)
    found = 0.0
    for axis in (1, 2):
        size = images.shape[axis + 1]
        peak = size // period
        if size % period or peak < 8:
            continue
        window = torch.hann_window(size, periodic=True)  # an image's two borders do not meet
        lines = grey if axis == 2 else grey.transpose(1, 2)
        spectrum = torch.fft.rfft((lines - lines.mean(2, keepdim=True)) * window).abs()
        # A line's amplitude: the window halves it, and all but the highest frequency have a mirror image.
        power = (spectrum * (2 if period == 2 else 4) / size).square().mean(dim=(0, 1))
        near = [power[k] for k in range(peak - 6, peak + 7) if abs(k - peak) > 1 and k < len(power)]
        floor = torch.stack(near).mean()
        found = max(found, float((power[peak] - 2 * floor).clamp_min(0).sqrt()))
    return found


def colour_name(rgb: Tensor) -> Message:
    """A word for (3,) channels in [-1, 1] where there is a plain one, or their hexadecimal code."""
    values = ((rgb + 1) * 127.5).round().clamp(0, 255).int().tolist()
    if max(values) - min(values) < 24:
        mean = sum(values) / 3
        return Message("word.black" if mean < 30 else "word.white" if mean > 225 else "word.grey")
    return Message("#" + "".join(f"{v:02x}" for v in values))
