"""Sentences on the page, and files as Gradio hands them over: what several parts of a tab need."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import gradio as gr
from PIL import Image

from pix2pix.errors import ImageError, Pix2PixError
from pix2pix.images import MAX_PIXELS, Span, StoredAs, open_image, stored_as
from pix2pix.messages import Message
from pix2pix.ui.server.access import asked_by_owner
from pix2pix.ui.server.language import told
from pix2pix.ui.shared.assets import part
from pix2pix.ui.shared.pictures import make_smaller
from pix2pix.ui.shared.values import Sent, read_upload


def sent(upload: object) -> Sent:
    """A file as Gradio hands it on unopened; it has made sure that the path lies where uploads go.

    Raises:
        ImageError: it is none.
    """
    value = upload if isinstance(upload, dict) else {}
    path, name, size = value.get("path"), value.get("orig_name"), value.get("size")
    if not isinstance(path, str):
        raise ImageError("page.no_photo_sent")
    if not isinstance(size, int):
        size = Path(path).stat().st_size if Path(path).is_file() else 0
    named = name if isinstance(name, str) and name else path
    return Sent(path, Path(named.replace("\\", "/")).name, size)


def picture_of(
    upload: object, most: int, max_pixels: int = MAX_PIXELS, span: Span | None = None
) -> Image.Image:
    """The picture in a file as Gradio hands it on unopened, of at most ``most`` bytes.

    What is not used of the file is told. No more than a small copy is kept of a visitor's, to be read when
    they send it again.

    Raises:
        ImageError: there is none, in one sentence that names no path of ours.
    """
    file = sent(upload)
    data = read_upload(file.path, most)
    image, stored = open_image(data, max_pixels=max_pixels, span=span), stored_as(data)
    tell_left_out(file.name, stored)
    if not asked_by_owner():
        make_smaller(Path(file.path), image, stored)
    return image


def tell_left_out(name: str, stored: StoredAs) -> None:
    """Show the person what is not used of a file, where there is something."""
    for message in _left_out(name, stored):
        gr.Info(html.escape(told(message)), title=told(Message("toast.info")))


def left_out(name: str, stored: StoredAs) -> list[dict[str, Any]]:
    """What is not used of a file, as lines of a notice."""
    return [{"text": told(message)} for message in _left_out(name, stored)]


def _left_out(name: str, stored: StoredAs) -> Iterator[Message]:
    if stored.several:
        yield Message("image.several", name=name)
    if stored.left_out:
        yield Message("image.some_bands", name=name, bands=stored.bands, used=stored.used)


def warn(error: Pix2PixError | str, title: str = "toast.warning") -> None:
    """Show a message to the person, below a title of that code."""
    gr.Warning(html.escape(told(error)), title=told(Message(title)))


@contextmanager
def warned() -> Iterator[None]:
    """Show the person what goes wrong within, and go on below."""
    try:
        yield
    except Pix2PixError as error:
        warn(error)


def notice(elem_id: str | None = None, lines: Sequence[dict[str, Any]] = ()) -> gr.HTML:
    """Sentences in the visitor's language; see notice.js for its value."""
    return part("shared/notice", elem_id, {"lines": list(lines)}, classes="p2p-notice")
