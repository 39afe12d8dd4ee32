"""Plans a batch: walks and makes folders, and announces files as they are found."""

from __future__ import annotations

from collections.abc import Callable
from math import inf

from ferrygate.common.disk import Disk
from ferrygate.sftp.files import RemoteFiles
from ferrygate.transfers.found_files import (
    MAX_FILES,
    MAX_FOLDERS,
    MAX_WAITING,
    Announce,
    FoundFiles,
)
from ferrygate.transfers.local_walk import LocalWalk
from ferrygate.transfers.remote_walk import RemoteWalk
from ferrygate.transfers.views import ConflictChoice, LinkChoice


class Planner:
    """Finds the files of one batch; begun again, it goes on where it was cut."""

    def __init__(
        self,
        disk: Disk,
        announce: Announce,
        on_conflict: ConflictChoice,
        *,
        new_folders_are_empty: bool,
        links: LinkChoice = LinkChoice.SKIP,
        max_at_a_time: Callable[[], int | None] = lambda: None,
        begun: Callable[[], float] = lambda: inf,
        max_waiting: int = MAX_WAITING,
        max_files: int = MAX_FILES,
        max_folders: int = MAX_FOLDERS,
    ) -> None:
        """Begin with nothing announced.

        Args:
            disk: this computer's.
            announce: told of each file.
            on_conflict: what each file's job says.
            new_folders_are_empty: nothing is in a folder whose MKDIR the server answers with OK.
                On an object store a folder is but the beginning of names, and may be made over
                names that have it.
            links: what becomes of links to folders.
            max_at_a_time: how many folders to ask about at a time, where the server bears few.
            begun: counts the files announced that wait no more.
            max_waiting: how many files a walk may be ahead of those.
            max_files: how many files a batch may have, and not one more.
            max_folders: how many folders, likewise.
        """
        found = FoundFiles(
            announce,
            on_conflict,
            begun=begun,
            max_waiting=max_waiting,
            max_files=max_files,
            max_folders=max_folders,
        )
        self._local = LocalWalk(
            disk, found, links, max_at_a_time, new_folders_are_empty=new_folders_are_empty
        )
        self._remote = RemoteWalk(disk, found, links, max_at_a_time)

    async def plan_upload(
        self,
        files: RemoteFiles,
        sources: tuple[str, ...],
        folder: bytes,
        name: bytes | None = None,
    ) -> None:
        """Announce every file of ``sources``, as :meth:`LocalWalk.walk` does."""
        await self._local.walk(files, sources, folder, name)

    async def plan_download(
        self, files: RemoteFiles, sources: tuple[bytes, ...], folder: str
    ) -> None:
        """Announce every file of ``sources``, as :meth:`RemoteWalk.walk` does."""
        await self._remote.walk(files, sources, folder)
