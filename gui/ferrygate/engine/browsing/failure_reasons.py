"""Finds out why a server refused an operation: many say “failure” for every reason."""

from __future__ import annotations

import msgspec

from ferrygate.common import remote_path
from ferrygate.common.entry import EntryKind
from ferrygate.common.errors import (
    Cancelled,
    ConflictError,
    FerrygateError,
    NotFoundError,
    UnsupportedError,
    WrongTypeError,
)
from ferrygate.common.message import message
from ferrygate.engine.messages.files import (
    FileOperation,
    ListFolder,
    MakeFolder,
    RemovePath,
    RenamePath,
)
from ferrygate.sftp.files import RemoteFiles
from ferrygate.sftp.status import no_folder, not_found


async def explained(
    files: RemoteFiles, command: FileOperation, refusal: FerrygateError, *, object_store: bool
) -> FerrygateError:
    """Say what stands in the way of a command; the refusal itself where a look does not tell."""
    try:
        cause = await _cause(files, command, object_store=object_store)
    except Cancelled:
        raise
    except FerrygateError:  # the look was refused too
        return refusal
    if cause is None:
        return refusal
    cause.problem = msgspec.structs.replace(
        cause.problem,
        detail=refusal.problem.detail,
        server_said=refusal.problem.server_said,
    )
    return cause


async def _cause(
    files: RemoteFiles, command: FileOperation, *, object_store: bool
) -> FerrygateError | None:
    cause: FerrygateError | None = None
    match command:
        case ListFolder(path=path) if await _kind(files, path) is EntryKind.FILE:
            cause = no_folder(path)
        case MakeFolder(path=path, parents=False):
            cause = await _why_not_made(files, path)
        case RenamePath(source=source, target=target):
            kind = await _kind(files, source)
            if kind is not None:
                cause = await _why_not_made(files, target)
            if cause is None and kind is EntryKind.FOLDER and object_store:
                cause = _only_files(source)
        case RemovePath(path=path, recursive=False):
            if (await files.lstat(path)).kind is EntryKind.FOLDER:
                cause = WrongTypeError(message("“{name}” is a folder.", name=path))
        case _:
            pass
    return cause


async def _why_not_made(files: RemoteFiles, path: bytes) -> FerrygateError | None:
    if await _kind(files, path) is not None:
        return ConflictError(
            message("“{name}” is already there.", name=path),
            next_step=message("Choose another name."),
        )
    folder = remote_path.parent(path)
    kind = await _kind(files, folder)
    if kind is None:
        return not_found(folder)
    return no_folder(folder) if kind is EntryKind.FILE else None


def _only_files(folder: bytes) -> UnsupportedError:
    """Make the error for the rename of a folder on an object store, a copy of each file below."""
    return UnsupportedError(
        message("On this server only files can be renamed, and “{name}” is a folder.", name=folder),
        next_step=message("Make a folder of the new name, and move the files into it one by one."),
    )


async def _kind(files: RemoteFiles, path: bytes) -> EntryKind | None:
    """Ask what stands there, links followed; none where nothing does."""
    try:
        return (await files.look(path, follow=True)).kind
    except NotFoundError:
        return None
