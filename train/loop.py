"""Training as an iterator of events: one loop, readable from top to bottom."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, suppress

from pix2pix.checkpoint import Direction, ModelConfig, load_config
from pix2pix.errors import CheckpointError, DataError, RunError
from train.config import TrainConfig
from train.data.find_palette import has_ids, palette_of
from train.data.pairs import Pairs, are_negative, find_pairs, guess_input
from train.engine.distributed import Processes, join_processes
from train.engine.failure import told
from train.engine.trainer import Trainer
from train.events import Done, Event, Saved, Started
from train.runs.job_files import reason
from train.runs.run import RunFolder
from train.watching.tensorboard import recorded, require_tensorboard
from train.watching.watch import Watcher


def fit(
    config: TrainConfig,
    *,
    resume: bool = False,
    stop: Callable[[], bool] = lambda: False,
    looked: Callable[[int, int], object] = lambda done, total: None,
) -> Iterator[Event]:
    """Train, and tell what happens.

    Under ``torchrun`` every process calls this; the first one tells everything, the others only ``Done``.

    Args:
        config: the recipe; ``config.data`` and ``config.out`` say from where and to where.
        resume: go on with the run in ``config.out`` (the caller passes that run's own configuration).
        stop: asked before every step; when it says True, everything is saved and the iterator ends.
        looked: called before the first event with how many pairs of a data set were looked at, of how many.

    Raises:
        ConfigError, DataError, RunError: one sentence each; what was saved before stays.
    """
    config.validate()
    if config.tensorboard:
        require_tensorboard(config.out)
    try:
        with join_processes(config.device) as group:
            if not group.first:
                yield from _follow(config, group, resume, stop)
                return
            events = _lead(config, group, resume, stop, looked)
            yield from recorded(events, RunFolder(config.out).path) if config.tensorboard else events
    except Exception as error:
        if told(error) is error:
            raise
        raise told(error) from error


def _lead(
    config: TrainConfig,
    group: Processes,
    resume: bool,
    stop: Callable[[], bool],
    looked: Callable[[int, int], object],
) -> Generator[Event, None, None]:
    """The process that writes and tells; the only one, unless torchrun started more."""
    run = RunFolder(config.out)
    with ExitStack() as held:
        if resume:
            run.load_config()  # or there is nothing to resume
            held.enter_context(run.locked())
            run.sweep()
            run.require_state()
        else:
            run.require_unused()  # said now, not after minutes of looking at the data
        trainer, pairs = _begin(config, group, resume, looked)
        if not resume:
            held.enter_context(run.locked())
            run.create(trainer.config)
        else:
            trainer.take_up(run)
        yield from _train(trainer, run, _with_warning(pairs, trainer.config), stop)


def _begin(
    config: TrainConfig,
    group: Processes,
    resume: bool,
    looked: Callable[[int, int], object] = lambda done, total: None,
) -> tuple[Trainer, Pairs]:
    """The networks, and the pairs as they are trained on: the same in every process."""
    run = RunFolder(config.out)
    going_on = resume and run.has_state()
    model = None
    if going_on:
        with suppress(CheckpointError):  # killed while it saved for the first time
            model = load_config(run.checkpoint)
    pairs = group.from_first(
        lambda: find_pairs(
            config.data, input=config.input, direction=config.direction, named=config.pairs, progress=looked
        )
    )
    if model is not None:  # the scale of deep grey is what it was
        pairs = pairs.scaled(model.spans, config.direction)
    config = settle_input(config, pairs)
    pairs = settle_palette(config, pairs, model)
    return Trainer(config, pairs, group, resumed=going_on), pairs


def _train(trainer: Trainer, run: RunFolder, pairs: Pairs, stop: Callable[[], bool]) -> Iterator[Event]:
    config = trainer.config
    run.set_status("running", step=trainer.step)
    counts = len(pairs.train), len(pairs.val)
    notes = (*pairs.notes, *trainer.notes)
    yield Started(*counts, config.input, pairs.problems, notes, pairs.understood)

    begun = time.monotonic() - trainer.seconds  # of all sessions' training
    sampled = saved = trainer.seconds
    watcher = Watcher(trainer, pairs, run)
    batches = trainer.batches()
    try:
        while not trainer.over(stop()):
            trainer.set_learning_rate()
            trainer.seed_noise()
            losses = trainer.train_step(*next(batches))
            trainer.seconds = time.monotonic() - begun
            if (event := trainer.report(run, losses)) is not None:
                yield from watcher.step(event)
            if (now := time.monotonic() - begun) - sampled > config.sample_every:
                sampled = now
                yield from watcher.preview()
            if (now := time.monotonic() - begun) - saved > config.save_every and not trainer.finished:
                saved = now
                yield Saved(trainer.step, trainer.save(run))
        yield from watcher.preview()
        done = trainer.finish(run, pairs)
    except GeneratorExit:  # the caller walked away between two steps
        try:
            trainer.save(run)
            run.set_status("stopped", step=trainer.step)
        except Exception as error:
            _note_failure(trainer, run, error)
            raise
        raise
    except Exception as error:
        _note_failure(trainer, run, error)
        raise
    with suppress(RuntimeError):  # one that has died by now is missed by nobody
        trainer.group.wait()
    yield done  # out of reach of the first handler: who leaves now leaves a finished run


def _note_failure(trainer: Trainer, run: RunFolder, error: Exception) -> None:
    for _ in range(2):  # torch interrupts whatever runs, once, when it hears that a worker died
        with suppress(RunError, RuntimeError):  # of two errors the first is the one to tell
            run.set_status("failed", step=trainer.step, message=reason(told(error), run.path))
            break


def _follow(
    config: TrainConfig, group: Processes, resume: bool, stop: Callable[[], bool]
) -> Generator[Event, None, None]:
    """A process that only computes its share: the same steps as :func:`_lead`, with nothing to write."""
    trainer, _ = _begin(config, group, resume)
    if resume:
        trainer.take_up(RunFolder(config.out))
    batches = trainer.batches()
    while not trainer.over(stop()):
        trainer.set_learning_rate()
        trainer.seed_noise()
        trainer.note(trainer.train_step(*next(batches)))
    group.wait()  # torchrun would end the first one, were this one to leave while it saves
    yield Done(trainer.step, RunFolder(config.out).checkpoint, trainer.finished)


def settle_input(config: TrainConfig, pairs: Pairs) -> TrainConfig:
    """Replace ``input="auto"`` by what the data's input halves look like."""
    if config.input != "auto":
        return config
    settled = dataclasses.replace(config, input=guess_input(pairs.train, config.direction))
    settled.validate()  # some options go with some inputs only
    return settled


def settle_palette(config: TrainConfig, pairs: Pairs, model: ModelConfig | None = None) -> Pairs:
    """Snap the pairs' labels to their palette, where the recipe says so and they have one.

    Ids have no colours of their own, and are given some whatever the recipe says.

    Args:
        model: of a run that goes on, whose palette is what it was.
    """
    if config.input != "labels":
        return pairs
    if model is not None:
        return pairs.snapped(model.palette)
    if not config.snap_labels and not has_ids(pairs.train, config.direction):
        return pairs
    try:
        return pairs.snapped(palette_of((*pairs.train, *pairs.val), config.direction))
    except DataError:
        sentence = (
            "The inputs are taken as labels, but not in a few flat colours, so they are not snapped to a"
            " palette: name another --input, or leave it at that."
        )
        return dataclasses.replace(pairs, problems=(sentence, *pairs.problems))


def _with_warning(pairs: Pairs, config: TrainConfig) -> Pairs:
    """The pairs, and a problem where photos are inputs that should not be, or seem to be."""
    if config.input != "photo" or any(pair.single for pair in pairs.train):
        return pairs
    if are_negative(pairs.train, config.direction):
        sentence = (
            "The inputs look like white lines on black, and drawings here are black on white: to train a"
            " model for drawings, stop and invert the files."
        )
        return dataclasses.replace(pairs, problems=(sentence, *pairs.problems))
    other: Direction = "BtoA" if config.direction == "AtoB" else "AtoB"
    drawn = guess_input(pairs.train, other)
    if drawn == "photo":
        return pairs
    sentence = (
        f"Photos are trained into {drawn}: to make photos from {drawn}, stop and give --direction {other}."
    )
    return dataclasses.replace(pairs, problems=(sentence, *pairs.problems))
