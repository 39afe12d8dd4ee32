"""Carries out the commands of the browsing lane."""

from __future__ import annotations

from collections import deque
from itertools import islice

import msgspec

from ferrygate.common import remote_path
from ferrygate.common.entry import Entry, EntryKind
from ferrygate.common.errors import (
    Cancelled,
    ConnectionLostError,
    FerrygateError,
    IncompleteListingError,
)
from ferrygate.engine.browsing.failure_reasons import explained
from ferrygate.engine.messages.files import (
    FileOperation,
    ListFolder,
    MakeFolder,
    RemovePath,
    RenamePath,
    StatPath,
)
from ferrygate.sftp.files import RemoteFiles
from ferrygate.sftp.listing import Take, incomplete
from ferrygate.sftp.spelling import as_spelled, spelled_otherwise
from ferrygate.sftp.status import STAT_NOT_RELIABLE
from ferrygate.sites.site import Site
from ferrygate.sites.start_folder import check_may_be_removed

_ENTRIES_PER_BLOCK = 1000  # entries of a listing that travel together
_MAX_LOOK_UPS = 2000  # names of a listing whose kind is asked for, if the server told none
_LOOK_UPS_IN_FLIGHT = 32  # of them at a time


def check_keeps_account(site: Site, command: FileOperation) -> None:
    """Check that no folder with the whole account is to be removed or renamed.

    Raises:
        UsageError: the command would do so (:func:`check_may_be_removed`).
    """
    paths: tuple[bytes, ...] = ()
    if isinstance(command, RemovePath):
        paths = (command.path,)
    elif isinstance(command, RenamePath):
        paths = (command.source, command.target)
    for path in paths:
        check_may_be_removed(site, remote_path.normalise(path))


async def carry_out(
    files: RemoteFiles, command: FileOperation, take: Take, *, object_store: bool
) -> IncompleteListingError | None:
    """Do what a command asks; returns why a listing is not whole, else ``None``.

    Args:
        files: the channel to use.
        command: what to do.
        take: given what was found.
        object_store: the server keeps objects, so that folders cannot be renamed.

    Raises:
        FerrygateError: says what stands in the way, as far as a look around tells.
    """
    try:
        return await _obey(files, await _spelled(files, command), take)
    except STAT_NOT_RELIABLE as refusal:  # a taken name, a missing folder, a folder to remove
        cause = await explained(files, command, refusal, object_store=object_store)
        raise cause from refusal


async def _spelled(files: RemoteFiles, command: FileOperation) -> FileOperation:
    """Return the command with its paths as the server spells them."""
    if isinstance(command, RenamePath):
        target = await as_spelled(files, remote_path.parent(command.target))
        return msgspec.structs.replace(
            command,
            source=await _found(files, command.source),
            target=remote_path.join(target, remote_path.basename(command.target)),
        )
    if isinstance(command, MakeFolder):
        return msgspec.structs.replace(command, path=await as_spelled(files, command.path))
    return msgspec.structs.replace(command, path=await _found(files, command.path))


async def _found(files: RemoteFiles, path: bytes) -> bytes:
    """Return the path as the server spells it; the same if nothing is there."""
    return await spelled_otherwise(files, path) or path


async def _obey(
    files: RemoteFiles, command: FileOperation, take: Take
) -> IncompleteListingError | None:
    if isinstance(command, ListFolder):
        return await _list(files, command.path, take)
    await _carry_out(files, command, take)
    return None


async def _carry_out(
    files: RemoteFiles, command: StatPath | MakeFolder | RenamePath | RemovePath, take: Take
) -> None:
    match command:
        case StatPath(path=path):
            await take((await files.look(remote_path.normalise(path), follow=True),))
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


async def _list(files: RemoteFiles, path: bytes, take: Take) -> IncompleteListingError | None:
    """List a folder: the first block at once, so that something is seen, then a thousand at a time.

    Names whose kind the server did not tell come last, since each has to be asked about.
    """
    block: list[Entry] = []
    unknown: list[Entry] = []
    sent = False

    async def sort(entries: tuple[Entry, ...]) -> None:
        room = _MAX_LOOK_UPS - len(unknown)
        doubtful = [entry for entry in entries if entry.kind is EntryKind.UNKNOWN][:room]
        unknown.extend(doubtful)
        if doubtful:
            asked_later = {entry.name for entry in doubtful}
            entries = tuple(entry for entry in entries if entry.name not in asked_later)
        await gather(entries)

    async def gather(entries: tuple[Entry, ...]) -> None:
        nonlocal sent
        block.extend(entries)
        if block and (not sent or len(block) >= _ENTRIES_PER_BLOCK):
            sent = True
            whole = tuple(block)
            block.clear()
            await take(whole)

    end = await files.list_folder(path, sort)
    looks = (files.channel.spawn(_looked_at(files, path, entry)) for entry in unknown)
    ahead = deque(islice(looks, _LOOK_UPS_IN_FLIGHT))
    while ahead:
        await gather((await ahead.popleft(),))
        ahead.extend(islice(looks, 1))
    if block:
        await take(tuple(block))
    return None if end.is_whole else incomplete(end, path)


async def _looked_at(files: RemoteFiles, folder: bytes, entry: Entry) -> Entry:
    """Return the entry with the kind that STAT tells; unchanged if that is refused."""
    try:
        found = await files.look(remote_path.join(folder, entry.name))
    except (Cancelled, ConnectionLostError):
        raise
    except FerrygateError:
        return entry
    return Entry(
        entry.name,
        found.kind,
        found.size if entry.size is None else entry.size,
        found.modified if entry.modified is None else entry.modified,
    )
