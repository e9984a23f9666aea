"""The app: the only place that imports Gradio. ``build()`` makes it, ``launch_options()`` go to ``launch``."""

from __future__ import annotations

import os

# Gradio reads this while it is imported. Without it each start would be reported to Gradio's makers;
# whoever wants that sets the variable to True.
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")

from pix2pix.ui.settings import Settings  # noqa: E402
from pix2pix.ui.studio import build, launch_options  # noqa: E402

__all__ = ["Settings", "build", "launch_options"]
