"""What a batch consists of: folders are walked and made, files are announced as they are found.

Folders are made and listed many at a time, and the files of one are announced as soon as it is
there, so that the walk and the transfers overlap.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from itertools import chain, islice
from pathlib import Path
from typing import Any, TypeVar

from ferrygate.common import remote_path
from ferrygate.common.entry import Entry, EntryKind
from ferrygate.common.errors import (
    Cancelled,
    FerrygateError,
    NotFoundError,
    TooManyFilesError,
)
from ferrygate.common.i18n import _
from ferrygate.common.local_disk import writing
from ferrygate.common.names import NameSet, remote_name
from ferrygate.sftp.channel import SftpChannel
from ferrygate.sftp.files import RemoteFiles, check_path_length
from ferrygate.sftp.tasks import Future
from ferrygate.transfers.conflict import numbered_names
from ferrygate.transfers.local_folder import LocalFolder
from ferrygate.transfers.outcome import FileJob, Names
from ferrygate.transfers.part_names import is_part_name
from ferrygate.transfers.views import ConflictChoice

T = TypeVar("T")
Folder = TypeVar("Folder")

Announce = Callable[[FileJob], None]

_FOLDERS_MADE = 64  # at a time
_FOLDERS_LISTED = 16  # at a time; each may have many READDIRs in flight
_LINKS_FOLLOWED = 64  # at a time
_BREATH = 256  # files after which the channel's other work moves on
_MOST_FILES = 1_000_000  # of one batch; each is held in memory until the batch ends
_MOST_FOLDERS = 100_000  # of one batch, likewise


class Planner:
    """Numbers the files of one batch and announces each once, however often it has to begin."""

    def __init__(
        self,
        announce: Announce,
        on_conflict: ConflictChoice,
        *,
        new_folders_are_empty: bool,
        most_files: int = _MOST_FILES,
        most_folders: int = _MOST_FOLDERS,
    ) -> None:
        """Nothing is announced yet.

        Args:
            announce: told of each file.
            on_conflict: what each file's job says.
            new_folders_are_empty: nothing stands in a folder whose MKDIR the server answers with
                OK. On an object store a folder is but the beginning of names, and may be made
                over names that have it.
            most_files: how many files a batch may have, and not one more.
            most_folders: how many folders, likewise.
        """
        self._announce = announce
        self._on_conflict = on_conflict
        self._new_folders_are_empty = new_folders_are_empty
        self._most_files = most_files
        self._most_folders = most_folders
        self._next = 0
        self._folders: set[bytes] = set()
        self._announced: set[tuple[str, bytes]] = set()
        self._names = Names()

    # ------------------------------------------------------------ uploads

    async def plan_upload(
        self, files: RemoteFiles, sources: tuple[str, ...], folder: bytes
    ) -> None:
        """Announce every file of ``sources``, once its remote folder is there.

        A folder lands as a folder of its name. What cannot be read is announced all the same and
        fails as a file, so that the rest goes on. Links to folders are not followed.

        Raises:
            TooManyFilesError: there are more than a batch may have.
            FerrygateError: a remote folder cannot be made.
        """
        await files.make_folders(folder)
        level: list[tuple[str, bytes]] = []
        for source in sources:
            path = Path(os.path.abspath(source))  # noqa: PTH100  resolves “..”, not links
            target = remote_path.join(folder, remote_name(path.name))
            if path.is_dir():
                level.append((str(path), target))
            else:
                self._found_local(str(path), target, _local_size(path))
        while level:
            level = await self._upload_level(files, level)

    async def _upload_level(
        self, files: RemoteFiles, level: list[tuple[str, bytes]]
    ) -> list[tuple[str, bytes]]:
        """Make folders, and announce what they hold; returns the folders among that."""
        below: list[tuple[str, bytes]] = []

        async def found(folder: tuple[str, bytes], new: Awaitable[bool]) -> None:
            local, remote = folder
            self._count_folder(remote)
            free = await new and self._new_folders_are_empty
            for number, entry in enumerate(self._scan(local, remote), start=1):
                path = remote_path.join(remote, remote_name(entry.name))
                if entry.is_dir(follow_symlinks=False):
                    below.append((entry.path, path))
                else:
                    self._found_local(entry.path, path, _entry_size(entry), free=free)
                if not number % _BREATH:
                    await files.channel.sleep(0)

        await _ahead(
            files.channel,
            level,
            lambda folder: _ensure_folder(files, folder[1]),
            found,
            most=_FOLDERS_MADE,
        )
        return below

    def _scan(self, folder: str, remote: bytes) -> list[os.DirEntry[str]]:
        """What a local folder holds; one that cannot be read is announced, and fails as a file."""
        try:
            with os.scandir(folder) as entries:
                listed = [entry for entry in entries if not is_part_name(entry.name)]
        except OSError:
            self._found_local(folder, remote, None)
            return []
        return sorted(listed, key=lambda entry: entry.name)

    def _found_local(
        self, local: str, remote: bytes, size: int | None, *, free: bool = False
    ) -> None:
        """Two files of one name would overwrite each other: the second gets a number."""
        folder, name = remote_path.parent(remote), remote_path.basename(remote)
        others = (remote_path.join(folder, other) for other in numbered_names(name))
        for target in chain((remote,), others):
            if self._names.claim(target, local):
                self._say(local, target, size, free=free)
                return

    # ------------------------------------------------------------ downloads

    async def plan_download(
        self, files: RemoteFiles, sources: tuple[bytes, ...], folder: str
    ) -> None:
        """Announce every file of ``sources``, once its local folder is there.

        Names are made safe for this disk, folder by folder; no path leads out of ``folder``, be it
        by a link on this computer, and links to folders are left out.

        Raises:
            LocalFileError: a local folder cannot be made.
            TooManyFilesError: there are more than a batch may have.
            FerrygateError: a remote folder cannot be listed, or is beyond all measure.
        """
        root = Path(folder)
        _make_local(root, root)
        given = NameSet()
        for source in sources:
            try:
                entry = await files.stat(source)
            except NotFoundError:
                entry = Entry(remote_path.basename(source), EntryKind.FILE)  # fails as a file
            if entry.kind is EntryKind.OTHER:  # asked about again when its turn comes
                entry = Entry(entry.name, EntryKind.OTHER)
            name = given.give(entry.name) if entry.name else ""
            if entry.kind is EntryKind.FOLDER:
                target = root / name if name else root
                await self._download_folder(files, source, target, root)
            else:
                self._found_remote(str(root / name), source, entry, str(root))

    async def _download_folder(
        self, files: RemoteFiles, source: bytes, target: Path, root: Path
    ) -> None:
        level = [(source, target)]
        while level:
            below: list[tuple[bytes, Path]] = []

            async def found(
                folder: tuple[bytes, Path],
                entries: Awaitable[list[Entry]],
                below: list[tuple[bytes, Path]] = below,
            ) -> None:
                check_path_length(folder[0], source)
                self._count_folder(folder[0])
                _make_local(root, folder[1])
                below += await self._found_folder(files, folder, await entries, str(root))

            await _ahead(
                files.channel,
                level,
                lambda folder: files.entries(folder[0]),
                found,
                most=_FOLDERS_LISTED,
            )
            level = below

    async def _found_folder(
        self, files: RemoteFiles, folder: tuple[bytes, Path], entries: list[Entry], root: str
    ) -> list[tuple[bytes, Path]]:
        """Announce the files of a folder; returns its folders."""
        remote, local = folder
        below = []
        given = NameSet()
        entries = sorted(
            (entry for entry in entries if not is_part_name(entry.name)),
            key=lambda entry: entry.name,
        )
        paths = {entry.name: remote_path.join(remote, entry.name) for entry in entries}
        links = (paths[entry.name] for entry in entries if entry.kind is EntryKind.LINK)
        looks = (files.channel.spawn(_linked_file(files, path)) for path in links)
        ahead = deque(islice(looks, _LINKS_FOLLOWED))
        for number, entry in enumerate(entries, start=1):
            path = paths[entry.name]
            target: Entry | None = entry
            if entry.kind is EntryKind.LINK:
                target = await ahead.popleft()
                ahead.extend(islice(looks, 1))
            if target is not None and target.kind is EntryKind.FOLDER:
                below.append((path, local / given.give(entry.name)))
            elif target is not None and target.kind is EntryKind.FILE:
                self._found_remote(str(local / given.give(entry.name)), path, target, root)
            if not number % _BREATH:
                await files.channel.sleep(0)
        return below

    def _found_remote(self, local: str, remote: bytes, entry: Entry, root: str) -> None:
        self._names.claim(local, remote)
        self._say(local, remote, entry.size, modified=entry.modified, root=root)

    # ------------------------------------------------------------ both

    def _count_folder(self, remote: bytes) -> None:
        self._folders.add(remote)  # a walk begun again counts none twice
        if len(self._folders) > self._most_folders:
            raise _too_many(
                _("There are more than {count} folders, which is too many to move at once."),
                self._most_folders,
            )

    def _say(
        self,
        local: str,
        remote: bytes,
        size: int | None,
        *,
        modified: int | None = None,
        root: str = "",
        free: bool = False,
    ) -> None:
        if (local, remote) in self._announced:  # found before the connection was lost
            return
        if self._next >= self._most_files:
            raise _too_many(
                _("There are more than {count} files, which is too many to move at once."),
                self._most_files,
            )
        self._announced.add((local, remote))
        number, self._next = self._next, self._next + 1
        self._announce(
            FileJob(
                number=number,
                local=local,
                remote=remote,
                size=size,
                modified=modified,
                root=root,
                free=free,
                on_conflict=self._on_conflict,
                names=self._names,
            )
        )


def _too_many(sentence: str, most: int) -> TooManyFilesError:
    return TooManyFilesError(
        sentence.format(count=f"{most:,}"),
        next_step=_("Those found so far are moved. Name its folders one by one for the rest."),
    )


async def _ahead(
    channel: SftpChannel,
    folders: Iterable[Folder],
    ask: Callable[[Folder], Coroutine[Any, Any, T]],
    found: Callable[[Folder, Awaitable[T]], Awaitable[None]],
    *,
    most: int,
) -> None:
    """Ask about many folders at a time, and hand out the answers in the order of the folders."""
    flying: deque[tuple[Folder, Future[T]]] = deque()
    for folder in folders:
        flying.append((folder, channel.spawn(ask(folder))))
        if len(flying) == most:
            await found(*flying.popleft())
    while flying:
        await found(*flying.popleft())


async def _ensure_folder(files: RemoteFiles, path: bytes) -> bool:
    """Have a folder there; true where it is new."""
    try:
        await files.mkdir(path)
    except Cancelled:
        raise
    except FerrygateError:
        # Servers say FAILURE for a name that is taken, so only a look tells.
        if (await files.stat(path)).kind is not EntryKind.FOLDER:
            raise
        return False
    return True


async def _linked_file(files: RemoteFiles, path: bytes) -> Entry | None:
    """What a link leads to, if that is a file."""
    try:
        entry = await files.stat(path)
    except Cancelled:
        raise
    except FerrygateError:
        return None
    return entry if entry.kind is EntryKind.FILE else None


def _entry_size(entry: os.DirEntry[str]) -> int | None:
    try:
        return entry.stat().st_size if entry.is_file() else None
    except OSError:
        return None


def _local_size(path: Path) -> int | None:
    try:
        return path.stat().st_size if path.is_file() else None
    except OSError:
        return None


def _make_local(root: Path, path: Path) -> None:
    """Have a folder there, at or below the chosen one; no link on the way is followed."""
    folder = LocalFolder(str(root), path.relative_to(root).parts)
    with writing(path), folder.opened(make=True):
        pass  # it is there
