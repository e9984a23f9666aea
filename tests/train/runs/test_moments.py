"""A run's moments: the scores are the discriminator's own, and the pictures those of the sheet."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from support import assert_one_sentence, train_config

from pix2pix.errors import RunError
from pix2pix.images import to_image
from train.data.pairs import find_pairs
from train.engine.trainer import Trainer
from train.events import Preview
from train.loop import fit
from train.runs.moments import MOST_BYTES, count_pairs, load_moment, moments, save_moment
from train.runs.run import RunFolder
from train.watching.watch import Watcher


@pytest.fixture
def watcher(shapes: Path, tmp_path: Path) -> Watcher:
    config = train_config(shapes, tmp_path / "run", receptive_field=34, gan_loss="lsgan", norm="batch")
    pairs, run = find_pairs(config.data), RunFolder(config.out)
    run.create(config)
    return Watcher(Trainer(config, pairs), pairs, run)


def test_a_moment_has_the_pictures_and_the_scores_of_its_pair(watcher: Watcher) -> None:
    look, run = watcher.look(), watcher.run.path
    list(watcher.preview())
    assert moments(run) == [0] and count_pairs(run, 0) == 2
    assert look.fake is not None and look.real is not None
    for pair in range(2):
        moment = load_moment(run, 0, pair)
        pictures = (moment.condition, moment.output, moment.target)
        for picture, tensor in zip(pictures, (look.condition, look.output, look.target), strict=True):
            wanted = np.asarray(to_image(tensor[pair])).astype(int)
            assert picture.size == (32, 32)
            assert np.abs(np.asarray(picture) - wanted).mean() < 12  # it was a JPEG in between
        for judgement, scores in zip(moment.judgements, (look.fake, look.real), strict=True):
            assert torch.allclose(judgement.scores, scores[pair, 0], atol=1e-3, rtol=1e-3)
            assert judgement.scale == "unit" and judgement.geometry.receptive_field == 34
            assert judgement.map().shape == (32, 32)


def test_moments_are_told_in_order_and_only_with_their_sheets(shapes: Path, tmp_path: Path) -> None:
    config = train_config(shapes, tmp_path / "run", steps=3, sample_every=1e-6)
    sheets = [event.path for event in fit(config) if isinstance(event, Preview)]
    run = Path(config.out)
    assert moments(run) == sorted({int(path.stem) for path in sheets}) == [1, 2, 3]
    sheets[0].unlink()
    (run / "samples" / ".unfinished-0000009-1234.safetensors").touch()
    assert moments(run) == [2, 3]
    assert moments(run / "samples") == moments(tmp_path / "nothing") == []


def test_without_a_critic_there_are_no_moments(shapes: Path, tmp_path: Path) -> None:
    config = train_config(shapes, tmp_path / "run", steps=1, gan_loss="none")
    assert [event for event in fit(config) if isinstance(event, Preview)]
    assert moments(Path(config.out)) == []


@pytest.mark.parametrize(("cells", "kept"), [(30, 8), (126, 8), (256, 1), (1024, 1)])
def test_large_maps_are_kept_of_fewer_pairs(tmp_path: Path, cells: int, kept: int) -> None:
    scores = torch.full((8, 1, cells, cells), 1e9)
    path = save_moment(tmp_path / "samples" / "0000001.jpg", scores, -scores, 1, "relative")
    assert count_pairs(tmp_path, 1) == kept
    assert kept == 1 or path.stat().st_size < MOST_BYTES + 1000


def damaged(run: Path) -> None:
    path = run / "samples" / "0000000.safetensors"
    path.write_bytes(path.read_bytes()[:-100])


def another_sheet(run: Path) -> None:
    Image.new("RGB", (20, 128)).save(run / "samples" / "0000000.jpg")


def no_scores(run: Path) -> None:
    (run / "samples" / "0000000.safetensors").unlink()


@pytest.mark.parametrize("spoil", [damaged, another_sheet, no_scores])
def test_what_cannot_be_read_is_one_sentence(watcher: Watcher, spoil: object) -> None:
    list(watcher.preview())
    spoil(watcher.run.path)  # type: ignore[operator]
    with pytest.raises(RunError) as caught:
        load_moment(watcher.run.path, 0, 0)
    assert_one_sentence(caught.value)


@pytest.mark.parametrize("pair", [-1, 2])
def test_a_pair_that_is_not_there_is_one_sentence(watcher: Watcher, pair: int) -> None:
    list(watcher.preview())
    with pytest.raises(RunError) as caught:
        load_moment(watcher.run.path, 0, pair)
    assert_one_sentence(caught.value)


def test_scores_that_cannot_be_written_are_one_sentence(watcher: Watcher) -> None:
    (watcher.run.path / "samples" / "0000000.safetensors").mkdir(parents=True)
    with pytest.raises(RunError) as caught:
        list(watcher.preview())
    assert_one_sentence(caught.value)
