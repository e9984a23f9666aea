"""A zip of pictures, unpacked into a cache folder of ours; the zip and the folder around it stay as they are.

Unpacked rather than read in place, because then a pair is two plain files for every process that prepares
pictures, and a resumed run finds the same ones. The place is named by the zip's table of contents (names,
sizes and checksums), so that a zip is unpacked once, wherever it is moved. What was not used for a month is
removed. ``PIX2PIX_CACHE`` names another cache folder.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path, PurePosixPath

from pix2pix.errors import DataError, system_errors_as
from pix2pix.files import TEMPORARY, cache_folder, forget_old
from pix2pix.folders import OTHER_PICTURES
from pix2pix.images import HEAD, READ_SUFFIXES, looks_like_picture
from train.data.entry_names import entry_names

MAX_ENTRIES = 500_000
MAX_ENTRY = 500_000_000  # bytes of one unpacked picture
MAX_TOTAL = 200_000_000_000  # bytes of all of them
MAX_SWELLING = 200  # unpacked to packed size of an entry above 10 MB: pictures are hardly smaller when packed
# How the system answers to a name that is too long, or both a file's and a folder's.
NO_SUCH_NAME = (errno.ENAMETOOLONG, errno.EEXIST, errno.ENOTDIR, errno.EISDIR, errno.EINVAL, errno.EILSEQ)
NOT_IN_NAMES = ("Cc", "Cs", "Zl", "Zp")  # control characters, halves of characters, ends of lines
SPARE = 1_000_000_000  # bytes of the disk that stay free
KEPT = 30 * 86400  # seconds that an unpacked data set stays after its last use


def data_cache() -> Path:
    """Where data sets are unpacked."""
    return cache_folder() / "data"


def unpack(path: Path) -> Path:
    """The folder with a zip's pictures, unpacked now or by an earlier call.

    Raises:
        DataError: it is no zip, is damaged or encrypted, or holds links, paths that lead out of it, or
            too much.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = checked_entries(archive, path)
            contents = "\n".join(f"{to} {info.file_size} {info.CRC}" for to, info in entries)
            name = hashlib.sha256(os.fsencode(contents)).hexdigest()[:24]
            return cached(name, lambda folder: _extract(archive, entries, folder, path), what=str(path))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, ValueError, RuntimeError) as error:
        raise DataError("archive.damaged", archive=path) from error
    except OSError as error:
        raise DataError("archive.unreadable", archive=path, reason=error) from error


def checked_entries(archive: zipfile.ZipFile, path: Path) -> list[tuple[PurePosixPath, zipfile.ZipInfo]]:
    """(where to, entry) for every file but the system's own, after looking at every entry.

    Raises:
        DataError: any entry, picture or not, is one that no honest data set has.
    """
    listed = archive.infolist()
    if len(listed) > MAX_ENTRIES:
        raise DataError("archive.too_many_files", archive=path, count=len(listed), most=MAX_ENTRIES)
    names = entry_names(listed)
    files = [(n, i) for n, i in zip(names, listed, strict=True) if i.file_size or not n.endswith("/")]
    infos = [info for _, info in files]
    total = sum(info.file_size for info in infos)
    if total > MAX_TOTAL:
        raise DataError("archive.too_large", archive=path, gb=total / 1e9, most=MAX_TOTAL / 1e9)
    if sum(info.compress_size for info in infos) > path.stat().st_size:
        raise DataError("archive.false_sizes", archive=path)
    entries: dict[PurePosixPath, zipfile.ZipInfo] = {}
    for name, info in files:
        to = _place(name, info, path)
        if any(part.startswith((".", "__MACOSX")) for part in to.parts):  # a system's own
            continue
        if to in entries and any(_is_picture(archive, to, one) for one in (info, entries[to])):
            raise DataError("archive.twice", archive=path, file=to)
        entries[to] = info
    return sorted(entries.items(), key=lambda entry: str(entry[0]))


def _place(name: str, info: zipfile.ZipInfo, path: Path) -> PurePosixPath:
    """Where an entry goes, below the folder it is unpacked to."""
    if not name:
        raise DataError("archive.no_name", archive=path)
    if any(unicodedata.category(character) in NOT_IN_NAMES for character in name):
        raise DataError("archive.bad_name", archive=path, name=name)
    to = PurePosixPath(name)
    if to.is_absolute() or ".." in to.parts or (to.parts and ":" in to.parts[0]) or not to.parts:
        raise DataError("archive.leads_out", archive=path, name=name)
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        raise DataError("archive.no_plain_file", archive=path, file=name)
    if info.flag_bits & 1:
        raise DataError("archive.encrypted", archive=path)
    if info.file_size > MAX_ENTRY:
        raise DataError("archive.large_file", archive=path, file=name, mb=info.file_size / 1e6)
    if info.file_size > 10_000_000 and info.file_size > MAX_SWELLING * max(info.compress_size, 1):
        kb, mb = info.compress_size / 1e3, info.file_size / 1e6
        raise DataError("archive.swells", archive=path, file=name, kb=kb, mb=mb)
    return to


def _is_picture(archive: zipfile.ZipFile, to: PurePosixPath, info: zipfile.ZipInfo) -> bool:
    if to.suffix.lower() in {*READ_SUFFIXES, *OTHER_PICTURES}:
        return True
    with archive.open(info) as packed:
        return looks_like_picture(packed.read(HEAD))


def _extract(
    archive: zipfile.ZipFile,
    entries: list[tuple[PurePosixPath, zipfile.ZipInfo]],
    folder: Path,
    path: Path,
) -> None:
    """Write every picture; of other files only the names, which the data report tells."""
    pictures = {to for to, info in entries if _is_picture(archive, to, info)}
    total = sum(info.file_size for to, info in entries if to in pictures)
    free = max(shutil.disk_usage(folder).free - SPARE, 0)
    if total > free:
        raise DataError("archive.no_space", archive=path, gb=total / 1e9, free=free / 1e9)
    for to, info in entries:
        target = folder / to
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            file = open(target, "xb")  # noqa: SIM115 - closed below, outside this try
        except OSError as error:
            if error.errno not in NO_SUCH_NAME:
                raise
            name = str(to)[:100]
            raise DataError("archive.name_unusable", archive=path, name=name, reason=error) from error
        with file:
            if to in pictures:
                with archive.open(info) as packed:
                    shutil.copyfileobj(packed, file, 1 << 20)  # ends at the size that the entry states


def cached(name: str, fill: Callable[[Path], None], what: str) -> Path:
    """The cache's folder ``name``; if it is not there, ``fill`` fills it, and it appears all at once.

    Args:
        what: the data set as the person named it, for the error.

    Raises:
        DataError: the disk is full or the cache cannot be written.
    """
    folder = data_cache() / name
    with system_errors_as(
        lambda error: DataError("data.cannot_unpack", data=what, folder=data_cache(), reason=error)
    ):
        folder.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            os.utime(folder)
        forget_old(folder.parent, KEPT)
        if not folder.is_dir():
            temporary = folder.with_name(f"{TEMPORARY}{name}-{os.getpid()}")
            shutil.rmtree(temporary, ignore_errors=True)
            temporary.mkdir()
            try:
                fill(temporary)
                temporary.rename(folder)
            except OSError:
                if not folder.is_dir():  # another process may have been faster
                    raise
            finally:
                shutil.rmtree(temporary, ignore_errors=True)
        os.utime(folder)
    return folder
