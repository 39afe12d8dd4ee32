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

import msgspec

from ferrygate.common.clock import Clock
from ferrygate.common.disk import Disk, OpenFile, OpenFolder, identity_of
from ferrygate.common.errors import LocalFileError
from ferrygate.common.file_lock import LockResult
from ferrygate.transfers.local_folder import LocalFolder
from ferrygate.transfers.part_names import is_part_of

_MACHINE_ID = Path("/etc/machine-id")
_TRIES = 8  # names; a sweep of another run may take a part between its making and its lock
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
_TO_LOCK = os.O_RDWR | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
# Of a part that is taken for dead where a file cannot be moved while it is open: its lock is gone
# for the moment of the move.
_AGE_WITHOUT_LOCK_SECONDS = 86_400.0


class Part(msgspec.Struct, frozen=True):
    """Holds a new file under its hidden name, open and locked."""

    name: str
    file: OpenFile


def machine_name(machine_id: Path = _MACHINE_ID) -> str:
    """Return eight hexadecimal digits that name this computer; the same after a restart."""
    try:
        known = machine_id.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        known = ""
    return hashlib.sha256(f"{known} {platform.node()}".encode()).hexdigest()[:8]


def new_part(disk: Disk, folder: OpenFolder, new_name: Callable[[], str]) -> Part:
    """Make a part in a folder of a disk, under a name that ``new_name`` makes.

    Raises:
        OSError: it cannot be made.
    """
    for _try in range(_TRIES):
        name = new_name()
        file = disk.writer(folder.open(name, _NEW))
        try:
            is_held = disk.lock(file.fileno()) is LockResult.HELD
            if not is_held and _is_there(disk, folder, name, file):
                return Part(name, file)
        except BaseException:
            file.close()
            raise
        file.close()  # a sweep was quicker than the lock
    raise FileNotFoundError(f"each of {_TRIES} new files was gone at once")


def sweep(disk: Disk, folder: LocalFolder, machine: str, clock: Clock) -> None:
    """Take away the parts in a folder that runs of this computer left there and that have ended.

    What cannot be looked at stays.
    """
    with contextlib.suppress(OSError, LocalFileError), folder.opened(disk) as opened:
        for name in sorted(opened.names()):
            if is_part_of(machine, name):
                with contextlib.suppress(OSError):
                    _sweep_one(disk, opened, name, clock)


def _sweep_one(disk: Disk, folder: OpenFolder, name: str, clock: Clock) -> None:
    descriptor = folder.open(name, _TO_LOCK)
    try:
        if disk.lock(descriptor) is not LockResult.TAKEN:
            return
        if not disk.moves_open_files:
            if clock.now() - disk.status_of(descriptor).st_mtime < _AGE_WITHOUT_LOCK_SECONDS:
                return
            disk.close(descriptor)  # an open file cannot be removed there
            descriptor = -1
        folder.remove(name)
    finally:
        if descriptor >= 0:
            disk.close(descriptor)


def _is_there(disk: Disk, folder: OpenFolder, name: str, file: OpenFile) -> bool:
    status = folder.status(name)
    return status is not None and identity_of(status) == identity_of(disk.status_of(file.fileno()))
