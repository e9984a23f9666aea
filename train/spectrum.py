"""Radial power spectra: whether a picture has as much fine detail as the true one, wherever it lies.

L1 alone gives pictures without high frequencies (Isola et al. 2017, section 3.2), which L1, PSNR and SSIM
hardly notice. These two numbers look at nothing else, and no network takes part in them:

1. luminance ``Y = 0.299 R + 0.587 G + 0.114 B``, less its mean under the window;
2. a two-dimensional Hann window ``w``, so that the picture's border does not look like an edge;
3. power ``P(f) = |FFT(w Y)|^2 / sum(w^2)``: white noise of variance v has the power v at every frequency;
4. its mean over rings of equal ``|f|``, from above 0 to the spectrum's corner (0.71 cycles a pixel, where
   checkerboards are), in decibels: ``S(r) = 10 log10(mean of P over ring r + FLOOR)``.

The **spectrum distance** of a picture is the mean over the rings of ``|S_output(r) - S_target(r)|``, in dB,
and that of a set the mean over its pictures. Each ring counts the same, so the octaves of fine detail, which
hold little of the energy, weigh most; too much detail (noise, a checkerboard) counts like too little, and too
much in one picture does not make up for too little in another.

The **sharpness** is the energy above ``DETAIL`` cycles a pixel, output divided by target, as the geometric
mean over the set: 1 is as sharp as the photos, below 1 is softer, above 1 is sharper or noisier.

Shapes: N batch, H height, W width, R rings; pictures are (N, 3, H, W) in [-1, 1].
"""

from __future__ import annotations

import torch
from torch import Tensor

FLOOR = (2 / 255) ** 2 / 12  # the power of rounding to 8 bits: detail below it cannot be in a picture file
DETAIL = 0.125  # cycles a pixel: waves shorter than 8 pixels


def power(images: Tensor) -> tuple[Tensor, Tensor]:
    """Power at every frequency of the half plane that a real picture needs.

    Returns:
        (N, H, W // 2 + 1) power, and (H, W // 2 + 1) the frequency's length in cycles a pixel.
    """
    height, width = images.shape[-2:]
    luminance = torch.einsum(
        "nchw,c->nhw", images.double(), images.new_tensor([0.299, 0.587, 0.114]).double()
    )
    rows, columns = (torch.hann_window(n, dtype=torch.float64, device=images.device) for n in (height, width))
    window = torch.outer(rows, columns)
    mean = (luminance * window).sum((1, 2), keepdim=True) / window.sum()
    spectrum = torch.fft.rfft2((luminance - mean) * window)
    vertical = torch.fft.fftfreq(height, dtype=torch.float64, device=images.device)
    horizontal = torch.fft.rfftfreq(width, dtype=torch.float64, device=images.device)
    length = torch.hypot(vertical[:, None], horizontal[None])
    return spectrum.abs().square() / window.square().sum(), length


def radial_spectrum(images: Tensor) -> Tensor:
    """(N, R) power in dB of rings of equal width, ring r around (r + 1) / min(H, W) cycles a pixel."""
    energy, length = power(images)
    index = (length * min(images.shape[-2:])).round().long().flatten() - 1
    rings, inside = int(index.max()) + 1, index >= 0  # the mean belongs to none
    sums = energy.new_zeros(len(energy), rings).index_add_(1, index[inside], energy.flatten(1)[:, inside])
    counts = torch.bincount(index[inside], minlength=rings).clamp_min(1)
    return 10 * torch.log10(sums / counts + FLOOR)


def spectrum_distance(output: Tensor, target: Tensor) -> Tensor:
    """(N,) mean absolute differences of the radial spectra in dB."""
    return (radial_spectrum(output) - radial_spectrum(target)).abs().mean(1).float()


def sharpness_db(output: Tensor, target: Tensor) -> Tensor:
    """(N,) energy of fine detail against the target's, in dB: 0 as sharp, -3 half of the energy."""
    return (_detail_db(output) - _detail_db(target)).float()


def _detail_db(images: Tensor) -> Tensor:
    energy, length = power(images)
    return 10 * torch.log10(energy[:, length >= DETAIL].mean(1) + FLOOR)
