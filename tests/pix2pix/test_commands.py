"""The command line for using models, in this process and once as a real one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image
from support import assert_one_sentence, make_checkpoint, noise_picture, tiff_of_bands, tiny_generator

from pix2pix.cli import main


@pytest.fixture
def model(tmp_path: Path) -> str:
    return str(make_checkpoint(tmp_path / "model"))


def the_error(capsys: pytest.CaptureFixture[str]) -> str:
    error = capsys.readouterr().err.strip()
    assert error.startswith("Error: ")
    return error.removeprefix("Error: ")


def test_a_file_is_translated_at_its_own_size(model: str, tmp_path: Path) -> None:
    source, target = tmp_path / "in.png", tmp_path / "out.png"
    noise_picture(70, 40).save(source)
    before = source.read_bytes()
    assert main(["translate", model, str(source), str(target)]) == 0
    assert Image.open(target).size == (70, 40)
    assert source.read_bytes() == before


def test_the_seed_changes_the_picture_and_no_noise_ignores_it(model: str, tmp_path: Path) -> None:
    source = tmp_path / "in.png"
    noise_picture(32, 32).save(source)

    def result(*options: str) -> bytes:
        target = tmp_path / "out.png"
        assert main(["translate", model, str(source), str(target), *options]) == 0
        return Image.open(target).tobytes()

    assert result("--seed", "1") == result("--seed", "1")
    assert result("--seed", "1") != result("--seed", "2")
    assert result("--no-noise", "--seed", "1") == result("--no-noise", "--seed", "2")


def test_a_main_colour_is_asked_for_or_the_seeds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same seed is the same colour for every drawing, as on the page."""
    from pix2pix.hints import any_colour

    hinted = str(make_checkpoint(tmp_path / "hinted", tiny_generator(spread_hints=True, dropout=0.0)))
    source, target = tmp_path / "in.png", tmp_path / "out.png"
    noise_picture(32, 32).save(source)

    def result(*options: str) -> bytes:
        assert main(["translate", hinted, str(source), str(target), *options]) == 0
        return Image.open(target).tobytes()

    asked = bytes(any_colour(3)).hex()
    assert result("--seed", "3") == result("--colour", asked) == result("--colour", f"#{asked}")
    assert result("--colour", "00ff00") != result("--colour", "0000ff")
    assert main(["translate", hinted, str(source), str(target), "--colour", "red"]) == 1
    assert_one_sentence(the_error(capsys))


def test_a_folder_is_translated_and_a_bad_file_stops_nothing(
    model: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, target = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    noise_picture(32, 32).save(source / "a.png")
    noise_picture(32, 32).save(source / "a.jpg")  # same stem: neither may overwrite the other
    noise_picture(32, 32).save(source / "b.png")
    (source / "bad.jpg").write_text("not a picture")
    (source / "notes.txt").write_text("left alone")
    assert main(["translate", model, str(source), str(target)]) == 1
    assert sorted(p.name for p in target.iterdir()) == ["a.jpg.png", "a.png.png", "b.png"]
    assert "bad.jpg" in capsys.readouterr().err


def tree(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_sub_folders_keep_their_places_and_system_files_are_skipped(model: str, tmp_path: Path) -> None:
    source, target = tmp_path / "in", tmp_path / "in" / "out"
    (source / "x" / "y").mkdir(parents=True)
    noise_picture(32, 32).save(source / "a.png")
    noise_picture(32, 32).save(source / "x" / "a.png")
    noise_picture(32, 32).save(source / "x" / "y" / f"{'long' * 62}abc.png")  # 255 bytes
    (source / "._a.png").write_bytes(b"\0\5\x16\7")
    (source / "x" / "Thumbs.db").write_bytes(b"\xd0\xcf\x11\xe0")
    results = ["a.png", "x/a.png", f"x/y/{'long' * 62}abc.png"]
    assert main(["translate", model, str(source), str(target)]) == 0
    assert tree(target) == results


@pytest.mark.parametrize(("source", "target"), [("a.png", "a.png"), ("a.png", "."), ("sub", ".")])
def test_a_picture_is_never_replaced_by_its_result(
    source: str, target: str, model: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "in"
    picture = folder / "a.png" if source == "a.png" else folder / "sub" / "sub" / "a.png"
    picture.parent.mkdir(parents=True)
    noise_picture(32, 32).save(picture)
    if source == "sub":  # its result would go to in/sub/a.png, which is read as well
        noise_picture(32, 32).save(folder / "sub" / "a.png")
        picture = folder / "sub" / "a.png"
    before = picture.read_bytes()
    assert main(["translate", model, str(folder / source), str(folder / target)]) == 1
    assert "would replace" in capsys.readouterr().err
    assert picture.read_bytes() == before


def test_edges_never_replace_their_photo(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    photo = tmp_path / "photo.png"
    noise_picture(32, 32).save(photo)
    before = photo.read_bytes()
    assert main(["edges", str(photo), str(photo)]) == 1
    assert_one_sentence(the_error(capsys))
    assert photo.read_bytes() == before


def write_animation(path: Path) -> None:
    frames = [noise_picture(32, 32, seed) for seed in range(3)]
    frames[0].save(path, save_all=True, append_images=frames[1:])


@pytest.mark.parametrize("name", ["a.gif", "a.png", "a.webp", "a.tif"])
def test_a_first_picture_is_used_and_the_others_are_told(
    name: str, model: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_animation(source := tmp_path / name)
    told = f"Note: Only the first picture is used of {source}, the others are left out."
    assert main(["translate", model, str(source), str(tmp_path / "out.png")]) == 0
    assert capsys.readouterr().err.strip() == told
    assert main(["edges", str(source), str(tmp_path / "out.png")]) == 0
    assert capsys.readouterr().err.strip() == told


def test_a_colour_for_a_model_without_colours_is_refused(
    tiny_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    noise_picture(32, 32).save(tmp_path / "in.png")
    words = ["translate", str(tiny_model), str(tmp_path / "in.png"), str(tmp_path / "out.png")]
    assert main([*words, "--colour", "ff0000"]) == 1
    assert "leave --colour out" in capsys.readouterr().err
    assert not (tmp_path / "out.png").exists()


def test_a_folder_tells_each_kind_of_thing_that_is_left_out_once(
    model: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "in"
    source.mkdir()
    for n in range(5):
        write_animation(source / f"{n}.gif")
    (source / "bands.tif").write_bytes(tiff_of_bands(5))
    (source / "photo.jxl").write_bytes(bytes(16))
    noise_picture(32, 32).save(source / "plain.png")
    assert main(["translate", model, str(source), str(tmp_path / "out")]) == 0
    notes = [line for line in capsys.readouterr().err.splitlines() if line.startswith("Note: ")]
    assert [note.removeprefix("Note: ") for note in notes] == [
        f"Left out, because their format is not read: {source / 'photo.jxl'}.",
        f"Only the first picture is used of {source / '0.gif'}, {source / '1.gif'}, {source / '2.gif'} and 2"
        " more files, the others are left out.",
        f"Only the first 3 bands are used of {source / 'bands.tif'}, as colours, the others are left out.",
    ]


def test_output_into_an_existing_folder(model: str, tmp_path: Path) -> None:
    noise_picture(32, 32).save(tmp_path / "in.jpg")
    (tmp_path / "out").mkdir()
    assert main(["translate", model, str(tmp_path / "in.jpg"), str(tmp_path / "out")]) == 0
    assert (tmp_path / "out" / "in.png").is_file()


@pytest.mark.parametrize(
    "arguments",
    [
        ["translate", "no-such-model", "{picture}", "{out}"],
        ["translate", "{model}", "{missing}", "{out}"],
        ["translate", "{model}", "{empty}", "{out}"],
        ["translate", "{model}", "{text}", "{out}"],
        ["translate", "{model}", "{picture}", "{out}.nonsense"],
        ["translate", "{model}", "{folder}", "{folder}"],
        ["translate", "{model}", "{folder}", "{picture}"],
        ["edges", "{text}", "{out}"],
        ["edges", "{picture}", "{out}", "--size", "3"],
        ["edges", "{picture}", "{out}", "--detail", "2"],
    ],
    ids=lambda a: " ".join(a),
)
def test_mistakes_are_one_sentence(
    arguments: list[str], model: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, empty = tmp_path / "folder", tmp_path / "empty"
    for path in (folder, empty):
        path.mkdir()
    picture, text = folder / "picture.png", tmp_path / "text.jpg"
    noise_picture(16, 16).save(picture)
    text.write_text("hello")
    places = {
        "model": model,
        "picture": picture,
        "missing": tmp_path / "missing.png",
        "empty": empty,
        "text": text,
        "folder": folder,
        "out": tmp_path / "out.png",
    }
    assert main([a.format(**places) for a in arguments]) == 1
    assert_one_sentence(the_error(capsys))
    assert Image.open(picture).size == (16, 16)


def test_edges_are_black_lines_on_white(tmp_path: Path) -> None:
    photo = Image.new("RGB", (200, 120), "white")
    photo.paste((90, 30, 30), (50, 30, 150, 90))
    photo.save(tmp_path / "photo.png")
    assert main(["edges", str(tmp_path / "photo.png"), str(tmp_path / "edges.png"), "--size", "128"]) == 0
    edges = Image.open(tmp_path / "edges.png").convert("L")
    assert edges.size == (128, 128)
    dark = sum(edges.histogram()[:128])
    assert 100 < dark < 800  # the outline of one rectangle, not its area


def test_list_and_help_as_real_processes() -> None:
    listing = subprocess.run(
        [sys.executable, "-m", "pix2pix", "list"], capture_output=True, text=True, check=True
    )
    assert "edges2photo" in listing.stdout
    usage = subprocess.run(
        [sys.executable, "-m", "pix2pix", "--help"], capture_output=True, text=True, check=True
    )
    assert "translate" in usage.stdout


def test_a_reader_that_has_seen_enough_is_no_error() -> None:
    """As in ``python -m pix2pix list | head -0``: the pipe is closed before anything is written."""
    process = subprocess.Popen(
        [sys.executable, "-m", "pix2pix", "list"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    assert process.wait(120) == 0
    assert process.stderr.read() == b""
    process.stderr.close()


def test_pictures_in_a_folder_within_are_never_replaced(
    model: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    within = tmp_path / "in" / "sub"
    within.mkdir(parents=True)
    for folder in (within.parent, within):
        noise_picture(32, 32).save(folder / "a.png")
    before = (within / "a.png").read_bytes()
    assert main(["translate", model, str(within.parent), str(within)]) == 1
    assert_one_sentence(capsys.readouterr().err.removeprefix("Error: ").strip())
    assert (within / "a.png").read_bytes() == before
    assert main(["translate", model, str(within.parent), str(within.parent / "new")]) == 0


@pytest.mark.parametrize("seed", ["-1", "1000000000"])
def test_seeds_are_those_of_the_app(
    model: str, tmp_path: Path, seed: str, capsys: pytest.CaptureFixture[str]
) -> None:
    noise_picture(32, 32).save(tmp_path / "a.png")
    assert main(["translate", model, str(tmp_path / "a.png"), str(tmp_path / "b.png"), "--seed", seed]) == 1
    assert "from 0 to 999999999" in capsys.readouterr().err and not (tmp_path / "b.png").exists()
