"""Keeping the memory of one training step for the next."""

from __future__ import annotations

import ctypes
import platform

# Parameters of glibc's mallopt(3).
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_MAX, _ARENA_MAX = -1, -2, -4, -8


def keep_freed_memory() -> None:
    """Ask the C library to keep freed memory instead of giving it back to the system.

    By default glibc maps every large tensor anew, so each step pays for fresh pages that the kernel must
    find and clear: on a machine that reclaims memory eagerly, a third of the time. It changes the whole
    process, so only a program that does nothing but train should call it.
    """
    if platform.libc_ver()[0] != "glibc":
        return
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return
    settings = [(_MMAP_MAX, 0), (_TRIM_THRESHOLD, -1), (_TOP_PAD, 64 << 20), (_ARENA_MAX, 1)]
    for parameter, value in settings:
        mallopt(parameter, value)
