"""pix2pix studio: image-to-image translation with conditional GANs, after Isola et al. 2017."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pix2pix.translator import Translator

__all__ = ["Translator"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """Import torch only when something that needs it is asked for, so that `--help` answers at once."""
    if name == "Translator":
        from pix2pix.translator import Translator

        return Translator
    raise AttributeError(f"module 'pix2pix' has no attribute {name!r}")
