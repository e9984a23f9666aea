"""Sample sheets show input, output, target and the critic's map, and watching changes nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from support import assert_one_sentence, assert_same_tensors, noise_picture, train_config, write_side_by_side

from pix2pix.critic import realness, spread
from pix2pix.errors import RunError
from pix2pix.heatmap import overlay
from pix2pix.images import to_image
from train.data.pairs import find_pairs
from train.engine.trainer import Trainer
from train.events import Preview
from train.loop import fit
from train.runs.run import RunFolder
from train.watching.watch import ROWS, SHEET_PAIRS, Watcher, draw_sheet


@pytest.fixture
def watcher(shapes: Path, tmp_path: Path) -> Watcher:
    config = train_config(shapes, tmp_path / "run", norm="batch")
    pairs = find_pairs(config.data)
    run = RunFolder(config.out)
    run.create(config)
    return Watcher(Trainer(config, pairs), pairs, run)


def test_a_sheet_is_a_column_a_pair_with_a_name_for_each_row(watcher: Watcher) -> None:
    look = watcher.look()
    geometry = watcher.trainer.discriminator.spec.geometry
    sheet = draw_sheet(look, geometry, watcher.scale)
    assert sheet.height == 4 * 32 and ROWS == ("input", "output", "target", "critic")
    left = sheet.width - 2 * 32
    pixels = np.asarray(sheet)
    for row in range(4):
        label = pixels[32 * row : 32 * row + 32, :left]
        ys, xs = np.nonzero(label.min(axis=2) < 128)
        assert len(ys) > 15  # words
        assert ys.min() > 0 and ys.max() < 31 and xs.min() > 0 and xs.max() < left - 1  # none is cut off
    for column in range(2):
        x = left + 32 * column
        tiles = [sheet.crop((x, 32 * row, x + 32, 32 * row + 32)) for row in range(4)]
        output = to_image(look.output[column])
        heat = spread(realness(look.fake[column, 0], "logit"), geometry, 32, 32)
        expected = (to_image(look.condition[column]), output, to_image(look.target[column]))
        for tile, picture in zip(tiles, (*expected, overlay(output, heat)), strict=True):
            assert tile.tobytes() == picture.tobytes()


def test_without_a_gan_loss_there_is_no_critic(shapes: Path, tmp_path: Path) -> None:
    """Its discriminator is untrained, and a map of its scores would mean nothing."""
    config = train_config(shapes, tmp_path / "run", steps=2, gan_loss="none")
    (preview,) = [event for event in fit(config) if isinstance(event, Preview)]
    with Image.open(preview.path) as sheet:
        assert sheet.height == 3 * 32


def test_the_pairs_are_the_held_out_ones_and_their_scores_the_discriminators(watcher: Watcher) -> None:
    look = watcher.look()
    for n, pair in enumerate(find_pairs(watcher.trainer.config.data).val):
        edges, photo = pair.load()
        assert to_image(look.condition[n]).tobytes() == edges.tobytes()
        assert to_image(look.target[n]).tobytes() == photo.tobytes()
    network = watcher.trainer.discriminator.eval()
    assert look.fake is not None and look.real is not None
    with torch.no_grad():
        assert torch.allclose(look.fake, network(look.condition, look.output), atol=1e-5)
        assert torch.allclose(look.real, network(look.condition, look.target), atol=1e-5)
    assert look.held_l1 == pytest.approx(float((look.output - look.target).abs().mean()))
    assert look.known_l1 is not None and look.known_l1 > 0


def test_looking_changes_neither_weights_nor_chance(watcher: Watcher) -> None:
    trainer = watcher.trainer
    networks = (trainer.generator, trainer.discriminator, trainer.average)
    trainer.discriminator.train()
    before = [{k: v.clone() for k, v in n.state_dict().items()} for n in networks]
    state = torch.get_rng_state()
    list(watcher.preview())
    assert torch.equal(torch.get_rng_state(), state)
    assert trainer.discriminator.training
    for network, old in zip(networks, before, strict=True):
        assert_same_tensors(network.state_dict(), old)


def test_sheets_follow_the_course_of_training_and_stay_light(tmp_path: Path) -> None:
    """A full sheet at 256 pixels is read back; noise is the worst case for its size."""
    for part, count in (("train", 2), ("val", SHEET_PAIRS + 1)):
        write_side_by_side(tmp_path / "data" / part, count, 256, first=len(part))
    noise_picture(512, 256).save(tmp_path / "data" / "val" / "0003.png")
    config = train_config(
        tmp_path / "data", tmp_path / "run", image_size=256, load_size=286, steps=1, width=2
    )
    (preview,) = [event for event in fit(config) if isinstance(event, Preview)]
    with Image.open(preview.path) as sheet:
        assert sheet.height == 4 * 256
        assert SHEET_PAIRS * 256 < sheet.width < SHEET_PAIRS * 256 + 80
    assert preview.path.stat().st_size < 1_000_000


def test_large_pictures_make_fewer_columns(tmp_path: Path) -> None:
    write_side_by_side(tmp_path / "data" / "train", 1, 32)
    write_side_by_side(tmp_path / "data" / "val", 5, 32, first=5)
    for size, columns in ((32, 5), (512, 4), (1024, 2)):
        config = train_config(tmp_path / "data", tmp_path / "run", image_size=size, load_size=size, width=1)
        pairs = find_pairs(config.data)
        watcher = Watcher(Trainer(config, pairs), pairs, RunFolder(config.out))
        assert len(watcher.held[0]) == columns


def test_a_sheet_that_cannot_be_written_is_one_sentence(watcher: Watcher) -> None:
    (watcher.run.path / "samples").write_text("in the way")
    with pytest.raises(RunError) as caught:
        list(watcher.preview())
    assert_one_sentence(caught.value)


def test_a_diverged_generator_still_gives_a_sheet(watcher: Watcher) -> None:
    """The sheet must not be what stops a run: the loss of the next step says what is wrong."""
    with torch.no_grad():
        for parameter in watcher.trainer.average.parameters():
            parameter.fill_(float("nan"))
    (preview,) = [event for event in watcher.preview() if isinstance(event, Preview)]
    assert preview.path.is_file()
