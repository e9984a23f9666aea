"""Files that no name pairs: what is an input and what a photo is never guessed against the evidence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps
from support import (
    assert_one_sentence,
    label_pair,
    make_checkpoint,
    make_label_checkpoint,
    shape_pair,
    side_by_side,
    tiny_generator,
)

from pix2pix.errors import DataError
from train.cli import main
from train.data.pairs import find_pairs
from train.report.check import check_data


def scene(seed: int, width: int = 64, height: int = 64) -> Image.Image:
    """Smooth colours over the whole picture."""
    rng = np.random.default_rng(seed)
    ground = Image.fromarray(rng.integers(0, 256, (4, 5, 3), dtype=np.uint8))
    return ground.resize((width, height), Image.Resampling.BICUBIC)


def write(folder: Path, *pictures: Image.Image) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for n, picture in enumerate(pictures):
        picture.save(folder / f"{n}.png")
    return folder


def stacked(a: Image.Image, b: Image.Image) -> Image.Image:
    both = Image.new("RGB", (a.width, 2 * a.height))
    both.paste(a, (0, 0))
    both.paste(b, (0, a.height))
    return both


def refused(data: Path, model: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """What `evaluate` says in one sentence, without a table."""
    assert main(["evaluate", str(model), str(data)]) == 1
    said = capsys.readouterr()
    assert said.out == "" and said.err.startswith("Error: ")
    assert_one_sentence(said.err.removeprefix("Error: ").strip())
    return said.err


@pytest.mark.parametrize("count", [1, 5])
@pytest.mark.parametrize("place", ["testA", "drawings", "", "test"])
def test_drawings_alone_are_not_taken_for_photos(
    tmp_path: Path, place: str, count: int, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "h" / place, *(shape_pair(n)[0] for n in range(count)))
    said = refused(tmp_path / "h", make_checkpoint(tmp_path / "m"), capsys)
    assert "drawings without their photos" in said
    for input in ("edges", "auto"):
        assert main(["check", str(tmp_path / "h"), "--input", input]) == 1
        if place != "test":  # which alone is not trained on anyway
            assert "drawings without" in check_data([tmp_path / "h"], input=input).findings[0].message  # type: ignore[arg-type]


@pytest.mark.parametrize("size", [(64, 64), (128, 64), (64, 100)])
def test_label_maps_alone_are_not_cut_in_two(
    tmp_path: Path, size: tuple[int, int], capsys: pytest.CaptureFixture[str]
) -> None:
    labels = (label_pair(n)[0].resize(size, Image.Resampling.NEAREST) for n in range(3))
    write(tmp_path / "h" / "testA", *labels)
    said = refused(tmp_path / "h", make_label_checkpoint(tmp_path / "m"), capsys)
    assert "label maps without their photos" in said


def test_photos_alone_are_not_cut_in_two_for_a_model_of_photos(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "h" / "val", *(scene(n) for n in range(4)))
    model = make_checkpoint(tmp_path / "m", tiny_generator(), input="photo")
    assert "single photos" in refused(tmp_path / "h", model, capsys)


def test_folders_the_other_way_round_are_not_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pairs = [shape_pair(n) for n in range(4)]
    for name, half in (("A", 1), ("B", 0)):
        write(tmp_path / "h" / name, *(scene(n) if half else pairs[n][0] for n in range(4)))
    said = refused(tmp_path / "h", make_checkpoint(tmp_path / "m"), capsys)
    assert "look like edges" in said and "other way round" in said


@pytest.mark.parametrize("size", [64, 96])
def test_drawings_among_photos_are_named(
    tmp_path: Path, size: int, capsys: pytest.CaptureFixture[str]
) -> None:
    pictures = [shape_pair(n, size)[0] if n % 2 else scene(n, size, size) for n in range(8)]
    data = write(tmp_path / "h", *pictures)
    assert "drawings and photos" in refused(data, make_checkpoint(tmp_path / "m"), capsys)
    for input in ("edges", "auto"):
        assert main(["check", str(data), "--input", input]) == 1
        with pytest.raises(DataError, match="drawings and photos"):
            find_pairs([data], input=input)  # type: ignore[arg-type]


def test_inputs_of_another_kind_are_not_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kinds = {"edges": shape_pair, "labels": label_pair}
    for kind, pair in kinds.items():
        write(tmp_path / kind / "A", *(pair(n)[0] for n in range(4)))
        write(tmp_path / kind / "B", *(scene(n) for n in range(4)))
    models = {
        "edges": make_checkpoint(tmp_path / "edges_model"),
        "labels": make_label_checkpoint(tmp_path / "labels_model"),
        "photo": make_checkpoint(tmp_path / "photo_model", tiny_generator(), input="photo"),
    }
    for model, data in (("edges", "labels"), ("labels", "edges"), ("photo", "edges"), ("photo", "labels")):
        assert f"look like {data}" in refused(tmp_path / data, models[model], capsys)
    assert main(["evaluate", str(models["edges"]), str(tmp_path / "edges")]) == 0


def test_photos_of_things_on_white_are_photos(tmp_path: Path) -> None:
    photos = []
    for n in range(4):
        photo = Image.new("RGB", (64, 64), "white")
        photo.paste(scene(n, 30, 24).convert("L").point(lambda value: value // 2).convert("RGB"), (17, 20))
        photos.append(photo)
    found = find_pairs([write(tmp_path / "h", *photos)], input="edges")
    assert all(pair.single for pair in found.train)


def test_drawings_beside_drawings_stay_pairs(tmp_path: Path) -> None:
    write(tmp_path, *(side_by_side(shape_pair(n)[0], shape_pair(n)[0]) for n in range(4)))
    assert not find_pairs([tmp_path], input="edges").train[0].single
    assert len(find_pairs([tmp_path]).train) == 3


@pytest.mark.parametrize("kind", ["edges", "photo", "wide edges", "wide photo"])
@pytest.mark.parametrize("down", [False, True])
def test_pairs_stacked_above_each_other(tmp_path: Path, kind: str, down: bool) -> None:
    pairs = [shape_pair(n) if "edges" in kind else (scene(n), scene(n + 50)) for n in range(4)]
    if "wide" in kind:
        pairs = [(a.resize((96, 64)), b.resize((96, 64))) for a, b in pairs]
    pairs = [pair[::-1] if down else pair for pair in pairs]  # type: ignore[misc]
    write(tmp_path, *(stacked(*pair) for pair in pairs))
    found = find_pairs([tmp_path])
    assert "above" in found.understood[0]
    for pair in (*found.train, *found.val):
        a, b = pair.load()
        expected = pairs[int(pair.name)]
        assert (a.tobytes(), b.tobytes()) == (expected[0].tobytes(), expected[1].tobytes())
        assert pair.load("BtoA")[0].tobytes() == b.tobytes()
    beside = write(tmp_path / "beside", *(side_by_side(*pair) for pair in pairs))
    assert found.fingerprint() != find_pairs([beside]).fingerprint()


def test_a_stacked_file_of_an_odd_height_is_named(tmp_path: Path) -> None:
    write(tmp_path, *(stacked(*shape_pair(n)) for n in range(4)))
    Image.new("RGB", (64, 129)).save(tmp_path / "odd.png")
    (problem,) = find_pairs([tmp_path]).problems
    assert "odd.png" in problem and "129 pixels high" in problem


@pytest.mark.parametrize("size", [(64, 64), (64, 128), (96, 64)])
def test_the_advice_for_single_photos_does_not_lead_to_their_halves(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    write(tmp_path, *(scene(n, *size) for n in range(5)))
    with pytest.raises(DataError) as caught:
        find_pairs([tmp_path])
    assert_one_sentence(caught.value)
    assert "--input photo" not in str(caught.value) and "two folders" in str(caught.value)


@pytest.mark.parametrize("white", [True, False])
@pytest.mark.parametrize("width", [64, 128])
def test_drawings_alone_are_refused_in_black_and_in_white_and_twice_as_wide(
    tmp_path: Path, white: bool, width: int, capsys: pytest.CaptureFixture[str]
) -> None:
    def drawing(n: int) -> Image.Image:
        page = Image.new("RGB", (width, 64), "white")
        page.paste(shape_pair(n)[0], (width // 2 - 32, 0))
        return ImageOps.invert(page) if white else page

    data = write(tmp_path / "data", *map(drawing, range(8)))
    assert "drawings without" in refused(data, make_checkpoint(tmp_path / "m"), capsys)
    for input in ("auto", "edges"):
        assert "drawings without" in check_data([data], input=input).findings[0].message  # type: ignore[arg-type]


def test_dark_photos_are_no_drawings_in_white(tmp_path: Path) -> None:
    night = [scene(n).point(lambda value: value // 8) for n in range(8)]
    assert find_pairs([write(tmp_path / "data", *night)], input="edges").train[0].single


def test_ids_are_not_measured_by_a_model_of_drawings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for n in range(6):
        ids = np.zeros((64, 64), np.uint8)
        for kind in range(1, 6):
            ids[8 * kind : 8 * kind + 12, 5 * n : 5 * n + 30] = kind
        write(tmp_path / "data" / "A", *[Image.fromarray(ids)] * (n + 1))
        write(tmp_path / "data" / "B", *(scene(k) for k in range(n + 1)))
    assert "look like labels" in refused(tmp_path / "data", make_checkpoint(tmp_path / "m"), capsys)
