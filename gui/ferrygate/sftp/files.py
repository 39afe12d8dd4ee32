"""What one can do with remote files, over one SFTP channel.

All methods are coroutines for :meth:`SftpChannel.run`; paths are absolute bytes. All raise the
errors of :func:`ferrygate.sftp.status.error_for_status` for what the server refuses.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from ferrygate.common import remote_path
from ferrygate.common.entry import Entry, EntryKind
from ferrygate.common.errors import (
    FerrygateError,
    NotFoundError,
    PermissionDeniedError,
    RemoteFailureError,
    UnsupportedError,
)
from ferrygate.common.i18n import _
from ferrygate.common.names import display_name
from ferrygate.sftp import wire
from ferrygate.sftp.channel import SftpChannel
from ferrygate.sftp.listing import Take, read_folder
from ferrygate.sftp.replies import check_ok, expect
from ferrygate.sftp.status import no_folder
from ferrygate.sftp.tasks import Future
from ferrygate.sftp.wire import AttrsReply, HandleReply, Open, Reply, Type

_LONGEST_PATH = 4096  # bytes: PATH_MAX of Linux, and no system that serves files has a longer one
_MOST_ENTRIES = 2_000_000  # of one folder that are held in memory, some 200 bytes each


class RemoteFiles:
    """File operations on one channel; owned by the channel's thread."""

    def __init__(self, channel: SftpChannel) -> None:
        self.channel = channel

    # ------------------------------------------------------------ names

    async def stat(self, path: bytes) -> Entry:
        """What the server says of ``path``, links followed."""
        return await self._attributes(Type.STAT, path)

    async def lstat(self, path: bytes) -> Entry:
        """As :meth:`stat`, of a link itself."""
        return await self._attributes(Type.LSTAT, path)

    async def _attributes(self, kind: Type, path: bytes) -> Entry:
        reply = await self.channel.request(kind, wire.string(path))
        entry = expect(AttrsReply, reply, path).entry
        return msgspec.structs.replace(entry, name=remote_path.basename(path))

    async def mkdir(self, path: bytes) -> None:
        """Make one folder."""
        await self._simple(Type.MKDIR, wire.mkdir_body(path), path)

    async def make_folders(self, path: bytes) -> None:
        """Make a folder and those above it; nothing is sent for one that stands already.

        One the server tells nothing about is taken to stand: a drop box is like that.

        Raises:
            WrongTypeError: a file stands in the way.
        """
        missing = []
        while path != b"/" and not await self._may_be_folder(path):
            missing.append(path)
            path = remote_path.parent(path)
        for folder in reversed(missing):
            try:
                await self.mkdir(folder)
            except RemoteFailureError:
                if not await self._stands(folder):
                    raise

    async def _stands(self, path: bytes) -> bool:
        """Whether there is a folder, which somebody else may have made a moment ago."""
        try:
            return (await self.lstat(path)).kind is EntryKind.FOLDER
        except FerrygateError:
            return False

    async def _may_be_folder(self, path: bytes) -> bool:
        try:
            if (await self.lstat(path)).kind is EntryKind.FILE:
                raise no_folder(path)
        except NotFoundError:
            return False
        except (PermissionDeniedError, UnsupportedError):
            pass
        return True

    async def rename(self, source: bytes, target: bytes) -> None:
        """Rename; servers refuse a target that exists (draft §6.5)."""
        await self._simple(Type.RENAME, wire.string(source) + wire.string(target), source)

    async def remove_file(self, path: bytes) -> None:
        """Remove a file or link."""
        await self._simple(Type.REMOVE, wire.string(path), path)

    async def remove_folder(self, path: bytes) -> None:
        """Remove an empty folder."""
        await self._simple(Type.RMDIR, wire.string(path), path)

    async def remove_tree(self, path: bytes) -> None:
        """Remove a file, or a folder with all that is in it; links are not followed.

        Raises:
            RemoteFailureError: as :func:`check_path_length` and :meth:`entries`.
        """
        open_folders: list[tuple[bytes, Iterator[Entry]]] = []  # not recursive: trees are deep
        found: bytes | None = path
        while True:
            if found is None:  # the innermost folder is empty by now
                await self.remove_folder(open_folders.pop()[0])
            elif (await self.lstat(found)).kind is EntryKind.FOLDER:
                check_path_length(found, path)
                open_folders.append((found, iter(await self.entries(found))))
            else:
                await self.remove_file(found)
            if not open_folders:
                return
            folder, left = open_folders[-1]
            entry = next(left, None)
            found = None if entry is None else remote_path.join(folder, entry.name)

    # ------------------------------------------------------------ folders

    async def list_folder(self, path: bytes, take: Take) -> None:
        """Hand the entries of a folder to ``take``, as :func:`read_folder` does."""
        handle = await self.open_folder(path)
        try:
            await read_folder(self.channel, handle, path, take)
        finally:
            self.close_later(handle)

    async def entries(self, path: bytes, most: int = _MOST_ENTRIES) -> list[Entry]:
        """All entries of a folder, as :meth:`list_folder` hands them out.

        Raises:
            RemoteFailureError: there are more than ``most``; they would not fit into memory.
        """
        entries: list[Entry] = []

        async def take(block: tuple[Entry, ...]) -> None:
            entries.extend(block)
            if len(entries) > most:
                raise RemoteFailureError(
                    _("“{name}” holds too many files to take them all at once.").format(
                        name=display_name(remote_path.basename(path))
                    ),
                    detail=f"more than {most} entries",
                )

        await self.list_folder(path, take)
        return entries

    async def open_folder(self, path: bytes) -> bytes:
        """OPENDIR; returns the handle."""
        reply = await self.channel.request_handle(Type.OPENDIR, wire.string(path))
        return expect(HandleReply, reply, path).handle

    # ------------------------------------------------------------ file contents

    async def open_for_reading(self, path: bytes) -> bytes:
        """OPEN a file to read; returns the handle."""
        body = wire.open_body(path, Open.READ)
        reply = await self.channel.request_handle(Type.OPEN, body)
        return expect(HandleReply, reply, path).handle

    async def open_for_writing(self, path: bytes, *, replace: bool) -> bytes:
        """OPEN a file to write from its start, write-only as object stores demand.

        With ``replace`` an existing file is cut to nothing, else its presence is refused by the
        server (EXCL), where the server honours that.
        """
        flags = Open.WRITE | Open.CREAT | (Open.TRUNC if replace else Open.EXCL)
        reply = await self.channel.request(Type.OPEN, wire.open_body(path, flags))
        return expect(HandleReply, reply, path).handle

    def closing(self, handle: bytes) -> Future[Reply]:
        """Queue a CLOSE behind what was queued for the handle.

        For an upload to an object store its reply is the verdict.
        """
        return self.channel.request(Type.CLOSE, wire.string(handle))

    def asking(self, path: bytes) -> Future[Reply]:
        """Queue a STAT; a server may answer it before what was queued earlier is done."""
        return self.channel.request(Type.STAT, wire.string(path))

    def request_fstat(self, handle: bytes) -> Future[Reply]:
        """Queue a FSTAT, what the server says of an open file, behind what was queued for it."""
        return self.channel.request(Type.FSTAT, wire.string(handle))

    def close_later(self, handle: bytes) -> None:
        """CLOSE without waiting for the answer; for handles that were only read."""
        self.channel.post(Type.CLOSE, wire.string(handle))

    @property
    def read_size(self) -> int:
        """How many bytes one READ may ask for."""
        return self.channel.limits.read

    @property
    def write_size(self) -> int:
        """How many bytes one WRITE may carry."""
        return self.channel.limits.write

    def write(self, handle: bytes, offset: int, data: bytes) -> Future[Reply]:
        """Queue a WRITE; the reply goes through :func:`check_ok`."""
        return self.channel.request(Type.WRITE, wire.write_head(handle, offset, len(data)), data)

    def read(self, handle: bytes, offset: int, length: int) -> Future[Reply]:
        """Queue a READ; the reply goes through :func:`data_read`."""
        return self.channel.request(Type.READ, wire.read_body(handle, offset, length))

    # ------------------------------------------------------------ inside

    async def _simple(self, kind: Type, body: bytes, subject: bytes) -> None:
        check_ok(await self.channel.request(kind, body), subject)


def check_path_length(path: bytes, top: bytes) -> None:
    """Stop a walk below ``top`` whose path has become so long that no honest server has it.

    Folders that lead back into themselves are found by that, and not by their number of levels:
    a tree may be as deep as paths allow.

    Raises:
        RemoteFailureError: the path is too long.
    """
    if len(path) > _LONGEST_PATH:
        raise RemoteFailureError(
            _("The folders in “{name}” go down without an end.").format(
                name=display_name(remote_path.basename(top))
            ),
            detail=f"a path of more than {_LONGEST_PATH} bytes",
        )
