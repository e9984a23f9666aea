"""The sheets hide which model is which, and the count finds out."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from support import make_checkpoint, tiny_generator, write_side_by_side

from benchmarks.pictures.blind import KEY, SIDE, main
from pix2pix.translator import Translator


def test_the_answers_are_shuffled_and_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "data"
    write_side_by_side(data / "train", 2)
    write_side_by_side(data / "val", 10)
    models = [str(make_checkpoint(tmp_path / name, tiny_generator(dropout=0.0))) for name in ("old", "new")]
    out = tmp_path / "sheets"
    assert main(["sheet", *models, str(data), "--out", str(out), "--count", "10"]) == 0
    sheets = capsys.readouterr().out.split()
    right = json.loads((out / KEY).read_text())["new_is_right"]
    assert len(sheets) == 2 and len(right) == 10 and 0 < sum(right) < 10

    from train.data.pairs import find_pairs

    first = find_pairs([data]).val[0].load("AtoB")[0]
    made = Translator.load(models[1]).translate(first, seed=0).resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    column = 2 if right[0] else 1
    shown = Image.open(sheets[0]).crop((SIDE * column, 0, SIDE * (column + 1), SIDE))
    assert np.array_equal(np.asarray(shown), np.asarray(made))

    letters = "".join("R" if is_right else "L" for is_right in right)
    assert main(["count", str(out), "=" + letters[1:]]) == 0
    assert capsys.readouterr().out == "new preferred in 9 of 10 (90%), neither in 1\n"


@pytest.mark.parametrize("answers", ["LR", "LRX"])
def test_answers_that_cannot_be_are_refused(
    tmp_path: Path, answers: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / KEY).write_text('{"new_is_right": [true, false, true]}')
    assert main(["count", str(tmp_path), answers]) == 1
    assert "Give 3 letters" in capsys.readouterr().err
    assert main(["count", str(tmp_path / "nowhere"), answers]) == 1
    assert KEY in capsys.readouterr().err
