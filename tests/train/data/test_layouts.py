"""Folders as people have them: every layout gives the same pairs, and what does not fit is named."""

from __future__ import annotations

import errno
import os
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from support import assert_one_sentence, label_pair, shape_pair, side_by_side

import train.data.layouts
from pix2pix.errors import DataError
from pix2pix.inputs import InputChoice
from train.data.layouts import Layout


def read_layout(root: Path, named: tuple[str, ...] = (), input: InputChoice = "auto") -> Layout:
    """Of a data set called mine."""
    return train.data.layouts.read_layout(root, "mine", named, input)


def photo(n: int) -> Image.Image:
    """Soft colours that go on from side to side."""
    small = np.random.default_rng(n).integers(40, 216, (5, 5, 3), dtype=np.uint8)
    return Image.fromarray(small).resize((64, 64), Image.Resampling.BICUBIC)


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
        ("labels", "rgb"),
        ("mask", "img"),
        ("masks", "imgs"),
        ("blur", "sharp"),
        ("sar", "optical"),
        ("gtFine", "leftImg8bit"),
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
            "{part}_{label}",
            "{part}/{mask}",
        ),
        "x/{part}/y/{side}/z",
    ],
)
@pytest.mark.parametrize("held", ["val", "test", "validation"])
def test_parts_and_sides_in_any_order(tmp_path: Path, pattern: str, held: str) -> None:
    called = {"A": {"label": "label", "mask": "masks"}, "B": {"label": "img", "mask": "imgs"}}
    places = {
        (part, side): pattern.format(part=part, side=side, **called[side])
        for part in ("train", held)
        for side in "AB"
    }
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


@pytest.mark.parametrize(("a", "b"), [("1_A", "1_B"), ("IMG_1", "img_1"), ("1", "1_b"), ("a-1", "b 1")])
def test_names_that_nearly_agree(tmp_path: Path, a: str, b: str) -> None:
    make(tmp_path, f"A/{a}.png", f"B/{b}.png", "A/2.png", "B/2.png")
    assert (f"A/{a}.png", f"B/{b}.png") in found(tmp_path)[""]
    assert read_layout(tmp_path).problems == []


def test_cityscapes_as_it_comes(tmp_path: Path) -> None:
    def names(*ends: str) -> list[str]:
        label = "gtFine/train/ulm/ulm_000001_000019_gtFine_"
        return ["leftImg8bit/train/ulm/ulm_000001_000019_leftImg8bit.png", *(label + end for end in ends)]

    make(tmp_path / "all", *names("color.png", "instanceIds.png", "labelIds.png", "polygons.json"))
    assert found(tmp_path / "all")["train"] == [tuple(names("color.png")[::-1])]
    assert len(read_layout(tmp_path / "all").problems) == 2  # the other two, which are named
    make(tmp_path / "ids", *names("instanceIds.png", "labelIds.png"))
    assert found(tmp_path / "ids")["train"] == [tuple(names("labelIds.png")[::-1])]


# ---- folders that the person names, or with the same file names -----------------------------------


@pytest.mark.parametrize(
    ("named", "a", "b"),
    [
        (("x", "y"), "x", "y"),
        (("here/Y/", "here/X"), "y", "x"),
        (("train_x", "train_y"), "train_x", "train_y"),
        (("test_y", "train_x"), "train_y", "train_x"),
        (("x", "y"), "x/train", "y/train"),
        (("train_masks", "train"), "train_masks", "train"),
        (("x", "train_y"), "x", "train_y"),
        (("x.1 (ä)", "y+"), "x.1 (ä)", "y+"),
        (("target", "input"), "target", "input"),
    ],
)
def test_folders_that_a_person_names(tmp_path: Path, named: tuple[str, str], a: str, b: str) -> None:
    make(tmp_path, f"{a}/one 1.png", f"{b}/1_x.png", f"{a}/one 2.png", f"{b}/2_x.jpg", "z/1.png")
    layout = read_layout(tmp_path, named=named)
    files = [both for part in layout.files.values() for both in part]
    own = [(first.relative_to(tmp_path), second.relative_to(tmp_path)) for first, second in files if second]
    assert own == [(Path(a, "one 1.png"), Path(b, "1_x.png")), (Path(a, "one 2.png"), Path(b, "2_x.jpg"))]
    assert [problem.kind for problem in layout.problems] == ["stray"]


@pytest.mark.parametrize("named", [("x", "w"), ("x", "X"), ("test", "x"), ("", "x")])
def test_folders_that_are_not_there_are_told(tmp_path: Path, named: tuple[str, str]) -> None:
    make(tmp_path, "x/1.png", "y/1.png", "train/1.png")
    with pytest.raises(DataError, match="--pairs") as caught:
        read_layout(tmp_path, named)
    assert_one_sentence(caught.value)


PICTURES = {"photo": photo, "labels": lambda n: label_pair(n)[0], "edges": lambda n: shape_pair(n)[0]}


def draw(root: Path, **folders: str) -> Path:
    """Three pictures in each folder, of the kind that it is said to hold."""
    for folder, kind in folders.items():
        path = root / folder.replace("__", "/")
        path.mkdir(parents=True, exist_ok=True)
        for n in range(3):
            if kind == "pairs":
                side_by_side(shape_pair(n)[0], photo(n)).save(path / f"{n}.png")
            else:
                PICTURES[kind](n + len(folder)).save(path / f"{n}.png")
    return root


@pytest.mark.parametrize(
    ("folders", "sides"),
    [
        ({"shoes": "photo", "thing": "edges"}, ("thing", "shoes")),
        ({"contours": "photo", "shoes": "photo"}, ("contours", "shoes")),  # as they are called
        ({"rgb": "photo", "infrared": "photo"}, ("infrared", "rgb")),
        ({"long": "photo", "short": "photo"}, ("long", "short")),
        (
            {"train_x": "photo", "train_y": "labels", "test_x": "photo", "test_y": "labels"},
            ("test_y", "test_x"),
        ),
        ({"rome__x": "photo", "rome__y": "edges", "oslo__x": "photo", "oslo__y": "edges"}, ("y", "x")),
        ({"x": "labels", "y": "edges"}, ("x", "y")),
        ({"rome": "pairs", "oslo": "pairs"}, ()),
        ({"rome": "pairs", "oslo": "pairs", "bonn": "pairs"}, ()),
        ({"rome": "photo", "oslo": "photo", "bonn": "photo"}, ()),
    ],
)
def test_folders_with_the_same_file_names(
    tmp_path: Path, folders: dict[str, str], sides: tuple[str, ...]
) -> None:
    layout = read_layout(draw(tmp_path, **folders))
    assert layout.sides == sides and layout.problems == []
    assert sum(len(files) for files in layout.files.values()) == 3 * len(folders) // (2 if sides else 1)
    assert read_layout(tmp_path, input="grey").sides == ()
    # A person who says that edges are to be made of photos does not mean photos of two things.
    drawn = "edges" in folders.values() or "labels" in folders.values()
    assert bool(read_layout(tmp_path, input="edges").sides) == drawn


def test_names_that_are_equal_for_the_most_part(tmp_path: Path) -> None:
    draw(tmp_path, x="photo", y="edges")
    (tmp_path / "x" / "0.png").rename(tmp_path / "x" / "9.png")
    (tmp_path / "y" / "1.png").rename(tmp_path / "y" / "1_y.png")
    layout = read_layout(tmp_path)
    assert len(layout.files[""]) == 2 and [p.kind for p in layout.problems] == ["unmatched"] * 2
    for name in "12":
        next((tmp_path / "x").glob(f"{name}.png")).rename(tmp_path / "x" / f"other {name}.png")
    assert read_layout(tmp_path).sides == ()


def test_of_three_folders_the_person_says_which(tmp_path: Path) -> None:
    draw(tmp_path, x="photo", y="labels", z="photo")
    with pytest.raises(DataError, match=r"x, y, z in mine .* --pairs") as caught:
        read_layout(tmp_path)
    assert_one_sentence(caught.value)
    assert read_layout(tmp_path, named=("y", "z")).sides == ("y", "z")


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


def test_of_two_endings_what_is_drawn_is_a(tmp_path: Path) -> None:
    for n in range(3):
        drawing, picture = shape_pair(n)[0], photo(n)
        drawing.save(tmp_path / f"{n}.png")
        picture.save(tmp_path / f"{n}.jpg")
    assert found(tmp_path)[""] == [(f"{n}.png", f"{n}.jpg") for n in range(3)]
    assert read_layout(tmp_path).sides == (".png", ".jpg")


@pytest.mark.parametrize("word", ["mask", "edges", "label"])
def test_one_side_at_the_end_of_file_names_and_the_other_bare(tmp_path: Path, word: str) -> None:
    names = [f"train/{n}.jpg" for n in range(4)] + [f"train/{n}_{word}.png" for n in range(4)]
    make(tmp_path, *names)
    assert found(tmp_path) == {"train": [(f"train/{n}_{word}.png", f"train/{n}.jpg") for n in range(4)]}
    make(tmp_path, "train/9.jpg")
    assert len(found(tmp_path)["train"]) == 4
    assert [p.kind for p in read_layout(tmp_path).problems] == ["unmatched"]


def test_the_bare_side_is_a_where_the_other_says_b(tmp_path: Path) -> None:
    make(tmp_path, "1.png", "1_photo.png", "2.png", "2_photo.png")
    assert found(tmp_path)[""] == [("1.png", "1_photo.png"), ("2.png", "2_photo.png")]


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
