"""Lets one upload at a time replace a remote file, over all runs on this computer.

Two uploads to one file at once leave a mixture on most servers, and both are reported as delivered.
So an upload that replaces a file holds a lock while it is under way: on a file of our own on this
disk, named after server, account and remote path. The system frees it when the process ends,
however that ends. If the disk has no locks, every claim is granted.

On an object store no file can be seen before CLOSE, so two uploads to a new name would not notice
each other. There an upload that replaces nothing claims its name within this session.

A second upload waits for up to a minute: two runs of one job that overlap should both do their
work. Then it fails with a sentence, since a large file may take hours, too long to wait without a
word. Those that wait get their turn in any order. Other computers' uploads are not seen; ADR 012
says what risk remains.

Paths count as one name if they differ in ``..``, repeated slashes, a slash at the beginning, or NFC
and NFD. The server is not asked: a link to a folder, or capital letters that the server ignores,
make another name of the same file.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import unicodedata
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from ferrygate.common import remote_path
from ferrygate.common.disk import Disk
from ferrygate.common.errors import ConflictError
from ferrygate.common.local_disk import open_file_limit, own_file
from ferrygate.common.message import message
from ferrygate.common.threads import Threads

_POLL_SECONDS = 0.25  # between two tries for the lock
_MAX_WAIT_SECONDS = 60.0  # for two runs of one job that overlap; more would be a silent wait

Sleep = Callable[[float], Awaitable[None]]


class Claim:
    """Holds a remote name until closed, as :meth:`UploadClaims.acquire` gave it."""

    def __init__(self, *closing: Callable[[], None]) -> None:
        """Take what gives the name back, in this order: nothing where none is held."""
        self._closing = contextlib.ExitStack()
        for act in reversed(closing):
            self._closing.callback(act)

    def close(self) -> None:
        """Release the name, the first time: later it may be another transfer's."""
        self._closing.close()


class UploadClaims:
    """Hands out the claims of one session, to any thread."""

    def __init__(self, disk: Disk, folder: Path, account: str, threads: Threads) -> None:
        """Begin with none.

        Args:
            disk: this computer's.
            folder: where the locked files are; made when it is needed.
            account: server and account, in one spelling.
            threads: makes the lock.
        """
        self._disk = disk
        self._folder = folder
        self._account = account
        self._lock = threads.lock()
        self._taken: set[bytes] = set()  # in this session

    async def acquire(self, remote: bytes, sleep: Sleep, *, replaces: bool) -> Claim:
        """Claim a remote path; wait for up to a minute while another transfer has it.

        A path that is not to be replaced is claimed in this session alone, without a file.

        Raises:
            ConflictError: others had it for all that time.
            TooManyOpenFilesError: no more files can be opened here.
            SettingsError: the folder cannot be used.
        """
        name = _one_spelling(remote)
        for _attempt in range(int(_MAX_WAIT_SECONDS / _POLL_SECONDS)):
            claim = self._try_claim(name, replaces=replaces)
            if claim is not None:
                return claim
            await sleep(_POLL_SECONDS)
        raise ConflictError(
            message(
                "Another transfer on this computer is sending “{name}” just now.",
                name=remote_path.basename(remote),
            ),
            next_step=message("Send it again once that is finished."),
        )

    def _try_claim(self, name: bytes, *, replaces: bool) -> Claim | None:
        with self._lock:
            if name in self._taken:
                return None
            self._taken.add(name)
        claim = None
        try:
            claim = self._try_lock(name) if replaces else Claim(partial(self._free_name, name))
        finally:
            if claim is None:
                self._free_name(name)
        return claim

    def _free_name(self, name: bytes) -> None:
        with self._lock:
            self._taken.discard(name)

    def _try_lock(self, name: bytes) -> Claim | None:
        text = self._account.encode() + b"\0" + name
        path = self._folder / f"{hashlib.sha256(text).hexdigest()[:32]}.lock"
        shown = os.fsdecode(remote_path.basename(name))
        with own_file(path), open_file_limit(shown):
            descriptor = self._disk.take_lock_file(path)
        if descriptor is None:
            return None
        unlock = partial(self._disk.release_lock_file, path, descriptor)
        return Claim(unlock, partial(self._free_name, name))


def _one_spelling(remote: bytes) -> bytes:
    """Spell a path as all others of the same name."""
    return b"/".join(_composed(part) for part in remote_path.normalise(remote).split(b"/"))


def _composed(name: bytes) -> bytes:
    try:
        return unicodedata.normalize("NFC", name.decode("utf-8")).encode()
    except UnicodeDecodeError:
        return name
