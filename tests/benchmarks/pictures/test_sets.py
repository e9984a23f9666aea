"""Two folders of pictures are compared as sets, whatever their sizes and layouts."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from PIL import Image, ImageOps
from support import assert_one_sentence, judging_network, shape_pair, write_side_by_side

from benchmarks.pictures import sets
from benchmarks.pictures.sets import evenly, middle_square, pictures
from train.measures.perceptual import kernel_distance


@pytest.fixture(autouse=True)
def _random_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sets, "load_network", judging_network)


def write(folder: Path, pictures: list[Image.Image]) -> Path:
    folder.mkdir()
    for number, picture in enumerate(pictures):
        picture.save(folder / f"{number}.png")
    return folder


def shapes(first: int, count: int = 6) -> list[Image.Image]:
    return [shape_pair(seed, 64)[1] for seed in range(first, first + count)]


def printed(capsys: pytest.CaptureFixture[str], *given: object) -> list[float]:
    assert sets.main([*map(str, given), "--size", "64"]) == 0
    return [float(line.split(": ")[1].split()[0]) for line in capsys.readouterr().out.splitlines()]


def test_the_number_is_that_of_all_pictures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, other = shapes(0), [ImageOps.invert(picture) for picture in shapes(20, 8)]
    given = write(tmp_path / "one", one), write(tmp_path / "other", other)
    network = judging_network()
    x, y = (network(torch.cat([middle_square(p, 64) for p in few]))[1] for few in (one, other))
    found = printed(capsys, *given)
    assert found == pytest.approx([kernel_distance(x, y), kernel_distance(y[::2], y[1::2])], abs=0.2)
    assert found[0] > 2 * abs(found[1])


def test_a_data_sets_held_out_targets_are_photos(tmp_path: Path) -> None:
    write_side_by_side(tmp_path / "data" / "train", 2)
    write_side_by_side(tmp_path / "data" / "val", 3)
    inputs, targets = (list(pictures(tmp_path / "data", way)) for way in ("BtoA", "AtoB"))
    whole = [Image.open(path) for path in sorted((tmp_path / "data" / "val").iterdir())]
    for image, left, right in zip(whole, inputs, targets, strict=True):
        size = image.height
        assert left.tobytes() == image.crop((0, 0, size, size)).convert("RGB").tobytes()
        assert right.tobytes() == image.crop((size, 0, 2 * size, size)).convert("RGB").tobytes()


def test_pairs_side_by_side_are_not_taken_for_photos(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_side_by_side(tmp_path / "val", 3)
    assert sets.main([str(tmp_path / "val"), str(tmp_path / "val")]) == 1
    message = capsys.readouterr().err.strip().splitlines()[-1].removeprefix("Error: ")
    assert_one_sentence(message)
    assert "side by side" in message


@pytest.mark.parametrize("count", [0, 1])
def test_too_few_pictures_are_one_sentence(
    count: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write(tmp_path / "few", shapes(0, count))
    assert sets.main([str(folder), str(folder), "--size", "64"]) == 1
    assert_one_sentence(capsys.readouterr().err.strip().splitlines()[-1].removeprefix("Error: "))


def test_the_middle_square_keeps_the_proportions() -> None:
    wide = Image.new("RGB", (96, 32), "white")
    wide.paste("black", (32, 0, 64, 32))
    assert float(middle_square(wide, 64).max()) == -1


def test_a_choice_is_spread_over_all() -> None:
    assert evenly(range(101), 3) == [0, 50, 100] and evenly("ab", 9) == ["a", "b"]
