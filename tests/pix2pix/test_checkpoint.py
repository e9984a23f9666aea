"""A checkpoint folder rebuilds the model, and says so in one sentence when it cannot."""

from __future__ import annotations

import dataclasses
import errno
import json
import os
import pickle
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file
from support import (
    assert_one_sentence,
    assert_same_tensors,
    make_checkpoint,
    model_config,
    noise_picture,
    tiny_generator,
)

from pix2pix import checkpoint as module
from pix2pix.checkpoint import (
    CARD,
    CONFIG,
    DISCRIMINATOR,
    GENERATOR,
    PENDING,
    PREVIEW,
    Checkpoint,
    ModelConfig,
    load_checkpoint,
    load_config,
    save_checkpoint,
    settle_checkpoint,
)
from pix2pix.discriminator import DiscriminatorSpec, PatchDiscriminator
from pix2pix.errors import CheckpointError
from pix2pix.files import sha256
from pix2pix.generator import GeneratorSpec
from pix2pix.translator import Translator


@pytest.fixture
def folder(tiny_model: Path, tmp_path: Path) -> Path:
    """A copy of the tiny model that a test may break."""
    return Path(shutil.copytree(tiny_model, tmp_path / "model"))


def edit(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    values = json.loads((folder / CONFIG).read_text())
    change(values)
    (folder / CONFIG).write_text(json.dumps(values))


def renew_digest(folder: Path, name: str) -> None:
    edit(folder, lambda values: values["files"].update({name: sha256(folder / name)}))


def refused(folder: Path) -> str:
    with pytest.raises(CheckpointError) as caught:
        load_checkpoint(folder)
    assert_one_sentence(caught.value)
    assert str(folder) in str(caught.value)
    return str(caught.value)


# ---- round trip -----------------------------------------------------------------------------------


def test_round_trip_in_half_precision(tmp_path: Path) -> None:
    generator = tiny_generator(width=3)
    config = model_config(
        generator.spec,
        discriminator=DiscriminatorSpec(receptive_field=34, width=2, norm="instance"),
        direction="BtoA",
        input="labels",
        statistics="running",
        noise=False,
        line_width=(1.5, 6.0),
        step=12,
        images_seen=48,
        licence="apache-2.0",
        terms="research use",
        recipe={"steps": 12, "data": ["ünïcode"]},
        metrics={"model": {"l1": 0.25}},
    )
    discriminator = PatchDiscriminator(config.discriminator)
    save_checkpoint(
        tmp_path, config, generator.state_dict(), discriminator.state_dict(), "# card\n", b"a preview"
    )
    loaded = load_checkpoint(tmp_path)
    assert isinstance(loaded, Checkpoint)
    assert loaded.config == config
    assert load_config(tmp_path) == config
    assert {p.name for p in tmp_path.iterdir()} == {CONFIG, GENERATOR, DISCRIMINATOR, CARD, PREVIEW}
    for network, original in ((loaded.generator, generator), (loaded.discriminator, discriminator)):
        assert not network.training
        expected = {
            name: tensor.half().float() if tensor.is_floating_point() and tensor.dim() > 1 else tensor
            for name, tensor in original.state_dict().items()
        }
        assert_same_tensors(network.state_dict(), expected)
        assert all(p.dtype is torch.float32 for p in network.parameters())


def test_round_trip_without_a_discriminator(tmp_path: Path) -> None:
    generator = tiny_generator()
    config = model_config(generator.spec, discriminator=None)
    save_checkpoint(tmp_path, config, generator.state_dict(), None, "# card\n")
    loaded = load_checkpoint(tmp_path)
    assert loaded.config == load_config(tmp_path) == config
    assert loaded.discriminator is None
    assert {p.name for p in tmp_path.iterdir()} == {CONFIG, GENERATOR, CARD}
    picture = noise_picture(32, 32)
    assert Translator.load(tmp_path, device="cpu").translate(picture).size == picture.size


@pytest.mark.parametrize("gan_loss", ["vanilla", "lsgan", "none"])
def test_only_a_trained_discriminator_is_given_out(tmp_path: Path, gan_loss: str) -> None:
    loaded = load_checkpoint(make_checkpoint(tmp_path / "model", gan_loss=gan_loss))
    if gan_loss == "none":
        with pytest.raises(CheckpointError) as caught:
            loaded.trained_discriminator()
        assert_one_sentence(caught.value)
    else:
        assert loaded.trained_discriminator() is loaded.discriminator


def test_a_model_of_before_there_were_kinds_and_losses_still_loads(folder: Path) -> None:
    edit(folder, lambda values: (values["generator"].pop("kind"), values.pop("gan_loss")))
    config = load_checkpoint(folder).config
    assert (config.generator.kind, config.gan_loss) == ("unet", "vanilla")


def test_convolutions_are_stored_in_half_precision_and_the_rest_is_not(tiny_model: Path) -> None:
    state = load_file(tiny_model / GENERATOR)
    assert {t.dtype for t in state.values() if t.dim() == 4} == {torch.float16}
    assert {t.dtype for t in state.values() if t.dim() == 1} == {torch.float32}


def test_every_file_has_its_digest(tiny_model: Path) -> None:
    files = json.loads((tiny_model / CONFIG).read_text())["files"]
    assert set(files) == {GENERATOR, DISCRIMINATOR, CARD}
    assert all(sha256(tiny_model / name) == digest for name, digest in files.items())


def test_saving_again_replaces_the_model_and_keeps_the_preview(folder: Path) -> None:
    (folder / PREVIEW).write_bytes(b"a preview")
    other = tiny_generator(seed=9)
    make_checkpoint(folder, other, step=5)
    loaded = load_checkpoint(folder)
    assert loaded.config.step == 5
    torch.testing.assert_close(loaded.generator.last.weight, other.last.weight, atol=1e-3, rtol=1e-3)
    assert (folder / PREVIEW).read_bytes() == b"a preview"
    assert PREVIEW in json.loads((folder / CONFIG).read_text())["files"]


def test_no_pickle_is_written(tiny_model: Path) -> None:
    for path in tiny_model.iterdir():
        assert path.suffix in {".json", ".safetensors", ".md", ".jpg"}
        with pytest.raises(Exception):  # noqa: B017, PT011 - many types, as the bytes are anything
            pickle.loads(path.read_bytes())


def test_loading_twice_gives_the_same_pictures(folder: Path) -> None:
    picture = noise_picture(40, 30)
    first, second = (
        Translator.load(folder, device="cpu", precision="float32").translate(picture, seed=3)
        for _ in range(2)
    )
    assert first.tobytes() == second.tobytes()


def test_files_and_fields_of_a_later_version_do_no_harm(folder: Path) -> None:
    (folder / "thumbnail.webp").write_bytes(b"?")
    edit(folder, lambda values: values.update({"author": "someone"}))
    assert load_checkpoint(folder).config.name == "tiny"


# ---- damage ---------------------------------------------------------------------------------------


def test_no_such_folder(tmp_path: Path) -> None:
    refused(tmp_path / "nowhere")


def test_an_empty_folder(tmp_path: Path) -> None:
    assert CONFIG in refused(tmp_path)


@pytest.mark.parametrize("name", [GENERATOR, DISCRIMINATOR])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert name in refused(folder)


@pytest.mark.parametrize("name", [GENERATOR, DISCRIMINATOR])
@pytest.mark.parametrize("digest", ["as recorded", "made to fit"])
@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[: len(data) // 2],
        lambda data: data[:-1],
        lambda data: b"\xff" * 100,
        lambda data: b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
        lambda data: data[:8] + b"[" + data[9:],
    ],
    ids=["empty", "half", "one byte short", "noise", "git lfs pointer", "bad header"],
)
def test_damaged_weights_are_named(
    folder: Path, name: str, digest: str, damage: Callable[[bytes], bytes]
) -> None:
    (folder / name).write_bytes(damage((folder / name).read_bytes()))
    if digest == "made to fit":
        renew_digest(folder, name)
    assert name in refused(folder)


def test_a_single_flipped_bit_is_noticed(folder: Path) -> None:
    data = bytearray((folder / GENERATOR).read_bytes())
    data[-5] ^= 1
    (folder / GENERATOR).write_bytes(data)
    assert GENERATOR in refused(folder)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda state: state.pop("last.bias"), "last.bias is missing"),
        (lambda state: state.update({"extra.weight": torch.zeros(3)}), "extra.weight is one too many"),
        (lambda state: state.update({"last.bias": torch.zeros(4)}), "last.bias is 4 instead of 3"),
        (
            lambda state: state.update({"down.0.weight": torch.zeros(2, 3, 3, 3)}),
            "down.0.weight is 2x3x3x3 instead of 2x3x4x4",
        ),
        (lambda state: state.clear(), "down.0.weight is missing"),
    ],
    ids=["missing key", "extra key", "wrong length", "wrong kernel", "nothing"],
)
def test_weights_that_do_not_fit_are_named(
    folder: Path, change: Callable[[dict], object], words: str
) -> None:
    state = load_file(folder / GENERATOR)
    change(state)
    save_file(state, folder / GENERATOR)
    renew_digest(folder, GENERATOR)
    message = refused(folder)
    assert GENERATOR in message and words in message


class _Trap:
    """Unpickling this would make a file."""

    def __init__(self, path: Path):
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return (os.mkdir, (str(self.path),))


@pytest.mark.parametrize("save", [torch.save, lambda value, path: path.write_bytes(pickle.dumps(value))])
def test_a_pickle_in_disguise_is_never_run(folder: Path, tmp_path: Path, save: Callable[..., Any]) -> None:
    trap = tmp_path / "sprung"
    save(_Trap(trap), folder / GENERATOR)
    renew_digest(folder, GENERATOR)
    refused(folder)
    assert not trap.exists()


@pytest.mark.parametrize(
    "text",
    ["", "{", "null", "[]", "3", '"config"', '{"format": 1}', '{"format": 1, "files": {}}', "\x00\x01"],
)
def test_a_config_that_is_no_config(folder: Path, text: str) -> None:
    (folder / CONFIG).write_text(text)
    refused(folder)


def test_a_config_that_is_not_text(folder: Path) -> None:
    (folder / CONFIG).write_bytes(b"\xff\xfe\x80")
    refused(folder)


@pytest.mark.parametrize("version", [2, 99, 0, "1"])
def test_another_format_asks_for_an_update(folder: Path, version: object) -> None:
    edit(folder, lambda values: values.update({"format": version}))
    assert "update" in refused(folder)


def test_a_config_of_something_else_is_not_called_a_newer_format(folder: Path) -> None:
    edit(folder, lambda values: values.pop("format"))
    assert "update" not in refused(folder)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("generator.kind", "unet++"),
        ("generator.kind", "resnet_9"),  # the weights are of a U-Net
        ("gan_loss", "wgan"),
        ("generator", None),
        ("generator", {"width": 2, "colour": "red"}),
        ("generator.width", "2"),
        ("generator.width", 2.5),
        ("generator.width", 0),
        ("generator.width", 4),  # the weights are of width 2
        ("generator.width", True),
        ("generator.image_size", 100),
        ("generator.image_size", 64),
        ("generator.in_channels", "three"),
        ("generator.in_channels", -3),
        ("generator.out_channels", 1.5),
        ("generator.dropout", "half"),
        ("generator.norm", "layer"),
        ("generator.norm", None),
        ("generator.norm", ["batch"]),
        ("generator.final", {}),
        ("discriminator", []),
        ("discriminator.receptive_field", 71),
        ("discriminator.receptive_field", [70]),
        ("discriminator.width", 1e9),
        ("discriminator.condition_channels", None),
        ("discriminator.image_channels", 10**30),
        ("direction", "AtoC"),
        ("direction", ["AtoB"]),
        ("input", 7),
        ("statistics", "batch"),
        ("line_width", 3),
        ("line_width", ["thin", "thick"]),
        ("line_width", [1, 2, 3]),
        ("files", []),
        ("files", None),
    ],
)
def test_an_impossible_value_is_one_sentence(folder: Path, path: str, value: object) -> None:
    def change(values: dict[str, Any]) -> None:
        *parents, last = path.split(".")
        for parent in parents:
            values = values[parent]
        values[last] = value

    edit(folder, change)
    with pytest.raises(CheckpointError) as caught:
        load_checkpoint(folder)
    assert_one_sentence(caught.value)


FIELDS = [f.name for f in dataclasses.fields(ModelConfig)]
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-10, 600) | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)


@given(st.sampled_from([*FIELDS, "files", "format"]), ANYTHING)
def test_whatever_a_config_says_the_answer_is_a_model_or_a_sentence(
    tiny_model: Path, tmp_path_factory: pytest.TempPathFactory, name: str, value: object
) -> None:
    folder = tmp_path_factory.getbasetemp() / "odd-model"
    if not folder.exists():
        shutil.copytree(tiny_model, folder)
    values = json.loads((tiny_model / CONFIG).read_text())
    (folder / CONFIG).write_text(json.dumps({**values, name: value}))
    try:
        load_checkpoint(folder)
    except CheckpointError as error:
        assert_one_sentence(error)


# ---- a full disk ----------------------------------------------------------------------------------


@pytest.mark.parametrize("failing", [GENERATOR, DISCRIMINATOR])
def test_when_the_disk_is_full_the_old_model_stays_whole(
    folder: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    before = load_checkpoint(folder)
    real = module.save_tensors

    def full(tensors: dict[str, torch.Tensor], path: Path) -> None:
        if Path(failing).stem in path.name:
            path.write_bytes(b"the first part")
            raise OSError(errno.ENOSPC, "No space left on device")
        real(tensors, path)

    monkeypatch.setattr(module, "save_tensors", full)
    with pytest.raises(OSError, match="No space"):
        make_checkpoint(folder, tiny_generator(seed=9), step=7)
    after = load_checkpoint(folder)
    assert after.config == before.config
    assert_same_tensors(after.generator.state_dict(), before.generator.state_dict())
    assert {p.name for p in folder.iterdir()} == {CONFIG, GENERATOR, DISCRIMINATOR, CARD}


@pytest.mark.parametrize("renamed", [0, 1, 2])
def test_a_save_that_ends_between_two_renames_leaves_the_new_model(
    folder: Path, monkeypatch: pytest.MonkeyPatch, renamed: int
) -> None:
    """As after a kill: config.json is the new one, and some of the files it names are still beside theirs."""
    other, real, done = tiny_generator(seed=9), os.replace, []

    def die(source: Path, target: Path) -> None:
        if str(Path(source).name).startswith(PENDING):
            if len(done) == renamed:
                raise KeyboardInterrupt
            done.append(target)
        real(source, target)

    monkeypatch.setattr(os, "replace", die)
    with pytest.raises(KeyboardInterrupt):
        make_checkpoint(folder, other, step=7)
    monkeypatch.undo()
    assert len(list(folder.glob(f"{PENDING}*"))) == 3 - renamed
    found = load_checkpoint(folder)
    assert found.config.step == 7
    torch.testing.assert_close(found.generator.last.weight, other.last.weight, atol=1e-3, rtol=1e-3)
    settle_checkpoint(folder)
    assert {p.name for p in folder.iterdir()} == {CONFIG, GENERATOR, DISCRIMINATOR, CARD}
    assert_same_tensors(load_checkpoint(folder).generator.state_dict(), found.generator.state_dict())


def test_unfinished_files_of_a_killed_save_are_swept_up(folder: Path) -> None:
    before = load_checkpoint(folder)
    (folder / f"{PENDING}{GENERATOR}").write_bytes(b"the first part")
    assert_same_tensors(load_checkpoint(folder).generator.state_dict(), before.generator.state_dict())
    settle_checkpoint(folder)
    assert {p.name for p in folder.iterdir()} == {CONFIG, GENERATOR, DISCRIMINATOR, CARD}


def test_a_reader_never_meets_half_a_model(folder: Path) -> None:
    """The app may load a model at any moment of a training run's saves."""
    models = [tiny_generator(seed=seed) for seed in range(2)]
    stop, seen = threading.Event(), []

    def read() -> None:
        while not stop.is_set():
            seen.append(load_checkpoint(folder).config.step)

    reader = threading.Thread(target=read)
    reader.start()
    for step in range(1, 30):
        make_checkpoint(folder, models[step % 2], step=step)
        while reader.is_alive() and (not seen or seen[-1] < step - 1):
            time.sleep(0.001)  # it is somewhere in its next loading when the next save begins
    alive = reader.is_alive()  # one error would have ended it
    stop.set()
    reader.join()
    assert alive
    assert len(set(seen)) > 3
    assert seen == sorted(seen)


def test_image_size_is_the_generators() -> None:
    assert model_config(GeneratorSpec(image_size=128)).image_size == 128
