"""A night that knows what it sees: a dark sky, a dim moonlit ground, and lights in windows alone.

A small network on the frozen features (:mod:`pix2pix.features`) says of each place whether it is sky, and
whether it is a window. All else is arithmetic on the photo, so that its detail survives at any size:

    night = screen(sky x gradient + ground, glow, windows)

The ground is the photo without its sky, dimmed, cool and pale, its low frequencies evened, so that what the
sun lit and its shadows come near to each other. Of the windows a seed chooses those that are lit, one by one,
with a colour and a brightness each; dark panes shine and bright frames do not. Of buildings too far for that,
dark points of the walls are lit. Lights glow in the air around them and shine on the ground near them. Where
no building is seen, there are none.

Shapes: N batch, H height, W width of what the network saw, h = ceil(H / 2), w = ceil(W / 2); H', W' of the
photo. Numbers are of gamma-encoded values in [0, 1].
"""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from pix2pix.detail import enlarged
from pix2pix.features import CHANNELS, FeatureNetwork
from pix2pix.images import LUMINANCE
from pix2pix.relight import luminance

MAPS = 3  # logits: sky, window, building
AROUND = 2  # cells to either side, twice, from which a place is judged as well
NOISE = 3  # numbers of a window: whether it is lit, its colour, its brightness

SURE, HOUSE = 0.72, 0.6  # mean probability of a window, and of a building around it, to be lit
SMALLEST, LARGEST = 3, 0.025  # cells of a window, at least; at most this share of the picture
BUILT = 0.002  # share of the picture that windows have to take, or there are no lights at all
NEAR = 0.06  # the same, from which no building is far
HINT, MANY = 0.18, 0.0008  # of far windows: their probability around a place; share of the picture
LIT, FAR = 0.35, 0.55  # share of the windows that are lit, near and far
REACH = 160  # cells from one end of a window to the other, at most, that are lit as one
WARM, PALE = (1.0, 0.60, 0.26), (1.0, 0.84, 0.60)  # lamps of 2200 to 4000 K
FAINT = 0.45  # the least brightness of a lit window

DIM, EVEN, USUAL = 0.65, 0.35, 0.42  # the ground's gain; power by which its light is evened; its usual level
PALENESS, COOL = 0.45, (0.84, 0.97, 1.17)
TOE, MOST = 0.2, 0.33  # luminance below which it is nearly black, and that only lights exceed
HIGH, LOW, TOWN = (0.016, 0.024, 0.048), (0.045, 0.060, 0.095), (0.060, 0.038, 0.012)


class Seer(nn.Module):
    """What the features say of each place and of what is around it, through two hidden layers.

    All its convolutions are 1x1, so that it can be trained on single places. What is coarse is enlarged after
    the first ones, which gives the same as before them.
    """

    def __init__(self, width: int, outputs: int):
        super().__init__()
        self.features = FeatureNetwork()
        self.first = nn.ModuleList([nn.Conv2d(c, width, 1, bias=c == CHANNELS[0]) for c in CHANNELS])
        self.around = nn.ModuleList([nn.Conv2d(c, width, 1, bias=False) for c in CHANNELS[1:]])
        self.second = nn.Conv2d(width, width // 2, 1)
        self.last = nn.Conv2d(width // 2, outputs, 1)

    def forward(self, x: Tensor) -> Tensor:
        """(N, 3, H, W) in [-1, 1] -> (N, outputs, h, w)."""
        found = self.features(x)
        parts = [first(each) for first, each in zip(self.first, found, strict=True)]
        for index, (around, each) in enumerate(zip(self.around, found[1:], strict=True), start=1):
            parts[index] = parts[index] + blur(around(each), AROUND)
        y = parts[-1]
        for part in reversed(parts[:-1]):
            y = part + enlarged(y, part)
        return self.last(F.relu(self.second(F.relu(y))))


class Night(NamedTuple):
    """What is known of a photo's night, whatever its size; float32.

    seen: (N, 3, h, w) of the photo.
    sky: (N, 1, h, w), its probability.
    lights: (N, 3, h, w), the colour of lit windows, 0 elsewhere.
    town: (N, 1, 1, 1), 1 where there are many windows, 0 where there is none.
    """

    seen: Tensor
    sky: Tensor
    lights: Tensor
    town: Tensor

    def on(self, day: Tensor) -> Tensor:
        """The night of a photo: (N, 3, H', W') in [-1, 1] -> the same, float32."""
        u = (day.float() + 1) / 2
        y, grey = luminance(u), luminance(self.seen)
        reach = max(grey.shape[2] // 48, 2)
        sky = (guided(self.sky, grey, y, reach, 1e-3) * 1.1 - 0.05).clamp(0, 1)
        weight = (self.sky * self.sky).clamp(min=1e-4)
        colour = wide_blur(self.seen * weight, 8) / wide_blur(weight, 8)
        # Where sky and ground mix, on leaves and roofs, what the sky gave is taken away.
        ground = torch.addcmul(u, sky, enlarged(colour, u), value=-1).clamp(min=0)
        ground = torch.minimum(ground, 1 - sky)
        tones = F.conv2d(ground, _tones(u))  # pale and cool, and the luminance
        gain = guided(self._gain(grey), grey, y, reach, 1e-3).clamp(0.02, 2)
        level = gain * tones[:, 3:]
        dim = MOST * torch.tanh(level * level / (level + TOE) / MOST)
        dim = gain * dim / level.clamp(min=1e-4)
        night = torch.addcmul(tones[:, :3] * dim, sky, self._gradient(u))
        grain = torch.rand(y.shape, generator=torch.Generator().manual_seed(0)) / 255
        night += grain.to(y.device)  # no bands
        if not bool((self.lights > 0).any()):
            return 2 * night.clamp(max=1) - 1
        glow = 0.12 * blur(self.lights, max(grey.shape[2] // 80, 1)) + 0.35 * wide_blur(self.lights, 10)
        glow, windows = enlarged(glow, u), enlarged(self.lights, u)
        windows = windows * (0.9 - 1.8 * (y - enlarged(blur(grey, 4), u))).clamp(0.2, 1.25)
        night = torch.addcmul(night, ground, glow, value=1.2).clamp(max=1)
        return 1 - 2 * (1 - night) * (1 - glow) * (1 - windows.clamp(max=0.97))

    def _gain(self, grey: Tensor) -> Tensor:
        """(N, 1, h, w), by which the ground is dimmed: less where it is dark in the large."""
        base = guided(grey, grey, grey, max(grey.shape[2] // 16, 2), 0.01).clamp(0.04, 1)
        land = (1 - self.sky).clamp(min=1e-3)
        level = (grey * land).mean((2, 3), keepdim=True) / land.mean((2, 3), keepdim=True)
        level = level.clamp(0.08, 0.9)
        return DIM * (USUAL / level) ** 0.6 * (level / base) ** EVEN

    def _gradient(self, u: Tensor) -> Tensor:
        """The night sky: (N, 3, H', 1), darkest above, paler to its lower end and over towns."""
        height = self.sky.shape[2]
        rows = self.sky.mean(3, keepdim=True) > 0.1
        places = torch.arange(1, height + 1, device=u.device).view(1, 1, -1, 1)
        end = (rows * places).amax(2, keepdim=True).clamp(min=height // 4) / height
        t = torch.linspace(0, 1, u.shape[2], device=u.device).view(1, 1, -1, 1)
        t = (t / end).clamp(max=1) ** 1.5
        high, low, town = (u.new_tensor(c).view(1, 3, 1, 1) for c in (HIGH, LOW, TOWN))
        return high + t * (low + self.town * town - high)


def night_of(x: Tensor, logits: Tensor, noise: Tensor) -> Night:
    """Read a network's logits.

    Args:
        x: (N, 3, H, W) in [-1, 1], what the network saw.
        logits: (N, 3, h, w) of sky, window and building.
        noise: (1, 3, h, w) in [0, 1), by which windows are lit.
    """
    probability = torch.sigmoid(logits.float())
    sky, window, house = probability.split(1, 1)
    size = list(sky.shape[2:])
    seen = F.interpolate((x.float() + 1) / 2, size, mode="bilinear", antialias=True)
    grey = luminance(seen)
    # What is like the sky around it is sky: holes in a smooth one are closed, its edges stay.
    sky = (guided(sky, grey, grey, size[0] // 12, 2e-3) * 1.6 - 0.3).clamp(0, 1)
    window = guided(window, grey, grey, 2, 2e-3).clamp(0, 1) * (1 - sky)
    noise = noise.float()
    each = torch.stack([_choose(w, h, noise) for w, h in zip(window, house, strict=True)])
    built, lights = each[:, :1, :1, :1], each[:, 1:]
    lights = lights + (built < NEAR) * _far(sky, window, house * (1 - sky), grey, noise)
    return Night(seen, sky, lights, (built / NEAR).clamp(max=1))


def _far(sky: Tensor, window: Tensor, house: Tensor, grey: Tensor, noise: Tensor) -> Tensor:
    """Lights of buildings too far for their windows to be known: dark points of their walls, (N, 3, h, w)."""
    near = enlarged(F.max_pool2d(F.max_pool2d(window, 8, ceil_mode=True), 3, stride=1, padding=1), window)
    mean = blur(grey, 4, 1)
    spread = (blur(grey * grey, 4, 1) - mean * mean).clamp(min=0).sqrt()
    apart = grey + 0.004 * noise[:, 1:2]  # no two of them are equal, where the wall is flat
    points = (apart <= -F.max_pool2d(-apart, 3, stride=1, padding=1)) & (grey < mean - 0.4 * spread)
    points &= (
        (torch.minimum(house, blur(house, 4)) > 0.85)
        & (blur(window, 4) > HINT)
        & (near < 0.8)
        & (spread > 0.04)
    )
    far = (points.float().mean((1, 2, 3), keepdim=True) > MANY) & (sky.mean((1, 2, 3), keepdim=True) > 0.1)
    lights = points * far * (noise[:, :1] < FAR) * _colours(noise[0])
    return torch.maximum(lights, 0.15 * F.max_pool2d(lights, 3, stride=1, padding=1))


def _colours(noise: Tensor) -> Tensor:
    """(3, ...) noise -> (3, ...) the colour of a light."""
    _, warmth, level = noise
    warm, pale = (noise.new_tensor(c).view(3, *[1] * (noise.dim() - 1)) for c in (WARM, PALE))
    return (warm + warmth * (pale - warm)) * (FAINT + (1 - FAINT) * level)


def _choose(window: Tensor, house: Tensor, noise: Tensor) -> Tensor:
    """(1, h, w) probability of windows and buildings -> (4, h, w): how much is built, and lights' colours."""
    height, width = window.shape[1:]
    inside = (window > 0.6).float()
    own = torch.arange(1, height * width + 1, device=window.device).view(1, height, width)
    name = own * inside
    for step in range(REACH):  # the cells of a window take the highest number in it for its name
        before, name = name, F.max_pool2d(name, 3, stride=1, padding=1) * inside
        if step % 8 == 7 and torch.equal(before, name):
            break
    names = name.long().flatten()
    empty = torch.zeros(height * width + 1, device=window.device)
    area, sure, walled = (
        empty.scatter_add(0, names, of.flatten()) for of in (torch.ones_like(window), window, house)
    )
    good = (sure > SURE * area) & (walled > HOUSE * area) & (area >= SMALLEST) & (area < LARGEST * len(names))
    good[0] = False
    built = (area * good).sum() / (height * width)
    own = noise[0].flatten(1)[:, (names - 1).clamp(min=0)].view(NOISE, height, width)
    lit = (good[names].view(1, height, width) & (own[:1] < LIT)).float()
    lights = _colours(own) * lit * (2.5 * window - 1.1).clamp(0, 1)
    return torch.cat([built.expand(1, height, width), lights * (built > BUILT)])


def guided(x: Tensor, grey: Tensor, fine: Tensor, reach: int, smooth: float) -> Tensor:
    """A map enlarged so that it follows a finer picture's edges (He and Sun 2015, "Fast guided filter").

    Args:
        x, grey: (N, 1, h, w) the map, and the luminance of what it is of.
        fine: (N, 1, H', W'), the same luminance of the photo.
        reach: cells within which the map is a linear function of the luminance.
        smooth: variance of luminance below which it is flat.
    """
    mean, own = blur(x, reach, 1), blur(grey, reach, 1)
    slope = (blur(x * grey, reach, 1) - mean * own) / (blur(grey * grey, reach, 1) - own * own + smooth)
    offset = mean - slope * own
    both = enlarged(blur(torch.cat([slope, offset], 1), reach, 1), fine)
    return both[:, :1] * fine + both[:, 1:]


def wide_blur(x: Tensor, share: int) -> Tensor:
    """Means over about so large a part of the height to either side, made on every fourth cell."""
    coarse = F.avg_pool2d(x, 4, ceil_mode=True, count_include_pad=False)
    return enlarged(blur(coarse, max(coarse.shape[2] // share, 1)), x)


def _tones(like: Tensor) -> Tensor:
    """(4, 3, 1, 1): colours to paler and cooler ones, and to their luminance."""
    grey, cool = like.new_tensor(LUMINANCE), like.new_tensor(COOL)
    pale = (1 - PALENESS) * grey.expand(3, 3) + PALENESS * torch.eye(3, device=like.device)
    return torch.cat([pale * cool[:, None], grey[None]])[:, :, None, None]


def blur(x: Tensor, reach: int, times: int = 2) -> Tensor:
    """Means over squares of 2 reach + 1 cells, ``times`` in a row; the border counts only what is there."""
    for _ in range(times):
        for kernel, padding in (((2 * reach + 1, 1), (reach, 0)), ((1, 2 * reach + 1), (0, reach))):
            x = F.avg_pool2d(x, kernel, stride=1, padding=padding, count_include_pad=False)
    return x
