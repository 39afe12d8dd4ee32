"""Writes small files of several processes: whole or not at all, one writer at a time."""

from __future__ import annotations

import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ferrygate.common.errors import SettingsError
from ferrygate.common.file_lock import lock_now
from ferrygate.common.local_disk import own_file
from ferrygate.common.message import message

_PROBE = "probe"  # the name of a file that is there for a moment
_POLL_SECONDS = 0.02  # between two tries to get a lock
_TIMEOUT_SECONDS = 10.0  # others hold one for milliseconds; one that hangs holds it for ever

if sys.platform == "win32":

    def _sync_folder(_folder: Path) -> None:
        """Windows has no such call; NTFS writes a rename to its own journal."""

else:

    def _sync_folder(folder: Path) -> None:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def write_whole(path: Path, content: bytes) -> None:
    """Replace a file in one step, mode 0600; after a power cut it is the old or the new one.

    Raises:
        SettingsError: the folder cannot be made or written.
    """
    with own_file(path):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)


def check_writable(folder: Path) -> None:
    """Write a file into a folder of Ferrygate's own, and remove it.

    Raises:
        SettingsError: that cannot be done.
    """
    path = folder / _PROBE
    write_whole(path, b"probe")
    with own_file(path):
        path.unlink(missing_ok=True)  # another process may try the folder as well


@contextmanager
def locked(path: Path, timeout_seconds: float = _TIMEOUT_SECONDS) -> Iterator[None]:
    """Hold the lock that goes with a file, across processes and threads; it waits its turn.

    The lock is a file of its own beside it, because the file itself is replaced under the lock.

    Args:
        path: the file.
        timeout_seconds: how long to wait for others.

    Raises:
        SettingsError: the lock file cannot be made, or another process keeps the lock.
    """
    with own_file(path):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = path.with_name(f"{path.name}.lock")
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _lock(descriptor, path, timeout_seconds)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, path: Path, timeout_seconds: float) -> None:
    tries = max(1, round(timeout_seconds / _POLL_SECONDS))
    pause = threading.Event()  # never set
    for _number in range(tries):
        try:
            lock_now(descriptor)
        except (BlockingIOError, PermissionError):  # the latter is what Windows says
            pause.wait(_POLL_SECONDS)
        except OSError as error:  # a file system without locks, say
            with own_file(path):
                raise error from None
        else:
            return
    raise SettingsError(
        message("Another program keeps Ferrygate's own file “{path}” locked.", path=str(path)),
        next_step=message("End other windows and commands of Ferrygate, then try again."),
        detail=f"no lock within {timeout_seconds:g} s",
    )
