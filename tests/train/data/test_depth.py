"""Deep grey, as scanners and microscopes store it: one scale for a whole data set, kept by its model."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from support import assert_one_sentence, deep_colours, train_config

from pix2pix.checkpoint import load_config
from pix2pix.cli import main as pix2pix
from pix2pix.errors import CheckpointError
from pix2pix.images import open_image
from pix2pix.translator import Translator
from train.cli import main as train
from train.data.pairs import find_pairs, guess_input
from train.loop import fit
from train.measures.evaluate import evaluate_model, evaluation_config
from train.report.check import check_data


def slice_of(seed: int, most: float, size: int = 64) -> np.ndarray:
    """(size, size) float: dark ground and a wavy body; each number has another greatest value."""
    rng = np.random.default_rng([seed, 5])
    y, x = np.mgrid[:size, :size] - size / 2
    turn = rng.uniform(0, 3)
    wave = 0.5 + 0.4 * np.sin(x / rng.uniform(3, 9) + turn) * np.cos(y / rng.uniform(3, 9) - turn)
    body = (np.hypot(x / rng.uniform(0.6, 1), y) < size * 0.4) * (wave + rng.normal(0, 0.02, (size, size)))
    return body.clip(0, 1) * most * (0.4 + 0.05 * seed)


def write(folder: Path, most: float, kind: str, low: float = 0.0, count: int = 12) -> Path:
    """Two folders of slices; each file's own greatest value is another one."""
    for number, side in enumerate("AB"):
        (folder / side).mkdir(parents=True)
        for n in range(count):
            values = low + slice_of(n, most - low) * (1 - 0.3 * number)
            values[0, 0] = most if n == 0 and number == 0 else values[0, 0]
            if kind == "float":
                Image.fromarray(values.astype(np.float32)).save(folder / side / f"{n:02}.tif")
            else:
                Image.fromarray(values.astype(np.uint16)).save(folder / side / f"{n:02}.{kind}")
    return folder


@pytest.mark.parametrize("kind", ["png", "tif"])
def test_twelve_bits_in_sixteen_fill_the_scale(kind: str, tmp_path: Path) -> None:
    pairs = find_pairs([write(tmp_path, 3900, kind)])
    assert pairs.spans("AtoB")[0] == (0, 4095) and pairs.spans("BtoA")[1] == (0, 4095)
    assert guess_input(pairs.train, "AtoB") == "photo"
    levels = {int(level) for pair in pairs.train for level in np.unique(np.asarray(pair.load()[0]))}
    assert len(levels) > 150


@pytest.mark.parametrize("kind", ["tif", "big.tif", "png", "rgba.png"])
def test_twelve_bits_of_colours_fill_the_scale(kind: str, tmp_path: Path) -> None:
    for side in "AB":
        (tmp_path / side).mkdir()
        for n in range(6):
            colours = np.stack([slice_of(n + k, 3000).clip(0, 4095) for k in range(3)], axis=2)
            colours[0, 0, 0] = 4095
            (tmp_path / side / f"{n:02}.{kind}").write_bytes(deep_colours(colours.astype(np.uint16), kind))
    pairs = find_pairs([tmp_path])
    assert pairs.spans("AtoB") == ((0, 4095), (0, 4095))
    levels = {int(level) for pair in pairs.train for level in np.unique(np.asarray(pair.load()[0]))}
    assert len(levels) > 100
    (told,) = [one for one in check_data([tmp_path]).findings if one.kind == "deep"]
    assert "0-4095 (A)" in told.message


@pytest.mark.parametrize(("most", "low"), [(3000.0, -1000.0), (5.0, 0.0), (0.8, 0.0)])
def test_a_value_is_the_same_in_every_float_file(most: float, low: float, tmp_path: Path) -> None:
    data = write(tmp_path, most, "float", low)
    found: dict[int, set[int]] = {}
    for pair in find_pairs([data]).train:
        stored = np.asarray(Image.open(pair.a))
        shown = np.asarray(pair.load()[0])[..., 0]
        ground = int(shown[stored == stored.min()][0])
        found.setdefault(round(float(stored.min()), 3), set()).add(ground)
    assert all(len(levels) == 1 for levels in found.values())


def test_values_that_are_no_numbers_move_no_scale(tmp_path: Path) -> None:
    data = write(tmp_path, 3000, "float")
    path = data / "A" / "03.tif"
    values = np.asarray(Image.open(path)).copy()
    values[5, 5:8] = np.nan, np.inf, -np.inf
    Image.fromarray(values).save(path)
    assert find_pairs([data]).spans("AtoB")[0] == (0, 3000)


def test_several_data_sets_have_one_scale(tmp_path: Path) -> None:
    dark, bright = write(tmp_path / "dark", 900, "png"), write(tmp_path / "bright", 3900, "png")
    assert {pair.spans[0] for pair in find_pairs([dark, bright]).train} == {(0.0, 4095.0)}


@pytest.mark.parametrize(("kind", "most"), [("png", 3900), ("float", 3000), ("png", 240)])
def test_the_report_says_the_rule_and_accuses_nobody(kind: str, most: int, tmp_path: Path) -> None:
    made = check_data([write(tmp_path, most, kind)])
    (told,) = [one for one in made.findings if one.kind == "deep"]
    assert_one_sentence(told.message)
    assert {3900: "0-4095 (A)", 3000: "0-3000 (A)", 240: "0-255 (A)"}[most] in told.message
    assert not [one for one in made.findings if one.kind in ("duplicates", "leaked")]


def test_dark_pictures_are_no_copies_of_each_other(tmp_path: Path) -> None:
    """Eight bits, of which the lowest four are used: unlike pictures differ by few levels."""
    for side in "AB":
        (tmp_path / side).mkdir()
        for n in range(12):
            Image.fromarray(slice_of(n, 16).astype(np.uint8)).save(tmp_path / side / f"{n:02}.png")
    assert "duplicates" not in {one.kind for one in check_data([tmp_path], input="photo").findings}


def assert_alike(one: bytes, other: bytes) -> None:
    """Equal but for the last bits, which depend on threads and precision."""
    pixels = (np.frombuffer(data, np.uint8).astype(int) for data in (one, other))
    assert abs(np.subtract(*pixels)).mean() < 1


def test_a_model_keeps_the_scale_and_translates_and_measures_by_it(tmp_path: Path) -> None:
    data = write(tmp_path / "data", 3900, "png")
    *_, done = fit(train_config(data, tmp_path / "run", input="photo", steps=1))
    config = load_config(done.checkpoint)
    assert config.spans[0] == (0, 4095) and config.spans[1] is not None
    translator = Translator.load(done.checkpoint, device="cpu", precision="float32")
    path = data / "A" / "02.png"  # whose own greatest value is less
    scaled = open_image(path, span=(0, 4095))
    wanted = translator.translate(scaled).tobytes()
    assert_alike(translator.translate(Image.open(path)).tobytes(), wanted)
    assert pix2pix(["translate", str(done.checkpoint), str(path), str(tmp_path / "out.png")]) == 0
    assert_alike(open_image(tmp_path / "out.png").tobytes(), wanted)
    numbers = evaluate_model(translator, find_pairs([data]), evaluation_config(config))["model"]
    assert numbers["l1"] == pytest.approx(done.metrics["model"]["l1"], abs=2e-3)
    # Measured on other data, the scale stays the model's.
    dark = find_pairs([write(tmp_path / "dark", 900, "png")])
    own = evaluate_model(translator, dark, evaluation_config(config))["input"]
    as_trained = evaluate_model(translator, dark.scaled(config.spans, "AtoB"), evaluation_config(config))[
        "input"
    ]
    assert own == as_trained


def test_values_that_a_model_never_saw_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, bright = write(tmp_path / "data", 3900, "png"), write(tmp_path / "bright", 62000, "png")
    *_, done = fit(train_config(data, tmp_path / "run", input="photo", steps=1))
    assert pix2pix(["translate", str(done.checkpoint), str(bright / "A"), str(tmp_path / "out")]) == 0
    (note,) = [line for line in capsys.readouterr().err.splitlines() if "4095" in line]
    assert_one_sentence(note.removeprefix("Note: "))
    assert train(["evaluate", str(done.checkpoint), str(bright)]) == 0
    assert "4095" in capsys.readouterr().err
    assert train(["evaluate", str(done.checkpoint), str(data)]) == 0
    assert "white, as" not in capsys.readouterr().err


def test_a_resumed_run_keeps_its_scale_and_an_older_one_has_none(tmp_path: Path) -> None:
    data = write(tmp_path / "data", 3900, "png")
    for spans in ([[0, 8191], [0, 8191]], None):
        config = train_config(data, tmp_path / f"run{spans is None}", input="photo", steps=3)
        events = fit(config)
        for _ in range(2):
            next(events)
        events.close()
        path = Path(config.out) / "checkpoint" / "config.json"
        raw = json.loads(path.read_text(encoding="utf-8"))
        raw.pop("spans") if spans is None else raw.update(spans=spans)
        path.write_text(json.dumps(raw), encoding="utf-8")
        *_, done = fit(config, resume=True)
        kept = load_config(done.checkpoint).spans
        assert kept == ((None, None) if spans is None else ((0, 8191), (0, 8191)))


@pytest.mark.parametrize("spans", [3, [[0, 1]], [[1, 0], None], [["a", 1], None], [[0, 1e999], None]])
def test_a_scale_that_is_none_is_damage(spans: object, tmp_path: Path) -> None:
    data = write(tmp_path / "data", 3900, "png", count=3)
    *_, done = fit(train_config(data, tmp_path / "run", input="photo", steps=1))
    path = done.checkpoint / "config.json"
    raw = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**raw, "spans": spans}), encoding="utf-8")
    with pytest.raises(CheckpointError):
        load_config(done.checkpoint)


def test_ids_in_sixteen_bits_are_ids(tmp_path: Path) -> None:
    data = write(tmp_path, 3900, "png")
    for path in sorted((data / "A").iterdir()):
        classes = np.zeros((64, 64), np.uint16)
        classes[20:40, 10:50], classes[:9] = 3, 7
        Image.fromarray(classes).save(path)
    pairs = find_pairs([data])
    assert guess_input(pairs.train, "AtoB") == "labels"
    assert set(np.unique(np.asarray(pairs.train[0].load()[0]))) == {0, 3, 7}


def test_data_far_from_a_models_scale_is_told(tmp_path: Path) -> None:
    pairs = find_pairs([write(tmp_path, 3900, "png")])
    assert list(pairs.misfits(((0, 4095), (0, 4095)), "AtoB")) == []
    first, second = pairs.misfits((None, (0, 255)), "BtoA")
    assert_one_sentence(first)
    assert "the files of A go" in first and "255 white" in first
    assert "the files of B go" in second and "65535 white" in second
    assert list(find_pairs([tmp_path], check=False).misfits((None, None), "AtoB")) == []
