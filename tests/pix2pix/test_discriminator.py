"""The PatchGAN's layers, and that each score sees exactly the pixels that its geometry says."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from support import assert_one_sentence
from torch import nn

from pix2pix.discriminator import RECEPTIVE_FIELDS, DiscriminatorSpec, PatchDiscriminator
from pix2pix.errors import ConfigError
from pix2pix.norm import BatchNorm, NoNorm

FIELDS = pytest.mark.parametrize("field", RECEPTIVE_FIELDS)


def tiny(field: int = 16, **spec: object) -> PatchDiscriminator:
    return PatchDiscriminator(DiscriminatorSpec(**{"receptive_field": field, "width": 2, **spec})).eval()


def test_the_receptive_fields_on_offer() -> None:
    assert RECEPTIVE_FIELDS == (1, 16, 34, 70, 94, 142, 286)
    for field in RECEPTIVE_FIELDS:
        assert DiscriminatorSpec(receptive_field=field).geometry.receptive_field == field


def test_parameter_count_at_width_64() -> None:
    with torch.device("meta"):
        network = PatchDiscriminator(DiscriminatorSpec())
    assert sum(p.numel() for p in network.parameters()) == 2_768_705


@pytest.mark.parametrize(
    ("field", "channels", "kernels", "strides"),
    [
        (1, [64, 128, 1], [1, 1, 1], [1, 1, 1]),
        (16, [64, 128, 1], [4, 4, 4], [2, 1, 1]),
        (34, [64, 128, 256, 1], [4] * 4, [2, 2, 1, 1]),
        (70, [64, 128, 256, 512, 1], [4] * 5, [2, 2, 2, 1, 1]),
        (142, [64, 128, 256, 512, 512, 1], [4] * 6, [2, 2, 2, 2, 1, 1]),
        (286, [64, 128, 256, 512, 512, 512, 1], [4] * 7, [2, 2, 2, 2, 2, 1, 1]),
    ],
)
def test_layers_are_the_papers(
    field: int, channels: list[int], kernels: list[int], strides: list[int]
) -> None:
    with torch.device("meta"):
        network = PatchDiscriminator(DiscriminatorSpec(receptive_field=field))
    convs = [m for m in network.modules() if isinstance(m, nn.Conv2d)]
    assert [conv.out_channels for conv in convs] == channels
    assert [conv.in_channels for conv in convs] == [6, *channels[:-1]]
    assert [conv.kernel_size[0] for conv in convs] == kernels
    assert [conv.stride[0] for conv in convs] == strides
    assert isinstance(network.norms[0], NoNorm)
    assert all(isinstance(norm, BatchNorm) for norm in list(network.norms)[1:])
    # A bias wherever no norm follows, as in the published parameter count.
    assert [conv.bias is not None for conv in convs] == [True, *[False] * (len(convs) - 2), True]


def test_the_tutorial_codes_discriminator() -> None:
    """Four strided layers, a zero more above and left, and a last one without a bias: 16x16 scores."""
    spec = DiscriminatorSpec(receptive_field=94, norm="instance_plain")
    with torch.device("meta"):
        network = PatchDiscriminator(spec)
    assert sum(p.numel() for p in network.parameters()) == 2_767_808
    convs = [m for m in network.modules() if isinstance(m, nn.Conv2d)]
    assert [(c.out_channels, c.stride[0], c.bias is not None) for c in convs] == [
        (64, 2, True),
        (128, 2, True),
        (256, 2, True),
        (512, 2, True),
        (1, 1, False),
    ]
    geometry = spec.geometry
    assert (geometry.receptive_field, geometry.step, geometry.cells(256)) == (94, 16, 16)
    assert [geometry.centre(cell) for cell in (0, 1, 15)] == [0, 16, 240]
    assert (geometry.span(0, 256), geometry.span(8, 256), geometry.span(15, 256)) == (
        (0, 47),
        (81, 175),
        (193, 256),
    )


@pytest.mark.parametrize(
    ("field", "side"), [(1, 256), (16, 126), (34, 62), (70, 30), (94, 16), (142, 14), (286, 6)]
)
def test_map_sizes_at_256(field: int, side: int) -> None:
    network = tiny(field)
    assert network.spec.geometry.cells(256) == side
    image = torch.zeros(1, 3, 256, 256)
    with torch.no_grad():
        assert network(image, image).shape == (1, 1, side, side)


@pytest.mark.parametrize(
    ("field", "step", "first", "last"),
    [(1, 1, 0.5, 255.5), (16, 2, 3, 253), (70, 8, 12, 244), (286, 32, 48, 208)],
)
def test_centres_at_256(field: int, step: int, first: float, last: float) -> None:
    geometry = DiscriminatorSpec(receptive_field=field).geometry
    cells = geometry.cells(256)
    assert geometry.step == step
    assert geometry.centre(0) == first
    assert geometry.centre(cells - 1) == last
    assert first + last == 256  # symmetric: nothing is shifted
    assert geometry.centre(3) - geometry.centre(2) == step


@FIELDS
def test_each_score_sees_exactly_its_span(field: int) -> None:
    """By gradient: the pixels that a score depends on are those that the geometry names, and no other."""
    network = tiny(field, width=1, norm="none").double()
    with torch.no_grad():  # positive weights cannot cancel, and the leaky ReLU lets all gradients pass
        for parameter in network.parameters():
            parameter.copy_(parameter.abs() + 0.1)
    geometry = network.spec.geometry
    height, width = field + 2 * geometry.step + 3, field + geometry.step
    condition = torch.rand(1, 3, height, width, dtype=torch.float64, requires_grad=True)
    image = torch.rand(1, 3, height, width, dtype=torch.float64, requires_grad=True)
    scores = network(condition, image)
    rows, columns = scores.shape[2:]
    assert (rows, columns) == (geometry.cells(height), geometry.cells(width))
    for row, column in {(0, 0), (rows // 2, columns // 2), (rows - 1, columns - 1), (0, columns - 1)}:
        for gradient in torch.autograd.grad(scores[0, 0, row, column], (condition, image), retain_graph=True):
            seen = gradient[0].abs().sum(0) > 0
            top, bottom = geometry.span(row, height)
            left, right = geometry.span(column, width)
            expected = torch.zeros(height, width, dtype=torch.bool)
            expected[top:bottom, left:right] = True
            assert torch.equal(seen, expected), (field, row, column)


@FIELDS
def test_an_inner_patch_is_as_large_as_its_name(field: int) -> None:
    geometry = DiscriminatorSpec(receptive_field=field).geometry
    pixels = 4 * field + 64
    cell = geometry.cells(pixels) // 2
    first, end = geometry.span(cell, pixels)
    assert end - first == field
    assert (first + end) / 2 == geometry.centre(cell)


@given(st.sampled_from(RECEPTIVE_FIELDS), st.integers(1, 150), st.integers(1, 150))
def test_cells_are_the_size_of_the_map_or_none(field: int, height: int, width: int) -> None:
    geometry = DiscriminatorSpec(receptive_field=field).geometry
    rows, columns = geometry.cells(height), geometry.cells(width)
    network, image = tiny(field, width=1), torch.zeros(1, 3, height, width)
    if rows == 0 or columns == 0:
        with pytest.raises(RuntimeError), torch.no_grad():
            network(image, image)
        return
    with torch.no_grad():
        assert network(image, image).shape == (1, 1, rows, columns)
    for cell, pixels in ((0, height), (rows - 1, height), (columns - 1, width)):
        first, end = geometry.span(cell, pixels)
        assert 0 <= first < end <= pixels


def test_the_condition_is_judged_too() -> None:
    network = tiny()
    condition, other, image = torch.randn(3, 1, 3, 32, 32)
    with torch.no_grad():
        scores = network(condition, image)
        assert not torch.equal(network(other, image), scores)
        assert not torch.equal(network(condition, other), scores)
        assert not torch.equal(network(image, condition), scores)
    with pytest.raises(ValueError, match="condition"):
        network(None, image)


def test_unconditional_ignores_the_condition() -> None:
    network = tiny(condition_channels=0)
    condition, other, image = torch.randn(3, 1, 3, 32, 32)
    with torch.no_grad():
        scores = network(None, image)
        assert torch.equal(network(condition, image), scores)
        assert not torch.equal(network(None, other), scores)
    assert network.convs[0].in_channels == 3


@pytest.mark.parametrize("norm", ["batch", "instance", "none"])
def test_outside_training_a_score_depends_on_its_own_image_only(norm: str) -> None:
    network = tiny(norm=norm)
    condition, image = torch.randn(2, 4, 3, 32, 32)
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    with torch.no_grad():
        together = network(condition, image)
        alone = torch.cat([network(c[None], y[None]) for c, y in zip(condition, image, strict=True)])
    torch.testing.assert_close(together, alone, atol=1e-5, rtol=0)
    for name, tensor in network.state_dict().items():
        assert torch.equal(tensor, before[name]), name


def test_scores_are_logits() -> None:
    network = tiny(norm="none")
    with torch.no_grad():
        network.last.bias.fill_(-7.0)
        scores = network(torch.zeros(1, 3, 32, 32), torch.zeros(1, 3, 32, 32))
    assert float(scores.max()) < -6  # no sigmoid


@pytest.mark.parametrize("bad", [{"receptive_field": 64}, {"width": 0}, {"width": 1000}, {"norm": "group"}])
def test_a_bad_specification_is_one_sentence(bad: dict[str, object]) -> None:
    with pytest.raises(ConfigError) as caught:
        DiscriminatorSpec(**bad)
    assert_one_sentence(caught.value)
