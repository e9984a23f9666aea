"""How far pictures are from the true ones, picture by picture.

L1 alone gives pictures without high frequencies (Isola et al. 2017, section 3.2), which L1, PSNR and SSIM
hardly notice. The spectrum distance and the sharpness look at nothing else, and no network takes part in
them; the radial spectrum ``S(r)`` is that of :mod:`pix2pix.spectrum`.

Shapes: N batch, H height, W width; pictures are (N, 3, H, W) in [-1, 1], answers (N,).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from pix2pix.spectrum import detail_db, grid_peaks, power_plane, radial_spectrum


def l1(output: Tensor, target: Tensor) -> Tensor:
    """(N,) mean absolute differences of images in [-1, 1]; 2 is black against white."""
    return (output - target).abs().mean(dim=(1, 2, 3))


def psnr(output: Tensor, target: Tensor) -> Tensor:
    """(N,) peak signal-to-noise ratios in dB of images in [-1, 1]; at most 100."""
    mse = ((output - target) / 2).square().mean(dim=(1, 2, 3))
    return -10 * torch.log10(mse.clamp_min(1e-10))


def ssim(output: Tensor, target: Tensor) -> Tensor:
    """(N,) structural similarities, 1 for equal images (Wang et al. 2004).

    Mean over the colour channels; Gaussian window of sigma 1.5 and 11 pixels, K1 = 0.01, K2 = 0.03.
    """
    x, y = (output + 1) / 2, (target + 1) / 2
    offsets = torch.arange(11, dtype=x.dtype) - 5
    window = torch.exp(-offsets.square() / (2 * 1.5**2))
    window = window / window.sum()
    kernel = torch.outer(window, window).expand(3, 1, -1, -1)

    def blur(image: Tensor) -> Tensor:
        return F.conv2d(image, kernel, groups=3)

    mean_x, mean_y = blur(x), blur(y)
    var_x, var_y = blur(x * x) - mean_x**2, blur(y * y) - mean_y**2
    covariance = blur(x * y) - mean_x * mean_y
    c1, c2 = 0.01**2, 0.03**2
    score = (2 * mean_x * mean_y + c1) * (2 * covariance + c2)
    score = score / ((mean_x**2 + mean_y**2 + c1) * (var_x + var_y + c2))
    return score.mean(dim=(1, 2, 3))


def spectrum_distance(output: Tensor, target: Tensor) -> Tensor:
    """(N,) means over the rings of ``|S_output(r) - S_target(r)|``, in dB.

    Each ring counts the same, so the octaves of fine detail, which hold little of the energy, weigh most; too
    much detail (noise, a checkerboard) counts like too little, and too much in one picture does not make up
    for too little in another.
    """
    return (radial_spectrum(output) - radial_spectrum(target)).abs().mean(1).float()


def sharpness_db(output: Tensor, target: Tensor) -> Tensor:
    """(N,) energy above ``DETAIL`` cycles a pixel against the target's, in dB: 0 as sharp, -3 half of it."""
    return (detail_db(output) - detail_db(target)).float()


@dataclass(frozen=True)
class Metric:
    """A number of a set of pictures.

    measure: (output, target) -> (N, ...), whose mean over the set is taken.
    finish: what that mean is turned into.
    label, digits: how a table shows it.
    of_photos: it compares with nothing, so that the true photos have it as well.
    """

    measure: Callable[[Tensor, Tensor], Tensor]
    label: str
    digits: int = 4
    finish: Callable[[Tensor], float] = float
    of_photos: bool = False


METRICS: dict[str, Metric] = {
    "l1": Metric(l1, "L1"),
    "psnr": Metric(psnr, "PSNR", 2),
    "ssim": Metric(ssim, "SSIM"),
    "spectrum": Metric(spectrum_distance, "spectrum", 2),
    "sharpness": Metric(sharpness_db, "sharpness", 3, finish=lambda db: float(10 ** (db / 10))),
    "grid": Metric(
        lambda output, _: power_plane(output),
        "grid",
        1,
        finish=lambda plane: max(grid_peaks(plane).values()),
        of_photos=True,
    ),
}
