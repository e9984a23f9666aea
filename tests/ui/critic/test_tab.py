"""The Critic tab's server side: the public endpoint, its private events, and following a run that goes on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr
import httpx
import numpy as np
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image
from support import assert_one_sentence, noise_picture, shape_pair, tiff_of_bands, train_config
from visitor import Visitor, index_of, running

from pix2pix.critic import Critic
from pix2pix.heatmap import LEGEND_HEIGHT, overlay
from pix2pix.saving import encode_data_url
from pix2pix.ui import Settings, build, serve
from pix2pix.ui.critic.judging import moment_case
from pix2pix.ui.critic.moments import follow
from pix2pix.ui.texts import group
from train.config import TrainConfig
from train.loop import fit


@pytest.fixture(scope="module")
def url(tiny_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    settings = Settings(model=str(tiny_model), runs=str(tmp_path_factory.mktemp("runs")))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRADIO_TEMP_DIR", str(tmp_path_factory.mktemp("gradio")))
        demo = build(settings)
        address = serve(demo, settings, server_name="127.0.0.1", quiet=True)
        yield address
        demo.close()


@pytest.fixture(scope="module")
def client(url: str) -> Client:
    return Client(url, verbose=False)


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    for name, picture in zip(("input.png", "output.png"), shape_pair(1, 32), strict=True):
        picture.save(tmp_path / name)
    return [str(tmp_path / name) for name in ("input.png", "output.png")]


def ask(client: Client, model: object, input_: object, output: object, opacity: object = 0.6) -> Any:
    return client.predict(model, input_, output, opacity, api_name="/heatmap")


# ---- the endpoint -----------------------------------------------------------------------------------


def test_the_endpoint_gives_the_overlay_and_the_numbers(
    client: Client, tiny_model: Path, files: list[str]
) -> None:
    path, numbers = ask(client, str(tiny_model), *map(handle_file, files), 0.3)
    judgement = Critic.load(tiny_model).judge(*map(Image.open, files))
    with Image.open(path) as picture:
        assert picture.format == "PNG" and picture.size == (32, 32 + LEGEND_HEIGHT)
        shown = np.asarray(picture.convert("RGB"))[:32].astype(int)
    wanted = np.asarray(overlay(Image.open(files[1]), judgement.map(), 0.3)).astype(int)
    assert np.abs(shown - wanted).max() <= 1
    told = judgement.to_json()
    assert numbers.keys() == told.keys() and numbers["receptive_field"] == 16
    assert np.allclose(numbers["scores"], told["scores"], atol=1e-4)
    assert numbers["most_fake"][0]["box"] == list(told["most_fake"][0]["box"])
    assert ask(client, "", *map(handle_file, files))[1]["rows"] == judgement.scores.shape[0]


def test_the_endpoint_is_documented(client: Client) -> None:
    api: Any = client.view_api(return_format="dict")
    endpoint = api["named_endpoints"]["/heatmap"]
    assert "discriminator" in endpoint["description"]
    names = [parameter["parameter_name"] for parameter in endpoint["parameters"]]
    assert names == ["model", "input_file", "output_file", "opacity"]
    assert [value["component"] for value in endpoint["returns"]] == ["Image", "Json"]


def test_the_endpoint_answers_rubbish_in_a_sentence(client: Client, files: list[str], tmp_path: Path) -> None:
    (tmp_path / "text.png").write_text("no picture")
    noise_picture(40, 32).save(tmp_path / "wide.png")
    Image.new("1", (2000, 2000)).save(tmp_path / "large.png")
    good, other = map(handle_file, files)
    text, wide, large = (handle_file(tmp_path / f"{name}.png") for name in ("text", "wide", "large"))
    for values in (
        ("no such model", good, other),
        ("", text, other),
        ("", good, wide),
        ("", large, large),
        ("", None, other),
        ("", good, None),
        ("", good, other, 1.5),
        ("", good, other, None),
    ):
        with pytest.raises(AppError) as caught:
            ask(client, *values)
        assert_one_sentence(str(caught.value))
        assert ".png" not in str(caught.value)  # nothing of where Gradio keeps its files
    assert ask(client, "", good, other)


def test_a_forged_path_is_not_read(client: Client, files: list[str]) -> None:
    forged = {"path": "/etc/hostname", "meta": {"_type": "gradio.FileData"}}
    with pytest.raises(AppError):
        ask(client, "", forged, handle_file(files[1]))


# ---- the page's own events --------------------------------------------------------------------------


def event(url: str, session: str, fn_index: int, data: list[object], event_data: object) -> dict[str, Any]:
    """What the page itself sends, by hand, and its outputs."""
    body = {"data": data, "fn_index": fn_index, "session_hash": session, "event_data": event_data}
    assert httpx.post(f"{url}gradio_api/queue/join", json=body, timeout=30).status_code == 200
    with httpx.stream("GET", f"{url}gradio_api/queue/data?session_hash={session}", timeout=60) as stream:
        for line in stream.iter_lines():
            if "process_completed" in line:
                answer: dict[str, Any] = json.loads(line.removeprefix("data:"))
                assert answer["success"], answer
                return answer["output"]
    raise AssertionError("no answer")


def test_a_drawing_is_judged_and_a_click_answered_from_the_visitors_own_case(
    url: str, tiny_model: Path
) -> None:
    start, select = index_of(url, "critic-start.input"), index_of(url, "critic.select")
    drawing = encode_data_url(shape_pair(2, 32)[0])
    told = event(url, "one", start, [str(tiny_model), 0, None], {"drawing": drawing})["data"][0]["case"]
    assert told["field"] == 16 and told["made"]["picture"].startswith("data:image/png")
    click = {"number": told["number"], "x": 3, "y": 30, "asked": 1}
    cell = event(url, "one", select, [None], click)["data"][0]
    left, top, right, bottom = cell["made"]["box"]
    assert left <= 3 < right and top <= 30 <= bottom
    other = event(url, "two", select, [None], click)["data"][0]  # another visitor's page
    assert not other


def test_what_is_not_used_of_an_uploaded_file_is_told(tiny_model: Path, tmp_path: Path) -> None:
    frames = [shape_pair(seed, 32)[0] for seed in range(3)]
    frames[0].save(tmp_path / "moving.gif", save_all=True, append_images=frames[1:])
    (tmp_path / "bands.tif").write_bytes(tiff_of_bands(5))
    with running(Settings(model=str(tiny_model), runs=str(tmp_path / "runs")), tmp_path) as app:
        visitor = Visitor(app)
        on_upload = next(fn for fn in app.demo.fns.values() if fn.name == "on_upload")
        for block, name in zip(on_upload.inputs[-2:], ("moving.gif", "bands.tif"), strict=True):
            (visitor.values[block._id],) = visitor.upload(tmp_path / name)
        visitor.values[on_upload.inputs[0]._id] = str(tiny_model)
        assert visitor.send(on_upload).told[:2] == [
            "moving.gif holds more than one picture: only the first is used.",
            "bands.tif has 5 bands: only the first 3 are used, as colours.",
        ]


@pytest.mark.parametrize("payload", [None, 5, [], {"drawing": 5}, {"drawing": "data:image/png;base64,AA"}])
def test_the_events_answer_rubbish(url: str, tiny_model: Path, payload: object) -> None:
    start, select = index_of(url, "critic-start.input"), index_of(url, "critic.select")
    told = event(url, "three", start, [str(tiny_model), 0, None], payload)["data"][0]
    assert "error" in told or "offer" in told
    event(url, "three", select, [None], payload)


# ---- a visitor, and a run that goes on ------------------------------------------------------------


def test_visitors_are_shown_no_runs(tmp_path: Path) -> None:
    demo = build(Settings(runs=str(tmp_path)))
    (runs,) = (one for one in demo.blocks.values() if getattr(one, "elem_id", None) == "critic-runs")
    assert runs.elem_classes == ["p2p-owners"]  # and what it asks is refused, see test_access.py


@pytest.fixture
def config(shapes: Path, tmp_path: Path) -> TrainConfig:
    return train_config(shapes, tmp_path / "run", steps=4, sample_every=1e-6)


def test_who_looks_at_the_newest_moment_follows_the_run(config: TrainConfig, tmp_path: Path) -> None:
    asked = {"count": 0}

    def stop() -> bool:
        asked["count"] += 1
        return asked["count"] > 2

    list(fit(config, stop=stop))
    newest, first = moment_case(tmp_path, "run", 99, 1), moment_case(tmp_path, "run", 0, 1)
    assert len(newest.moments) == 2
    nothing = follow(tmp_path, "run", 1, newest)
    assert all("value" not in part and "case" not in part for part in nothing)
    list(fit(config, resume=True))
    answer, case, slider, _ = follow(tmp_path, "run", 1, newest)
    assert case.step == 4 and answer["case"]["step"] == 4 and case.subject == newest.subject
    assert slider["value"] == slider["maximum"] == len(case.moments) > 2
    answer, case, slider, _ = follow(tmp_path, "run", 1, first)  # who looks at an old one stays there
    assert "case" not in answer and case.step == first.step and len(case.moments) > 2
    assert "value" not in slider and slider["maximum"] == len(case.moments)


def test_nobody_is_followed_after_the_run_was_left_or_deleted(config: TrainConfig, tmp_path: Path) -> None:
    list(fit(config))
    newest = moment_case(tmp_path, "run", 99, 0)
    for left in (follow(tmp_path, "run", 0, None), follow(tmp_path / "elsewhere", "run", 0, newest)):
        assert isinstance(left[3], gr.Timer) and left[3].active is False


def test_every_text_that_scripts_use_exists() -> None:
    folder = Path(__file__).resolve().parents[3] / "pix2pix" / "ui"
    pages = "".join(
        (folder / name).read_text(encoding="utf-8") for name in ("critic/map.html", "critic/start.html")
    )
    scripts = "".join(
        (folder / name).read_text(encoding="utf-8") for name in ("critic/map.js", "critic/start.js")
    )
    tab = "".join(
        (folder / name).read_text(encoding="utf-8") for name in ("critic/tab.py", "critic/moments.py")
    )
    unused = [
        key
        for key in group("critic")["en"]
        if key not in pages + scripts + tab and not key.startswith("critic_scale_")
    ]
    assert not unused
    assert group("critic")["en"].keys() == group("critic")["ko"].keys()
