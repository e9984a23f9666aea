"""The critic's map stands where the patches are, its boxes are what they see, its numbers mean something."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from support import assert_one_sentence, make_checkpoint, model_config, noise_picture, tiny_generator
from torch import Tensor

from pix2pix.checkpoint import GanLoss
from pix2pix.critic import SCALE_OF, SCALES, Critic, realness, spread
from pix2pix.discriminator import RECEPTIVE_FIELDS, DiscriminatorSpec, PatchDiscriminator
from pix2pix.errors import CheckpointError, ConfigError, ImageError
from pix2pix.inputs import InputKind

FIELDS = st.sampled_from([1, 16, 34, 70])


def summing(field: int) -> PatchDiscriminator:
    """A discriminator whose score grows with the brightness of what the cell sees, centre most."""
    network = PatchDiscriminator(
        DiscriminatorSpec(receptive_field=field, width=1, condition_channels=0, norm="none")
    )
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            parameter.fill_(0.0 if name.endswith("bias") else 1.0)
    return network.eval()


def critic(field: int = 16, input: InputKind = "photo", **options: object) -> Critic:
    network = summing(field)
    config = model_config(tiny_generator().spec, input=input, discriminator=network.spec)
    return Critic(config, network, device="cpu", **options)


def dot(width: int, height: int, x: int, y: int) -> Image.Image:
    """Black, but for one white pixel."""
    picture = Image.new("RGB", (width, height))
    picture.putpixel((x, y), (255, 255, 255))
    return picture


# ---- the map ----------------------------------------------------------------------------------------


@given(FIELDS, st.integers(70, 130), st.integers(70, 130), st.data())
def test_a_bright_dot_shows_up_where_it_is(field: int, width: int, height: int, data: st.DataObject) -> None:
    """A planted impulse: the brightest place of the map is the dot, to within half a step.

    The cells' own weights form a symmetric bump, so its centre of mass is the dot as well, if cells are
    placed by their centres. Stretching the map over the picture would miss both.
    """
    judge = critic(field)
    step = judge.geometry.step
    margin = 0 if field == 1 else field // 2 + step
    if min(width, height) <= 2 * margin + 1:
        width, height = (side + field for side in (width, height))
    x = data.draw(st.integers(margin, width - 1 - margin))
    y = data.draw(st.integers(margin, height - 1 - margin))
    picture, black = dot(width, height, x, y), Image.new("RGB", (width, height))
    with torch.no_grad():
        seen = judge.judge(picture, picture).scores - judge.judge(black, black).scores
    inside = spread(seen, judge.geometry, height, width)
    assert inside.shape == (height, width)
    peak = int(inside.argmax())
    assert abs(peak % width - x) <= step and abs(peak // width - y) <= step
    weights = inside.clamp_min(0)
    mass_x = float((weights.sum(0) * torch.arange(width)).sum() / weights.sum())
    mass_y = float((weights.sum(1) * torch.arange(height)).sum() / weights.sum())
    assert abs(mass_x - x) <= step / 2 + 0.5 and abs(mass_y - y) <= step / 2 + 0.5


@given(st.sampled_from(RECEPTIVE_FIELDS), st.integers(64, 400), st.integers(64, 400))
def test_a_value_stands_at_its_cells_centre_and_the_border_is_held(
    field: int, height: int, width: int
) -> None:
    geometry = DiscriminatorSpec(receptive_field=field).geometry
    rows, columns = geometry.cells(height), geometry.cells(width)
    if rows < 1 or columns < 1:
        return
    values = torch.rand(rows, columns)
    shown = spread(values, geometry, height, width)
    assert shown.min() >= values.min() - 1e-6 and shown.max() <= values.max() + 1e-6
    for row in {0, rows // 2, rows - 1}:
        for column in {0, columns // 2, columns - 1}:
            y, x = geometry.centre(row), geometry.centre(column)
            if y == int(y):  # an even step puts the centre on the edge between two pixels
                around = shown[max(int(y) - 1, 0) : int(y) + 1, max(int(x) - 1, 0) : int(x) + 1].mean()
                near = values[max(row - 1, 0) : row + 2, max(column - 1, 0) : column + 2]
                bend = float(near.max() - near.min()) / geometry.step
                assert abs(float(around - values[row, column])) <= bend + 1e-5
            else:
                assert shown[int(y), int(x)] == pytest.approx(float(values[row, column]), abs=1e-5)
    corner = int(geometry.centre(0))  # 0 for the tutorial code's, whose first centre is the picture's corner
    assert torch.all(shown[:corner, :corner] == values[0, 0])


def test_a_ramp_is_reproduced_exactly_between_the_outer_centres() -> None:
    """Linear interpolation by centres gives x itself; by stretching it is off by up to 4 pixels."""
    geometry = DiscriminatorSpec(receptive_field=70).geometry
    centres = torch.tensor([geometry.centre(n) for n in range(geometry.cells(256))])
    shown = spread(centres.expand(30, 30), geometry, 256, 256)
    pixels = torch.arange(256) + 0.5
    assert torch.allclose(shown[100], pixels.clamp(12, 244), atol=1e-4)


# ---- boxes ------------------------------------------------------------------------------------------


@given(FIELDS, st.integers(40, 120), st.integers(40, 120), st.randoms(use_true_random=False))
def test_a_box_is_exactly_what_the_score_depends_on(field: int, width: int, height: int, random: Any) -> None:
    judge = critic(field)
    judgement = judge.judge(*[Image.new("RGB", (width, height), (90, 90, 90))] * 2)
    rows, columns = judgement.scores.shape
    row, column = random.randrange(rows), random.randrange(columns)
    image = torch.zeros(1, 3, height, width, requires_grad=True)
    judge._discriminator(None, image)[0, 0, row, column].backward()
    seen = image.grad[0].abs().sum(0) > 0
    ys, xs = (np.flatnonzero(seen.any(dim=d).numpy()) for d in (1, 0))
    assert judgement.patch_box(row, column) == (xs[0], ys[0], xs[-1] + 1, ys[-1] + 1)


def test_the_extreme_patches_are_the_extreme_ones_and_lie_apart() -> None:
    picture = Image.new("RGB", (128, 96))
    picture.paste("white", (90, 60, 118, 88))
    picture.paste((200, 200, 200), (10, 10, 38, 38))
    judgement = critic(16).judge(picture, picture)
    first, second = judgement.patches(2, "real")
    assert first.score == float(judgement.scores.max()) and first.score >= second.score
    middle = [((p.box[0] + p.box[2]) / 2, (p.box[1] + p.box[3]) / 2) for p in (first, second)]
    assert 90 < middle[0][0] < 118 and 60 < middle[0][1] < 88
    apart = max(abs(middle[0][0] - middle[1][0]), abs(middle[0][1] - middle[1][1]))
    assert apart >= 8
    (fake,) = judgement.patches(1, "fake")
    assert fake.score == float(judgement.scores.min()) and fake.realness < first.realness
    assert judgement.patches(0, "fake") == []


def test_a_fitted_drawing_is_judged_in_the_square_and_shown_in_its_own_pixels() -> None:
    """A 120x60 drawing goes into a 32x32 square as 32x16; the map and the boxes come back at 120x60."""
    judge = critic(16, input="edges")
    picture = Image.new("RGB", (120, 60))
    picture.paste("white", (90, 30, 110, 50))
    judgement = judge.judge(picture, picture)
    assert judgement.seen == (32, 32) and judgement.box == (0, 8, 32, 24)
    shown = judgement.map()
    assert shown.shape == (60, 120)
    inner = spread(judgement.scores, judgement.geometry, 32, 32)[8:24]  # logits: the sigmoid saturates here
    x, y = int(inner.argmax()) % 32 * 120 / 32, int(inner.argmax()) // 32 * 60 / 16
    for patch in judgement.patches(5, "real") + judgement.patches(5, "fake"):
        left, top, right, bottom = patch.box
        assert 0 <= left < right <= 120 and 0 <= top < bottom <= 60
    # The white ground above and below is not the picture's and may not draw the map to itself.
    assert 85 < x < 115 and (y > 25)


def test_a_cell_that_sees_only_the_ground_has_an_empty_box() -> None:
    picture = Image.new("RGB", (64, 4))
    judgement = critic(1, input="edges").judge(picture, picture)
    left, top, right, bottom = judgement.patch_box(0, 0)
    assert (right - left) * (bottom - top) == 0
    assert all(p.box[1] < p.box[3] for p in judgement.patches(50, "real"))


# ---- from a pixel to its cell ----------------------------------------------------------------------------


@given(st.sampled_from(RECEPTIVE_FIELDS), st.integers(48, 400), st.floats(-20, 420))
def test_the_cell_at_a_place_is_the_one_with_the_nearest_centre(
    field: int, pixels: int, place: float
) -> None:
    geometry = DiscriminatorSpec(receptive_field=field).geometry
    cells = geometry.cells(pixels)
    if cells < 1:
        with pytest.raises(ValueError, match="no cell"):
            geometry.cell_at(place, pixels)
        return
    distance = [abs(geometry.centre(cell) - place) for cell in range(cells)]
    cell = geometry.cell_at(place, pixels)
    assert 0 <= cell < cells and distance[cell] == pytest.approx(min(distance))


@given(st.sampled_from(RECEPTIVE_FIELDS), st.integers(70, 400))
def test_a_centre_leads_back_to_its_cell(field: int, pixels: int) -> None:
    geometry = DiscriminatorSpec(receptive_field=field).geometry
    for cell in range(geometry.cells(pixels)):
        assert geometry.cell_at(geometry.centre(cell), pixels) == cell


@given(
    st.sampled_from([1, 16, 34, 70]),
    st.sampled_from(["photo", "edges"]),
    st.integers(40, 200),
    st.integers(40, 200),
    st.data(),
)
def test_the_cell_of_a_pixel_sees_that_pixel(
    field: int, input: InputKind, width: int, height: int, data: st.DataObject
) -> None:
    """Of photos as they are, and of drawings that were fitted into a square and back."""
    picture = Image.new("RGB", (width, height))
    judgement = critic(field, input=input).judge(picture, picture)
    x, y = data.draw(st.integers(0, width - 1)), data.draw(st.integers(0, height - 1))
    row, column = judgement.cell_at(x + 0.5, y + 0.5)
    left, top, right, bottom = judgement.patch(row, column).box
    assert left <= x < right and top <= y < bottom
    centre_x, centre_y = judgement.centre(row, column)
    assert judgement.cell_at(x - 1000, y) == judgement.cell_at(0, y)
    if 0 <= centre_x <= width and 0 <= centre_y <= height:
        assert judgement.cell_at(centre_x, centre_y) == (row, column)


def test_a_bright_dot_is_in_the_cell_that_is_found_there() -> None:
    """Independent of the arithmetic: of all cells the one at the dot answers to it the most."""
    judge = critic(70)
    black = Image.new("RGB", (256, 200))
    ground = judge.judge(black, black).scores
    for x, y in ((60, 84), (100, 92), (190, 109)):
        picture = dot(256, 200, x, y)
        judgement = judge.judge(picture, picture)
        brightest = int((judgement.scores - ground).argmax())
        assert judgement.cell_at(x + 0.5, y + 0.5) == divmod(brightest, judgement.scores.shape[1])


def test_a_cell_that_is_not_there_is_refused() -> None:
    judgement = critic(16).judge(*[Image.new("RGB", (64, 64))] * 2)
    rows, columns = judgement.scores.shape
    assert judgement.patch(rows - 1, columns - 1).column == columns - 1
    for row, column in ((-1, 0), (0, -1), (rows, 0), (0, columns)):
        with pytest.raises(IndexError):
            judgement.patch(row, column)


# ---- what the numbers mean ----------------------------------------------------------------------------


def test_every_gan_loss_has_a_scale() -> None:
    assert set(SCALE_OF) == set(get_args(GanLoss))
    assert set(SCALE_OF.values()) <= set(SCALES)
    assert SCALE_OF["vanilla"] == "logit" and SCALE_OF["lsgan"] == "unit"


@pytest.mark.parametrize(
    ("scale", "scores", "expected"),
    [
        ("logit", [-40.0, 0.0, 1.0986123, 40.0], [0, 0.5, 0.75, 1]),
        ("unit", [-0.2, 0.0, 0.25, 1.3], [0, 0, 0.25, 1]),
        ("signed", [-3.0, -1.0, 0.0, 1.0], [0, 0, 0.5, 1]),
        ("relative", [4.0, 5.0, 6.0, 5.0], [0.5 - 2**0.5 / 4, 0.5, 0.5 + 2**0.5 / 4, 0.5]),
    ],
)
def test_realness(scale: str, scores: list[float], expected: list[float]) -> None:
    values = realness(torch.tensor([scores]), scale)  # type: ignore[arg-type]
    assert values[0].tolist() == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("scale", SCALES)
def test_every_scale_is_finite_and_rises_with_the_score(scale: str) -> None:
    flat = realness(torch.full((3, 3), 0.4), scale)  # type: ignore[arg-type]
    assert torch.all((flat >= 0) & (flat <= 1))
    scores = torch.linspace(-5, 5, 20)[None]
    assert torch.all(realness(scores, scale).diff() >= 0)  # type: ignore[arg-type]


def test_the_scores_are_the_networks_own(tmp_path: Path) -> None:
    folder = make_checkpoint(tmp_path / "model", input="photo")
    judge = Critic.load(folder, device="cpu")
    condition, output = noise_picture(50, 40, 1), noise_picture(50, 40, 2)
    judgement = judge.judge(condition, output)
    x, y = (torch.from_numpy(np.array(p)).permute(2, 0, 1)[None] / 127.5 - 1 for p in (condition, output))
    with torch.no_grad():
        expected: Tensor = judge._discriminator(x, y)[0, 0]
    assert torch.allclose(judgement.scores, expected, atol=1e-5)
    assert judgement.scores.shape == (judge.geometry.cells(40), judge.geometry.cells(50))
    swapped = judge.judge(output, condition)
    assert not torch.allclose(swapped.scores, judgement.scores)


def test_damaged_weights_are_told_and_not_drawn() -> None:
    judge = critic(16)
    with torch.no_grad():
        judge._discriminator.last.bias.fill_(float("nan"))
    with pytest.raises(CheckpointError) as caught:
        judge.judge(noise_picture(64, 64), noise_picture(64, 64))
    assert_one_sentence(caught.value)


def test_mistakes_are_one_sentence() -> None:
    judge = critic(70)
    with pytest.raises(ImageError) as sizes:
        judge.judge(noise_picture(64, 64), noise_picture(64, 63))
    with pytest.raises(ImageError) as small:
        judge.judge(noise_picture(12, 64), noise_picture(12, 64))
    with pytest.raises(ConfigError) as scale:
        critic(16, scale="percent")
    for caught in (sizes, small, scale):
        assert_one_sentence(caught.value)
