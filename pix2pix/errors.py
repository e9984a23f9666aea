"""The one family of errors that a person is meant to read.

Each carries a message, ``ImageError("image.no_pixels", name=name)``: one sentence that says what is wrong and
what to do about it, see :mod:`pix2pix.messages`. The command line prints it and exits with status 1; the app
shows it as a toast in the visitor's language. Anything else that escapes is a bug.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pix2pix.messages import Message


class Pix2PixError(Exception):
    """Base of all user-facing errors; ``str(error)`` is one sentence in English that says what to do."""

    message: Message

    def __init__(self, code: str, /, **values: object) -> None:
        """An error that says the message of this code, with these values; or a message as it is."""
        self.message = Message(code, **values)
        super().__init__(self.message)


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
def system_errors_as(told: Callable[[OSError], Pix2PixError]) -> Iterator[None]:
    """Raise what ``told`` makes of an error of the system, such as a full disk."""
    try:
        yield
    except OSError as error:
        raise told(error) from error
