"""``fit`` trains, tells what happens in order, and leaves a run that is whole however it ends."""

from __future__ import annotations

import dataclasses
import errno
import json
import math
import multiprocessing
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors import SafetensorError
from support import assert_one_sentence, train_config, write_side_by_side

import train.engine.trainer
import train.loop
import train.runs.run
from pix2pix.checkpoint import load_checkpoint, load_config
from pix2pix.errors import CheckpointError, ConfigError, DataError, Pix2PixError, RunError
from pix2pix.messages import decoded
from pix2pix.translator import Translator
from train.config import TrainConfig
from train.data.pairs import find_pairs
from train.data.strokes import LINE_WIDTH
from train.engine.losses import RECONSTRUCTIONS
from train.engine.trainer import LOG_EVERY, Trainer
from train.events import Done, Event, Preview, Saved, Started, Step
from train.loop import fit, settle_input
from train.measures.evaluate import evaluate_model
from train.runs.run import RunFolder


def status(run: Path) -> dict[str, Any]:
    return decoded(json.loads((run / "status.json").read_text()))


def stop_at(step: int) -> tuple[list[Event], Callable[[], bool]]:
    """A list to collect events in, and a stop() that says True after that step."""
    events: list[Event] = []
    return events, lambda: any(isinstance(e, Step) and e.step >= step for e in events)


def refused(config: TrainConfig, kind: type[Pix2PixError], **options: Any) -> str:
    with pytest.raises(kind) as caught:
        list(fit(config, **options))
    assert_one_sentence(caught.value)
    return str(caught.value)


def follow(config: TrainConfig, watch: Callable[[Event], object]) -> None:
    """Train, and show each event to someone as it comes."""
    for event in fit(config):
        watch(event)


def at_the_start(do: Callable[[], object]) -> Callable[[Event], object]:
    """Something to do once, when the data was read and the run was made."""
    return lambda event: do() if isinstance(event, Started) else None


# ---- a whole run ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def learnt(shapes: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Event], TrainConfig]:
    """A run of 120 steps with every augmentation on."""
    out = tmp_path_factory.mktemp("runs") / "learnt"
    config = train_config(
        shapes,
        out,
        steps=120,
        width=8,
        learning_rate=2e-3,
        lambda_l1=100.0,
        ema=0.9,
        precision="auto",
        redraw=0.5,
        shrink=0.0,
        recolour=0.0,
    )
    return list(fit(config)), config


def test_l1_falls(learnt: tuple[list[Event], TrainConfig]) -> None:
    steps = [event for event in learnt[0] if isinstance(event, Step)]
    l1 = [event.losses["l1"] for event in steps]
    assert all(set(event.losses) == {"d", "gan", "l1"} for event in steps)
    assert np.mean(l1[-20:]) < 0.6 * np.mean(l1[:5])


def test_events_count_up_to_done(learnt: tuple[list[Event], TrainConfig]) -> None:
    events, config = learnt
    assert isinstance(events[0], Started)
    assert (events[0].train_pairs, events[0].val_pairs, events[0].input) == (8, 2, "edges")
    assert events[0].problems == ()
    steps = [event for event in events if isinstance(event, Step)]
    assert [event.step for event in steps] == list(range(1, 121))
    assert [event.images_seen for event in steps] == [2 * n for n in range(1, 121)]
    assert [event.progress for event in steps] == [n / 120 for n in range(1, 121)]
    assert all(event.seconds_left >= 0 and event.images_per_second > 0 for event in steps)
    assert steps[-1].seconds_left == 0
    assert isinstance(events[-2], Preview)
    done = events[-1]
    assert isinstance(done, Done) and done.finished and done.step == 120
    assert done.checkpoint == Path(config.out) / "checkpoint"


def test_the_learning_rate_is_constant_then_falls_to_nearly_zero(shapes: Path, tmp_path: Path) -> None:
    config = train_config(shapes, tmp_path / "run", steps=20, learning_rate=2e-3, decay_from=0.5)
    rates = [event.learning_rate for event in fit(config) if isinstance(event, Step)]
    assert rates[:11] == [2e-3] * 11  # decay_from is half
    assert np.allclose(np.diff(rates[10:]), -2e-3 / 10)
    assert rates[-1] == pytest.approx(2e-3 / 10)


def test_the_run_folder_is_complete(learnt: tuple[list[Event], TrainConfig]) -> None:
    run = Path(learnt[1].out)
    assert {p.name for p in run.iterdir()} == {
        "config.json",
        "metrics.jsonl",
        "status.json",
        "samples",
        "state",
        "checkpoint",
    }
    assert {p.name for p in (run / "checkpoint").iterdir()} == {
        "config.json",
        "generator.safetensors",
        "discriminator.safetensors",
        "README.md",
    }
    assert not list(run.rglob(".*"))  # no temporary file is left
    assert RunFolder(run).load_config() == learnt[1]
    assert status(run)["state"] == "finished" and status(run)["step"] == 120
    assert status(run)["metrics"] == learnt[0][-1].metrics


def test_metrics_are_lines_of_json(learnt: tuple[list[Event], TrainConfig]) -> None:
    lines = [json.loads(line) for line in (Path(learnt[1].out) / "metrics.jsonl").read_text().splitlines()]
    steps, sheets = lines[:-1], lines[-1:]
    assert [line["step"] for line in steps] == list(range(LOG_EVERY, 121, LOG_EVERY))
    assert all(math.isfinite(value) for line in steps for value in line["losses"].values())
    assert [line["step"] for line in sheets] == [120] and 0 < sheets[0]["sharpness"] < 100
    assert [line["seconds"] for line in lines] == sorted(line["seconds"] for line in lines)


def test_the_sample_sheet_is_announced(learnt: tuple[list[Event], TrainConfig]) -> None:
    (preview,) = [event for event in learnt[0] if isinstance(event, Preview)]
    assert preview.path == Path(learnt[1].out) / "samples" / "0000120.jpg"


def test_the_model_knows_what_it_is(learnt: tuple[list[Event], TrainConfig]) -> None:
    config = learnt[1]
    model = load_config(Path(config.out) / "checkpoint")
    assert (model.name, model.step, model.images_seen) == ("learnt", 120, 240)
    assert (model.input, model.direction, model.statistics) == ("edges", "AtoB", "image")
    assert model.generator == config.generator_spec()
    assert model.discriminator == config.discriminator_spec()
    assert model.line_width == (LINE_WIDTH if config.redraw else (1.0, 1.0))
    assert model.metrics == learnt[0][-1].metrics
    assert model.recipe["steps"] == 120 and model.recipe["lambda_l1"] == 100
    # Names of data sets, and nothing about this machine.
    assert model.recipe["data"] == [Path(config.data[0]).name]
    assert str(Path(config.out).parent) not in (Path(config.out) / "checkpoint" / "config.json").read_text()
    assert str(Path(config.out).parent) not in (Path(config.out) / "checkpoint" / "README.md").read_text()


def test_the_model_beats_its_start_and_the_trivial_answers(
    learnt: tuple[list[Event], TrainConfig], shapes: Path, tmp_path: Path
) -> None:
    metrics = learnt[0][-1].metrics
    assert metrics["pairs"]["count"] == 2
    assert metrics["model"]["l1"] < metrics["input"]["l1"]
    assert metrics["model"]["l1"] < metrics["mean_photo"]["l1"]
    start = list(fit(dataclasses.replace(learnt[1], out=str(tmp_path / "start"), steps=1)))[-1].metrics
    assert metrics["model"]["l1"] < 0.7 * start["model"]["l1"]
    assert start["input"] == metrics["input"] and start["mean_photo"] == metrics["mean_photo"]


def test_the_model_serves_as_it_was_measured(learnt: tuple[list[Event], TrainConfig]) -> None:
    config = learnt[1]
    translator = Translator.load(config.out, device="cpu", precision="float32")
    again = evaluate_model(translator, find_pairs(config.data), config)
    assert again["model"]["l1"] == pytest.approx(learnt[0][-1].metrics["model"]["l1"], abs=0.01)
    edges, photo = find_pairs(config.data).val[0].load()
    result = np.asarray(translator.translate(edges)).astype(float)
    inside = np.asarray(photo).min(axis=2) < 225
    assert result[inside].mean() < result[~inside].mean() - 20  # the shape is filled, the ground is not


# ---- the order of events --------------------------------------------------------------------------


def test_events_come_in_order(shapes: Path, tmp_path: Path) -> None:
    config = train_config(shapes, tmp_path / "run", steps=3, sample_every=1e-9, save_every=1e-9)
    events = list(fit(config))
    kinds = [type(event).__name__ for event in events]
    middle = ["Step", "Preview", "Saved"]
    assert kinds == ["Started", *middle, *middle, "Step", "Preview", "Preview", "Done"]
    for event in events:
        if isinstance(event, (Preview, Saved)):
            assert event.path.exists()
    assert [e.step for e in events if isinstance(e, Saved)] == [1, 2]


def test_nothing_is_written_before_the_first_event_is_asked_for(shapes: Path, tmp_path: Path) -> None:
    events = fit(train_config(shapes, tmp_path / "run"))
    assert not (tmp_path / "run").exists()
    events.close()
    assert not (tmp_path / "run").exists()


def test_a_saved_event_means_that_a_model_can_be_loaded(shapes: Path, tmp_path: Path) -> None:
    config = train_config(shapes, tmp_path / "run", steps=3, save_every=1e-9)
    for event in fit(config):
        if isinstance(event, Saved):
            assert load_checkpoint(event.path).config.step == event.step
            assert RunFolder(config.out).load_state()[1]["step"] == event.step
            assert status(tmp_path / "run")["state"] == "running"


def test_the_input_is_looked_at_when_not_told(shapes: Path, tmp_path: Path) -> None:
    config = train_config(shapes, tmp_path / "run", input="auto", steps=1)
    events = list(fit(config))
    assert events[0].input == "edges"
    assert load_config(tmp_path / "run" / "checkpoint").input == "edges"
    assert settle_input(config, find_pairs([shapes])).input == "edges"


@pytest.mark.parametrize(
    "changes",
    [
        {"direction": "BtoA", "input": "photo"},
        {"conditional": False},
        {"norm": "instance", "final": "resize"},
        {"norm": "none", "dropout": 0.0},
        {"receptive_field": 1, "lambda_l1": 0.0},
        {"batch_size": 1, "ema": 0.0, "image_size": 16, "load_size": 18},
        {"batch_size": 9},  # more than there are pairs
        {"precision": "bfloat16"},
        {"quarters": 0.5, "halvings": 4},
        {"spread_hints": True, "precision": "bfloat16"},
        {"steps": None, "epochs": 0.6},
        {"steps": None, "minutes": 0.002},
    ],
    ids=str,
)
def test_every_kind_of_run_ends_with_a_model(shapes: Path, tmp_path: Path, changes: dict[str, Any]) -> None:
    config = train_config(shapes, tmp_path / "run", **{"steps": 2, **changes})
    done = list(fit(config))[-1]
    assert isinstance(done, Done) and done.finished
    edges = find_pairs([shapes]).val[0].load(config.direction)[0]
    assert Translator.load(done.checkpoint, device="cpu").translate(edges).size == (32, 32)


def test_a_step_is_the_papers(shapes: Path, tmp_path: Path) -> None:
    """One discriminator and one generator step, written down a second time with plain losses."""
    config = train_config(shapes, tmp_path / "run", dropout=0.0, norm="none", decay_from=1.0, ema=0.0)
    pairs = find_pairs([shapes])
    trainer = Trainer(config, pairs)
    theirs = Trainer(config, pairs)
    g, d = theirs.generator.train(), theirs.discriminator.train()
    options = {"lr": config.learning_rate, "betas": (0.5, 0.999)}
    adam_g, adam_d = torch.optim.Adam(g.parameters(), **options), torch.optim.Adam(d.parameters(), **options)
    rng = torch.Generator().manual_seed(1)
    for _ in range(3):
        x, y = torch.randint(0, 256, (2, 2, 3, 32, 32), dtype=torch.uint8, generator=rng)
        losses = trainer.train_step(x, y)
        a, b = x.float() / 127.5 - 1, y.float() / 127.5 - 1
        fake = g(a)
        loss_d = -0.5 * (d(a, b).sigmoid().log().mean() + (1 - d(a, fake.detach()).sigmoid()).log().mean())
        adam_d.zero_grad()
        loss_d.backward()
        adam_d.step()
        gan, l1 = -d(a, fake).sigmoid().log().mean(), (fake - b).abs().mean()
        adam_g.zero_grad()
        (gan + 100 * l1).backward()
        adam_g.step()
        for name, expected in (("d", loss_d), ("gan", gan), ("l1", l1)):
            assert float(losses[name]) == pytest.approx(float(expected.detach()), rel=1e-4)
    for ours, other in ((trainer.generator, g), (trainer.discriminator, d), (trainer.average, g)):
        for mine, their in zip(ours.parameters(), other.parameters(), strict=True):
            torch.testing.assert_close(mine.detach(), their.detach(), atol=2e-5, rtol=0)


def test_a_run_begins_with_quarters_and_ends_with_whole_pictures(shapes: Path, tmp_path: Path) -> None:
    config = train_config(shapes, tmp_path / "run", steps=4, quarters=0.5, halvings=4)
    trainer, seen = Trainer(config, find_pairs([shapes])), []
    trainer.generator.register_forward_hook(lambda _, given, __: seen.append(given[0].detach()))
    trainer.discriminator.register_forward_pre_hook(lambda _, given: seen.append(torch.cat(given).detach()))
    whole = torch.randint(0, 256, (2, 3, 32, 32), dtype=torch.uint8)
    for _ in range(4):
        trainer.seed_noise()
        trainer.train_step(whole, 255 - whole)
    sides = [x.shape[-1] for x in seen if len(x) == 2]
    assert sides == [16, 16, 32, 32]
    condition, target = next(x for x in seen if len(x) == 4).chunk(2)
    assert torch.allclose(condition, -target, atol=1e-5)  # the same quarter of both


def test_the_generator_is_mostly_told_the_main_colour(shapes: Path, tmp_path: Path) -> None:
    config = train_config(shapes, tmp_path / "run", spread_hints=True, batch_size=64)
    trainer, told = Trainer(config, find_pairs([shapes])), []
    trainer.generator.register_forward_hook(
        lambda _, __, named, ___: told.append(named["colour"]), with_kwargs=True
    )
    red = torch.tensor([200, 30, 30], dtype=torch.uint8).view(1, 3, 1, 1).expand(64, 3, 32, 32)
    trainer.seed_noise()
    trainer.train_step(torch.full_like(red, 255), red)
    given = told[0][told[0].isfinite().flatten(1).all(1)]
    assert 30 < len(given) < 64
    assert torch.allclose(given, (red[: len(given)] / 127.5 - 1), atol=0.02)


def test_the_average_follows_the_generator(shapes: Path, tmp_path: Path) -> None:
    config = train_config(shapes, tmp_path / "run", ema=0.5, learning_rate=1e-2)
    trainer = Trainer(config, find_pairs([shapes]))
    x, y = torch.randint(0, 256, (2, 2, 3, 32, 32), dtype=torch.uint8)
    expected = trainer.generator.last.weight.detach().clone()
    for step in range(1, 5):
        trainer.train_step(x, y)
        decay = min(0.5, (1 + step) / (10 + step))
        expected = decay * expected + (1 - decay) * trainer.generator.last.weight.detach()
    torch.testing.assert_close(trainer.average.last.weight, expected, atol=1e-6, rtol=1e-5)
    assert not torch.equal(trainer.average.last.weight, trainer.generator.last.weight)
    assert not trainer.average.training


# ---- stopping -------------------------------------------------------------------------------------


def test_stop_saves_and_ends(shapes: Path, tmp_path: Path) -> None:
    events, stop = stop_at(3)
    for event in fit(train_config(shapes, tmp_path / "run", steps=50), stop=stop):
        events.append(event)
    done = events[-1]
    assert isinstance(done, Done) and not done.finished and done.step == 3 and done.metrics == {}
    assert status(tmp_path / "run")["state"] == "stopped"
    assert load_checkpoint(done.checkpoint).config.step == 3
    assert RunFolder(tmp_path / "run").load_state()[1]["step"] == 3


def test_walking_away_saves(shapes: Path, tmp_path: Path) -> None:
    events = fit(train_config(shapes, tmp_path / "run", steps=50))
    for event in events:
        if isinstance(event, Step) and event.step == 4:
            break
    events.close()
    assert status(tmp_path / "run")["state"] == "stopped"
    assert RunFolder(tmp_path / "run").load_state()[1]["step"] == 4
    assert load_checkpoint(tmp_path / "run" / "checkpoint").config.step == 4


def test_walking_away_when_it_is_done_changes_nothing(shapes: Path, tmp_path: Path) -> None:
    events = fit(train_config(shapes, tmp_path / "run", steps=2))
    for event in events:
        if isinstance(event, Done):
            break
    events.close()
    assert status(tmp_path / "run")["state"] == "finished"
    assert load_checkpoint(tmp_path / "run" / "checkpoint").config.metrics["model"]["l1"] > 0


# ---- what goes wrong ------------------------------------------------------------------------------


def test_a_run_is_not_overwritten(shapes: Path, tmp_path: Path) -> None:
    config = train_config(shapes, tmp_path / "run", steps=1)
    list(fit(config))
    before = (tmp_path / "run" / "metrics.jsonl").exists(), status(tmp_path / "run")
    assert "--resume" in refused(config, RunError)
    assert ((tmp_path / "run" / "metrics.jsonl").exists(), status(tmp_path / "run")) == before


def test_a_folder_of_something_else_is_left_alone(shapes: Path, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "me.jpg").write_bytes(b"mine")
    refused(train_config(shapes, tmp_path / "photos"), RunError)
    assert [p.name for p in (tmp_path / "photos").iterdir()] == ["me.jpg"]


def test_bad_data_and_bad_options_leave_no_run_behind(shapes: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    refused(train_config(tmp_path / "empty", tmp_path / "run"), DataError)
    refused(train_config((), tmp_path / "run"), DataError)
    broken = dataclasses.replace(train_config(shapes, tmp_path / "run"), learning_rate=-1.0)
    refused(broken, ConfigError)
    absent = dataclasses.replace(train_config(shapes, tmp_path / "run"), device="nonsense")
    refused(absent, ConfigError)
    assert not (tmp_path / "run").exists()


def test_bad_files_are_reported_and_left_out(tmp_path: Path) -> None:
    write_side_by_side(tmp_path / "data", 5)
    (tmp_path / "data" / "text.jpg").write_text("no picture")
    events = list(fit(train_config(tmp_path / "data", tmp_path / "run", steps=1)))
    assert len(events[0].problems) == 1 and "text.jpg" in events[0].problems[0]
    assert events[-1].finished


def test_a_loss_that_is_not_a_number_ends_the_run_and_keeps_the_last_state(
    shapes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = RECONSTRUCTIONS["l1"], []

    def fails_at_the_fourth(output: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        calls.append(1)
        return real(output, target) * (math.nan if len(calls) == 4 else 1.0)

    monkeypatch.setitem(RECONSTRUCTIONS, "l1", fails_at_the_fourth)
    message = refused(train_config(shapes, tmp_path / "run", steps=9, save_every=1e-9), RunError)
    assert "step 4" in message and "--learning-rate" in message
    assert status(tmp_path / "run")["state"] == "failed"
    assert status(tmp_path / "run")["message"] == message
    tensors, values = RunFolder(tmp_path / "run").load_state()
    assert values["step"] == 3
    assert all(bool(torch.isfinite(t).all()) for t in tensors.values() if t.is_floating_point())
    load_checkpoint(tmp_path / "run" / "checkpoint")


FULL = [
    OSError(errno.ENOSPC, "No space left on device"),
    SafetensorError("Error while serializing: I/O error"),
]


@pytest.mark.parametrize("error", FULL, ids=["OSError", "SafetensorError"])
@pytest.mark.parametrize("what", ["state", "model"])
def test_a_full_disk_ends_the_run_and_keeps_the_last_state(
    shapes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, what: str
) -> None:
    run = tmp_path / "run"
    module = train.runs.run if what == "state" else __import__("pix2pix.checkpoint").checkpoint
    real, events = module.save_tensors, []

    def full(tensors: dict[str, torch.Tensor], path: Path, *rest: Any) -> None:
        if any(isinstance(event, Saved) for event in events):
            Path(path).write_bytes(b"the first part")
            raise error
        real(tensors, path, *rest)

    monkeypatch.setattr(module, "save_tensors", full)
    config = train_config(shapes, run, steps=9, save_every=1e-9)
    with pytest.raises(RunError) as caught:
        follow(config, events.append)
    assert_one_sentence(caught.value)
    assert "space" in str(caught.value)
    assert status(run)["state"] == "failed"
    assert load_checkpoint(run / "checkpoint").config.step == 1
    assert not list(run.rglob(".*"))
    monkeypatch.undo()
    assert RunFolder(run).load_state()[1]["step"] == (1 if what == "state" else 2)
    assert list(fit(config, resume=True))[-1].finished  # when there is space again


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no device that is always full")
def test_a_disk_that_is_full_for_the_log_is_one_sentence(shapes: Path, tmp_path: Path) -> None:
    config = train_config(shapes, tmp_path / "run", steps=30)
    run = tmp_path / "run"
    with pytest.raises(RunError) as caught:
        follow(config, at_the_start(lambda: (run / "metrics.jsonl").symlink_to("/dev/full")))
    assert_one_sentence(caught.value)


def test_when_not_even_the_status_can_be_written_the_cause_is_told(
    shapes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*arguments: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    def fill_the_disk() -> None:
        monkeypatch.setattr(train.runs.run, "save_tensors", full)
        monkeypatch.setattr(train.runs.run, "write_json", full)

    with pytest.raises(RunError) as caught:
        follow(train_config(shapes, tmp_path / "run", steps=3, save_every=1e-9), at_the_start(fill_the_disk))
    assert_one_sentence(caught.value)
    assert "could not be saved" in str(caught.value)


def test_a_worker_that_is_killed_ends_the_run_in_one_sentence(shapes: Path, tmp_path: Path) -> None:
    config = train_config(shapes, tmp_path / "run", steps=10**6, workers=1)

    def kill_at_the_second_step(event: Event) -> None:
        if isinstance(event, Step) and event.step == 2:
            for worker in multiprocessing.active_children():  # those of a test before may live on
                worker.kill()

    with pytest.raises(RunError) as caught:
        follow(config, kill_at_the_second_step)
    assert_one_sentence(caught.value)
    assert "--resume" in str(caught.value)
    assert status(tmp_path / "run")["state"] == "failed"


@pytest.mark.parametrize("workers", [0, 1])
def test_data_that_vanishes_ends_the_run_in_one_sentence(tmp_path: Path, workers: int) -> None:
    write_side_by_side(tmp_path / "data" / "train", 4)
    write_side_by_side(tmp_path / "data" / "val", 1, first=9)
    config = train_config(tmp_path / "data", tmp_path / "run", steps=400, workers=workers)
    with pytest.raises(DataError) as caught:
        follow(config, at_the_start(lambda: shutil.rmtree(tmp_path / "data" / "train")))
    assert_one_sentence(caught.value)
    assert status(tmp_path / "run")["state"] == "failed"


# ---- starting from a model ------------------------------------------------------------------------


def test_a_run_starts_from_a_model(shapes: Path, tmp_path: Path) -> None:
    first = train_config(shapes, tmp_path / "first", norm="batch")
    list(fit(first))
    model = load_checkpoint(tmp_path / "first" / "checkpoint")
    second = train_config(shapes, tmp_path / "second", start=str(tmp_path / "first"), norm="instance")
    trainer = Trainer(second, find_pairs([shapes]))
    for ours, theirs in ((trainer.generator, model.generator), (trainer.discriminator, model.discriminator)):
        for name, tensor in ours.state_dict().items():
            assert torch.equal(tensor, theirs.state_dict()[name]), name
    assert torch.equal(trainer.average.last.weight, model.generator.last.weight)
    list(fit(second))
    assert load_config(tmp_path / "second" / "checkpoint").recipe["start"] == "first"


def test_a_model_that_is_not_there_is_refused(shapes: Path, tmp_path: Path) -> None:
    config = dataclasses.replace(train_config(shapes, tmp_path / "run"), start=str(tmp_path / "nothing"))
    refused(config, CheckpointError)
