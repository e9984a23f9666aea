"""Uploaded training data: kept apart, under its own names, and refused in one sentence."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support import assert_one_sentence, shape_pair, write_side_by_side

from pix2pix.errors import DataError
from pix2pix.ui.train import uploads
from pix2pix.ui.train.uploads import UPLOADS, discard, keep
from train.data.pairs import find_pairs


def refused(*arguments: Any, **options: Any) -> str:
    with pytest.raises(DataError) as caught:
        keep(*arguments, **options)
    assert_one_sentence(caught.value)
    return str(caught.value)


def texts(paths: list[Path]) -> list[str]:
    return list(map(str, paths))


def zipped(path: Path, folder: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for file in folder.rglob("*.png"):
            archive.write(file, file.relative_to(folder))
    return path


def test_pictures_become_one_data_set(tmp_path: Path) -> None:
    given = write_side_by_side(tmp_path / "mine", 5)
    data = keep(tmp_path / "runs", texts(given))
    assert data.upload is not None and data.upload.parent == tmp_path / "runs" / UPLOADS
    assert data.names == (str(data.upload / "pictures"),)
    assert len(find_pairs(data.names, input="edges").train) == 4
    for path in given:
        path.unlink()  # as Gradio does with its copies
    assert len(find_pairs(data.names, input="edges").train) == 4


def test_a_zip_stays_one_and_keeps_its_name(tmp_path: Path) -> None:
    write_side_by_side(tmp_path / "shoes", 4)
    data = keep(tmp_path / "runs", [str(zipped(tmp_path / "Red shoes.ZIP", tmp_path / "shoes"))])
    assert data.upload is not None and data.names == (str(data.upload / "Red shoes.zip"),)
    found = find_pairs(data.names, input="edges")
    assert len(found.train) + len(found.val) == 4


def test_two_sets_become_two_folders(tmp_path: Path) -> None:
    for n in range(4):
        for folder, half in zip("xy", shape_pair(n, 32), strict=True):
            (tmp_path / folder).mkdir(exist_ok=True)
            half.save(tmp_path / folder / f"{n}.png")
    sets = [texts(sorted((tmp_path / folder).iterdir())) for folder in "xy"]
    data = keep(tmp_path / "runs", *sets)
    found = find_pairs(data.names)
    assert len(found.train) + len(found.val) == 4 and found.problems == ()
    assert found.understood[0].startswith("two folders")
    pair = found.train[0]
    assert pair.load()[0].tobytes() == shape_pair(int(pair.name), 32)[0].tobytes()


def test_equal_names_are_both_kept(tmp_path: Path) -> None:
    paths = [write_side_by_side(tmp_path / folder, 1, first=0)[0] for folder in "abc"]
    data = keep(tmp_path / "runs", texts(paths))
    names = sorted(path.name for path in Path(data.names[0]).iterdir())
    assert names == ["0000-2.png", "0000-3.png", "0000.png"]


def test_of_other_files_only_the_name_is_kept(tmp_path: Path) -> None:
    (tmp_path / "film.mp4").write_bytes(b"x" * 1000)
    paths = [*write_side_by_side(tmp_path / "mine", 3), tmp_path / "film.mp4"]
    data = keep(tmp_path / "runs", texts(paths))
    assert (Path(data.names[0]) / "film.mp4").stat().st_size == 0


def text_file(folder: Path) -> list[str]:
    (folder / "note.txt").write_text("words")
    return [str(folder / "note.txt")]


def large(folder: Path) -> list[str]:
    with open(folder / "large.png", "wb") as file:
        file.truncate(200_000_001)
    return [str(folder / "large.png")]


@pytest.mark.parametrize(
    ("make", "word"), [(lambda folder: [], "no files"), (text_file, "note.txt"), (large, "200 MB")]
)
def test_what_cannot_be_data(tmp_path: Path, make: Callable[[Path], list[str]], word: str) -> None:
    assert word in refused(tmp_path / "runs", make(tmp_path), most=150_000_000)
    assert not list(tmp_path.glob(f"runs/{UPLOADS}/*"))


def test_two_zips_are_no_two_sets(tmp_path: Path) -> None:
    archive = str(zipped(tmp_path / "a.zip", tmp_path))
    assert "one zip" in refused(tmp_path / "runs", [archive], [archive])


def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = texts(write_side_by_side(tmp_path / "mine", 2))
    full = os.statvfs_result((4096, 4096, 10, 0, 0, 10, 10, 10, 0, 255))
    monkeypatch.setattr(uploads.shutil, "disk_usage", lambda path: type("Usage", (), {"free": full.f_bavail}))
    assert "space" in refused(tmp_path / "runs", given)
    assert not list((tmp_path / "runs" / UPLOADS).iterdir())


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "runs").touch()
    refused(tmp_path / "runs", texts(write_side_by_side(tmp_path / "mine", 2)))


def test_data_is_discarded_and_old_data_forgotten(tmp_path: Path) -> None:
    given = texts(write_side_by_side(tmp_path / "mine", 2))
    first, second = keep(tmp_path / "runs", given), keep(tmp_path / "runs", given)
    assert first.upload is not None and second.upload is not None
    discard(first)
    assert not first.upload.exists()
    os.utime(second.upload, (1, 1))
    third = keep(tmp_path / "runs", given)
    assert not second.upload.exists() and third.upload is not None and third.upload.exists()
    moved = tmp_path / "runs" / "mine" / "data"  # a run took it
    moved.parent.mkdir()
    third.upload.rename(moved)
    discard(third)
    discard(None)
    assert moved.exists()


def test_a_sentence_has_names_instead_of_our_paths(tmp_path: Path) -> None:
    (tmp_path / "broken.zip").write_bytes(b"no zip")
    data = keep(tmp_path / "runs", [str(tmp_path / "broken.zip")])
    with pytest.raises(DataError) as caught:
        find_pairs(data.names)
    assert "The archive broken.zip is damaged" in data.readable(caught.value.message)


@pytest.mark.parametrize("which", [0, 1])
def test_two_sets_whose_names_were_cut_are_not_paired_by_number(tmp_path: Path, which: int) -> None:
    """Each upload lies in a folder of its own, so names that Gradio cut may be equal."""
    sets: list[list[str]] = [[], []]
    for number in range(2):
        for side in (0, 1):
            path = tmp_path / "sent" / f"{side}{number}" / ("ab.png" if side == which else f"{number}.png")
            path.parent.mkdir(parents=True)
            path.write_bytes(b"x")
            sets[side].append(str(path))
    with pytest.raises(DataError, match=r"2 files ab\.png"):
        keep(tmp_path / "runs", *sets)
    long = tmp_path / "sent" / ("가" * 65 + ".png")
    long.write_bytes(b"x")
    with pytest.raises(DataError, match="so long"):
        keep(tmp_path / "runs", [str(long)], [str(long)])
    assert not list((tmp_path / "runs").rglob("*.png"))


@pytest.mark.parametrize(
    ("first", "second"),
    [(("s1.PNG", "s1.png"), ("s1.png", "s1.PNG")), (("s1.png", "x.Png"), ("x.png", "x.PNG"))],
)
def test_two_sets_whose_endings_differ_in_case_are_not_paired_by_number(
    first: tuple[str, ...], second: tuple[str, ...], tmp_path: Path
) -> None:
    sets = []
    for side, names in (("A", first), ("B", second)):
        (tmp_path / side).mkdir()
        sets.append([str(tmp_path / side / name) for name in names])
        for n, path in enumerate(sets[-1]):
            shape_pair(n, 32)[0].save(path)
    assert "s1.PNG and s1.png" in (told := refused(tmp_path / "runs", *sets)) or "x.png and x.PNG" in told
    keep(tmp_path / "runs", sets[0])  # of whole pairs both are kept


def test_pictures_are_known_by_what_is_in_them(tmp_path: Path) -> None:
    """As on the command line: photos saved from messengers and the web have no ending, or a strange one."""
    sets: list[list[str]] = [[], []]
    for n, name in enumerate(("noext", "w.jpg_large", "2024.05.17", "q.JFIF")):
        for side, half in enumerate(shape_pair(n, 32)):
            path = tmp_path / "AB"[side] / name
            path.parent.mkdir(exist_ok=True)
            half.save(path, "JPEG", quality=95)
            sets[side].append(str(path))
    found = find_pairs(keep(tmp_path / "runs", *sets).names, input="edges")
    assert len(found.train) + len(found.val) == 4 and found.problems == ()
    assert find_pairs(keep(tmp_path / "runs", sets[0][:1], sets[1][:1]).names, input="edges").train
    assert keep(tmp_path / "runs", sets[0][:2]).names


@pytest.mark.parametrize("name", ["icon.ico", "texture.DDS", "scan.cr3"])
def test_pictures_that_are_not_read_are_named_as_such(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"x" * 100)
    data = keep(tmp_path / "runs", [*texts(write_side_by_side(tmp_path / "mine", 3)), str(tmp_path / name)])
    (problem,) = find_pairs(data.names, input="edges").problems
    assert f"{name.lower()} has a format that is not read" in problem
