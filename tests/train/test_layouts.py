"""Folders as people have them: every layout gives the same pairs, and what does not fit is named."""

from __future__ import annotations

import errno
import os
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from support import assert_one_sentence

from train.layouts import read_layout


def make(root: Path, *names: str) -> Path:
    """Empty files: a layout is read from names alone."""
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    return root


def found(root: Path) -> dict[str, list[tuple[str, str | None]]]:
    layout = read_layout(root)
    return {
        part: [(a.relative_to(root).as_posix(), b and b.relative_to(root).as_posix()) for a, b in files]
        for part, files in layout.files.items()
    }


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("A", "B"),
        ("a", "b"),
        ("input", "target"),
        ("inputs", "Targets"),
        ("source", "target"),
        ("input", "output"),
        ("edges", "photos"),
        ("labels", "images"),
        ("conditioning", "image"),
        ("lr", "hr"),
        ("data/A", "data/B"),
        ("here/there/A", "here/there/B"),
    ],
)
def test_two_folders(tmp_path: Path, a: str, b: str) -> None:
    root = make(tmp_path, f"{a}/1.png", f"{b}/1.jpg", f"{a}/2.PNG", f"{b}/2.png")
    assert found(root) == {"": [(f"{a}/1.png", f"{b}/1.jpg"), (f"{a}/2.PNG", f"{b}/2.png")]}
    assert read_layout(root).problems == []


@pytest.mark.parametrize(
    "pattern",
    [
        *(
            "{part}{side}",
            "{part}_{side}",
            "{part}-{side}",
            "{part}/{side}",
            "{side}/{part}",
            "{side}_{part}",
        ),
        "x/{part}/y/{side}/z",
    ],
)
@pytest.mark.parametrize("held", ["val", "test", "validation"])
def test_parts_and_sides_in_any_order(tmp_path: Path, pattern: str, held: str) -> None:
    places = {(part, side): pattern.format(part=part, side=side) for part in ("train", held) for side in "AB"}
    make(tmp_path, *(f"{place}/1.png" for place in places.values()))
    assert found(tmp_path) == {
        "train": [(f"{places['train', 'A']}/1.png", f"{places['train', 'B']}/1.png")],
        "test" if held == "test" else "val": [(f"{places[held, 'A']}/1.png", f"{places[held, 'B']}/1.png")],
    }


def test_input_and_target_below_train(tmp_path: Path) -> None:
    make(tmp_path, "train/input/1.png", "train/target/1.png", "test/input/2.png", "test/target/2.png")
    assert found(tmp_path) == {
        "train": [("train/input/1.png", "train/target/1.png")],
        "test": [("test/input/2.png", "test/target/2.png")],
    }


def test_single_files_in_nested_folders(tmp_path: Path) -> None:
    make(tmp_path, "facades/train/x/1.png", "facades/train/y/1.png", "facades/val/2.jpg", "facades/README")
    assert found(tmp_path) == {
        "train": [("facades/train/x/1.png", None), ("facades/train/y/1.png", None)],
        "val": [("facades/val/2.jpg", None)],
    }
    assert [path.name for path in read_layout(tmp_path).others] == ["README"]


def test_equal_names_at_several_places_are_matched_by_place(tmp_path: Path) -> None:
    make(tmp_path, "A/rome/1.png", "A/oslo/1.png", "B/rome/1.jpg", "B/oslo/1.jpg")
    assert found(tmp_path)[""] == [("A/oslo/1.png", "B/oslo/1.jpg"), ("A/rome/1.png", "B/rome/1.jpg")]


def test_sides_with_folders_of_their_own_inside(tmp_path: Path) -> None:
    make(tmp_path, "A/scans/1.png", "B/photographs/1.jpg")
    assert found(tmp_path)[""] == [("A/scans/1.png", "B/photographs/1.jpg")]


@pytest.mark.parametrize(("a", "b"), [("1_A", "1_B"), ("IMG_1", "img_1"), ("1", "1_b")])
def test_names_that_nearly_agree(tmp_path: Path, a: str, b: str) -> None:
    make(tmp_path, f"A/{a}.png", f"B/{b}.png", "A/2.png", "B/2.png")
    assert (f"A/{a}.png", f"B/{b}.png") in found(tmp_path)[""]
    assert read_layout(tmp_path).problems == []


def test_sides_at_the_end_of_file_names(tmp_path: Path) -> None:
    make(tmp_path, "train/1_A.png", "train/1_B.png", "train/2_A.jpg", "train/2_B.png")
    assert found(tmp_path) == {
        "train": [("train/1_A.png", "train/1_B.png"), ("train/2_A.jpg", "train/2_B.png")]
    }


def test_names_that_end_like_side_by_side_files(tmp_path: Path) -> None:
    make(tmp_path, "1_AB.jpg", "2_AB.jpg")
    assert found(tmp_path) == {"": [("1_AB.jpg", None), ("2_AB.jpg", None)]}


def test_two_endings_of_each_name(tmp_path: Path) -> None:
    make(tmp_path, "1.jpg", "1.png", "2.jpg", "2.png")
    assert found(tmp_path) == {"": [("1.jpg", "1.png"), ("2.jpg", "2.png")]}
    make(tmp_path, "3.jpg")
    assert len(found(tmp_path)[""]) == 5  # not all of them: then these are single files


def test_what_has_no_partner_is_named(tmp_path: Path) -> None:
    make(tmp_path, "A/1.png", "B/1.png", "A/2.png", "B/3.png", "preview.png", "A/4.png", "A/4.jpg", "B/4.png")
    layout = read_layout(tmp_path)
    assert found(tmp_path)[""] == [("A/1.png", "B/1.png")]
    kinds = sorted(problem.kind for problem in layout.problems)
    assert kinds == ["stray", *["unmatched"] * 5]
    text = " ".join(problem.text for problem in layout.problems)
    for name in ("A/2.png", "B/3.png", "preview.png", "A/4.png", "A/4.jpg", "B/4.png"):
        assert str(tmp_path / name) in text
    for problem in layout.problems:
        assert_one_sentence(problem.text)
        assert "left out" in problem.text


def test_one_side_alone_is_told(tmp_path: Path) -> None:
    make(tmp_path, "trainA/1.png", "testA/2.png")
    assert read_layout(tmp_path).lonely in ("trainA", "testA")
    make(tmp_path, "trainB/1.png")
    assert read_layout(tmp_path).lonely == ""


def test_pictures_of_other_formats_are_named(tmp_path: Path) -> None:
    make(tmp_path, "1.png", "2.psd", "notes.txt")
    layout = read_layout(tmp_path)
    (problem,) = layout.problems
    assert "2.psd" in problem.text and "PNG" in problem.text
    assert [path.name for path in layout.others] == ["notes.txt"]


@pytest.mark.parametrize("name", ["1.jfif", "1.JPE", "1.pjpeg", "1.txt", "1", "1.png.part"])
def test_a_picture_is_found_whatever_its_ending(tmp_path: Path, name: str) -> None:
    make(tmp_path, f"A/{name}", "B/1.png", "BM notes.txt", "A/notes.md")
    Image.new("RGB", (8, 8)).save(tmp_path / "A" / name, "JPEG")
    (tmp_path / "BM notes.txt").write_text("BM is how these notes begin")
    layout = read_layout(tmp_path)
    if name == "1.png.part":
        assert [p.kind for p in layout.problems] == ["unmatched"] * 2  # named, as its name is another
    else:
        assert found(tmp_path)[""] == [(f"A/{name}", "B/1.png")] and layout.problems == []
    assert {path.name for path in layout.others} == {"BM notes.txt", "notes.md"}


def test_what_cannot_be_reached_is_named(tmp_path: Path) -> None:
    make(tmp_path, "A/1.png", "B/1.png")
    (tmp_path / "A" / "gone.png").symlink_to(tmp_path / "nowhere.png")
    os.mkfifo(tmp_path / "B" / "pipe.png")
    (tmp_path / "B" / "gone.txt").symlink_to(tmp_path / "nowhere.txt")  # no picture: not asked for
    problems = read_layout(tmp_path).problems
    assert [problem.kind for problem in problems] == ["unreadable"] * 2
    assert "gone.png" in problems[0].text and "pipe.png" in problems[1].text
    for problem in problems:
        assert_one_sentence(problem.text)


def test_a_closed_folder_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "A/1.png", "B/1.png", "A/closed/2.png", "B/closed/2.png")
    scan = os.scandir

    def refuse(path: str) -> object:  # the tests may run as root, for whom nothing is closed
        if os.fspath(path).endswith("closed"):
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse)
    layout = read_layout(tmp_path)
    assert len(layout.files[""]) == 1 and len(layout.problems) == 2
    assert "closed cannot be opened (Permission denied)" in layout.problems[0].text
    assert_one_sentence(layout.problems[0].text)


def test_accents_in_one_piece_and_in_two_are_the_same(tmp_path: Path) -> None:
    one, two = (unicodedata.normalize(form, "é") for form in ("NFC", "NFD"))
    make(tmp_path, f"{one}/A/{one}.png", f"{two}/B/{two}.png", f"{one}/A/x.png", f"{two}/B/x.png")
    assert len(found(tmp_path)[""]) == 2
    assert not read_layout(tmp_path).problems


def test_hidden_and_system_files_are_nothing(tmp_path: Path) -> None:
    make(tmp_path, "1.png", ".2.png", "__MACOSX/3.png", ".git/4.png", "__MACOSX/._1.png")
    assert found(tmp_path) == {"": [("1.png", None)]}
    assert read_layout(tmp_path).others == ()


def test_a_link_to_above_ends_and_a_linked_folder_is_followed(tmp_path: Path) -> None:
    elsewhere = make(tmp_path / "elsewhere", "1.png")
    root = make(tmp_path / "root", "B/1.png")
    os.symlink(elsewhere, root / "A")
    os.symlink(root, root / "B" / "loop")
    assert found(root) == {"": [("A/1.png", "B/1.png")]}


STEMS = st.lists(st.text("abcxyz019", min_size=1, max_size=5), min_size=1, max_size=6, unique=True)


@given(STEMS, STEMS, st.sampled_from(["{s}", "x/{s}", "train/{s}", "{s}/train", "train_{s}", "train{s}"]))
def test_every_file_is_in_one_pair_or_one_problem(
    tmp_path_factory: pytest.TempPathFactory, ours: list[str], theirs: list[str], pattern: str
) -> None:
    root = tmp_path_factory.mktemp("any")
    make(root, *(f"{pattern.format(s='A')}/{n}.png" for n in ours))
    make(root, *(f"{pattern.format(s='B')}/{n}.jpg" for n in theirs))
    layout = read_layout(root)
    pairs = [pair for files in layout.files.values() for pair in files]
    assert {a.stem for a, _ in pairs} == set(ours) & set(theirs)
    assert all(b is not None and a.stem == b.stem for a, b in pairs)
    assert len(layout.problems) == len(set(ours) ^ set(theirs))
