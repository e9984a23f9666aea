"""A file is there whole, or not at all."""

from __future__ import annotations

import hashlib
import json
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pix2pix.files import cache_folder, replacing, sha256, write_json, write_text, write_with


def test_a_file_appears_when_the_block_ends(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "er" / "note.txt"
    with replacing(path) as temporary:
        temporary.write_text("new")
        assert not path.exists()
        assert temporary.parent == path.parent  # or the rename would not be atomic
        assert temporary.suffix == ".txt"  # image writers choose the format by it
    assert path.read_text() == "new"
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("name", ["a" * 251 + ".png", "가" * 83 + ".jpeg", "a" * 255, "a." + "b" * 253])
def test_a_name_as_long_as_the_file_system_takes(tmp_path: Path, name: str) -> None:
    write_text(tmp_path / name, "new")
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("failure", [ValueError, OSError, KeyboardInterrupt])
def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path, failure: type[BaseException]) -> None:
    path = tmp_path / "note.txt"
    path.write_text("old")

    def fail(temporary: Path) -> None:
        temporary.write_text("half of the ne")
        raise failure

    with pytest.raises(failure):
        write_with(path, fail)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_writer_that_writes_nothing_is_a_failure(tmp_path: Path) -> None:
    path = tmp_path / "note.txt"
    path.write_text("old")
    with pytest.raises(FileNotFoundError):
        write_with(path, lambda temporary: None)
    assert path.read_text() == "old"


def test_a_reader_never_sees_half_a_file(tmp_path: Path) -> None:
    path = tmp_path / "status.json"
    write_json(path, {"n": 0, "text": "x" * 20_000})
    stop = threading.Event()
    seen: list[int] = []

    def read() -> None:
        while not stop.is_set():
            seen.append(json.loads(path.read_text(encoding="utf-8"))["n"])

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for n in range(60):
            write_json(path, {"n": n, "text": "x" * 20_000})
    finally:
        stop.set()
        reader.join()
    assert seen == sorted(seen)  # had one reading failed, the thread would have ended early
    assert path.read_text().endswith("}\n")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(JSON)
def test_json_comes_back(tmp_path_factory: pytest.TempPathFactory, value: object) -> None:
    path = tmp_path_factory.getbasetemp() / "value.json"
    write_json(path, value)
    assert json.loads(path.read_text(encoding="utf-8")) == value


def test_text_is_utf8(tmp_path: Path) -> None:
    write_text(tmp_path / "card.md", "naïve — 絵\n")
    assert (tmp_path / "card.md").read_bytes() == "naïve — 絵\n".encode()


@pytest.mark.parametrize("size", [0, 1, (1 << 20) - 1, (1 << 20) + 3])
def test_sha256_of_any_size(tmp_path: Path, size: int) -> None:
    data = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    (tmp_path / "file").write_bytes(data)
    assert sha256(tmp_path / "file") == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize(
    ("platform", "variables", "expected"),
    [
        ("linux", {}, "home/.cache/pix2pix-studio"),
        ("linux", {"XDG_CACHE_HOME": "own"}, "own/pix2pix-studio"),
        ("darwin", {}, "home/Library/Caches/pix2pix-studio"),
        ("darwin", {"XDG_CACHE_HOME": "own"}, "own/pix2pix-studio"),
        ("win32", {"LOCALAPPDATA": "local"}, "local/pix2pix-studio/Cache"),
        ("linux", {"PIX2PIX_CACHE": "named", "XDG_CACHE_HOME": "own"}, "named"),
    ],
)
def test_the_cache_is_where_the_system_wants_it(
    platform: str,
    variables: dict[str, str],
    expected: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    for name in ("PIX2PIX_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "home")
    for name, value in variables.items():
        monkeypatch.setenv(name, str(tmp_path / value))
    assert cache_folder() == tmp_path / expected
    assert not list(tmp_path.iterdir())  # asking makes nothing
