"""Describes one file to move."""

from __future__ import annotations

import hashlib

import msgspec

from ferrygate.common.errors import Problem
from ferrygate.transfers.checkpoint import UploadCheckpoint
from ferrygate.transfers.views import ConflictChoice, SkipReason


class ClaimedTargets:
    """Holds the targets that the files of a batch have been given; for any thread.

    Two of its files may be on their way to one name, and on an object store neither sees the other.
    A batch may have a million files, so paths are held as digests: of a target 128 bits, of the
    file that has it 64, which are compared for one target alone.
    """

    def __init__(self) -> None:
        self._owners: dict[bytes, int] = {}

    def claim(self, name: bytes | str, owner: str | bytes) -> bool:
        """Claim a target for a file; return false if another file of the batch has it."""
        mine = hash(owner)
        return self._owners.setdefault(_digest(name), mine) == mine  # one step for the interpreter

    def is_claimed(self, name: bytes | str) -> bool:
        """Tell whether a file of the batch has the target."""
        return _digest(name) in self._owners


def _digest(name: bytes | str) -> bytes:
    data = name if isinstance(name, bytes) else name.encode("utf-8", "surrogatepass")
    return hashlib.blake2b(data, digest_size=16).digest()


class FileJob(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Describes one file to move.

    Attributes:
        number: its position in the batch.
        local: path on this computer.
        remote: path on the server.
        size: bytes, as far as known before.
        modified: seconds since the epoch, as far as known before; of what is fetched.
        root: the folder on this computer that a person chose for what is fetched; below it no link
            is followed. Empty where that is the one which holds the file.
        known_absent: nothing has the remote name, so that the server is not asked.
        on_conflict: what to do where the target's name is taken.
        claimed_targets: the targets that the files of its batch have been given.
        folder_refused: why the server would not make its folder, where it may be there unseen.
        not_moved: why it is not to be moved at all, as the walk has found.
        resume_from: how far an upload came before the connection was lost under it.
    """

    number: int
    local: str
    remote: bytes
    size: int | None = None
    modified: int | None = None
    root: str = ""
    known_absent: bool = False
    on_conflict: ConflictChoice = ConflictChoice.FAIL
    claimed_targets: ClaimedTargets = msgspec.field(default_factory=ClaimedTargets)
    folder_refused: Problem | None = None
    not_moved: Problem | SkipReason | None = None
    resume_from: UploadCheckpoint | None = None

    @property
    def replaces(self) -> bool:
        """Tell whether the file may overwrite what has its name."""
        choice = self.on_conflict
        return choice is ConflictChoice.REPLACE or choice is ConflictChoice.CHANGED
