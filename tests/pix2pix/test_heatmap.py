"""The overlay's colours and legend, and the ``heatmap`` command with real files."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from support import assert_one_sentence, make_checkpoint, noise_picture

import pix2pix.cli
from pix2pix.cli import main
from pix2pix.critic import SCALES, Critic
from pix2pix.heatmap import FAKE, REAL, UNSURE, colours, outline, overlay, with_legend


def test_the_colours_diverge_from_white_to_two_hues() -> None:
    shown = colours(torch.tensor([0.0, 0.5, 1.0]))
    assert shown.tolist() == [list(FAKE), list(UNSURE), list(REAL)]
    ramp = colours(torch.linspace(0, 1, 101))
    assert torch.all(ramp.sum(1)[:50].diff() > 0) and torch.all(ramp.sum(1)[51:].diff() < 0)


def test_fake_and_real_stay_apart_without_red_or_green_receptors() -> None:
    """Simulated with the matrices of Vienot, Brettel and Mollon 1999, in linear light."""
    linear = (colours(torch.tensor([0.0, 1.0])).numpy() / 255) ** 2.2
    protan = np.array([[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]])
    deutan = np.array([[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]])
    for matrix in (protan, deutan):
        fake, real = np.clip(linear @ matrix.T, 0, 1) ** (1 / 2.2) * 255
        assert np.linalg.norm(fake - real) > 100


def test_the_overlay_blends_the_map_over_the_grey_picture() -> None:
    picture = Image.new("RGB", (4, 2), (200, 30, 30))
    grey = picture.convert("L").getpixel((0, 0))
    values = torch.tensor([[0.0, 0.0, 1.0, 1.0]] * 2)
    assert np.all(np.asarray(overlay(picture, values, 0)) == grey)
    assert overlay(picture, values, 1).getpixel((0, 0)) == FAKE
    assert overlay(picture, values, 1).getpixel((3, 1)) == REAL
    half = overlay(picture, values, 0.5).getpixel((3, 1))
    assert np.allclose(half, (np.array(REAL) + grey) / 2, atol=1)
    with pytest.raises(ValueError, match="map"):
        overlay(picture, values.T)


@pytest.mark.parametrize("width", [1, 20, 256])
def test_the_legend_stands_below_and_leaves_the_picture_alone(width: int) -> None:
    picture = noise_picture(width, 40)
    both = with_legend(picture)
    assert both.width == width and both.height > 40
    assert both.crop((0, 0, width, 40)).tobytes() == picture.tobytes()
    if width == 256:
        strip = np.asarray(both)[40:].astype(int)
        bar = strip[len(strip) // 2]
        assert np.abs(bar - FAKE).sum(1).min() < 12 and np.abs(bar - REAL).sum(1).min() < 12
        assert np.abs(bar - FAKE).sum(1).argmin() < np.abs(bar - REAL).sum(1).argmin()
        assert (strip.sum(2) < 200).sum() > 20  # the words


def test_outlines_are_drawn_on_the_border_of_their_boxes() -> None:
    picture = Image.new("RGB", (40, 40), "white")
    outline(picture, [(5, 6, 21, 30)], (0, 114, 178))
    assert picture.getpixel((5, 6)) == picture.getpixel((20, 29)) == (0, 114, 178)
    assert picture.getpixel((3, 6)) == picture.getpixel((22, 31)) == (255, 255, 255)


# ---- the command ------------------------------------------------------------------------------------


@pytest.fixture
def model(tmp_path: Path) -> str:
    return str(make_checkpoint(tmp_path / "model", input="photo"))


@pytest.fixture
def pictures(tmp_path: Path) -> tuple[str, str]:
    paths = (tmp_path / "in.png", tmp_path / "out.jpg")
    for n, path in enumerate(paths):
        noise_picture(90, 50, n).save(path)
    return str(paths[0]), str(paths[1])


def test_heatmap_writes_the_overlay_and_prints_the_numbers(
    model: str, pictures: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    heat = tmp_path / "new" / "heat.png"
    before = [Path(p).read_bytes() for p in pictures]
    assert main(["heatmap", model, *pictures, str(heat), "--json", "--no-legend"]) == 0
    assert [Path(p).read_bytes() for p in pictures] == before
    numbers = json.loads(capsys.readouterr().out)
    assert numbers["scale"] == "logit"
    assert (numbers["receptive_field"], numbers["step"], numbers["first_centre"]) == (16, 2, 3)
    assert (
        (numbers["rows"], numbers["columns"]) == np.shape(numbers["scores"]) == np.shape(numbers["realness"])
    )
    scores = np.array(numbers["scores"])
    assert np.allclose(1 / (1 + np.exp(-scores)), numbers["realness"], atol=1e-4)
    assert numbers["mean_realness"] == pytest.approx(np.mean(numbers["realness"]), abs=1e-4)
    worst = numbers["most_fake"][0]
    assert scores[worst["row"], worst["column"]] == pytest.approx(scores.min(), abs=1e-4)
    assert len(worst["box"]) == 4
    judgement = Critic.load(model).judge(*(Image.open(p).convert("RGB") for p in pictures))
    expected = overlay(Image.open(pictures[1]), judgement.map())
    assert Image.open(heat).tobytes() == expected.tobytes()


def test_heatmap_has_a_legend_and_outlines_on_request(
    model: str, pictures: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plain, marked = tmp_path / "plain.png", tmp_path / "marked.png"
    assert main(["heatmap", model, *pictures, str(plain)]) == 0
    assert main(["heatmap", model, *pictures, str(marked), "--patches", "1"]) == 0
    assert capsys.readouterr().out == ""
    with Image.open(plain) as a, Image.open(marked) as b:
        assert a.size == b.size and a.width == 90 and a.height > 50
        assert a.tobytes() != b.tobytes()


@pytest.mark.parametrize(
    "words",
    [
        ["no-such-model", "IN", "OUT", "HEAT"],
        ["MODEL", "missing.png", "OUT", "HEAT"],
        ["MODEL", "IN", "SMALL", "HEAT"],
        ["MODEL", "SMALL", "SMALL", "HEAT"],
        ["MODEL", "IN", "OUT", "OUT"],
        ["MODEL", "IN", "OUT", "IN"],
        ["MODEL", "IN", "OUT", "HEAT.nonsense"],
        ["MODEL", "IN", "OUT", "HEAT", "--opacity", "1.5"],
        ["MODEL", "IN", "OUT", "HEAT", "--opacity", "nan"],
        ["MODEL", "IN", "OUT", "HEAT", "--patches", "-1"],
    ],
    ids=" ".join,
)
def test_mistakes_are_one_sentence(
    words: list[str],
    model: str,
    pictures: tuple[str, str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    small = tmp_path / "small.png"
    noise_picture(3, 3).save(small)
    heat = tmp_path / "heat.png"
    places = {"MODEL": model, "IN": pictures[0], "OUT": pictures[1], "SMALL": str(small), "HEAT": str(heat)}
    words = [places.get(w, w.replace("HEAT", str(heat))) for w in words]
    before = [Path(p).read_bytes() for p in pictures]
    assert main(["heatmap", *words]) == 1
    error = capsys.readouterr().err.strip()
    assert_one_sentence(error.removeprefix("Error: "))
    assert not heat.exists() and [Path(p).read_bytes() for p in pictures] == before


def test_the_command_offers_every_scale() -> None:
    assert pix2pix.cli.SCALES == SCALES
