"""The measures of drawings give the known answers for translators that are made up."""

from __future__ import annotations

import colorsys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw
from support import assert_one_sentence

from benchmarks.drawings import measures as sketch_measures
from benchmarks.drawings.measures import (
    HUES,
    dab_colour,
    dabbed,
    fill_and_ground,
    has_several_colours,
    measure,
    place_dab,
    translated,
)
from benchmarks.drawings.silhouette import Drawing, read_drawing
from benchmarks.drawings.sketches import main, measure_photos, table
from pix2pix.errors import DataError
from train.data.colour import ciede2000, srgb_to_lab

BROWN = (120, 75, 45)


def shoe(number: int) -> Image.Image:
    """A shoe-like shape with a sole and a gap in its outline."""
    image, x = Image.new("RGB", (256, 256), "white"), 4 * number
    pen = ImageDraw.Draw(image)
    outline = [(30, 190), (34, 150), (110, 120), (150, 70 + x), (220, 70 + x), (225, 190), (30, 190)]
    pen.line(outline, fill="black", width=2)
    pen.line([(32, 165), (223, 165)], fill="black", width=2)
    pen.rectangle((180, 66 + x, 186, 74 + x), fill="white")
    return image


@pytest.fixture(scope="module")
def drawings() -> list[Drawing]:
    return [read_drawing(shoe(number), f"shoe {number}") for number in range(4)]


class Fake:
    """A translator that knows a drawing by its lines, and a dab where its largest part is not white."""

    def __init__(self, drawings: list[Drawing], paint: Callable[[np.ndarray, Drawing, int, int], None]):
        self.known, self.paint = drawings, paint

    def translate(self, image: Image.Image, *, seed: int | None = 0) -> Image.Image:
        pixels = np.asarray(image)
        lines = pixels.max(axis=2) < 100
        number = int(np.argmin([(lines ^ drawing.lines).sum() for drawing in self.known]))
        page = np.full((256, 256, 3), 255, dtype=np.uint8)
        self.paint(page, self.known[number], number, seed or 0)
        dab = (pixels.min(axis=2) < 250) & self.known[number].parts[0]
        if dab.any() and self.paint is obedient:
            page[self.known[number].parts[0]] = pixels[dab][0]
        return Image.fromarray(page)


def obedient(page: np.ndarray, drawing: Drawing, number: int, seed: int) -> None:
    """Exactly the silhouette, in a hue by the drawing and the seed, with a grey sole."""
    red, green, blue = colorsys.hsv_to_rgb((number / 4 + seed / 8) % 1, 0.8, 0.7)
    page[drawing.silhouette] = (255 * red, 255 * green, 255 * blue)
    page[drawing.parts[1]] = 90


def white(page: np.ndarray, drawing: Drawing, number: int, seed: int) -> None:
    page[drawing.lines] = 0


def brown(page: np.ndarray, drawing: Drawing, number: int, seed: int) -> None:
    page[:] = BROWN


def test_the_perfect_model_passes_every_bar(drawings: list[Drawing]) -> None:
    numbers = measure(Fake(drawings, obedient), drawings)
    assert not any("*" in line for line in table({"": numbers})[:-1])
    assert numbers["drawings"] == 4
    assert numbers["fill_median"] == 1 and numbers["well_filled"] == 1 and numbers["ground"] == 0
    assert [numbers[f"dab_{hue}"] for hue in HUES] == [0.0] * 8
    assert [numbers[f"dab_{tone}"] for tone in ("black", "grey", "light grey")] == [0.0] * 3
    assert numbers["dab_within"] == 1 and numbers["others_change"] == 0
    assert numbers["seeds_several"] == 1


def test_a_model_that_draws_lines_only_fills_nothing(drawings: list[Drawing]) -> None:
    blank = read_drawing(Image.new("RGB", (64, 64), "white"))
    numbers = measure(Fake(drawings, white), [*drawings, blank])
    assert numbers["drawings"] == 4 and numbers["unmeasured"] == 1
    assert numbers["fill_median"] == numbers["well_filled"] == numbers["ground"] == 0
    assert numbers["dab"] > 12


def test_a_model_that_paints_everything_brown(drawings: list[Drawing]) -> None:
    numbers = measure(Fake(drawings, brown), drawings)
    assert numbers["well_filled"] == numbers["fill_median"] == numbers["ground"] == 1
    assert numbers["seeds_several"] == 0 and numbers["dab"] > 12
    expected = ciede2000(srgb_to_lab(np.array(BROWN)), srgb_to_lab(np.array(dab_colour(180))))
    assert numbers["dab_180"] == pytest.approx(float(expected))


def test_several_colours_are_clearly_different_and_no_specks(drawings: list[Drawing]) -> None:
    inside, picture = drawings[0].inside, np.full((256, 256, 3), 255, np.uint8)
    places = np.argwhere(inside)

    def painted(share: float, colour: tuple[int, int, int]) -> np.ndarray:
        picture[inside] = BROWN
        ys, xs = places[: round(share * len(places))].T
        picture[ys, xs] = colour
        return picture

    assert has_several_colours(painted(0.1, (230, 230, 230)), inside)
    assert not has_several_colours(painted(0.05, (230, 230, 230)), inside)  # laces
    assert not has_several_colours(painted(0.4, (130, 85, 55)), inside)  # light and shade
    assert not has_several_colours(picture, np.zeros_like(inside))


def test_photos_are_measured_on_their_own_edges(tmp_path: Path) -> None:
    for half in ("A", "B"):
        (tmp_path / "val" / half).mkdir(parents=True)
    for number in range(2):
        drawn = read_drawing(shoe(number))
        photo = np.full((256, 256, 3), 255, np.uint8)
        photo[drawn.silhouette] = BROWN
        if number:
            photo[drawn.parts[1]] = 230
        shoe(number).save(tmp_path / "val" / "A" / f"{number}.png")
        Image.fromarray(photo).save(tmp_path / "val" / "B" / f"{number}.png")
    assert measure_photos(tmp_path) == {"drawings": 2, "photos_several": 0.5}


def test_a_part_that_is_left_white_counts(drawings: list[Drawing]) -> None:
    """One drawing of four has a white sole, and one a smudge beside it."""
    outputs = []
    for drawing in drawings:
        page = np.full((256, 256, 3), 255, dtype=np.uint8)
        page[drawing.silhouette] = BROWN
        outputs.append(page)
    outputs[1][170:190] = 250
    outputs[2][230:240] = 240
    numbers = fill_and_ground(outputs, drawings)
    assert numbers["well_filled"] == 0.75 and numbers["fill_median"] == 1
    ground = sum(int(drawing.outside.sum()) for drawing in drawings)
    assert numbers["ground"] == pytest.approx(10 * 256 / ground)


def test_a_dab_lies_below_the_lines_inside_its_part(drawings: list[Drawing]) -> None:
    drawing = drawings[0]
    dab = place_dab(drawing)
    image = np.asarray(dabbed(drawing, dab, (200, 30, 40)))
    coloured = (image == (200, 30, 40)).all(axis=2)
    assert 230 < coloured.sum() < 270  # a disc 18 wide
    assert drawing.parts[0][coloured].all()
    assert not dab.around[coloured].any() and not dab.others[coloured].any()
    assert not (dab.around & dab.others).any()
    assert (image[drawing.lines] == np.asarray(drawing.image)[drawing.lines]).all()
    others = [part for part in drawing.parts[1:] if dab.others[part].mean() > 0.5]
    assert len(others) == len(drawing.parts) - 1 == 1


def test_the_dabs_colours() -> None:
    colours = [dab_colour(hue) for hue in HUES]
    assert all(max(colour) == 191 and min(colour) == 57 for colour in colours)
    lab = srgb_to_lab(np.array(colours))
    apart = ciede2000(lab[:, None], lab[None]) + 100 * np.eye(8)
    assert apart.min() > 9  # the two greens
    assert np.median(apart.min(axis=0)) > 15  # so that the answer to one is not an answer to another


def test_drawings_that_enclose_nothing(drawings: list[Drawing]) -> None:
    blank = read_drawing(Image.new("RGB", (64, 64), "white"))
    with pytest.raises(DataError) as error:
        measure(Fake(drawings, brown), [blank])
    assert_one_sentence(error.value)


def test_one_command_measures_a_model(
    tiny_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sketch_measures, "HUES", (0, 180))
    monkeypatch.setattr(sketch_measures, "SEEDS", 2)
    monkeypatch.setattr(sketch_measures, "SEEDED_DRAWINGS", 1)
    folder = tmp_path / "drawn"
    folder.mkdir()
    for number in range(2):
        shoe(number).save(folder / f"{number}.png")
    assert main([str(tiny_model), str(folder)]) == 0
    first = capsys.readouterr().out.splitlines()
    assert "drawn" in first[1] and first[2].split() == ["drawings", "2"]
    assert main([str(tiny_model), str(folder)]) == 0
    assert capsys.readouterr().out.splitlines() == first  # a seed gives the same numbers again


def test_a_star_is_a_missed_bar() -> None:
    numbers = {"drawings": 3, "ground": 0.05, "dab": 12.0}
    lines = table({"shoes": numbers, "bags": {**numbers, "ground": 0.01, "dab": None}})
    ground, dab = (
        next(line for line in lines if line.startswith(name)) for name in ("ground", "dabs: obeyed ")
    )
    assert "5.0 %*" in ground and "1.0 % " in ground and ground.endswith("≤ 3.0 %")
    assert "12.00 ΔE " in dab and " - " in dab


@pytest.mark.parametrize("arguments", [["MODEL", "nowhere"], ["no-such-model", "."]])
def test_errors_are_one_sentence(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    shoe(0).save(tmp_path / "0.png")
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 1
    message = capsys.readouterr().err.strip().splitlines()[-1]
    assert message.startswith("Error: ")
    assert_one_sentence(message)


def test_an_output_is_taken_as_rgb(drawings: list[Drawing]) -> None:
    class Grey:
        def translate(self, image: Image.Image, *, seed: int | None = 0) -> Image.Image:
            return image.convert("L")

    assert translated(Grey(), drawings[0].image, 0).shape == (256, 256, 3)
