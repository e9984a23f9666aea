"""A photo's edges in the style that edge models were trained on.

The training pictures of edges-to-photo models are thin lines, 1 pixel wide, black on white, at 256x256:
the holistically-nested edge detector's (HED, Xie and Tu 2015) output, thinned and rid of specks. Here the
same look is had without a network. Shapes: N batch, C channels, H height, W width.
"""

from __future__ import annotations

import functools
import math

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from pix2pix.errors import ConfigError
from pix2pix.images import letterbox, to_tensor

Mask = NDArray[np.bool_]

# Standard deviations in pixels at 256x256 and weights of the smoothed pictures whose gradients are summed.
# The constants here were fitted to the edges2shoes and edges2handbags training pairs.
SCALES = ((1.0, 1.0), (2.0, 1.0), (4.0, 0.5))
SURROUND = 4.0  # standard deviation of the neighbourhood that an edge must stand out from
CONTRAST = 0.065  # contrast (black to white is 1) that an edge needs to count half where nothing surrounds it
TYPICAL = 0.7  # mean contrast of the strongest 2 % of a picture's pixels; CONTRAST sinks with it, ...
FAINTEST = 0.3  # ... down to this part, so that a white shoe on white has a contour, and noise has none
STRONG = 0.51  # edge strength that starts a line at detail 0.5 ...
WEAK = 0.85  # ... and how much of that continues it
DETAIL_SPAN = 0.18  # from detail 0 to detail 1, the strength that starts a line sinks by this
MIN_LENGTH = 8  # shortest line kept at detail 0.5, in pixels; 23 at detail 0, 3 at detail 1


def edge_strength(x: Tensor) -> Tensor:
    """Thin edge strength of photos: (N, 3, H, W) in [-1, 1] -> (N, 1, H, W) in [0, 1), 0 off the ridges.

    Gradients of several Gaussian scales are summed, so that an edge counts where the scales agree, and of
    the colour channels the strongest is taken. Strength is m / (m + surround + constant), m the magnitude
    and surround its local mean: texture, surrounded by its like, loses against a lone contour, and faint
    contours win (divisive normalisation as in Heeger 1992). Local maxima across the edge are kept (Canny
    1986). Borders are continued, so they make no edges.
    """
    x = x.float() / 2  # from black to white is 1
    # A step of height 1 has a smoothed slope of 1 / (sqrt(2 pi) sigma): the factor makes scales equal.
    smoothed = torch.zeros_like(x)
    for sigma, weight in SCALES:
        smoothed.add_(gaussian_blur(x, sigma), alpha=weight * math.sqrt(2 * math.pi) * sigma)
    dx, dy, magnitude = _strongest_channel(*_slopes(smoothed / sum(weight for _, weight in SCALES)))
    strongest = magnitude.flatten(1).topk(max(1, magnitude[0].numel() // 50), sorted=False).values.mean(1)
    constant = CONTRAST * (strongest / TYPICAL).clamp(FAINTEST, 1).view(-1, 1, 1, 1)
    strength = magnitude / (magnitude + gaussian_blur(magnitude, SURROUND) + constant)
    return _ridges(strength, dx, dy)


def gaussian_blur(x: Tensor, sigma: float) -> Tensor:
    """(N, C, H, W) smoothed by a Gaussian of sigma pixels, cut off at 3 sigma, borders continued."""
    radius = math.ceil(3 * sigma)
    kernel = [math.exp(-t * t / (2 * sigma * sigma)) for t in range(radius + 1)]
    total = kernel[0] + 2 * sum(kernel[1:])
    for dim, padding in ((3, (radius, radius, 0, 0)), (2, (0, 0, radius, radius))):
        # Sums of shifted pictures: on a CPU half the time of conv2d with one channel.
        padded, side = F.pad(x, padding, mode="replicate"), x.shape[dim]
        x = x * (kernel[0] / total)
        for t in range(1, radius + 1):
            x = x.add_(padded.narrow(dim, radius - t, side), alpha=kernel[t] / total)
            x = x.add_(padded.narrow(dim, radius + t, side), alpha=kernel[t] / total)
    return x


def _slopes(x: Tensor) -> tuple[Tensor, Tensor]:
    """Central differences along W and along H, borders continued."""
    p = F.pad(x, (1, 1, 1, 1), mode="replicate")
    return (p[..., 1:-1, 2:] - p[..., 1:-1, :-2]) / 2, (p[..., 2:, 1:-1] - p[..., :-2, 1:-1]) / 2


def _strongest_channel(dx: Tensor, dy: Tensor) -> tuple[Tensor, ...]:
    """Per pixel the gradient (dx, dy) of the channel where it is longest, and its length: (N, 1, H, W)."""
    best: tuple[Tensor, ...] = (dx[:, :1], dy[:, :1], torch.hypot(dx[:, :1], dy[:, :1]))
    for c in range(1, dx.shape[1]):  # argmax and gather take ten times as long
        other = (dx[:, c : c + 1], dy[:, c : c + 1], torch.hypot(dx[:, c : c + 1], dy[:, c : c + 1]))
        longer = other[2] > best[2]
        best = tuple(torch.where(longer, new, old) for new, old in zip(other, best, strict=True))
    return best


def _ridges(strength: Tensor, dx: Tensor, dy: Tensor) -> Tensor:
    """Non-maximum suppression: strength where it is a maximum along the gradient (dx, dy), else 0.

    The two values compared with are interpolated between neighbours, a pixel's side away.
    """
    h, w = strength.shape[-2:]
    p = F.pad(strength, (1, 1, 1, 1))

    def at(down: int, right: int) -> Tensor:
        return p[..., 1 + down : 1 + down + h, 1 + right : 1 + right + w]

    wide, tall = dx.abs(), dy.abs()
    across = wide >= tall  # the gradient is nearer to the horizontal
    slant = torch.minimum(wide, tall) / torch.maximum(wide, tall).clamp_min(1e-12)
    falling = dx * dy >= 0  # it points down right, or up left

    def neighbour(sign: int) -> Tensor:
        diagonal = torch.where(falling, at(sign, sign), torch.where(across, at(-sign, sign), at(sign, -sign)))
        return torch.lerp(torch.where(across, at(0, sign), at(sign, 0)), diagonal, slant)

    # > on one side only, so that of two equal neighbours one remains.
    return strength * ((strength > neighbour(1)) & (strength >= neighbour(-1)))


def hysteresis(strength: NDArray[np.float32], low: float, high: float) -> Mask:
    """(H, W): the 8-connected lines above low that are somewhere above high (Canny 1986)."""
    mask = strength > low
    labels, count = components(mask)
    strong = np.zeros(count, bool)
    strong[labels[strength[mask] > high]] = True
    return _spread(mask, strong[labels])


def remove_specks(mask: Mask, min_length: int) -> Mask:
    """(H, W) without its 8-connected components of fewer than min_length pixels."""
    labels, count = components(mask)
    return _spread(mask, (np.bincount(labels, minlength=count) >= min_length)[labels])


def _spread(mask: Mask, keep: Mask) -> Mask:
    """A copy of the mask in which only the set pixels with keep, in reading order, are left."""
    out = mask.copy()
    out[mask] = keep
    return out


def components(mask: Mask, *, corners: bool = True) -> tuple[NDArray[np.int64], int]:
    """Label 8-connected components, or without corners 4-connected ones.

    Returns the labels of the set pixels in reading order, and how many pixels there are: labels are below
    that, but not all of them occur, and rise with the components' first pixels. Union-find over pairs of
    neighbours, all pairs at once: the larger root joins the smaller until every pair shares one.
    """
    number = np.full((mask.shape[0] + 2, mask.shape[1] + 2), -1)
    inner = number[1:-1, 1:-1]
    count = int(mask.sum())
    inner[mask] = np.arange(count)
    pairs = []
    beside = number[1:-1, 2:], number[2:, 1:-1]
    for later in (*beside, number[2:, :-2], number[2:, 2:]) if corners else beside:
        joined = (inner >= 0) & (later >= 0)
        pairs.append(np.stack((inner[joined], later[joined])))
    a, b = np.concatenate(pairs, 1)
    root = np.arange(count)
    while len(a):
        a, b = root[a], root[b]
        apart = a != b
        a, b = a[apart], b[apart]
        np.minimum.at(root, np.maximum(a, b), np.minimum(a, b))
        while not np.array_equal(shorter := root[root], root):
            root = shorter
    return root, count


def thin(mask: Mask) -> Mask:
    """(H, W) -> its skeleton, 1 pixel wide, 8-connected (Guo and Hall 1989, algorithm A1)."""
    image = np.pad(mask, 1).astype(np.uint8)
    inner = image[1:-1, 1:-1]
    h, w = mask.shape
    while True:
        before = int(inner.sum())
        for table in _thinning_tables():
            code = np.zeros((h, w), np.uint8)
            for bit, (down, right) in enumerate(_RING):
                code |= image[1 + down : 1 + down + h, 1 + right : 1 + right + w] << bit
            inner &= ~table[code] & 1
        if int(inner.sum()) == before:
            return inner.astype(bool)


# The neighbours of a pixel, clockwise from above: (down, right).
_RING = ((-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1))


@functools.cache
def _thinning_tables() -> tuple[NDArray[np.uint8], ...]:
    """For both half steps, 1 for those of the 256 neighbourhoods whose centre pixel is removed."""
    tables = np.zeros((2, 256), np.uint8)
    for code in range(256):
        p2, p3, p4, p5, p6, p7, p8, p9 = (code >> bit & 1 for bit in range(8))
        pairs = ((p2, p3, p4), (p4, p5, p6), (p6, p7, p8), (p8, p9, p2))
        crossings = sum((1 - a) & (b | c) for a, b, c in pairs)
        n1 = (p9 | p2) + (p3 | p4) + (p5 | p6) + (p7 | p8)
        n2 = (p2 | p3) + (p4 | p5) + (p6 | p7) + (p8 | p9)
        keep = ((p6 | p7 | (1 - p9)) & p8, (p2 | p3 | (1 - p5)) & p4)
        if crossings == 1 and 2 <= min(n1, n2) <= 3:
            tables[:, code] = [not k for k in keep]
    return tuple(tables)


def photo_to_edges(
    image: Image.Image, *, size: int = 256, detail: float = 0.5, line_width: int = 1
) -> Image.Image:
    """A photo's edges as RGB of size x size, black lines on white; aspect kept, padded with white.

    Args:
        image: any picture; a flat one gives a blank page.
        size: side of the result in pixels. The lines are as fine as at 256, so that a larger page has more.
        detail: how many lines, 0 (contours) to 1; 0.5 is like the training pictures.
        line_width: in pixels.

    Raises:
        ConfigError: an option is out of its range.
    """
    if size < 1 or line_width < 1:
        raise ConfigError("edges.too_thin", size=size, line_width=line_width)
    square, (left, top, right, bottom) = letterbox(image, size)
    # Edges are searched in the photo alone, so that its border against the padding makes none.
    photo = to_tensor(square.crop((left, top, right, bottom)))
    mask = np.zeros((size, size), bool)
    mask[top:bottom, left:right] = edges_from_tensor(photo, detail).numpy()
    page = np.where(_widen(mask, line_width), 0, 255).astype(np.uint8)
    return Image.fromarray(page).convert("RGB")


def _widen(mask: Mask, line_width: int) -> Mask:
    """Lines of 1 pixel drawn with a round pen of line_width pixels."""
    h, w = mask.shape
    centre = (line_width - 1) / 2
    before = line_width // 2
    padded = np.pad(mask, (before, line_width - 1 - before))
    wide = np.zeros_like(mask)
    for y in range(line_width):
        for x in range(line_width):
            if math.hypot(y - centre, x - centre) <= line_width / 2:
                wide |= padded[y : y + h, x : x + w]
    return wide


def edges_from_tensor(photo: Tensor, detail: float = 0.5) -> Tensor:
    """Edges of a photo: (3, H, W) in [-1, 1] -> (H, W) bool on the CPU, True on lines 1 pixel wide.

    Cheap enough for a data loader: some milliseconds at 256x256. For detail see `photo_to_edges`.
    """
    if not 0 <= detail <= 1:
        raise ConfigError("edges.bad_detail", detail=detail)
    with torch.no_grad():
        strength = edge_strength(photo[None])[0, 0].cpu().numpy()
    high = STRONG + (0.5 - detail) * DETAIL_SPAN
    mask = hysteresis(strength, WEAK * high, high)
    return torch.from_numpy(remove_specks(thin(mask), round(MIN_LENGTH * 8 ** (0.5 - detail))))
