"""Training data that a person uploads: kept below the folder of runs until a run takes it for its own.

Gradio's own copies go after an hour, and a run needs its data for as long as it can be resumed.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from pix2pix.errors import DataError, system_errors_as
from pix2pix.files import forget_old
from pix2pix.folders import is_picture
from pix2pix.messages import Message
from pix2pix.ui.server.language import told

UPLOADS = ".uploads"
KEPT = 86400.0  # seconds that data which no run took stays
MOST_FILES = 100_000
LONGEST = 196  # bytes of a name that is surely whole: Gradio cuts at 200, before a letter of up to four


@dataclass(frozen=True)
class Data:
    """What a training is to learn from.

    names: absolute paths, or addresses on the Hub.
    upload: the folder that the first ones lie in where they were uploaded, see train.runs.jobs.start.
    """

    names: tuple[str, ...] = ()
    upload: Path | None = None

    def readable(self, said: Message) -> str:
        """What is said to the person who uploaded the data: with names instead of our paths."""
        return told(said.replaced(f"{self.upload}{os.sep}", "") if self.upload else said)


def keep(runs: Path, first: Sequence[str], second: Sequence[str] = (), most: int = 2_000_000_000) -> Data:
    """Copy uploaded files into a folder of their own below ``runs``.

    Zips stay zips, each a data set; pictures become one more; with ``second`` the two sets become the folders
    A and B of one. Of files that are neither only the name is kept, which the data report tells.

    Args:
        first: paths of zips and pictures.
        second: paths of pictures, the other halves of ``first``.
        most: bytes of all files together.

    Raises:
        DataError: there is no picture and no zip among them, they are too many or too large, names on their
            way here became equal so that pairs are not clear, or the disk is full.
    """
    with system_errors_as(lambda error: DataError("page.cannot_keep_files", folder=runs, reason=error)):
        folder = (runs / UPLOADS).absolute()
        folder.mkdir(parents=True, exist_ok=True)
        forget_old(folder, KEPT)
        _check(first, second, most, shutil.disk_usage(folder).free)
        upload, same = folder / uuid4().hex, Counter[Path]()
        try:
            for path in first:
                if _suffix(path) == ".zip":
                    _copy(path, upload, same)
                else:
                    _copy(path, upload / ("pairs/A" if second else "pictures"), same)
            for path in second:
                _copy(path, upload / "pairs" / "B", same)
        except BaseException:
            shutil.rmtree(upload, ignore_errors=True)
            raise
        return Data(tuple(map(str, sorted(upload.iterdir()))), upload)


def discard(data: Data | None) -> None:
    """Remove uploaded data that no run took; that which one took has another place by now."""
    if data is not None and data.upload is not None and data.upload.parent.name == UPLOADS:
        shutil.rmtree(data.upload, ignore_errors=True)


def _check(first: Sequence[str], second: Sequence[str], most: int, free: int) -> None:
    every = [*first, *second]
    if not every:
        raise DataError("page.no_files")
    if second and any(_suffix(path) == ".zip" for path in every):
        raise DataError("page.zip_in_two_sets")
    if second:
        _check_names(first)
        _check_names(second)
    for files in (first, second):
        if files and not any(_is_used(path) for path in files):
            name = os.path.basename(files[0])[:60]
            raise DataError("page.useless_file", file=name)
    if len(every) > MOST_FILES:
        raise DataError("page.too_many_files", count=len(every), most=MOST_FILES)
    total = sum(os.path.getsize(path) for path in every)
    if total > most:
        raise DataError("page.files_too_large", mb=total / 1e6, most=most / 1e6)
    if total > free:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _check_names(files: Sequence[str]) -> None:
    """Refuse a set whose names are not those of the person's files: it would be paired wrongly.

    On the way here Gradio leaves out characters such as : and ?, and cuts names above 200 bytes.
    """
    names = Counter(os.path.basename(path) for path in files)
    kept = Counter(map(_kept_name, names))
    if same := [name for name in names if kept[_kept_name(name)] > 1]:
        first, second, *_ = [name[:60] for name in same if _kept_name(name) == _kept_name(same[0])]
        raise DataError("page.endings_differ_in_case", first=first, second=second)
    if same := [name for name, count in names.items() if count > 1]:
        raise DataError("page.same_names", count=names[same[0]], name=same[0][:60])
    if cut := [name for name in names if len(name.encode(errors="replace")) > LONGEST]:
        raise DataError("page.name_cut", name=cut[0][:60])


def _suffix(path: str) -> str:
    return os.path.splitext(path)[1].lower()


def _is_used(path: str) -> bool:
    return _suffix(path) == ".zip" or is_picture(Path(path))


def _kept_name(path: str) -> str:
    return os.path.splitext(os.path.basename(path))[0] + _suffix(path)


def _copy(path: str, folder: Path, same: Counter[Path]) -> None:
    """Copy a file under its own name, or one like it where that is taken.

    Args:
        same: how often each name was wanted, so that of thousands of equal ones none is tried twice.
    """
    folder.mkdir(parents=True, exist_ok=True)
    wanted = target = folder / _kept_name(path)
    while target.exists():
        same[wanted] += 1
        target = wanted.with_name(f"{wanted.stem}-{same[wanted] + 1}{wanted.suffix}")
    if _is_used(path):
        shutil.copyfile(path, target)
    else:
        target.touch()
