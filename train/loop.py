"""Training as an iterator of events: one loop, readable from top to bottom."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator

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
    pairs = find_pairs(config.data)
    config = settle_input(config, pairs)
    run = RunFolder(config.out)
    if not resume:
        run.create(config)
    trainer = Trainer(config, pairs)
    if resume and run.has_state():
        trainer.load(run)
    run.set_status("running", step=trainer.step)
    yield Started(len(pairs.train), len(pairs.val), config.input, pairs.problems)

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
        yield trainer.finish(run, pairs, batches)
    except GeneratorExit:  # the caller walked away between two steps
        trainer.save(run)
        run.set_status("stopped", step=trainer.step)
        raise
    except RuntimeError as error:
        run.set_status("failed", step=trainer.step, message=str(error))
        if "DataLoader worker" not in str(error):
            raise
        raise RunError(
            "A process that prepares pairs was ended from outside, perhaps for want of memory: go on with"
            " --resume, or with --workers 0."
        ) from error
    except Exception as error:
        run.set_status("failed", step=trainer.step, message=str(error))
        raise


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
