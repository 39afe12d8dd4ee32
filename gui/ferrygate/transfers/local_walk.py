"""Walks the folders on this computer that are to be sent, making them on the server.

Folders are made many at a time, and the files of one are announced as soon as it is there, so that
the walk and the transfers overlap.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from enum import Enum
from itertools import chain
from pathlib import Path

import msgspec

from ferrygate.common import remote_path
from ferrygate.common.disk import Disk, DiskEntry, Identity, identity_of
from ferrygate.common.entry import EntryKind
from ferrygate.common.errors import (
    Cancelled,
    ConflictError,
    ConnectionLostError,
    FerrygateError,
    NotFoundError,
    Problem,
    error_for,
)
from ferrygate.common.names import remote_name
from ferrygate.sftp.files import RemoteFiles
from ferrygate.sftp.spelling import as_spelled, name_as_spelled
from ferrygate.sftp.status import STAT_NOT_RELIABLE, no_folder
from ferrygate.transfers.conflict import numbered_names
from ferrygate.transfers.found_files import Claim, FoundFiles
from ferrygate.transfers.not_moved import link_to_folder
from ferrygate.transfers.part_names import is_part_name
from ferrygate.transfers.request_pipeline import RequestPipeline
from ferrygate.transfers.views import LinkChoice, SkipReason

_MAX_FOLDERS_MADE = 64  # at a time, as many requests as servers bear
_FILES_PER_TURN = 256  # files after which the channel's other work moves on
# Refusals over which a walk goes on: servers may hide a folder, or not let it be made, and yet take
# files into it. The first one is told where what lies below is refused as well.
_DROP_BOX = (ConflictError, *STAT_NOT_RELIABLE)  # “File exists” of a folder that cannot be seen


class _Folder(msgspec.Struct, frozen=True):
    """Holds a folder to walk.

    Attributes:
        local: its path on this computer.
        remote: its path on the server.
        above: the identities of the folder and those it lies in, where links are followed.
    """

    local: str
    remote: bytes
    above: tuple[Identity, ...] = ()


class _Made(msgspec.Struct, frozen=True):
    """Notes what is known of a folder on the server.

    Attributes:
        path: its path, as the server spells it.
        new: it was made just now.
        refused: why it could not be made, where it cannot be seen whether it is there.
    """

    path: bytes
    new: bool
    refused: Problem | None = None


class LocalWalk:
    """Walks local folders; what it has made is not made again when it begins anew."""

    def __init__(
        self,
        disk: Disk,
        found: FoundFiles,
        links: LinkChoice,
        max_at_a_time: Callable[[], int | None],
        *,
        new_folders_are_empty: bool,
    ) -> None:
        """Begin with nothing found; see :class:`ferrygate.transfers.plan.Planner`."""
        self._disk = disk
        self._found_files = found
        self._links = links
        self._max_at_a_time = max_at_a_time
        self._new_folders_are_empty = new_folders_are_empty
        self._made: dict[bytes, _Made] = {}

    async def walk(
        self,
        files: RemoteFiles,
        sources: tuple[str, ...],
        folder: bytes,
        name: bytes | None = None,
    ) -> None:
        """Announce every file of ``sources``, once its remote folder is there.

        Each has its own name there, or ``name``, which is for one.

        A folder lands as a folder of its name. What cannot be read is announced all the same and
        fails as a file, so that the rest goes on. Where the folder cannot be seen or made, OPEN
        decides: a drop box may be like that.

        Raises:
            TooManyFilesError: there are more than a batch may have.
            FerrygateError: a remote folder cannot be made.
        """
        self._found_files.begin()
        refused: Problem | None = None
        folder = await as_spelled(files, folder)
        try:
            await files.make_folders(folder, hidden_exists=True)
        except _DROP_BOX as error:
            refused = error.problem
        level: list[_Folder] = []
        for source in sources:
            path = Path(os.path.abspath(source))  # noqa: PTH100  resolves “..”, not links
            target = remote_path.join(folder, name or remote_name(path.name))
            status = self._status(str(path))
            if status is not None and stat.S_ISDIR(status.st_mode):
                level.append(self._folder(str(path), target))
            else:
                is_file = status is not None and stat.S_ISREG(status.st_mode)
                size = status.st_size if status is not None and is_file else None
                self._found_file(str(path), target, size, folder_refused=refused)
        while level:
            try:
                level = await self._level(files, level)
            except _DROP_BOX:
                if refused is None:
                    raise
                raise error_for(refused) from None  # why the folder above is not there

    def _folder(self, local: str, remote: bytes, above: tuple[Identity, ...] = ()) -> _Folder:
        if self._links is not LinkChoice.FOLLOW:
            return _Folder(local, remote)
        identity = self._identity(local)
        return _Folder(local, remote, (*above, identity) if identity else above)

    async def _level(self, files: RemoteFiles, level: list[_Folder]) -> list[_Folder]:
        """Make folders, and announce what they hold; returns the folders among that."""
        below: list[_Folder] = []

        async def ensure(folder: _Folder) -> _Made:
            path = await self._spelled(files, folder.remote)
            return self._made.get(path) or await _ensure_folder(files, path)

        limit = self._max_at_a_time() or _MAX_FOLDERS_MADE
        pipeline = RequestPipeline(
            files.channel, level, ensure, max_in_flight=min(limit, _MAX_FOLDERS_MADE)
        )
        while (made := await pipeline.next()) is not None:
            below += await self._announce(files, *made)
            await self._found_files.room(files.channel)
        return below

    async def _spelled(self, files: RemoteFiles, path: bytes) -> bytes:
        """Return the path of a folder as the server spells it, if in another form."""
        above = self._made.get(remote_path.parent(path))
        if above is not None and above.new and self._new_folders_are_empty:
            return path
        return await name_as_spelled(files, path)

    async def _announce(self, files: RemoteFiles, folder: _Folder, there: _Made) -> list[_Folder]:
        """Announce the files of a folder that is there; returns its folders."""
        folder = msgspec.structs.replace(folder, remote=there.path)
        self._found_files.folder(folder.remote)
        self._made[folder.remote] = there
        below: list[_Folder] = []
        entries = self._scan(folder)
        while entries:
            entry = entries.pop()  # and what was asked about it, which is more than its name
            path = remote_path.join(folder.remote, remote_name(entry.name))
            match self._kind(entry, folder):
                case _Way.INTO:
                    below.append(self._folder(entry.path, path, folder.above))
                case SkipReason() | Problem() as why:
                    self._found_files.not_movable(entry.path, path, why)
                case int() | None as size:
                    self._found_file(
                        entry.path,
                        path,
                        size,
                        known_absent=there.new and self._new_folders_are_empty,
                        folder_refused=there.refused,
                    )
            if entries and not len(entries) % _FILES_PER_TURN:
                await files.channel.sleep(0)
                await self._found_files.room(files.channel)
        return below

    def _kind(self, entry: DiskEntry, folder: _Folder) -> _Way | SkipReason | Problem | int | None:
        """Decide about an entry: go into it, leave it out, or send so many bytes, if known."""
        if entry.is_dir(follow_symlinks=False):
            return _Way.INTO
        try:
            status = entry.stat()
        except OSError:  # it fails as a file, and says why
            return None
        if stat.S_ISREG(status.st_mode):
            return status.st_size
        if not stat.S_ISDIR(status.st_mode):
            return SkipReason.SPECIAL
        return self._linked_folder(entry, folder)

    def _status(self, path: str) -> os.stat_result | None:
        """Look up the file or folder that a path leads to; ``None`` if that cannot be told."""
        try:
            return self._disk.status(path)
        except (OSError, ValueError):
            return None

    def _identity(self, path: str) -> Identity | None:
        status = self._status(path)
        return None if status is None else identity_of(status)

    def _linked_folder(self, entry: DiskEntry, folder: _Folder) -> _Way | SkipReason | Problem:
        if self._links is LinkChoice.SKIP:
            return SkipReason.LINK_TO_FOLDER
        if self._links is LinkChoice.FAIL:
            return link_to_folder(entry.name)
        return SkipReason.LOOP if self._identity(entry.path) in folder.above else _Way.INTO

    def _scan(self, folder: _Folder) -> list[DiskEntry]:
        """List a local folder, the first name last.

        One that cannot be read is announced, and fails as a file.
        """
        try:
            entries = self._disk.scan(folder.local)
        except OSError:
            self._found_file(folder.local, folder.remote, None)
            return []
        listed = [entry for entry in entries if not is_part_name(entry.name)]
        listed.sort(key=lambda entry: entry.name, reverse=True)
        return listed

    def _found_file(
        self,
        local: str,
        remote: bytes,
        size: int | None,
        *,
        known_absent: bool = False,
        folder_refused: Problem | None = None,
    ) -> None:
        """Announce a file, numbered if another has its name, as both would go to one."""
        folder, name = remote_path.parent(remote), remote_path.basename(remote)
        others = (remote_path.join(folder, other) for other in numbered_names(name))
        for target in chain((remote,), others):
            claim = self._found_files.claim(target, local)
            if claim is Claim.FIRST:
                self._found_files.file(
                    local, target, size, known_absent=known_absent, folder_refused=folder_refused
                )
            if claim is not Claim.TAKEN:
                return


class _Way(Enum):
    """Names the way into a folder that an entry is or leads to."""

    INTO = "into"


async def _ensure_folder(files: RemoteFiles, path: bytes) -> _Made:
    """Make sure that a remote folder exists.

    Raises:
        FerrygateError: MKDIR's, where the folder is surely not there.
    """
    try:
        await files.mkdir(path)
    except (Cancelled, ConnectionLostError):
        raise
    except FerrygateError as refusal:
        # Servers say FAILURE for a name that is taken, so only a look tells.
        try:
            kind = (await files.look(path, follow=True)).kind
        except (Cancelled, ConnectionLostError):
            raise
        except NotFoundError:
            if not isinstance(refusal, ConflictError):
                raise refusal from None
            kind = EntryKind.UNKNOWN  # it is there, says MKDIR, but hidden
        except FerrygateError:
            kind = EntryKind.UNKNOWN
        if kind is EntryKind.UNKNOWN:
            return _Made(path, new=False, refused=refusal.problem)
        if kind is not EntryKind.FOLDER:
            raise no_folder(path) from refusal
        return _Made(path, new=False)
    return _Made(path, new=True)
