"""Seeds choose among colours that the training photos have."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw
from support import train_config

from pix2pix.checkpoint import load_config
from train.colour import ciede2000, srgb_to_lab
from train.loop import fit
from train.main_colours import APART, main_colours
from train.pairs import find_pairs

SHADES = [(20, 20, 20), (120, 80, 50), (200, 30, 30), (24, 22, 20)]


def write_photos(folder: Path, count: int) -> Path:
    for half in ("A", "B"):
        (folder / half).mkdir(parents=True)
    for index in range(count):
        photo = Image.new("RGB", (32, 32), "white")
        ImageDraw.Draw(photo).rectangle((4, 4, 28, 20), fill=SHADES[index % len(SHADES)])
        ImageDraw.Draw(photo).rectangle((4, 20, 28, 26), fill=(190, 190, 190))  # every sole is grey
        photo.save(folder / "B" / f"{index}.png")
        Image.new("RGB", (32, 32), "white").save(folder / "A" / f"{index}.png")
    return folder


def test_they_are_the_photos_and_plainly_different(tmp_path: Path) -> None:
    data = write_photos(tmp_path / "data", 12)
    config = train_config(data, tmp_path / "run", spread_hints=True, load_size=32)
    found = main_colours(find_pairs([data]).train, config)
    assert set(found) <= set(SHADES) and len(found) == 3  # two blacks are one colour
    lab = srgb_to_lab(np.array(found))
    apart = ciede2000(lab[:, None], lab[None])
    assert (apart[~np.eye(3, dtype=bool)] >= APART).all()


def test_a_white_photo_has_none(tmp_path: Path) -> None:
    data = tmp_path / "data"
    for half in ("A", "B"):
        (data / half).mkdir(parents=True)
        for index in range(4):
            Image.new("RGB", (32, 32), "white").save(data / half / f"{index}.png")
    config = train_config(data, tmp_path / "run", spread_hints=True, load_size=32)
    assert main_colours(find_pairs([data]).train, config) == ()


def test_the_model_keeps_them(tmp_path: Path) -> None:
    data = write_photos(tmp_path / "data", 12)
    for hints, kept in ((True, 3), (False, 0)):
        out = tmp_path / f"run{hints}"
        list(fit(train_config(data, out, spread_hints=hints, load_size=32, steps=1)))
        assert len(load_config(out / "checkpoint").main_colours) == kept
