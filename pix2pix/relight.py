"""The relighting head: night = day x gain + lights, so that the photo's own detail survives.

The network says how the photo is lit, not what is on it: seven channels, the offset of a gain for each
colour, one slope of that gain along the photo's luminance, and lights for each colour. With u the day's value
in [0, 1], l its luminance, and sigma the logistic function:

    gain  = 2 sigma(offset + slope (l - 1/2) + shift)
    lit   = tanh(gain u)                                  a shoulder instead of clipping
    night = 1 - (1 - lit)(1 - lights)                     lit + lights, never above 1

All of it on gamma-encoded values, not in linear light. A gain means the same in both, because
(g u)^2.2 = g^2.2 u^2.2. But the way back from linear light is a root, whose slope has no bound at black,
where nights are: gradients would explode there, and the noise of a dark pixel under a faint light would be
lifted out. On encoded values the noise and the JPEG blocks of the day shrink with the gain: two grey levels
of noise in a sky that is made ten times darker are a fifth of a level. Lights add up a little too fast in
return, which the last line bends back.

What it cannot do by construction: paint a fine pattern with the gain, because offset and slope are means over
cells of some pixels, enlarged bilinearly, and the gain's edges are those of the photo's own luminance (as in
Gharbi et al. 2017, "Deep bilateral learning"), so that a dark sky ends where the roof begins, without a halo;
and set lamps into an empty sky, because lights are dimmed where the photo is flat.

Shapes: N batch, H height, W width of what the network saw, h = H / cell, w = W / cell; H', W' of the photo.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from pix2pix.detail import enlarged
from pix2pix.device import constant
from pix2pix.images import LUMINANCE

CHANNELS = 7  # three offsets, a slope, three lights
CELL = 8  # pixels a side over which the gain's numbers are means; fewer where the network's multiple is
MOST_GAIN = 2.0  # a floodlit wall may be brighter than by day
FIRST_GAIN = 0.35  # of an untrained network: the day, darker
STEEPEST = 8.0  # slope at most; at a gain of 0.1 it makes noise in the photo less than twice as strong
FIRST_LIGHT = 0.02  # of an untrained network, where the photo has detail
FLAT = 0.03  # standard deviation of luminance at which lights are halved; a sky's JPEG noise is near 0.006

SHORT_SIDE, LONG_SIDE = 1.5, 4.0  # of the copy that the network sees, in its image sizes; see `working_size`


class Lighting(NamedTuple):
    """How a photo is to be lit, whatever its size; float32.

    offset: (N, 3, h, w) of the gain's logit.
    slope: (N, 1, h, w) of the gain's logit along the luminance, in [-8, 8].
    lights: (N, 3, H, W) in [0, 1].
    """

    offset: Tensor
    slope: Tensor
    lights: Tensor

    def on(self, day: Tensor) -> Tensor:
        """See :func:`relight`."""
        return relight(day, self)


def lighting(day: Tensor, channels: Tensor, cell: int) -> Lighting:
    """Read a network's channels as lighting.

    Args:
        day: (N, 3, H, W) in [-1, 1], what the network saw.
        channels: (N, 7, H, W), its last layer's output, of any float type.
        cell: side of the gain's cells in pixels; divides H and W.
    """
    offset, slope, lights = channels.float().split((3, 1, 3), dim=1)
    offset, slope = F.avg_pool2d(offset, cell), F.avg_pool2d(slope, cell)
    lights = torch.sigmoid(lights + _logit(FIRST_LIGHT))
    gate = enlarged(detail(day, cell), day)
    # Twice as steep at the start, because |l - 1/2| is at most a half: it is learnt as fast as the offset.
    slope = STEEPEST * torch.tanh(2 * slope / STEEPEST)
    return Lighting(offset, slope, lights * gate)


def relight(day: Tensor, light: Lighting) -> Tensor:
    """Light a photo: (N, 3, H', W') in [-1, 1] -> the same, float32, because nights are dark.

    The photo may be larger or smaller than what the lighting was made for: that is enlarged bilinearly.
    Differentiable everywhere in the photo and the lighting.
    """
    u = (day.float() + 1) / 2
    along = enlarged(light.slope, day) * (luminance(u) - 0.5)
    logit = enlarged(light.offset, day) + along + _logit(FIRST_GAIN / MOST_GAIN)
    lit = torch.tanh(MOST_GAIN * torch.sigmoid(logit) * u)
    return 1 - 2 * (1 - lit) * (1 - enlarged(light.lights, day))


def detail(day: Tensor, cell: int) -> Tensor:
    """Whether the photo has detail around each cell: (N, 3, H, W) in [-1, 1] -> (N, 1, h, w) in [0, 1).

    v / (v + FLAT^2), with v the variance of the luminance in the three by three cells around.
    """
    y = luminance((day.float() + 1) / 2)

    def mean(x: Tensor) -> Tensor:
        return F.avg_pool2d(F.avg_pool2d(x, cell), 3, stride=1, padding=1, count_include_pad=False)

    variance = (mean(y.square()) - mean(y).square()).clamp(min=0)
    return variance / (variance + FLAT**2)


def luminance(rgb: Tensor) -> Tensor:
    """(N, 3, H, W) -> (N, 1, H, W) of gamma-encoded values, in their range."""
    return (rgb * constant(LUMINANCE, rgb).view(3, 1, 1)).sum(1, keepdim=True)


def working_scale(height: int, width: int, image_size: int) -> float:
    """How much larger that copy is than the photo, before its sides are rounded."""
    return min(SHORT_SIDE * image_size / min(height, width), LONG_SIDE * image_size / max(height, width))


def working_size(height: int, width: int, image_size: int, multiple: int) -> tuple[int, int]:
    """Height and width in pixels of the copy of a photo that the network sees.

    A network that was trained on crops of ``image_size`` knows things of the scale that they have there: in
    crops of 40 to 100 % of a picture's shorter side the whole picture's would be 1 to 2.5 image sizes. So the
    shorter side is scaled to 1.5 of them, up or down, which also bounds the time and lets the network see
    nearly the whole picture, and no more than 4 become the longer side. Both are then rounded to what the
    network's halvings need: stretching by a few percent shows nothing, where padding would show it a border.
    """
    scale = working_scale(height, width, image_size)
    sides = [max(round(side * scale / multiple), 1) * multiple for side in (height, width)]
    return sides[0], sides[1]


def _logit(p: float) -> float:
    return math.log(p / (1 - p))
