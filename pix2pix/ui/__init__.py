"""The app, and the only place that imports Gradio. ``build()`` makes it, ``serve()`` starts it."""

from __future__ import annotations

import os

# Before torch is there: threads wait awake for a moment only, or drawings beside a training take longer.
os.environ.setdefault("GOMP_SPINCOUNT", "30000")
# Gradio reads this while it is imported. Without it each start would be reported to Gradio's makers;
# whoever wants that sets the variable to True.
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")

from pix2pix.errors import Pix2PixError
from pix2pix.ui.server.direct import without_proxy
from pix2pix.ui.settings import Settings, check_address

try:
    check_address()  # Gradio reads it while it is imported, and ends in a traceback
    with without_proxy():
        from pix2pix.ui.page import build, serve
except Pix2PixError as error:
    raise SystemExit(f"pix2pix: {error}") from None
except ModuleNotFoundError as error:
    if error.name != "gradio":
        raise
    raise SystemExit("Error: The app needs Gradio: pip install 'pix2pix-studio[app]'.") from None

__all__ = ["Settings", "build", "serve"]
