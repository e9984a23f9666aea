"""Every text that the page shows, by language.

To add a language, add a dictionary with the same keys under its BCP 47 code, say ``"de"``. The browser's
language chooses; where a language or a text is missing, English is shown.
"""

from __future__ import annotations

import gradio as gr

TEXTS: dict[str, dict[str, str]] = {
    "en": {
        "page_title": "pix2pix studio",
        "title": "Draw edges, watch a photo appear",
        "subtitle": "Sketch a shoe or a bag. The photo follows your pen.",
        "drawing": "Your drawing",
        "photo": "The photo",
        "tools": "Drawing tools",
        "pen": "Pen (P)",
        "eraser": "Eraser (E)",
        "dab": "Colour dab (D)",
        "pen_size": "Line width",
        "eraser_size": "Eraser size",
        "dab_size": "Dab size",
        "undo": "Undo (Ctrl+Z)",
        "redo": "Redo (Ctrl+Shift+Z)",
        "clear": "Clear the drawing",
        "canvas": (
            "Drawing area for mouse, pen or finger."
            " Without one of these, start from an example or from a photo below."
        ),
        "draw_here": "Draw here",
        "colours": "Colours of the dab",
        "colour_caption": "Dab a colour",
        "colour": "Dab {name}",
        "own_colour": "Dab a colour of your own",
        "red": "red",
        "orange": "orange",
        "yellow": "yellow",
        "green": "green",
        "blue": "blue",
        "purple": "purple",
        "pink": "pink",
        "brown": "brown",
        "another": "Another version",
        "another_tip": "The same drawing with other noise: the next seed",
        "seed": "Seed",
        "seed_tip": "The same drawing and seed always give the same photo",
        "reset_seed": "Reset",
        "reset_seed_tip": "Back to seed 0",
        "photo_alt": "Photo that the model made of your drawing, seed {seed}",
        "photo_hint": "Draw a few lines and a photo appears here",
        "photo_waiting": "Getting the model ready…",
        "time": "Model {model} ms · in all {total} ms",
        "slow": "Still waiting for the photo…",
        "save_photo": "Photo",
        "save_photo_tip": "Download the photo (PNG)",
        "save_both": "Both",
        "save_both_tip": "Download drawing and photo side by side (PNG)",
        "start_from": "Start from",
        "upload": "Your photo",
        "upload_tip": "Turn a photo into edges that you can change; it may also be dropped on the canvas",
        "upload_large": "This file is larger than {limit} MB; choose a smaller picture.",
        "upload_failed": "The photo got no answer; check the connection and choose it again.",
        "bad_photo": "This file cannot be used",
        "reading_photo": "Finding the edges…",
        "example": "Start from: {name}",
        "sneaker": "Sneaker",
        "heel": "High heel",
        "boot": "Boot",
        "loafer": "Loafer",
        "tote": "Tote",
        "handbag": "Handbag",
        "backpack": "Backpack",
        "purse": "Purse",
    },
}


def translations() -> gr.I18n:
    """The same texts for Gradio's own components: ``text("key")`` in Python, the language in the browser."""
    return gr.I18n(**TEXTS)
