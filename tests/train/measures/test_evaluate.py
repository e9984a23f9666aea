"""The numbers are what their formulas say, and the trivial answers stand beside the model's."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from support import (
    make_checkpoint,
    noise_tensor,
    tiny_generator,
    train_config,
    write_side_by_side,
)
from torch import Tensor

from pix2pix.checkpoint import load_config
from pix2pix.errors import DataError
from pix2pix.translator import Translator
from train.data.pairs import Pair, Pairs, find_pairs, to_float, validation_batch
from train.measures.evaluate import (
    evaluate,
    evaluate_generator,
    evaluate_model,
    evaluation_config,
    generate,
)
from train.measures.metrics import METRICS, l1
from train.measures.table import table

# ---- over a data set ------------------------------------------------------------------------------


def test_the_answers_are_compared_on_the_held_out_pairs(shapes: Path, tmp_path: Path) -> None:
    pairs, config = find_pairs([shapes]), train_config(shapes, tmp_path)
    condition, target = (to_float(x) for x in validation_batch(pairs.val, config))
    metrics = evaluate(lambda x: x * 0, pairs, config)
    assert set(metrics) == {"model", "input", "mean_photo", "ground_truth", "pairs"}
    assert metrics["pairs"] == {"count": 2}
    mean_photo = to_float(validation_batch(pairs.train, config)[1]).mean(0, keepdim=True).expand_as(target)
    answers = {"model": condition * 0, "input": condition, "mean_photo": mean_photo}
    for who, answer in answers.items():
        for name, metric in METRICS.items():
            expected = metric.finish(metric.measure(answer, target).mean(0))
            assert metrics[who][name] == pytest.approx(expected, rel=1e-3, abs=1e-4), who


def test_the_true_photos_are_a_perfect_answer(shapes: Path, tmp_path: Path) -> None:
    pairs, config = find_pairs([shapes]), train_config(shapes, tmp_path)
    condition, target = (to_float(x) for x in validation_batch(pairs.val, config))

    def oracle(x: Tensor) -> Tensor:
        assert torch.equal(x, condition)
        return target

    metrics = evaluate(oracle, pairs, config)
    assert set(metrics["ground_truth"]) == {"grid"}
    assert metrics["model"] == {
        **metrics["ground_truth"],
        "l1": 0.0,
        "psnr": 100.0,
        "ssim": 1.0,
        "spectrum": 0.0,
        "sharpness": 1.0,
    }


def test_many_pairs_are_measured_in_chunks(shapes: Path, tmp_path: Path) -> None:
    some = find_pairs([shapes])
    held: tuple[Pair, ...] = (*some.train, *some.train, *some.val)
    config = train_config(shapes, tmp_path)
    sizes: list[int] = []

    def answer(x: Tensor) -> Tensor:
        sizes.append(len(x))
        return x

    metrics = evaluate(answer, Pairs(some.train, held), config)
    assert sizes == [16, 2]
    assert metrics["model"] == metrics["input"]
    expected = l1(*(to_float(x) for x in validation_batch(held, config))).mean()
    assert metrics["model"]["l1"] == pytest.approx(float(expected), abs=1e-4)


def test_without_held_out_pairs_the_training_pairs_are_measured(shapes: Path, tmp_path: Path) -> None:
    some = find_pairs([shapes])
    metrics = evaluate(lambda x: x, Pairs(some.train, ()), train_config(shapes, tmp_path))
    assert metrics["pairs"] == {"count": 8, "held_out": False}
    assert "8 pairs of the training itself" in table(metrics)


def test_a_model_is_measured_as_it_is_served(shapes: Path, tmp_path: Path) -> None:
    generator = tiny_generator()
    folder = make_checkpoint(tmp_path / "model", generator, statistics="image", noise=True)
    pairs = find_pairs([shapes])
    config = train_config(shapes, tmp_path)
    translator = Translator.load(folder, device="cpu", precision="float32")
    served = evaluate_model(translator, pairs, config)
    trained = evaluate_generator(generator, pairs, config, torch.float32)
    for name in METRICS:
        assert served["model"][name] == pytest.approx(trained["model"][name], rel=2e-3)


def test_a_model_that_is_told_colours_also_answers_by_seed(shapes: Path, tmp_path: Path) -> None:
    pairs, config = find_pairs([shapes]), train_config(shapes, tmp_path)
    hinted = make_checkpoint(tmp_path / "model", tiny_generator(spread_hints=True, dropout=0.0))
    translator = Translator.load(hinted, device="cpu", precision="float32")
    metrics = evaluate_model(translator, pairs, config)
    condition, target = (to_float(x) for x in validation_batch(pairs.val, config))
    expected = [
        translator.translate_tensor(x[None], seed=0, colour=translator.colours(x[None], seed))
        for seed, x in enumerate(condition)
    ]
    assert metrics["by_seed"]["l1"] == pytest.approx(float(l1(torch.cat(expected), target).mean()), abs=1e-4)
    assert metrics["by_seed"] != metrics["model"] and "by_seed" in table(metrics)


def test_generating_changes_nothing_and_is_repeatable(shapes: Path, tmp_path: Path) -> None:
    generator, config = tiny_generator(), train_config(shapes, tmp_path)
    before = {name: tensor.clone() for name, tensor in generator.state_dict().items()}
    x, state = noise_tensor(0, count=9, size=32), torch.get_rng_state()
    first, again = (generate(generator, x, config, torch.float32) for _ in range(2))
    assert first.shape == x.shape and torch.equal(first, again)
    assert torch.equal(torch.get_rng_state(), state)
    assert all(torch.equal(tensor, before[name]) for name, tensor in generator.state_dict().items())


def test_held_out_pairs_are_prepared_for_the_model(tmp_path: Path) -> None:
    folder = make_checkpoint(tmp_path / "model", tiny_generator(image_size=64), direction="BtoA")
    config = evaluation_config(load_config(folder), seed=4)
    assert (config.direction, config.image_size, config.load_size, config.seed) == ("BtoA", 64, 72, 4)


@pytest.mark.parametrize("part", ["test", "val"])
def test_pairs_of_a_test_folder_alone_are_measured(part: str, tmp_path: Path) -> None:
    write_side_by_side(tmp_path / "data" / part, 3)
    with pytest.raises(DataError):
        find_pairs([tmp_path / "data"])
    pairs = find_pairs([tmp_path / "data"], train_needed=False)
    assert (len(pairs.train), len(pairs.val)) == (0, 3)
    metrics = evaluate(lambda x: x, pairs, train_config(tmp_path / "data", tmp_path))
    assert set(metrics) == {"model", "input", "ground_truth", "pairs"} and metrics["pairs"] == {"count": 3}
    assert metrics["model"] == metrics["input"] and "3 held-out pairs" in table(metrics)
