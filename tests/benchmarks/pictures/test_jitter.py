"""The jitter's benchmark finds what enlarging takes from photos, and that a shift takes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from support import assert_one_sentence, noise_picture

from benchmarks.pictures.jitter import BANDS, main


def test_enlarged_photos_lose_their_finest_detail_and_shifted_ones_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "train").mkdir()
    for number in range(3):
        both = Image.new("RGB", (512, 256))
        for half in range(2):
            both.paste(noise_picture(256, 256, seed=2 * number + half), (256 * half, 0))
        both.save(tmp_path / "train" / f"{number}.png")
    assert main([str(tmp_path), "--count", "2"]) == 0
    head, enlarged, shifted = (line.split() for line in capsys.readouterr().out.splitlines())
    assert [float(band) for band in head[-5:]] == list(BANDS[1:])
    gains = [float(gain) for gain in enlarged[-5:]]
    assert gains[-1] < -6 and gains[-1] == min(gains) and gains[0] > -2
    assert max(abs(float(gain)) for gain in shifted[-5:]) < 0.5


def test_what_cannot_be_read_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "nothing")]) == 1
    assert_one_sentence(capsys.readouterr().err.strip())
