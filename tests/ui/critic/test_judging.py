"""What the Critic tab asks: judged as the library does, looked up without a network, refused in words."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from support import (
    assert_one_sentence,
    make_checkpoint,
    noise_picture,
    shape_pair,
    tiny_generator,
    train_config,
)

from pix2pix.critic import Critic, Judgement
from pix2pix.discriminator import DiscriminatorSpec
from pix2pix.edges import photo_to_edges
from pix2pix.errors import ConfigError, ImageError, Pix2PixError, RunError
from pix2pix.heatmap import colours
from pix2pix.images import decode_data_url, letterbox, open_image
from pix2pix.saving import encode_data_url
from pix2pix.translator import Translator
from pix2pix.ui.critic.judging import (
    BINS,
    SIDE,
    Case,
    Source,
    case_view,
    cell_view,
    chosen_cell,
    critic_choices,
    drawn,
    example_inputs,
    judge,
    moment_case,
    remembered,
    run_moments,
    runs_with_moments,
    uploaded,
)
from pix2pix.ui.draw.sketch import Sketcher
from pix2pix.ui.settings import Settings
from pix2pix.ui.shared.models import Models
from train.loop import fit
from train.runs.moments import moments


@pytest.fixture
def models(tiny_model: Path, tmp_path: Path) -> Models:
    return Models(Settings(model=str(tiny_model), runs=str(tmp_path / "runs")))


@pytest.fixture(scope="module")
def trained(shapes: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one run of three moments."""
    runs = tmp_path_factory.mktemp("runs")
    list(fit(train_config(shapes, runs / "first", steps=3, sample_every=1e-6)))
    return runs


def pixels(url: str) -> np.ndarray:
    return np.asarray(decode_data_url(url))


def case(models: Models, real: bool = True) -> Case:
    edges, photo = shape_pair(3, 32)
    return judge(models, "", 0, Source(edges, photo if real else None))


def test_a_drawing_becomes_the_photo_that_the_draw_tab_shows(tmp_path: Path) -> None:
    hinted = make_checkpoint(tmp_path / "hinted", tiny_generator(spread_hints=True))
    models = Models(Settings(model=str(hinted)))
    edges = shape_pair(3, 32)[0]
    shown = Sketcher(models.settings, models).photo(encode_data_url(edges), seed=7)
    assert shown is not None
    assert np.array_equal(judge(models, "", 7, Source(edges)).output, shown.image)


# ---- models -----------------------------------------------------------------------------------------


def test_models_are_listed_with_their_receptive_field_unless_their_critic_is_untrained(
    tmp_path: Path, tiny_model: Path
) -> None:
    for name, field, loss in (("wide", 34, "lsgan"), ("plain", 16, "none")):
        make_checkpoint(
            tmp_path / name / "checkpoint",
            gan_loss=loss,
            discriminator=DiscriminatorSpec(receptive_field=field, width=2),
        )
    choices = critic_choices(Models(Settings(model=str(tiny_model), runs=str(tmp_path))))
    assert (f"{tiny_model.name} (16 px)", str(tiny_model)) in choices
    assert ("wide (34 px)", str(tmp_path / "wide")) in choices
    assert "plain" not in str(choices)
    assert ("edges2photo (70 px)", "edges2photo") in choices


def test_a_model_without_a_folder_does_not_spoil_the_list(tmp_path: Path) -> None:
    models = Models(Settings(model=str(tmp_path / "gone"), runs=str(tmp_path)))
    assert all("gone" not in label for label, _ in critic_choices(models))
    with pytest.raises(Pix2PixError):
        example_inputs(models, "")


def test_examples_are_the_upper_row_of_the_preview(tmp_path: Path) -> None:
    folder = make_checkpoint(tmp_path / "model", input="photo")
    models = Models(Settings(model=str(folder)))
    assert example_inputs(models, "") == []
    sheet = noise_picture(96, 64)
    sheet.save(folder / "preview.jpg", quality=100, subsampling=0)
    examples = example_inputs(models, "")
    assert len(examples) == 3
    for left, url in zip((0, 32, 64), examples, strict=True):
        wanted = np.asarray(sheet.crop((left, 0, left + 32, 32))).astype(int)
        assert np.abs(pixels(url) - wanted).mean() < 8
    noise_picture(96, 50).save(folder / "preview.jpg")  # somebody else's layout
    assert example_inputs(models, "") == []


# ---- judging ----------------------------------------------------------------------------------------


def test_a_case_is_what_translator_and_critic_say(models: Models, tiny_model: Path) -> None:
    edges, photo = shape_pair(3, 32)
    made = judge(models, "", 5, Source(edges, photo))
    output = Translator.load(tiny_model).translate(edges, seed=5)
    critic = Critic.load(tiny_model)
    assert np.array_equal(np.asarray(made.output), np.asarray(output))
    assert torch.allclose(made.judged.scores, critic.judge(edges, output).scores, atol=1e-5)
    assert made.real is not None
    assert torch.allclose(made.real.scores, critic.judge(edges, photo).scores, atol=1e-5)
    again = judge(models, "", 6, Source(edges, photo))
    assert again.subject == made.subject and again.number != made.number
    assert not torch.equal(again.judged.scores, made.judged.scores)


@pytest.mark.parametrize("seed", [-1, "a", None, 1.5])
def test_a_seed_is_a_whole_number(models: Models, seed: object) -> None:
    with pytest.raises(ConfigError) as caught:
        judge(models, "", seed, Source(shape_pair(0, 32)[0]))
    assert_one_sentence(caught.value)


def test_the_page_gets_pictures_maps_shares_and_patches_as_json(models: Models) -> None:
    made = case(models)
    view = json.loads(json.dumps(case_view(made)))
    assert (view["rows"], view["columns"]) == tuple(made.judged.scores.shape)
    assert view["scale"] == "logit" and view["field"] == 16 and view["stride"] == 2
    for name, picture, judgement in (
        ("made", made.output, made.judged),
        ("real", made.other, made.real),
    ):
        assert isinstance(picture, Image.Image) and isinstance(judgement, Judgement)
        part = view[name]
        assert np.array_equal(pixels(part["picture"]), np.asarray(picture))
        assert np.array_equal(pixels(part["heat"]), colours(judgement.map()).round().byte().numpy())
        assert len(part["shares"]) == BINS and sum(part["shares"]) == pytest.approx(1, abs=1e-3)
        assert part["fake"][0]["score"] == float(judgement.scores.min())
        assert part["most_real"][0]["score"] == float(judgement.scores.max())
    low = min(float(j.scores.min()) for j in (made.judged, made.real) if j)
    assert view["bins"]["low"] == low and len(view["bins"]["colours"]) == BINS
    alone = case_view(case(models, real=False))
    assert alone["real"] is None and alone["cell"]["real"] is None


def test_where_only_differences_count_bars_have_no_colour_of_their_own(tmp_path: Path) -> None:
    folder = make_checkpoint(tmp_path / "model", gan_loss="wgangp")
    view = case_view(case(Models(Settings(model=str(folder)))))
    assert view["scale"] == "relative" and view["bins"]["colours"] == []


def test_equal_scores_still_make_a_histogram(models: Models) -> None:
    made = case(models)
    with torch.inference_mode():
        flat = torch.full_like(made.judged.scores, 0.25)
    judged = Judgement(flat, "logit", made.judged.geometry, (32, 32), (0, 0, 32, 32), (32, 32))
    view = case_view(Case("1", "a", made.condition, made.output, judged))
    assert max(view["made"]["shares"]) == 1 and view["bins"]["low"] < 0.25 < view["bins"]["high"]


# ---- a cell -----------------------------------------------------------------------------------------


def test_a_click_finds_the_cell_of_its_pixel_in_both_pictures(models: Models) -> None:
    made = case(models)
    found = chosen_cell(made, {"number": made.number, "x": 20.5, "y": 9.5, "asked": 7})
    assert found is not None and found["asked"] == 7
    row, column = made.judged.cell_at(20.5, 9.5)
    assert (found["row"], found["column"]) == (row, column)
    assert found["made"]["score"] == float(made.judged.scores[row, column])
    assert found["made"]["box"] == made.judged.patch_box(row, column)
    assert made.real is not None and found["real"]["score"] == float(made.real.scores[row, column])
    json.dumps(found)


def test_rows_and_columns_beyond_the_map_take_the_outermost_cell(models: Models) -> None:
    made = case(models)
    rows = made.judged.scores.shape[0]
    far = chosen_cell(made, {"number": made.number, "row": 10**8, "column": -5})
    assert far is not None and (far["row"], far["column"]) == (rows - 1, 0)


@pytest.mark.parametrize(
    "request_",
    [None, 5, "x", [], {}, {"x": 1}, {"x": "1", "y": 2}, {"row": True, "column": 1}, {"x": 1e300, "y": 1},
     {"x": float("nan"), "y": 0}, {"row": None, "column": 0}],
)  # fmt: skip
def test_rubbish_chooses_no_cell(models: Models, request_: object) -> None:
    made = case(models, real=False)
    if isinstance(request_, dict):
        request_ = {"number": made.number, **request_}
    assert chosen_cell(made, request_) is None


def test_a_click_on_an_older_picture_is_dropped(models: Models) -> None:
    made = case(models, real=False)
    assert chosen_cell(made, {"number": "another", "x": 1, "y": 1}) is None


# ---- what visitors bring ----------------------------------------------------------------------------


def test_a_photo_alone_gets_its_edges_as_the_input(models: Models) -> None:
    photo = shape_pair(4, 90)[1].crop((0, 0, 90, 60))
    source = uploaded(models.config(), None, photo)
    assert source.other is not None and source.condition.size == source.other.size == (32, 32)
    assert np.array_equal(np.asarray(source.condition), np.asarray(photo_to_edges(photo, size=32)))
    assert np.array_equal(np.asarray(source.other), np.asarray(letterbox(photo, 32)[0]))
    assert judge(models, "", 0, source).real is not None


def test_a_grey_model_makes_its_own_input(tmp_path: Path) -> None:
    folder = make_checkpoint(tmp_path / "model", input="photo", made="grey")
    models, photo = Models(Settings(model=str(folder))), noise_picture(64, 64)
    made = judge(models, "", 0, uploaded(models.config(), None, photo))
    assert np.array_equal(np.asarray(made.condition), np.asarray(photo.convert("L").convert("RGB")))


@pytest.mark.parametrize("kind", ["labels", "photo"])
def test_where_no_input_can_be_made_one_is_asked_for(tmp_path: Path, kind: str) -> None:
    folder = make_checkpoint(tmp_path / "model", input=kind)  # type: ignore[arg-type]
    config = Models(Settings(model=str(folder))).config()
    with pytest.raises(ImageError) as caught:
        uploaded(config, None, noise_picture(40, 40))
    assert_one_sentence(caught.value)


def test_large_pictures_are_made_smaller_and_brought_to_one_size(models: Models) -> None:
    edges = noise_picture(2 * SIDE, SIDE)
    photo = noise_picture(300, 151)
    source = uploaded(models.config(), edges, photo)
    assert source.condition.size == (SIDE, SIDE // 2)
    assert source.other is not None and source.other.size == (SIDE, SIDE // 2)


def test_labels_are_made_smaller_without_mixing_them(tmp_path: Path) -> None:
    folder = make_checkpoint(tmp_path / "model", input="labels")
    picture = Image.new("RGB", (3 * SIDE, SIDE), (255, 0, 0))
    picture.paste((0, 0, 255), (700, 0, 1100, SIDE))
    config = Models(Settings(model=str(folder))).config()
    small = uploaded(config, picture, None).condition
    assert {colour for _, colour in small.getcolors() or []} == {(255, 0, 0), (0, 0, 255)}


def test_pictures_that_do_not_belong_together_are_one_sentence(models: Models) -> None:
    for pictures in ((noise_picture(40, 40), noise_picture(40, 80)), (None, None)):
        with pytest.raises(ImageError) as caught:
            uploaded(models.config(), *pictures)
        assert_one_sentence(caught.value)


def test_a_drawing_that_is_sent_is_checked() -> None:
    settings = Settings(drawing_side=64)
    picture = noise_picture(32, 32)
    assert np.array_equal(
        np.asarray(drawn(encode_data_url(picture), settings).condition), np.asarray(picture)
    )
    for url in (None, 5, "data:image/png;base64,AAAA", encode_data_url(noise_picture(65, 65))):
        with pytest.raises(ImageError) as caught:
            drawn(url, settings)
        assert_one_sentence(caught.value)


# ---- through a training ------------------------------------------------------------------------------


def test_a_moment_is_the_same_pair_at_a_step(trained: Path) -> None:
    assert list(runs_with_moments(trained)) == ["first"]
    steps = moments(trained / "first")
    first, last = moment_case(trained, "first", 0, 1), moment_case(trained, "first", 10**9, 1)
    assert (first.step, last.step) == (steps[0], steps[-1]) and first.moments == tuple(steps)
    assert first.subject == last.subject and not first.newest and last.newest
    assert moment_case(trained, "first", 0, 0).subject != first.subject
    assert not torch.equal(first.judged.scores, last.judged.scores)
    view = case_view(last)
    assert view["run"] == "first" and view["step"] == steps[-1] and view["real"] is not None


@pytest.mark.parametrize("name", ["", None, 5, "..", "../runs", "nothing", "a/b", "\0", "x" * 300])
def test_a_run_that_is_not_there_is_one_sentence(trained: Path, name: object) -> None:
    with pytest.raises(RunError) as caught:
        run_moments(trained, name)
    assert_one_sentence(caught.value)


def test_a_run_without_scores_is_not_offered(shapes: Path, tmp_path: Path) -> None:
    list(fit(train_config(shapes, tmp_path / "l1", steps=1, gan_loss="none")))
    assert runs_with_moments(tmp_path) == {} == runs_with_moments(tmp_path / "none")
    with pytest.raises(RunError) as caught:
        moment_case(tmp_path, "l1", 0, 0)
    assert_one_sentence(caught.value)


def test_little_is_kept_of_a_case_and_it_can_be_judged_anew(tiny_model: Path) -> None:
    models = Models(Settings(model=str(tiny_model)))
    photo = noise_picture(16, 16).resize((SIDE, SIDE))
    case = judge(models, "", 5, Source(photo_to_edges(photo, size=SIDE), photo))
    kept = remembered(case)
    assert len(pickle.dumps(kept)) < 1_000_000 < len(pickle.dumps((case.condition, case.output, case.other)))
    again = judge(models, "", 5, Source(*map(open_image, kept.source)))
    assert np.array_equal(again.output, case.output) and torch.equal(again.judged.scores, case.judged.scores)
    assert cell_view(kept, 1, 2) == cell_view(case, 1, 2)
