"""The data report: every problem is told by file name, and good data is not accused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageOps
from support import (
    assert_one_sentence,
    noise_picture,
    shape_pair,
    side_by_side,
    tiff_of_bands,
    write_side_by_side,
    write_two_folders,
)

from pix2pix.errors import DataError
from pix2pix.images import StoredAs
from train.cli import main
from train.data.datasets import Pair
from train.data.pairs import are_negative, find_pairs
from train.report import process as checking
from train.report.check import Report, check_data
from train.report.examine import ALIKE, THUMBNAIL, Look, alike, find_shift
from train.report.findings import Case, Finding, Seen, find_all
from train.report.process import check_apart


def report(*data: Path, **options: object) -> Report:
    """The report, whose every sentence is one, and which is the same in both its forms."""
    made = check_data(data, **options)  # type: ignore[arg-type]
    for finding in made.findings:
        assert_one_sentence(finding.message)
        assert finding.message in made.text()
    assert made.verdict in made.text()
    values = json.loads(json.dumps(made.to_json()))
    assert values["trainable"] == made.trainable and len(values["findings"]) == len(made.findings)
    return made


def finding(made: Report, kind: str) -> Finding:
    (one,) = [finding for finding in made.findings if finding.kind == kind]
    return one


def kinds(made: Report, severity: str = "warning") -> set[str]:
    return {finding.kind for finding in made.findings if finding.severity == severity}


@pytest.fixture
def good(tmp_path: Path) -> Path:
    """A data set with nothing to say about, beside its size."""
    write_side_by_side(tmp_path / "good" / "train", 22, size=64)
    write_side_by_side(tmp_path / "good" / "val", 3, size=64, first=100)
    return tmp_path / "good"


def scene(seed: int, size: int = 128) -> Image.Image:
    """A photo of a few dark and light things on a coloured ground."""
    rng = np.random.default_rng(seed)
    image = Image.fromarray(rng.integers(60, 200, (4, 4, 3), dtype=np.uint8)).resize((size, size))
    draw = ImageDraw.Draw(image)
    for _ in range(12):
        x, y = (int(v) for v in rng.integers(0, size, 2))
        w, h = (int(v) for v in rng.integers(8, size // 3, 2))
        draw.rectangle((x, y, x + w, y + h), fill=tuple(int(v) for v in rng.integers(0, 256, 3)))
    return image


# ---- the whole ------------------------------------------------------------------------------------


def test_good_data_is_not_accused(good: Path) -> None:
    made = report(good, image_size=64)
    assert made.findings == () and made.trainable
    assert made.verdict == "This can be trained on."
    assert (made.train, made.val, made.test, made.input) == (22, 3, 0, "edges")
    assert made.sizes == {"64x64": 25}
    assert "side-by-side" in made.understood[0]


def test_it_counts_what_training_counts(good: Path, tmp_path: Path) -> None:
    write_two_folders(tmp_path / "more", 15)
    (tmp_path / "more" / "A" / "0003.png").write_bytes(b"no picture")
    found, made = find_pairs([good, tmp_path / "more"]), report(good, tmp_path / "more")
    assert (made.train, made.val) == (len(found.train), len(found.val))
    assert made.understood == found.understood
    assert finding(made, "unreadable").files == found.problems


def test_nothing_is_written(good: Path, tmp_path: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    report(good)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


@pytest.mark.parametrize("what", ["missing", "empty", "text", "unmatched", "only val", "nothing", "photos"])
def test_what_cannot_be_trained_on(tmp_path: Path, what: str) -> None:
    data = tmp_path / "data"
    if what != "missing":
        data.mkdir()
    if what == "text":
        (data / "1.jpg").write_text("words")
        (data / "2.jpg").write_text("words")
    if what == "unmatched":
        write_two_folders(data, 2)
        (data / "A" / "0000.png").unlink()
        (data / "B" / "0001.png").unlink()
    if what == "only val":
        write_side_by_side(data / "val", 2)
    if what == "photos":
        for n in range(5):
            scene(n).save(data / f"{n}.png")
    made = report(*[data] * (what != "nothing"))
    assert not made.trainable and made.train == 0
    assert made.verdict == "This cannot be trained on."
    assert kinds(made, "error") == {"single_photos" if what == "photos" else "unusable"}
    if what == "photos":
        return
    names = {"text": ("1.jpg", "2.jpg"), "unmatched": ("B/0000.png", "A/0001.png")}.get(what, ())
    for name in names:  # all of them, not the first alone
        assert name in " ".join(finding(made, "unusable").files)


# ---- what is left out -----------------------------------------------------------------------------


def test_files_left_out_are_named(good: Path) -> None:
    train = good / "train"
    (train / "text.jpg").write_text("words")
    (train / "cut.png").write_bytes((train / "0001.png").read_bytes()[:200])
    (train / "phone.dng").touch()
    (train / "README").touch()
    noise_picture(33, 16).save(train / "odd.png")
    noise_picture(64, 32).save(good / "outside.png")
    made = report(good, image_size=64)
    assert (made.train, made.val) == (22, 3)
    assert kinds(made) == {"unreadable", "format", "stray"}
    text = " ".join(finding(made, "unreadable").files)
    assert all(name in text for name in ("text.jpg", "cut.png", "odd.png"))
    assert "phone.dng" in finding(made, "format").files[0]
    assert "outside.png" in finding(made, "stray").files[0]
    assert finding(made, "other").files == ("train/README",)
    assert "3 warnings" in made.verdict


def test_test_pairs_beside_val_are_left_alone(good: Path) -> None:
    write_side_by_side(good / "test", 2, size=64, first=200)
    made = report(good, image_size=64)
    assert (made.train, made.val, made.test) == (22, 3, 2)
    assert kinds(made) == set() and kinds(made, "note") == {"test"}


# ---- sizes and storage ----------------------------------------------------------------------------


def test_sizes_and_shapes_within_a_pair(tmp_path: Path) -> None:
    write_two_folders(tmp_path, 30, size=64)
    for name, size in (("0001", (128, 128)), ("0002", (96, 64))):
        path = tmp_path / "B" / f"{name}.png"
        Image.open(path).resize(size).save(path)
    made = report(tmp_path, image_size=64)
    assert finding(made, "size").files == ("A/0001.png: the input has 64x64 pixels, the target 128x128",)
    assert finding(made, "aspect").files == ("A/0002.png: the input has 64x64 pixels, the target 96x64",)
    assert finding(made, "aspect").severity == "warning"


def test_small_and_oblong_pictures_and_the_rule_for_them(tmp_path: Path) -> None:
    for n, size in enumerate([(16, 16), (40, 40), (90, 64), (64, 64)]):
        side_by_side(*(half.resize(size) for half in shape_pair(n))).save(tmp_path / f"{n}.png")
    made = report(tmp_path, image_size=64)
    assert finding(made, "tiny").files == ("0.png: 16x16",)
    assert finding(made, "small").files == ("1.png: 40x40",)
    assert finding(made, "oblong").files == ("2.png: 90x64",)
    assert "squeezed" in finding(made, "oblong").message


def test_how_files_are_stored(tmp_path: Path) -> None:
    write_two_folders(tmp_path, 24, size=64)
    a, b = tmp_path / "A", tmp_path / "B"
    ramp = np.linspace(0, 65535, 64 * 64).reshape(64, 64).astype(np.uint16)
    Image.fromarray(ramp).save(a / "0001.png")
    Image.open(a / "0002.png").convert("L").save(a / "0002.png")
    Image.open(b / "0003.png").convert("RGBA").save(b / "0003.png")
    made = report(tmp_path, image_size=64)
    assert finding(made, "deep").files == ("A/0001.png (A): 16 bits",)
    assert finding(made, "grey").files == ("A/0001.png (A)", "A/0002.png (A)")
    assert finding(made, "alpha").files == ("A/0003.png (B)",)
    assert {finding(made, kind).severity for kind in ("deep", "grey", "alpha")} == {"note"}


# ---- repetitions ----------------------------------------------------------------------------------


def test_copies_and_leaks(good: Path) -> None:
    shutil.copy(good / "train" / "0001.png", good / "train" / "copy.png")
    shutil.copy(good / "train" / "0002.png", good / "val" / "again.png")
    # The same pixels in another file format are the same picture.
    Image.open(good / "val" / "0100.png").save(good / "train" / "hundred.bmp")
    made = report(good, image_size=64)
    assert kinds(made) == {"duplicates", "leaked"}
    assert finding(made, "duplicates").files == ("train/0001.png = train/copy.png",)
    leaks = finding(made, "leaked").files
    assert [line.split(" ")[0] for line in leaks] == ["val/0100.png", "val/again.png"]
    assert "train/hundred.bmp" in leaks[0] and "A and B" in leaks[0]


def test_a_picture_saved_again_is_still_the_same(tmp_path: Path) -> None:
    for n in range(24):
        side_by_side(scene(n), ImageOps.invert(scene(n))).save(tmp_path / f"{n:02}.png")
    assert kinds(report(tmp_path, input="photo")) == set()
    for part, source in (("train", "03"), ("val", "05")):
        (tmp_path / part).mkdir()
        Image.open(tmp_path / f"{source}.png").save(tmp_path / part / "again.jpg", quality=95, subsampling=0)
    for path in sorted(tmp_path.glob("*.png")):
        path.rename(tmp_path / "train" / path.name)
    made = report(tmp_path, input="photo")
    assert len(finding(made, "duplicates").files) == 1
    assert all(name in finding(made, "duplicates").files[0] for name in ("train/03.png", "train/again.jpg"))
    assert finding(made, "leaked").files == ("val/again.jpg (val): looks the same as train/05.png",)


def look_of(thumbnails: bytes, name: object) -> Look:
    """What is seen of a pair with these thumbnails, whose halves are equal to no other's."""
    file = StoredAs((16, 16), 8, False, False, False)
    digests = (f"{name} A", f"{name} B")
    return Look((file,), ((8, 16), (8, 16)), ("photo", "photo"), digests, thumbnails, None, False)


def test_groups_that_look_the_same_are_those_of_all_twos() -> None:
    """Chains too, whose ends are unlike: pictures in a row, each a little lighter than the one before."""
    rng = np.random.default_rng(1)
    scenes = rng.integers(40, 200, (5, 2 * THUMBNAIL * THUMBNAIL * 3))
    seen = np.stack(
        [scenes[n % 5] + rng.integers(0, 12) + rng.integers(0, 3, scenes.shape[1]) for n in range(60)]
    )
    near = (np.abs(seen[:, None] - seen[None]) <= ALIKE).all(2)
    for _ in range(6):
        near = near @ near  # friends of friends
    wanted = {tuple(np.flatnonzero(row)) for row in near if row.sum() > 1}
    looks = [look_of(one.astype(np.uint8).tobytes(), n) for n, one in enumerate(seen)]
    assert {tuple(group) for group in alike(looks)} == wanted
    assert not near.all() and any(len(group) > 2 for group in wanted)


def test_ten_thousand_copies_are_as_many_lines() -> None:
    """Of 10,000 pictures that look the same there are 50 million twos, which no memory holds."""
    seen = [
        Seen("val" if n % 10 == 0 else "train", Pair(Path(f"{n}.png")), look_of(bytes(1536), n), f"{n}.png")
        for n in range(10_000)
    ]
    found = {one.kind: one for one in find_all(Case((), seen, "photo", "AtoB", 256))}
    assert len(found["duplicates"].files) == 8999
    assert len(found["leaked"].files) == 1000


def test_one_input_with_two_targets(good: Path) -> None:
    side_by_side(shape_pair(1, 64)[0], shape_pair(50, 64)[1]).save(good / "train" / "other.png")
    made = report(good, image_size=64)
    assert kinds(made) == set()
    assert finding(made, "same_input").files == ("train/0001.png = train/other.png",)


# ---- what the halves show -------------------------------------------------------------------------


def test_the_direction_against_the_pictures(tmp_path: Path) -> None:
    for n in range(24):
        edges, _ = shape_pair(n)
        side_by_side(scene(n, 64), edges).save(tmp_path / f"{n}.png")
    message = finding(report(tmp_path), "direction").message
    assert "B looks like edges" in message and "--direction BtoA" in message
    assert "direction" not in kinds(report(tmp_path, direction="BtoA"))


def test_a_few_swapped_pairs(tmp_path: Path) -> None:
    for n in range(24):
        halves = (shape_pair(n)[0], scene(n, 64))
        side_by_side(*(halves[::-1] if n in (3, 8) else halves)).save(tmp_path / f"{n:02}.png")
    assert set(finding(report(tmp_path), "swapped").files) == {"03.png", "08.png"}


def test_an_input_that_is_not_what_was_said(good: Path) -> None:
    assert "input" in kinds(report(good, input="labels"))
    assert "input" not in kinds(report(good, input="edges"))


def test_pairs_taken_as_photos_are_told(good: Path) -> None:
    made = report(good, input="grey")
    assert "perhaps_pairs" in kinds(made)
    assert made.input == "grey" and "single photos" in made.understood[0]


def test_photos_with_edges_made(tmp_path: Path) -> None:
    for n in range(24):
        scene(n).resize((128, 96)).save(tmp_path / f"{n}.png")
    made = report(tmp_path, input="edges")
    assert made.trainable and "single photos" in made.understood[0]
    assert "on white" in finding(made, "oblong_fitted").message
    assert kinds(made) == set()
    assert not report(tmp_path, input="edges", direction="BtoA").trainable


def test_few_pairs(tmp_path: Path) -> None:
    write_side_by_side(tmp_path, 1)
    assert "no_val" in kinds(report(tmp_path))
    write_side_by_side(tmp_path, 10)
    assert "few" in kinds(report(tmp_path)) and "held_out" in kinds(report(tmp_path), "note")


# ---- shifts ---------------------------------------------------------------------------------------


def drawn(image: Image.Image) -> Image.Image:
    """Its edges, black on white."""
    grey = np.asarray(image.convert("L")).astype(np.float32)
    edges = np.hypot(*np.gradient(grey)) > 12
    return Image.fromarray(np.where(edges, 0, 255).astype(np.uint8)).convert("RGB")


@pytest.mark.parametrize("shift", [(10, 0), (0, -12), (-9, 14)])
def test_a_shift_is_found_with_its_direction(shift: tuple[int, int]) -> None:
    big = scene(5, 200)
    x, y = shift
    edges = drawn(big.crop((30, 30, 158, 158)))
    photo = big.crop((30 - x, 30 - y, 158 - x, 158 - y))  # its content lies x to the right of the edges'
    right, down = find_shift(edges, photo) or (0, 0)
    assert (right * 128, down * 128) == pytest.approx((-x, -y), abs=2)


@pytest.mark.parametrize("seed", range(8))
def test_pairs_that_fit_and_pairs_of_nothing_are_not_accused(seed: int) -> None:
    image = scene(seed)
    assert find_shift(drawn(image), image) is None
    assert find_shift(noise_picture(128, 128, seed), noise_picture(128, 128, seed + 99)) is None
    assert find_shift(shape_pair(seed, 128)[0], shape_pair(seed + 50, 128)[1]) is None
    blank = Image.new("RGB", (128, 128), "white")
    assert find_shift(blank, image) is None and find_shift(blank, blank) is None


def test_a_shifted_pair_is_named(tmp_path: Path) -> None:
    for n in range(22):
        big = scene(n, 160)
        x = 12 if n == 7 else 0
        halves = drawn(big.crop((16, 16, 144, 144))), big.crop((16 - x, 16, 144 - x, 144))
        side_by_side(*halves).save(tmp_path / f"{n:02}.png")
    (line,) = finding(report(tmp_path), "shifted").files
    assert line.startswith("07.png: B lies 9% too far to the right")


# ---- the command ----------------------------------------------------------------------------------


def test_the_command(good: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(good), "--image-size", "64"]) == 0
    out = capsys.readouterr().out
    assert "22 to train on, 3 held out; the input is taken as edges" in out
    assert out.strip().splitlines()[-1] == "This can be trained on."
    assert main(["check", str(good), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["train"] == 22


def test_the_command_fails_on_data_that_cannot_be_used(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for data in ("empty", "missing"):
        (tmp_path / "empty").mkdir(exist_ok=True)
        assert main(["check", str(tmp_path / data)]) == 1
        captured = capsys.readouterr()
        assert "cannot be trained on" in captured.out and "Traceback" not in captured.err


def test_long_lists_are_cut_in_the_text_and_not_in_the_json(good: Path) -> None:
    for n in range(40):
        (good / "train" / f"bad{n}.png").touch()
    made = report(good, image_size=64)
    assert "and 20 more" in made.text()
    assert len(finding(made, "unreadable").files) == 40


def test_a_lonely_folder_is_told(tmp_path: Path) -> None:
    write_side_by_side(tmp_path / "input", 4, size=64)
    assert "beside the folder input there is no counterpart" in report(tmp_path).text()


def test_a_lonely_folder_of_photos_is_told(tmp_path: Path) -> None:
    (tmp_path / "A").mkdir()
    for n in range(4):
        scene(n).save(tmp_path / "A" / f"{n}.png")
    told = finding(report(tmp_path), "single_photos").message
    assert "a folder A without its counterpart" in told and "--input edges" in told


@pytest.mark.parametrize("input", ["edges", "lowres", "grey"])
def test_photos_alone_have_no_direction(tmp_path: Path, input: str) -> None:
    for n in range(4):
        scene(n).resize((120, 90)).save(tmp_path / f"{n}.png")
    made = report(tmp_path, input=input, direction="BtoA")
    assert not made.trainable and "--direction BtoA" in finding(made, "unusable").message


def test_files_with_several_pictures_are_told(tmp_path: Path) -> None:
    write_two_folders(tmp_path, 2, size=64)
    for name in ("A/0000.gif", "A/0001.tif"):
        pictures = [noise_picture(64, 64, seed) for seed in range(3)]
        pictures[0].save(tmp_path / name, save_all=True, append_images=pictures[1:])
        (tmp_path / name).with_suffix(".png").unlink()
    assert finding(report(tmp_path), "several").files == ("A/0000.gif (A)", "A/0001.tif (A)")


def test_bands_that_are_not_used_are_told(tmp_path: Path) -> None:
    write_two_folders(tmp_path, 2, size=64)
    (tmp_path / "A" / "0000.png").write_bytes(tiff_of_bands(5))
    assert finding(report(tmp_path), "bands").files == ("A/0000.png (A): 3 of 5 bands",)


@pytest.mark.parametrize("size", ["0", "-8", "100"])
def test_the_command_refuses_a_size_that_no_network_has(
    good: Path, size: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(good), "--image-size", size]) == 1
    assert_one_sentence(capsys.readouterr().err.strip())


def test_the_command_can_be_stopped(
    good: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*args: object, **options: object) -> Report:
        raise KeyboardInterrupt

    monkeypatch.setattr("train.report.check.check_data", stopped)
    assert main(["check", str(good)]) == 130
    assert capsys.readouterr().err.splitlines()[-1].endswith("Ended at once: nothing was changed.")


# ---- a picture of the pairs, and a process of its own ----------------------------------------------


def test_the_sheet_shows_a_above_b(good: Path, tmp_path: Path) -> None:
    report(good, image_size=64, sheet=tmp_path / "sheet.jpg")
    with Image.open(tmp_path / "sheet.jpg") as sheet:
        assert sheet.size == (8 * 128, 2 * 128)
        pixels = np.asarray(sheet)
    edges, photo = (half.resize((128, 128), Image.Resampling.BICUBIC) for half in shape_pair(0, 64))
    assert np.abs(pixels[:128, :128].astype(int) - np.asarray(edges)).mean() < 3
    assert np.abs(pixels[128:, :128].astype(int) - np.asarray(photo)).mean() < 3


def test_the_sheet_shows_what_is_made_of_photos(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    for n in range(3):
        scene(n).save(tmp_path / "photos" / f"{n}.png")
    report(tmp_path / "photos", input="grey", sheet=tmp_path / "sheet.jpg")
    pixels = np.asarray(Image.open(tmp_path / "sheet.jpg")).astype(int)
    made, photo = pixels[:128], pixels[128:]
    assert np.ptp(made, axis=2).mean() < 3 < np.ptp(photo, axis=2).mean()


def test_data_without_a_pair_has_no_sheet(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    report(tmp_path / "empty", sheet=tmp_path / "sheet.jpg")
    assert not (tmp_path / "sheet.jpg").exists()


def test_a_process_of_its_own_gives_the_same_report(good: Path, tmp_path: Path) -> None:
    *counts, made = check_apart([str(good)], tmp_path / "sheet.jpg", image_size=64, niceness=1)
    assert made == json.loads(json.dumps(report(good, image_size=64).to_json()))
    assert all(isinstance(count, int) and 0 <= count <= 25 for count in counts)
    assert (tmp_path / "sheet.jpg").exists()


def test_a_process_of_its_own_is_stopped_when_nobody_waits(good: Path, tmp_path: Path) -> None:
    looking = check_apart([str(good)], tmp_path / "sheet.jpg", niceness=1)
    next(looking)
    looking.close()  # returns only after the process has ended
    assert not (tmp_path / "sheet.jpg").exists()


def test_a_check_that_failed_says_how(
    good: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Its own sentence where there is one; memory only where the system killed it."""

    def sentence(**options: Any) -> str:
        with pytest.raises(DataError) as caught:
            list(check_apart([str(good)], tmp_path / "sheet.jpg", **options))
        assert_one_sentence(caught.value)
        return str(caught.value)

    assert "power of two" in sentence(image_size=100)
    (tmp_path / "train" / "report").mkdir(parents=True)
    (tmp_path / "train" / "report" / "process.py").write_text("raise KeyError(3)")
    monkeypatch.setattr(checking, "ROOT", tmp_path)
    assert "memory" not in sentence() and "KeyError: 3" in capfd.readouterr().err
    (tmp_path / "train" / "report" / "process.py").write_text("import os; os.kill(os.getpid(), 9)")
    assert "memory" in sentence()


def test_a_line_that_is_cut_short_costs_no_report(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "train" / "report").mkdir(parents=True)
    (tmp_path / "train" / "report" / "process.py").write_text(
        """print('{"report": {}}\\n{"looked": 8', end='')"""
    )
    monkeypatch.setattr(checking, "ROOT", tmp_path)
    assert list(check_apart([], tmp_path / "sheet.jpg")) == [{}]


def test_a_sheet_never_takes_the_place_of_data(good: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = next((good / "train").iterdir())
    before = own.read_bytes()
    assert main(["check", str(good), "--sheet", str(own)]) == 1
    said = capsys.readouterr()
    assert_one_sentence(said.err.removeprefix("Error: ").strip())
    assert "would replace" in said.err and said.out == "" and own.read_bytes() == before
    for _ in range(2):  # a sheet of one's own may be written anew
        assert main(["check", str(good), "--sheet", str(good.parent / "sheet.jpg")]) == 0


def test_white_lines_on_black_are_named(tmp_path: Path) -> None:
    for side in "AB":
        (tmp_path / "data" / side).mkdir(parents=True)
    for n in range(8):
        drawing, photo = shape_pair(n)
        ImageOps.invert(drawing).save(tmp_path / "data" / "A" / f"{n}.png")
        photo.save(tmp_path / "data" / "B" / f"{n}.png")
    found = finding(report(tmp_path / "data"), "negative")
    assert "invert" in found.message and len(found.files) == 8
    assert are_negative(find_pairs([tmp_path / "data"]).train, "AtoB")
    write_two_folders(tmp_path / "upright", 8, size=64)
    assert "negative" not in kinds(report(tmp_path / "upright"))


def test_pixels_without_a_value_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for side in "AB":
        (tmp_path / "data" / side).mkdir(parents=True)
        for n in range(6):
            values = np.asarray(noise_picture(64, 64, n).convert("L")).astype(np.float32) / 100
            if side == "A" and n < 3:
                values[0, 0] = (np.nan, np.inf, -np.inf)[n]
            Image.fromarray(values).save(tmp_path / "data" / side / f"{n}.tif")
    assert "3 files have pixels without a value" in finding(report(tmp_path / "data"), "no_value").message
    assert any("without a value" in note for note in find_pairs([tmp_path / "data"]).notes)


@pytest.mark.parametrize("alone", [True, False])
def test_an_archive_among_the_data_is_named(tmp_path: Path, alone: bool) -> None:
    if not alone:
        write_side_by_side(tmp_path / "data", 4, size=64)
    (tmp_path / "data").mkdir(exist_ok=True)
    (tmp_path / "data" / "more.zip").write_bytes(b"PK")
    made = report(tmp_path / "data")
    assert "unpack" in finding(made, "unusable" if alone else "archives").message


def test_a_name_cannot_move_the_console(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_two_folders(tmp_path / "data", 4, size=64)
    (tmp_path / "data" / "A" / "x\n\x1b[31m\u202ey.png").write_bytes(b"")
    main(["check", str(tmp_path / "data")])
    said = capsys.readouterr().out
    assert "x\\n\\x1b[31m\\u202ey" in said and not {"\x1b", "\u202e"} & set(said)
