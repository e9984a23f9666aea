"""What the page shows of runs: from real files of a run, growing and damaged."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import orjson
import pytest
from support import make_checkpoint, noise_picture, tiny_generator

from pix2pix.messages import Message, encoded
from pix2pix.ui.settings import Settings
from pix2pix.ui.shared.models import Models
from pix2pix.ui.train import runs as module
from pix2pix.ui.train.run import charts_of, view
from pix2pix.ui.train.runs import Runs
from train.runs import jobs
from train.runs.jobs import look


def made_run(folder: Path, name: str, state: str = "stopped", **status: Any) -> Path:
    path = folder / name
    make_checkpoint(path / "checkpoint", tiny_generator(width=2))
    (path / "config.json").write_text("{}")
    values = {"state": state, "step": 5, "diagnoses": [], **status}
    (path / "status.json").write_text(json.dumps(values))
    return path


def log(path: Path, *lines: dict[str, Any]) -> None:
    with open(path / "metrics.jsonl", "a") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)


def step(n: int, **losses: float) -> dict[str, Any]:
    return {"step": n, "seconds": 60.0 * n, "progress": 0.5, "seconds_left": 9.0, "losses": losses}


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    return Runs(Models(Settings(runs=str(tmp_path / "runs"))))


def test_a_folder_without_runs(runs: Runs) -> None:
    assert runs.jobs() == [] and runs.pick([], "x") is None
    assert view(runs, "", {})[3] == {}


def test_a_run_whose_name_is_not_utf8(runs: Runs) -> None:
    path = made_run(runs.folder, os.fsdecode(b"run \xb1"), "failed", message="The file \udcb1 is damaged.")
    (job,) = runs.jobs()
    shown = view(runs, job.name, {})
    orjson.dumps(shown[0]), orjson.dumps(shown[3]), orjson.dumps(runs.describe(job))  # as the page gets it
    assert job.name == r"run \udcb1" and runs.describe(job)["input"] == "edges"
    (chosen,) = [model for label, model in runs.models.choices("edges") if label == job.name]
    assert runs.models.config(chosen).input == "edges" and orjson.dumps(chosen)
    assert look(runs.folder, job.name).path == path
    jobs.delete(runs.folder, job.name)
    assert not path.exists()


def test_a_run_for_the_page(runs: Runs) -> None:
    path = made_run(
        runs.folder,
        "mine",
        "failed",
        message=encoded(
            Message("run.cannot_write", folder="f", reason="full", remedy=Message("remedy.space"))
        ),
        diagnoses=[
            encoded({"message": Message("diagnosis.not_moving", step=9)}),
            {"message": "old"},
            {"kind": 3},
        ],
        metrics={"model": {"l1": 0.25, "fid": 3, "ssim": "x"}},
    )
    log(path, step(10, d=0.5))
    (job,) = runs.jobs()
    shown = runs.describe(job)
    assert shown["message"] == "The run folder f cannot be written (full): free some space and press Resume."
    assert shown["diagnoses"][0].endswith("after 9 steps they are where they started; raise learning_rate.")
    assert shown["diagnoses"][1:] == ["old"]
    assert shown["metrics"] == {"l1": 0.25}
    assert (shown["state"], shown["resumable"], shown["active"]) == ("failed", True, False)
    assert (shown["input"], shown["left"]) == ("edges", None)
    before = shown["model"]
    os.utime(path / "checkpoint" / "config.json", ns=(5, 5))
    assert runs.describe(job)["model"] != before
    json.dumps(shown)


def test_curves_grow_and_start_over(runs: Runs) -> None:
    path = made_run(runs.folder, "mine")
    (job,) = runs.jobs()
    assert runs.curves(job).points == {}
    log(path, step(1, d=0.5, l1=0.2), {"step": 1, "seconds": 61, "sharpness": 0.4})
    log(path, {"step": 1, "seconds": 61, "diagnosis": {"kind": "flat"}}, {"step": 2, "losses": {"d": None}})
    log(path, step(2, d=float("nan")), step(2, l1=float("inf")))
    curves = runs.curves(job)
    assert curves.points == {"d": [(1.0, 0.5)], "l1": [(1.0, 0.2)], "sharpness": [(61 / 60, 0.4)]}
    assert curves.lines("d", "l2") == [{"name": "d", "points": [(1.0, 0.5)]}, {"name": "l2", "points": []}]
    (path / "metrics.jsonl").unlink()
    log(path, step(3, d=0.1))
    assert runs.curves(job).points == {"d": [(3.0, 0.1)]}


def test_long_curves_are_thinned(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_POINTS", 20)
    path = made_run(runs.folder, "mine")
    log(path, *(step(n, d=float(n)) for n in range(1000)))
    (job,) = runs.jobs()
    points = runs.curves(job).points["d"]
    assert len(points) <= 20 and points[0][1] == 0.0 and points[-1][1] == 999.0
    assert points == sorted(points)


def test_a_curve_that_a_recipe_asks_for_has_a_chart_of_its_own(runs: Runs) -> None:
    path = made_run(runs.folder, "mine")
    (job,) = runs.jobs()
    log(path, step(1, d=0.5, l1=0.2))
    assert [chart["key"] for chart in charts_of(runs.curves(job))] == [
        "losses",
        "reconstruction",
        "sharpness",
    ]
    log(path, step(2, d=0.4, l1=0.1, features=6.5))
    last = charts_of(runs.curves(job))[-1]
    assert last == {"key": "features", "lines": [{"name": "features", "points": [(2.0, 6.5)]}]}


def points(values: list[Any], key: str) -> list[int]:
    """How many points each line of a chart has, in the values for the page."""
    (chart,) = (one for one in values[9]["charts"] if one["key"] == key)
    return [len(line["points"]) for line in chart["lines"]]


def test_what_did_not_change_is_not_sent_again(runs: Runs) -> None:
    path = made_run(runs.folder, "mine")
    log(path, step(1, d=0.5))
    (path / "samples").mkdir()
    noise_picture(8, 8).save(path / "samples" / "0000001.jpg")
    first = view(runs, "", {})
    assert first[0] == "mine" and first[8]["visible"] is True and points(first, "losses") == [1, 0]
    assert first[2].active is False  # an idle page asks nothing
    second = view(runs, "mine", first[1])
    skipped = [value for value in second[8:] if isinstance(value, dict) and value == {"__type__": "update"}]
    assert len(skipped) == 2
    log(path, step(2, d=0.4))
    assert points(view(runs, "mine", first[1]), "losses") == [2, 0]


def test_a_deleted_run_gives_way_to_another(runs: Runs) -> None:
    made_run(runs.folder, "mine")
    assert view(runs, "deleted", {"name": "deleted", "points": 7})[0] == "mine"
