"""The app. ``python app.py`` opens it on this machine; a Hugging Face Space runs the same file."""

from __future__ import annotations

import os
import sys

# Before torch is there: threads wait awake for a moment only, or drawings beside a training take longer.
os.environ.setdefault("GOMP_SPINCOUNT", "30000")

from pix2pix.errors import Pix2PixError

try:
    from pix2pix.ui import Settings, build, serve
    from pix2pix.ui.draw.sketch import Sketcher

    settings = Settings.from_environment()
except Pix2PixError as error:
    sys.exit(f"pix2pix: {error}")
sketcher = Sketcher(settings)
demo = build(settings, sketcher)

if __name__ == "__main__":
    try:
        serve(demo, settings)
    except Pix2PixError as error:
        sys.exit(f"pix2pix: {error}")
    sketcher.warm_up()
    demo.block_thread()
