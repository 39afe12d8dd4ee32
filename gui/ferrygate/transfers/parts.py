"""Makes the parts of downloads beside their target, locks them while written, sweeps dead ones.

A part belongs to a run that has ended when its lock is not held any more: the system lets go of
it when the process ends, be it by ``kill -9``. That is certain for runs of this computer alone.
On a network disk a lock of another computer need not be seen, so a part's name says which computer
made it, and those of others are left alone. So are all on a disk without locks, and those that an
older version made, whose names do not say it. See ADR 012.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import msgspec

from ferrygate.common.clock import Clock
from ferrygate.common.errors import LocalFileError
from ferrygate.common.file_lock import Lock, try_lock
from ferrygate.transfers.local_folder import LocalFolder, OpenFolder
from ferrygate.transfers.part_names import is_part_of

_MACHINE_ID = Path("/etc/machine-id")
_TRIES = 8  # names; a sweep of another run may take a part between its making and its lock
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
_TO_LOCK = os.O_RDWR | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
# Where a file cannot be moved while it is open, its lock is gone for the moment of the move.
_AGE_WITHOUT_LOCK_SECONDS = 86_400.0 if os.name == "nt" else 0.0  # of a part that is taken for dead


class Part(msgspec.Struct, frozen=True):
    """Holds a new file under its hidden name, open and locked."""

    name: str
    file: BinaryIO


def machine_name(machine_id: Path = _MACHINE_ID) -> str:
    """Return eight hexadecimal digits that name this computer; the same after a restart."""
    try:
        known = machine_id.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        known = ""
    return hashlib.sha256(f"{known} {platform.node()}".encode()).hexdigest()[:8]


def new_part(folder: OpenFolder, new_name: Callable[[], str]) -> Part:
    """Make a part in a folder, under a name that ``new_name`` makes.

    Raises:
        OSError: it cannot be made.
    """
    for _try in range(_TRIES):
        name = new_name()
        file = os.fdopen(folder.open(name, _NEW), "wb", buffering=0)
        try:
            if try_lock(file.fileno()) is not Lock.HELD and _is_there(folder, name, file):
                return Part(name, file)
        except BaseException:
            file.close()
            raise
        file.close()  # a sweep was quicker than the lock
    raise FileNotFoundError(f"each of {_TRIES} new files was gone at once")


def sweep(folder: LocalFolder, machine: str, clock: Clock) -> None:
    """Take away the parts in a folder that runs of this computer left there and that have ended.

    What cannot be looked at stays.
    """
    with contextlib.suppress(OSError, LocalFileError), folder.opened() as opened:
        for name in opened.names():
            if is_part_of(machine, name):
                with contextlib.suppress(OSError):
                    _sweep_one(opened, name, clock)


def _sweep_one(folder: OpenFolder, name: str, clock: Clock) -> None:
    descriptor = folder.open(name, _TO_LOCK)
    try:
        if try_lock(descriptor) is not Lock.TAKEN:
            return
        if _AGE_WITHOUT_LOCK_SECONDS:
            if clock.now() - os.fstat(descriptor).st_mtime < _AGE_WITHOUT_LOCK_SECONDS:
                return
            os.close(descriptor)  # an open file cannot be removed there
            descriptor = -1
        folder.remove(name)
    finally:
        if descriptor >= 0:
            os.close(descriptor)


def _is_there(folder: OpenFolder, name: str, file: BinaryIO) -> bool:
    status, ours = folder.status(name), os.fstat(file.fileno())
    return status is not None and (status.st_dev, status.st_ino) == (ours.st_dev, ours.st_ino)
