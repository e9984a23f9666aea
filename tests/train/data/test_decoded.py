"""What was decoded once is not decoded at the next start, unless it changed; a long look says where it is."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from support import noise_picture, side_by_side, train_config, write_side_by_side, write_two_folders

import train.data.decoded
import train.watching.progress
from pix2pix.images import deep_values
from train.data.datasets import Pair
from train.data.pairs import find_pairs
from train.loop import fit
from train.report.check import check_data
from train.watching.progress import Progress


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[], list[str]]:
    """The pairs that were decoded since the last call."""
    monkeypatch.setenv("PIX2PIX_CACHE", str(tmp_path / "cache"))
    names: list[str] = []
    load = Pair.load

    def watched(self: Pair, *direction: str) -> object:
        names.append(self.name)
        return load(self, *direction)  # type: ignore[arg-type]

    def since() -> list[str]:
        found = sorted(names)
        names.clear()
        return found

    monkeypatch.setattr(Pair, "load", watched)
    return since


def test_only_what_is_new_changed_or_damaged_is_decoded(
    tmp_path: Path, decoded: Callable[[], list[str]]
) -> None:
    data = tmp_path / "data"
    write_two_folders(data, 6)
    (data / "A" / "0001.png").write_bytes(b"damaged")
    frames = [noise_picture(32, 32, seed) for seed in range(2)]
    frames[0].save(data / "A" / "0002.png", save_all=True, append_images=frames[1:])
    first = find_pairs([data])
    assert len(decoded()) == 6 and len(first.problems) == 2  # one damaged, one of several pictures
    again = find_pairs([data])
    assert decoded() == ["0001"]  # named again
    assert again == first
    noise_picture(32, 32, 9).save(data / "B" / "0003.png")  # changed
    write_two_folders(data, 1, first=7)  # new
    os.utime(data / "A" / "0004.png", ns=(0, 0))  # perhaps changed
    find_pairs([data])
    assert decoded() == ["0001", "0003", "0004", "0007"]


def test_what_can_be_cut_in_two_is_another_thing_than_a_picture(
    tmp_path: Path, decoded: Callable[[], list[str]]
) -> None:
    """Read as photos, files are good that are no pairs, for they are odd."""
    for n in range(4):
        noise_picture(65, 32, n).save(tmp_path / f"{n}.png")
    assert not find_pairs([tmp_path], input="grey").problems
    decoded()
    side_by_side(noise_picture(32, 32), noise_picture(32, 32, 1)).save(tmp_path / "4.png")
    assert len(find_pairs([tmp_path], input="photo").problems) == 4


def test_a_report_spares_the_training_its_look(tmp_path: Path, decoded: Callable[[], list[str]]) -> None:
    write_side_by_side(tmp_path / "data", 5)
    check_data([tmp_path / "data"])
    decoded()
    assert len(find_pairs([tmp_path / "data"]).train) == 4
    assert decoded() == []


def test_deep_grey_is_read_once_for_its_scale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIX2PIX_CACHE", str(tmp_path / "cache"))
    read: list[str] = []

    def watched(path: Path) -> object:
        read.append(path.name)
        return deep_values(path)

    monkeypatch.setattr(train.data.decoded, "deep_values", watched)
    data = tmp_path / "data"
    write_two_folders(data, 4)
    for n in range(4):
        grey = np.full((32, 32), 1000 * n, np.uint16)
        Image.fromarray(grey).save(data / "A" / f"{n:04d}.png")
    first = find_pairs([data])
    assert len(read) == 8 and first.spans("AtoB")[0] == (0, 4095)
    read.clear()
    assert find_pairs([data]) == first and read == []
    Image.fromarray(np.full((32, 32), 5000, np.uint16)).save(data / "A" / "0002.png")
    assert find_pairs([data]).spans("AtoB")[0] == (0, 8191) and read == ["0002.png"]


@pytest.mark.parametrize("broken", ["", "[]", "null", '{"halves x": 1}', "damaged", None])
def test_a_cache_that_cannot_be_read_is_an_empty_one(
    tmp_path: Path, decoded: Callable[[], list[str]], broken: str | None
) -> None:
    write_side_by_side(tmp_path / "data", 3)
    first = find_pairs([tmp_path / "data"])
    decoded()
    (kept,) = (tmp_path / "cache" / "looked").iterdir()
    if broken is None:
        kept.write_text(kept.read_text().replace("[32, 32]", "7").replace("[64, 32]", "7"))
    else:
        kept.write_text(broken)
    assert find_pairs([tmp_path / "data"]) == first
    assert len(decoded()) == 3


def test_a_start_and_a_resumed_run_say_how_far_they_looked(
    shapes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(train.watching.progress, "FIRST_LINE", 0.0)
    config = train_config(shapes, tmp_path / "run", steps=2)
    told: list[tuple[int, int]] = []
    log = io.StringIO()
    progress = Progress(log)

    def looked(done: int, total: int) -> None:
        told.append((done, total))
        progress.looked(done, total)

    events = fit(config, looked=looked)
    next(events)
    events.close()
    count = told[-1][1]
    assert told == [(n, count) for n in range(1, count + 1)]
    assert f"looked at {count} of {count} pairs" in log.getvalue()
    told.clear()
    list(fit(config, resume=True, looked=looked))
    assert told[-1] == (count, count)
