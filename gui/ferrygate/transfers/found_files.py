"""Numbers, bounds and announces once what a walk finds, however often the walk begins."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from ferrygate.common.errors import Problem, TooManyFilesError
from ferrygate.common.message import Message, message
from ferrygate.sftp.channel import SftpChannel
from ferrygate.transfers.file_job import ClaimedTargets, FileJob
from ferrygate.transfers.views import ConflictChoice, SkipReason

Announce = Callable[[FileJob], None]

MAX_FILES = 1_000_000  # of one batch; a digest of each is held in memory until the batch ends
MAX_FOLDERS = 100_000  # of one batch, likewise
MAX_WAITING = 10_000  # files that a walk is ahead of those begun; each takes a kilobyte
_POLL_SECONDS = 0.05  # between two looks whether they are fewer
_MAX_WAIT_SECONDS = 5.0  # without progress


class Claim(Enum):
    """Names whose a target is.

    Attributes:
        FIRST: the file's, since now.
        AGAIN: the file's since it was announced: the walk was begun anew.
        TAKEN: another file's of the batch.
    """

    FIRST = "first"
    AGAIN = "again"
    TAKEN = "taken"


class FoundFiles:
    """Keeps the files of one batch, as walks find them."""

    def __init__(
        self,
        announce: Announce,
        on_conflict: ConflictChoice,
        *,
        begun: Callable[[], float],
        max_waiting: int,
        max_files: int,
        max_folders: int,
    ) -> None:
        """Begin with nothing found; see :class:`ferrygate.transfers.plan.Planner`."""
        self._announce = announce
        self._on_conflict = on_conflict
        self._max_files = max_files
        self._max_folders = max_folders
        self._begun = begun
        self._max_waiting = max_waiting
        self._waits = True
        self._next = 0
        self._folders: set[bytes] = set()
        self._unclaimed: set[tuple[str, bytes]] = set()  # announced without a target of their own
        self.claimed_targets = ClaimedTargets()

    def begin(self) -> None:
        """Note that a walk begins, or begins anew."""
        self._waits = True

    async def room(self, channel: SftpChannel) -> None:
        """Wait on a walk's channel until most of the files that it has found are begun.

        Where none is begun for seconds, the walk goes to its end without: they are large, or the
        server bears so few at a time that they wait for the walk.
        """
        begun, waited = self._begun(), 0.0
        while self._waits and self._next - begun > self._max_waiting:
            await channel.sleep(_POLL_SECONDS)
            before, begun = begun, self._begun()
            waited = 0.0 if begun > before else waited + _POLL_SECONDS
            self._waits = waited < _MAX_WAIT_SECONDS

    def folder(self, remote: bytes) -> None:
        """Count a folder; one that is met again counts once.

        Raises:
            TooManyFilesError: there are more than a batch may have.
        """
        self._folders.add(remote)
        if len(self._folders) > self._max_folders:
            raise _too_many(
                message("There are more than {count} folders, which is too many to move at once."),
                self._max_folders,
            )

    def claim(self, target: bytes | str, source: str | bytes) -> Claim:
        """Claim the target of a file that is announced next, if the claim is the first.

        Raises:
            TooManyFilesError: there are more than a batch may have.
        """
        is_known = self.claimed_targets.is_claimed(target)
        if not is_known:
            self._check_count()
        if not self.claimed_targets.claim(target, source):
            return Claim.TAKEN
        return Claim.AGAIN if is_known else Claim.FIRST

    def file(
        self,
        local: str,
        remote: bytes,
        size: int | None = None,
        *,
        modified: int | None = None,
        root: str = "",
        known_absent: bool = False,
        folder_refused: Problem | None = None,
    ) -> None:
        """Announce a file to move, which has claimed its target; the arguments are its job's."""
        self._announce(
            FileJob(
                number=self._number(),
                local=local,
                remote=remote,
                size=size,
                modified=modified,
                root=root,
                known_absent=known_absent,
                on_conflict=self._on_conflict,
                claimed_targets=self.claimed_targets,
                folder_refused=folder_refused,
            )
        )

    def not_movable(self, local: str, remote: bytes, why: Problem | SkipReason) -> None:
        """Announce once what cannot or shall not be moved, so that it is told and counted.

        Raises:
            TooManyFilesError: there are more than a batch may have.
        """
        if self.is_new(local, remote):
            number = self._number()
            self._announce(FileJob(number=number, local=local, remote=remote, not_moved=why))

    def is_new(self, local: str, remote: bytes) -> bool:
        """Note what has claimed no target; tell whether a walk before has not found it.

        Raises:
            TooManyFilesError: there are more than a batch may have.
        """
        if (local, remote) in self._unclaimed:
            return False
        self._check_count()
        self._unclaimed.add((local, remote))
        return True

    def _number(self) -> int:
        number, self._next = self._next, self._next + 1
        return number

    def _check_count(self) -> None:
        if self._next >= self._max_files:
            raise _too_many(
                message("There are more than {count} files, which is too many to move at once."),
                self._max_files,
            )


def _too_many(sentence: Message, max_count: int) -> TooManyFilesError:
    return TooManyFilesError(
        sentence.filled(count=f"{max_count:,}"),
        next_step=message(
            "Those found so far are moved. Name its folders one by one for the rest."
        ),
    )
