"""The contract of the launched Photo tab: its public endpoint, and what a browser's events are answered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image
from support import assert_one_sentence, make_checkpoint, noise_picture, tiny_generator

from pix2pix.errors import CheckpointError
from pix2pix.images import StoredAs, open_image
from pix2pix.messages import Message
from pix2pix.translator import Translator
from pix2pix.ui import Settings, build, serve
from pix2pix.ui.photo.controls import available, described, model_of, next_seed, percent
from pix2pix.ui.photo.darkroom import Darkroom, Photo, Translation
from pix2pix.ui.photo.examples import EXAMPLES, FOLDER, offered
from pix2pix.ui.photo.tab import report, translate_file
from pix2pix.ui.server.access import acting_for
from pix2pix.ui.shared.models import Models
from pix2pix.ui.shared.notices import sent
from pix2pix.ui.shared.values import MAX_SEED
from pix2pix.ui.texts import group

UI = Path(__file__).resolve().parents[3] / "pix2pix" / "ui"


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs")
    network = tiny_generator(norm="instance", halvings=3, head="relight")
    make_checkpoint(folder / "night" / "checkpoint", network, input="photo")
    still = tiny_generator(norm="instance", halvings=3, head="relight", dropout=0.0)
    make_checkpoint(folder / "still" / "checkpoint", still, input="photo")
    return folder


@pytest.fixture(scope="module")
def settings(tiny_model: Path, runs: Path) -> Settings:
    sizes = {"upload_bytes": 100_000, "batch_bytes": 150_000, "data_bytes": 100_000}
    return Settings(model=str(tiny_model), runs=str(runs), **sizes)


@pytest.fixture(scope="module")
def url(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADIO_TEMP_DIR", str(tmp_path_factory.mktemp("gradio")))
        demo = build(settings)
        address = serve(demo, settings, server_name="127.0.0.1", quiet=True)
        yield address
        demo.close()


@pytest.fixture(scope="module")
def client(url: str, tmp_path_factory: pytest.TempPathFactory) -> Client:
    return Client(url, verbose=False, download_files=str(tmp_path_factory.mktemp("downloads")))


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    noise_picture(90, 60).save(tmp_path / "my photo.png")
    return tmp_path / "my photo.png"


# ---- the endpoint ---------------------------------------------------------------------------------


def test_a_file_goes_in_and_a_file_of_its_format_comes_out(client: Client, photo: Path, runs: Path) -> None:
    model = str(runs / "night")
    result = client.predict(handle_file(str(photo)), model, 3, 1.0, api_name="/translate")
    expected = Translator.load(model).translate(open_image(photo), seed=3)
    assert Path(result).name == "photo-night.png"
    assert open_image(result).tobytes() == expected.tobytes()
    same = client.predict(handle_file(str(photo)), model, 3, 0.0, api_name="/translate")
    assert open_image(same).tobytes() == open_image(photo).tobytes()


def test_the_first_model_for_photos_is_taken_by_default_and_edges_are_traced(
    client: Client, photo: Path, runs: Path, tiny_model: Path
) -> None:
    default = client.predict(photo=handle_file(str(photo)), api_name="/translate")
    named = client.predict(handle_file(str(photo)), "day2night", api_name="/translate")
    assert Path(default).read_bytes() == Path(named).read_bytes()
    ours = client.predict(handle_file(str(photo)), str(runs / "night"), api_name="/translate")
    assert Path(ours).read_bytes() != Path(default).read_bytes()
    traced = client.predict(handle_file(str(photo)), str(tiny_model), api_name="/translate")
    assert open_image(traced).size == (90, 60)
    assert Path(traced).read_bytes() != Path(default).read_bytes()


def test_the_endpoint_is_documented_with_types(client: Client) -> None:
    api: Any = client.view_api(return_format="dict")
    endpoint = api["named_endpoints"]["/translate"]
    assert "photo" in endpoint["description"]
    names = [parameter["parameter_name"] for parameter in endpoint["parameters"]]
    assert names == ["photo", "model", "seed", "strength"]
    types = [parameter["python_type"]["type"] for parameter in endpoint["parameters"]]
    assert types == ["filepath", "str", "int", "float"]
    assert [parameter["parameter_has_default"] for parameter in endpoint["parameters"]][1:] == [True] * 3
    assert endpoint["returns"][0]["python_type"]["type"] == "filepath"


@pytest.mark.parametrize(
    "changes",
    [
        {"model": "no such model"},
        {"model": 5},
        {"seed": -1},
        {"seed": "x"},
        {"strength": 2},
        {"strength": None},
    ],
)
def test_rubbish_gets_one_sentence(client: Client, photo: Path, changes: dict[str, Any]) -> None:
    with pytest.raises(AppError) as caught:
        client.predict(photo=handle_file(str(photo)), **changes, api_name="/translate")
    assert_one_sentence(str(caught.value))


def text_file(path: Path) -> None:
    path.write_text("no picture")


@pytest.mark.parametrize(
    "make", [text_file, Path.touch, lambda path: Image.new("1", (8100, 8000)).save(path, "PNG")]
)
def test_bad_files_get_one_sentence_that_names_no_path(client: Client, tmp_path: Path, make: Any) -> None:
    make(tmp_path / "bad.png")
    with pytest.raises(AppError) as caught:
        client.predict(photo=handle_file(str(tmp_path / "bad.png")), api_name="/translate")
    assert_one_sentence(str(caught.value))
    assert "/" not in str(caught.value)


def test_a_file_on_the_server_is_not_read(client: Client) -> None:
    for path in ("/etc/passwd", str(UI / "photo" / "tab.py")):
        with pytest.raises(AppError):
            client.predict(photo={"path": path, "meta": {"_type": "gradio.FileData"}}, api_name="/translate")


def test_many_files_may_be_uploaded_together_but_none_too_large(url: str) -> None:
    def upload(*sizes: int) -> int:
        files = [("files", (f"{i}.png", bytes(size))) for i, size in enumerate(sizes)]
        return httpx.post(f"{url}gradio_api/upload", files=files, timeout=60).status_code

    assert upload(90_000, 50_000) == 200
    assert upload(200_000) == 413
    assert upload(*[90_000] * 20) == 413  # 1.8 MB; a batch may have 0.15, and some is to spare


# ---- what the handlers say ------------------------------------------------------------------------


@pytest.fixture
def room(settings: Settings) -> Darkroom:
    return Darkroom(settings, Models(settings))


def test_models_are_offered_by_what_they_take(room: Darkroom, runs: Path, tiny_model: Path) -> None:
    photos, edges, told = available(room)
    assert photos["value"] == "day2night" and edges["value"] == str(tiny_model)
    assert told == {"lines": []}
    kept = available(room, str(runs / "night"), "edges2photo")
    assert (kept[0]["value"], kept[1]["value"]) == (str(runs / "night"), "edges2photo")
    assert model_of(room, "photo", "a", "b") == "a" and model_of(room, "trace", "a", "b") == "b"


@pytest.mark.parametrize("owner", [False, True])
def test_a_missing_model_is_explained(
    tiny_model: Path, tmp_path: Path, owner: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pix2pix.ui.shared.models.available_models", list)
    settings = Settings(model=str(tiny_model), runs=str(tmp_path))
    room = Darkroom(settings, Models(settings))
    with acting_for(owner):
        photos, _, told = available(room)
    code = "page.no_photo_model" if owner else "page.no_photo_model_for_visitors"
    assert photos["value"] is None and told["lines"] == [{"text": Message(code)}]
    with pytest.raises(CheckpointError, match="no model for photos") as caught:  # not the photo's fault
        model_of(room, "photo", None, None)
    assert_one_sentence(caught.value)


@pytest.mark.parametrize("upload", [None, 5, "x", [], {}, {"path": None}, {"path": 5}])
def test_what_is_no_upload_is_one_sentence(upload: object) -> None:
    with pytest.raises(Exception, match="no photo") as caught:
        sent(upload)
    assert_one_sentence(caught.value)


def test_names_of_uploads_lose_their_folders(tmp_path: Path) -> None:
    file = {"path": str(tmp_path / "x"), "orig_name": "C:\\me\\secret/holiday.jpg", "size": 3}
    assert (sent(file).name, sent(file).size) == ("holiday.jpg", 3)


def test_the_report_says_what_was_done_to_the_photo() -> None:
    small = noise_picture(20, 10)

    def made(**changes: Any) -> list[str]:
        stored = StoredAs(
            (20, 10), 8, False, False, changes.pop("several", False), changes.pop("bands", 0), 3
        )
        photo = Photo(small, "PNG", changes.pop("size", small.size), stored)
        values = {"lines": None, "enlarged": 1.0, **changes}
        translation = Translation(photo, small, small, model="m", seed=1, seconds=0.5, **values)
        lines = report(translation, 2048, "a.tif")
        for line in (one for one in lines if "key" in one):  # every blank of the texts is filled in
            blanks = set(re.findall(r"\{(\w+)\}", group("photo")["en"][line["key"]]))
            assert blanks == set(line) - {"key"}
        return [line.get("key") or line["text"] for line in lines]

    assert made() == ["photo_done"]
    assert made(size=(40, 20)) == ["photo_done", "photo_reduced"]
    assert made(enlarged=4.0) == ["photo_done", "photo_enlarged"]
    assert made(several=True) == ["photo_done", Message("image.several", name="a.tif")]
    assert made(bands=5) == ["photo_done", Message("image.some_bands", name="a.tif", bands=5, used=3)]
    assert made(lines=small) == ["photo_done", "photo_traced"]


def test_seeds_and_percents() -> None:
    assert (next_seed(0), next_seed(MAX_SEED), next_seed(None)) == (1, 0, 0)
    assert [percent(value) for value in (0, 50, 100, 170, -3, None)] == [0, 0.5, 1, 1, 0, 1]


# ---- texts ----------------------------------------------------------------------------------------


def test_every_text_is_used_and_none_is_missing() -> None:
    files = [path for room in ("photo", "shared") for path in (UI / room).glob("*.[ph][yt]*")]
    code = "".join(path.read_text(encoding="utf-8") for path in [*files, UI / "page.py"])
    used = set(re.findall(r'"(photo_\w+)"', code)) | {example.text for example in EXAMPLES}
    assert set(group("photo")["en"]) <= used
    assert used - set(group("photo")["en"]) <= {"photo_model", "photo_tab", "photo_batch", "photo_many"}


def test_the_template_has_nothing_that_gradio_would_evaluate() -> None:
    assert not re.search(r"\$\{|\{\{|`|\\", (UI / "shared/notice.html").read_text(encoding="utf-8"))


# ---- examples -------------------------------------------------------------------------------------


def test_examples_are_photos_with_a_licence_whose_models_are_bundled(tiny_model: Path) -> None:
    settings = Settings(model=str(tiny_model))
    room = Darkroom(settings, Models(settings))
    found = offered(room)
    assert [example.file for example in found] == [example.file for example in EXAMPLES]
    licences = (FOLDER / "LICENSES.md").read_text(encoding="utf-8")
    for example in found:
        assert f"`{example.file}`" in licences
        assert Path(example.path).stat().st_size < 500_000  # larger files of visitors' are made smaller
        order, made = translate_file(
            room, example.path, None, example.way, example.model, example.model, 0, 0.5
        )
        assert order[:2] == (example.path, example.model) and made.after.size == made.before.size


def test_without_models_there_is_no_example(
    tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pix2pix.ui.shared.models.available_models", list)
    settings = Settings(model=str(tiny_model), runs=str(tmp_path))
    assert offered(Darkroom(settings, Models(settings))) == []
    build(settings)  # the page is built all the same


@pytest.mark.parametrize(
    ("way", "model", "key", "versions"),
    [
        ("photo", "day2night", "photo_wants_day2night", True),
        ("trace", "edges2emoji", "photo_wants_edges2emoji", True),
        ("photo", "night", "photo_wants_own", True),
        ("photo", "still", "photo_wants_own", False),
    ],
)
def test_what_a_model_wants_and_whether_it_has_versions_is_said(
    room: Darkroom, runs: Path, way: str, model: str, key: str, versions: bool
) -> None:
    chosen = str(runs / model) if key == "photo_wants_own" else model
    wants, seen = described(room, way, chosen, chosen)
    assert wants == [{"key": key}] and seen is versions
    assert described(room, way, "no such model", "no such model") == ([], False)
