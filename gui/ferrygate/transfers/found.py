"""Numbers, bounds and announces once what a walk finds, however often the walk begins."""

from __future__ import annotations

from collections.abc import Callable

from ferrygate.common.errors import Problem, TooManyFilesError
from ferrygate.common.message import Message, message
from ferrygate.transfers.file_job import FileJob, Names
from ferrygate.transfers.views import ConflictChoice, SkipReason

Announce = Callable[[FileJob], None]

MOST_FILES = 1_000_000  # of one batch; each is held in memory until the batch ends
MOST_FOLDERS = 100_000  # of one batch, likewise


class Found:
    """The files of one batch, as they are found."""

    def __init__(
        self, announce: Announce, on_conflict: ConflictChoice, *, most_files: int, most_folders: int
    ) -> None:
        """Begin with none; ``announce`` is told of each, whose job says ``on_conflict``."""
        self._announce = announce
        self._on_conflict = on_conflict
        self._most_files = most_files
        self._most_folders = most_folders
        self._next = 0
        self._folders: set[bytes] = set()
        self._announced: set[tuple[str, bytes]] = set()
        self.names = Names()

    def folder(self, remote: bytes) -> None:
        """Count a folder; one that is met again counts once.

        Raises:
            TooManyFilesError: there are more than a batch may have.
        """
        self._folders.add(remote)
        if len(self._folders) > self._most_folders:
            raise _too_many(
                message("There are more than {count} folders, which is too many to move at once."),
                self._most_folders,
            )

    def file(
        self,
        local: str,
        remote: bytes,
        size: int | None = None,
        *,
        modified: int | None = None,
        root: str = "",
        free: bool = False,
        folder_refused: Problem | None = None,
    ) -> None:
        """Announce a file to move; the arguments are those of its job.

        Raises:
            TooManyFilesError: there are more than a batch may have.
        """
        self._say(
            local,
            remote,
            lambda number: FileJob(
                number=number,
                local=local,
                remote=remote,
                size=size,
                modified=modified,
                root=root,
                free=free,
                on_conflict=self._on_conflict,
                names=self.names,
                folder_refused=folder_refused,
            ),
        )

    def not_movable(self, local: str, remote: bytes, why: Problem | SkipReason) -> None:
        """Announce what cannot or shall not be moved, so that it is told and counted.

        Raises:
            TooManyFilesError: there are more than a batch may have.
        """
        self._say(
            local,
            remote,
            lambda number: FileJob(number=number, local=local, remote=remote, not_moved=why),
        )

    def _say(self, local: str, remote: bytes, job: Callable[[int], FileJob]) -> None:
        if (local, remote) in self._announced:  # found before the connection was lost
            return
        if self._next >= self._most_files:
            raise _too_many(
                message("There are more than {count} files, which is too many to move at once."),
                self._most_files,
            )
        self._announced.add((local, remote))
        number, self._next = self._next, self._next + 1
        self._announce(job(number))


def _too_many(sentence: Message, most: int) -> TooManyFilesError:
    return TooManyFilesError(
        sentence.filled(count=f"{most:,}"),
        next_step=message(
            "Those found so far are moved. Name its folders one by one for the rest."
        ),
    )
