"""The trainer's command line: ``python -m train DATA --out runs/NAME``, ``check`` and ``evaluate``."""

from __future__ import annotations

import argparse
import dataclasses
import io
import json
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, get_args, get_type_hints

from tqdm import tqdm

from pix2pix.console import program, say
from pix2pix.errors import ConfigError, Pix2PixError
from pix2pix.generator import GeneratorSpec
from train.config import LENGTHS, MAY_CHANGE, TrainConfig, option_name
from train.engine.distributed import launched, process_rank
from train.flags import add_options, options_given
from train.measures.table import table
from train.presets import from_preset
from train.runs.job_files import note_failure, own_folder, reason

TOLD_EVERY = 100  # pairs that are looked at, to whoever started this process

if TYPE_CHECKING:
    from train.report.check import Report


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; 0 when it went well, 1 after an error in one sentence, 130 when it was stopped."""
    for stream in (sys.stdout, sys.stderr):  # a console may lack a name's characters: they are escaped
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        if given[:1] == ["evaluate"]:
            return _evaluate(given[1:])
        if given[:1] == ["check"]:
            return _check(given[1:])
        return _train_and_tell(given)
    except Pix2PixError as error:
        rank = process_rank()
        say(f"Error{f' in process {rank}' if rank else ''}: {error}")
        return 1
    except KeyboardInterrupt:
        training = given[:1] not in (["evaluate"], ["check"])
        how = "a run goes on from its last saved state with --resume" if training else "nothing was changed"
        say(f"Ended at once: {how}.")
        return 130


def _train_and_tell(given: list[str]) -> int:
    """Train; where train.runs.jobs started this process, an error is also left where that looks for it."""
    folder = own_folder(given)
    try:
        return _train(given)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        if folder is not None and not (isinstance(error, SystemExit) and error.code in (0, None)):
            note_failure(folder, reason(error, folder), os.getpid())
        raise


def _train(given: list[str]) -> int:
    name = program("train")
    parser = argparse.ArgumentParser(
        prog=name,
        description="Train a pix2pix model on pairs of pictures.",
        epilog=f"{name} check DATA reports on data before it is trained on;"
        f" {name} evaluate MODEL DATA measures a model on held-out pairs.",
    )
    add_options(parser)
    parser.add_argument("--resume", action="store_true", help="go on with the run in --out")
    arguments = parser.parse_args(given)
    config = _config(arguments)
    stop = _listen()
    from train.engine.memory import keep_freed_memory
    from train.events import Done
    from train.loop import fit
    from train.runs.lock import tell
    from train.runs.run import RunFolder
    from train.watching.progress import Progress

    if arguments.resume and RunFolder(config.out).is_finished(config):
        if process_rank() == 0:
            say(_already(config))
        return 0
    keep_freed_memory()

    finished, folder = False, RunFolder(config.out).path
    with Progress(hidden=process_rank() > 0) as progress:

        def looked(done: int, total: int) -> None:
            progress.looked(done, total)
            if done == total or done % TOLD_EVERY == 0:
                tell(folder, f"{done}/{total}")

        for event in fit(config, resume=arguments.resume, stop=stop, looked=looked):
            progress.show(event)
            if isinstance(event, Done):
                finished = event.finished
                progress.write(_ending(event.finished, event.step, config, event.metrics))
    return 0 if finished else 130


def _config(arguments: argparse.Namespace) -> TrainConfig:
    if not arguments.out:
        raise ConfigError("cli.no_out")
    given = options_given(arguments)
    if not given.get("data"):
        given.pop("data", None)
    if not arguments.resume:
        if "data" not in given:
            raise ConfigError("cli.no_data")
        return from_preset(given.pop("preset", "quick"), **given)
    from train.runs.run import RunFolder

    config = RunFolder(arguments.out).load_config()
    given.pop("out")
    for name, value in given.items():
        if getattr(config, name) != value and name not in MAY_CHANGE:
            raise ConfigError("run.other_option", run=arguments.out, option=option_name(name))
    changes = {name: given[name] for name in MAY_CHANGE if name in given}
    if any(name in given for name in LENGTHS):  # the new length takes the place of the old one, in any unit
        changes = {**dict.fromkeys(LENGTHS), **changes}
    return dataclasses.replace(config, out=arguments.out, **changes)  # the folder may have been moved


def _listen() -> Callable[[], bool]:
    """What says whether to stop: Ctrl-C and a polite kill ask for it, a second Ctrl-C ends it at once."""
    asked: list[int] = []

    def ask(number: int, frame: object) -> None:
        if asked and not launched():  # torchrun passes on the signal that the terminal sends as well
            raise KeyboardInterrupt
        asked.append(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, ask)
    if hasattr(signal, "pthread_sigmask"):  # whoever started us may have kept it back until now
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    return lambda: bool(asked)


def _already(config: TrainConfig) -> str:
    unit, length = config.length
    return (
        f"The run in {config.out} is finished, after {length:g} {unit}: train it for longer with --out"
        f" {config.out} --resume --{unit} {2 * length:g}, or start a new run from its model with --from"
        f" {config.out}."
    )


def _ending(finished: bool, step: int, config: TrainConfig, metrics: dict[str, dict[str, float]]) -> str:
    if not finished:
        return f"Stopped and saved at step {step}: go on with --out {config.out} --resume."
    return f"Finished at step {step}: the model is in {Path(config.out) / 'checkpoint'}.\n" + table(metrics)


def _evaluate(given: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog=f"{program('train')} evaluate",
        description="Measure a model on the held-out pairs of data sets.",
    )
    parser.add_argument("model", metavar="MODEL", help="a bundled name, a folder, or hf://owner/name")
    parser.add_argument("data", nargs="+", metavar="DATA", help="folders of pairs")
    _add_pairs(parser)
    parser.add_argument("--seed", type=int, default=0, help="of the noise (default 0)")
    shown = parser.add_mutually_exclusive_group()
    shown.add_argument("--json", action="store_true", help="print JSON instead of a table")
    shown.add_argument("--card", action="store_true", help="print the model's card with these numbers")
    arguments = parser.parse_args(given)
    from pix2pix.translator import Translator
    from train.data.pairs import find_pairs
    from train.measures.card import model_card
    from train.measures.evaluate import evaluate_model, evaluation_config, refuse_other_kind
    from train.measures.perceptual import find_judge

    translator = Translator.load(arguments.model)
    model = translator.config
    config = evaluation_config(model, arguments.seed)
    with _counter(hidden=None) as bar:
        pairs = find_pairs(
            arguments.data,
            input=config.input,
            direction=config.direction,
            train_needed=False,
            named=arguments.pairs,
            progress=lambda done, total: bar.update(done - bar.n),
        )
    refuse_other_kind(model, pairs, arguments.data)
    misfits = pairs.misfits(model.spans, model.direction)
    for note in (*pairs.understood, *pairs.notes, *misfits):
        say(note)
    judge = find_judge(say)
    metrics = evaluate_model(translator, pairs, config, judge)
    if arguments.card:
        print(model_card(dataclasses.replace(model, metrics=metrics)), end="")
    else:
        print(json.dumps(metrics, indent=2) if arguments.json else table(metrics))
    return 0


def _add_pairs(parser: argparse.ArgumentParser) -> None:
    text = next(f.metadata["help"] for f in dataclasses.fields(TrainConfig) if f.name == "pairs")
    parser.add_argument("--pairs", nargs=2, default=(), metavar=("A_FOLDER", "B_FOLDER"), help=text)


def _check(given: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog=f"{program('train')} check",
        description="Report what training would make of data sets.",
    )
    parser.add_argument("data", nargs="+", metavar="DATA", help="folders, zips, or hf://datasets/owner/name")
    for name in ("input", "direction"):
        choices = get_args(get_type_hints(TrainConfig)[name])
        parser.add_argument(f"--{name}", choices=choices, default=getattr(TrainConfig, name))
    _add_pairs(parser)
    parser.add_argument("--image-size", type=int, default=TrainConfig.image_size, metavar="INT")
    parser.add_argument("--json", action="store_true", help="print JSON with the name of every file")
    parser.add_argument("--sheet", type=Path, metavar="JPG", help="write a picture of some pairs here")
    arguments = parser.parse_args(given)
    try:
        report = _checked(arguments)
    except Pix2PixError as error:
        if arguments.json:
            print(json.dumps({"error": str(error)}))
        raise
    print(json.dumps(report.to_json(), indent=2) if arguments.json else report.text())
    return 0 if report.trainable else 1


def _checked(arguments: argparse.Namespace) -> Report:
    GeneratorSpec(image_size=arguments.image_size)  # or the report would speak of sizes that no network has
    from train.report.check import check_data

    with _counter() as bar:
        return check_data(
            arguments.data,
            input=arguments.input,
            direction=arguments.direction,
            image_size=arguments.image_size,
            named=arguments.pairs,
            progress=lambda done: bar.update(done - bar.n),
            sheet=arguments.sheet,
        )


def _counter(hidden: bool | None = False) -> tqdm:
    """Shows how many pairs were looked at; None: in a terminal."""
    return tqdm(unit=" pairs", file=sys.stderr, leave=False, disable=hidden)
