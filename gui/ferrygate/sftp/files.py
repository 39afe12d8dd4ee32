"""Works with remote files, over one SFTP channel.

All methods are coroutines for :meth:`SftpChannel.run`; paths are absolute bytes. All raise the
errors of :func:`ferrygate.sftp.status.error_for_status` for what the server refuses.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import msgspec

from ferrygate.common import remote_path
from ferrygate.common.entry import Entry, EntryKind, ListingEnd
from ferrygate.common.errors import (
    Cancelled,
    ConflictError,
    ConnectionLostError,
    FerrygateError,
    IncompleteListingError,
    NotFoundError,
    PermissionDeniedError,
    RemoteFailureError,
    UnsupportedError,
    WrongTypeError,
)
from ferrygate.common.held_names import HeldNames
from ferrygate.common.message import message
from ferrygate.sftp import wire
from ferrygate.sftp.channel import SftpChannel
from ferrygate.sftp.listing import Take, incomplete, read_folder
from ferrygate.sftp.path_length import check_path_length
from ferrygate.sftp.replies import check_ok, expect
from ferrygate.sftp.status import STAT_NOT_ALLOWED, no_folder, no_home
from ferrygate.sftp.tasks import Future
from ferrygate.sftp.wire import AttrsReply, HandleReply, NameReply, Open, Reply, Type

_MIN_WRITE_BYTES = 512  # bytes
_MAX_ENTRIES = 2_000_000  # of one folder that are held in memory, some 200 bytes each


class RemoteFiles:
    """File operations on one channel; owned by the channel's thread."""

    def __init__(self, channel: SftpChannel) -> None:
        self.channel = channel

    # ------------------------------------------------------------ names

    async def stat(self, path: bytes) -> Entry:
        """Ask the server about ``path``, links followed; the kind may be ``UNKNOWN``."""
        return await self._attributes(Type.STAT, path)

    async def lstat(self, path: bytes) -> Entry:
        """Ask about ``path``, links not followed; as :meth:`stat` if the server has no LSTAT."""
        try:
            return await self._attributes(Type.LSTAT, path)
        except UnsupportedError:
            return await self.stat(path)

    async def look(self, path: bytes, *, follow: bool = False) -> Entry:
        """Ask about ``path``, with OPENDIR as well where the server tells no kind.

        Links are followed with ``follow``, as by :meth:`stat`; else not, as by :meth:`lstat`.

        A server that cannot say what a name is lists it, if it is a folder. The kind is ``UNKNOWN``
        where that is not allowed either. A server that tells nothing of names that are there, and
        only lists folders, is asked in the same way.

        Raises:
            NotFoundError: the server has nothing under that name.
        """
        try:
            entry = await (self.stat(path) if follow else self.lstat(path))
        except (Cancelled, ConnectionLostError, NotFoundError):
            raise
        except FerrygateError as refusal:
            entry = Entry(remote_path.basename(path), EntryKind.UNKNOWN)
            if await self._kind_by_opening(path) is EntryKind.FOLDER:
                return msgspec.structs.replace(entry, kind=EntryKind.FOLDER)
            raise refusal from None
        if entry.kind is EntryKind.UNKNOWN:
            return msgspec.structs.replace(entry, kind=await self._kind_by_opening(path))
        return entry

    async def _kind_by_opening(self, path: bytes) -> EntryKind:
        """Tell a folder from a file by OPENDIR, for a name that is there."""
        try:
            self.close_later(await self.open_folder(path))
        except PermissionDeniedError:  # a folder as well as a file may be closed to us
            return EntryKind.UNKNOWN
        except (Cancelled, ConnectionLostError):
            raise
        except FerrygateError:
            return EntryKind.FILE
        return EntryKind.FOLDER

    async def _attributes(self, kind: Type, path: bytes) -> Entry:
        reply = await self.channel.request(kind, wire.string(path))
        entry = expect(AttrsReply, reply, path).entry
        return msgspec.structs.replace(entry, name=remote_path.basename(path))

    async def real_path(self, path: bytes) -> bytes:
        """Ask for the path without links behind a path; the same where the server has no answer."""
        reply = await self.channel.request(Type.REALPATH, wire.string(path))
        if isinstance(reply, NameReply) and reply.entries:
            return reply.entries[0].name
        return path

    async def mkdir(self, path: bytes) -> None:
        """Make one folder."""
        await self._simple(Type.MKDIR, wire.mkdir_body(path), path)

    async def make_folders(self, path: bytes, *, hidden_exists: bool = False) -> None:
        """Make a folder and those above it; nothing is sent for one that exists.

        Where the server cannot tell, MKDIR does. With ``hidden_exists`` one that it may not tell
        about is taken to exist: a drop box is like that, and on an object store MKDIR would leave
        an empty object in it.

        Raises:
            WrongTypeError: a file stands in the way.
            FerrygateError: the folder cannot be made, and it cannot be seen that it is there.
        """
        target, unseen = path, set[bytes]()
        missing = []
        while path != b"/" and not await self._may_be_folder(path, unseen, hidden_exists):
            missing.append(path)
            path = remote_path.parent(path)
        for folder in reversed(missing):
            try:
                await self.mkdir(folder)
            except (Cancelled, ConnectionLostError):
                raise
            except FerrygateError as error:  # another client made it, or it is there unseen
                taken = isinstance(error, ConflictError)  # said so, though it is hidden
                may_be_there = (folder in unseen or taken) and folder != target
                if not may_be_there and not await self._is_folder(folder):
                    raise

    async def _is_folder(self, path: bytes) -> bool:
        """Tell whether there is a folder for certain."""
        try:
            return (await self.look(path)).kind is EntryKind.FOLDER
        except (Cancelled, ConnectionLostError):
            raise
        except FerrygateError:
            return False

    async def _may_be_folder(
        self,
        path: bytes,
        unseen: set[bytes],
        hidden_exists: bool,  # noqa: FBT001  its caller's
    ) -> bool:
        """Tell whether to take a folder to be there; one that MKDIR has to tell joins ``unseen``.

        Raises:
            WrongTypeError: a file is.
        """
        try:
            if (await self.lstat(path)).kind is EntryKind.FILE:
                raise no_folder(path)
        except NotFoundError:
            return False
        except STAT_NOT_ALLOWED as refusal:
            if hidden_exists and isinstance(refusal, PermissionDeniedError):
                return True
            unseen.add(path)
            return False
        return True

    async def rename(self, source: bytes, target: bytes) -> None:
        """Rename; servers refuse a target that exists (draft §6.5)."""
        body = wire.string(source) + wire.string(target)
        reply = await self.channel.request(Type.RENAME, body)
        try:
            check_ok(reply, source)
        except ConflictError:  # that is the new name's
            check_ok(reply, target)

    async def remove_file(self, path: bytes) -> None:
        """Remove a file or link."""
        await self._simple(Type.REMOVE, wire.string(path), path)

    async def remove_folder(self, path: bytes) -> None:
        """Remove an empty folder."""
        await self._simple(Type.RMDIR, wire.string(path), path)

    async def remove_tree(self, path: bytes) -> None:
        """Remove a file, or a folder with all that is in it; links are not followed.

        A folder whose listing was not whole stays, with those above it.

        Raises:
            RemoteFailureError: as :func:`check_path_length` and :meth:`entries`.
            IncompleteListingError: what was seen is removed, but more may be there.
        """
        open_folders: list[tuple[bytes, Iterator[Entry]]] = []  # not recursive: trees are deep
        unseen: IncompleteListingError | None = None
        kept: set[bytes] = set()
        found: bytes | None = path
        while True:
            if found is None:  # the innermost folder is empty by now, for all that was told of it
                folder = open_folders.pop()[0]
                if folder in kept:
                    kept.add(remote_path.parent(folder))
                else:
                    with suppress(NotFoundError):  # on S3 a folder may go with its last object
                        await self.remove_folder(folder)
            elif await self._removed(found):
                pass
            else:
                check_path_length(found, path)
                entries, end = await self.entries(found)
                open_folders.append((found, iter(entries)))
                if not end.is_whole:
                    kept.add(found)
                    unseen = unseen or incomplete(end, found)
            if not open_folders:
                break
            folder, left = open_folders[-1]
            entry = next(left, None)
            found = None if entry is None else remote_path.join(folder, entry.name)
        if unseen is not None:
            raise unseen

    async def _removed(self, path: bytes) -> bool:
        """Remove what is no folder; false where there is a folder.

        Where the server tells no kinds, REMOVE comes before OPENDIR: it takes a link itself, which
        OPENDIR would follow.
        """
        try:
            kind = (await self.lstat(path)).kind
        except (RemoteFailureError, UnsupportedError):
            kind = EntryKind.UNKNOWN
        if kind is EntryKind.FOLDER:
            return False
        try:
            await self.remove_file(path)
        except (NotFoundError, RemoteFailureError, UnsupportedError, WrongTypeError):
            if kind is EntryKind.UNKNOWN and await self._is_folder(path):
                return False
            raise
        return True

    # ------------------------------------------------------------ folders

    async def list_folder(self, path: bytes, take: Take) -> ListingEnd:
        """Hand the entries of a folder to ``take``, as :func:`read_folder` does.

        Raises:
            ServerUnusableError: the account's home folder, which is all it sees, is not there.
        """
        try:
            handle = await self.open_folder(path)
        except NotFoundError as error:
            if path != b"/":
                raise
            raise no_home(error.problem) from error
        try:
            return await read_folder(self.channel, handle, path, take)
        finally:
            self.close_later(handle)

    async def entries(
        self, path: bytes, max_entries: int = _MAX_ENTRIES
    ) -> tuple[list[Entry], ListingEnd]:
        """Collect the entries that :meth:`list_folder` hands out; returns them, and how it ended.

        Raises:
            RemoteFailureError: there are more than ``max_entries``, or their names are too long
                together; they would not fit into memory.
        """
        entries: list[Entry] = []
        held = HeldNames(path)

        async def take(block: tuple[Entry, ...]) -> None:
            held.add(block)
            entries.extend(block)
            if len(entries) > max_entries:
                raise RemoteFailureError(
                    message(
                        "“{name}” holds too many files to take them all at once.",
                        name=remote_path.basename(path),
                    ),
                    detail=f"more than {max_entries} entries",
                )

        end = await self.list_folder(path, take)
        return entries, end

    async def open_folder(self, path: bytes) -> bytes:
        """OPENDIR; returns the handle."""
        reply = await self.channel.gate.open(Type.OPENDIR, wire.string(path), for_reading=True)
        return expect(HandleReply, reply, path).handle

    # ------------------------------------------------------------ file contents

    async def open_for_reading(self, path: bytes) -> bytes:
        """OPEN a file to read; returns the handle."""
        body = wire.open_body(path, Open.READ)
        reply = await self.channel.gate.open(Type.OPEN, body, for_reading=True)
        return expect(HandleReply, reply, path).handle

    async def open_for_writing(self, path: bytes, *, replace: bool) -> bytes:
        """OPEN a file to write from its start, write-only as object stores demand.

        With ``replace`` an existing file is cut to nothing, else its presence is refused by the
        server (EXCL), where the server honours that.
        """
        flags = Open.WRITE | Open.CREAT | (Open.TRUNC if replace else Open.EXCL)
        body = wire.open_body(path, flags)
        reply = await self.channel.gate.open(Type.OPEN, body, for_reading=False)
        return expect(HandleReply, reply, path).handle

    def request_close(self, handle: bytes) -> Future[Reply]:
        """Queue a CLOSE behind what was queued for the handle.

        For an upload to an object store its reply is the verdict.
        """
        return self.channel.gate.close(handle)

    def request_stat(self, path: bytes) -> Future[Reply]:
        """Queue a STAT; a server may answer it before what was queued earlier is done."""
        return self.channel.request(Type.STAT, wire.string(path))

    def request_fstat(self, handle: bytes) -> Future[Reply]:
        """Queue a FSTAT, what the server says of an open file, behind what was queued for it."""
        return self.channel.request(Type.FSTAT, wire.string(handle))

    def close_later(self, handle: bytes) -> None:
        """CLOSE without waiting for the answer; for handles that were only read."""
        self.channel.gate.close_later(handle)

    @property
    def read_size(self) -> int:
        """Return the bytes that one READ may ask for."""
        return self.channel.limits.read

    def write_size(self, handle: bytes) -> int:
        """Return the bytes that one WRITE may carry: fewer where the handle is long."""
        return max(
            _MIN_WRITE_BYTES,
            self.channel.limits.write - max(0, len(handle) - wire.USUAL_HANDLE_BYTES),
        )

    def write(self, handle: bytes, offset: int, data: bytes) -> Future[Reply]:
        """Queue a WRITE; the reply goes through :func:`check_ok`."""
        return self.channel.request(Type.WRITE, wire.write_head(handle, offset, len(data)), data)

    def read(self, handle: bytes, offset: int, length: int) -> Future[Reply]:
        """Queue a READ; the reply goes through :func:`data_read`."""
        return self.channel.request(Type.READ, wire.read_body(handle, offset, length))

    # ------------------------------------------------------------ inside

    async def _simple(self, kind: Type, body: bytes, subject: bytes) -> None:
        check_ok(await self.channel.request(kind, body), subject)
