"""Zips: unpacked once into a cache of ours, and refused when they hold what no data set holds."""

from __future__ import annotations

import os
import re
import stat
import struct
import time
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import assert_one_sentence, train_config, write_side_by_side, write_two_folders

import train.data.archive
from pix2pix.errors import DataError
from train.data.archive import data_cache, unpack
from train.data.pairs import find_pairs
from train.loop import fit
from train.report.check import check_data


def zipped(folder: Path, archive: Path, below: str = "") -> Path:
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for path in sorted(folder.rglob("*")):
            file.write(path, Path(below) / path.relative_to(folder))
    return archive


def written(archive: Path, *entries: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for entry, data in entries:
            file.writestr(entry, data)
    return archive


def written_elsewhere(archive: Path, *entries: tuple[bytes, bytes]) -> Path:
    """As a program writes it that says nothing of the code page of its names."""
    stand_ins = [b"%0*d" % (len(name), n) for n, (name, _) in enumerate(entries)]
    written(archive, *((own.decode(), data) for own, (_, data) in zip(stand_ins, entries, strict=True)))
    raw = archive.read_bytes()
    for own, (name, _) in zip(stand_ins, entries, strict=True):
        for header, length in ((b"PK\x03\x04", 30), (b"PK\x01\x02", 46)):
            at = next(
                m.start() for m in re.finditer(re.escape(own), raw) if raw[m.start() - length :][:4] == header
            )
            raw = raw[:at] + name + raw[at + len(own) :]
    archive.write_bytes(raw)
    return archive


def pictures(folder: Path, count: int) -> list[tuple[str, bytes]]:
    """(A/0000.png and so on, content) of pairs."""
    write_two_folders(folder, count)
    return [(f"{p.parent.name}/{p.name}", p.read_bytes()) for p in sorted(folder.rglob("*.png"))]


def everything(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def refused(archive: Path) -> str:
    before = everything(archive.parent)
    with pytest.raises(DataError) as caught:
        find_pairs([archive])
    assert_one_sentence(caught.value)
    assert archive.name in str(caught.value)
    assert everything(archive.parent) == before
    assert not any(data_cache().glob("**/*.png"))
    return str(caught.value)


@pytest.fixture(autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache for each test."""
    monkeypatch.setenv("PIX2PIX_CACHE", str(tmp_path_factory.mktemp("cache")))
    return data_cache()


@pytest.mark.parametrize("below", ["", "facades"])
def test_a_zip_is_read_like_the_folder_in_it(tmp_path: Path, below: str) -> None:
    write_two_folders(tmp_path / "data" / "train", 3)
    write_two_folders(tmp_path / "data" / "val", 1, first=9)
    (tmp_path / "zips").mkdir()
    archive = zipped(tmp_path / "data", tmp_path / "zips" / "x.zip", below)
    found, expected = find_pairs([archive]), find_pairs([tmp_path / "data"])
    assert [pair.name for pair in found.train] == [pair.name for pair in expected.train]
    assert [pair.name for pair in found.val] == ["0009"]
    assert found.train[0].load()[0].tobytes() == expected.train[0].load()[0].tobytes()
    assert found.fingerprint() == expected.fingerprint()
    assert everything(tmp_path / "zips") == {"x.zip"}  # nothing beside it


def test_a_moved_zip_is_not_unpacked_again(tmp_path: Path) -> None:
    write_side_by_side(tmp_path / "data", 2)
    first = unpack(zipped(tmp_path / "data", tmp_path / "x.zip"))
    (first / "mark").touch()
    (tmp_path / "x.zip").rename(tmp_path / "y.zip")
    assert unpack(tmp_path / "y.zip") == first and (first / "mark").exists()
    write_side_by_side(tmp_path / "data", 1, first=5)
    assert unpack(zipped(tmp_path / "data", tmp_path / "y.zip")) != first


def test_a_problem_is_told_by_the_name_of_the_zip(tmp_path: Path) -> None:
    write_two_folders(tmp_path / "data", 3)
    (tmp_path / "data" / "B" / "0001.png").unlink()
    (problem,) = find_pairs([zipped(tmp_path / "data", tmp_path / "x.zip")]).problems
    assert problem.startswith(f"{tmp_path / 'x.zip'}/A/0001.png")


def test_a_run_on_a_zip_resumes_also_when_the_cache_was_emptied(tmp_path: Path, cache: Path) -> None:
    write_side_by_side(tmp_path / "data", 6)
    archive = zipped(tmp_path / "data", tmp_path / "x.zip")
    config = train_config(archive, tmp_path / "run", steps=4)
    events = fit(config)
    for _ in range(3):
        next(events)
    events.close()
    for path in sorted(cache.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    assert list(fit(config, resume=True))[-1].finished
    write_side_by_side(tmp_path / "data", 1, first=50)
    zipped(tmp_path / "data", archive)
    with pytest.raises(Exception, match="changed"):
        list(fit(config, resume=True))


@pytest.mark.parametrize("name", ["../1.png", "/1.png", "a/../../1.png", "C:/1.png", "..\\1.png", "\\1.png"])
def test_paths_that_lead_out_are_refused(tmp_path: Path, name: str) -> None:
    assert "leads out" in refused(written(tmp_path / "x.zip", ("0.png", b"x"), (name, b"x")))


@pytest.mark.parametrize("name", ["/a\nb.png", "a\nb.png", "/a\x7f.png", "a\x85b.png"])
def test_a_name_that_breaks_a_line_is_told_in_one_line(tmp_path: Path, name: str) -> None:
    assert "no file should have" in refused(written(tmp_path / "x.zip", (name, b"x")))


def test_a_file_without_a_name_is_refused(tmp_path: Path) -> None:
    archive = written(tmp_path / "x.zip", ("0.png", b"x"), ("?.png", b"x"))
    archive.write_bytes(archive.read_bytes().replace(b"?.png", b"\0.png"))  # a name ends at its first zero
    assert "without a name" in refused(archive)


def test_backslashes_divide_folders_too(tmp_path: Path) -> None:
    write_two_folders(tmp_path / "data", 2)
    pictures = sorted((tmp_path / "data").rglob("*.png"))
    names = ["\\".join(path.relative_to(tmp_path / "data").parts) for path in pictures]
    entries = [(name, path.read_bytes()) for name, path in zip(names, pictures, strict=True)]
    found = find_pairs([written(tmp_path / "x.zip", ("A\\", b""), *entries, ("B\\", b""))])
    assert sorted(pair.name for pair in [*found.train, *found.val]) == ["0000", "0001"]


@pytest.mark.parametrize("between", ["/", "\\"])
@pytest.mark.parametrize(
    ("page", "names"),
    [
        ("cp932", ("表", "ソース", "写真 能", "img表", "十_1")),
        ("cp950", ("功", "許可", "成功", "img許", "照片_1")),
        ("gbk", ("图像", "风景 1", "输入", "照片_2", "能")),
        ("cp949", ("사진", "그림 1", "풍경", "img사진", "새 폴더")),
        ("cp437", ("schön", "Größe", "für", "Äpfel", "café")),
        ("cp1252", ("schön", "Größe", "José", "Año", "café")),
        ("cp866", ("Дом", "фото", "Новая папка", "Лето 1", "зима")),
        ("utf-8", ("表", "許可", "사진", "schön", "Дом")),
    ],
)
def test_names_of_any_code_page_are_whole(
    tmp_path: Path, page: str, names: tuple[str, ...], between: str
) -> None:
    entries = []
    for path, data in pictures(tmp_path / "data", len(names)):
        side, name = path.split("/")
        entries.append((between.join((names[0], side, f"{names[int(name[:4])]}.png")).encode(page), data))
    empty = [(f"{names[0]}{between}".encode(page), b"")]
    found = find_pairs([written_elsewhere(tmp_path / "x.zip", *empty, *entries)])
    assert sorted(pair.name for pair in [*found.train, *found.val]) == sorted(names)
    assert not found.problems


def test_a_name_that_is_in_no_code_page_is_still_whole(tmp_path: Path) -> None:
    """One name is broken, and the others tell the code page."""
    names = [name.encode("cp932") for name in ("表", "ソース", "能")] + [b"\x95 1"]
    entries = [
        (path[:2].encode() + names[int(path[2:6])] + b".png", data)
        for path, data in pictures(tmp_path / "data", 4)
    ]
    found = find_pairs([written_elsewhere(tmp_path / "x.zip", *entries)])
    assert sorted(pair.name for pair in [*found.train, *found.val]) == sorted(["表", "ソース", "能", "ò 1"])


@pytest.mark.parametrize("sound", [True, False])
def test_the_name_in_unicode_beside_another_one_counts(tmp_path: Path, sound: bool) -> None:
    entries = []
    for n, (path, data) in enumerate(pictures(tmp_path / "data", 3)):
        info, name = zipfile.ZipInfo(f"{path[:2]}{n % 3}.png"), f"{path[:2]}表{path[2:6]}.png".encode()
        checksum = zlib.crc32(info.filename.encode()) ^ (not sound)
        info.extra = struct.pack("<HHHHBI", 0x5555, 0, 0x7075, 5 + len(name), 1, checksum) + name
        entries.append((info, data))
    found = find_pairs([written(tmp_path / "x.zip", *entries)])
    expected = ["表0000", "表0001", "表0002"] if sound else ["0", "1", "2"]  # the other was changed since
    assert sorted(pair.name for pair in [*found.train, *found.val]) == expected


def test_no_picture_is_lost_for_a_name_like_a_folder_or_like_another(tmp_path: Path) -> None:
    entries = pictures(tmp_path / "data", 2)
    for again in ("A/0001.png/", "A\\0000.dat"):
        archive = written(
            tmp_path / "x.zip", ("A/0000.dat", entries[0][1]), *entries[1:], (again, entries[0][1])
        )
        with pytest.raises(DataError, match=again.replace("\\", "/")):
            find_pairs([archive])


def test_links_are_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("A/1.png")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    assert "link" in refused(written(tmp_path / "x.zip", (link, b"/etc/passwd")))


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    assert "swell" in refused(written(tmp_path / "x.zip", ("1.png", bytes(30_000_000))))


def test_a_bomb_that_is_no_picture_is_refused_too(tmp_path: Path) -> None:
    assert "swell" in refused(written(tmp_path / "x.zip", ("1.txt", bytes(30_000_000))))


def test_too_many_and_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = written(tmp_path / "x.zip", *((f"{n}.png", bytes(100)) for n in range(20)))
    with monkeypatch.context() as patch:
        patch.setattr(train.data.archive, "MAX_ENTRIES", 19)
        assert "20 files" in refused(archive)
    with monkeypatch.context() as patch:
        patch.setattr(train.data.archive, "MAX_ENTRY", 99)
        refused(archive)
    monkeypatch.setattr(train.data.archive, "MAX_TOTAL", 1999)
    refused(archive)


def test_entries_that_share_their_bytes_are_refused(tmp_path: Path) -> None:
    """The table of contents names one picture many times over."""
    archive = tmp_path / "x.zip"
    data = os.urandom(5000)
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("0.png", data)
        (info,) = file.infolist()
        for n in range(1, 50):
            copy = zipfile.ZipInfo(f"{n}.png")
            copy.compress_size, copy.file_size, copy.CRC = info.compress_size, info.file_size, info.CRC
            copy.header_offset = info.header_offset
            file.filelist.append(copy)
    refused(archive)


def test_an_entry_that_lies_about_its_size_is_damaged(tmp_path: Path) -> None:
    archive = written(tmp_path / "x.zip", ("1.png", bytes(100_000)))
    raw = bytearray(archive.read_bytes())
    at = raw.index(b"PK\x01\x02") + 24
    raw[at : at + 4] = (50).to_bytes(4, "little")
    archive.write_bytes(raw)
    assert "damaged" in refused(archive)


def test_a_name_twice_is_refused(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate"):
        archive = written(tmp_path / "x.zip", ("1.png", b"x"), ("1.png", b"y"))
    assert "twice" in refused(archive)


def test_an_encrypted_zip_is_refused(tmp_path: Path) -> None:
    archive = written(tmp_path / "x.zip", ("1.png", b"x"))
    raw = bytearray(archive.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        raw[raw.index(signature) + offset] |= 1
    archive.write_bytes(raw)
    assert "password" in refused(archive)


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04" + bytes(50), None])
def test_a_damaged_zip_is_one_sentence(tmp_path: Path, content: bytes | None) -> None:
    archive = tmp_path / "x.zip"
    if content is None:
        write_side_by_side(tmp_path / "data", 2)
        raw = bytearray(zipped(tmp_path / "data", archive).read_bytes())
        raw[60:90] = bytes(30)
        content = bytes(raw)
    archive.write_bytes(content)
    refused(archive)


@settings(max_examples=150)
@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=6))
def test_a_zip_with_any_bytes_changed_gives_pairs_or_a_sentence(
    valid: bytes, tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, int]]
) -> None:
    folder = tmp_path_factory.mktemp("changed")
    raw = bytearray(valid)
    for at, byte in changes:
        raw[at % len(raw)] = byte
    (folder / "x.zip").write_bytes(raw)
    try:
        assert find_pairs([folder / "x.zip"], check=False).train
    except DataError as error:
        assert_one_sentence(error)
    assert everything(folder) == {"x.zip"}


@pytest.fixture(scope="module")
def valid(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A small zip of two pairs, always the same one; most of its bytes are headers."""
    folder = tmp_path_factory.mktemp("valid")
    write_two_folders(folder / "data", 2, size=4)
    pictures = sorted((folder / "data").rglob("*.png"))
    names = [path.relative_to(folder / "data").as_posix() for path in pictures]
    entries = [(zipfile.ZipInfo(name), path.read_bytes()) for name, path in zip(names, pictures, strict=True)]
    return written(folder / "x.zip", *entries).read_bytes()


@pytest.mark.parametrize("name", ["n" * 300 + ".png", "d/" * 3000 + "x.png", "0.png/x.png"])
def test_a_name_that_cannot_be_here_is_not_blamed_on_the_disk(tmp_path: Path, name: str) -> None:
    archive = written(tmp_path / "odd.zip", ("0.png", b"x"), (name, b"x"))
    assert "rename it" in refused(archive)


def test_other_files_are_named_without_being_unpacked(tmp_path: Path) -> None:
    write_side_by_side(tmp_path / "data", 4)
    (tmp_path / "data" / "README.md").write_text("about these pictures")
    (tmp_path / "data" / "more.zip").write_bytes(b"PK")
    archive = zipped(tmp_path / "data", tmp_path / "data.zip")
    made = {finding.kind: finding for finding in check_data([archive]).findings}
    assert made["other"].files == ("README.md",) and made["archives"].files == ("more.zip",)
    assert not any(path.stat().st_size for path in unpack(archive).glob("*.md"))


@pytest.mark.parametrize("ending", [".jfif", ".dat", ""])
def test_a_picture_in_a_zip_is_found_whatever_its_ending(tmp_path: Path, ending: str) -> None:
    write_two_folders(tmp_path / "data", 3)
    (tmp_path / "data" / "A" / "0001.png").rename(tmp_path / "data" / "A" / f"0001{ending}")
    found = find_pairs([zipped(tmp_path / "data", tmp_path / "x.zip")])
    assert len(found.train) + len(found.val) == 3 and not found.problems


def test_a_zip_without_pictures(tmp_path: Path) -> None:
    assert "no usable pair" in refused(written(tmp_path / "x.zip", ("README.md", b"hello")))


def test_a_cache_that_cannot_be_written_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("PIX2PIX_CACHE", str(tmp_path / "file"))
    write_side_by_side(tmp_path / "data", 2)
    with pytest.raises(DataError) as caught:
        find_pairs([zipped(tmp_path / "data", tmp_path / "x.zip")])
    assert_one_sentence(caught.value)
    assert "PIX2PIX_CACHE" in str(caught.value)


def test_what_was_not_used_for_a_month_is_removed(tmp_path: Path) -> None:
    write_side_by_side(tmp_path / "data", 1)
    old = unpack(zipped(tmp_path / "data", tmp_path / "old.zip"))
    os.utime(old, (time.time() - 31 * 86400,) * 2)
    write_side_by_side(tmp_path / "data", 1, first=1)
    new = unpack(zipped(tmp_path / "data", tmp_path / "new.zip"))
    assert new.is_dir() and not old.exists()


def test_more_than_the_disk_holds_is_refused_before_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_side_by_side(tmp_path / "data", 2)
    archive = zipped(tmp_path / "data", tmp_path / "x.zip")
    monkeypatch.setattr(train.data.archive, "SPARE", 10**18)
    assert "are free" in refused(archive)
