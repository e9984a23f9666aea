"""Pairs are found, checked, split, and served in an order that depends on nothing but the seed."""

from __future__ import annotations

import dataclasses
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw
from support import (
    assert_one_sentence,
    noise_picture,
    shape_pair,
    side_by_side,
    tiff_of_bands,
    train_config,
    write_side_by_side,
    write_two_folders,
)
from torch import Tensor

import train.data.pairs
from pix2pix.errors import DataError
from train.data.pairs import (
    Pair,
    PairDataset,
    Pairs,
    find_pairs,
    guess_input,
    load_uint8,
    to_float,
    trace_ahead,
    training_batches,
    validation_batch,
)


def refused(*folders: Path) -> str:
    with pytest.raises(DataError) as caught:
        find_pairs(folders)
    assert_one_sentence(caught.value)
    return str(caught.value)


def names(pairs: tuple[Pair, ...]) -> list[str]:
    return [pair.name for pair in pairs]


def pixels(image: Image.Image) -> np.ndarray:
    return np.asarray(image.convert("RGB"))


# ---- layouts --------------------------------------------------------------------------------------


def test_side_by_side_with_train_and_val(shapes: Path) -> None:
    found = find_pairs([shapes])
    assert len(found.train) == 8 and len(found.val) == 2
    assert names(found.val) == ["0100", "0101"]
    assert found.problems == ()


@pytest.mark.parametrize("held", ["val", "valid", "validation", "test"])
def test_names_of_the_held_out_part(tmp_path: Path, held: str) -> None:
    write_side_by_side(tmp_path / "train", 3)
    write_side_by_side(tmp_path / held, 2, first=50)
    found = find_pairs([tmp_path])
    assert names(found.train) == ["0000", "0001", "0002"]
    assert names(found.val) == ["0050", "0051"]


def test_two_folders_below_train_and_val(tmp_path: Path) -> None:
    write_two_folders(tmp_path / "train", 3)
    write_two_folders(tmp_path / "val", 1, first=9)
    found = find_pairs([tmp_path])
    assert len(found.train) == 3 and names(found.val) == ["0009"]
    edges, photo = found.train[1].load()
    expected = shape_pair(1, 32)
    assert np.array_equal(pixels(edges), pixels(expected[0]))
    assert np.array_equal(pixels(photo), pixels(expected[1]))


def test_two_folders_match_by_stem_whatever_the_ending(tmp_path: Path) -> None:
    for name, ending in (("A", ".png"), ("B", ".JPG")):
        (tmp_path / name).mkdir()
        for n in range(2):
            noise_picture(8, 8, n).save(tmp_path / name / f"{n}{ending}")
    found = find_pairs([tmp_path])
    assert sorted(names(found.train + found.val)) == ["0", "1"]


@pytest.mark.parametrize(("count", "held"), [(1, 0), (2, 1), (5, 1), (6, 2), (14, 2)])
def test_of_few_pairs_two_are_held_out(tmp_path: Path, count: int, held: int) -> None:
    write_side_by_side(tmp_path / "data", count, size=16)
    assert len(find_pairs([tmp_path / "data"]).val) == held


def test_without_a_val_folder_a_tenth_is_held_out(tmp_path: Path) -> None:
    write_side_by_side(tmp_path, 20, size=8)
    found = find_pairs([tmp_path])
    assert len(found.train) == 18 and len(found.val) == 2
    assert sorted(names(found.train + found.val)) == [f"{n:04d}" for n in range(20)]


def test_a_new_pair_moves_no_other_pair_between_the_parts(tmp_path: Path) -> None:
    write_side_by_side(tmp_path, 24, size=8)
    before = set(names(find_pairs([tmp_path]).val))
    write_side_by_side(tmp_path, 1, size=8, first=77)
    after = set(names(find_pairs([tmp_path]).val))
    assert len(before - after) <= 1  # only the new one may take a place


def test_a_single_pair_is_trained_on(tmp_path: Path) -> None:
    write_side_by_side(tmp_path, 1)
    found = find_pairs([tmp_path])
    assert len(found.train) == 1 and found.val == ()


def test_several_data_sets(shapes: Path, tmp_path: Path) -> None:
    write_two_folders(tmp_path / "other", 10)
    found = find_pairs([shapes, tmp_path / "other"])
    assert len(found.train) == 8 + 8 and len(found.val) == 2 + 2
    assert {pair.b is None for pair in found.train} == {True, False}


def test_direction_swaps_the_halves(shapes: Path) -> None:
    pair = find_pairs([shapes]).train[0]
    a, b = pair.load("AtoB")
    c, d = pair.load("BtoA")
    assert np.array_equal(pixels(a), pixels(d)) and np.array_equal(pixels(b), pixels(c))
    assert np.array_equal(pixels(a), pixels(shape_pair(0, 32)[0]))


def test_files_that_are_no_pictures_are_not_looked_at(tmp_path: Path) -> None:
    write_side_by_side(tmp_path, 3)
    (tmp_path / "README.txt").write_text("hello")
    (tmp_path / ".hidden.png").write_bytes(b"")
    (tmp_path / "Thumbs.db").write_bytes(b"x")
    (tmp_path / "folder.png").mkdir()
    found = find_pairs([tmp_path])
    assert len(found.train + found.val) == 3 and found.problems == ()


# ---- problems -------------------------------------------------------------------------------------


def test_no_such_folder(tmp_path: Path) -> None:
    assert "nowhere" in refused(tmp_path / "nowhere")


def test_a_file_is_no_data_set(tmp_path: Path) -> None:
    (tmp_path / "file.png").write_bytes(b"")
    refused(tmp_path / "file.png")


def test_no_folder_at_all() -> None:
    refused()


def test_an_empty_folder_is_told_what_to_put_there(tmp_path: Path) -> None:
    message = refused(tmp_path)
    assert str(tmp_path) in message and "A and B" in message


def test_empty_parts(tmp_path: Path) -> None:
    for part in ("train", "val", "train/A", "train/B"):
        (tmp_path / part).mkdir(parents=True)
    refused(tmp_path)


def test_one_good_and_one_empty_data_set(shapes: Path, tmp_path: Path) -> None:
    assert str(tmp_path) in refused(shapes, tmp_path)


def test_the_problem_told_is_of_the_folder_told(shapes: Path, tmp_path: Path) -> None:
    write_side_by_side(tmp_path / "good", 3)
    (tmp_path / "good" / "broken.jpg").write_text("no picture")
    (tmp_path / "empty").mkdir()
    assert "broken" not in refused(tmp_path / "good", tmp_path / "empty")


def break_odd(path: Path) -> None:
    noise_picture(33, 16).save(path)


def break_text(path: Path) -> None:
    path.write_text("this is not a picture")


def break_truncated(path: Path) -> None:
    noise_picture(64, 64).save(path)
    path.write_bytes(path.read_bytes()[:500])


def break_empty(path: Path) -> None:
    path.write_bytes(b"")


def break_narrow(path: Path) -> None:
    noise_picture(1, 16).save(path)


@pytest.mark.parametrize("damage", [break_odd, break_text, break_truncated, break_empty, break_narrow])
@pytest.mark.parametrize("ending", [".png", ".jpg"])
def test_a_bad_file_is_named_and_left_out(tmp_path: Path, damage: object, ending: str) -> None:
    write_side_by_side(tmp_path / "train", 4)
    write_side_by_side(tmp_path / "val", 1, first=50)
    bad = tmp_path / "train" / f"bad{ending}"
    damage(bad)
    found = find_pairs([tmp_path])
    assert len(found.train) == 4 and bad not in {pair.a for pair in found.train}
    (problem,) = found.problems
    assert_one_sentence(problem)
    assert "bad" in problem and "left out" in problem
    with pytest.raises(DataError) as caught:
        Pair(bad).load()
    assert_one_sentence(caught.value)


def test_when_every_file_is_bad_the_first_problem_is_told(tmp_path: Path) -> None:
    for n in range(3):
        break_text(tmp_path / f"{n}.jpg")
    assert "0.jpg" in refused(tmp_path)


def test_files_without_a_partner_are_named_and_left_out(tmp_path: Path) -> None:
    write_two_folders(tmp_path, 4)
    (tmp_path / "A" / "0001.png").unlink()
    (tmp_path / "B" / "0002.png").unlink()
    found = find_pairs([tmp_path])
    assert sorted(names(found.train + found.val)) == ["0000", "0003"]
    assert len(found.problems) == 2
    assert any("0001" in p for p in found.problems) and any("0002" in p for p in found.problems)
    for problem in found.problems:
        assert_one_sentence(problem)


def test_a_bad_partner_is_named(tmp_path: Path) -> None:
    write_two_folders(tmp_path, 3)
    break_truncated(tmp_path / "B" / "0001.png")
    found = find_pairs([tmp_path])
    assert len(found.train + found.val) == 2
    assert "0001" in found.problems[0]


def test_nothing_of_the_persons_is_changed(tmp_path: Path) -> None:
    write_side_by_side(tmp_path, 4)
    break_text(tmp_path / "bad.jpg")
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in tmp_path.iterdir()}
    found = find_pairs([tmp_path])
    validation_batch(found.train, train_config(tmp_path, tmp_path / "run"))
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in tmp_path.iterdir()} == before


def test_the_fingerprint_follows_the_training_pairs(tmp_path: Path) -> None:
    write_side_by_side(tmp_path / "train", 3)
    write_side_by_side(tmp_path / "val", 1, first=9)
    first = find_pairs([tmp_path]).fingerprint()
    assert find_pairs([tmp_path]).fingerprint() == first
    write_side_by_side(tmp_path / "val", 1, first=10)
    assert find_pairs([tmp_path]).fingerprint() == first
    write_side_by_side(tmp_path / "train", 1, first=8)
    assert find_pairs([tmp_path]).fingerprint() != first


# ---- what the input is ----------------------------------------------------------------------------


def labels_picture(seed: int, size: int = 64) -> Image.Image:
    """Flat rectangles in the saturated colours that label maps have."""
    rng = np.random.default_rng(seed)
    image = Image.new("RGB", (size, size), (0, 0, 170))
    for colour in [(0, 85, 255), (255, 85, 0), (255, 0, 0), (0, 255, 170), (170, 255, 85)]:
        x, y = (int(v) for v in rng.integers(0, size - 8, 2))
        w, h = (int(v) for v in rng.integers(8, size // 2, 2))
        ImageDraw.Draw(image).rectangle((x, y, x + w, y + h), fill=colour)
    return image


def photo_picture(seed: int, size: int = 64) -> Image.Image:
    """Smooth random colours with grain."""
    rng = np.random.default_rng(seed)
    smooth = Image.fromarray(rng.integers(0, 256, (5, 5, 3), dtype=np.uint8)).resize((size, size))
    grain = rng.normal(0, 12, (size, size, 3))
    return Image.fromarray((np.asarray(smooth) + grain).clip(0, 255).astype(np.uint8))


@pytest.mark.parametrize("ending", [".png", ".jpg"])
@pytest.mark.parametrize(
    ("kind", "make"),
    [("edges", lambda n: shape_pair(n)[0]), ("labels", labels_picture), ("photo", photo_picture)],
)
def test_the_input_is_recognised(tmp_path: Path, ending: str, kind: str, make: object) -> None:
    for n in range(6):
        side_by_side(make(n), photo_picture(n + 50)).save(tmp_path / f"{n}{ending}")
    found = find_pairs([tmp_path])
    assert guess_input(found.train, "AtoB") == kind
    assert guess_input(found.train, "BtoA") == "photo"


def test_one_odd_picture_does_not_decide(tmp_path: Path) -> None:
    for n in range(6):
        a = photo_picture(n) if n == 2 else shape_pair(n)[0]
        side_by_side(a, photo_picture(n + 50)).save(tmp_path / f"{n}.png")
    assert guess_input(find_pairs([tmp_path]).train, "AtoB") == "edges"


# ---- order and batches ----------------------------------------------------------------------------


def random_pairs(folder: Path, count: int) -> Pairs:
    """Pairs whose target is one flat colour each, by which they can be told."""
    folder.mkdir(parents=True, exist_ok=True)
    for n in range(count):
        colour = Image.new("RGB", (32, 32), (n * 20, 255 - n * 20, 100))
        side_by_side(shape_pair(n, 32)[0], colour).save(folder / f"{n}.png")
    return find_pairs([folder.parent])


def which(target: Tensor) -> int:
    return int(target[0, 16, 16]) // 20


@pytest.fixture(scope="module")
def ten(tmp_path_factory: pytest.TempPathFactory) -> Pairs:
    """Ten training pairs."""
    folder = tmp_path_factory.mktemp("ten")
    write_side_by_side(folder / "val", 1)
    return random_pairs(folder / "train", 10)


def plain(tmp_path: Path, **changes: object) -> object:
    return train_config(
        tmp_path, tmp_path / "r", **{"input": "photo", "mirror": False, "load_size": 32, **changes}
    )


def test_each_epoch_shows_every_pair_once_in_another_order(ten: Pairs, tmp_path: Path) -> None:
    dataset = PairDataset(ten.train, plain(tmp_path))
    epochs = [[which(dataset[10 * epoch + n][1]) for n in range(10)] for epoch in range(3)]
    assert all(sorted(order) == list(range(10)) for order in epochs)
    assert len({tuple(order) for order in epochs}) == 3
    other = PairDataset(ten.train, plain(tmp_path, seed=1))
    assert [which(other[n][1]) for n in range(10)] != epochs[0]


@given(st.integers(0, 10**9))
def test_a_presentation_follows_from_its_number(ten: Pairs, n: int) -> None:
    config = train_config(Path("d"), Path("r"), redraw=1.0, colour_hints=1.0)
    first, again = PairDataset(ten.train, config)[n], PairDataset(ten.train, config)[n]
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))
    assert all(x.shape == (3, 32, 32) and x.dtype is torch.uint8 for x in first)


@pytest.mark.parametrize("workers", [0, 1])
def test_where_iteration_begins_changes_nothing(ten: Pairs, tmp_path: Path, workers: int) -> None:
    config = train_config(tmp_path, tmp_path / "r", batch_size=3, workers=0, redraw=1.0, colour_hints=1.0)
    whole = list(islice(training_batches(ten.train, config, 0), 8))
    assert all(batch[0].shape == batch[1].shape == (3, 3, 32, 32) for batch in whole)
    config = dataclasses.replace(config, workers=workers)
    tail = list(islice(training_batches(ten.train, config, 3 * 5), 3))
    for ours, theirs in zip(whole[5:], tail, strict=True):
        assert all(torch.equal(a, b) for a, b in zip(ours, theirs, strict=True))


def test_presentations_of_a_pair_are_not_alike(ten: Pairs, tmp_path: Path) -> None:
    config = train_config(tmp_path, tmp_path / "r", redraw=1.0)
    dataset = PairDataset(ten.train[:1], config)
    assert len({dataset[n][0].numpy().tobytes() for n in range(8)}) == 8


def test_drawings_that_were_traced_ahead_are_drawn_the_same(
    shapes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = train_config(tmp_path, tmp_path / "r", redraw=1.0, colour_hints=1.0, recolour=1.0)
    pairs = find_pairs([shapes]).train
    before = [PairDataset(pairs, config)[n] for n in range(8)]
    monkeypatch.setattr(train.data.pairs, "_ahead", {})
    trace_ahead(pairs, config, processes=2)
    monkeypatch.setattr(train.data.pairs, "_strokes", None)  # needed no more
    monkeypatch.setattr(train.data.pairs, "_parts", None)
    for n, (condition, target) in enumerate(before):
        again = PairDataset(pairs, config)[n]
        assert torch.equal(again[0], condition) and torch.equal(again[1], target)


def test_making_batches_leaves_the_random_state_alone(ten: Pairs, tmp_path: Path) -> None:
    # Dropout draws from it: a resumed run must find it as the uninterrupted one does.
    state = torch.get_rng_state()
    next(training_batches(ten.train, plain(tmp_path), 0))
    assert torch.equal(torch.get_rng_state(), state)


@pytest.mark.parametrize("workers", [0, 1])
def test_a_file_that_vanishes_while_training_is_one_sentence(tmp_path: Path, workers: int) -> None:
    write_side_by_side(tmp_path, 4)
    pairs = find_pairs([tmp_path])
    for pair in pairs.train:
        pair.a.unlink()
    with pytest.raises(DataError) as caught:
        next(training_batches(pairs.train, plain(tmp_path, workers=workers), 0))
    assert_one_sentence(caught.value)


def test_held_out_pairs_are_shown_as_they_are(ten: Pairs, tmp_path: Path) -> None:
    condition, target = validation_batch(ten.train[:3], train_config(tmp_path, tmp_path / "r"))
    assert condition.shape == target.shape == (3, 3, 32, 32)
    for n, pair in enumerate(ten.train[:3]):
        a, b = pair.load()
        assert np.array_equal(condition[n].permute(1, 2, 0).numpy(), pixels(a))
        assert np.array_equal(target[n].permute(1, 2, 0).numpy(), pixels(b))


@pytest.mark.parametrize("sizes", [((40, 30), (40, 30)), ((50, 50), (20, 70)), ((1, 1), (3, 300))])
def test_halves_of_any_size_are_brought_together(
    tmp_path: Path, sizes: tuple[tuple[int, int], tuple[int, int]]
) -> None:
    for name, size in zip("AB", sizes, strict=True):
        (tmp_path / name).mkdir()
        noise_picture(*size).save(tmp_path / name / "x.png")
    (pair,) = find_pairs([tmp_path]).train
    config = plain(tmp_path)
    a, b = load_uint8(pair, config)
    assert a.shape == b.shape and a.shape[1:] == (sizes[0][1], sizes[0][0])
    condition, target = PairDataset([pair], config)[0]
    assert condition.shape == target.shape == (3, 32, 32)


def test_large_pictures_are_made_smaller_once(tmp_path: Path) -> None:
    side_by_side(noise_picture(400, 300), noise_picture(400, 300)).save(tmp_path / "x.png")
    a, b = load_uint8(find_pairs([tmp_path]).train[0], plain(tmp_path))
    assert a.shape == b.shape == (3, 64, 64)  # twice the load size


def test_to_float_maps_bytes_to_minus_one_to_one() -> None:
    x = torch.tensor([0, 255, 51], dtype=torch.uint8)
    assert to_float(x).tolist() == pytest.approx([-1, 1, -0.6])
    assert x.tolist() == [0, 255, 51]


def test_what_is_not_used_of_files_is_told_once(tmp_path: Path) -> None:
    write_two_folders(tmp_path, 8)
    for n in range(5):
        frames = [noise_picture(32, 32, seed) for seed in range(2)]
        frames[0].save(tmp_path / "A" / f"{n:04d}.png", save_all=True, append_images=frames[1:])
    (tmp_path / "B" / "0007.png").write_bytes(tiff_of_bands(4))
    a = [str(tmp_path / "A" / f"{n:04d}.png") for n in range(3)]
    assert find_pairs([tmp_path]).problems == (
        f"Only the first picture is used of {', '.join(a)} and 2 more files, the others are left out.",
        f"Only the first 3 bands are used of {tmp_path}/B/0007.png, as colours, the others are left out.",
    )
