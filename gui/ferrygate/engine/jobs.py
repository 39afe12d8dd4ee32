"""What the browsing lane does for each command."""

from __future__ import annotations

from ferrygate.common import remote_path
from ferrygate.common.entry import Entry
from ferrygate.common.errors import (
    NotFoundError,
    PermissionDeniedError,
    RemoteFailureError,
    UnsupportedError,
)
from ferrygate.engine.messages import (
    ListFolder,
    MakeFolder,
    RemovePath,
    RenamePath,
    StatPath,
)
from ferrygate.engine.refusals import FileOperation, explained
from ferrygate.sftp.files import RemoteFiles
from ferrygate.sftp.listing import Take

_BLOCK = 1000  # entries of a listing that travel together
# Servers differ in what they call a name that is taken, a missing folder, a folder to be removed.
_UNCLEAR = (NotFoundError, PermissionDeniedError, RemoteFailureError, UnsupportedError)


async def carry_out(
    files: RemoteFiles, command: FileOperation, take: Take, *, object_store: bool
) -> None:
    """Do what a command asks.

    Args:
        files: the channel to use.
        command: what to do.
        take: given what was found.
        object_store: the server keeps objects, so that folders cannot be renamed.

    Raises:
        FerrygateError: says what stands in the way, as far as a look around tells.
    """
    try:
        await _carry_out(files, command, take)
    except _UNCLEAR as refusal:
        cause = await explained(files, command, refusal, object_store=object_store)
        raise cause from refusal


async def _carry_out(files: RemoteFiles, command: FileOperation, take: Take) -> None:
    match command:
        case ListFolder(path=path):
            await _list(files, path, take)
        case StatPath(path=path):
            await take((await files.stat(remote_path.normalise(path)),))
        case MakeFolder(path=path, parents=True):
            await files.make_folders(path)
        case MakeFolder(path=path):
            await files.mkdir(path)
        case RenamePath(source=source, target=target):
            await files.rename(source, target)
        case RemovePath(path=path, recursive=True):
            await files.remove_tree(path)
        case RemovePath(path=path):
            await files.remove_file(path)


async def _list(files: RemoteFiles, path: bytes, take: Take) -> None:
    """The first block at once, so that there is something to see; then in thousands."""
    block: list[Entry] = []
    sent = False

    async def gather(entries: tuple[Entry, ...]) -> None:
        nonlocal sent
        block.extend(entries)
        if block and (not sent or len(block) >= _BLOCK):
            sent = True
            whole = tuple(block)
            block.clear()
            await take(whole)

    await files.list_folder(path, gather)
    if block:
        await take(tuple(block))
