"""What recipes are tried on."""

from __future__ import annotations

from pathlib import Path

import pytest
from support import label_pair, noise_picture, side_by_side, write_side_by_side


@pytest.fixture(autouse=True, scope="module")
def _no_judge(no_judge: None) -> None: ...


@pytest.fixture(scope="module")
def model_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the bundled models are trained on, in small: a folder for each data set."""
    folder = tmp_path_factory.mktemp("data")
    for name in ("edges2shoes", "edges2handbags", "edges2sneakers", "edges2bags", "emoji3d"):
        write_side_by_side(folder / name, 3, 64)
    for name in ("facades", "facades_full"):
        for part, numbers in (("train", range(3)), ("val", range(1000, 1002))):
            (folder / name / part).mkdir(parents=True)
            for number in numbers:  # photos on the left
                labels, photo = label_pair(number, 64)
                side_by_side(photo, labels).save(folder / name / part / f"{number}.png")
    for name in ("daynight", "daynight_vegas"):
        (folder / name / "train").mkdir(parents=True)
        for number, camera in enumerate(("c01", "c02", "c03", "c04", "c09", "c13")):
            noise_picture(128, 64, number).save(folder / name / "train" / f"{camera}_{number}.png")
    return folder
