"""Many photos: one after the other into a zip; a bad one is named and stops nothing."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from PIL import Image
from support import assert_one_sentence, make_checkpoint, noise_picture, tiff_of_bands, tiny_generator

from pix2pix.errors import Pix2PixError
from pix2pix.images import open_image
from pix2pix.translator import Translator
from pix2pix.ui.photo.batch import Batch, Order, advance, begin
from pix2pix.ui.photo.darkroom import Darkroom
from pix2pix.ui.photo.many import progress
from pix2pix.ui.settings import Settings
from pix2pix.ui.shared.models import Models
from pix2pix.ui.shared.values import Sent

ORDER = Order(model="", seed=0, strength=1.0, detail=0.5)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Darkroom:
    network = tiny_generator(norm="instance", halvings=3, head="relight")
    model = make_checkpoint(tmp_path_factory.mktemp("models") / "night", network, input="photo")
    settings = Settings(model=str(model), runs=str(model / "none"), batch_files=4, batch_bytes=1_000_000)
    return Darkroom(settings, Models(settings))


def photos(folder: Path, *names: str) -> list[Sent]:
    sent = []
    for number, name in enumerate(names):
        path = folder / f"{number}.png"
        noise_picture(40, 30 + number, number).save(path)
        sent.append(Sent(str(path), name, path.stat().st_size))
    return sent


def run(batch: Batch, room: Darkroom) -> Batch:
    while batch.waiting:
        advance(batch, room)
    return batch


def test_what_is_not_used_of_a_file_is_told(tmp_path: Path, room: Darkroom) -> None:
    files = photos(tmp_path, "plain.png", "moving.gif", "bands.tif")
    frames = [noise_picture(40, 30, seed) for seed in range(3)]
    frames[0].save(files[1].path, "GIF", save_all=True, append_images=frames[1:])
    Path(files[2].path).write_bytes(tiff_of_bands(5))
    batch = run(begin(files, ORDER, tmp_path / "photos.zip", room.settings), room)
    assert progress(batch)["lines"][1:] == [
        {"text": "moving.gif holds more than one picture: only the first is used."},
        {"text": "bands.tif has 5 bands: only the first 3 are used, as colours."},
    ]


def test_every_photo_is_in_the_zip_under_its_own_name(tmp_path: Path, room: Darkroom) -> None:
    files = photos(tmp_path, "a.png", "A.jpg", "비 오는 날.png")
    batch = run(begin(files, ORDER, tmp_path / "photos.zip", room.settings), room)
    names = ["a-night.png", "A-night-2.png", "비_오는_날-night.png"]
    assert batch.names == names and not batch.failed
    model = Translator.load(room.settings.model)
    with zipfile.ZipFile(batch.archive) as archive:
        assert archive.namelist() == names and archive.testzip() is None
        for sent, name in zip(files, names, strict=True):
            expected = model.translate(open_image(sent.path))
            assert open_image(archive.read(name)).tobytes() == expected.tobytes()
        assert str(tmp_path) not in archive.read(names[0]).decode("latin1")


def test_a_bad_file_is_named_and_the_others_go_on(tmp_path: Path, room: Darkroom) -> None:
    files = photos(tmp_path, "good.png", "bad.png", "gone.png", "last.png")
    Path(files[1].path).write_bytes(b"no picture")
    Path(files[2].path).unlink()
    batch = begin(files, ORDER, tmp_path / "photos.zip", room.settings)
    assert batch.tried == 0
    advance(batch, room)
    advance(batch, room)
    assert batch.tried == 2
    run(batch, room)
    assert batch.names == ["good-night.png", "last-night.png"]
    assert [name for name, _ in batch.failed] == ["bad.png", "gone.png"]
    for _, reason in batch.failed:
        assert_one_sentence(reason)
        assert str(tmp_path) not in reason


def test_a_stopped_batch_keeps_what_is_done(tmp_path: Path, room: Darkroom) -> None:
    batch = begin(photos(tmp_path, "a.png", "b.png", "c.png"), ORDER, tmp_path / "z.zip", room.settings)
    advance(batch, room)
    batch.stop()
    advance(batch, room)
    assert batch.stopped and not batch.waiting and batch.names == ["a-night.png"]
    finished = run(begin(photos(tmp_path, "a.png"), ORDER, tmp_path / "y.zip", room.settings), room)
    finished.stop()
    assert not finished.stopped  # there was nothing left to stop


def test_the_strength_holds_for_all(tmp_path: Path, room: Darkroom) -> None:
    files = photos(tmp_path, "a.png")
    order = Order(model="", seed=0, strength=0.0, detail=0.5)
    batch = run(begin(files, order, tmp_path / "z.zip", room.settings), room)
    with zipfile.ZipFile(batch.archive) as archive:
        same = Image.open(io.BytesIO(archive.read(batch.names[0])))
        assert same.tobytes() == Image.open(files[0].path).tobytes()


@pytest.mark.parametrize(
    ("count", "size", "order"),
    [
        (0, 1, ORDER),
        (5, 1, ORDER),
        (10_000, 1, ORDER),
        (2, 600_000, ORDER),
        (1, 1, Order("", -1, 1.0, 0.5)),
        (1, 1, Order("", 0, 2, 0.5)),
        (1, 1, Order("", 0, 1.0, "x")),
    ],
)
def test_what_cannot_begin_is_one_sentence(
    tmp_path: Path, room: Darkroom, count: int, size: int, order: Order
) -> None:
    files = [Sent("/nowhere", "a.png", size)] * count
    with pytest.raises(Pix2PixError) as caught:
        begin(files, order, tmp_path / "z.zip", room.settings)
    assert_one_sentence(caught.value)
    assert not (tmp_path / "z.zip").exists()
