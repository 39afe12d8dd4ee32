"""Why a server refused: it says no more than “failure”, so only a look around tells."""

from __future__ import annotations

from ferrygate.common import remote_path
from ferrygate.common.entry import EntryKind
from ferrygate.common.errors import (
    Cancelled,
    ConflictError,
    FerrygateError,
    NotFoundError,
    WrongTypeError,
)
from ferrygate.common.i18n import _
from ferrygate.common.names import display_name
from ferrygate.engine.messages import ListFolder, MakeFolder, RemovePath, RenamePath, StatPath
from ferrygate.sftp.files import RemoteFiles
from ferrygate.sftp.status import no_folder, not_found

FileOperation = ListFolder | StatPath | MakeFolder | RenamePath | RemovePath


async def explained(
    files: RemoteFiles, command: FileOperation, refusal: FerrygateError
) -> FerrygateError:
    """What stands in the way of a command; the refusal itself where a look does not tell."""
    detail = refusal.problem.detail
    try:
        return await _cause(files, command, detail) or refusal
    except Cancelled:
        raise
    except FerrygateError:  # the look was refused too
        return refusal


async def _cause(files: RemoteFiles, command: FileOperation, detail: str) -> FerrygateError | None:
    cause: FerrygateError | None = None
    match command:
        case ListFolder(path=path) if await _kind(files, path) is EntryKind.FILE:
            cause = no_folder(path, detail)
        case MakeFolder(path=path, parents=False):
            cause = await _why_not_made(files, path, detail)
        case RenamePath(source=source, target=target) if await _kind(files, source) is not None:
            cause = await _why_not_made(files, target, detail)
        case RemovePath(path=path, recursive=False):
            if (await files.lstat(path)).kind is EntryKind.FOLDER:
                name = display_name(path)
                cause = WrongTypeError(_("“{name}” is a folder.").format(name=name), detail=detail)
        case _:
            pass
    return cause


async def _why_not_made(files: RemoteFiles, path: bytes, detail: str) -> FerrygateError | None:
    if await _kind(files, path) is not None:
        return ConflictError(
            _("There is already something called “{name}”.").format(name=display_name(path)),
            next_step=_("Choose another name."),
            detail=detail,
        )
    folder = remote_path.parent(path)
    kind = await _kind(files, folder)
    if kind is None:
        return not_found(folder, detail)
    return no_folder(folder, detail) if kind is EntryKind.FILE else None


async def _kind(files: RemoteFiles, path: bytes) -> EntryKind | None:
    """What stands there, links followed; none where nothing does."""
    try:
        return (await files.stat(path)).kind
    except NotFoundError:
        return None
