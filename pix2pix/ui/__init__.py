"""The app, and the only place that imports Gradio. ``build()`` makes it, ``serve()`` starts it."""

from __future__ import annotations

import os

# Gradio reads this while it is imported. Without it each start would be reported to Gradio's makers;
# whoever wants that sets the variable to True.
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")

from pix2pix.ui.server.direct import without_proxy
from pix2pix.ui.settings import Settings, check_address

check_address()  # Gradio reads it while it is imported, and ends in a traceback
with without_proxy():
    from pix2pix.ui.page import build, serve

__all__ = ["Settings", "build", "serve"]
