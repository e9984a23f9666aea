"""Label maps as people have them: class ids in grey, palette PNGs, and exact colours near each other."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageChops, ImageFilter
from support import assert_one_sentence, train_config

from pix2pix.checkpoint import load_config
from pix2pix.errors import DataError
from pix2pix.palette import Palette, id_colour
from pix2pix.translator import Translator
from train.cli import main
from train.data.find_palette import palette_of
from train.data.pairs import PairDataset, find_pairs, guess_input
from train.loop import fit, settle_palette
from train.measures.evaluate import evaluate_model, evaluation_config
from train.report.check import check_data

CITY = np.array([(70, 70, 70), (0, 60, 100), (0, 80, 100), (128, 64, 128)], np.uint8)


def class_map(seed: int, count: int, size: int = 64, rare: bool = False) -> np.ndarray:
    """(size, size) of the classes 0 to count - 1, of many an eighth: upright bands, and boxes on them.

    A rare last class is one pixel of the first map.
    """
    rng = np.random.default_rng([seed, 3])
    plain = count - 1 if rare else count
    kinds = rng.permutation([kind for kind in range(plain) if plain < 40 or kind % 8 == seed])
    classes = np.tile(kinds[np.arange(size) * len(kinds) // size], (size, 1)).astype(np.uint8)
    for kind in kinds[: max(len(kinds) // 2, 1)]:
        top, left = rng.integers(2, size - 14, 2)
        classes[top : top + 10, left : left + 10] = kind
    if rare and seed == 0:
        classes[20, 30] = count - 1
    return classes


def write(folder: Path, paint: Callable[[np.ndarray], Image.Image], count: int, **how: Any) -> Path:
    """Two folders, labels and photos, of eight pairs."""
    for side in ("labels", "photos"):
        (folder / side).mkdir(parents=True)
    for n in range(8):
        classes = class_map(n, count, **how)
        paint(classes).save(folder / "labels" / f"{n}.png")
        noise = np.random.default_rng(n).normal(0, 25, (*classes.shape, 3))
        photo = (40 + 15 * classes[..., None] + noise).clip(0, 255)
        Image.fromarray(photo.astype(np.uint8)).save(folder / "photos" / f"{n}.png")
    return folder


def as_palette_png(classes: np.ndarray) -> Image.Image:
    """As PASCAL VOC's: the classes are indices of a table of colours."""
    image = Image.fromarray(classes).convert("P")
    image.putpalette([value for index in range(256) for value in id_colour(index)])
    return image


def settled(data: Path, out: Path, **changes: object) -> Palette | None:
    config = train_config(data, out, **{"input": "labels", "snap_labels": True, **changes})
    return settle_palette(config, find_pairs(config.data)).palette


@pytest.mark.parametrize("count", [2, 7, 19, 34, 150])
def test_grey_ids_are_labels_each_in_a_colour_of_its_own(count: int, tmp_path: Path) -> None:
    data = write(tmp_path / "data", Image.fromarray, count)
    assert guess_input(find_pairs([data]).train, "AtoB") == "labels"
    palette = settled(data, tmp_path)
    assert palette is not None
    assert sorted(palette.ids) == list(range(count)) and set(palette.names) == set(map(str, range(count)))
    assert len(set(palette.colours)) == count and palette.colours[palette.ids.index(3 % count)] == id_colour(
        3 % count
    )
    apart = min(
        max(abs(a - b) for a, b in zip(one, other, strict=True))
        for one in palette.colours
        for other in palette.colours
        if one != other
    )
    assert apart >= 32  # what the networks see differs plainly


@pytest.mark.parametrize("levels", [(0, 255), (0, 1, 2, 255), (0, 85, 170, 255), (1, 2, 3)])
def test_ids_need_not_be_in_a_row(levels: tuple[int, ...], tmp_path: Path) -> None:
    table = np.array(levels, np.uint8)
    data = write(tmp_path / "data", lambda classes: Image.fromarray(table[classes]), len(levels))
    assert guess_input(find_pairs([data]).train, "AtoB") == "labels"
    palette = settled(data, tmp_path)
    assert palette is not None and sorted(palette.ids) == list(levels)


def test_near_colours_of_files_without_loss_stay_two(tmp_path: Path) -> None:
    data = write(tmp_path / "data", lambda classes: Image.fromarray(CITY[classes]), 4)
    palette = settled(data, tmp_path)
    assert palette is not None and set(palette.colours) == {tuple(map(int, colour)) for colour in CITY}
    for near in ([(9, 9, 9), (10, 9, 9)], [(0, 0, 222), (0, 1, 222), (0, 48, 255)]):
        table = np.array(near, np.uint8)
        other = write(
            tmp_path / f"{len(near)}", lambda classes, table=table: Image.fromarray(table[classes]), len(near)
        )
        found = settled(other, tmp_path)
        assert found is not None and set(found.colours) == set(near)


@pytest.mark.parametrize("kind", ["ids", "colours", "palette"])
def test_a_class_of_one_pixel_survives(kind: str, tmp_path: Path) -> None:
    paint = {"ids": Image.fromarray, "colours": lambda c: Image.fromarray(CITY[c]), "palette": as_palette_png}
    data = write(tmp_path / "data", paint[kind], 4, rare=True)
    palette = settled(data, tmp_path)
    assert palette is not None and len(palette) == 4


def test_soft_borders_are_no_classes(tmp_path: Path) -> None:
    def soft(classes: np.ndarray) -> Image.Image:
        large = Image.fromarray(CITY[classes]).resize((256, 256), Image.Resampling.NEAREST)
        return large.rotate(5, Image.Resampling.BILINEAR, fillcolor=(70, 70, 70)).resize((64, 64))

    palette = settled(write(tmp_path / "data", soft, 4), tmp_path)
    assert palette is None or len(palette) <= 4


def test_palette_pngs_and_ids_mean_the_same(tmp_path: Path) -> None:
    """Trained on either, a model reads both."""
    for paint, name in ((as_palette_png, "palette"), (Image.fromarray, "ids")):
        palette = settled(write(tmp_path / name, paint, 7), tmp_path)
        assert palette is not None and sorted(palette.ids) == list(range(7))
        classes = class_map(3, 7)
        for drawn in (
            Image.fromarray(classes),
            as_palette_png(classes),
            palette.snap(Image.fromarray(classes)),
        ):
            found = palette.classes(drawn)
            assert np.array_equal(np.array(palette.ids)[found], classes)


def test_a_model_reads_ids_as_it_was_trained_even_without_snapping(tmp_path: Path) -> None:
    """In translate, evaluate and training alike."""
    data = write(tmp_path / "data", Image.fromarray, 5)
    for snap in (True, False):
        out = tmp_path / f"run{snap}"
        config = train_config(data, out, input="auto", snap_labels=snap, steps=1)
        *_, done = fit(config)
        palette = load_config(done.checkpoint).palette
        assert palette is not None and sorted(palette.ids) == list(range(5))
        translator = Translator.load(done.checkpoint, device="cpu", precision="float32")
        ids = Image.open(data / "labels" / "0.png")
        drawn = palette.snap(ids)
        assert len(drawn.getcolors()) == 5 and max(drawn.getextrema()[0]) >= 128
        assert translator.translate(ids).tobytes() == translator.translate(drawn).tobytes()
        numbers = evaluate_model(translator, find_pairs([data]), evaluation_config(translator.config))[
            "model"
        ]
        assert numbers["l1"] == pytest.approx(done.metrics["model"]["l1"], abs=2e-3)


def test_the_networks_see_colours(tmp_path: Path) -> None:
    data = write(tmp_path / "data", Image.fromarray, 5)
    config = train_config(data, tmp_path, input="labels", snap_labels=True, image_size=64, load_size=64)
    pairs = settle_palette(config, find_pairs(config.data))
    condition, _ = PairDataset(pairs.train, config)[0]
    seen = {tuple(map(int, colour)) for colour in condition.reshape(3, -1).T}
    assert seen <= {id_colour(index) for index in range(5)} and len(seen) > 2


def test_a_resumed_run_keeps_its_classes(tmp_path: Path) -> None:
    """Also where another version would find others."""
    data = write(tmp_path / "data", Image.fromarray, 5)
    config = train_config(data, tmp_path / "run", input="labels", snap_labels=True, steps=3)
    events = fit(config)
    for _ in range(2):
        next(events)
    events.close()
    path = tmp_path / "run" / "checkpoint" / "config.json"
    path.write_text(
        path.read_text(encoding="utf-8").replace('"names": ["', '"names": ["old '), encoding="utf-8"
    )
    before = load_config(path.parent).palette
    *_, done = fit(config, resume=True)
    assert load_config(done.checkpoint).palette == before


def test_an_id_that_the_model_does_not_know_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = write(tmp_path / "data", Image.fromarray, 5)
    *_, done = fit(train_config(data, tmp_path / "run", input="labels", snap_labels=True, steps=1))

    def with_another(classes: np.ndarray) -> Image.Image:
        classes[:9, :9] = 33
        return Image.fromarray(classes)

    other = write(tmp_path / "other", with_another, 5)
    assert main(["evaluate", str(done.checkpoint), str(other)]) == 1
    said = capsys.readouterr().err
    path = other / "labels" / "0.png"
    assert "33" in said and str(path.parent) in said and "Traceback" not in said
    from pix2pix.cli import main as translate

    assert translate(["translate", str(done.checkpoint), str(path.parent), str(tmp_path / "out")]) == 1
    said = capsys.readouterr().err
    assert all("33" in line and ".png" in line for line in said.splitlines() if line.startswith("Error"))
    with pytest.raises(Exception, match="33") as caught:
        Translator.load(done.checkpoint).translate(Image.open(path))
    assert_one_sentence(caught.value)


@pytest.mark.parametrize("kind", ["ids", "colours"])
def test_the_report_says_and_shows_the_classes(kind: str, tmp_path: Path) -> None:
    paint = {"ids": Image.fromarray, "colours": lambda c: Image.fromarray(CITY[c])}[kind]
    data = write(tmp_path / "data", paint, 4)
    made = check_data([data], sheet=tmp_path / "sheet.jpg")
    assert made.input == "labels"
    (told,) = [one for one in made.findings if one.kind in ("labels", "label_ids")]
    assert_one_sentence(told.message)
    assert "4" in told.message and len(told.files) == 4
    assert not [one for one in made.findings if one.kind == "grey"]
    shown = np.asarray(Image.open(tmp_path / "sheet.jpg"))[:128]
    if kind == "ids":
        assert np.ptp(shown.astype(int), axis=2).mean() > 20 and shown.max() > 110


def test_what_is_no_label_map_stays_what_it_was(tmp_path: Path) -> None:
    """Grey photos, dark ones too, and white lines on black."""
    rng = np.random.default_rng(0)
    smooth = np.add.outer(np.arange(64), np.arange(64))
    lines = np.zeros((64, 64), np.uint8)
    lines[::9], lines[:, ::9] = 255, 255
    for n, levels in enumerate((smooth + rng.normal(0, 4, (64, 64)), smooth * 60 / 126, lines)):
        folder = tmp_path / str(n)
        write(folder, lambda classes, levels=levels: Image.fromarray(levels.clip(0, 255).astype(np.uint8)), 4)
        assert guess_input(find_pairs([folder]).train, "AtoB") == "photo"
        if n != 1:
            with pytest.raises(DataError):
                palette_of(find_pairs([folder]).train, "AtoB")


def test_a_palette_of_ids_is_read_back_and_checked() -> None:
    palette = Palette(((0, 0, 0), (128, 0, 0)), ("0", "7"), (), (0, 7))
    assert Palette.from_json(dataclasses.asdict(palette)) == palette
    for ids in ([0], [0, 0], [0, 256], ["x", 1]):
        with pytest.raises((ValueError, TypeError)):
            Palette.from_json({**dataclasses.asdict(palette), "ids": ids})


def things_on_white(classes: np.ndarray) -> Image.Image:
    """Two black boxes on white, as masks mostly are the other way round."""
    mask = np.full(classes.shape, 255, np.uint8)
    mask[32 : 80 + classes[0, 0] * 8, 32:140] = mask[176:216, 160:224] = 0
    return Image.fromarray(mask)


def thick_lines(classes: np.ndarray) -> Image.Image:
    """A drawing by a marker, without soft borders."""
    drawing = things_on_white(classes)
    inside = drawing.filter(ImageFilter.MaxFilter(13))
    return ImageChops.lighter(drawing, ImageChops.invert(inside))


def test_a_mask_that_is_mostly_white_is_labels_and_thick_lines_are_edges(tmp_path: Path) -> None:
    for paint, kind in ((things_on_white, "labels"), (thick_lines, "edges")):
        write(tmp_path / kind, paint, 4, size=256)
        assert guess_input(find_pairs([tmp_path / kind]).train, "AtoB") == kind
    assert [len(settled(tmp_path / "labels", tmp_path / "run").colours)] == [2]


def deep_ids(folder: Path, change: Callable[[np.ndarray], np.ndarray]) -> Path:
    return write(folder, lambda classes: Image.fromarray(change(classes.astype(np.uint16))), 6)


def test_ids_of_16_bits_are_not_scaled_and_one_for_nothing_is_255(tmp_path: Path) -> None:
    def ignore(ids: np.ndarray) -> np.ndarray:
        return np.where(np.arange(len(ids))[:, None] < 3, np.uint16(65535), ids)

    palette = settled(deep_ids(tmp_path / "data", ignore), tmp_path)
    assert palette is not None and sorted(palette.ids) == [0, 1, 2, 3, 4, 5, 255]


@pytest.mark.parametrize("shift", [296, 24000])
def test_ids_that_do_not_fit_are_refused(tmp_path: Path, shift: int) -> None:
    data = deep_ids(tmp_path / "data", lambda ids: np.where(ids > 3, ids + shift, ids).astype(np.uint16))
    with pytest.raises(DataError, match="renumber") as caught:
        find_pairs([data])
    assert_one_sentence(caught.value)
    assert not check_data([data]).trainable
