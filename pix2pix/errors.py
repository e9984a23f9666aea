"""The one family of errors that a person is meant to read.

Every message is a single sentence that says what is wrong and what to do about it. The command line prints
it and exits with status 1; the app shows it as a toast. Anything else that escapes is a bug.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Pix2PixError(Exception):
    """Base of all user-facing errors; ``str(error)`` is one sentence that says what to do."""


class ImageError(Pix2PixError):
    """A picture cannot be read, is too large, or is not a picture."""


class CheckpointError(Pix2PixError):
    """A model cannot be found, or its folder is incomplete, damaged or of an unknown format."""


class DataError(Pix2PixError):
    """A data set cannot be trained on."""


class ConfigError(Pix2PixError):
    """An option has a value that cannot work, or options contradict each other."""


class RunError(Pix2PixError):
    """A training run cannot be started, continued or saved."""


@contextmanager
def system_errors_as(kind: type[Pix2PixError], sentence: Callable[[OSError], str]) -> Iterator[None]:
    """Turn what the system refuses, such as a full disk, into a sentence."""
    try:
        yield
    except OSError as error:
        raise kind(sentence(error)) from error
