"""A run's model as a zip and on the Hub; tests/pix2pix/test_hub.py has how the Hub is asked."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest
from hub_server import HubServer
from support import assert_one_sentence, make_checkpoint, noise_picture, tiny_generator

from pix2pix.errors import RunError
from pix2pix.translator import Translator
from pix2pix.ui.train.share import push_model, zip_model
from train.runs.jobs import Job
from train.runs.lock import locked


@pytest.fixture
def job(tmp_path: Path) -> Job:
    """A run that ended, with a model."""
    path = tmp_path / "runs" / "red shoes"
    make_checkpoint(path / "checkpoint", tiny_generator(width=2))
    (path / "config.json").write_text("{}")
    (path / "checkpoint" / ".next-generator.safetensors").write_text("of a save that was killed")
    return Job(path, "finished")


def test_the_zip_holds_a_model_that_works(job: Job, tmp_path: Path) -> None:
    path = zip_model(job, tmp_path / "out")
    assert path.name == "red shoes.zip"
    with zipfile.ZipFile(path) as archive:
        assert all("/." not in name for name in archive.namelist())
        archive.extractall(tmp_path / "unpacked")
    picture = noise_picture(32, 32)
    ours, theirs = (Translator.load(folder) for folder in (tmp_path / "unpacked" / "red shoes", job.path))
    assert np.array_equal(np.asarray(ours.translate(picture)), np.asarray(theirs.translate(picture)))


def test_a_run_that_trains_or_has_no_model_is_not_shared(job: Job, tmp_path: Path) -> None:
    with pytest.raises(RunError, match="is training") as caught:
        zip_model(Job(job.path, "running"), tmp_path)
    assert_one_sentence(caught.value)
    with pytest.raises(RunError, match="no model yet") as caught:
        zip_model(Job(tmp_path, "stopped"), tmp_path)
    assert_one_sentence(caught.value)


def test_a_zip_that_cannot_be_written(job: Job, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RunError) as caught:
        zip_model(job, tmp_path / "file")
    assert_one_sentence(caught.value)


def test_a_runs_model_is_pushed_private_by_default_and_not_while_it_trains(job: Job, hub: HubServer) -> None:
    assert push_model(job, "someone/shoes", hub.token) == f"{hub.address}/someone/shoes"
    pushed = hub.pushed["someone/shoes"]
    assert pushed["private"] is True
    assert set(pushed["files"]) == {
        "README.md",
        "config.json",
        "generator.safetensors",
        "discriminator.safetensors",
    }
    with pytest.raises(RunError, match="is training"):
        push_model(Job(job.path, "running"), "someone/boots", hub.token)
    assert "someone/boots" not in hub.pushed


def test_a_run_that_is_held_counts_as_training(job: Job, tmp_path: Path) -> None:
    from train.runs import jobs

    with locked(job.path), pytest.raises(RunError, match="is training"):
        zip_model(jobs.look(job.path.parent, job.name), tmp_path)
