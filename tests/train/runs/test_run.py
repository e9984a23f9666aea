"""A run's folder: made once, written whole, and honest about damage."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest
import torch
from support import assert_one_sentence, assert_same_tensors, tiny_generator, train_config

from pix2pix.errors import ConfigError, RunError
from pix2pix.files import replacing
from train.config import TrainConfig
from train.runs.run import (
    STATE,
    RunFolder,
    pack_modules,
    pack_optimizer,
    unpack_modules,
    unpack_optimizer,
)


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    """A new run."""
    folder = RunFolder(tmp_path / "run")
    folder.create(train_config(tmp_path, folder.path))
    return folder


def test_a_new_run_remembers_its_recipe(run: RunFolder, tmp_path: Path) -> None:
    assert run.load_config() == train_config(tmp_path, run.path)
    assert not run.has_state()
    assert {p.name for p in run.path.iterdir()} == {"config.json"}
    assert run.checkpoint == run.path / "checkpoint" and run.samples == run.path / "samples"


def test_parents_are_made(tmp_path: Path) -> None:
    RunFolder(tmp_path / "a" / "b").create(train_config(tmp_path, tmp_path))
    assert (tmp_path / "a" / "b" / "config.json").is_file()


def refused_create(path: Path) -> str:
    before = sorted(path.rglob("*")) if path.is_dir() else []
    with pytest.raises(RunError) as caught:
        RunFolder(path).create(train_config(path, path))
    assert_one_sentence(caught.value)
    assert (sorted(path.rglob("*")) if path.is_dir() else []) == before
    return str(caught.value)


def test_a_run_is_never_overwritten(run: RunFolder) -> None:
    assert "--resume" in refused_create(run.path)


def test_a_folder_with_anything_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_text("mine")
    assert "--resume" not in refused_create(tmp_path)


def test_a_file_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("mine")
    refused_create(tmp_path / "run")
    refused_create(tmp_path / "run" / "below")
    assert (tmp_path / "run").read_text() == "mine"


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "3", "\x00"])
def test_a_damaged_recipe(run: RunFolder, text: str) -> None:
    (run.path / "config.json").write_text(text)
    with pytest.raises((RunError, ConfigError)) as caught:
        run.load_config()
    assert_one_sentence(caught.value)


def test_no_run_to_resume(tmp_path: Path) -> None:
    with pytest.raises(RunError) as caught:
        RunFolder(tmp_path / "nowhere").load_config()
    assert_one_sentence(caught.value)


def test_a_home_folder_is_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert RunFolder("~/run").path == tmp_path / "run"


@pytest.mark.parametrize("name", ["n" * 300, "n" * 300 + "/run", "file/run"])
def test_a_place_that_cannot_be_is_not_blamed_on_space(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    folder = RunFolder(tmp_path / name)
    with pytest.raises(RunError, match=r"choose another --out\.$") as caught:
        folder.create(train_config(tmp_path, folder.path))
    assert_one_sentence(caught.value)
    with pytest.raises(RunError) as caught:
        folder.load_config()
    assert_one_sentence(caught.value)


def test_a_run_that_may_not_be_read_is_not_called_damaged(
    run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(*args: object, **options: object) -> str:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "read_text", closed)
    with pytest.raises(RunError, match="cannot be read") as caught:
        run.load_config()
    assert_one_sentence(caught.value)


def test_metrics_are_appended_a_line_each(run: RunFolder) -> None:
    for step in range(3):
        run.log({"step": step, "losses": {"l1": 0.5}})
    lines = (run.path / "metrics.jsonl").read_text().splitlines()
    assert [json.loads(line)["step"] for line in lines] == [0, 1, 2]


def test_a_resumed_run_forgets_the_lines_that_it_will_write_again(run: RunFolder) -> None:
    run.forget_after(3)  # there is no log yet
    for step in (10, 20, 30):
        run.log({"step": step})
    run.forget_after(30)
    assert len(run.metrics.read_text().splitlines()) == 3
    with open(run.metrics, "a") as file:
        file.write('{"step": 4')  # killed in the middle of a line
    run.forget_after(20)
    assert [json.loads(line)["step"] for line in run.metrics.read_text().splitlines()] == [10, 20]


def test_a_recipe_of_another_version(run: RunFolder) -> None:
    path = run.path / "config.json"
    values = json.loads(path.read_text())
    path.write_text(json.dumps({**values, "wavelets": True}))
    with pytest.raises(RunError) as caught:
        run.load_config()
    assert_one_sentence(caught.value)
    assert "wavelets" in str(caught.value) and "version" in str(caught.value)
    path.write_text(json.dumps({**values, "width": "wide"}))
    with pytest.raises(RunError) as caught:
        run.load_config()
    assert_one_sentence(caught.value)
    del values["redraw"]  # an option that an older version did not have
    path.write_text(json.dumps(values))
    assert run.load_config().redraw == TrainConfig().redraw


def test_status_tells_state_and_process(run: RunFolder) -> None:
    run.set_status("running", step=3)
    run.set_status("stopped", step=4)
    status = json.loads((run.path / "status.json").read_text())
    assert (status["state"], status["step"], status["pid"]) == ("stopped", 4, os.getpid())


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_state_round_trip_to_the_last_bit(run: RunFolder, layout: torch.memory_format) -> None:
    network = tiny_generator().to(memory_format=layout)
    optimizer = torch.optim.Adam(network.parameters(), 0.01, fused=True)
    for _ in range(3):
        network(torch.rand(1, 3, 32, 32), statistics="image").mean().backward()
        optimizer.step()
    tensors = {**pack_modules(g=network), **pack_optimizer("adam", optimizer), "rng": torch.get_rng_state()}
    run.save_state(tensors, {"step": 3, "seconds": 1.25})
    assert run.has_state()
    loaded, values = run.load_state()
    assert values == {"step": 3, "seconds": 1.25}
    assert_same_tensors(loaded, tensors)

    other = tiny_generator(seed=5).to(memory_format=layout)
    fresh = torch.optim.Adam(other.parameters(), 0.01, fused=True)
    unpack_modules(loaded, g=other)
    unpack_optimizer(loaded, "adam", fresh)
    assert_same_tensors(other.state_dict(), network.state_dict())
    x = torch.rand(1, 3, 32, 32)
    for module, adam in ((network, optimizer), (other, fresh)):
        adam.zero_grad()
        module(x, statistics="image").mean().backward()
        adam.step()
    assert_same_tensors(other.state_dict(), network.state_dict())  # the next step is the same too


@pytest.mark.parametrize("kept", [0, 4, 100, -1])
def test_a_damaged_state(run: RunFolder, kept: int) -> None:
    run.save_state({"x": torch.arange(50.0)}, {"step": 1})
    data = (run.path / STATE).read_bytes()
    (run.path / STATE).write_bytes(data[:kept])
    with pytest.raises(RunError) as caught:
        run.load_state()
    assert_one_sentence(caught.value)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no device that is always full")
def test_a_full_disk_while_logging(run: RunFolder) -> None:
    (run.path / "metrics.jsonl").symlink_to("/dev/full")
    with pytest.raises(RunError) as caught:
        run.log({"step": 1})
    assert_one_sentence(caught.value)


def test_what_a_killed_process_left_behind_is_swept_up(tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "run")
    kept, left = [], []
    for folder in (run.path, run.path / "state", run.checkpoint, run.samples):
        folder.mkdir(parents=True, exist_ok=True)
        kept.append(folder / "kept.json")
        kept[-1].write_text("{}")
        with replacing(folder / "kept.json") as temporary:
            temporary.write_text("{}")
            left.append(folder / temporary.name)
        left[-1].write_text("half")
    run.sweep()
    assert all(path.read_text() == "{}" for path in kept)
    assert not any(path.exists() for path in left)


def test_what_a_killed_writer_left_is_swept_away(tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "run")
    names = (".unfinished-config-12345678.json", "checkpoint/.tmpBUOiWt", "state/.tmpaB3dEf")
    kept = ("metrics.jsonl", "checkpoint/README.md")
    for name in (*names, *kept):
        (run.path / name).parent.mkdir(parents=True, exist_ok=True)
        (run.path / name).touch()
    run.sweep()
    assert not [name for name in names if (run.path / name).exists()]
    assert all((run.path / name).exists() for name in kept)
