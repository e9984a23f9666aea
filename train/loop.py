"""Training as an iterator of events: one loop, readable from top to bottom."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

from pix2pix.errors import RunError
from train.config import TrainConfig
from train.events import Event, Preview, Saved, Started
from train.pairs import Pairs, find_pairs, guess_input, training_batches, validation_batch
from train.run import RunFolder
from train.trainer import Trainer

SHEET_PAIRS = 8  # held-out pairs on a sample sheet


def fit(
    config: TrainConfig, *, resume: bool = False, stop: Callable[[], bool] = lambda: False
) -> Iterator[Event]:
    """Train, and tell what happens.

    Args:
        config: the recipe; ``config.data`` and ``config.out`` say from where and to where.
        resume: go on with the run in ``config.out`` (the caller passes that run's own configuration).
        stop: asked after every step; when it says True, everything is saved and the iterator ends.

    Raises:
        ConfigError, DataError, RunError: one sentence each; what was saved before stays.
    """
    config.validate()
    run = RunFolder(config.out)
    if resume:
        run.load_config()  # or there is nothing to resume
        run.sweep()
    else:
        run.require_unused()  # said now, not after minutes of looking at the data
    pairs = find_pairs(config.data, input=config.input, direction=config.direction)
    config = settle_input(config, pairs)
    trainer = Trainer(config, pairs)
    if not resume:
        run.create(config)
    elif run.has_state():
        trainer.load(run)
    run.set_status("running", step=trainer.step)
    yield Started(len(pairs.train), len(pairs.val), config.input, pairs.problems, pairs.understood)

    clock = Clock(trainer.seconds)
    sampled, saved = clock.now(), clock.now()
    sheet = validation_batch((pairs.val or pairs.train)[:SHEET_PAIRS], config)
    batches = training_batches(pairs.train, config, trainer.step * config.batch_size)
    try:
        while not trainer.finished and not stop():
            trainer.set_learning_rate()
            losses = trainer.train_step(*next(batches))
            trainer.seconds = clock.now()
            yield trainer.report(run, losses)
            if clock.now() - sampled > config.sample_every:
                sampled = clock.now()
                yield Preview(trainer.step, trainer.write_sheet(run, *sheet))
            if clock.now() - saved > config.save_every and not trainer.finished:
                saved = clock.now()
                yield Saved(trainer.step, trainer.save(run))
        yield Preview(trainer.step, trainer.write_sheet(run, *sheet))
        done = trainer.finish(run, pairs)
    except GeneratorExit:  # the caller walked away between two steps
        trainer.save(run)
        run.set_status("stopped", step=trainer.step)
        raise
    except Exception as error:
        told = _told(error)
        for _ in range(2):  # torch interrupts whatever runs, once, when it hears that a worker died
            with suppress(RunError, RuntimeError):  # of two errors the first is the one to tell
                run.set_status("failed", step=trainer.step, message=str(told))
                break
        if told is error:
            raise
        raise told from error
    yield done  # out of reach of the first handler: who leaves now leaves a finished run


def _told(error: Exception) -> Exception:
    """The error to raise: a worker's death shows as torch's message or as a broken connection."""
    if "DataLoader worker (pid" in str(error) or isinstance(error, (ConnectionError, EOFError)):
        return RunError(
            "A process that prepares pairs was ended from outside, perhaps for want of memory: go on with"
            " --resume, or with --workers 0."
        )
    return error


def settle_input(config: TrainConfig, pairs: Pairs) -> TrainConfig:
    """Replace ``input="auto"`` by what the data's input halves look like."""
    if config.input != "auto":
        return config
    return dataclasses.replace(config, input=guess_input(pairs.train, config.direction))


class Clock:
    """Seconds of training, going on from an earlier session's count."""

    def __init__(self, already: float):
        self.start = time.monotonic() - already

    def now(self) -> float:
        """Seconds so far."""
        return time.monotonic() - self.start
