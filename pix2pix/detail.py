"""What a model made of a small copy of a photo, at the photo's own size and with its fine detail.

A network knows things of the scale that it was trained on. Of a photo several times larger it sees patches
without their surroundings, and answers differently from patch to patch: half of one sky becomes night and
half stays dusk. So a large photo is translated as a copy of the known scale, and what the copy had lost is
given back:

    result = enlarged(translation) + slope x (photo - enlarged(copy))

The slope says by how much the model scaled contrasts there: locally the translation is fitted as a linear
function of the copy, as in the guided filter (He et al. 2013). So detail is as faint as the night around it,
inverted where the model inverts, and absent where it paints something unlike the photo. Where the copy is
flat, nothing can be fitted; there detail goes with the brightness.

Shapes: N batch, H, W of the photo, h, w of the copy.
"""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor

RADIUS = 4  # of the square neighbourhoods that the slope is fitted in, in pixels of the copy
FLAT = 0.03  # standard deviation at which fit and brightness count half; a sky's JPEG noise is near 0.006
STEEPEST = 2.0  # slope at most: noise is not to be blown up
DARKEST = 0.02  # added to brightnesses before they are divided


def carry_detail(photo: Tensor, small: Tensor, result: Tensor) -> Tensor:
    """Enlarge a translation to the photo's size, with the photo's detail.

    Args:
        photo: (N, 3, H, W) in [-1, 1].
        small: (N, 3, h, w), the photo as the network saw it.
        result: (N, 3, h, w) in [-1, 1], what the network made of that.

    Returns:
        (N, 3, H, W) in [-1, 1], float32.
    """
    slope = enlarged(contrast(small, result), photo)
    detail = (photo.float() - enlarged(small.float(), photo)).mul_(slope)
    return detail.add_(enlarged(result.float(), photo)).clamp_(-1, 1)


def contrast(small: Tensor, result: Tensor) -> Tensor:
    """(N, 3, h, w) twice -> by how much the model scaled contrasts around each pixel, in [-2, 2]."""
    p, r = (small.float() + 1) / 2, (result.float() + 1) / 2
    mean_p, mean_r = _mean(p), _mean(r)
    variance = (_mean(p * p) - mean_p * mean_p).clamp(min=0)
    covariance = _mean(p * r) - mean_p * mean_r
    brighter = (mean_r + DARKEST) / (mean_p + DARKEST)
    slope = (covariance + FLAT**2 * brighter) / (variance + FLAT**2)
    return _mean(slope.clamp(-STEEPEST, STEEPEST))


def _mean(x: Tensor) -> Tensor:
    return F.avg_pool2d(x, 2 * RADIUS + 1, stride=1, padding=RADIUS, count_include_pad=False)


def enlarged(x: Tensor, like: Tensor) -> Tensor:
    """Bilinearly, to the height and width of another."""
    size = like.shape[2:]
    return x if x.shape[2:] == size else F.interpolate(x, size, mode="bilinear", align_corners=False)
