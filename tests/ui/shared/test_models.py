"""The models behind the page: listed, loaded once, reloaded when a run saved a newer one."""

from __future__ import annotations

import os
import shutil
import threading
from pathlib import Path

import pytest
from support import assert_one_sentence, make_checkpoint, tiny_generator

from pix2pix.errors import CheckpointError, Pix2PixError
from pix2pix.translator import Translator
from pix2pix.ui.server.access import acting_for
from pix2pix.ui.settings import Settings
from pix2pix.ui.shared.models import KEPT, Models


def make_run(runs: Path, name: str, **options: object) -> Path:
    make_checkpoint(runs / name / "checkpoint", tiny_generator(width=4), **options)  # type: ignore[arg-type]
    return runs / name


def test_bundled_models_and_runs_are_listed(tmp_path: Path) -> None:
    old, new = make_run(tmp_path, "old"), make_run(tmp_path, "new")
    os.utime(old / "checkpoint" / "config.json", (1, 1))
    (tmp_path / "begun").mkdir()  # no model yet
    choices = Models(Settings(runs=str(tmp_path))).choices()
    assert ("edges2photo", "edges2photo") in choices
    assert choices[-2:] == [("new", str(new)), ("old", str(old))]


def test_only_models_of_an_input_are_listed(tmp_path: Path) -> None:
    make_run(tmp_path, "lines")
    models = Models(Settings(runs=str(tmp_path)))
    kind = models.config(str(tmp_path / "lines")).input
    assert str(tmp_path / "lines") in [model for _, model in models.choices(kind)]
    assert str(tmp_path / "lines") not in [model for _, model in models.choices("no such input")]


def test_visitors_get_the_models_of_the_list_only(tmp_path: Path) -> None:
    run = make_run(tmp_path, "run")
    models = Models(Settings(runs=str(tmp_path)))
    assert models.translator(str(run))  # the owner's, and in memory now
    with acting_for(owner=False):
        assert str(run) not in [model for _, model in models.choices()]
        for model in (str(run), f"{run}/checkpoint", "hf://owner/name", "/etc", "edges2photo/../../runs/run"):
            for use in (models.translator, models.critic, models.config):
                with pytest.raises(CheckpointError, match="Only the owner") as caught:
                    use(model)
                assert_one_sentence(caught.value)
        assert models.translator() is models.translator("edges2photo")


@pytest.mark.parametrize("model", [5, ["edges2photo"], "a" * 2000, "\0"])
def test_rubbish_is_no_model(model: object) -> None:
    with pytest.raises(CheckpointError) as caught:
        Models(Settings()).translator(model)  # type: ignore[arg-type]
    assert_one_sentence(caught.value)


def test_a_newer_model_is_loaded_again_and_a_deleted_one_served(tmp_path: Path) -> None:
    run = make_run(tmp_path, "run")
    models = Models(Settings(runs=str(tmp_path)))
    first = models.translator(str(run))
    assert models.translator(str(run)) is first
    os.utime(run / "checkpoint" / "config.json", ns=(1, 1))
    second = models.translator(str(run))
    assert second is not first
    shutil.rmtree(run)
    assert models.translator(str(run)) is second


def test_the_last_few_are_kept(tmp_path: Path) -> None:
    runs = [str(make_run(tmp_path, f"run{i}")) for i in range(KEPT + 1)]
    models = Models(Settings())
    first = models.translator(runs[0])
    for run in runs[1:]:
        models.translator(run)
    assert models.translator(runs[0]) is not first


def test_a_slow_model_does_not_hold_up_another(tiny_model: Path) -> None:
    started, go = threading.Event(), threading.Event()

    def load(model: str) -> Translator:
        if model == "slow":
            started.set()
            assert go.wait(30)
            raise CheckpointError("It is gone: choose another.")
        return Translator.load(model)

    def ask_slow() -> None:
        with acting_for(owner=True), pytest.raises(Pix2PixError):
            models.translator("slow")

    models = Models(Settings(), load)
    thread = threading.Thread(target=ask_slow)
    thread.start()
    assert started.wait(30)
    assert models.translator(str(tiny_model))  # while the other is still loading
    go.set()
    thread.join()


def test_the_critic_comes_from_the_same_model(tiny_model: Path) -> None:
    models = Models(Settings(model=str(tiny_model)))
    assert models.critic() is models.critic(str(tiny_model))


def test_a_runs_checkpoint_folder_is_called_by_the_runs_name(tmp_path: Path) -> None:
    run = make_run(tmp_path, "mine")
    assert Models(Settings(model=str(run / "checkpoint"))).choices()[0] == ("mine", str(run / "checkpoint"))
