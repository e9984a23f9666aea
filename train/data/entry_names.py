"""The names of a zip's entries as the person who zipped the files saw them.

A zip marks a name as UTF-8, or says nothing: then its bytes are in the code page of the computer that made
it, such as a Japanese or Taiwanese Windows. There the second byte of a character may be that of a backslash
(表, ソ, 能, 功, 許), so bytes become letters first, and only then is a name split into folders.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Sequence
from contextlib import suppress

UTF8 = 0x800  # the flag of an entry whose name is UTF-8
UNICODE_PATH = 0x7075  # Info-ZIP's field with the name in UTF-8
SAMPLE = 2000  # names by which the code page is chosen
# Of each code page with two bytes a character, the ones that most texts are written with.
USUAL = {
    "cp932": re.compile(rb"[\x81-\x83\x88-\x97]."),  # kana and signs, kanji of the first level
    "cp949": re.compile(rb"[\xb0-\xc8][\xa1-\xfe]"),  # the 2,350 usual syllables
    "gbk": re.compile(rb"[\xb0-\xd7][\xa1-\xfe]"),  # hanzi of the first level
    "cp950": re.compile(rb"[\xa4-\xc6]."),  # the same, of Big5
}
LETTER, LATIN = "[^\\W\\d_]", "[\xc0-\xd6\xd8-\xf6\xf8-\xff]"
CAPITAL, SMALL = "[\xc0-\xd6\xd8-\xde]", "[\xdf-\xf6\xf8-\xff]"
# Foreign letters of western words, and how much each of them speaks for a western page.
WESTERN = (
    (f"(?<=[A-Za-z]){SMALL}{{1,2}}(?=[a-z])|(?<=[A-Z]){CAPITAL}{{1,2}}(?=[A-Z])", 1.0),
    (f"(?<!{LETTER}){LATIN}(?=[a-z]{LETTER})", 0.9),
    (f"(?<=[a-z]){SMALL}{{1,2}}(?!{LETTER})", 0.7),
    (f"(?<!{LETTER}){LATIN}(?=[a-z](?!{LETTER}))|(?<=\\d){LATIN}(?!{LETTER})", 0.5),
    (f"(?<![^\\W_]){LATIN}(?!{LETTER})", 0.2),
)
CYRILLIC = re.compile(f"(?<!{LETTER})[\u0410-\u044f\u0401\u0451][\u0430-\u044f\u0451]+(?!{LETTER})")
WORD = re.compile(f"\\d*{LETTER}+")
PART = re.compile(rb"[^/]+/?")  # of a path
# Of equally good ones the first.
CODE_PAGES = (*USUAL, "cp437", "cp1252", "cp850", "cp866")


def entry_names(entries: Sequence[zipfile.ZipInfo]) -> list[str]:
    """The whole name of each entry, with ``/`` between its folders.

    All names that are not marked are taken as UTF-8, if all of them are, or in one code page: that in which
    most of them are made of usual characters.
    """
    told = [_told(entry) for entry in entries]
    page = code_page([name for name in told if isinstance(name, bytes)])
    names = (decoded(name, page) if isinstance(name, bytes) else name for name in told)
    # A name ends at its first zero.
    return [name.partition("\0")[0].replace("\\", "/") for name in names]


def _told(entry: zipfile.ZipInfo) -> str | bytes:
    """The name, or its bytes where the entry does not say how it is written."""
    if entry.flag_bits & UTF8:
        return entry.orig_filename
    raw, extra = entry.orig_filename.encode("cp437"), entry.extra
    while len(extra) >= 4:
        kind, size = (int.from_bytes(extra[at : at + 2], "little") for at in (0, 2))
        field, extra = extra[4 : 4 + size], extra[4 + size :]
        # The checksum is that of the bytes: a program that knew only those may have changed them.
        if kind == UNICODE_PATH and field[:5] == b"\x01" + zlib.crc32(raw).to_bytes(4, "little"):
            with suppress(UnicodeDecodeError):
                return field[5:].decode()
    return raw


def code_page(names: Sequence[bytes]) -> str:
    """Which one the names are written in, all of them."""
    # No code page has the byte of a slash within a character.
    parts = sorted({part for name in names for part in PART.findall(name) if not part.isascii()})
    try:
        b"".join(parts).decode()
        return "utf-8"
    except UnicodeDecodeError:
        some = parts[:: max(len(parts) // SAMPLE, 1)]
        slashes = any(b"/" in name for name in names)
        return max(CODE_PAGES, key=lambda page: sum(_fit(part, page, slashes) for part in some))


def _fit(name: bytes, page: str, slashes: bool) -> float:
    """How well a name reads in a code page: at most 1 for each byte that is not ASCII, -1 if it is none.

    Args:
        slashes: whether it is those that divide folders, so that no backslash does.
    """
    text = name.decode(page, "surrogateescape")
    if page in USUAL:
        fit = _fit_double(text, page)
    else:
        fit = sum(map(_fit_western, WORD.findall(text))) + 0.9 * sum(map(len, CYRILLIC.findall(text)))
    # Folders are divided by one backslash, and their names begin with no dot, low line or space.
    odd = len(re.findall(r"[^\x00-\x7f]\\" + r"(?=[\\./_ ])" * (not slashes), text))
    return fit - 2 * odd - _strangers(text)


def _fit_western(word: str) -> float:
    """At most as much as a word has other letters: where foreign ones are the most, it is none."""
    if word.isascii():
        return 0.0
    found = sum(weight * sum(map(len, re.findall(form, word))) for form, weight in WESTERN)
    return min(found, max(sum(letter.isascii() for letter in word), 0.2))


def _fit_double(text: str, page: str) -> float:
    """Of a page with two bytes a character.

    One of them is often that of a letter or a backslash. Where such a character stands alone beside letters,
    or takes away the end of a folder, these bytes are rather a foreign letter and a plain one.
    """
    fit = 0.0
    for at, character in enumerate(text):
        if character.isascii() or _strangers(character):
            continue
        own = character.encode(page)
        high = sum(byte > 0x7F for byte in own)
        weight = 0.9 if USUAL[page].fullmatch(own) else 0.3
        beside = text[max(at - 1, 0) : at] + text[at + 1 : at + 2]
        if high == 1 and beside.isascii():
            weight *= 0.1 if own.endswith(b"\\") else 0.4 if re.search("[A-Za-z]", beside) else 0.6
        fit += high * weight
    return fit


def _strangers(text: str) -> int:
    """Bytes that are no character."""
    return sum("\udc80" <= character <= "\udcff" for character in text)


def decoded(name: bytes, page: str) -> str:
    """A name in a code page; bytes that are none of its characters are shown as those of cp437."""
    text = name.decode(page, "surrogateescape")
    return re.sub("[\udc80-\udcff]", lambda byte: bytes([ord(byte[0]) - 0xDC00]).decode("cp437"), text)
