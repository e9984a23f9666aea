"""The model card reads as the Hub's tools read it, and says what the model is."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from huggingface_hub import ModelCard
from support import model_config

from pix2pix.checkpoint import ModelConfig
from pix2pix.discriminator import DiscriminatorSpec
from pix2pix.generator import GeneratorSpec
from train.measures.card import model_card

METRICS = {
    "model": {"l1": 0.21, "psnr": 18.5, "ssim": 0.71},
    "input": {"l1": 0.4, "psnr": 8.0, "ssim": 0.5},
    "mean_photo": {"l1": 0.3, "psnr": 12.0, "ssim": 0.55},
    "pairs": {"count": 200},
}


def config(**changes: Any) -> ModelConfig:
    values = {
        "name": "shoes",
        "discriminator": DiscriminatorSpec(receptive_field=34, width=16),
        "step": 12_345,
        "images_seen": 49_380,
        "recipe": {"lambda_l1": 100.0, "data": ["edges2shoes"]},
        "metrics": METRICS,
        **changes,
    }
    return model_config(GeneratorSpec(width=32, image_size=128), **values)


def test_the_front_matter_is_what_the_hub_expects() -> None:
    card = ModelCard(model_card(config(licence="apache-2.0")))
    assert card.data.license == "apache-2.0"
    assert card.data.pipeline_tag == "image-to-image"
    assert "pix2pix" in card.data.tags
    assert card.text.strip().startswith("# shoes")


def test_the_summary_names_the_architecture() -> None:
    text = model_card(config())
    for words in (
        "edges",
        "128x128",
        "12,345 steps",
        "49,380 image presentations",
        "width 32, depth 7",
        "receptive field 34x34",
        "conditional",
    ):
        assert words in text, words
    assert "unconditional" not in text
    alone = DiscriminatorSpec(receptive_field=34, condition_channels=0)
    assert "unconditional" in model_card(config(discriminator=alone))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"statistics": "image"}, "image statistics"),
        ({"statistics": "running"}, "running statistics"),
        ({"noise": True}, "seeded noise"),
        ({"noise": False}, "dropout off"),
    ],
)
def test_the_test_time_behaviour_is_named(changes: dict[str, Any], words: str) -> None:
    assert words in model_card(config(**changes))


def test_numbers_stand_beside_the_trivial_answers() -> None:
    text = model_card(config())
    assert "200 held-out pairs" in text
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert len(rows) == 2 + 3
    assert all(row.count("|") == rows[0].count("|") for row in rows)
    assert "0.2100" in rows[2] and "18.50" in rows[2]
    assert "input" in rows[3] and "mean" in rows[4]


def test_the_hub_reads_the_numbers() -> None:
    results = ModelCard(model_card(config())).data.eval_results
    assert results is not None
    found = {result.metric_type: result.metric_value for result in results}
    assert found == METRICS["model"]
    assert {result.dataset_name for result in results} == {"edges2shoes"}
    assert {result.task_type for result in results} == {"image-to-image"}


def test_the_true_photos_stand_below_with_what_they_have() -> None:
    scores = {"grid": 8.06, "perceptual": 2.5, "kernel": 123.44}
    metrics = {**METRICS, "model": {**METRICS["model"], **scores}, "ground_truth": {"grid": 1.23}}
    text = model_card(config(metrics=metrics, recipe={}))
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert rows[0].endswith("| grid | perceptual | kernel |") and rows[2].endswith("| 8.1 | 2.500 | 123.4 |")
    assert rows[-1].startswith("| the true photos | - |") and rows[-1].endswith("| 1.2 | - | - |")
    results = ModelCard(text).data.eval_results
    assert results is not None and ("kernel", 123.44) in [(r.metric_type, r.metric_value) for r in results]


def test_without_numbers_there_is_no_table() -> None:
    text = model_card(config(metrics={}))
    assert "|" not in text and "model-index" not in text


def test_the_recipe_can_be_read_back() -> None:
    text = model_card(config())
    block = re.search(r"```json\n(.*?)\n```", text, re.DOTALL)
    assert block is not None
    assert json.loads(block[1]) == {"lambda_l1": 100.0, "data": ["edges2shoes"]}


def test_terms_and_notes() -> None:
    assert "research use only" in model_card(config(terms="research use only"))
    text = model_card(config(), notes="\n## What was seen\n\nSoles are soft.\n\n")
    assert text.endswith("## What was seen\n\nSoles are soft.\n")


def test_every_architecture_and_loss_is_named() -> None:
    text = model_card(config(gan_loss="lsgan"))
    assert "Generator: U-Net" in text and "lsgan loss" in text
    resnet = GeneratorSpec(width=32, image_size=128, kind="resnet_9")
    assert "Generator: ResNet of 9 blocks" in model_card(replace(config(), generator=resnet))
    assert "relighting head" not in text
    lit = GeneratorSpec(width=32, image_size=128, head="relight")
    assert "relighting head" in model_card(replace(config(), generator=lit, input="photo"))
    assert "never trained" in model_card(config(gan_loss="none"))
    assert "Discriminator: none" in model_card(config(discriminator=None))


def test_numbers_of_training_pairs_are_not_called_held_out() -> None:
    measured = {**METRICS, "pairs": {"count": 1, "held_out": False}}
    text = model_card(config(metrics=measured))
    assert "1 pair of the training itself" in text and "held-out" not in text
    assert "split: train" in text
