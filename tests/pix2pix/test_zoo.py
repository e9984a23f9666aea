"""From a model's name to its folder; the Hub is a real server on this machine."""

from __future__ import annotations

import shutil
from pathlib import Path

import huggingface_hub.constants
import pytest
from hub_server import HubServer, commit
from support import assert_one_sentence, make_checkpoint, noise_picture, tiny_generator

from pix2pix.checkpoint import CONFIG, DISCRIMINATOR, GENERATOR, load_checkpoint
from pix2pix.errors import CheckpointError
from pix2pix.translator import Translator
from pix2pix.zoo import BUNDLED, DEFAULT_MODEL, available_ablations, available_models, find_model


@pytest.fixture
def root(tiny_model: Path, tmp_path: Path) -> Path:
    """A folder of bundled models."""
    for name in ("facades", DEFAULT_MODEL, "a first"):
        shutil.copytree(tiny_model, tmp_path / "bundled" / name)
    (tmp_path / "bundled" / "not a model").mkdir()
    (tmp_path / "bundled" / "README.md").write_text("?")
    return tmp_path / "bundled"


def refused(model: str | Path, root: Path | None = None) -> str:
    with pytest.raises(CheckpointError) as caught:
        find_model(model, root)
    assert_one_sentence(caught.value)
    return str(caught.value)


# ---- folders --------------------------------------------------------------------------------------


def test_bundled_models_are_listed_the_default_first(root: Path) -> None:
    assert available_models(root) == [DEFAULT_MODEL, "a first", "facades"]
    assert available_models(root / "nowhere") == []
    assert BUNDLED.name == "checkpoints"


def test_a_bundled_name(root: Path) -> None:
    assert find_model("facades", root) == root / "facades"


def test_small_models_have_names_and_a_list_of_their_own(tiny_model: Path, root: Path) -> None:
    assert available_ablations(root) == []
    for name in ("l2", "l1"):
        shutil.copytree(tiny_model, root / "ablations" / name)
    assert available_ablations(root) == ["ablations/l1", "ablations/l2"]
    assert available_models(root) == [DEFAULT_MODEL, "a first", "facades"]
    assert find_model("ablations/l1", root) == root / "ablations" / "l1"


@pytest.mark.parametrize(
    "name", ["ablations/none", "ablations/../facades", "other/facades", "/facades", "ablations/"]
)
def test_only_the_small_models_have_a_slash_in_their_names(root: Path, name: str) -> None:
    (root / "other").mkdir()
    shutil.copytree(root / "facades", root / "other" / "facades")
    (root / "ablations").mkdir()
    assert "facades" in refused(name, root)


def test_a_checkpoint_folder_as_text_or_path(tiny_model: Path, root: Path) -> None:
    assert find_model(str(tiny_model), root) == tiny_model
    assert find_model(tiny_model, root) == tiny_model
    assert find_model(f"{tiny_model}/", root) == tiny_model


def test_a_run_folder_means_its_checkpoint(tiny_model: Path, tmp_path: Path, root: Path) -> None:
    run = tmp_path / "run"
    shutil.copytree(tiny_model, run / "checkpoint")
    (run / CONFIG).write_text("{}")
    assert find_model(run, root) == run / "checkpoint"


def test_a_run_that_was_never_saved_is_not_called_outdated(tmp_path: Path) -> None:
    (tmp_path / CONFIG).write_text('{"steps": 3}')
    with pytest.raises(CheckpointError) as caught:
        load_checkpoint(find_model(tmp_path))
    assert_one_sentence(caught.value)
    assert "update" not in str(caught.value)


def test_a_bundled_name_comes_before_a_folder_of_that_name(
    tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "facades").mkdir()
    monkeypatch.chdir(tmp_path)
    assert find_model("facades", root) == root / "facades"
    assert find_model("./facades", root) == Path("facades")


def test_the_home_folder_is_understood(
    tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    shutil.copytree(tiny_model, tmp_path / "mine")
    assert find_model("~/mine") == tmp_path / "mine"


@pytest.mark.parametrize("name", ["fascades", "no/such/folder", "~nobody-of-that-name/model", "a\0b", "..x"])
def test_an_unknown_name_names_what_there_is(root: Path, name: str) -> None:
    message = refused(name, root)
    assert "facades" in message and "hf://" in message


@pytest.mark.parametrize("name", ["", ".", "not a model"])
def test_a_folder_that_is_no_model_is_one_sentence(root: Path, name: str) -> None:
    folder = find_model(root / name if name == "not a model" else name, root)
    with pytest.raises(CheckpointError) as caught:
        load_checkpoint(folder)
    assert_one_sentence(caught.value)


# ---- the Hub --------------------------------------------------------------------------------------


@pytest.fixture
def hub(hub: HubServer, tiny_model: Path, tmp_path: Path) -> HubServer:
    """With two revisions of one model."""
    other = make_checkpoint(tmp_path / "other", tiny_generator(seed=8), step=8)
    (other / "huge.bin").write_bytes(b"not needed")
    hub.add("someone/shoes", tiny_model)
    hub.add("someone/shoes", other, revision="v2")
    return hub


def test_a_model_of_the_hub_is_downloaded_and_works(hub: HubServer, tiny_model: Path) -> None:
    folder = find_model("hf://someone/shoes")
    assert folder.name == commit("someone/shoes", "main")
    picture = noise_picture(40, 30)
    ours, theirs = (
        Translator.load(model, device="cpu").translate(picture)
        for model in ("hf://someone/shoes", tiny_model)
    )
    assert ours.tobytes() == theirs.tobytes()


def test_a_revision_of_the_hub(hub: HubServer) -> None:
    assert load_checkpoint(find_model("hf://someone/shoes@v2")).config.step == 8
    assert load_checkpoint(find_model("hf://someone/shoes")).config.step == 0
    sha = commit("someone/shoes", "v2")
    assert load_checkpoint(find_model(f"hf://someone/shoes@{sha}")).config.step == 8


def test_only_the_files_of_a_checkpoint_are_fetched(hub: HubServer) -> None:
    folder = find_model("hf://someone/shoes@v2")
    assert {CONFIG, GENERATOR, DISCRIMINATOR} <= {p.name for p in folder.iterdir()}
    assert not any("huge.bin" in path for path in hub.requests)


def test_the_second_time_needs_no_network(hub: HubServer, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = find_model("hf://someone/shoes")
    assert any(GENERATOR in path for path in hub.requests)
    hub.requests.clear()
    assert find_model("hf://someone/shoes") == folder
    assert not any("resolve" in path for path in hub.requests)  # only asked whether it is current
    monkeypatch.setattr(huggingface_hub.constants, "ENDPOINT", "http://127.0.0.1:9")  # nobody there
    assert find_model("hf://someone/shoes") == folder
    load_checkpoint(folder)


@pytest.mark.parametrize("name", ["hf://someone/nothing", "hf://someone/shoes@v3"])
def test_what_the_hub_has_not_got_is_one_sentence(hub: HubServer, name: str) -> None:
    assert name in refused(name)


@pytest.mark.parametrize("name", ["hf://", "hf://a/b/c", "hf://../up", "hf://some one/shoes", "hf://@v2"])
def test_an_impossible_address_is_one_sentence(hub: HubServer, name: str) -> None:
    refused(name)
    assert not hub.requests


@pytest.mark.parametrize("failing", [500, 403, "hang up"])
def test_a_hub_in_trouble_is_one_sentence(hub: HubServer, failing: int | str) -> None:
    hub.failing = failing
    refused("hf://someone/shoes")


def test_without_a_network_is_one_sentence(hub: HubServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(huggingface_hub.constants, "ENDPOINT", "http://127.0.0.1:9")
    assert "network" in refused("hf://someone/shoes")


def test_a_repository_without_a_model_is_one_sentence(hub: HubServer, tmp_path: Path) -> None:
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "README.md").write_text("# not a model of ours\n")
    hub.add("someone/words", tmp_path / "words")
    with pytest.raises(CheckpointError) as caught:
        Translator.load("hf://someone/words")
    assert_one_sentence(caught.value)


@pytest.mark.parametrize("name", ["latest_net_G.pth", "model.ckpt", "generator.safetensors"])
def test_a_file_is_no_model_and_it_is_said_what_is(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(CheckpointError, match="is a file: give a folder") as caught:
        find_model(tmp_path / name)
    assert_one_sentence(caught.value)
