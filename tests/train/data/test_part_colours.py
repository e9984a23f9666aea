"""A generator is told the colours of photos part by part, and seeds choose among those."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from PIL import Image, ImageDraw
from support import train_config

from pix2pix.checkpoint import load_config
from pix2pix.colouring import Colouring
from pix2pix.images import to_tensor
from train.data.pairs import find_pairs
from train.data.part_colours import PLAIN, colourings, told_colours
from train.loop import fit

SHADES = [(20, 20, 20), (120, 80, 50), (200, 30, 30), (24, 22, 20)]
SOLE = (190, 190, 190)
UPPER, UNDER = (4, 4, 60, 40), (4, 40, 60, 54)  # boxes


def shoe(shade: tuple[int, int, int], sole: tuple[int, int, int] = SOLE) -> tuple[Image.Image, Image.Image]:
    """Its drawing and its photo."""
    drawing, photo = (Image.new("RGB", (64, 64), "white") for _ in range(2))
    for box, colour in ((UPPER, shade), (UNDER, sole)):
        ImageDraw.Draw(photo).rectangle(box, fill=colour)
        ImageDraw.Draw(drawing).rectangle(box, outline="black")
    return drawing, photo


def write_shoes(folder: Path, count: int, sole: tuple[int, int, int] | None = SOLE) -> Path:
    for half in ("A", "B"):
        (folder / half).mkdir(parents=True)
    for index in range(count):
        shade = SHADES[index % len(SHADES)]
        for half, picture in zip("AB", shoe(shade, sole or shade), strict=True):
            picture.save(folder / half / f"{index}.png")
    return folder


def config_for(data: Path, out: Path, **changes: object):
    return train_config(data, out, spread_hints=True, image_size=64, load_size=64, **changes)


def test_they_are_the_photos_and_plainly_different(tmp_path: Path) -> None:
    data = write_shoes(tmp_path / "data", 12)
    found = colourings(find_pairs([data]).train, config_for(data, tmp_path / "run"))
    assert {colouring.main for colouring in found} <= set(SHADES) and len(found) == 3  # two blacks are one
    for colouring in found:
        (accent,) = colouring.accents
        assert accent.colour == SOLE and accent.y > 0.7 and accent.x == pytest.approx(0.5, abs=0.05)


def test_a_photo_of_one_colour_has_no_accents_and_few_of_them_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = write_shoes(tmp_path / "data", 12, sole=None)
    pairs, config = find_pairs([data]).train, config_for(data, tmp_path / "run")
    assert len(found := colourings(pairs, config)) == 1 and not found[0].accents  # the next would follow it
    monkeypatch.setattr("train.data.part_colours.PLAIN", 1)
    assert PLAIN > 1 and len(colourings(pairs, config)) == 3


def test_the_generator_is_told_the_main_colour_and_those_of_parts(tmp_path: Path) -> None:
    condition, target = (to_tensor(picture)[None].repeat(64, 1, 1, 1) for picture in shoe(SHADES[1]))
    torch.manual_seed(0)
    told = told_colours(condition, target, config_for(tmp_path, tmp_path / "run"))
    ground, sole = told[:, :, 2, 2], told[:, :, 47, 30]
    main, second = (torch.tensor(colour) / 127.5 - 1 for colour in (SHADES[1], SOLE))
    known = ground.isfinite().all(1)
    assert 30 < int(known.sum()) < 64 and torch.allclose(
        ground[known], main.expand_as(ground[known]), atol=0.02
    )
    own = (sole - second).abs().amax(1) < 0.02
    assert 16 < int(own.sum()) < 48  # with the main colour and without it
    assert own[known].any() and own[~known].any()


def test_a_white_part_may_be_a_hole_and_is_told_nothing(tmp_path: Path) -> None:
    condition, target = (
        to_tensor(picture)[None].repeat(16, 1, 1, 1) for picture in shoe(SHADES[1], (250,) * 3)
    )
    told = told_colours(condition, target, config_for(tmp_path, tmp_path / "run"))
    assert torch.equal(told[:, :, 47, 30].nan_to_num(5), told[:, :, 2, 2].nan_to_num(5))


def test_a_white_photo_has_none(tmp_path: Path) -> None:
    data = tmp_path / "data"
    for half in ("A", "B"):
        (data / half).mkdir(parents=True)
        for index in range(4):
            Image.new("RGB", (32, 32), "white").save(data / half / f"{index}.png")
    config = train_config(data, tmp_path / "run", spread_hints=True, load_size=32)
    assert colourings(find_pairs([data]).train, config) == ()


def test_the_model_keeps_them(tmp_path: Path) -> None:
    data = write_shoes(tmp_path / "data", 12)
    for hints, kept in ((True, 3), (False, 0)):
        out = tmp_path / f"run{hints}"
        config = train_config(data, out, spread_hints=hints, image_size=64, load_size=64, steps=1)
        list(fit(config))
        known = load_config(out / "checkpoint").colourings
        assert len(known) == kept and all(type(colouring) is Colouring for colouring in known)
        if hints:
            assert known == colourings(find_pairs([data]).train, config)
