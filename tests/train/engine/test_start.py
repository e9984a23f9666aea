"""Fine-tuning: a run takes the networks of the model that it starts from, and says when it cannot."""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import torch
from support import assert_one_sentence, assert_same_tensors, make_checkpoint, tiny_generator, train_config

from pix2pix.checkpoint import CONFIG, DISCRIMINATOR, load_checkpoint
from pix2pix.discriminator import DiscriminatorSpec
from pix2pix.errors import CheckpointError, ConfigError
from pix2pix.hints import MAIN, spread
from train.cli import main
from train.config import TrainConfig
from train.data.pairs import find_pairs
from train.engine.trainer import Trainer
from train.events import Started, Step
from train.loop import fit
from train.presets import architecture, from_preset
from train.runs.run import RunFolder

OTHER_SPEC = {"kind": "encoder_decoder", "width": 3, "norm": "batch", "dropout": 0.25, "final": "resize"}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model whose every architectural choice is another than the default. Read only."""
    folder = tmp_path_factory.mktemp("start") / "odd"
    critic = DiscriminatorSpec(receptive_field=34, width=3, condition_channels=0, norm="batch")
    return make_checkpoint(folder, tiny_generator(image_size=16, **OTHER_SPEC), discriminator=critic)


@pytest.fixture
def without_critic(model: Path, tmp_path: Path) -> Path:
    """The same without a discriminator, as converted weights come."""
    folder = Path(shutil.copytree(model, tmp_path / "alone"))
    (folder / DISCRIMINATOR).unlink()
    values = json.loads((folder / CONFIG).read_text())
    (folder / CONFIG).write_text(json.dumps({**values, "discriminator": None}))
    return folder


def fine_tune(data: Path, out: Path, start: Path, **changes: Any) -> TrainConfig:
    """As the command line makes it: nothing is asked for but where to start from."""
    values = {"steps": 10, "workers": 0, "device": "cpu", "precision": "float32"}
    places = {"data": (str(data),), "out": str(out), "start": str(start), "input": "edges"}
    plain = {"batch_size": 2, "lambda_features": 0.0, "lambda_feature_gan": 0.0}
    return from_preset("quick", **{**values, **places, **plain, **changes})


@pytest.mark.parametrize("trained", [True, False])
def test_a_model_stays_even_if_it_was_trained_so(tmp_path: Path, trained: bool) -> None:
    recipe = {"even_phases": True} if trained else {}
    model = make_checkpoint(tmp_path / "model", tiny_generator(), recipe=recipe)
    assert fine_tune(tmp_path, tmp_path / "run", model).even_phases is trained
    assert fine_tune(tmp_path, tmp_path / "run", model, even_phases=not trained).even_phases is not trained


# ---- taking the model's networks ------------------------------------------------------------------


def test_a_run_takes_the_models_architecture(shapes: Path, tmp_path: Path, model: Path) -> None:
    config, given = fine_tune(shapes, tmp_path / "run", model), load_checkpoint(model)
    assert config.generator_spec() == given.config.generator
    assert config.discriminator_spec() == given.config.discriminator
    assert config.load_size == 16
    trainer = Trainer(config, find_pairs([shapes]))
    assert trainer.notes == () and trainer.warmup == 0
    assert_same_tensors(trainer.generator.state_dict(), given.generator.state_dict())
    assert_same_tensors(trainer.average.state_dict(), given.generator.state_dict())
    assert_same_tensors(trainer.discriminator.state_dict(), given.trained_discriminator().state_dict())


@pytest.mark.parametrize("preset", ["quick", "paper", "tutorial"])
def test_whatever_the_preset(shapes: Path, tmp_path: Path, model: Path, preset: str) -> None:
    places = {"data": (str(shapes),), "out": str(tmp_path / "run"), "start": str(model)}
    config = from_preset(preset, **places)
    assert config.generator_spec() == load_checkpoint(model).config.generator
    assert config.load_size == (18 if preset == "paper" else 16)


def test_the_options_of_an_architecture_are_complete(model: Path) -> None:
    """Written into a recipe, they give the model's two networks back."""
    config = load_checkpoint(model).config
    recipe = TrainConfig(**architecture(config))
    assert recipe.generator_spec() == config.generator
    assert recipe.discriminator_spec() == config.discriminator


def test_the_bundled_model_can_be_started_from(shapes: Path, tmp_path: Path) -> None:
    config = fine_tune(shapes, tmp_path / "run", Path("edges2photo"))
    assert (config.width, config.image_size, config.norm, config.generator) == (32, 256, "instance", "unet")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"width": 6}, ["--width 6", "down.0.weight", "3x3x4x4", "6x3x4x4"]),
        ({"image_size": 32}, ["--image-size 32", "down.4.weight", "missing"]),
        ({"norm": "none"}, ["--norm none", "bias", "missing"]),
        ({"norm": "instance_plain"}, ["--norm instance_plain", "down.0.bias"]),
        ({"generator": "unet"}, ["--generator unet", "up.1.weight"]),
        ({"generator": "resnet_9"}, ["--generator resnet_9", "down.0.weight", "3x3x7x7"]),
        ({"width": 6, "final": "transposed"}, ["--width 6 and --final transposed", "down.0.weight"]),
        ({"final": "transposed"}, ["--final transposed", "last"]),
    ],
    ids=str,
)
def test_another_generator_is_refused_by_option_and_tensor(
    shapes: Path, tmp_path: Path, model: Path, changes: dict[str, Any], words: list[str]
) -> None:
    with pytest.raises(ConfigError) as caught:
        list(fit(fine_tune(shapes, tmp_path / "run", model, **changes)))
    assert_one_sentence(caught.value)
    for word in words:
        assert word in str(caught.value), word
    assert not (tmp_path / "run").exists()


def test_a_batch_norm_may_become_an_instance_norm(shapes: Path, tmp_path: Path, model: Path) -> None:
    assert list(fit(fine_tune(shapes, tmp_path / "run", model, norm="instance")))[-1].finished


def test_a_model_that_was_shown_no_hints_may_be_shown_them(shapes: Path, tmp_path: Path) -> None:
    model = make_checkpoint(tmp_path / "model", tiny_generator(dropout=0.0))
    config = fine_tune(shapes, tmp_path / "run", model, spread_hints=True)
    trainer = Trainer(config, find_pairs(config.data))
    ours, theirs = trainer.generator.eval(), load_checkpoint(model).generator
    grey = torch.rand(1, 1, 32, 32).repeat(1, 3, 1, 1) * 2 - 1
    grey[..., ::2] = 1  # lines, and nothing as wide as a dab
    torch.testing.assert_close(ours(grey), theirs(grey))  # without colours as before
    blue, white = torch.tensor([[-1.0, -1.0, 1.0]]), torch.ones(1, 3, 32, 32)
    first = ours.down[0](torch.cat([white, spread(white, blue)], dim=1)) - theirs.down[0](white)
    painted = theirs.down[0](blue.view(1, 3, 1, 1) * white) - theirs.down[0](white)
    near_white = theirs.down[0](white) - theirs.down[0](MAIN * white)  # the nearness is not quite 1
    torch.testing.assert_close(first, painted + near_white, atol=1e-5, rtol=1e-4)
    assert list(fit(config))[-1].finished
    again = fine_tune(shapes, tmp_path / "again", tmp_path / "run")
    assert again.spread_hints and list(fit(again))[-1].finished
    with pytest.raises(ConfigError, match="spread-hints"):
        Trainer(
            fine_tune(shapes, tmp_path / "no", tmp_path / "run", spread_hints=False), find_pairs([shapes])
        )


def test_a_model_of_grey_pictures_is_refused(shapes: Path, tmp_path: Path) -> None:
    grey = make_checkpoint(tmp_path / "grey", tiny_generator(in_channels=1))
    with pytest.raises(ConfigError) as caught:
        list(fit(fine_tune(shapes, tmp_path / "run", grey)))
    assert_one_sentence(caught.value)
    assert "down.0.weight" in str(caught.value)


# ---- a discriminator made anew --------------------------------------------------------------------


def test_a_model_without_a_discriminator_is_a_model(without_critic: Path) -> None:
    loaded = load_checkpoint(without_critic)
    assert loaded.discriminator is None and loaded.config.discriminator is None
    with pytest.raises(CheckpointError) as caught:
        loaded.trained_discriminator()
    assert_one_sentence(caught.value)


def steps_of(config: TrainConfig) -> tuple[Started, list[Step]]:
    started, *events = fit(config)
    assert isinstance(started, Started)
    return started, [event for event in events if isinstance(event, Step)]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"receptive_field": 16}, "another discriminator"),
        ({"discriminator_width": 5}, "convs.0.weight"),
        ({"conditional": True}, "another discriminator"),
        ({"gan_loss": "lsgan"}, "vanilla"),
        ({}, ""),
    ],
    ids=str,
)
def test_another_discriminator_is_made_and_learns_alone_first(
    shapes: Path, tmp_path: Path, model: Path, changes: dict[str, Any], reason: str
) -> None:
    started, steps = steps_of(fine_tune(shapes, tmp_path / "run", model, steps=30, **changes))
    alone = [event.step for event in steps if set(event.losses) == {"d"}]
    if not changes:
        assert started.notes == () and alone == []
        return
    assert alone == [1, 2, 3]
    (note,) = started.notes
    assert_one_sentence(note)
    assert reason in note and "10%" in note


def test_a_missing_discriminator_is_made_and_the_generator_waits(
    shapes: Path, tmp_path: Path, without_critic: Path
) -> None:
    config = fine_tune(shapes, tmp_path / "run", without_critic, steps=50, receptive_field=16)
    trainer, given = Trainer(config, find_pairs([shapes])), load_checkpoint(without_critic).generator
    assert "no trained discriminator" in trainer.notes[0]
    x, y = torch.randint(0, 256, (2, 2, 3, 16, 16), dtype=torch.uint8)
    critic = trainer.discriminator.convs[0].weight.detach().clone()

    def unchanged() -> bool:
        theirs = dict(given.named_parameters())
        return all(torch.equal(p, theirs[name]) for name, p in trainer.generator.named_parameters())

    for _ in range(5):
        assert set(trainer.train_step(x, y)) == {"d"}
        assert unchanged()
    assert not torch.equal(trainer.discriminator.convs[0].weight, critic)
    assert set(trainer.train_step(x, y)) == {"d", "gan", "l1"}
    assert not unchanged()


def test_a_discriminator_that_was_never_trained_is_made_anew(shapes: Path, tmp_path: Path) -> None:
    list(fit(train_config(shapes, tmp_path / "first", gan_loss="none")))
    started, _ = steps_of(fine_tune(shapes, tmp_path / "second", tmp_path / "first"))
    assert "no trained discriminator" in started.notes[0]
    started, steps = steps_of(
        fine_tune(shapes, tmp_path / "third", tmp_path / "first", gan_loss="none", receptive_field=34)
    )
    assert started.notes == ()  # none is needed
    assert all(set(event.losses) == {"l1"} for event in steps)


def test_losses_are_means_of_the_steps_that_had_them(
    shapes: Path, tmp_path: Path, without_critic: Path
) -> None:
    """The first line of metrics covers three steps without an L1 and seven with one."""
    config = fine_tune(shapes, tmp_path / "run", without_critic, steps=30, receptive_field=16)
    _, steps = steps_of(config)
    line = (tmp_path / "run" / "metrics.jsonl").read_text().splitlines()[0]
    assert json.loads(line)["losses"] == steps[9].losses
    first = steps[3].losses["l1"]  # a mean of one
    assert 0.7 * first < steps[9].losses["l1"] < 1.3 * first


@pytest.mark.parametrize("stop_at", [2, 5])
def test_a_run_stopped_during_or_after_the_warm_up_resumes_exactly(
    shapes: Path, tmp_path: Path, without_critic: Path, stop_at: int
) -> None:
    whole = fine_tune(shapes, tmp_path / "whole", without_critic, steps=30, receptive_field=16)
    list(fit(whole))
    config = dataclasses.replace(whole, out=str(tmp_path / "run"))
    for event in (events := fit(config)):
        if isinstance(event, Step) and event.step == stop_at:
            break
    events.close()
    shutil.rmtree(without_critic)  # not needed any more
    assert list(fit(config, resume=True))[-1].finished
    ours, theirs = (RunFolder(tmp_path / name).load_state()[0] for name in ("run", "whole"))
    assert_same_tensors(ours, theirs)


def test_the_command_line_takes_the_model_and_tells_of_the_new_discriminator(
    shapes: Path, tmp_path: Path, without_critic: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [shapes, "--out", tmp_path / "run", "--from", without_critic, "--steps", 2, "--workers", 0]
    given += ["--receptive-field", 16, "--device", "cpu"]
    assert main([str(word) for word in given]) == 0
    assert "learns alone" in capsys.readouterr().err
    made = load_checkpoint(tmp_path / "run" / "checkpoint")
    assert made.config.generator == load_checkpoint(without_critic).config.generator
    assert made.trained_discriminator().spec.receptive_field == 16
