"""A dab's colour fills the part that it lies in, lines hold it back, and the main colour fills the rest."""

from __future__ import annotations

import dataclasses
import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw
from support import tiny_generator
from torch import Tensor

from pix2pix.checkpoint import ModelConfig
from pix2pix.colouring import Colouring
from pix2pix.errors import ConfigError
from pix2pix.generator import GeneratorSpec, build_generator
from pix2pix.hints import HINT_CHANNELS, MAIN, any_colour, colour_tensor, main_colour, spread, with_hints
from pix2pix.images import to_tensor
from pix2pix.translator import Translator

RED, BLUE = (200, 30, 30), (30, 30, 200)


def page(size: int = 64) -> Tensor:
    return torch.ones(1, 3, size, size)


def paint(x: Tensor, rows: slice, columns: slice, colour: tuple[int, int, int]) -> Tensor:
    x[:, :, rows, columns] = colour_tensor(colour)[:, :, None, None]
    return x


def two_rooms(size: int = 64, wall: int = 2) -> Tensor:
    """A wall down the middle, and a red dab in the left half."""
    middle = size // 2
    drawn = paint(page(size), slice(None), slice(middle, middle + wall), (0, 0, 0))
    return paint(drawn, slice(size // 4, size // 4 + 4), slice(size // 8, size // 8 + 4), RED)


@pytest.mark.parametrize("size", [16, 64, 96, 256, 512])
def test_a_dab_fills_its_part_and_not_the_next(size: int) -> None:
    said = spread(two_rooms(size, max(size // 32, 1)))
    assert said.shape == (1, HINT_CHANNELS, size, size)
    left, right = said[0, :, :, : size // 4], said[0, :, :, -size // 4 :]
    assert torch.allclose(left[:3], colour_tensor(RED)[0, :, None, None].expand_as(left[:3]), atol=1e-5)
    assert float(left[3].min()) > MAIN > float(right[3].max())


def test_every_part_takes_its_own_dab() -> None:
    drawn = paint(two_rooms(), slice(40, 44), slice(50, 54), BLUE)
    said = spread(drawn)
    assert torch.allclose(said[0, :3, :, 60], colour_tensor(BLUE).T.expand(3, 64), atol=1e-5)
    assert torch.allclose(said[0, :3, :, 3], colour_tensor(RED).T.expand(3, 64), atol=1e-5)


def test_of_two_dabs_in_a_part_the_nearer_one_counts() -> None:
    drawn = paint(paint(page(), slice(30, 33), slice(2, 5), RED), slice(30, 33), slice(58, 61), BLUE)
    said = spread(drawn)
    assert torch.equal(said[0, :3, 31, 20], said[0, :3, 31, 3])
    assert torch.equal(said[0, :3, 31, 44], said[0, :3, 31, 59])


@pytest.mark.parametrize("grey", [0, 90, 200])
@pytest.mark.parametrize("size", [64, 96, 128, 256, 320, 512])
def test_what_is_as_narrow_as_a_line_says_nothing_without_colour(size: int, grey: int) -> None:
    narrow = max(size * 7 // 256, 1)  # lines have up to 6 pixels of 256
    drawn = paint(page(size), slice(size // 2, size // 2 + narrow), slice(None), (grey,) * 3)
    drawn = paint(drawn, slice(None), slice(size // 3, size // 3 + narrow), (grey,) * 3)
    assert not spread(drawn).any()
    assert not spread(page(size)).any()


@pytest.mark.parametrize("grey", [0, 90, 200])
@pytest.mark.parametrize("size", [64, 96, 128, 256, 320, 512])
def test_a_black_or_grey_dab_is_wider_than_a_line_and_fills_its_part(size: int, grey: int) -> None:
    y, x = torch.meshgrid(torch.arange(size) - size // 2, torch.arange(size) - size // 4, indexing="ij")
    dab = torch.hypot(y.float(), x.float()) < size * 9 / 256  # the canvas's usual one, 18 of 256
    drawn = paint(page(size), slice(None), slice(size // 2, size // 2 + max(size // 64, 1)), (0, 0, 0))
    drawn[:, :, dab] = colour_tensor((grey,) * 3)[:, :, None]
    said = spread(drawn)
    left, right = said[0, :, :, : size // 3], said[0, :, :, -size // 4 :]
    assert torch.allclose(left[:3], torch.full_like(left[:3], grey / 127.5 - 1), atol=1e-5)
    assert float(left[3].min()) > MAIN > float(right[3].max())


def test_lines_that_cross_a_grey_dab_are_lines_all_the_same() -> None:
    drawn = paint(page(256), slice(100, 130), slice(40, 70), (140, 140, 140))
    drawn = paint(drawn, slice(None), slice(54, 57), (0, 0, 0))
    said = spread(drawn)
    assert torch.allclose(said[0, :3, :, 4], torch.full((3, 256), 140 / 127.5 - 1), atol=1e-5)
    assert torch.allclose(said[0, :3, :, 200], torch.full((3, 256), 140 / 127.5 - 1), atol=1e-5)


def test_a_part_of_a_drawing_is_read_like_the_whole() -> None:
    drawn = two_rooms(256, 9)  # a thick line
    part = drawn[..., 64:192, 64:192]
    assert torch.equal(spread(part, side=256)[:, 3] > 0, torch.zeros(1, 128, 128, dtype=torch.bool))
    assert spread(part).any()  # alone it looks like a drawing of its own, whose lines would be thinner


def test_the_main_colour_is_everywhere_but_near_a_dab() -> None:
    said = spread(two_rooms(), colour_tensor(BLUE))
    assert torch.allclose(said[0, :3, :, 50], colour_tensor(BLUE).T.expand(3, 64), atol=1e-5)
    assert torch.allclose(said[0, :3, :, 3], colour_tensor(RED).T.expand(3, 64), atol=1e-5)
    assert torch.allclose(said[0, 3, :, 50], torch.full((64,), MAIN))


def test_a_batch_is_its_pictures() -> None:
    drawn = torch.cat([page(), two_rooms(), two_rooms()])
    main = torch.cat([colour_tensor(BLUE), torch.full((1, 3), math.nan), colour_tensor(RED)])
    together = spread(drawn, main)
    for index in range(3):
        alone = spread(drawn[index : index + 1], main[index : index + 1])
        assert torch.equal(together[index : index + 1], alone)
    assert torch.equal(together[1], spread(two_rooms())[0])
    assert together.isfinite().all()


@given(st.integers(0, 2**32 - 1), st.integers(1, 90), st.integers(1, 90), st.sampled_from([0.02, 0.3, 0.9]))
def test_shape_and_range_hold_for_any_drawing(seed: int, height: int, width: int, drawn: float) -> None:
    rng = torch.Generator().manual_seed(seed)
    x = torch.rand(2, 3, height, width, generator=rng) * 2 - 1
    x[(torch.rand(2, 1, height, width, generator=rng) > drawn).expand_as(x)] = 1
    said = spread(x)
    assert said.shape == (2, HINT_CHANNELS, height, width) and said.isfinite().all()
    assert float(said[:, :3].abs().max()) <= 1 + 1e-5
    assert float(said[:, 3].min()) >= 0 and float(said[:, 3].max()) <= 1


@pytest.mark.parametrize("colour", [RED, (20, 20, 20), (120, 80, 50)])
def test_the_main_colour_of_a_photo_is_that_of_its_largest_part(colour: tuple[int, int, int]) -> None:
    photo = paint(page(), slice(16, 48), slice(8, 56), colour)
    photo = paint(photo, slice(40, 48), slice(8, 56), (200, 200, 200))  # a grey sole
    assert torch.allclose(main_colour(page(), photo), colour_tensor(colour), atol=0.01)


def test_light_and_shade_are_of_one_material() -> None:
    photo = paint(page(), slice(0, 24), slice(0, 64), BLUE)
    for row in range(40):  # more pixels, from dark to bright red
        photo = paint(photo, slice(24 + row, 25 + row), slice(0, 64), (100 + 2 * row, 10 + row // 2, 10))
    red, green, blue = main_colour(page(), photo)[0].tolist()
    assert red > 0 and green < -0.6 and blue < -0.6


def test_what_a_dab_speaks_of_does_not_count_for_the_main_colour() -> None:
    photo = paint(paint(page(), slice(16, 48), slice(0, 32), RED), slice(16, 48), slice(34, 64), BLUE)
    assert torch.allclose(main_colour(two_rooms(), photo), colour_tensor(BLUE), atol=0.05)


def test_a_white_photo_has_no_main_colour() -> None:
    assert main_colour(page(), page()).isnan().all()


def test_any_colour_is_vivid_and_another_one_by_seed() -> None:
    colours = [any_colour(seed) for seed in range(40)]
    assert len(set(colours)) == 40 and colours[7] == any_colour(7)
    assert all(max(c) - min(c) >= 40 for c in colours)
    strongest = {max(range(3), key=lambda i: c[i]) for c in colours}
    assert strongest == {0, 1, 2}


@pytest.mark.parametrize("size", [64, 256])
def test_dabs_are_hidden_and_lines_stay(size: int) -> None:
    """Neither a line that crosses a dab nor a coloured line is a dab."""
    unit = size // 64
    lines = paint(page(size), slice(None), slice(20 * unit, 20 * unit + unit), (0, 0, 0))
    lines = paint(lines, slice(60 * unit, 61 * unit), slice(None), RED)
    dabbed = paint(lines.clone(), slice(10 * unit, 24 * unit), slice(14 * unit, 26 * unit), BLUE)
    dabbed = paint(dabbed, slice(30 * unit, 40 * unit), slice(40 * unit, 50 * unit), (128, 128, 128))
    dabbed = torch.minimum(dabbed, lines)  # the line lies on the dab
    hidden = with_hints(dabbed, hide=True)
    assert torch.equal(hidden[:, :3], lines)
    assert torch.equal(hidden[:, 3:], spread(dabbed))
    assert torch.equal(with_hints(dabbed)[:, :3], dabbed)


def test_the_main_colour_may_differ_from_cell_to_cell() -> None:
    colours = colour_tensor(BLUE)[:, :, None, None].repeat(1, 1, 64, 64)
    colours[..., 32:, :] = math.nan
    said = spread(two_rooms(), colours)
    assert torch.equal(said[..., :32, :], spread(two_rooms(), colour_tensor(BLUE))[..., :32, :])
    assert torch.equal(said[..., 32:, :], spread(two_rooms())[..., 32:, :])


# ---- in a generator -------------------------------------------------------------------------------


def hinted(**changes: object) -> GeneratorSpec:
    values = {"width": 4, "image_size": 32, "norm": "instance", "spread_hints": True, **changes}
    return GeneratorSpec(**values)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["unet", "encoder_decoder", "unet_tutorial", "resnet_6"])
def test_every_generator_can_be_shown_hints(kind: str) -> None:
    torch.manual_seed(0)
    network, drawn = build_generator(hinted(kind=kind)).eval(), two_rooms(32)
    plain, told = network(drawn), network(drawn, colour=colour_tensor(BLUE))
    assert plain.shape == drawn.shape
    assert not torch.equal(plain, told)
    assert torch.equal(told, network(drawn, colour=colour_tensor(BLUE)))


def test_other_generators_take_no_notice_of_a_main_colour() -> None:
    network, drawn = tiny_generator().eval(), two_rooms(32)
    assert torch.equal(network(drawn), network(drawn, colour=colour_tensor(BLUE)))


@pytest.mark.parametrize("changes", [{"head": "relight"}, {"in_channels": 1}])
def test_hints_are_for_drawings(changes: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        hinted(**changes)


def translator(**changes: object) -> Translator:
    torch.manual_seed(0)
    spec = hinted(dropout=0.0, **changes)
    config = ModelConfig(name="hinted", generator=spec, discriminator=None)
    return Translator(config, build_generator(spec), device="cpu", precision="float32")


def test_a_translator_colours_by_seed_or_order() -> None:
    ours, drawing = translator(), Image.new("RGB", (32, 32), "white")
    drawing.paste((0, 0, 0), (8, 8, 10, 24))
    shown = [ours.translate(drawing, seed=seed).tobytes() for seed in (0, 1, 0)]
    assert shown[0] == shown[2] != shown[1]
    asked = ours.translate(drawing, seed=0, colour=any_colour(1)).tobytes()
    assert asked == shown[1]
    ours.config = dataclasses.replace(ours.config, colourings=(Colouring(RED), Colouring(any_colour(0))))
    assert ours.translate(drawing, seed=1).tobytes() == shown[0]
    own = ours.translate(drawing, seed=0, colour=None).tobytes()
    assert own == ours.translate(drawing, seed=None).tobytes() not in shown
    alone = ours.translate_tensor(to_tensor(drawing)[None], seed=0)
    assert torch.equal(alone, ours.translate_tensor(to_tensor(drawing)[None], seed=None))


def test_a_model_that_is_shown_no_hints_takes_no_notice_of_the_colour() -> None:
    ours, drawing = translator(spread_hints=False), Image.new("RGB", (32, 32), "white")
    assert dataclasses.asdict(ours.config.generator)["spread_hints"] is False
    assert ours.translate(drawing, colour=RED).tobytes() == ours.translate(drawing, colour=None).tobytes()


class Spread(torch.nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return spread(x)


def test_an_exported_network_has_no_branches() -> None:
    """Traced on one drawing, it answers others: without a dab, with one of colour, and with a grey one."""
    drawings = [torch.ones(1, 3, 64, 64) for _ in range(3)]
    drawings[0][..., 30, :] = -1
    drawings[1][:, 1:, 10:40, 10:40] = -1
    drawings[2][..., 10:50, 10:50] = -0.5
    exported = torch.export.export(Spread(), (drawings[0],)).module()
    assert all(torch.equal(exported(x), spread(x)) for x in drawings)
    assert spread(drawings[1]).any() and spread(drawings[2]).any()


@pytest.mark.parametrize("width", [8, 14, 20])
def test_soft_borders_of_a_dab_are_none_of_its_colours(width: int) -> None:
    """As a browser draws it: what is carried on is the dab's colour, and not what it is mixed with white."""
    colour, spreads = (200, 30, 60), []
    for scale in (1, 8):  # hard, and soft
        page = Image.new("RGB", (256 * scale,) * 2, "white")
        draw = ImageDraw.Draw(page)
        draw.rectangle([20 * scale, 20 * scale, 235 * scale, 235 * scale], outline="black", width=3 * scale)
        draw.line([90 * scale, 90 * scale, 150 * scale, 170 * scale], fill=colour, width=width * scale)
        drawn = page.resize((256, 256), Image.Resampling.BOX)
        spreads.append(spread(to_tensor(drawn)[None])[0])
    hard, soft = ((one[:3, 30:226, 30:226] + 1) * 127.5 for one in spreads)
    wanted = torch.tensor(colour).view(3, 1, 1)
    assert (hard - wanted).abs().max() < 1
    assert (soft - wanted).abs().max() < 12
