"""Many photos at once -> one zip, a photo at a time, so that others get their turn in between."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pix2pix.errors import ImageError, Pix2PixError
from pix2pix.images import StoredAs
from pix2pix.messages import Message
from pix2pix.ui.photo.darkroom import Darkroom, download
from pix2pix.ui.settings import Settings
from pix2pix.ui.shared.values import Sent, checked_share, whole_number


@dataclass(frozen=True)
class Order:
    """What is to be done with every photo; see :meth:`Darkroom.translate` and `darkroom.blend`."""

    model: str
    seed: object
    strength: object
    detail: object


@dataclass
class Batch:
    """A batch under way.

    waiting: the files to come.
    archive: the zip that results are appended to; there once one photo is done.
    names: of the files in it.
    failed: (name, one sentence) of each file that could not be translated.
    partly: (name, how it is stored) of each file of which not all was used.
    stopped: whether its owner wanted no more.
    """

    order: Order
    waiting: list[Sent]
    archive: Path
    count: int
    names: list[str] = field(default_factory=list)
    failed: list[tuple[str, Message]] = field(default_factory=list)
    partly: list[tuple[str, StoredAs]] = field(default_factory=list)
    stopped: bool = False

    def stop(self) -> None:
        """Translate no further photo; the one under way ends."""
        if self.waiting:
            self.stopped = True

    @property
    def tried(self) -> int:
        """How many files are behind it."""
        return self.count - len(self.waiting)


def begin(files: Sequence[Sent], order: Order, archive: Path, settings: Settings) -> Batch:
    """Check the batch as a whole, before anything is translated.

    Raises:
        ConfigError: the seed, the strength or the detail cannot be used.
        ImageError: no file, too many, or too many bytes.
    """
    if not files:
        raise ImageError("page.no_photos")
    if len(files) > settings.batch_files:
        raise ImageError("page.too_many_photos", most=settings.batch_files)
    total = sum(file.size for file in files)
    if total > settings.batch_bytes:
        raise ImageError("page.photos_too_large", mb=total / 1e6, most=settings.batch_bytes / 1e6)
    whole_number(order.seed)
    checked_share(order.strength, "strength")
    checked_share(order.detail, "detail")
    return Batch(order, list(files), archive, len(files))


def advance(batch: Batch, darkroom: Darkroom) -> None:
    """Translate the next photo; one that cannot be is named in ``failed``, and the others go on."""
    if batch.stopped:
        batch.waiting.clear()
    if not batch.waiting:
        return
    sent, order = batch.waiting.pop(0), batch.order
    try:
        translation = darkroom.translate(
            darkroom.open(sent.path, order.model), order.model, order.seed, order.detail
        )
        name, data = download(translation, order.strength, sent.name)
        name = _unused(name, batch.names)
        # Stored, not deflated: pictures are compressed already.
        with zipfile.ZipFile(batch.archive, "a", zipfile.ZIP_STORED) as archive:
            archive.writestr(name, data)
        batch.names.append(name)
        stored = translation.photo.stored
        if stored.several or stored.left_out:
            batch.partly.append((sent.name, stored))
    except Pix2PixError as error:
        batch.failed.append((sent.name, error.message))
    except OSError as error:
        batch.failed.append((sent.name, Message("page.cannot_store", reason=error)))


def _unused(name: str, taken: Sequence[str]) -> str:
    """The name, or with a number where two photos are called the same; also for systems that fold case."""
    stem, dot, ending = name.rpartition(".")
    folded = {one.casefold() for one in taken}
    number, candidate = 2, name
    while candidate.casefold() in folded:
        candidate, number = f"{stem}-{number}{dot}{ending}", number + 1
    return candidate
