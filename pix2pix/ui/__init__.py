"""The app, and the only place that imports Gradio. ``build()`` makes it, ``launch_options()`` starts it."""

from __future__ import annotations

import os

# Gradio reads this while it is imported. Without it each start would be reported to Gradio's makers;
# whoever wants that sets the variable to True.
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")

from pix2pix.ui.settings import Settings
from pix2pix.ui.studio import build, launch_options

__all__ = ["Settings", "build", "launch_options"]
