"""Pictures that are not square are squeezed in translating as in training, and bordered in neither."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from support import noise_picture, shape_pair, train_config

from pix2pix.checkpoint import OWN_ASPECT, load_config
from pix2pix.critic import Critic
from pix2pix.images import squeezed
from pix2pix.palette import fit_input
from pix2pix.translator import Translator
from train.data.pairs import aspect_of, find_pairs, to_float, validation_batch
from train.loop import fit


def write(folder: Path, *sizes: tuple[int, int]) -> Path:
    """A pair of each size in folders A and B."""
    for number, size in enumerate(sizes):
        for side, image in zip("AB", shape_pair(number, 64), strict=True):
            (folder / side).mkdir(parents=True, exist_ok=True)
            image.resize(size).save(folder / side / f"{number}.png")
    return folder


@pytest.mark.parametrize(
    ("sizes", "changes", "aspect"),
    [
        ([(64, 32)] * 5, {}, 2.0),
        ([(30, 60), (31, 60), (30, 61)], {}, 0.5),
        ([(64, 64), (65, 64)], {}, 1.0),
        ([(64, 32), (32, 64), (64, 64), (48, 64)], {}, OWN_ASPECT),
        ([(64, 32)] * 3, {"input": "lowres"}, 1.0),
    ],
)
def test_the_aspect_of_the_training_pictures(
    tmp_path: Path, sizes: list[tuple[int, int]], changes: dict[str, Any], aspect: float
) -> None:
    config = train_config(write(tmp_path, *sizes), tmp_path / "run", **changes)
    assert aspect_of(find_pairs(config.data).train, config) == pytest.approx(aspect, rel=0.02)


@pytest.mark.parametrize("sizes", [[(128, 64)] * 4, [(128, 64), (64, 128), (64, 64), (128, 64)]])
@pytest.mark.parametrize("kind", ["edges", "photo"])
def test_a_model_is_served_what_it_was_trained_and_measured_on(
    tmp_path: Path, kind: str, sizes: list[tuple[int, int]]
) -> None:
    config = train_config(write(tmp_path / "data", *sizes), tmp_path / "run", steps=1, input=kind)
    list(fit(config))
    pair = find_pairs(config.data).train[0]
    picture = pair.load()[0]
    measured = to_float(validation_batch([pair], config)[0])
    new, old = (Translator.load(tmp_path / "run", precision="float32") for _ in range(2))
    old.config = dataclasses.replace(old.config, aspect=1.0)

    def seen(translator: Translator) -> torch.Tensor:
        """What the network is given."""
        given, answer = [], translator.translate_tensor

        def spy(x: torch.Tensor, **more: Any) -> torch.Tensor:
            given.append(x)
            return answer(x, **more)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(translator, "translate_tensor", spy)
            assert translator.translate(picture).size == picture.size
        return given[0]

    def far(translator: Translator) -> float:
        return float((seen(translator) - measured).abs().mean())

    if kind == "edges":
        assert far(new) < 0.5 * far(old)
    else:  # at a scale of their own
        assert seen(new).shape[2] == seen(new).shape[3] and seen(old).shape[2] < seen(old).shape[3]
    judgement = Critic.load(tmp_path / "run").judge(picture, picture)
    assert judgement.map().shape == (picture.height, picture.width)


def test_a_picture_of_another_aspect_keeps_its_shapes(tmp_path: Path) -> None:
    """A square one, for a model of wide pictures, is squeezed as they are, between borders."""
    square, box = fit_input(noise_picture(40, 40), 32, None, 2.0)
    assert box == (8, 0, 24, 32)
    assert np.all(np.asarray(square)[:, :8] == 255)
    assert squeezed((90, 30), 2.0) == (45, 30) and squeezed((30, 90), 0.5) == (30, 45)


def test_an_older_checkpoint_keeps_its_borders(tiny_model: Path, tmp_path: Path) -> None:
    values = json.loads((tiny_model / "config.json").read_text())
    assert values.get("aspect", 1.0) == 1.0
    assert load_config(tiny_model).aspect == 1.0
    picture = Image.new("RGB", (64, 32))
    assert fit_input(picture, 32, None)[1] == (0, 8, 32, 24)
