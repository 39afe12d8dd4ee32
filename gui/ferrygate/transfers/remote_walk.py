"""Walks the folders on the server that are to be fetched, making them on this computer.

Folders are listed many at a time, each with a handle that is closed before its files are opened:
some servers allow few of them. The files of one folder are announced as soon as it is listed.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from ferrygate.common import remote_path
from ferrygate.common.disk import Disk
from ferrygate.common.entry import Entry, EntryKind, ListingEnd
from ferrygate.common.errors import (
    Cancelled,
    ConnectionLostError,
    FerrygateError,
    NotFoundError,
    Problem,
)
from ferrygate.common.local_disk import writing
from ferrygate.common.message import message
from ferrygate.common.names import NameSet
from ferrygate.sftp.files import RemoteFiles
from ferrygate.sftp.listing import incomplete
from ferrygate.sftp.path_length import check_path_length
from ferrygate.sftp.spelling import spelled_otherwise
from ferrygate.transfers.found_files import Claim, FoundFiles
from ferrygate.transfers.local_folder import LocalFolder
from ferrygate.transfers.not_moved import link_to_folder
from ferrygate.transfers.part_names import is_part_name
from ferrygate.transfers.request_pipeline import RequestPipeline
from ferrygate.transfers.views import LinkChoice, SkipReason

_MAX_FOLDERS_LISTED = 16  # at a time; each may have many READDIRs in flight
_MAX_LOOK_UPS = 64  # of names, at a time
_FILES_PER_TURN = 256  # files after which the channel's other work moves on
_LINK = EntryKind.LINK
_DOUBTFUL = frozenset({EntryKind.LINK, EntryKind.UNKNOWN})

_Contents = tuple[list[Entry], ListingEnd]


class _Folder(msgspec.Struct, frozen=True):
    """Holds a folder to walk.

    Attributes:
        remote: its path on the server.
        local: its path on this computer.
        above: the paths without links of the folder and those it lies in, where links are followed.
    """

    remote: bytes
    local: Path
    above: tuple[bytes, ...] = ()


class _Target(msgspec.Struct, frozen=True):
    """Holds a name looked up: the entry to go by, why it is not moved, and as of a folder."""

    entry: Entry
    not_moved: SkipReason | Problem | None = None
    above: tuple[bytes, ...] = ()


class RemoteWalk:
    """Walks remote folders; what it has listed is not listed again when it begins anew."""

    def __init__(
        self,
        disk: Disk,
        found: FoundFiles,
        links: LinkChoice,
        max_at_a_time: Callable[[], int | None],
    ) -> None:
        """Begin with nothing found; see :class:`ferrygate.transfers.plan.Planner`."""
        self._disk = disk
        self._found_files = found
        self._links = links
        self._max_at_a_time = max_at_a_time
        self._walked: dict[bytes, list[_Folder]] = {}  # the folders that each holds

    async def walk(self, files: RemoteFiles, sources: tuple[bytes, ...], folder: str) -> None:
        """Announce every file of ``sources``, once its local folder is there.

        Names are made safe for this disk, folder by folder; no path leads out of ``folder``, be it
        by a link on this computer. What cannot be listed or told is announced, and fails.

        Raises:
            LocalFileError: a local folder cannot be made.
            TooManyFilesError: there are more than a batch may have.
            FerrygateError: the only folder asked for cannot be listed, or a tree has no end.
        """
        self._found_files.begin()
        root = Path(folder)
        self._make_local(root, root)
        given = NameSet()
        for wanted in sources:
            source, entry = await _source(files, wanted)
            name = given.give(entry.name) if entry.name else ""
            if entry.kind is EntryKind.FOLDER:
                top = _Folder(source, root / name if name else root, await self._top(files, source))
                await self._tree(files, top, root, alone=len(sources) == 1)
            else:
                self._found_file(str(root / name), source, entry, str(root))

    async def _top(self, files: RemoteFiles, source: bytes) -> tuple[bytes, ...]:
        if self._links is not LinkChoice.FOLLOW:
            return ()
        return (await files.real_path(source),)

    async def _tree(self, files: RemoteFiles, top: _Folder, root: Path, *, alone: bool) -> None:
        level = [top]
        while level:
            below: list[_Folder] = []
            limit = self._max_at_a_time() or _MAX_FOLDERS_LISTED
            pipeline = RequestPipeline(
                files.channel,
                level,
                lambda folder: self._listed(files, folder),
                max_in_flight=min(limit, _MAX_FOLDERS_LISTED),
            )
            while (listed := await pipeline.next()) is not None:
                folder, contents = listed
                check_path_length(folder.remote, top.remote)
                self._found_files.folder(folder.remote)
                self._make_local(root, folder.local)
                if isinstance(contents, list):
                    below += contents
                elif isinstance(contents, FerrygateError):
                    if alone and folder is top:
                        raise contents
                    self._found_files.not_movable(
                        str(folder.local), folder.remote, contents.problem
                    )
                else:
                    below += await self._announce(files, folder, contents, str(root))
                    await self._found_files.room(files.channel)
            level = below

    async def _listed(
        self, files: RemoteFiles, folder: _Folder
    ) -> list[_Folder] | _Contents | FerrygateError:
        """Return the listing of a folder, or why there is none; its folders if it was walked."""
        if folder.remote in self._walked:
            return self._walked[folder.remote]
        try:
            return await files.entries(folder.remote)
        except (Cancelled, ConnectionLostError):
            raise
        except FerrygateError as refusal:
            return refusal

    async def _announce(
        self, files: RemoteFiles, folder: _Folder, contents: _Contents, root: str
    ) -> list[_Folder]:
        """Announce the files of a folder; returns its folders."""
        below: list[_Folder] = []
        given = NameSet()
        entries = sorted(
            (entry for entry in contents[0] if not is_part_name(entry.name)),
            key=lambda entry: entry.name,
        )
        doubtful = [entry for entry in entries if entry.kind in _DOUBTFUL]
        looks = RequestPipeline(
            files.channel,
            doubtful,
            lambda entry: self._target(files, folder, entry),
            max_in_flight=_MAX_LOOK_UPS,
        )
        here = str(folder.local / "_")[:-1]  # with its separator
        for number, entry in enumerate(entries, start=1):
            path = remote_path.join(folder.remote, entry.name)
            local = here + given.give(entry.name)
            target = _Target(entry)
            if entry.kind in _DOUBTFUL:
                looked = await looks.next()
                assert looked is not None  # noqa: S101  each doubtful entry is looked at
                target = looked[1]
            if target.not_moved is not None:
                self._found_files.not_movable(local, path, target.not_moved)
            elif target.entry.kind is EntryKind.FOLDER:
                below.append(_Folder(path, Path(local), target.above or _below(folder, entry.name)))
            elif target.entry.kind is EntryKind.OTHER:
                self._found_files.not_movable(local, path, SkipReason.SPECIAL)
            else:
                self._found_file(local, path, target.entry, root)
            if not number % _FILES_PER_TURN:
                await files.channel.sleep(0)
                await self._found_files.room(files.channel)
        if not contents[1].is_whole:
            problem = incomplete(contents[1], folder.remote).problem
            self._found_files.not_movable(str(folder.local), folder.remote, problem)
        self._walked[folder.remote] = below
        return below

    async def _target(self, files: RemoteFiles, folder: _Folder, entry: Entry) -> _Target:
        """Look up what a link leads to, or a name whose kind the server did not tell."""
        path = remote_path.join(folder.remote, entry.name)
        kind = entry.kind
        try:
            if kind is EntryKind.UNKNOWN:
                entry = await files.look(path)
                kind = entry.kind
            if kind is EntryKind.LINK:
                entry = await files.look(path, follow=True)
        except (Cancelled, ConnectionLostError):
            raise
        except NotFoundError as gone:
            return _Target(entry, _leads_nowhere(entry, gone) if kind is _LINK else gone.problem)
        except FerrygateError as refusal:
            return _Target(entry, refusal.problem if kind is _LINK else None)  # OPEN tells
        if kind is not _LINK or entry.kind is not EntryKind.FOLDER:
            return _Target(entry)
        return await self._linked_folder(files, folder, entry, path)

    async def _linked_folder(
        self, files: RemoteFiles, folder: _Folder, entry: Entry, path: bytes
    ) -> _Target:
        if self._links is LinkChoice.SKIP:
            return _Target(entry, SkipReason.LINK_TO_FOLDER)
        if self._links is LinkChoice.FAIL:
            return _Target(entry, link_to_folder(entry.name))
        real = await files.real_path(path)
        if real in folder.above:
            return _Target(entry, SkipReason.LOOP)
        return _Target(entry, above=(*folder.above, real))

    def _found_file(self, local: str, remote: bytes, entry: Entry, root: str) -> None:
        claim = self._found_files.claim(local, remote)
        if claim is Claim.FIRST or (
            claim is Claim.TAKEN and self._found_files.is_new(local, remote)
        ):
            self._found_files.file(local, remote, entry.size, modified=entry.modified, root=root)

    def _make_local(self, root: Path, path: Path) -> None:
        """Make sure that a folder exists, at or below the chosen one; follow no link on the way."""
        folder = LocalFolder(str(root), path.relative_to(root).parts)
        with writing(path), folder.opened(self._disk, make=True):
            pass  # it is there


async def _source(files: RemoteFiles, source: bytes) -> tuple[bytes, Entry]:
    """Look up what a person asked for, and its path as the server spells it.

    Where the server does not tell, OPEN says whether it is a file.
    """
    try:
        entry = await files.look(source, follow=True)
    except (Cancelled, ConnectionLostError):
        raise
    except FerrygateError:
        spelled = await spelled_otherwise(files, source)
        if spelled is not None:
            return await _source(files, spelled)
        return source, Entry(remote_path.basename(source), EntryKind.FILE)
    if entry.kind is EntryKind.OTHER:  # asked about again when its turn comes
        return source, Entry(entry.name, EntryKind.OTHER)
    return source, entry


def _below(folder: _Folder, name: bytes) -> tuple[bytes, ...]:
    """Return the paths without links down to a folder that is no link; none if irrelevant."""
    if not folder.above:
        return ()
    return (*folder.above, remote_path.join(folder.above[-1], name))


def _leads_nowhere(entry: Entry, gone: NotFoundError) -> Problem:
    return NotFoundError(
        message("“{name}” is a link that leads nowhere.", name=entry.name),
        next_step=message("Ask your contact to mend the link, or to take it away."),
        detail=gone.problem.detail,
        server_said=gone.problem.server_said,
    ).problem
