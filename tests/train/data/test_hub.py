"""Data sets of the Hub: a real server on this machine; image files, a zip, and parquet tables."""

from __future__ import annotations

import io
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import huggingface_hub.constants
import pytest
from hub_server import HubServer
from PIL import Image
from support import (
    assert_one_sentence,
    shape_pair,
    side_by_side,
    train_config,
    write_side_by_side,
    write_two_folders,
)

import train.data.hub
from pix2pix.errors import DataError
from train.data.pairs import find_pairs
from train.loop import fit
from train.report.check import check_data

ADDRESS = "hf://datasets/someone/shoes"


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    """A Hub with an empty data set, and empty caches."""
    server = HubServer()
    (tmp_path / "repo").mkdir()
    (tmp_path / "repo" / "README.md").write_text("# A data set\n")
    server.add("someone/shoes", tmp_path / "repo")
    # The library read the environment when it was imported.
    constants = huggingface_hub.constants
    template = constants.HUGGINGFACE_CO_URL_TEMPLATE.replace(constants.ENDPOINT, server.address)
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)
    monkeypatch.setattr(constants, "ENDPOINT", server.address)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub cache"))
    monkeypatch.setenv("PIX2PIX_CACHE", str(tmp_path / "cache"))
    with server.running():
        yield server


@pytest.fixture
def repo(hub: HubServer, tmp_path: Path) -> Path:
    """The data set's folder on the server."""
    return tmp_path / "repo"


def refused(address: str = ADDRESS) -> str:
    with pytest.raises(DataError) as caught:
        find_pairs([address])
    assert_one_sentence(caught.value)
    return str(caught.value)


def png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def write_table(path: Path, **columns: list[Any]) -> None:
    pyarrow = pytest.importorskip("pyarrow", reason="pip install pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    path.parent.mkdir(parents=True, exist_ok=True)
    parquet.write_table(pyarrow.table(columns), path)


def stored(*images: Image.Image) -> list[dict[str, Any]]:
    """As the Hub's tables hold pictures."""
    return [{"bytes": png(image), "path": None} for image in images]


def test_image_files(repo: Path, hub: HubServer) -> None:
    write_two_folders(repo / "train", 5)
    write_two_folders(repo / "test", 2, first=50)
    (repo / "model.bin").write_bytes(b"not needed")
    found = find_pairs([ADDRESS])
    assert (len(found.train), len(found.val), found.problems) == (5, 2, ())
    assert not any("model.bin" in path for path in hub.requests if "resolve" in path)
    hub.failing = 500  # from now on there is no network: what was fetched is taken
    assert find_pairs([ADDRESS]).fingerprint() == found.fingerprint()


def test_a_zip_beside_a_preview(repo: Path) -> None:
    write_side_by_side(repo / "x", 4)
    with zipfile.ZipFile(repo / "data.zip", "w") as archive:
        for path in sorted((repo / "x").iterdir()):
            archive.write(path, f"train/{path.name}")
    for path in (repo / "x").iterdir():
        path.unlink()
    Image.new("RGB", (50, 50)).save(repo / "preview.png")
    found = find_pairs([ADDRESS])
    assert len(found.train) + len(found.val) == 4 and found.problems == ()


@pytest.mark.parametrize(
    ("a", "b"),
    [("input_image", "edited_image"), ("conditioning_image", "image"), ("edges", "photo"), ("one", "two")],
)
def test_tables_of_two_columns(repo: Path, a: str, b: str) -> None:
    halves = [shape_pair(n, 32) for n in range(5)]
    inputs, targets = stored(*(h[0] for h in halves)), stored(*(h[1] for h in halves))
    columns = {b: targets, a: inputs} if a != "one" else {a: inputs, b: targets}
    write_table(repo / "data" / "train-00000-of-00002.parquet", **columns, text=["a shoe"] * 5)
    write_table(repo / "data" / "train-00001-of-00002.parquet", **columns, text=["a shoe"] * 5)
    write_table(repo / "data" / "validation-00000-of-00001.parquet", **columns, text=["a shoe"] * 5)
    Image.new("RGB", (50, 50)).save(repo / "preview.png")
    found = find_pairs([ADDRESS])
    assert (len(found.train), len(found.val), found.problems) == (10, 5, ())
    for n in (0, 4, 9):
        edges, photo = found.train[n].load()
        assert edges.tobytes() == halves[n % 5][0].tobytes()
        assert photo.tobytes() == halves[n % 5][1].tobytes()


def test_a_table_of_side_by_side_pictures_as_plain_bytes(repo: Path) -> None:
    write_table(repo / "train.parquet", image=[png(side_by_side(*shape_pair(n, 32))) for n in range(4)])
    found = find_pairs([ADDRESS])
    assert len(found.train) + len(found.val) == 4
    assert found.train[0].load()[0].size == (32, 32)


def test_a_row_without_a_picture_is_named(repo: Path) -> None:
    good = stored(*(shape_pair(n, 32)[0] for n in range(3)))
    write_table(repo / "train.parquet", a=[*good, None], b=[*good, good[0]])
    found = find_pairs([ADDRESS])
    assert len(found.train) + len(found.val) == 3
    assert len(found.problems) == 1 and "0000003" in found.problems[0] and ADDRESS in found.problems[0]


def test_tables_that_hold_no_clear_pair(repo: Path) -> None:
    three = stored(shape_pair(0, 32)[0])
    write_table(repo / "train.parquet", x=three, y=three, z=three)
    assert "x, y, z" in refused()
    write_table(repo / "train.parquet", text=["only words"])
    hub_cache = repo.parent / "hub cache"
    hub_cache.rename(repo.parent / "old")
    assert "no column" in refused()


CARD = """---
configs:
- config_name: cats
  data_files:
  - split: train
    path: data/cats-*
- config_name: dogs
  data_files: data/dogs-*.parquet
---
# A data set
"""


@pytest.mark.parametrize(
    ("names", "card"),
    [
        (("cats/train-0.parquet", "cats/test-0.parquet", "dogs/train-0.parquet"), ""),
        (("train/cats/0.parquet", "test/cats/0.parquet", "train/dogs/0.parquet"), ""),
        (("data/cats-train-0.parquet", "data/cats-test-0.parquet", "data/dogs-train-0.parquet"), CARD),
    ],
    ids=["folders", "folders in parts", "the card"],
)
def test_of_several_configurations_one_is_asked_for(
    repo: Path, hub: HubServer, names: tuple[str, ...], card: str
) -> None:
    (repo / "README.md").write_text(card or "# A data set")
    for number, name in enumerate(names):
        pictures = stored(side_by_side(*shape_pair(number, 32)))
        write_table(repo / name, image=pictures * (3 + number))
    sentence = refused()
    assert "(cats, dogs)" in sentence and f"{ADDRESS}/cats" in sentence
    assert not any("resolve" in path for path in hub.requests)  # nothing was downloaded for that
    assert "cats" in refused(f"{ADDRESS}/birds")
    cats, dogs = find_pairs([f"{ADDRESS}/cats"]), find_pairs([f"{ADDRESS}@main/dogs"])
    assert (len(cats.train), len(cats.val)) == (3, 4)
    assert len(dogs.train) + len(dogs.val) == 5
    hub.failing = 500
    assert "(cats, dogs)" in refused()
    assert find_pairs([f"{ADDRESS}/cats"]).fingerprint() == cats.fingerprint()


def test_of_several_zips_one_is_asked_for(repo: Path) -> None:
    for name in ("cats", "dogs"):
        write_side_by_side(repo.parent / name, 4)
        with zipfile.ZipFile(repo / f"{name}.zip", "w") as archive:
            for path in sorted((repo.parent / name).iterdir()):
                archive.write(path, f"{name}/{path.name}")
    assert f"(cats.zip, dogs.zip): name one of them, such as {ADDRESS}/cats.zip." in refused()
    found = find_pairs([f"{ADDRESS}/dogs.zip"])
    assert len(found.train) + len(found.val) == 4


def test_a_folder_of_pictures_can_be_named(repo: Path, hub: HubServer) -> None:
    write_two_folders(repo / "small" / "train", 5)
    write_two_folders(repo / "small" / "val", 2, first=50)
    write_two_folders(repo / "large" / "train", 9)
    found = find_pairs([f"{ADDRESS}/small"])
    assert (len(found.train), len(found.val), found.problems) == (5, 2, ())
    assert not any("large" in path for path in hub.requests)


def test_pictures_of_configurations_that_share_a_folder_are_never_mixed(repo: Path) -> None:
    configs = [f"- config_name: {name}\n  data_files: {name}_*\n" for name in ("cats", "dogs")]
    (repo / "README.md").write_text(f"---\nconfigs:\n{''.join(configs)}---\n")
    for number, name in enumerate(("cats_0.png", "dogs_0.png")):
        side_by_side(*shape_pair(number, 32)).save(repo / name)
    assert "(cats, dogs)" in refused()
    assert "one folder with other pictures" in refused(f"{ADDRESS}/cats")


def test_a_damaged_table_is_one_sentence(repo: Path) -> None:
    pytest.importorskip("pyarrow")
    (repo / "train.parquet").write_bytes(b"PAR1 no table PAR1")
    assert "damaged" in refused()
    assert not list((repo.parent / "cache").glob("*/*"))


def test_without_pyarrow_it_says_what_to_install(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (repo / "train.parquet").write_bytes(b"any")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    assert "pip install pyarrow" in refused()


def test_a_run_trains_and_resumes(repo: Path, tmp_path: Path) -> None:
    halves = [shape_pair(n, 32) for n in range(5)]
    write_table(repo / "train.parquet", a=stored(*(h[0] for h in halves)), b=stored(*(h[1] for h in halves)))
    config = train_config((ADDRESS,), tmp_path / "run", steps=3)  # type: ignore[arg-type]
    events = fit(config)
    for _ in range(2):
        next(events)
    events.close()
    assert list(fit(config, resume=True))[-1].finished


def test_the_report_reads_it_too(repo: Path) -> None:
    write_two_folders(repo, 3)
    report = check_data([ADDRESS], image_size=32)
    assert report.trainable and report.train == 2 and report.val == 1
    assert not check_data(["hf://datasets/no/body"]).trainable


@pytest.mark.parametrize(
    "address",
    ["hf://someone/shoes", "hf://datasets/", "hf://datasets/a b/c", "hf:datasets/x", "hf://datasets//b"],
)
def test_what_is_no_address_is_one_sentence(hub: HubServer, address: str) -> None:
    assert "hf://datasets/owner/name" in refused(address)


@pytest.mark.parametrize("failing", [404, 401, 500, "hang up"])
def test_a_hub_that_fails_is_one_sentence(hub: HubServer, failing: int | str) -> None:
    hub.failing = failing
    assert "could not be fetched" in refused()


def test_an_unknown_name_or_revision_is_one_sentence(hub: HubServer) -> None:
    assert "could not be fetched" in refused("hf://datasets/some/body")
    assert "could not be fetched" in refused(f"{ADDRESS}@old")


def test_a_data_set_without_pictures(hub: HubServer) -> None:
    assert "no usable pair" in refused()


def test_a_data_set_that_is_too_large(repo: Path, hub: HubServer, monkeypatch: pytest.MonkeyPatch) -> None:
    write_side_by_side(repo, 3)
    monkeypatch.setattr(train.data.hub, "MAX_DOWNLOAD", 100)
    assert "GB" in refused()
    assert not any("resolve" in path for path in hub.requests)
