"""The whole page and how it is launched."""

from __future__ import annotations

from typing import Any

import gradio as gr
from starlette.middleware import Middleware

from pix2pix.errors import ConfigError
from pix2pix.ui.critic.tab import critic_tab
from pix2pix.ui.draw.sketch import Sketcher
from pix2pix.ui.draw.tab import draw_tab, sketch_endpoint
from pix2pix.ui.learn.tab import learn_tab
from pix2pix.ui.photo.darkroom import Darkroom
from pix2pix.ui.photo.examples import FOLDER
from pix2pix.ui.photo.shelf import Shelf
from pix2pix.ui.photo.tab import photo_tab, translate_endpoint
from pix2pix.ui.server.access import Access, GuardedBlocks, acting_for, for_visitors
from pix2pix.ui.server.direct import without_proxy
from pix2pix.ui.server.door import Door, announce, asks_as_owner, owners_mark
from pix2pix.ui.server.early import EarlyHead
from pix2pix.ui.server.limits import BodyLimit
from pix2pix.ui.settings import Settings
from pix2pix.ui.shared.assets import Modules, part, preloads, read
from pix2pix.ui.texts import texts, translations
from pix2pix.ui.train.tab import train_tab

STYLES = (
    "page.css",
    "draw/canvas.css",
    "photo/photo.css",
    "train/train.css",
    "critic/critic.css",
    "learn/learn.css",
)
SESSIONS = 500  # pages that Gradio remembers, open or not, with 0.4 MB each; those that were used last
CACHE_SECONDS = (600, 3600)  # how often Gradio looks for old temporary files, and how old they may get


def build(settings: Settings | None = None, sketcher: Sketcher | None = None) -> GuardedBlocks:
    """The page. No model is loaded: that is done by the first request, or by ``Sketcher.warm_up``.

    Args:
        settings: read from the environment by default.
        sketcher: the model behind the page, made from the settings by default.

    Raises:
        ConfigError: an environment variable cannot be used.
    """
    settings = settings or Settings.from_environment()
    sketcher = sketcher or Sketcher(settings)
    darkroom = Darkroom(settings, sketcher.models)
    shelf, text = Shelf(), translations()

    @for_visitors
    def leave(request: gr.Request) -> None:
        shelf.clear(request.session_hash)

    # Everybody gets the same page, so it brings what everybody may use; the owner's page asks for more.
    with (
        acting_for(owner=False),
        GuardedBlocks(
            Access(settings),
            shelf.note_uploads,
            title=str(text.translations["en"]["page_title"]),
            fill_width=True,
            delete_cache=CACHE_SECONDS,
        ) as demo,
    ):
        part("shared/header", "studio-top")  # the strip above the tabs: the name, the language, the theme
        with gr.Tabs(elem_id="studio-tabs"):
            with gr.Tab(text("tab_draw"), id="draw"):
                draw_tab(sketcher)
            with gr.Tab(text("tab_photo"), id="photo") as photo:
                photo_tab(darkroom, shelf, photo)
            with gr.Tab(text("tab_train"), id="train") as train:
                train_tab(sketcher.models, train)
            with gr.Tab(text("tab_critic"), id="critic") as critic:
                critic_tab(sketcher.models, critic, text)
            with gr.Tab(text("tab_learn"), id="learn"):
                learn_tab(sketcher.models)
        sketch_endpoint(sketcher)
        translate_endpoint(darkroom, shelf)
        demo.unload(leave)
        demo.temp_file_sets.append(shelf.files)
    demo.queue(max_size=settings.queue_size, default_concurrency_limit=1)
    return demo


def launch_options(settings: Settings | None = None) -> dict[str, Any]:
    """Keyword arguments of ``demo.launch``."""
    settings = settings or Settings.from_environment()
    body = settings.inline_bytes * 4 // 3 + 1_000_000  # base64, and what Gradio adds
    batch = max(body, settings.batch_bytes + 1_000_000)
    first = f"const LANGUAGES = {list(texts())};" + read("server/owner.js") + read("server/early.js")
    middleware = [
        Middleware(Modules),
        Middleware(
            BodyLimit,
            max_bytes=body,
            upload_bytes=lambda scope: max(batch, settings.data_bytes if asks_as_owner(scope) else 0),
        ),
        Middleware(Door),
        Middleware(EarlyHead, tags=lambda scope: f"<script>{owners_mark(scope)}{first}</script>{preloads()}"),
    ]
    return {
        "theme": theme(),
        # Not `css`, which would drop rules that Gradio cannot parse.
        "head": "".join(f"<style>{read(name)}</style>" for name in STYLES),
        "i18n": translations(),
        "allowed_paths": [str(FOLDER)],  # example photos, for everybody
        "footer_links": ["api", "gradio"],
        "max_file_size": max(settings.upload_bytes, settings.data_bytes),  # of the owner's
        "state_session_capacity": SESSIONS,
        "run_history": False,  # it would keep every frame of every stroke in the visitor's browser
        "ssr_mode": False,  # the page is a canvas: nothing is gained by rendering it on the server
        "app_kwargs": {"middleware": middleware},
    }


def serve(demo: GuardedBlocks, settings: Settings | None = None, **options: Any) -> str:
    """Start to listen, in threads of its own; the address.

    Args:
        options: more keyword arguments of ``demo.launch``.
    """
    with without_proxy():
        try:
            _, address, _ = demo.launch(**launch_options(settings), prevent_thread_lock=True, **options)
        except OSError as error:  # no such host, or every port is taken
            raise ConfigError("cli.cannot_listen") from error
    if not demo.local:
        announce(demo)
    return str(address)


def theme() -> gr.themes.Base:
    """Gradio's plain theme with the fonts of the visitor's system, so that none is loaded.

    Quiet text and the main buttons are darker than there, for a contrast of 4.5 to 1.
    """
    return gr.themes.Base(
        primary_hue="indigo",
        neutral_hue="slate",
        font=["system-ui", "sans-serif"],
        font_mono=["ui-monospace", "monospace"],
    ).set(
        block_radius="12px",
        button_small_radius="10px",
        button_medium_radius="10px",
        button_large_radius="10px",
        input_radius="10px",
        body_text_color_subdued="*neutral_500",
        body_text_color_subdued_dark="*neutral_400",
        block_info_text_color="*neutral_500",
        block_info_text_color_dark="*neutral_400",
        color_accent="*primary_600",
        button_primary_background_fill="*primary_600",
        button_primary_background_fill_hover="*primary_700",
        button_primary_background_fill_dark="*primary_600",
        button_primary_background_fill_hover_dark="*primary_700",
    )
