"""Locks on open files that the system lets go of by itself when a process ends, however it ends."""

from __future__ import annotations

import errno
import os
import sys
from enum import Enum

_HELD = {errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES, errno.EDEADLK}
_BEHIND_THE_END = 1 << 40  # on Windows the byte there is locked: locked bytes cannot be read


class LockResult(Enum):
    """Names the results of trying to lock a file."""

    TAKEN = "taken"
    HELD = "held"  # by another open file, of this process or another
    UNSUPPORTED = "unsupported"  # this disk has no locks


def try_lock(descriptor: int) -> LockResult:
    """Lock an open file until it is closed, without waiting.

    ``flock`` where there is one: it belongs to the open file, so two of one process exclude each
    other as well, and it holds for all of a computer's processes, in containers too.
    """
    try:
        lock_now(descriptor)
    except OSError as error:
        return LockResult.HELD if error.errno in _HELD else LockResult.UNSUPPORTED
    return LockResult.TAKEN


if sys.platform == "win32":
    import msvcrt

    def lock_now(descriptor: int) -> None:
        """Lock an open file until it is closed; ``OSError`` where another has it."""
        before = os.lseek(descriptor, 0, os.SEEK_CUR)
        os.lseek(descriptor, _BEHIND_THE_END, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        finally:
            os.lseek(descriptor, before, os.SEEK_SET)

else:
    import fcntl

    def lock_now(descriptor: int) -> None:
        """Lock an open file until it is closed; ``OSError`` where another has it."""
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
