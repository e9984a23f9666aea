"""Each kind of trouble is brought about in a real (tiny) training, and a healthy one is left in peace."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from support import assert_one_sentence, noise_picture, shape_pair, side_by_side, tiny_generator, train_config
from torch import Tensor

from pix2pix.critic import SCALE_OF
from pix2pix.messages import Message
from train.config import TrainConfig
from train.data.pairs import find_pairs, training_batches
from train.engine.trainer import Trainer
from train.events import Diagnosis, DiagnosisKind
from train.loop import settle_input
from train.runs.run import RunFolder
from train.watching.diagnosis import (
    EVERY,
    Diagnostician,
    Look,
    checkerboard,
    colour_name,
    contrast,
    differences,
    separation,
)
from train.watching.watch import Watcher

PLAIN: dict[str, Any] = {
    "image_size": 16,
    "load_size": 16,
    "mirror": False,
    "redraw": 0.0,
    "shrink": 0.0,
    "recolour": 0.0,
    "colour_hints": 0.0,
    "learning_rate": 2e-3,
    "decay_from": 1.0,
    "ema": 0.9,
}
Pair = Callable[[int], tuple[Image.Image, Image.Image]]


def solid_pair(seed: int) -> tuple[Image.Image, Image.Image]:
    """Edges, and the shape filled with a colour that follows from where it is."""
    edges, photo = shape_pair(seed, 16)
    inside = np.asarray(photo).min(axis=2) < 250
    ys, xs = np.nonzero(inside)
    colour = (220, 20 + 20 * int(xs.min()), 20 + 20 * (15 - int(ys.max())))
    pixels = np.where(inside[..., None], np.array(colour), 255).astype(np.uint8)
    return edges, Image.fromarray(pixels)


def noise_pair(seed: int) -> tuple[Image.Image, Image.Image]:
    """Edges, and noise that has nothing to do with them."""
    return shape_pair(seed, 16)[0], noise_picture(16, 16, seed)


class Training:
    """A real training, step by step, with a sheet looked at every 50 steps."""

    def __init__(self, folder: Path, pair: Pair = solid_pair, pairs: int = 16, **changes: Any):
        for part, first, count in (("train", 0, pairs), ("val", 100, 4)):
            (folder / "data" / part).mkdir(parents=True)
            for n in range(first, first + count):
                side_by_side(*pair(n)).save(folder / "data" / part / f"{n:04d}.png")
        config = train_config(folder / "data", folder / "run", **{**PLAIN, "steps": 5000, **changes})
        found = find_pairs(config.data)
        self.config = settle_input(config, found)
        self.trainer = Trainer(self.config, found)
        self.run = RunFolder(self.config.out)
        self.run.create(self.config)
        self.watcher = Watcher(self.trainer, found, self.run)
        ready = list(itertools.islice(training_batches(found.train, self.config, 0), 24))
        self.batches = itertools.cycle(ready)

    def steps(
        self, count: int, rates: tuple[float, float] | None = None, after: Callable[[], object] = lambda: None
    ) -> list[Diagnosis]:
        """Train, and give what was told; ``rates`` are G's and D's learning rates."""
        told = []
        for _ in range(count):
            self.trainer.set_learning_rate()
            if rates is not None:
                for name, rate in zip(("generator", "discriminator"), rates, strict=True):
                    self.trainer.learners[name].adam.param_groups[0]["lr"] = rate
            losses = self.trainer.train_step(*next(self.batches))
            after()
            self.trainer.seconds += 0.01
            events = [*self.watcher.step(self.trainer.report(self.run, losses))]
            if self.trainer.step % 50 == 0:
                events += self.watcher.preview()
            told += [event for event in events if isinstance(event, Diagnosis)]
        return told


def kinds(told: list[Diagnosis]) -> set[str]:
    for diagnosis in told:
        if not diagnosis.cleared:
            assert_one_sentence(diagnosis.message)
    return {diagnosis.kind for diagnosis in told}


# ---- trainings that go well ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes", [{}, {"ema": 0.0, "norm": "batch", "batch_size": 1}], ids=["quick", "paper"]
)
def test_a_healthy_run_is_left_in_peace(changes: dict[str, Any], tmp_path: Path) -> None:
    training = Training(tmp_path, pairs=48, width=8, mirror=True, load_size=18, **changes)
    assert kinds(training.steps(500)) == set()
    assert training.watcher.look().held_l1 < 0.35  # it has learnt something


def test_noise_in_the_losses_alone_says_nothing() -> None:
    rng = np.random.default_rng(0)
    doctor = Diagnostician(TrainConfig(), "logit")
    for step in range(1, 3000):
        fall = math.exp(-step / 500)
        losses = {"d": 0.5 + 0.15 * rng.normal(), "gan": 1.2 + 0.5 * rng.normal(), "l1": 0.2 + fall * 0.4}
        losses["l1"] *= math.exp(0.2 * rng.normal())
        assert list(doctor.losses(step, losses)) == []


# ---- trainings that go wrong --------------------------------------------------------------------------


def test_the_discriminator_has_won(tmp_path: Path) -> None:
    """It learns fast and the generator stands still."""
    told = Training(tmp_path).steps(500, rates=(0.0, 1e-2))
    assert "discriminator_won" in kinds(told)
    assert [d.kind for d in told].count("discriminator_won") == 1  # once, not at every look


def test_the_discriminator_has_learnt_nothing(tmp_path: Path) -> None:
    told = Training(tmp_path).steps(600, rates=(2e-3, 0.0))
    assert kinds(told) == {"discriminator_lost"}


def test_the_generator_ignores_the_input(tmp_path: Path) -> None:
    """The layer that sees the input is held at zero: every input gets the mean picture."""
    training = Training(tmp_path, width=8)
    networks = (training.trainer.generator, training.trainer.average)

    def blind() -> None:
        for network in networks:
            network.down[0].weight.data.zero_()

    told = training.steps(450, after=blind)
    assert "ignores_input" in kinds(told)
    assert training.watcher.diagnostician.active == ["ignores_input"]


def test_the_outputs_collapse_to_grey(tmp_path: Path) -> None:
    """Targets of noise: the best L1 answer is the middle of all colours."""
    told = Training(tmp_path, noise_pair, pairs=256, batch_size=8, lambda_l1=1e5, learning_rate=2e-4).steps(
        325
    )
    (flat,) = [d for d in told if d.kind == "flat"]
    assert "grey" in flat.message


def test_the_outputs_lose_their_colours(tmp_path: Path) -> None:
    """The generator may only answer in grey, whatever it learns."""
    training = Training(tmp_path, width=8)

    def grey() -> None:
        for network in (training.trainer.generator, training.trainer.average):
            for parameter, axis in ((network.last.weight, 1), (network.last.bias, 0)):
                parameter.data.copy_(parameter.data.mean(axis, keepdim=True).expand_as(parameter))

    assert "colourless" in kinds(training.steps(650, after=grey))


def test_the_training_set_is_overfitting(tmp_path: Path) -> None:
    """Three pairs whose colours cannot be guessed."""
    training = Training(tmp_path, lambda n: shape_pair(n, 16), pairs=3, width=12, dropout=0.0)
    told = training.steps(500)
    assert "overfitting" in kinds(told)


def test_the_losses_do_not_move(tmp_path: Path) -> None:
    told = Training(tmp_path, learning_rate=1e-9).steps(350)
    assert "not_moving" in kinds(told)
    assert "discriminator_lost" not in kinds(told)  # one cause, one sentence


def test_the_learning_rate_is_too_high(tmp_path: Path) -> None:
    """It was well until then: the loss rises far above its best."""
    training = Training(tmp_path)
    assert kinds(training.steps(200)) == set()
    assert "learning_rate_too_high" in kinds(training.steps(250, rates=(3.0, 3.0)))


def test_whole_pictures_after_quarters_are_no_trouble(tmp_path: Path) -> None:
    """The L1 loss of whole pictures may be well above that of quarters, of which many are plain."""
    config = train_config(tmp_path, tmp_path / "run")
    told: dict[bool, set[str]] = {}
    for forgets in (False, True):
        doctor = Diagnostician(config, SCALE_OF["vanilla"])
        told[forgets] = set()
        for step in range(1, 1200):
            if forgets and step == 600:
                doctor.forget_losses()
            l1 = 0.2 if step < 600 else 0.4
            found = doctor.losses(step, {"d": 0.4, "gan": 1.5 + step / 1000, "l1": l1})
            told[forgets] |= {diagnosis.kind for diagnosis in found}
    assert told == {False: {"learning_rate_too_high"}, True: set()}


@pytest.mark.parametrize("first", [1, 692])  # of a run, and of a resumed one
def test_complete_means_are_looked_at(tmp_path: Path, first: int) -> None:
    """The trainer's means begin anew every ten steps: what one picture alone has says little."""
    doctor = Diagnostician(train_config(tmp_path, tmp_path / "run"), SCALE_OF["vanilla"])
    told: set[str] = set()
    steps = [0.2] * 600 + [0.6 if step % 10 == 0 else 0.2 for step in range(1000)]
    for step in range(len(steps)):
        mean = sum(steps[step - step % EVERY : step + 1]) / (step % EVERY + 1)
        losses = {"d": 0.4, "gan": 1.5 + step / 1000, "l1": mean}
        told |= kinds(list(doctor.losses(first + step, losses)))
    assert told == set()


def test_quarters_end_for_the_watcher_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    forgotten: list[int] = []
    monkeypatch.setattr(Diagnostician, "forget_losses", lambda self: forgotten.append(1))
    training = Training(tmp_path, quarters=0.002, halvings=3, image_size=16, load_size=16, receptive_field=1)
    training.steps(9)
    assert not forgotten
    training.steps(6)
    assert forgotten == [1]


def test_a_checkerboard_of_a_real_transposed_convolution(tmp_path: Path) -> None:
    """An untrained generator with large weights shows one; the targets and a resize-convolution do not."""
    x = torch.rand(4, 3, 32, 32) * 2 - 1
    config = TrainConfig()

    def told(output: Tensor) -> set[str]:
        doctor, scores = Diagnostician(config, SCALE_OF["vanilla"]), torch.zeros(4, 1, 2, 2)
        looks = [Look(step, x, target, output, scores, scores) for step in range(200, 500, 50)]
        return kinds([d for look in looks for d in doctor.outputs(look)])

    target = torch.stack([torch.linspace(-1, 1, 32).expand(3, 32, 32)] * 4)
    with torch.no_grad():
        transposed = tiny_generator(width=8, weight_scale=4.0)(x)
        resized = tiny_generator(width=8, weight_scale=4.0, final="resize")(x)
    assert "checkerboard" in told(transposed)
    assert "checkerboard" not in told(resized)
    assert "checkerboard" not in told(target)


# ---- once, until it clears ------------------------------------------------------------------------------


def test_said_once_until_it_clears_and_then_again(tmp_path: Path) -> None:
    training = Training(tmp_path)
    networks = (training.trainer.generator, training.trainer.average)
    saved = [network.last.bias.data.clone() for network in networks]

    def white() -> None:
        for network in networks:
            network.last.bias.data.fill_(20.0)

    told = training.steps(425, rates=(0.0, 2e-3), after=white)
    assert [(d.kind, d.cleared) for d in told if d.kind == "flat"] == [("flat", False)]
    assert "white" in next(d.message for d in told if d.kind == "flat")
    status = json.loads((training.run.path / "status.json").read_text())
    assert "flat" in [d["kind"] for d in status["diagnoses"]]
    for network, bias in zip(networks, saved, strict=True):
        network.last.bias.data.copy_(bias)
    told = training.steps(300)
    assert [(d.kind, d.cleared) for d in told if d.kind == "flat"] == [("flat", True)]
    status = json.loads((training.run.path / "status.json").read_text())
    assert "flat" not in [d["kind"] for d in status["diagnoses"]]
    told = training.steps(200, rates=(0.0, 2e-3), after=white)
    assert [(d.kind, d.cleared) for d in told if d.kind == "flat"] == [("flat", False)]
    lines = [json.loads(line) for line in (training.run.path / "metrics.jsonl").read_text().splitlines()]
    logged = [line["diagnosis"] for line in lines if "diagnosis" in line]
    assert [d["cleared"] for d in logged if d["kind"] == "flat"] == [False, True, False]
    assert all(d["message"] for d in logged if not d["cleared"])


def test_a_value_at_the_limit_does_not_come_and_go() -> None:
    """Between "wrong" and "right again" lies a band: swinging across one limit alone changes nothing."""
    doctor = Diagnostician(TrainConfig(), "logit")

    def swing(low: float, high: float) -> Iterator[Diagnosis]:
        for step in range(10, 6000, 10):
            d = low if step < 600 or (step // 200) % 2 else high
            yield from doctor.losses(step, {"d": d, "gan": 8.0, "l1": 0.3 - step / 1e5})

    told = [d for d in swing(0.005, 0.04) if d.kind == "discriminator_won"]
    assert [d.cleared for d in told] == [False]


@pytest.mark.parametrize(
    ("scale", "won", "lost"),
    [
        ("logit", (0.005, 8.0), (math.log(2), math.log(2))),
        ("unit", (0.001, 1.0), (0.25, 0.25)),
    ],
)
def test_the_balance_is_judged_by_what_the_scores_mean(
    scale: Any, won: tuple[float, float], lost: tuple[float, float]
) -> None:
    def told(d: float, gan: float) -> set[str]:
        doctor = Diagnostician(TrainConfig(), scale, fresh=False)
        picture, scores = torch.rand(2, 3, 16, 16), torch.rand(2, 1, 4, 4)
        found = list(doctor.outputs(Look(1, picture, picture, picture, scores, scores)))
        for step in range(10, 900, 10):
            found += doctor.losses(step, {"d": d, "gan": gan, "l1": 0.3})
        return kinds(found)

    for levels in ((0.005, 8.0), (0.001, 1.0), (math.log(2), math.log(2)), (0.25, 0.25)):
        expected = (
            {"discriminator_won"} if levels == won else {"discriminator_lost"} if levels == lost else None
        )
        if expected is not None:
            assert told(*levels) == expected
        elif scale == "relative":
            assert told(*levels) == set()


def test_every_message_is_one_sentence() -> None:
    values = {"colour": "grey", "period": 2, "ratio": 2.5, "best": 0.2, "name": "L1", "now": 0.4, "step": 500}
    for kind in get_args(DiagnosisKind):
        for page in (False, True):
            assert_one_sentence(Message(f"diagnosis.{kind}", **values).text("en", page))


# ---- the measures ---------------------------------------------------------------------------------------


@given(
    st.lists(st.integers(-3, 3), min_size=1, max_size=12),
    st.lists(st.integers(-3, 3), min_size=1, max_size=12),
)
def test_separation_is_the_share_of_ordered_pairs(real: list[int], fake: list[int]) -> None:
    pairs = [(r > f) + 0.5 * (r == f) for r in real for f in fake]
    value = separation(torch.tensor(real, dtype=torch.float32), torch.tensor(fake, dtype=torch.float32))
    assert value == pytest.approx(sum(pairs) / len(pairs))


@pytest.mark.parametrize("period", [2, 4])
@pytest.mark.parametrize("axis", [2, 3])
def test_a_pattern_of_known_amplitude(period: int, axis: int) -> None:
    wave = torch.cos(2 * torch.pi * torch.arange(64) / period)
    shape = [1, 1, 1, 1]
    shape[axis] = 64
    smooth = torch.linspace(-0.5, 0.5, 64)[None, None, :, None] * torch.linspace(-1, 1, 64)
    images = (smooth + 0.1 * wave.view(shape)).expand(2, 3, 64, 64)
    assert checkerboard(images, period) == pytest.approx(0.1, rel=0.1)
    assert checkerboard(images, 6 - period) < 0.02
    assert checkerboard(smooth.expand(2, 3, 64, 64), period) < 0.01


def test_noise_and_small_pictures_have_no_pattern() -> None:
    noise = torch.rand(8, 3, 64, 64) * 2 - 1
    assert max(checkerboard(noise, period) for period in (2, 4)) < 0.03
    assert checkerboard(torch.rand(1, 3, 8, 8), 4) == 0.0


def test_simple_measures() -> None:
    black, white = torch.full((1, 3, 4, 4), -1.0), torch.full((1, 3, 4, 4), 1.0)
    assert differences(torch.cat([black, white])) == 2.0
    assert differences(black) == 0.0
    assert contrast(torch.cat([black, white], dim=3)) == pytest.approx(1.0)
    assert contrast(white) == 0.0
    assert colour_name(torch.tensor([0.0, 0.05, -0.05])) == "grey"
    assert colour_name(torch.tensor([1.0, 1.0, 0.95])) == "white"
    assert colour_name(torch.tensor([-1.0, -1.0, -1.0])) == "black"
    assert colour_name(torch.tensor([1.0, -1.0, -1.0])) == "#ff0000"
