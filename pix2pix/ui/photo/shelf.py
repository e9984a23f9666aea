"""What is kept of a visitor until they leave: a few words in memory, their uploads and pictures as files.

Of the Photo tab that is a megabyte at most.
"""

from __future__ import annotations

import hashlib
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import gradio as gr

from pix2pix.images import StoredAs, open_image
from pix2pix.ui.photo.darkroom import Translation, blend
from pix2pix.ui.shared.pictures import make_smaller, shown, small_jpegs
from pix2pix.ui.shared.values import read_upload

MOST_BYTES = 100_000_000  # of a JPEG of ours
MOST_SHOWN, SHOWN_SIDE = 150_000, 1280  # bytes and longest side in pixels of what a visitor is shown

Asked = tuple[str, str, Any, Any, object]
"""The first fields of a :class:`Kept`: what was asked for."""


class Kept(NamedTuple):
    """A translation that is on a visitor's page.

    path: of the upload; with model, seed and detail it makes the same translation again.
    stamp: of the model's files then; another one says that the model is a newer one.
    format, stored: of the photo as it was uploaded, of which only a smaller copy may be kept.
    before, after, lines: paths of JPEGs as the page shows them; lines where the photo was traced.
    """

    path: str
    model: str
    seed: Any
    detail: Any
    stamp: object
    format: str
    stored: StoredAs
    before: str
    after: str
    lines: str | None = None


class Shelf:
    """A folder for each visitor, below Gradio's own for temporary files.

    ``files``: paths of what lies there, as Gradio wants to know them, which deletes those that got too old.
    """

    def __init__(self) -> None:
        self.place = Path(gr.utils.get_upload_folder()) / "visitors"
        self.files: set[str] = set()
        self._uploads: dict[str, set[str]] = {}  # by session

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

    def keep(
        self,
        session: str | None,
        translation: Translation,
        order: Asked,
        small: bool = False,
    ) -> Kept:
        """Write down the pictures of a translation.

        Args:
            order: what it is a translation of.
            small: keep no more than is kept of a visitor: smaller pictures, and a smaller copy of the photo.
        """
        photo, pair, lines = translation.photo, (translation.before, translation.after), translation.lines
        files = small_jpegs(pair, MOST_SHOWN, SHOWN_SIDE) if small else [shown(image) for image in pair]
        before, after = (self.put(session, "photo.jpg", file) for file in files)
        drawn = self.put(session, "lines.jpg", shown(lines)) if lines else None
        if small:
            make_smaller(Path(order[0]), photo.image, photo.stored)
        return Kept(*order, photo.format, photo.stored, before, after, drawn)

    def mixed(self, session: str | None, kept: Kept, strength: float) -> str:
        """The path of a JPEG of the photo and its translation, mixed.

        Raises:
            ImageError: they are gone.
        """
        before, after = (read_upload(path, MOST_BYTES) for path in (kept.before, kept.after))
        if strength in (0.0, 1.0):
            return kept.after if strength else kept.before
        self._delete(*map(str, self.folder(session).glob("*/mixed.jpg")))
        mixed = blend(open_image(before), open_image(after), strength)
        return self.put(session, "mixed.jpg", *small_jpegs([mixed], max(len(before), len(after))))

    def drop(self, session: str | None, old: Kept | None, path: str) -> None:
        """Delete what is kept of a translation, whose place one of the file at ``path`` takes."""
        if old:
            self._delete(old.before, old.after, old.lines)
            if old.path != path:
                self._free(session, {old.path})

    def _delete(self, *paths: str | None) -> None:
        for path in filter(None, paths):
            shutil.rmtree(Path(path).parent, ignore_errors=True)
            self.files.discard(path)

    def note_uploads(self, session: str | None, values: object, uploaded: set[str]) -> None:
        """Remember which of the uploaded files a visitor sends along with an event.

        Args:
            values: of the components, as the page sends them.
            uploaded: paths of all that was uploaded.
        """
        found = uploaded.intersection(_paths(values))
        if session and found:
            self._uploads.setdefault(session, set()).update(found)

    def clear(self, session: str | None) -> None:
        """Delete what is kept of a visitor; a file that somebody else uploaded too is left to them."""
        self._free(session, self._uploads.get(str(session), set()))
        self._uploads.pop(str(session), None)
        folder = self.folder(session)
        shutil.rmtree(folder, ignore_errors=True)
        self.files -= {path for path in tuple(self.files) if Path(path).is_relative_to(folder)}

    def _free(self, session: str | None, paths: set[str]) -> None:
        mine = self._uploads.get(str(session), set())
        freed = paths & mine
        mine -= freed
        for path in freed.difference(*self._uploads.values()):
            Path(path).unlink(missing_ok=True)


def _paths(values: object) -> Iterator[str]:
    """Paths of files anywhere in a page's values."""
    if isinstance(values, dict) and isinstance(values.get("path"), str):
        yield values["path"]
    elif isinstance(values, (dict, list)):
        for value in values.values() if isinstance(values, dict) else values:
            yield from _paths(value)
