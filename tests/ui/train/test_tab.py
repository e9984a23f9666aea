"""The Train tab without a browser: what is built for whom, and what is found in data."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import gradio as gr
import numpy as np
import orjson
import pytest
from support import (
    assert_one_sentence,
    make_checkpoint,
    noise_picture,
    shape_pair,
    side_by_side,
    tiny_generator,
    train_config,
    write_two_folders,
)

from pix2pix.errors import DataError, Pix2PixError
from pix2pix.images import decode_data_url
from pix2pix.translator import Translator
from pix2pix.ui import Settings, build
from pix2pix.ui.page import launch_options
from pix2pix.ui.server.access import acting_for
from pix2pix.ui.server.limits import BodyLimit
from pix2pix.ui.shared.models import Models
from pix2pix.ui.texts import group
from pix2pix.ui.train.compare import offered, rivals
from pix2pix.ui.train.compare import side_by_side as compared
from pix2pix.ui.train.form import EXAMPLE, Desk
from pix2pix.ui.train.report import named_data, reports
from pix2pix.ui.train.runs import Runs
from pix2pix.ui.train.uploads import Data
from train.runs.jobs import State
from train.runs.run import RunFolder


def blocks(demo: gr.Blocks, kind: type) -> list[Any]:
    return [block for block in demo.blocks.values() if isinstance(block, kind)]


def test_a_space_offers_visitors_a_copy(tiny_model: Path, tmp_path: Path) -> None:
    space = build(Settings(model=str(tiny_model), space="us/studio", runs=str(tmp_path)))
    assert len(blocks(space, gr.DuplicateButton)) == 1
    assert not blocks(build(Settings(model=str(tiny_model), runs=str(tmp_path))), gr.DuplicateButton)


def test_a_timer_of_an_idle_page_rests(tiny_model: Path, tmp_path: Path) -> None:
    demo = build(Settings(model=str(tiny_model), runs=str(tmp_path)))
    assert not any(timer.active for timer in blocks(demo, gr.Timer))


def test_no_event_of_the_tab_is_public(tiny_model: Path, tmp_path: Path) -> None:
    demo = build(Settings(model=str(tiny_model), runs=str(tmp_path)))
    public = [fn.api_name for fn in demo.fns.values() if fn.api_visibility == "public"]
    assert sorted(public) == ["heatmap", "sketch", "translate"]  # the other tabs'


def test_where_a_login_lacks_something_the_page_comes_without_it(
    tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = Settings(model=str(tiny_model), space="me/copy", runs=str(tmp_path))
    monkeypatch.setenv("OAUTH_CLIENT_ID", "x")  # with all that it needs: test_login.py
    assert not blocks(build(copy), gr.LoginButton)


def test_paths_of_a_space_are_nobodys_business(tmp_path: Path) -> None:
    assert named_data(" hf://datasets/a/b ", "me/copy") == Data(("hf://datasets/a/b",))
    with pytest.raises(DataError) as caught:
        named_data(str(tmp_path), "me/copy")
    assert_one_sentence(caught.value)
    assert named_data(str(tmp_path)) == Data((str(tmp_path),))
    assert named_data("  ") is None


def test_files_may_be_larger_than_other_requests() -> None:
    assert launch_options(Settings(data_bytes=10**9))["max_file_size"] == 10**9
    answers = []
    for path in ("/gradio_api/upload", "/gradio_api/queue/join"):
        for length in (b"500", b"5000"):
            answers.append(_answered(BodyLimit(_accept, 100, lambda scope: 1000), path, length))
    assert answers == [200, 413, 413, 413]


async def _accept(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})


def _answered(app: BodyLimit, path: str, length: bytes) -> int:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b""}

    scope = {"type": "http", "path": path, "method": "POST", "headers": [(b"content-length", length)]}
    # In a thread of its own: a browser test before this one may have left a loop running in this one.
    thread = threading.Thread(target=lambda: asyncio.run(app(scope, receive, send)))
    thread.start()
    thread.join()
    return int(sent[0]["status"])


# ---- what to start from ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        ({"input": "edges", "train": 12}, ("edges2photo", 3)),
        ({"input": "labels", "train": 100}, ("labels2facade", 10)),
        ({"input": "labels", "train": 400}, ("labels2facade", 30)),
        ({"input": "photo", "train": 12}, ("", 30)),  # each model of photos does one thing to them
        ({"input": "edges", "train": 12, "trainable": False}, ("", 30)),
    ],
)
def test_the_form_chooses_the_model_that_knows_the_input(
    tmp_path: Path, report: dict[str, Any], expected: tuple[str, float]
) -> None:
    settings = Settings(runs=str(tmp_path))
    models = Models(settings)
    desk = Desk(models, Runs(models))
    assert desk._starting_point({"trainable": True, **report}) == expected


# ---- the report ------------------------------------------------------------------------------------


def last(reported: Iterator[int | dict[str, Any]]) -> dict[str, Any]:
    *_, report = reported
    assert isinstance(report, dict)
    return report


def test_the_report_of_names_that_are_not_utf8_can_be_sent(tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"x\xb1")
    write_two_folders(folder, 4)
    (folder / "A" / "0000.png").rename(folder / "A" / os.fsdecode(b"0000\xb1.png"))
    report = last(reports(Data((str(folder),)), "AtoB", niceness=1))
    assert b"0000\\\\udcb1.png" in orjson.dumps(report)


def test_photos_on_the_left_turn_the_direction(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    for n in range(6):
        photo = noise_picture(8, 8, seed=n).resize((64, 64))
        side_by_side(photo, shape_pair(n, 64)[0]).save(tmp_path / "x" / f"{n}.png")
    report = last(reports(Data((str(tmp_path / "x"),)), "AtoB", niceness=1))
    assert (report["direction"], report["input"], report["single"]) == ("BtoA", "edges", False)
    assert report["trainable"] and "direction" not in {one["kind"] for one in report["findings"]}
    assert decode_data_url(report["sheet"], formats=("JPEG",)).size == (6 * 128, 2 * 128)


def test_photos_alone_get_edges_made(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    for n in range(4):
        noise_picture(6, 6, seed=n).resize((150, 100)).save(tmp_path / "x" / f"{n}.png")
    report = last(reports(Data((str(tmp_path / "x"),)), "AtoB", niceness=1))
    assert (report["single"], report["input"], report["trainable"]) == (True, "edges", True)


def test_a_report_does_not_grow_without_end_and_hides_our_paths(tmp_path: Path) -> None:
    upload = tmp_path / "upload"
    (upload / "shoes").mkdir(parents=True)
    for n in range(40):
        (upload / "shoes" / f"{n}.jpg").touch()
    report = last(reports(Data((str(upload / "shoes"),), upload), "AtoB", niceness=1))
    (finding,) = report["findings"]
    assert not report["trainable"] and finding["count"] == 40 and len(finding["files"]) == 30
    assert str(tmp_path) not in str(report)


def test_every_state_has_its_words() -> None:
    for state in get_args(State):
        assert all(f"train_state_{state}" in said for said in group("train").values())


# ---- comparing -------------------------------------------------------------------------------------


def test_two_models_on_one_input(tmp_path: Path) -> None:
    for seed, name in enumerate(("one", "two")):
        metrics = {"model": {"l1": 0.1 + seed, "other": 1}}
        make_checkpoint(tmp_path / name / "checkpoint", tiny_generator(seed), metrics=metrics)
    models = Models(Settings(model=str(tmp_path / "one"), runs=str(tmp_path)))
    shown = compared(models, str(tmp_path / "one"), str(tmp_path / "two"), noise_picture(700, 350))
    assert [side["name"] for side in shown["sides"]] == ["one", "two"]
    assert [side["metrics"] for side in shown["sides"]] == [{"l1": 0.1}, {"l1": 1.1}]
    assert shown["sides"][0]["picture"] != shown["sides"][1]["picture"]
    assert decode_data_url(shown["input"], formats=("JPEG",)).size == (512, 256)
    with pytest.raises(Pix2PixError) as caught:
        compared(models, str(tmp_path / "one"), str(tmp_path / "gone"), noise_picture(32, 32))
    assert_one_sentence(caught.value)


def test_with_a_target_the_numbers_are_against_it(tmp_path: Path) -> None:
    for seed, name in enumerate(("one", "two")):
        metrics = {"model": {"l1": 9.0, "ssim": 9.0}}  # of its training: not these
        make_checkpoint(tmp_path / name / "checkpoint", tiny_generator(seed), metrics=metrics)
    models = Models(Settings(model=str(tmp_path / "one"), runs=str(tmp_path)))
    edges, photo = shape_pair(3, 32)
    shown = compared(models, str(tmp_path / "one"), str(tmp_path / "two"), edges, photo)
    assert decode_data_url(shown["target"], formats=("JPEG",)).size == (32, 32)
    for side in shown["sides"]:
        answer = Translator.load(tmp_path / side["name"]).translate(edges, seed=0)
        difference = np.abs(np.asarray(answer, float) - np.asarray(photo, float)).mean() / 127.5
        assert side["metrics"]["l1"] == pytest.approx(difference, rel=1e-4)
        assert side["metrics"]["ssim"] <= 1 and {"spectrum", "sharpness"} <= side["metrics"].keys()
    true = compared(models, str(tmp_path / "one"), str(tmp_path / "one"), edges, answer)
    assert "target" in true and "target" not in compared(models, str(tmp_path / "one"), "", edges)


def test_a_run_is_compared_with_another_model_of_its_kind(tmp_path: Path) -> None:
    for name, kind in (("one", "photo"), ("two", "edges"), ("three", "photo")):
        make_checkpoint(tmp_path / name / "checkpoint", tiny_generator(), input=kind)
    models = Models(Settings(model=str(tmp_path / "two"), runs=str(tmp_path)))
    one, two, three = (str(tmp_path / name) for name in ("one", "two", "three"))
    assert rivals(models, one) in ([one, three], [one, "day2night"])
    assert rivals(models, two) == [two, "edges2photo"]
    (tmp_path / "three" / "checkpoint" / "config.json").write_text("{")
    assert rivals(models, three) == [three, three]


def test_the_held_out_pair_is_offered_where_the_data_is(tmp_path: Path, shapes: Path) -> None:
    runs = Runs(Models(Settings(runs=str(tmp_path / "runs"))))
    assert offered(runs, "")[0] == "own"
    for name, data in (("mine", shapes), ("theirs", tmp_path / "gone")):
        out = tmp_path / "runs" / name
        RunFolder(out).create(train_config(data, out))
    kind, number, picture = offered(runs, "mine")
    assert (kind, number["visible"], picture["visible"]) == ("pair", True, False)
    kind, number, picture = offered(runs, "theirs")
    assert (kind, number["visible"], picture["visible"]) == ("own", False, True)


def test_the_example_can_be_trained_on_from_the_model_that_knows_it(tmp_path: Path) -> None:
    settings = Settings(runs=str(tmp_path))
    models = Models(settings)
    with acting_for(owner=True):
        *_, shown = Desk(models, Runs(models)).take_example(None)
    report = shown[1]
    assert report["trainable"] and (report["train"], report["val"], report["input"]) == (22, 2, "edges")
    assert shown[-2:] == ["edges2emoji", 3.0] and (report["start"], report["minutes"]) == ("edges2emoji", 3.0)
    assert "MIT License" in (EXAMPLE / "LICENSE.txt").read_text(encoding="utf-8")
