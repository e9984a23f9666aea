"""The segmenter learns labels off photos, the same each time, and is trained once for a data set."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from support import assert_same_tensors, write_labels

from pix2pix.errors import DataError
from train.config import TrainConfig
from train.pairs import Pairs, find_pairs, to_float, validation_batch
from train.segmenter import Segmenter, SegmenterRecipe, class_ious, fcn_scores, find_judge

QUICK = SegmenterRecipe(size=32, width=8, depth=2, steps=60, batch_size=4, learning_rate=1e-2)


@pytest.fixture(scope="module")
def labels(tmp_path_factory: pytest.TempPathFactory) -> Pairs:
    return find_pairs([write_labels(tmp_path_factory.mktemp("labels"), train=12, val=4)])


def test_scores_of_a_known_confusion() -> None:
    confusion = torch.tensor([[6, 2, 0], [1, 3, 0], [0, 0, 0]])
    scores = fcn_scores(confusion)
    assert scores["pixel_accuracy"] == pytest.approx(9 / 12)
    assert scores["class_accuracy"] == pytest.approx((6 / 8 + 3 / 4) / 2)
    assert scores["class_iou"] == pytest.approx((6 / 9 + 3 / 6) / 2)
    assert class_ious(confusion) == [pytest.approx(6 / 9), pytest.approx(0.5), None]


def test_a_class_that_is_only_found_is_no_class_of_the_mean_but_costs_the_others() -> None:
    scores = fcn_scores(torch.tensor([[6, 0, 2], [0, 4, 0], [0, 0, 0]]))
    assert scores["class_iou"] == pytest.approx((6 / 8 + 1) / 2)


@pytest.mark.parametrize("size", [16, 32, 50])
def test_scores_have_the_size_of_the_picture(size: int) -> None:
    assert Segmenter(5, width=4)(torch.zeros(2, 3, size, size)).shape == (2, 5, size, size)


def test_it_finds_true_labels_in_true_photos_and_few_in_others(labels: Pairs, tmp_path: Path) -> None:
    judge = find_judge(labels.train, "AtoB", QUICK, cache=tmp_path)
    photos = to_float(validation_batch(labels.val, TrainConfig(image_size=64, load_size=64))[1])
    truth = judge.classes(labels.val, "AtoB")
    assert truth.shape == (4, 32, 32)
    real = fcn_scores(judge.confusion(photos, truth))
    assert real["class_iou"] > 0.7
    flat = fcn_scores(judge.confusion(photos * 0, truth))
    assert flat["class_iou"] < 0.5 * real["class_iou"]


def test_it_is_trained_once_and_always_the_same(labels: Pairs, tmp_path: Path) -> None:
    state = torch.get_rng_state()
    reports: list[float] = []
    recipe = SegmenterRecipe(size=16, width=4, depth=1, steps=3, batch_size=2)
    first = find_judge(labels.train, "AtoB", recipe, cache=tmp_path / "a", progress=reports.append)
    assert reports == pytest.approx([1 / 3, 2 / 3, 1])
    assert torch.equal(torch.get_rng_state(), state)
    torch.manual_seed(99)
    kept = find_judge(labels.train, "AtoB", recipe, cache=tmp_path / "a", progress=reports.append)
    assert len(reports) == 3  # from the cache
    anew = find_judge(labels.train, "AtoB", recipe, cache=tmp_path / "b", progress=reports.append)
    assert len(reports) == 6
    for other in (kept, anew):
        assert_same_tensors(first.network.state_dict(), other.network.state_dict())


@pytest.mark.parametrize("what", ["recipe", "pixel", "pair"])
def test_other_data_or_another_recipe_makes_another(what: str, tmp_path: Path) -> None:
    data = write_labels(tmp_path / "data", train=4, val=1)
    recipe = SegmenterRecipe(size=16, width=4, depth=1, steps=1, batch_size=2)
    find_judge(find_pairs([data]).train, "AtoB", recipe, cache=tmp_path / "cache")
    if what == "recipe":
        recipe = SegmenterRecipe(size=16, width=4, depth=1, steps=2, batch_size=2)
    elif what == "pixel":
        (data / "train" / "0000.png").write_bytes((data / "val" / "1000.png").read_bytes())
    else:
        (data / "train" / "0000.png").unlink()
    find_judge(find_pairs([data]).train, "AtoB", recipe, cache=tmp_path / "cache")
    assert len(list((tmp_path / "cache").iterdir())) == 2


def test_a_damaged_or_unusable_cache_costs_time_only(labels: Pairs, tmp_path: Path) -> None:
    recipe = SegmenterRecipe(size=16, width=4, depth=1, steps=1, batch_size=2)
    first = find_judge(labels.train, "AtoB", recipe, cache=tmp_path)
    (file,) = tmp_path.iterdir()
    whole = file.read_bytes()
    file.write_bytes(whole[:100])
    again = find_judge(labels.train, "AtoB", recipe, cache=tmp_path)
    assert_same_tensors(first.network.state_dict(), again.network.state_dict())
    assert file.stat().st_size == len(whole)
    blocked = find_judge(labels.train, "AtoB", recipe, cache=file / "below")  # a file is no folder
    assert_same_tensors(first.network.state_dict(), blocked.network.state_dict())


def test_photos_have_no_labels(shapes: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="--no-fcn"):
        find_judge(find_pairs([shapes]).train, "AtoB", QUICK, cache=tmp_path)
    assert not list(tmp_path.iterdir())
