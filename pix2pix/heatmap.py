"""A critic's map as a picture: colours, the overlay and its legend.

Shapes: H height, W width in pixels.
"""

from __future__ import annotations

import torch
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

from pix2pix.images import Box, to_rgb

# Vermilion, white and blue: the two hues stay apart for every kind of colour vision (Okabe and Ito 2008).
FAKE, UNSURE, REAL = (213, 94, 0), (255, 255, 255), (0, 114, 178)
LEGEND_HEIGHT = 22


def colours(values: Tensor) -> Tensor:
    """(..., 3) RGB, 0 to 255, of realness: vermilion at 0 (fake), white at 0.5, blue at 1 (real)."""
    fake, unsure, real = (torch.tensor(c, dtype=torch.float32) for c in (FAKE, UNSURE, REAL))
    signed = (2 * values.float().clamp(0, 1) - 1)[..., None]
    return torch.lerp(unsure, torch.where(signed < 0, fake, real), signed.abs())


def overlay(picture: Image.Image, values: Tensor, opacity: float = 0.6) -> Image.Image:
    """Lay the colours of a map over a picture, which turns grey so that its own colours do not mislead.

    Args:
        picture: the judged picture.
        values: (H, W) realness at its pixels, see :meth:`pix2pix.critic.Judgement.map`.
        opacity: 0 shows the grey picture alone, 1 the map alone.
    """
    if tuple(values.shape) != (picture.height, picture.width):
        raise ValueError(f"a map of {tuple(values.shape)} for a picture of {picture.size}")
    tint = Image.fromarray(colours(values).round().to(torch.uint8).numpy())
    return Image.blend(to_rgb(picture).convert("L").convert("RGB"), tint, opacity)


def with_legend(picture: Image.Image) -> Image.Image:
    """The picture with a strip below it, the colours from fake to real; a narrow one gets no words."""
    strip = Image.new("RGB", (picture.width, LEGEND_HEIGHT), "white")
    draw, font = ImageDraw.Draw(strip), ImageFont.load_default(12)
    names = ("fake", "real")
    room = max(int(draw.textlength(name, font=font)) for name in names) + 8
    left = room if picture.width >= 3 * room else 2
    width = max(picture.width - 2 * left, 1)
    ramp = colours(torch.linspace(0, 1, width)).round().to(torch.uint8)
    bar = ramp.expand(LEGEND_HEIGHT - 8, width, 3).contiguous().numpy()
    strip.paste(Image.fromarray(bar), (left, 4))
    if left == room:
        for name, x in zip(names, (room / 2, picture.width - room / 2), strict=True):
            draw.text((x, LEGEND_HEIGHT / 2), name, fill="black", font=font, anchor="mm")
    both = Image.new("RGB", (picture.width, picture.height + LEGEND_HEIGHT))
    both.paste(to_rgb(picture), (0, 0))
    both.paste(strip, (0, picture.height))
    return both


def outline(picture: Image.Image, boxes: list[Box], colour: tuple[int, int, int]) -> None:
    """Draw the borders of patches onto a picture, in place: the colour on black, to be seen on any ground."""
    draw = ImageDraw.Draw(picture)
    for left, top, right, bottom in boxes:
        draw.rectangle((left - 1, top - 1, right, bottom), outline="black", width=4)
        draw.rectangle((left, top, right - 1, bottom - 1), outline=colour, width=2)
