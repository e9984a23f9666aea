"""The whole page and how it is launched."""

from __future__ import annotations

from typing import Any

import gradio as gr
from starlette.middleware import Middleware

from pix2pix.ui.draw import draw_tab, read, sketch_endpoint
from pix2pix.ui.limits import BodyLimit
from pix2pix.ui.settings import Settings
from pix2pix.ui.sketch import Studio
from pix2pix.ui.texts import translations

CACHE_SECONDS = (600, 3600)  # how often Gradio looks for old temporary files, and how old they may get

# Gradio confines the rules of `css` to what lies inside its page, and this is about the page itself.
PAGE_STYLE = """
@media (max-width: 760px) { .gradio-container .main.fillable { padding: 10px 12px !important; } }
"""


def build(settings: Settings | None = None, studio: Studio | None = None) -> gr.Blocks:
    """The page. No model is loaded: that is done by the first request, or by ``Studio.warm_up``.

    Args:
        settings: read from the environment by default.
        studio: the model behind the page, made from the settings by default.

    Raises:
        ConfigError: an environment variable cannot be used.
    """
    settings = settings or Settings.from_environment()
    studio = studio or Studio(settings)
    text = translations()
    with gr.Blocks(
        title=str(text.translations["en"]["page_title"]),
        fill_width=True,
        delete_cache=CACHE_SECONDS,
    ) as demo:
        draw_tab(studio)
        sketch_endpoint(studio)
    return demo.queue(max_size=settings.queue_size, default_concurrency_limit=1)


def launch_options(settings: Settings | None = None) -> dict[str, Any]:
    """Keyword arguments of ``demo.launch``."""
    settings = settings or Settings.from_environment()
    body = settings.upload_bytes * 4 // 3 + 1_000_000  # base64, and what Gradio adds
    return {
        "theme": theme(),
        "css": read("canvas.css"),
        "head": f"<style>{PAGE_STYLE}</style>",
        "i18n": translations(),
        "footer_links": ["api", "gradio"],
        "max_file_size": settings.upload_bytes,
        "run_history": False,  # it would keep every frame of every stroke in the visitor's browser
        "ssr_mode": False,  # the page is a canvas: nothing is gained by rendering it on the server
        "app_kwargs": {"middleware": [Middleware(BodyLimit, max_bytes=body)]},
    }


def theme() -> gr.themes.Base:
    """Gradio's plain theme with the fonts of the visitor's system, so that none is loaded."""
    return gr.themes.Base(
        primary_hue="indigo",
        neutral_hue="slate",
        font=["system-ui", "sans-serif"],
        font_mono=["ui-monospace", "monospace"],
    )
