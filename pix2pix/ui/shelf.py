"""What the Photo tab keeps of a visitor: a few words in memory, and pictures as files, until they leave."""

from __future__ import annotations

import hashlib
import secrets
import shutil
from pathlib import Path
from typing import Any, NamedTuple

import gradio as gr

from pix2pix.images import open_image
from pix2pix.ui.darkroom import Translation, blend, read_upload, shown

MOST_BYTES = 100_000_000  # of a JPEG of ours


class Kept(NamedTuple):
    """A translation that is on a visitor's page.

    path: of the upload; with model, seed and detail it makes the same translation again.
    stamp: of the model's files then; another one says that the model is a newer one.
    before, after, lines: paths of JPEGs as the page shows them; lines where the photo was traced.
    """

    path: str
    model: str
    seed: Any
    detail: Any
    stamp: object
    before: str
    after: str
    lines: str | None


class Shelf:
    """A folder for each visitor, below Gradio's own for temporary files.

    ``files``: paths of what lies there, as Gradio wants to know them, which deletes those that got too old.
    """

    def __init__(self) -> None:
        self.place = Path(gr.utils.get_upload_folder()) / "visitors"
        self.files: set[str] = set()

    def folder(self, session: str | None) -> Path:
        """A visitor's folder; it need not be there."""
        return self.place / hashlib.sha256(str(session).encode()).hexdigest()[:32]

    def new_file(self, session: str | None, name: str) -> Path:
        """A place for a file that is to be called ``name``; nothing is there yet."""
        folder = self.folder(session) / secrets.token_hex(8)
        folder.mkdir(parents=True)
        self.files.add(str(folder / name))
        return folder / name

    def put(self, session: str | None, name: str, data: bytes) -> str:
        """Write a file; its path."""
        path = self.new_file(session, name)
        path.write_bytes(data)
        return str(path)

    def keep(self, session: str | None, translation: Translation, order: tuple[Any, ...]) -> Kept:
        """Write down the pictures of a translation.

        Args:
            order: the first fields of :class:`Kept`.
        """
        pictures = {"before": translation.before, "after": translation.after, "lines": translation.lines}
        paths = [
            self.put(session, f"{name}.jpg", shown(image)) if image else None
            for name, image in pictures.items()
        ]
        return Kept(*order, *paths)

    def mixed(self, session: str | None, kept: Kept, strength: float) -> str:
        """The path of a JPEG of the photo and its translation, mixed.

        Raises:
            ImageError: they are gone.
        """
        before, after = (read_upload(path, MOST_BYTES) for path in (kept.before, kept.after))
        if strength in (0.0, 1.0):
            return kept.after if strength else kept.before
        return self.put(session, "after.jpg", shown(blend(open_image(before), open_image(after), strength)))

    def clear(self, session: str | None) -> None:
        """Delete what is kept of a visitor."""
        folder = self.folder(session)
        shutil.rmtree(folder, ignore_errors=True)
        self.files -= {path for path in tuple(self.files) if Path(path).is_relative_to(folder)}
