"""Nine untrained models of the names and kinds that the Learn tab shows, for its tests."""

from __future__ import annotations

from pathlib import Path

from support import make_checkpoint, tiny_generator

from pix2pix.discriminator import DiscriminatorSpec
from pix2pix.ui.learn.lesson import ABLATIONS

FIELDS = {"patch_1": 1, "patch_16": 16, "patch_286": 286}


def make_ablations(folder: Path) -> Path:
    """Write the nine checkpoints, 128 pixels wide, each with other weights and numbers."""
    for seed, name in enumerate(ABLATIONS):
        kind = "encoder_decoder" if name.endswith("no_skips") else "unet"
        channels = 0 if name == "l1_gan" else 3
        make_checkpoint(
            folder / name,
            tiny_generator(seed, image_size=128, halvings=5, kind=kind),
            input="labels",
            discriminator=DiscriminatorSpec(FIELDS.get(name, 70), width=2, condition_channels=channels),
            gan_loss="none" if name in ("l1", "l2") else "vanilla",
            metrics={
                "model": {
                    "l1": 0.3 + seed / 100,
                    "spectrum": 9 - seed / 10,
                    "sharpness": 0.5 - seed / 50,
                    "kernel": 500 - 10 * seed,
                },
                "pairs": {"count": 7},
            },
        )
    return folder
