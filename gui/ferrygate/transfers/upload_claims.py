"""Lets runs on this computer replace a remote name one at a time.

Two uploads over one file at once end in a mixture on most servers, and both are told as delivered.
So each that replaces a file holds a lock on a file of its own, named by server, account and remote
path, while it is under way. The system lets go of it when a process ends, however it ends.

On an object store no file shows before CLOSE, so two uploads of one session would see nothing of
each other even where nothing is to be replaced: there each has its name to itself in this session.

A second one waits for a minute, since two runs of one job that overlap should both do their work,
the later last. Then it fails with a sentence: a large file may take hours, too long to wait without
a word. Where the disk has no locks there is nothing to wait for. Other computers
are not seen; ADR 012 says what is left to them.

A name is the same however it is written: with ``..`` and repeated slashes, from the root or not, in
NFC or NFD. The server is not asked, so another way that it has to one file, such as a link to its
folder, or capital letters that it does not tell apart, counts as another name.
"""

from __future__ import annotations

import hashlib
import threading
import unicodedata
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from ferrygate.common import remote_path
from ferrygate.common.disk import Disk
from ferrygate.common.errors import ConflictError
from ferrygate.common.local_disk import own_file
from ferrygate.common.message import message

_POLL_SECONDS = 0.25  # between two tries for the lock
_PATIENCE_SECONDS = 60.0  # for two runs of one job that overlap; more would be a silent wait

Sleep = Callable[[float], Awaitable[None]]


class Claim:
    """Holds a remote name, so that no other run on this computer replaces it until closed."""

    def __init__(
        self,
        release: Callable[[], None] | None = None,
        let_go: Callable[[], None] = lambda: None,
    ) -> None:
        """Take what releases a locked file; ``None`` where there is nothing to be held.

        ``let_go`` is called at the end of :meth:`close`.
        """
        self._release = release
        self._let_go = let_go

    def close(self) -> None:
        """Release the name."""
        if self._release is not None:
            self._release()
            self._release = None
        self._let_go()


class UploadClaims:
    """Hands out the claims of one account, to any thread."""

    def __init__(self, disk: Disk, folder: Path, account: str) -> None:
        """Begin with none.

        Args:
            disk: this computer's.
            folder: where the locked files are; made when it is needed.
            account: tells server and account apart, however they are spelled.
        """
        self._disk = disk
        self._folder = folder
        self._account = account
        self._lock = threading.Lock()
        self._taken: set[bytes] = set()  # in this session

    async def acquire(self, remote: bytes, sleep: Sleep, *, replaces: bool) -> Claim:
        """Claim a remote path, once no other transfer on this computer has it.

        A path that is not to be replaced is claimed in this session alone, which costs nothing.

        Raises:
            ConflictError: another transfer had it for a minute.
            SettingsError: the folder cannot be used.
        """
        name = _one_spelling(remote)
        for _look in range(int(_PATIENCE_SECONDS / _POLL_SECONDS)):
            claim = self._try_both(name, replaces=replaces)
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

    def _try_both(self, name: bytes, *, replaces: bool) -> Claim | None:
        with self._lock:
            if name in self._taken:
                return None
            self._taken.add(name)
        claim = None
        try:
            claim = self._try(name) if replaces else Claim(let_go=partial(self._let_go, name))
        finally:
            if claim is None:
                self._let_go(name)
        return claim

    def _let_go(self, name: bytes) -> None:
        with self._lock:
            self._taken.discard(name)

    def _try(self, name: bytes) -> Claim | None:
        text = self._account.encode() + b"\0" + name
        path = self._folder / f"{hashlib.sha256(text).hexdigest()[:32]}.lock"
        with own_file(path):
            descriptor = self._disk.take_lock_file(path)
        if descriptor is None:
            return None
        release = partial(self._disk.release_lock_file, path, descriptor)
        return Claim(release, partial(self._let_go, name))


def _one_spelling(remote: bytes) -> bytes:
    """Return the same path for all ways to write one."""
    return b"/".join(_composed(part) for part in remote_path.normalise(remote).split(b"/"))


def _composed(name: bytes) -> bytes:
    try:
        return unicodedata.normalize("NFC", name.decode("utf-8")).encode()
    except UnicodeDecodeError:
        return name
