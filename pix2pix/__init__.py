"""pix2pix studio: image-to-image translation with conditional GANs, after Isola et al. 2017."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pix2pix.lazy import lazily

__all__ = ["Critic", "PatchDiscriminator", "Translator", "UNetGenerator", "load_checkpoint"]
__version__ = "0.1.0"

if TYPE_CHECKING:
    from pix2pix.checkpoint import load_checkpoint
    from pix2pix.critic import Critic
    from pix2pix.discriminator import PatchDiscriminator
    from pix2pix.generator import UNetGenerator
    from pix2pix.translator import Translator
else:
    __getattr__, __dir__ = lazily(
        __name__,
        {
            "Critic": "pix2pix.critic:Critic",
            "PatchDiscriminator": "pix2pix.discriminator:PatchDiscriminator",
            "Translator": "pix2pix.translator:Translator",
            "UNetGenerator": "pix2pix.generator:UNetGenerator",
            "load_checkpoint": "pix2pix.checkpoint:load_checkpoint",
        },
    )
