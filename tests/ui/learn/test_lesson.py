"""What the Learn tab computes, from tiny models in a temporary folder."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from ablation_models import make_ablations
from PIL import Image
from support import as_jpeg, assert_one_sentence, noise_picture

from pix2pix.checkpoint import load_config
from pix2pix.critic import Critic
from pix2pix.errors import CheckpointError
from pix2pix.facade import CMP, draw_facade
from pix2pix.images import decode_data_url
from pix2pix.palette import colour_codes
from pix2pix.saving import encode_data_url
from pix2pix.translator import Translator
from pix2pix.ui.learn.lesson import ABLATIONS, CLAIMS, COLUMNS, FIELDS, SIDE, Lesson, middle_square, verdicts
from pix2pix.ui.server.access import acting_for
from pix2pix.ui.settings import Settings
from pix2pix.ui.shared.models import Models


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_ablations(tmp_path_factory.mktemp("ablations"))


@pytest.fixture(scope="module")
def lesson(folder: Path) -> Lesson:
    return Lesson(Models(Settings(ablations=str(folder), upload_bytes=200_000)))


def ask(lesson: Lesson, topic: str, **fields: Any) -> dict[str, Any]:
    answer = lesson.answer({"number": 3, "topic": topic, **fields})
    assert answer["number"] == 3 and answer["error"] is None
    return answer


def same(url: str, image: Image.Image) -> bool:
    return np.array_equal(np.asarray(decode_data_url(url)), np.asarray(image))


# ---- inputs ---------------------------------------------------------------------------------------


def test_a_building_is_drawn_from_its_number(lesson: Lesson) -> None:
    assert same(ask(lesson, "building", building=5)["labels"], draw_facade(5))


def test_labels_of_a_visitor_are_read_in_the_twelve_colours(lesson: Lesson) -> None:
    sent = as_jpeg(draw_facade(7, 256))
    labels = decode_data_url(ask(lesson, "labels", file=encode_data_url(sent))["labels"])
    assert labels.size == (SIDE, SIDE)
    known = colour_codes(np.array(CMP.colours))
    assert np.isin(colour_codes(np.asarray(labels)), known).all()
    wanted = np.asarray(draw_facade(7, 256).resize((SIDE, SIDE), Image.Resampling.NEAREST))
    assert (np.asarray(labels) == wanted).all(axis=2).mean() > 0.97


def test_labels_that_are_sent_along_take_the_buildings_place(lesson: Lesson) -> None:
    url = encode_data_url(draw_facade(9))
    assert same(ask(lesson, "building", labels=url, building=1)["labels"], draw_facade(9))
    ours, theirs = (ask(lesson, "outputs", models=["l1"], **f) for f in ({"labels": url}, {"building": 9}))
    assert ours["outputs"] == theirs["outputs"]


def test_a_picture_of_a_visitor_is_its_middle_square(lesson: Lesson) -> None:
    wide = noise_picture(300, 120)
    url = ask(lesson, "picture", file=encode_data_url(wide, "JPEG"))["picture"]
    assert decode_data_url(url).size == (256, 256)
    assert middle_square(wide, 120).tobytes() == wide.crop((90, 0, 210, 120)).tobytes()


# ---- chapters -------------------------------------------------------------------------------------


def test_only_the_conditional_critic_sees_a_swapped_input(lesson: Lesson, folder: Path) -> None:
    answer = ask(lesson, "condition", building=4)
    seeing, blind = answer["critics"]["l1_cgan"], answer["critics"]["l1_gan"]
    assert seeing["right"]["score"] != seeing["wrong"]["score"]
    assert seeing["right"]["map"] != seeing["wrong"]["map"]
    assert blind["right"] == blind["wrong"]  # to the last digit
    assert same(answer["labels"]["right"], draw_facade(4)) and same(answer["labels"]["wrong"], draw_facade(5))
    output = Translator.load(folder / "l1_cgan").translate(draw_facade(4))
    assert same(seeing["output"], output)
    judged = Critic.load(folder / "l1_cgan").judge(draw_facade(5), output)
    assert seeing["wrong"]["score"] == pytest.approx(float(judged.scores.mean()))


def test_outputs_and_spectra_are_those_of_the_named_models(lesson: Lesson, folder: Path) -> None:
    outputs = ask(lesson, "outputs", building=1, models=["l2", "patch_16"])["outputs"]
    assert list(outputs) == ["l2", "patch_16"]
    for name, output in outputs.items():
        assert same(output["picture"], Translator.load(folder / name).translate(draw_facade(1)))
        frequencies = [f for f, _ in output["spectrum"]]
        assert frequencies[0] == pytest.approx(1 / SIDE, abs=1e-5)
        assert frequencies[-1] == pytest.approx(2**-0.5, abs=0.01)
        assert frequencies == sorted(frequencies)
    assert outputs["l2"]["detail"] != outputs["patch_16"]["detail"]


def test_bands_of_the_visitors_picture_and_of_the_building(lesson: Lesson) -> None:
    own = noise_picture(256, 256)
    everything = ask(lesson, "bands", picture=encode_data_url(own), low=0, high=1)
    assert same(everything["picture"], own) and same(everything["kept"], own)
    nothing = np.asarray(decode_data_url(everything["rest"]))
    assert nothing.min() >= 127 and nothing.max() <= 128  # mid-grey
    low = ask(lesson, "bands", building=2, low=0, high=0.05)
    assert same(low["picture"], draw_facade(2))
    smooth = np.asarray(decode_data_url(low["kept"])).astype(int)
    sharp = np.asarray(draw_facade(2)).astype(int)
    assert np.abs(np.diff(smooth, axis=1)).max() < np.abs(np.diff(sharp, axis=1)).max() / 3


@pytest.mark.parametrize("field", list(FIELDS))
def test_a_cell_sees_what_its_score_depends_on(lesson: Lesson, folder: Path, field: int) -> None:
    """The box that is shown is exact: the score's gradient with respect to the picture ends there."""
    answer = ask(lesson, "cell", building=2, field=field, x=30, y=90)
    left, top, right, bottom = answer["box"]
    assert answer["field"] == field
    critic = Critic.load(folder / FIELDS[field])
    picture = torch.rand(1, 3, SIDE, SIDE, requires_grad=True)
    network = critic._discriminator
    x = picture
    condition = torch.zeros(1, 3, SIDE, SIDE)
    # Norms use the whole picture's moments, which would spread the gradient: they are left out.
    x = torch.cat([condition, x], 1)
    for conv in network.convs:
        x = torch.nn.functional.leaky_relu(conv(x), 0.2)
    scores = network.last(x)
    assert tuple(scores.shape[2:]) == (answer["rows"], answer["columns"])
    scores[0, 0, answer["row"], answer["column"]].backward()
    assert picture.grad is not None
    seen = picture.grad[0].abs().sum(0) > 0
    assert not seen[:top].any() and not seen[bottom:].any()
    assert not seen[:, :left].any() and not seen[:, right:].any()
    assert seen[top].any() and seen[bottom - 1].any() and seen[:, left].any() and seen[:, right - 1].any()


def test_a_cell_is_the_nearest_one_and_its_score_the_critics(lesson: Lesson, folder: Path) -> None:
    output = Translator.load(folder / "l1_cgan").translate(draw_facade(2))
    judged = Critic.load(folder / "l1_cgan").judge(draw_facade(2), output)
    answer = ask(lesson, "cell", building=2, field=70, x=12 + 8 * 3, y=12 + 8 * 9)
    assert (answer["row"], answer["column"]) == (9, 3)
    assert answer["realness"] == pytest.approx(float(judged.realness[9, 3]))
    assert ask(lesson, "cell", building=2, field=70)["row"] == 7
    corner = ask(lesson, "cell", building=2, field=16, x=-50, y=1e9)
    assert (corner["row"], corner["column"]) == (corner["rows"] - 1, 0)


def test_noise_is_the_difference_of_two_seeds(lesson: Lesson, folder: Path) -> None:
    answer = ask(lesson, "noise", building=2, model="cgan", first=0, second=5)
    translator = Translator.load(folder / "cgan")
    pictures = [np.asarray(translator.translate(draw_facade(2), seed=s)).astype(int) for s in (0, 5)]
    apart = np.abs(pictures[0] - pictures[1])
    assert answer["mean"] == pytest.approx(apart.mean(), abs=0.01)
    assert answer["most"] == pytest.approx(apart.max(), abs=0.01)
    shown = np.asarray(decode_data_url(answer["difference"]))
    assert np.abs(shown - np.minimum(apart * answer["gain"], 255)).max() <= 1
    alike = ask(lesson, "noise", building=2, model="cgan", first=5, second=5)
    assert alike["mean"] == 0 and alike["most"] == 0


def test_numbers_are_the_models_own(lesson: Lesson, folder: Path) -> None:
    answer = ask(lesson, "numbers")
    assert [row["model"] for row in answer["rows"]] == list(ABLATIONS)
    for row in answer["rows"]:
        metrics = load_config(folder / row["model"]).metrics["model"]
        assert {k: v for k, v in row.items() if k != "model"} == {
            k: metrics.get(k) for k in answer["columns"]
        }
    assert answer["columns"] == [c for c in COLUMNS if c != "ssim"]  # which none of these models has
    assert answer["pairs"] == 7


def test_verdicts_can_go_either_way() -> None:
    found = verdicts(
        {"l1": {"sharpness": 0.3, "l1": 0.2}, "l1_cgan": {"sharpness": 0.1}, "l2": {"sharpness": 0.2}}
    )
    assert {one["claim"]: one["agrees"] for one in found} == {"l1_softer": False, "l2_softer": True}
    assert len({claim for claim, *_ in CLAIMS}) == len(CLAIMS)


# ---- what goes wrong ------------------------------------------------------------------------------


def test_a_missing_model_is_named_and_the_rest_goes_on(folder: Path, tmp_path: Path) -> None:
    some = tmp_path / "some"
    shutil.copytree(folder / "l1", some / "l1")
    lesson = Lesson(Models(Settings(ablations=str(some))))
    answer = lesson.answer({"topic": "outputs", "models": ["l1", "l2"]})
    assert "small model “l2”" in answer["error"]
    assert_one_sentence(answer["error"])
    assert [row["model"] for row in ask(lesson, "numbers")["rows"]] == ["l1"]
    assert ask(lesson, "bands", low=0.1, high=0.2)["kept"]
    nothing = Lesson(Models(Settings(ablations=str(tmp_path / "nowhere"))))
    assert f"“{ABLATIONS[0]}”" in nothing.answer({"topic": "numbers"})["error"]


def test_a_damaged_model_is_not_called_missing(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder / "l1", tmp_path / "l1")
    (tmp_path / "l1" / "generator.safetensors").write_bytes(b"?")
    answer = Lesson(Models(Settings(ablations=str(tmp_path)))).answer({"topic": "outputs", "models": ["l1"]})
    assert "small model" not in answer["error"]
    assert_one_sentence(answer["error"])


DRAWING = encode_data_url(draw_facade(0, 256))


@pytest.mark.parametrize(
    "request_",
    [
        None,
        5,
        [],
        {"topic": "nothing"},
        {"topic": ["outputs"]},
        {"topic": "building", "building": -1},
        {"topic": "building", "building": "x"},
        {"topic": "building", "labels": 5},
        {"topic": "building", "labels": DRAWING},  # larger than the page sends
        {"topic": "building", "labels": "data:image/png;base64,AAAA"},
        {"topic": "labels"},
        {"topic": "labels", "file": "data:text/plain;base64,AAAA"},
        {"topic": "labels", "file": "data:image/png;base64," + "A" * 300_000},
        {"topic": "picture", "file": {"path": "/etc/passwd"}},
        {"topic": "outputs"},
        {"topic": "outputs", "models": ["../../etc"]},
        {"topic": "outputs", "models": [["l1"]]},
        {"topic": "outputs", "models": ["l1"] * 11},
        {"topic": "bands", "low": 0.5, "high": 0.2},
        {"topic": "bands", "low": float("nan"), "high": 1},
        {"topic": "bands", "low": "0", "high": True},
        {"topic": "cell", "field": 34},
        {"topic": "cell", "field": [70]},
        {"topic": "cell", "field": 70, "x": "left", "y": 3},
        {"topic": "noise", "model": "l1_cgan", "first": 0},
        {"topic": "noise", "model": None, "first": 0, "second": 1},
    ],
)
def test_rubbish_gets_one_sentence(lesson: Lesson, request_: object) -> None:
    answer = lesson.answer(request_)
    assert_one_sentence(answer["error"])
    assert isinstance(answer["topic"], str)


# ---- the store of models ----------------------------------------------------------------------------


def test_a_visitor_gets_the_small_models_and_all_of_them_are_kept(folder: Path, tiny_model: Path) -> None:
    models = Models(Settings(model=str(tiny_model), ablations=str(folder)))
    with acting_for(owner=False):
        loaded = [models.translator(models.ablation(name)) for name in ABLATIONS]
        main = models.translator()
        assert [models.translator(models.ablation(name)) for name in ABLATIONS] == loaded
        assert models.translator() is main
        for name in ("..", "../secret", "."):
            with pytest.raises(CheckpointError):
                models.translator(models.ablation(name))
