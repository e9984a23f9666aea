"""``pix2pix-app``: the app of an installed package, which app.py opens in the repository and on a Space."""

from __future__ import annotations

import sys

from pix2pix.errors import Pix2PixError
from pix2pix.ui.draw.sketch import Sketcher
from pix2pix.ui.page import build, serve
from pix2pix.ui.server.access import GuardedBlocks
from pix2pix.ui.settings import Settings


def make() -> tuple[GuardedBlocks, Settings, Sketcher]:
    """The page as the environment wants it; a sentence and exit status 1 where that cannot be."""
    try:
        settings = Settings.from_environment()
    except Pix2PixError as error:
        sys.exit(f"pix2pix: {error}")
    sketcher = Sketcher(settings)
    return build(settings, sketcher), settings, sketcher


def run(demo: GuardedBlocks, settings: Settings, sketcher: Sketcher) -> None:
    """Serve the page until Ctrl-C."""
    try:
        serve(demo, settings)
    except Pix2PixError as error:
        sys.exit(f"pix2pix: {error}")
    sketcher.warm_up()
    demo.block_thread()


def main() -> None:
    """Open the app."""
    run(*make())
