"""Load once, translate anything, change nothing."""

from __future__ import annotations

import copy
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from support import (
    LABELS,
    as_jpeg,
    assert_one_sentence,
    assert_same_tensors,
    identity_generator,
    make_checkpoint,
    model_config,
    noise_picture,
    randomise_norms,
    shape_pair,
    tiny_generator,
)
from torch import nn

from pix2pix import Translator as PublicTranslator
from pix2pix.device import pick_device, pick_dtype
from pix2pix.errors import CheckpointError, ConfigError, ImageError
from pix2pix.generator import UNetGenerator
from pix2pix.images import letterbox, to_image, to_tensor, unletterbox
from pix2pix.norm import BatchNorm
from pix2pix.palette import Palette
from pix2pix.translator import Translator, fold_batch_norm


def serve(generator: UNetGenerator, precision: str = "float32", **config: object) -> Translator:
    return Translator(model_config(generator.spec, **config), generator, device="cpu", precision=precision)


@pytest.fixture(scope="module")
def translator(tiny_model: Path) -> Translator:
    return Translator.load(tiny_model, device="cpu", precision="float32")


def test_labels_are_answered_alike_hard_edged_and_through_a_jpeg() -> None:
    palette = Palette(LABELS, ("ground", "box", "band"))
    for size in ((64, 64), (96, 64)):
        labels = Image.new("RGB", size, LABELS[0])
        labels.paste(LABELS[1], (8, 16, 40, 48))
        labels.paste(LABELS[2], (16, 24, 32, 40))
        answers = []
        for model in (None, palette):
            translator = serve(tiny_generator(), input="labels", palette=model)
            answers.append([translator.translate(image).tobytes() for image in (labels, as_jpeg(labels, 70))])
        (plain, through_jpeg), (snapped, snapped_jpeg) = answers
        assert plain != through_jpeg
        assert snapped == snapped_jpeg


def drawing(size: int = 32) -> Image.Image:
    return shape_pair(0, size)[0]


# ---- sizes and kinds of pictures ------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["edges", "photo"])
@pytest.mark.parametrize("size", [(1, 1), (1, 5000), (5000, 1), (300, 200), (32, 32), (31, 33), (64, 96)])
def test_any_size_comes_back_in_that_size(kind: str, size: tuple[int, int]) -> None:
    result = serve(tiny_generator(), input=kind).translate(noise_picture(*size))
    assert result.size == size
    assert result.mode == "RGB"


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "CMYK", "LA", "RGBA", "I;16", "F"])
@pytest.mark.parametrize("kind", ["edges", "photo"])
def test_any_mode_is_translated_as_its_rgb_picture(mode: str, kind: str) -> None:
    translator = serve(tiny_generator(), input=kind)
    grey = drawing(40).convert("L")
    if mode == "I;16":
        picture = Image.fromarray(np.asarray(grey).astype(np.uint16) * 257)
    else:
        picture = grey.convert(mode)
    before = picture.copy()
    assert translator.translate(picture).tobytes() == translator.translate(grey.convert("RGB")).tobytes()
    assert picture.tobytes() == before.tobytes()  # the person's picture stays as it was


@pytest.mark.parametrize("kind", ["edges", "photo"])
def test_transparency_is_white_paper(kind: str) -> None:
    translator = serve(tiny_generator(), input=kind)
    lines = drawing(32).convert("L")
    ink = Image.new("RGBA", (32, 32), (0, 0, 0, 0))  # black everywhere, and seen only along the lines
    ink.putalpha(lines.point(lambda v: 255 - v))
    assert translator.translate(ink).tobytes() == translator.translate(lines).tobytes()


# ---- where pixels go ------------------------------------------------------------------------------


@given(st.integers(1, 24), st.integers(1, 64))
def test_photos_are_padded_and_cropped_without_a_shift(width: int, height: int) -> None:
    picture = noise_picture(width, height, seed=width * 100 + height)
    result = serve(identity_generator(), input="photo").translate(picture)
    assert result.tobytes() == to_image(torch.tanh(to_tensor(picture))).tobytes()


def test_a_photo_of_a_fitting_size_is_what_the_generator_makes_of_it() -> None:
    generator = tiny_generator()
    picture = noise_picture(64, 32)
    result = serve(generator, input="photo", noise=False).translate(picture)
    with torch.no_grad():
        expected = generator(to_tensor(picture)[None], statistics="image")[0]
    close = np.asarray(result).astype(int) - np.asarray(to_image(expected)).astype(int)
    assert np.abs(close).max() <= 1
    assert np.asarray(result).std() > 5


@pytest.mark.parametrize("size", [(2048, 1536), (300, 200), (20, 900)])
def test_a_large_photo_is_seen_at_the_models_scale_unsquashed(size: tuple[int, int]) -> None:
    seen: list[tuple[int, ...]] = []
    translator = serve(tiny_generator(), input="photo")
    first = translator._generator.down[0]
    first.register_forward_hook(lambda module, inputs, out: seen.append(tuple(inputs[0].shape[2:])))
    assert translator.translate(noise_picture(*size)).size == size
    # At most 1.5 x 4 squares of 32 pixels, each side padded to 32: never the 2048 pixels themselves.
    assert max(seen[0]) <= 128 + 32 and min(seen[0]) <= 48 + 32


def test_a_large_photo_is_translated_without_squashing_shift_or_seam() -> None:
    y, x = np.mgrid[0:150, 0:200] / 200
    waves = np.stack([np.sin(7 * x + 3 * y), np.cos(9 * y - 2 * x), np.sin(5 * x * y)], 2)
    photo = Image.fromarray((127.5 + 100 * waves).round().astype(np.uint8))
    result = serve(identity_generator(), input="photo").translate(photo)  # 24 pixels on its shorter side
    exact = np.asarray(to_image(torch.tanh(to_tensor(photo)))).astype(float)
    error = np.abs(np.asarray(result) - exact)
    assert error.mean() < 2 and error.max() < 25
    jumps = np.diff(np.asarray(result).astype(float), axis=1) - np.diff(exact, axis=1)
    assert np.abs(jumps).max() < 8


def test_a_large_photo_keeps_its_finest_detail_through_a_network_that_paints_pictures() -> None:
    y, x = np.indices((300, 400))
    board = Image.fromarray((110 + 40 * ((x + y) % 2)).astype(np.uint8)).convert("RGB")
    result = np.asarray(serve(identity_generator(), input="photo").translate(board)).astype(float)
    assert 30 < np.abs(result[:, 1:] - result[:, :-1]).mean() < 45


def test_a_model_that_sharpens_sees_every_pixel() -> None:
    picture = noise_picture(90, 70)
    result = serve(identity_generator(), input="photo", made="lowres").translate(picture)
    assert result.tobytes() == to_image(torch.tanh(to_tensor(picture))).tobytes()


@pytest.mark.parametrize("size", [(50, 20), (20, 50), (16, 16), (200, 100)])
@pytest.mark.parametrize("kind", ["edges", "labels"])
def test_drawings_are_fitted_into_the_square_of_the_model(kind: str, size: tuple[int, int]) -> None:
    generator = identity_generator()  # of 16x16 squares
    seen: list[torch.Size] = []
    translator = serve(generator, input=kind)
    translator._generator.register_forward_hook(lambda module, inputs, out: seen.append(inputs[0].shape))
    picture = Image.new("RGB", size, "white")
    picture.paste((200, 30, 40), (0, 0, size[0] // 2, size[1]))
    result = translator.translate(picture)
    assert seen == [(1, 3, 16, 16)]
    square, box = letterbox(picture, 16)
    expected = unletterbox(to_image(torch.tanh(to_tensor(square))), box, size)
    assert result.tobytes() == expected.tobytes()
    left, right = (np.asarray(result)[:, x].mean(axis=0) for x in (0, size[0] - 1))
    assert left[1] < 80 < 200 < right[1]  # the red half is still on the left


# ---- photos that are lit anew ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def night() -> Translator:
    generator = tiny_generator(norm="instance", halvings=3, head="relight")
    return serve(generator, input="photo")


@settings(max_examples=12)
@given(st.integers(16, 2048), st.integers(16, 2048), st.integers(0, 9))
def test_photos_of_any_size_are_lit_the_same_way_twice(
    night: Translator, width: int, height: int, seed: int
) -> None:
    tile = noise_picture(16, 16, seed)
    photo = tile.resize((width, height), Image.Resampling.BILINEAR)
    result = night.translate(photo, seed=seed)
    assert result.size == (width, height) and result.mode == "RGB"
    assert night.translate(photo, seed=seed).tobytes() == result.tobytes()


def test_a_large_photo_keeps_detail_that_the_network_never_saw(night: Translator) -> None:
    y, x = np.indices((1024, 768))
    board = Image.fromarray((90 + 60 * ((x + y) % 2)).astype(np.uint8)).convert("RGB")
    result = np.asarray(night.translate(board)).astype(float)
    assert np.abs(result[:, 1:] - result[:, :-1]).mean() > 10


def test_the_network_sees_no_more_of_a_large_photo_than_of_a_small_one() -> None:
    seen: list[torch.Size] = []
    translator = serve(tiny_generator(norm="instance", head="relight"), input="photo")
    first = translator._generator.down[0]
    first.register_forward_hook(lambda module, inputs, out: seen.append(inputs[0].shape))
    for size in ((2048, 1536), (256, 192), (64, 48), (20, 2000)):
        assert translator.translate(noise_picture(*size)).size == size
    assert seen == [(1, 3, 64, 64)] * 3 + [(1, 3, 128, 32)]


def test_a_photo_of_the_working_size_is_what_the_generator_makes_of_it() -> None:
    generator = tiny_generator(norm="instance", halvings=3, head="relight")
    translator = serve(generator, input="photo", noise=False)
    picture = noise_picture(48, 64)
    with torch.no_grad():
        expected = generator(to_tensor(picture)[None])
    assert translator.translate(picture).tobytes() == to_image(expected).tobytes()
    torch.testing.assert_close(translator.translate_tensor(to_tensor(picture)[None]), expected)


def test_a_lit_photo_in_bfloat16_is_near_float32() -> None:
    generator = tiny_generator(width=4, weight_scale=3.0, norm="instance", halvings=3, head="relight")
    x = to_tensor(noise_picture(8, 8).resize((64, 64)))[None]
    exact, quick = (
        serve(generator, precision, input="photo").translate_tensor(x)
        for precision in ("float32", "bfloat16")
    )
    assert quick.dtype is torch.float32 and float((exact - quick).abs().mean()) < 0.01


# ---- noise, history, threads ----------------------------------------------------------------------


def test_the_seed_decides(translator: Translator) -> None:
    first = translator.translate(drawing(), seed=1).tobytes()
    assert translator.translate(drawing(), seed=2).tobytes() != first
    assert translator.translate(drawing(), seed=None).tobytes() != first
    assert translator.translate(drawing(), seed=1).tobytes() == first
    assert translator.translate(drawing()).tobytes() == translator.translate(drawing(), seed=0).tobytes()


def test_a_model_without_noise_has_one_answer() -> None:
    translator = serve(tiny_generator(), noise=False)
    answers = {translator.translate(drawing(), seed=seed).tobytes() for seed in (0, 1, None)}
    assert len(answers) == 1


@pytest.mark.parametrize("statistics", ["image", "running"])
@pytest.mark.parametrize("noise", [True, False])
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_many_requests_change_nothing(statistics: str, noise: bool, precision: str) -> None:
    generator = tiny_generator()
    original = copy.deepcopy(generator.state_dict())
    translator = serve(generator, precision, statistics=statistics, noise=noise)
    served = copy.deepcopy(translator._generator.state_dict())
    first = translator.translate(drawing(), seed=1).tobytes()
    state = torch.get_rng_state()
    for seed in range(40):  # more seeds than are remembered
        translator.translate(noise_picture(32 + seed, 32, seed), seed=seed)
    assert torch.equal(torch.get_rng_state(), state)
    assert_same_tensors(translator._generator.state_dict(), served)
    assert_same_tensors(generator.state_dict(), original)
    assert translator.translate(drawing(), seed=1).tobytes() == first


def test_threads_get_what_one_after_the_other_get(translator: Translator) -> None:
    requests = [(noise_picture(20 + n % 5, 40, n), n % 4) for n in range(24)]
    serial = [translator.translate(picture, seed=seed).tobytes() for picture, seed in requests]
    assert len(set(serial)) == len(serial)
    translator._noise.cache_clear()
    with ThreadPoolExecutor(4) as pool:
        parallel = list(pool.map(lambda request: translator.translate(request[0], seed=request[1]), requests))
    assert [picture.tobytes() for picture in parallel] == serial


def test_loading_and_serving_leave_the_random_state_alone(tiny_model: Path) -> None:
    state = torch.get_rng_state()
    Translator.load(tiny_model, device="cpu").translate(drawing(), seed=4)
    assert torch.equal(torch.get_rng_state(), state)


def test_a_batch_is_as_many_single_pictures(translator: Translator) -> None:
    x = torch.rand(3, 3, 32, 32) * 2 - 1
    together = translator.translate_tensor(x, seed=1)
    alone = torch.cat([translator.translate_tensor(one[None], seed=1) for one in x])
    assert together.shape == x.shape and together.dtype is torch.float32
    torch.testing.assert_close(together, alone, atol=2e-5, rtol=0)


def test_bfloat16_is_near_float32() -> None:
    generator = tiny_generator(width=4, weight_scale=3.0)
    x = to_tensor(drawing())[None]
    for statistics in ("image", "running"):
        exact, quick = (
            serve(generator, precision, statistics=statistics).translate_tensor(x)
            for precision in ("float32", "bfloat16")
        )
        assert quick.dtype is torch.float32
        assert float((exact - quick).abs().mean()) < 0.02
        assert float(exact.std()) > 0.05


# ---- folding --------------------------------------------------------------------------------------


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("kind", [nn.Conv2d, nn.ConvTranspose2d])
def test_folding_a_norm_changes_no_number(kind: Callable[..., nn.Module], bias: bool) -> None:
    conv, norm = kind(3, 5, 4, 2, 1, bias=bias), BatchNorm(5).eval()
    randomise_norms(norm)
    x = torch.randn(2, 3, 8, 8)
    with torch.no_grad():
        expected = norm(conv(x), "running")
        fold_batch_norm(conv, norm)
        torch.testing.assert_close(conv(x), expected, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("noisy", [True, False])
def test_served_with_running_statistics_equals_the_module(noisy: bool) -> None:
    generator = tiny_generator(width=3)
    translator = serve(generator, statistics="running")
    assert not any(isinstance(m, BatchNorm) for m in translator._generator.modules())
    x = torch.rand(2, 3, 64, 32) * 2 - 1
    noise = generator.sample_noise(6, 64, 32) if noisy else None
    with torch.no_grad():
        expected = generator(x, statistics="running", noise=noise)
    assert float(expected.std()) > 0.05
    result = translator.translate_tensor(x, seed=6 if noisy else None)
    torch.testing.assert_close(result, expected, atol=1e-4, rtol=0)


@pytest.mark.parametrize("norm", ["instance", "none"])
def test_other_norms_are_served_as_they_are(norm: str) -> None:
    generator = tiny_generator(norm=norm)
    x = torch.rand(1, 3, 32, 32)
    with torch.no_grad():
        expected = generator(x, statistics="running", noise=None)
    result = serve(generator, statistics="running").translate_tensor(x, seed=None)
    torch.testing.assert_close(result, expected, atol=1e-4, rtol=0)


def test_the_statistics_are_the_models_choice_unless_asked_for(tmp_path: Path) -> None:
    folder = make_checkpoint(tmp_path / "model", statistics="running")
    loaded = {
        asked: Translator.load(folder, device="cpu", precision="float32", statistics=asked)
        for asked in (None, "image", "running")
    }
    answers = {asked: t.translate(drawing()).tobytes() for asked, t in loaded.items()}
    assert answers[None] == answers["running"] != answers["image"]


# ---- what goes wrong ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options",
    [{"device": "nonsense"}, {"device": ""}, {"precision": "float8"}, {"statistics": "batch"}],
)
def test_impossible_options_are_one_sentence(tiny_model: Path, options: dict[str, str]) -> None:
    with pytest.raises(ConfigError) as caught:
        Translator.load(tiny_model, **{"device": "cpu", **options})
    assert_one_sentence(caught.value)


@pytest.mark.skipif(torch.cuda.is_available(), reason="needs a machine without CUDA")
def test_a_device_that_is_not_here_is_one_sentence() -> None:
    with pytest.raises(ConfigError) as caught:
        pick_device("cuda")
    assert_one_sentence(caught.value)


def test_devices_and_number_formats() -> None:
    assert pick_device("cpu") == torch.device("cpu")
    assert pick_device().type in {"cpu", "cuda", "mps"}
    cpu = torch.device("cpu")
    assert pick_dtype(cpu, "float32") is torch.float32
    assert pick_dtype(cpu, "bfloat16") is torch.bfloat16
    assert pick_dtype(cpu, "float16") is torch.float16
    assert pick_dtype(cpu) in {torch.float32, torch.bfloat16}
    assert pick_dtype(torch.device("mps")) is torch.float32


def test_a_missing_model_is_one_sentence() -> None:
    with pytest.raises(CheckpointError) as caught:
        PublicTranslator.load("no such model")
    assert_one_sentence(caught.value)


def test_weights_that_are_not_numbers_are_one_sentence(tmp_path: Path) -> None:
    generator = tiny_generator()
    with torch.no_grad():
        generator.last.bias.fill_(float("nan"))
    translator = Translator.load(make_checkpoint(tmp_path / "model", generator), device="cpu")
    with pytest.raises(ImageError) as caught:
        translator.translate(drawing())
    assert_one_sentence(caught.value)
