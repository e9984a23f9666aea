"""Both networks in training: the optimisation step, the average, and saving and taking up a run.

Shapes: N batch, H height, W width; pictures are (N, 3, H, W).
"""

from __future__ import annotations

import copy
import dataclasses
import math
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from torch import Tensor

from pix2pix.checkpoint import load_checkpoint, save_checkpoint
from pix2pix.colouring import Colouring
from pix2pix.device import pick_device
from pix2pix.discriminator import PatchDiscriminator
from pix2pix.errors import RunError
from pix2pix.generator import Generator, build_generator
from pix2pix.zoo import find_model
from train.config import TrainConfig
from train.data.augment import random_quarters
from train.data.pairs import Pairs, aspect_of, to_float, training_batches
from train.data.part_colours import colourings, told_colours
from train.engine.compiling import compiled, why_not
from train.engine.distributed import Processes
from train.engine.failure import all_finite, not_finite
from train.engine.feature_terms import BETAS, FeatureTerms, Seen, feature_loss
from train.engine.losses import RECONSTRUCTIONS, discriminator_loss, generator_gan_loss
from train.engine.phases import even_phases
from train.engine.start import WARMUP, start_from
from train.events import Done, Step
from train.measures.card import model_card, model_config
from train.measures.evaluate import evaluate_generator
from train.precision import loss_scaler, training_dtype, training_layout
from train.runs.run import RunFolder, pack_modules, pack_optimizer, remedy, unpack_modules, unpack_optimizer

LOG_EVERY = 10  # steps between two lines of metrics.jsonl, and between two looks at the losses on a GPU


@dataclass
class Learner:
    """A network and what teaches it."""

    network: torch.nn.Module
    adam: torch.optim.Adam
    scaler: torch.amp.GradScaler


class Trainer:
    """Both networks, their optimizers, and where the run stands."""

    def __init__(
        self, config: TrainConfig, pairs: Pairs, group: Processes | None = None, *, resumed: bool = False
    ):
        self.config = config
        self.group = group or Processes(device=pick_device(config.device))
        self.pairs = len(pairs.train)
        self.total = config.total_steps(self.pairs, self.group.size)
        self.data = pairs.fingerprint()
        self.palette = pairs.palette
        self.spans = pairs.spans(config.direction)
        self.train = pairs.train
        self.aspect = aspect_of(pairs.train, config)
        self.device = self.group.device
        self.dtype = training_dtype(self.device, config.precision)
        if self.device.type == "cpu":
            # White ground saturates tanh, so gradients and Adam's moments sink into denormal numbers, which
            # the processor handles many times more slowly than zero.
            torch.set_flush_denormal(True)
        torch.manual_seed(config.seed)
        self.layout = training_layout(self.device, self.dtype, config.width)
        placed: dict[str, Any] = {"device": self.device, "memory_format": self.layout}
        self.generator = build_generator(config.generator_spec()).to(**placed)
        self.discriminator = PatchDiscriminator(config.discriminator_spec()).to(**placed)
        self.notes: tuple[str, ...] = ()
        self.warmup = 0.0  # fraction of the run in which the discriminator learns alone
        if config.start and not resumed:
            model = load_checkpoint(find_model(config.start))
            self.notes = start_from(model, config, self.generator, self.discriminator)
            self.warmup = WARMUP if self.notes else 0.0
        if config.even_phases:
            even_phases(self.generator)
        self._average = copy.deepcopy(self.generator).eval().requires_grad_(False)
        self._averaged = -1  # the step after which it took the weights last, where it is no average
        # By the names that they have in a saved state.
        self.learners = {
            "generator": self._learner(self.generator),
            "discriminator": self._learner(self.discriminator),
        }
        self.features: FeatureTerms | None = None
        if config.lambda_features or config.lambda_feature_gan:
            self.features = FeatureTerms(config, self.device)
            if self.features.critic is not None:
                self.learners["feature_critic"] = self._learner(self.features.critic, BETAS)
        self._judge: Callable[[Tensor | None, Tensor], Tensor] = self.discriminator
        if config.compile:
            self._compile()
        if self.device.type == "cuda":
            torch.backends.cudnn.benchmark = True  # pictures have one size, or two
        self.step, self.images_seen, self.seconds = 0, 0, 0.0
        self._unread: list[dict[str, Tensor]] = []  # the losses of the last steps, where they were computed
        self._sums: dict[str, tuple[Tensor, int]] = {}
        self._logged = (0, 0.0)
        self._rate = 0.0
        self._history: deque[float] = deque(maxlen=50)  # the largest loss of each step

    def _compile(self) -> None:
        """Compile what each step calls; what looks at the run from outside has other sizes, and stays."""
        if reason := why_not(self.device):
            self.notes += (f"The networks are not compiled, as that does not work here ({reason}).",)
            return
        self._judge = compiled(self.discriminator)
        self.generator.body = compiled(self.generator.body)  # type: ignore[method-assign]
        if self.features is not None:
            self.features.network = compiled(self.features.network)

    @cached_property
    def colourings(self) -> tuple[Colouring, ...]:
        """What seeds choose from at test time; () for a generator that is told no colours."""
        return colourings(self.train, self.config) if self.config.spread_hints else ()

    def _learner(self, network: torch.nn.Module, betas: tuple[float, float] = (0.5, 0.999)) -> Learner:
        fused = self.device.type in ("cpu", "cuda")  # the same update in one pass over memory
        adam = torch.optim.Adam(network.parameters(), self.config.learning_rate, betas, fused=fused)
        return Learner(network, adam, loss_scaler(self.device, self.dtype))

    def _networks(self) -> dict[str, torch.nn.Module]:
        """All that learn, and the average, each by the name that it has in a saved state."""
        return {**{name: each.network for name, each in self.learners.items()}, "average": self.average}

    @property
    def average(self) -> Generator:
        """The generator that is looked at and saved: the averaged one, or without ``ema`` the trained one."""
        if not self.config.ema and self._averaged != self.step:
            self._average.load_state_dict(self.generator.state_dict())
            self._averaged = self.step
        return self._average

    @property
    def progress(self) -> float:
        """How much of the run is done, 0 to 1."""
        if self.total is not None:
            return min(self.step / self.total, 1.0)
        assert self.config.minutes is not None
        return min(self.seconds / (60 * self.config.minutes), 1.0)

    @property
    def finished(self) -> bool:
        """Whether the asked-for length is reached."""
        return self.progress >= 1.0

    def over(self, asked: bool) -> bool:
        """Whether the run ends before another step: it was asked to, or is finished. All processes agree."""
        asked, self.seconds = self.group.agree(asked, self.seconds)
        return asked or self.finished

    def batches(self) -> Iterator[tuple[Tensor, Tensor]]:
        """This process's share of all batches, from where the run stands on."""
        batch, pin = self.config.batch_size, self.device.type == "cuda"
        first = self.images_seen + self.group.rank * batch
        return training_batches(self.train, self.config, first, self.group.size * batch, pin=pin)

    def set_learning_rate(self) -> None:
        """Constant, then linear to 0 from ``decay_from`` of the run on."""
        start = self.config.decay_from
        factor = 1.0 if self.progress <= start else (1 - self.progress) / (1 - start)
        for learner in self.learners.values():
            for group in learner.adam.param_groups:
                group["lr"] = self.config.learning_rate * factor

    def seed_noise(self) -> None:
        """Make a step's random draws follow from the seed, the step and the process alone.

        So the state of no random generator, of whatever device, has to be saved for a resumed run.
        """
        mixed = np.random.SeedSequence([self.config.seed, 2, self.step, self.group.rank])
        seed = int(mixed.generate_state(1)[0])
        # Not torch.manual_seed, which takes long on a machine with a GPU that is not used.
        torch.default_generator.manual_seed(seed)
        if self.device.type == "cuda":
            torch.cuda.manual_seed(seed)
        elif self.device.type == "mps":
            torch.mps.manual_seed(seed)

    def train_step(self, condition: Tensor, target: Tensor) -> dict[str, Tensor]:
        """One discriminator step, then one generator step (Isola et al. 2017, section 3.3), or the reverse.

        Args:
            condition, target: (N, 3, H, W) uint8.

        Returns:
            Detached scalar losses by name.
        """
        if self.progress < self.config.quarters:
            condition, target = random_quarters(condition, target)
        condition, target = self._to_device(condition), self._to_device(target)
        cond = condition if self.config.conditional else None
        warming = self.progress < self.warmup
        self.generator.train()
        with self._autocast(), torch.set_grad_enabled(not warming):
            told = told_colours(condition, target, self.config) if self.config.spread_hints else None
            fake = self.generator(condition, colour=told)

        seen: Seen | None = None
        if self.features is not None:
            with self._autocast(), torch.set_grad_enabled(not warming):
                seen = self.features.look(condition, target, fake)
        losses: dict[str, Tensor] = {}
        if self.config.order == "generator_first" and not warming:
            losses.update(self._generator_step(cond, target, fake, seen))
        if self.config.gan_loss != "none":
            losses["d"] = self._discriminator_step(cond, target, fake.detach())
        if seen is not None and self.config.lambda_feature_gan:
            losses["feature_d"] = self._feature_critic_step(seen)
        if self.config.order == "discriminator_first" and not warming:
            losses.update(self._generator_step(cond, target, fake, seen))

        self.step += 1
        self.images_seen += self.group.size * self.config.batch_size
        self._update_average()
        return self.group.mean(losses)

    def _discriminator_step(self, cond: Tensor | None, target: Tensor, fake: Tensor) -> Tensor:
        self.discriminator.train().requires_grad_(True)
        with self._autocast():
            real_scores, fake_scores = self._judge(cond, target), self._judge(cond, fake)
            loss = discriminator_loss(real_scores, fake_scores, self.config.gan_loss)
        self._descend(loss, self.learners["discriminator"])
        return loss.detach()

    def _feature_critic_step(self, seen: Seen) -> Tensor:
        assert self.features is not None
        with self._autocast():
            loss = self.features.critic_loss(seen)
        self._descend(loss, self.learners["feature_critic"])
        return loss.detach()

    def _generator_step(
        self,
        cond: Tensor | None,
        target: Tensor,
        fake: Tensor,
        seen: Seen | None,
    ) -> dict[str, Tensor]:
        losses: dict[str, Tensor] = {}
        terms: list[Tensor] = []
        if self.config.gan_loss != "none":
            self.discriminator.requires_grad_(False)  # gradients through D are needed, not of D
            with self._autocast():
                losses["gan"] = generator_gan_loss(self._judge(cond, fake), self.config.gan_loss)
            terms.append(self.config.lambda_gan * losses["gan"])
        if (kind := self.config.reconstruction) != "none":
            losses[kind] = RECONSTRUCTIONS[kind](fake.float(), target)
            terms.append(self.config.lambda_l1 * losses[kind])
        if self.features is not None and seen is not None:
            if self.config.lambda_features:
                losses["features"] = feature_loss(seen.fake, seen.target)
                terms.append(self.config.lambda_features * losses["features"])
            if self.config.lambda_feature_gan:
                with self._autocast():
                    losses["feature_gan"] = self.features.generator_gan_loss(seen)
                terms.append(self.config.lambda_feature_gan * losses["feature_gan"])
        self._descend(sum(terms[1:], terms[0]), self.learners["generator"])
        if self.config.even_phases:
            even_phases(self.generator)
        return {name: loss.detach() for name, loss in losses.items()}

    def _descend(self, loss: Tensor, learner: Learner) -> None:
        """One optimizer step on the mean gradient of all processes; in float16 skipped if that overflowed."""
        learner.adam.zero_grad()
        learner.scaler.scale(loss).backward()
        self.group.average_gradients(learner.network)
        learner.scaler.step(learner.adam)
        learner.scaler.update()

    def _to_device(self, images: Tensor) -> Tensor:
        return to_float(images.to(self.device, non_blocking=True)).to(memory_format=self.layout)

    def _autocast(self) -> torch.autocast:
        return torch.autocast(
            self.device.type, dtype=self.dtype, enabled=self.dtype is not torch.float32, cache_enabled=True
        )

    @torch.no_grad()
    def _update_average(self) -> None:
        """Exponential moving average of weights and running statistics, warmed up over the first steps."""
        if not self.config.ema:
            return
        decay = min(self.config.ema, (1 + self.step) / (10 + self.step))
        ours, theirs = self._average.state_dict(), self.generator.state_dict()
        floats = [name for name, tensor in ours.items() if tensor.is_floating_point()]
        torch._foreach_lerp_([ours[n] for n in floats], [theirs[n] for n in floats], 1 - decay)

    def report(self, run: RunFolder, losses: dict[str, Tensor]) -> Step | None:
        """The event of a step; every ``LOG_EVERY`` steps also a line of metrics.

        A GPU works on what it was given while the next steps are prepared, and a look at a loss would wait
        for it: so there only the steps that write a line have an event.

        Raises:
            RunError: a loss is infinite or not a number; the likely cause is named.
        """
        if not self.note(losses):
            return None
        steps, since = self.step - self._logged[0], self.seconds - self._logged[1]
        means = {name: float(total) / count for name, (total, count) in self._sums.items()}
        if since > 0:
            self._rate = steps * self.group.size * self.config.batch_size / since
        left = self.seconds / max(self.progress, 1e-9) * (1 - self.progress)
        rate = self.learners["generator"].adam.param_groups[0]["lr"]
        event = Step(self.step, self.images_seen, self.progress, left, self._rate, rate, means)
        if steps >= LOG_EVERY:
            run.log({"seconds": round(self.seconds, 2), **dataclasses.asdict(event)})
            self._sums, self._logged = {}, (self.step, self.seconds)
        return event

    def note(self, losses: dict[str, Tensor]) -> bool:
        """Take a step's losses; whether they, and earlier ones, were looked at. Errors as :meth:`report`."""
        self._unread.append(losses)
        if self.device.type != "cpu" and len(self._unread) < LOG_EVERY:
            return False
        self._read()
        return True

    def _read(self) -> None:
        """Add the losses that were not looked at yet to the sums; errors as :meth:`note`."""
        unread, self._unread = self._unread, []
        if not unread:
            return
        values = torch.stack([loss.float() for losses in unread for loss in losses.values()]).cpu()
        each = iter(values.unbind())
        for ago, losses in zip(range(len(unread) - 1, -1, -1), unread, strict=True):
            read = {name: next(each) for name in losses}
            if not all(math.isfinite(float(value)) for value in read.values()):
                raise not_finite(
                    "training.loss_not_finite", self.step - ago, self.config, self.dtype, self._history
                )
            self._history.append(max(abs(float(value)) for value in read.values()))
            for name, value in read.items():
                total, count = self._sums.get(name, (torch.zeros_like(value), 0))
                self._sums[name] = total + value, count + 1

    def save(self, run: RunFolder) -> Path:
        """Write the state, then the model as it is now.

        Raises:
            RunError: it cannot be written, or a weight is infinite or not a number; what was saved before
                stays.
        """
        self._read()
        tensors = {
            **pack_modules(**self._networks()),
            **{f"sums/{name}": total for name, (total, _) in self._sums.items()},
        }
        for name, learner in self.learners.items():
            tensors |= pack_optimizer(f"{name}_adam", learner.adam)
        if not all_finite(tensors):
            raise not_finite("training.weight_not_finite", self.step, self.config, self.dtype, self._history)
        values = {
            "step": self.step,
            "seconds": self.seconds,
            "images_seen": self.images_seen,
            "processes": self.group.size,
            "data": self.data,
            "logged": self._logged,
            "counts": {name: count for name, (_, count) in self._sums.items()},
            "warmup": self.warmup,
            "scalers": [learner.scaler.state_dict() for learner in self.learners.values()],
        }
        try:
            run.save_state(tensors, values)
            self.export(run, {})
            run.set_status("running", step=self.step, progress=self.progress)
        except (OSError, SafetensorError) as error:
            code = "run.not_saved_again" if run.has_state() else "run.not_saved"
            raise RunError(code, run=run.path, reason=error, remedy=remedy(error)) from error
        return run.checkpoint

    def take_up(self, run: RunFolder) -> None:
        """Go on where the run was saved last, or from the start where it was killed before.

        Raises:
            RunError: as :meth:`load`, or the run is longer already than it should be, or the folder cannot be
                written.
        """
        before = self.group.from_first(run.load_config)
        if run.has_state():
            self.load(run)
            if before.lengths != self.config.lengths:
                self._relate_to(before, run)
        if self.group.first:
            run.forget_after(self.step)
            if before.lengths != self.config.lengths:
                run.set_status("running", step=self.step)  # or a kill would leave it "finished"
            if before != self.config:  # what may change: how long, where the data and the run are, and such
                run.write_config(self.config)

    def _relate_to(self, before: TrainConfig, run: RunFolder) -> None:
        """Take another length than before: what ended at a share of the old one ends at that same step."""
        if self.finished:
            raise RunError("run.longer_already", run=run.path, step=self.step)
        total = before.total_steps(self.pairs, self.group.size)
        done = self.step / total if total else self.seconds / (60 * before.length[1])
        if done > 0:
            ratio = self.progress / done
            self.config = dataclasses.replace(self.config, quarters=min(self.config.quarters * ratio, 1.0))
            self.warmup = min(self.warmup * ratio, 1.0)

    def load(self, run: RunFolder) -> None:
        """Take up the last saved state.

        Raises:
            RunError: it is damaged, or the data is not what the run was started with.
        """
        tensors, values = run.load_state()
        older = {  # what states of the first version do not say
            "images_seen": values["step"] * self.config.batch_size,
            "processes": 1,
            "warmup": 0.0,
            "counts": {},
            "logged": (values["step"], values["seconds"]),
            "scalers": [{}, {}],
        }
        values = {**older, **values}
        if values["data"] != self.data:
            raise RunError("run.data_changed", run=run.path)
        try:
            unpack_modules(tensors, **self._networks())
            for name, learner in self.learners.items():
                unpack_optimizer(tensors, f"{name}_adam", learner.adam)
        except (IndexError, KeyError, RuntimeError) as error:
            raise RunError("run.other_architecture", run=run.path, difference=error) from error
        self.step, self.seconds = values["step"], values["seconds"]
        self.images_seen = values["images_seen"]
        self.warmup = values["warmup"]
        self._logged = values["logged"][0], values["logged"][1]
        for name, count in values["counts"].items():
            self._sums[name] = tensors[f"sums/{name}"], count
        for learner, state in zip(self.learners.values(), values["scalers"], strict=False):
            if learner.scaler.is_enabled() and state:
                learner.scaler.load_state_dict(state)
        if self.config.epochs is not None and values["processes"] != self.group.size:
            left = self.config.epochs * self.pairs - self.images_seen
            self.total = self.step + max(round(left / (self.group.size * self.config.batch_size)), 0)

    def export(self, run: RunFolder, metrics: dict[str, Any]) -> None:
        """Write the checkpoint folder from the averaged generator."""
        model = model_config(
            self.config,
            name=run.path.name,
            step=self.step,
            images_seen=self.images_seen,
            metrics=metrics,
            palette=self.palette,
            colourings=self.colourings,
            aspect=self.aspect,
            spans=self.spans,
        )
        save_checkpoint(
            run.checkpoint,
            model,
            self.average.state_dict(),
            self.discriminator.state_dict(),
            model_card(model),
        )

    def finish(self, run: RunFolder, pairs: Pairs) -> Done:
        """Save; when the run is complete, also measure the model."""
        finished = self.finished
        self.save(run)
        metrics: dict[str, Any] = {}
        if finished:
            metrics = evaluate_generator(self.average, pairs, self.config, self.dtype)
            self.export(run, metrics)
        run.set_status("finished" if finished else "stopped", step=self.step, metrics=metrics)
        return Done(self.step, run.checkpoint, finished, metrics)
