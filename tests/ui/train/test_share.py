"""A run's model as a zip and on the Hub: a real checkpoint, real HTTP, a token that is nowhere afterwards."""

from __future__ import annotations

import json
import logging
import traceback
import zipfile
from collections.abc import Iterator
from pathlib import Path

import huggingface_hub
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


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    server = HubServer()
    constants = huggingface_hub.constants
    monkeypatch.setattr(constants, "ENDPOINT", server.address)
    with server.running():
        yield server


def refused(job: Job, *arguments: object, **options: object) -> str:
    with pytest.raises(RunError) as caught:
        push_model(job, *arguments, **options)  # type: ignore[arg-type]
    assert_one_sentence(caught.value)
    return str(caught.value)


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


def test_the_model_and_its_card_are_pushed_private_by_default(job: Job, hub: HubServer) -> None:
    address = push_model(job, " someone/shoes ", hub.token)
    assert address == f"{hub.address}/someone/shoes"
    pushed = hub.pushed["someone/shoes"]
    assert pushed["private"] is True
    folder = job.path / "checkpoint"
    expected = {"README.md", "config.json", "generator.safetensors", "discriminator.safetensors"}
    assert pushed["files"].keys() == expected
    assert all(pushed["files"][name] == (folder / name).read_bytes() for name in expected)
    push_model(job, "someone/shoes", hub.token, private=False)  # again: a new version of the same
    assert hub.pushed["someone/shoes"]["private"] is True
    push_model(job, "bags", hub.token, private=False)
    assert hub.pushed["someone/bags"]["private"] is False


def test_a_wrong_token_is_one_sentence_without_it(
    job: Job, hub: HubServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    wrong = "-".join(("hf", "wrong"))  # which no line of a traceback shows
    with pytest.raises(RunError) as caught:
        push_model(job, "someone/shoes", wrong)
    assert "token" in str(caught.value)
    assert_one_sentence(caught.value)
    told = "".join(traceback.format_exception(caught.value)) + caplog.text
    assert wrong not in told
    assert not hub.pushed


@pytest.mark.parametrize("given", ["", "  "])
def test_without_a_token_it_says_what_to_do_and_takes_no_other_one(
    job: Job, hub: HubServer, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    monkeypatch.setenv("HF_TOKEN", hub.token)  # of whoever started the app, or of the machine
    stored = Path(huggingface_hub.constants.HF_TOKEN_PATH)
    stored.parent.mkdir(parents=True, exist_ok=True)
    stored.write_text(hub.token)
    try:
        assert "token" in refused(job, "someone/shoes", given)
    finally:
        stored.unlink()
    assert not hub.pushed


def test_a_wrong_token_is_not_replaced_by_the_machines_own(
    job: Job, hub: HubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", hub.token)
    assert "token" in refused(job, "someone/shoes", "-".join(("hf", "wrong")))
    assert not hub.pushed


@pytest.mark.parametrize("name", ["", "  ", "a/b/c", "sh oes", "-x-", "x" * 200])
def test_names_that_the_hub_has_not(job: Job, hub: HubServer, name: str) -> None:
    assert "owner/name" in refused(job, name, hub.token)
    assert not hub.pushed


@pytest.mark.parametrize("failing", [500, "hang up"])
def test_a_hub_that_fails(job: Job, hub: HubServer, failing: int | str) -> None:
    hub.failing = failing
    assert "could not be sent" in refused(job, "someone/shoes", hub.token)


def test_nothing_of_the_token_is_kept(job: Job, hub: HubServer, tmp_path: Path) -> None:
    push_model(job, "someone/shoes", hub.token)
    places = [tmp_path, Path(huggingface_hub.constants.HF_HOME)]
    texts = [p.read_bytes() for place in places for p in place.rglob("*") if p.is_file()]
    assert not any(hub.token.encode() in text for text in texts)
    assert hub.token not in json.dumps({name: list(values["files"]) for name, values in hub.pushed.items()})


def test_a_run_that_is_held_counts_as_training(job: Job, tmp_path: Path) -> None:
    from train.runs import jobs

    with locked(job.path), pytest.raises(RunError, match="is training"):
        zip_model(jobs.look(job.path.parent, job.name), tmp_path)
