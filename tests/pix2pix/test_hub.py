"""A model from the Hub and to it: a real checkpoint, real HTTP, a token that is nowhere afterwards."""

from __future__ import annotations

import json
import logging
import traceback
from pathlib import Path

import huggingface_hub
import pytest
from hub_server import HubServer
from support import assert_one_sentence, make_checkpoint, model_config, tiny_generator

from pix2pix import Translator
from pix2pix.checkpoint import CONFIG, GENERATOR
from pix2pix.errors import CheckpointError

WRONG = "-".join(("hf", "wrong"))  # which no line of a traceback shows


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A model with its card and terms, and what a killed save left beside it."""
    folder = make_checkpoint(
        tmp_path / "model", tiny_generator(width=2), licence="cc-by-nc-4.0", terms="research use"
    )
    (folder / ".next-generator.safetensors").write_text("of a save that was killed")
    (folder / "notes.txt").write_text("not part of a model")
    return folder


@pytest.fixture
def translator(model: Path) -> Translator:
    return Translator.from_pretrained(model)


def refused(translator: Translator, *arguments: object, **options: object) -> str:
    with pytest.raises(CheckpointError) as caught:
        translator.push_to_hub(*arguments, **options)  # type: ignore[arg-type]
    assert_one_sentence(caught.value)
    return str(caught.value)


# ---- from the Hub, and from folders -----------------------------------------------------------------


def test_an_id_is_looked_for_on_the_hub_and_may_have_a_revision(
    hub: HubServer, tmp_path: Path, tiny_model: Path
) -> None:
    hub.add("someone/shoes", tiny_model)
    hub.add("someone/shoes", make_checkpoint(tmp_path / "other", tiny_generator(seed=8), step=8), "v2")
    assert Translator.from_pretrained("someone/shoes").config.step == 0
    assert Translator.from_pretrained("someone/shoes", revision="v2").config.step == 8
    assert Translator.from_pretrained("hf://someone/shoes@v2").config.step == 8


def test_a_folder_and_a_bundled_name_come_before_the_hub(
    hub: HubServer, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(model.parent.parent)
    assert Translator.from_pretrained(f"{model.parent.name}/model").config.terms == "research use"
    assert Translator.from_pretrained("ablations/l1").config.image_size == 128
    assert Translator.from_pretrained("day2night").config.input == "photo"
    assert not hub.requests
    with pytest.raises(CheckpointError, match="Only models on the Hub have revisions") as caught:
        Translator.from_pretrained(model, revision="v2")
    assert_one_sentence(caught.value)


@pytest.mark.parametrize("path", ["./model", "../model", "/no/model", "~/no model", "edges2foto", "a/b/c"])
def test_what_is_no_id_is_not_asked_for_on_the_hub(hub: HubServer, tmp_path: Path, path: str) -> None:
    with pytest.raises(CheckpointError, match="There is no model"):
        Translator.from_pretrained(path)
    assert not hub.requests


# ---- save_pretrained --------------------------------------------------------------------------------


def test_a_saved_copy_has_the_same_bytes_and_nothing_else(translator: Translator, model: Path) -> None:
    copy = model.parent / "far" / "copy"
    translator.save_pretrained(copy)
    translator.save_pretrained(copy)  # over itself
    files = {"README.md", "config.json", "generator.safetensors", "discriminator.safetensors"}
    assert {path.name for path in copy.iterdir()} == files
    assert all((copy / name).read_bytes() == (model / name).read_bytes() for name in files)
    assert Translator.load(copy).config.licence == "cc-by-nc-4.0"


def test_a_model_can_be_saved_over_itself(translator: Translator, model: Path) -> None:
    before = (model / GENERATOR).read_bytes()
    translator.save_pretrained(model)
    assert (model / GENERATOR).read_bytes() == before


def test_only_what_is_in_memory_is_saved(translator: Translator, model: Path, tmp_path: Path) -> None:
    make_checkpoint(model, tiny_generator(width=2, seed=5), step=9)  # a training replaces the model
    loose = tiny_generator()
    for kept in (translator, Translator(model_config(loose.spec), loose)):
        with pytest.raises(CheckpointError, match="load it from one") as caught:
            kept.save_pretrained(tmp_path / "copy")
        assert_one_sentence(caught.value)
    assert not (tmp_path / "copy").exists()


def test_a_damaged_model_and_a_place_that_is_a_file_are_refused(translator: Translator, model: Path) -> None:
    (model.parent / "file").touch()
    with pytest.raises(CheckpointError, match="choose another folder") as caught:
        translator.save_pretrained(model.parent / "file" / "copy")
    assert_one_sentence(caught.value)
    (model / GENERATOR).write_bytes(b"half")
    with pytest.raises(CheckpointError, match="damaged"):
        translator.save_pretrained(model.parent / "copy")
    assert not (model.parent / "copy" / CONFIG).exists()


# ---- push_to_hub ------------------------------------------------------------------------------------


def test_the_model_and_its_card_are_pushed_private_by_default(
    translator: Translator, model: Path, hub: HubServer
) -> None:
    address = translator.push_to_hub(" someone/shoes ", token=hub.token)
    assert address == f"{hub.address}/someone/shoes"
    pushed = hub.pushed["someone/shoes"]
    assert pushed["private"] is True
    expected = {"README.md", "config.json", "generator.safetensors", "discriminator.safetensors"}
    assert pushed["files"].keys() == expected
    assert all(pushed["files"][name] == (model / name).read_bytes() for name in expected)
    translator.push_to_hub(
        "someone/shoes", token=hub.token, private=False
    )  # again: a new version of the same
    assert hub.pushed["someone/shoes"]["private"] is True
    translator.push_to_hub("bags", token=hub.token, private=False)
    assert hub.pushed["someone/bags"]["private"] is False


def test_a_wrong_token_is_one_sentence_without_it(
    translator: Translator, hub: HubServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(CheckpointError) as caught:
        translator.push_to_hub("someone/shoes", token=WRONG)
    assert "token" in str(caught.value)
    assert_one_sentence(caught.value)
    told = "".join(traceback.format_exception(caught.value)) + caplog.text
    assert WRONG not in told
    assert not hub.pushed


@pytest.mark.parametrize("given", ["", "  "])
def test_without_a_token_it_says_what_to_do_and_takes_no_other_one(
    translator: Translator, hub: HubServer, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    monkeypatch.setenv("HF_TOKEN", hub.token)  # of whoever started the app, or of the machine
    stored = Path(huggingface_hub.constants.HF_TOKEN_PATH)
    stored.parent.mkdir(parents=True, exist_ok=True)
    stored.write_text(hub.token)
    try:
        assert "token" in refused(translator, "someone/shoes", token=given)
    finally:
        stored.unlink()
    assert not hub.pushed


def test_a_wrong_token_is_not_replaced_by_the_machines_own(
    translator: Translator, hub: HubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", hub.token)
    assert "token" in refused(translator, "someone/shoes", token=WRONG)
    assert not hub.pushed


@pytest.mark.parametrize("name", ["", "  ", "a/b/c", "sh oes", "-x-", "x" * 200])
def test_names_that_the_hub_has_not(translator: Translator, hub: HubServer, name: str) -> None:
    assert "owner/name" in refused(translator, name, token=hub.token)
    assert not hub.pushed


@pytest.mark.parametrize("failing", [500, "hang up"])
def test_a_hub_that_fails(translator: Translator, hub: HubServer, failing: int | str) -> None:
    hub.failing = failing
    assert "could not be sent" in refused(translator, "someone/shoes", token=hub.token)


def test_nothing_of_the_token_is_kept(translator: Translator, hub: HubServer, tmp_path: Path) -> None:
    translator.push_to_hub("someone/shoes", token=hub.token)
    places = [tmp_path, Path(huggingface_hub.constants.HF_HOME)]
    texts = [p.read_bytes() for place in places for p in place.rglob("*") if p.is_file()]
    assert not any(hub.token.encode() in text for text in texts)
    assert hub.token not in json.dumps({name: list(values["files"]) for name, values in hub.pushed.items()})
