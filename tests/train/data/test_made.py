"""Single photos: told from pairs, and their input half made of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from support import (
    assert_one_sentence,
    make_checkpoint,
    noise_picture,
    shape_pair,
    side_by_side,
    train_config,
    write_side_by_side,
    write_two_folders,
)

from pix2pix.checkpoint import load_config
from pix2pix.edges import photo_to_edges
from pix2pix.errors import ConfigError, DataError, Pix2PixError
from pix2pix.images import letterbox, open_image
from pix2pix.translator import Translator
from train.data.made import coarse, grey
from train.data.pairs import PairDataset, find_pairs, load_uint8, validation_batch
from train.loop import fit
from train.measures.evaluate import evaluate_model, evaluation_config


def photo(seed: int, width: int = 48, height: int = 40) -> Image.Image:
    """A scene: smooth colours, and a shape in the middle."""
    rng = np.random.default_rng(seed)
    ground = Image.fromarray(rng.integers(0, 256, (4, 5, 3), dtype=np.uint8)).resize(
        (width, height), Image.Resampling.BICUBIC
    )
    shape = shape_pair(seed, min(width, height))[1]
    ground.paste(shape.resize((width * 2 // 3, height * 2 // 3)), (width // 6, height // 6))
    return ground


def write_photos(folder: Path, count: int, **size: int) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for n in range(count):
        photo(n, **size).save(folder / f"{n}.png")
    return folder


def refused(*folders: Path, **options: str) -> str:
    with pytest.raises(DataError) as caught:
        find_pairs(folders, **options)  # type: ignore[arg-type]
    assert_one_sentence(caught.value)
    return str(caught.value)


# ---- single photos or pairs -----------------------------------------------------------------------


@pytest.mark.parametrize("input", ["edges", "lowres", "grey"])
@pytest.mark.parametrize("part", ["", "train"])
def test_photos_are_taken_as_photos(tmp_path: Path, input: str, part: str) -> None:
    write_photos(tmp_path / part, 10)
    found = find_pairs([tmp_path], input=input)
    assert len(found.train) == 8 and len(found.val) == 2
    assert all(pair.single for pair in found.train + found.val)
    assert input in found.understood[0]


def test_photos_without_a_word_are_not_cut_in_two(tmp_path: Path) -> None:
    message = refused(write_photos(tmp_path, 6))
    assert "--input" in message and "lowres" in message
    assert not find_pairs([tmp_path], input="photo").train[0].single  # a person insists


def test_side_by_side_edges_stay_pairs(shapes: Path) -> None:
    assert not any(pair.single for pair in find_pairs([shapes], input="edges").train)


def test_edges_on_the_right_stay_pairs(tmp_path: Path) -> None:
    for n in range(4):
        edges, target = shape_pair(n)
        side_by_side(target, edges).save(tmp_path / f"{n}.png")
    assert not find_pairs([tmp_path], input="edges", direction="BtoA").train[0].single


def test_the_direction_of_single_photos_is_refused(tmp_path: Path) -> None:
    write_photos(tmp_path, 6)
    assert "--direction" in refused(tmp_path, input="edges", direction="BtoA")
    with pytest.raises(ConfigError) as caught:
        train_config(tmp_path, tmp_path / "run", input="grey", direction="BtoA")
    assert_one_sentence(caught.value)
    assert "--direction" in str(caught.value)


@pytest.mark.parametrize("input", ["lowres", "grey"])
def test_pairs_are_not_taken_as_photos(tmp_path: Path, input: str) -> None:
    write_two_folders(tmp_path, 3)
    message = refused(tmp_path, input=input)
    assert "A and B" in message and input in message
    found = find_pairs([tmp_path / "B"], input=input)  # as the message says
    assert all(pair.single for pair in found.train)


@pytest.mark.parametrize("factor", [1, 17])
def test_an_impossible_factor_is_refused(tmp_path: Path, factor: int) -> None:
    with pytest.raises(ConfigError, match="factor"):
        train_config(tmp_path, tmp_path, input="lowres", factor=factor)


def test_a_factor_without_lowres_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="lowres"):
        train_config(tmp_path, tmp_path, input="grey", factor=8)


def test_reading_photos_as_photos_changes_the_fingerprint(tmp_path: Path) -> None:
    write_photos(tmp_path, 4)
    prints = {find_pairs([tmp_path], input=input).fingerprint() for input in ("photo", "grey")}
    assert len(prints) == 2


# ---- the made half --------------------------------------------------------------------------------


def test_edges_are_those_of_the_command_line(tmp_path: Path) -> None:
    write_photos(tmp_path, 1)
    (pair,) = find_pairs([tmp_path], input="edges").train
    condition, target = load_uint8(
        pair, train_config(tmp_path, tmp_path / "run", image_size=64, load_size=72)
    )
    image = open_image(pair.a)
    assert np.array_equal(condition.permute(1, 2, 0), np.asarray(photo_to_edges(image, size=64)))
    assert np.array_equal(target.permute(1, 2, 0), np.asarray(letterbox(image, 64)[0]))
    assert 0 < (condition == 0).float().mean() < 0.3
    again, _ = load_uint8(pair, train_config(tmp_path, tmp_path / "run", image_size=64, load_size=72))
    assert torch.equal(condition, again)


@pytest.mark.parametrize("factor", [2, 4])
def test_a_coarse_copy_holds_no_more_than_a_small_picture(factor: int) -> None:
    x = torch.from_numpy(np.array(noise_picture(32, 32))).permute(2, 0, 1)
    y = coarse(x, factor)
    assert y.shape == x.shape and y.dtype is torch.uint8
    spectrum = torch.fft.rfft2(y.float()).abs()
    high = spectrum[:, 32 // factor // 2 + 4 : 32 - 32 // factor // 2 - 4]
    assert high.mean() < 0.1 * torch.fft.rfft2(x.float()).abs().mean()
    flat = torch.full((3, 9, 7), 77, dtype=torch.uint8)  # sizes that the factor does not divide
    assert torch.equal(coarse(flat, factor), flat)


def test_grey_is_pillows_luminance() -> None:
    image = noise_picture(20, 10)
    x = torch.from_numpy(np.array(image)).permute(2, 0, 1)
    expected = torch.from_numpy(np.array(image.convert("L"))).int()
    assert (grey(x).int() - expected).abs().max() <= 1
    assert grey(x).shape == x.shape


@pytest.mark.parametrize("input", ["lowres", "grey"])
def test_the_input_is_made_from_the_target_that_is_shown(tmp_path: Path, input: str) -> None:
    pairs = find_pairs([write_photos(tmp_path / "d", 4)], input=input).train
    config = train_config(tmp_path, tmp_path / "run", input=input)
    made = {"lowres": lambda x: coarse(x, 4), "grey": grey}[input]
    dataset = PairDataset(pairs, config)
    for n in range(6):
        condition, target = dataset[n]
        assert torch.equal(condition, made(target)) and not torch.equal(condition, target)
    held = validation_batch(pairs, config)
    assert torch.equal(held[0][1], made(held[1][1]))


# ---- whole runs -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("input", "kind", "made"),
    [("edges", "edges", ""), ("lowres", "photo", "lowres"), ("grey", "photo", "grey")],
)
def test_training_on_photos(tmp_path: Path, input: str, kind: str, made: str) -> None:
    data = write_photos(tmp_path / "photos", 6)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.png")}
    events = list(fit(train_config(data, tmp_path / "run", steps=3, input=input)))
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.png")} == before
    assert {path.name for path in tmp_path.iterdir()} == {"photos", "run"}
    saved = load_config(tmp_path / "run" / "checkpoint")
    assert (saved.input, saved.made, saved.recipe["input"]) == (kind, made, input)
    # Measuring it anew makes the same inputs.
    translator = Translator.load(tmp_path / "run", precision="float32", device="cpu")
    config = evaluation_config(translator.config)
    pairs = find_pairs([data], input=config.input, direction=config.direction)
    metrics = evaluate_model(translator, pairs, config)
    assert metrics["input"] == events[-1].metrics["input"]


def test_a_run_on_photos_resumes_and_the_data_is_checked(tmp_path: Path) -> None:
    data = write_photos(tmp_path / "photos", 6)
    config = train_config(data, tmp_path / "run", steps=4, input="edges", redraw=1.0)
    events = fit(config)
    for _ in range(3):
        next(events)
    events.close()
    assert list(fit(config, resume=True))[-1].finished
    photo(50).save(data / "50.png")
    photo(51).save(data / "51.png")
    with pytest.raises(Pix2PixError, match="changed"):
        list(fit(config, resume=True))


def test_a_model_for_grey_photos_makes_any_picture_grey(tmp_path: Path) -> None:
    folder = make_checkpoint(tmp_path / "model", input="photo", made="grey")
    translator = Translator.load(folder, device="cpu", precision="float32")
    image = noise_picture(32, 32)
    answer = translator.translate(image)
    assert answer.tobytes() == translator.translate(image.convert("L")).tobytes()
    plain = make_checkpoint(tmp_path / "plain", input="photo")
    assert Translator.load(plain, device="cpu").translate(image).tobytes() != answer.tobytes()


def test_one_photo_and_very_small_photos_train(tmp_path: Path) -> None:
    photo(0, 7, 5).save(tmp_path / "1.png")
    for input in ("edges", "lowres"):
        run = tmp_path / input
        assert list(fit(train_config(tmp_path, run, steps=1, input=input)))[-1].finished


def test_an_edges_set_of_photos_and_one_of_pairs_can_be_mixed(tmp_path: Path) -> None:
    write_photos(tmp_path / "photos", 4)
    write_side_by_side(tmp_path / "pairs", 4)
    found = find_pairs([tmp_path / "photos", tmp_path / "pairs"], input="edges")
    assert [pair.single for pair in found.train] == [True] * 3 + [False] * 3
    assert len(found.understood) == 2
