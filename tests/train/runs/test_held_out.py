"""A run's own held-out pairs: from its data, wherever that lies now, and what is said when it is gone."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from support import (
    FACADE,
    assert_one_sentence,
    make_label_checkpoint,
    shape_pair,
    train_config,
    write_labels,
    write_side_by_side,
)

from pix2pix.errors import RunError
from train.runs.held_out import held_out, may_hold_out
from train.runs.jobs import rename
from train.runs.lock import DATA
from train.runs.run import RunFolder


def make_run(runs: Path, name: str, data: Path, **changes: object) -> Path:
    RunFolder(runs / name).create(train_config(data, runs / name, **changes))
    return runs / name


def test_the_pairs_of_the_val_folder_are_given_as_the_networks_see_them(tmp_path: Path, shapes: Path) -> None:
    make_run(tmp_path, "run", shapes)
    assert may_hold_out(tmp_path, "run")
    for number in (1, 2):
        given, (edges, photo) = held_out(tmp_path, "run", number), shape_pair(99 + number, 32)
        assert np.array_equal(given.input, edges) and np.array_equal(given.target, photo)
    make_run(tmp_path, "turned", shapes, direction="BtoA")
    assert np.array_equal(held_out(tmp_path, "turned", 1).target, shape_pair(100, 32)[0])


def test_labels_are_snapped_as_in_the_runs_model(tmp_path: Path) -> None:
    data = write_labels(tmp_path / "data", 2, 1)
    run = make_run(tmp_path / "runs", "run", data, input="labels")
    before = held_out(tmp_path / "runs", "run", 1)
    make_label_checkpoint(run / "checkpoint")
    after = held_out(tmp_path / "runs", "run", 1)
    colours = {tuple(pixel) for pixel in np.asarray(after.input).reshape(-1, 3).tolist()}
    assert colours <= set(FACADE.colours) and not np.array_equal(before.input, after.input)
    assert np.array_equal(before.target, after.target)


def test_an_upload_is_found_after_its_run_was_renamed(tmp_path: Path) -> None:
    write_side_by_side(tmp_path / "run" / DATA / "pairs", 8)
    make_run(tmp_path, "run", tmp_path / "run" / DATA / "pairs")
    before = held_out(tmp_path, "run", 1)
    rename(tmp_path, "run", "shoes")
    assert may_hold_out(tmp_path, "shoes") and not may_hold_out(tmp_path, "run")
    assert np.array_equal(held_out(tmp_path, "shoes", 1).input, before.input)


@pytest.mark.parametrize("number", [0, 3, None, "x"])
def test_a_pair_that_there_is_not(tmp_path: Path, shapes: Path, number: object) -> None:
    make_run(tmp_path, "run", shapes)
    with pytest.raises(RunError, match="1 to 2") as caught:
        held_out(tmp_path, "run", number)
    assert_one_sentence(caught.value)


def test_data_that_is_gone_damaged_or_has_none_held_out_is_one_sentence(tmp_path: Path) -> None:
    data, runs = tmp_path / "data", tmp_path / "runs"
    write_side_by_side(data, 1)
    make_run(runs, "alone", data)
    make_run(runs, "run", data)
    for name in ("", "no such run", "../data", "alone"):
        with pytest.raises(RunError) as caught:
            held_out(runs, name, 1)
        assert_one_sentence(caught.value)
    write_side_by_side(data / "val", 1)
    (data / "val" / "0000.png").write_text("no picture")
    for gone in (False, True):
        if gone:
            shutil.rmtree(data)
        with pytest.raises(RunError, match="gone or was changed") as caught:
            held_out(runs, "run", 1)
        assert_one_sentence(caught.value)
        assert str(tmp_path) not in str(caught.value)
    assert not may_hold_out(runs, "run")
