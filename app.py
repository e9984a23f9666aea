"""The app. ``python app.py`` opens it on this machine; a Hugging Face Space runs the same file."""

from __future__ import annotations

import sys

from pix2pix.errors import Pix2PixError
from pix2pix.ui import Settings, build, launch_options
from pix2pix.ui.sketch import Studio

try:
    settings = Settings.from_environment()
except Pix2PixError as error:
    sys.exit(f"pix2pix: {error}")
studio = Studio(settings)
demo = build(settings, studio)

if __name__ == "__main__":
    studio.warm_up()
    demo.launch(**launch_options(settings))
