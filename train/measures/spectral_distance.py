"""How far a picture's spectrum is from the true one's: whether it has as much fine detail, wherever it lies.

L1 alone gives pictures without high frequencies (Isola et al. 2017, section 3.2), which L1, PSNR and SSIM
hardly notice. These two numbers look at nothing else, and no network takes part in them. The radial spectrum
``S(r)`` is that of :mod:`pix2pix.spectrum`.

The **spectrum distance** of a picture is the mean over the rings of ``|S_output(r) - S_target(r)|``, in dB,
and that of a set the mean over its pictures. Each ring counts the same, so the octaves of fine detail, which
hold little of the energy, weigh most; too much detail (noise, a checkerboard) counts like too little, and too
much in one picture does not make up for too little in another.

The **sharpness** is the energy above ``DETAIL`` cycles a pixel, output divided by target, as the geometric
mean over the set: 1 is as sharp as the photos, below 1 is softer, above 1 is sharper or noisier.

Shapes: N batch, H height, W width, R rings; pictures are (N, 3, H, W) in [-1, 1].
"""

from __future__ import annotations

from torch import Tensor

from pix2pix.spectrum import DETAIL, FLOOR, detail_db, power, radial_spectrum

__all__ = ["DETAIL", "FLOOR", "power", "radial_spectrum", "sharpness_db", "spectrum_distance"]


def spectrum_distance(output: Tensor, target: Tensor) -> Tensor:
    """(N,) mean absolute differences of the radial spectra in dB."""
    return (radial_spectrum(output) - radial_spectrum(target)).abs().mean(1).float()


def sharpness_db(output: Tensor, target: Tensor) -> Tensor:
    """(N,) energy of fine detail against the target's, in dB: 0 as sharp, -3 half of the energy."""
    return (detail_db(output) - detail_db(target)).float()
