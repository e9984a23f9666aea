"""Folders as people have them, and where the results of their pictures go."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from support import assert_one_sentence, noise_picture

from pix2pix.folders import LeftOut, find_pictures, misfit_of, result_paths
from pix2pix.images import Deep, StoredAs


def names(root: Path, target: Path, pictures: list[str]) -> list[str]:
    results = result_paths([root / name for name in pictures], root, target)
    return [path.relative_to(target).as_posix() for path in results]


@pytest.mark.parametrize(
    ("pictures", "results"),
    [
        (["a.jpg", "b.png"], ["a.png", "b.png"]),
        (["a.jpg", "a.png"], ["a.jpg.png", "a.png.png"]),
        (["x/a.jpg", "y/a.png"], ["x/a.png", "y/a.png"]),
        (["a.jpg", "a.jpg.png", "a.png"], ["a.jpg.png", "a.jpg-2.png", "a.png.png"]),
        (["x.jpg", "x.png/a.jpg"], ["x-2.png", "x.png/a.png"]),  # a folder has the name already
        (["2024.05.17", "2024.05.18"], ["2024.05.17.png", "2024.05.18.png"]),
        (["a" * 251 + ".jpg"], ["a" * 251 + ".png"]),
        (["a" * 255, "a" * 254 + "b"], ["a" * 251 + ".png", "a" * 249 + "-2.png"]),
        (["가" * 83 + ".dib", "가" * 83 + ".tiff"], ["가" * 83 + ".png", "가" * 83 + "-2.png"]),
    ],
)
def test_a_result_is_called_as_its_picture_and_never_as_another(
    tmp_path: Path, pictures: list[str], results: list[str]
) -> None:
    assert names(tmp_path / "in", tmp_path / "out", pictures) == results
    assert all(len(part.encode()) <= 255 for result in results for part in result.split("/"))


def test_many_files_take_seconds(tmp_path: Path) -> None:
    pictures = [f"{n // 1000}/{n:05d}.{'jpg' if n % 3 else 'png'}" for n in range(20_000)]
    start = time.thread_time()  # not the clock, which runs on while others have the processor
    assert len(set(names(tmp_path, tmp_path / "out", pictures))) == 20_000
    assert time.thread_time() - start < 20  # comparing each with each takes minutes


def test_what_systems_leave_behind_is_no_picture_of_a_person(tmp_path: Path) -> None:
    for name in ("._a.png", "__MACOSX/a.png", "@eaDir/a.jpg", ".thumbs/a.png", "$RECYCLE.BIN/$R1.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        noise_picture(8, 8).save(tmp_path / name)
    noise_picture(8, 8).save(tmp_path / "a.png")
    noise_picture(8, 8).save(tmp_path / "without", "PNG")
    (tmp_path / "Thumbs.db").write_bytes(b"\xd0\xcf\x11\xe0")
    (tmp_path / "desktop.ini").write_text("[.ShellClassInfo]")
    found = find_pictures(tmp_path)
    assert [path.name for path in found.pictures] == ["a.png", "without"]
    assert [path.name for path in found.others] == ["Thumbs.db", "desktop.ini"]


def test_links_are_followed_once_and_what_is_apart_is_not_gone_into(tmp_path: Path) -> None:
    (tmp_path / "in" / "sub").mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    for place in ("in", "in/sub", "elsewhere"):
        noise_picture(8, 8).save(tmp_path / place / "a.png")
    (tmp_path / "in" / "linked").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "in" / "sub" / "up").symlink_to(tmp_path / "in")
    found = [path.relative_to(tmp_path / "in").as_posix() for path in find_pictures(tmp_path / "in").pictures]
    assert found == ["a.png", "linked/a.png", "sub/a.png"]
    apart = find_pictures(tmp_path / "in", apart=tmp_path / "in" / "linked")
    assert [path.parent.name for path in apart.pictures] == ["in", "sub"]


def test_a_closed_folder_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "closed").mkdir()
    scandir = os.scandir

    def refusing(path: str) -> object:  # a superuser may look into everything
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    assert find_pictures(tmp_path).closed == [(tmp_path / "closed", "Permission denied")]


EIGHT, TWELVE = (0.0, 255.0), (0.0, 4095.0)


@pytest.mark.parametrize(
    ("low", "high", "floats", "span", "word"),
    [
        (0, 65535, False, TWELVE, "lies outside"),
        (-1024, 3000, False, TWELVE, "lies outside"),
        (0, 200, False, TWELVE, "little more than one grey"),
        (0, 4000, False, None, "without such files"),
        (9, 9.5, True, EIGHT, "little more than one grey"),
        (0, 3000, True, (0.0, 1.0), "lies outside"),
        (5, 5, False, TWELVE, ""),
        (0, 7, False, EIGHT, ""),  # ids of labels
        (0, 4095, False, TWELVE, ""),
        (0, 1500, False, TWELVE, ""),
        (0, 60000, False, None, ""),
        (0, 0.9, True, None, ""),
        (-1000, 3000, True, None, ""),
    ],
)
def test_values_far_from_those_of_a_model_are_told(
    low: float, high: float, floats: bool, span: tuple[float, float] | None, word: str
) -> None:
    told = misfit_of("a.tif", Deep(low, high, floats), span)
    assert bool(told) == bool(word)
    if told:
        assert_one_sentence(told)
        assert word in told and f"{low:g} to {high:g}" in told


def test_one_sentence_tells_of_all_files_together() -> None:
    stored = StoredAs((8, 8), 16, True, False, False)
    gathered = LeftOut(TWELVE)
    for n in range(5):  # of which the darkest alone would be told
        gathered.add(f"{n}.tif", stored, Deep(0, 100 + 1000 * n, False))
    assert list(gathered.sentences()) == []
    gathered.add("5.tif", stored, Deep(0, 60000, False))
    (told,) = gathered.sentences()
    assert "3 more files go from 0 to 60000, and 0 becomes black and 4095 white" in told
