"""What a lane does for each command: jobs made of file operations and transfers."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from ferrygate.common import remote_path
from ferrygate.common.cancel import CancelToken
from ferrygate.common.clock import Clock
from ferrygate.common.entry import Entry
from ferrygate.common.errors import (
    ConnectionLostError,
    FerrygateError,
    NotFoundError,
    RemoteFailureError,
    SizeMismatchError,
)
from ferrygate.engine.lane import Lane, LaneRefusedError
from ferrygate.engine.messages import (
    ListFolder,
    MakeFolder,
    RemovePath,
    RenamePath,
    StatPath,
)
from ferrygate.engine.refusals import FileOperation, explained
from ferrygate.sftp.files import RemoteFiles
from ferrygate.transfers.download import download
from ferrygate.transfers.outcome import FileJob, Opened, Outcome, Report
from ferrygate.transfers.upload import clear_away, part_left, upload

_BLOCK = 1000  # entries of a listing that travel together
_LOOKS = 10  # how often the part of a broken upload is looked for
_BETWEEN_LOOKS = 0.2  # seconds


class UploadFailedError(Exception):
    """The failure of an upload, with what it left on the server, and how far it came."""

    def __init__(self, cause: FerrygateError, left: str, opened: Opened) -> None:
        super().__init__()
        self.cause = cause
        self.left = left
        self.opened = opened


async def carry_out(
    files: RemoteFiles, command: FileOperation, take: Callable[[tuple[Entry, ...]], None]
) -> None:
    """Do what a command asks; ``take`` gets the blocks of a listing, or one entry.

    Raises:
        FerrygateError: says what stands in the way, as far as a look around tells.
    """
    try:
        await _carry_out(files, command, take)
    except (NotFoundError, RemoteFailureError) as refusal:
        raise await explained(files, command, refusal) from refusal


async def _carry_out(
    files: RemoteFiles, command: FileOperation, take: Callable[[tuple[Entry, ...]], None]
) -> None:
    match command:
        case ListFolder(path=path):
            await _list(files, path, take)
        case StatPath(path=path):
            take((await files.stat(remote_path.normalise(path)),))
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


async def _list(files: RemoteFiles, path: bytes, take: Callable[[tuple[Entry, ...]], None]) -> None:
    """The first block at once, so that there is something to see; then in thousands."""
    block: list[Entry] = []
    sent = False

    def gather(entries: tuple[Entry, ...]) -> None:
        nonlocal sent
        block.extend(entries)
        if block and (not sent or len(block) >= _BLOCK):
            take(tuple(block))
            block.clear()
            sent = True

    await files.list_folder(path, gather)
    if block:
        take(tuple(block))


class TransferSettings(msgspec.Struct, frozen=True):
    """What transfers need to know beside the file.

    Attributes:
        clock: for the wait after a broken upload.
        random_hex: randomness for hidden names, so many bytes as hex.
        object_store: files appear on CLOSE, and EXCL may be unknown.
    """

    clock: Clock
    random_hex: Callable[[int], str]
    object_store: bool


def send_file(
    lane: Lane, job: FileJob, report: Report, cancel: CancelToken, around: TransferSettings
) -> Outcome:
    """Upload one file; after a failure its channel is dropped and the part is cleared away.

    Raises:
        UploadFailedError: with the reason and what is left.
    """
    opened = Opened() if job.again is None else msgspec.structs.replace(job.again)
    try:
        return lane.run(
            lambda files: upload(files, job, report, opened, exclusive=not around.object_store),
            cancel,
        )
    except FerrygateError as error:
        if opened.delivered is not None and not isinstance(error, SizeMismatchError):
            return opened.delivered
        if opened.path is None or isinstance(error, ConnectionLostError):
            # Either nothing is left, or it is dealt with when the file goes on.
            raise UploadFailedError(error, "", opened) from error
        lane.drop()
        left = _clear_away(lane, opened, around)
        raise UploadFailedError(error, left, opened) from error


def _clear_away(lane: Lane, opened: Opened, around: TransferSettings) -> str:
    """An object store shows the part once it has noticed the channel's end: asked a few times."""
    never = CancelToken()
    for _ in range(_LOOKS if around.object_store else 1):
        try:
            left = lane.run(lambda files: clear_away(files, opened), never)
        except (FerrygateError, LaneRefusedError):
            return part_left()
        if left is not None:
            return left
        around.clock.wait(never.event, _BETWEEN_LOOKS)
    return ""


def fetch_file(
    lane: Lane, job: FileJob, report: Report, cancel: CancelToken, around: TransferSettings
) -> Outcome:
    """Download one file.

    Raises:
        FerrygateError: as :func:`ferrygate.transfers.download.download`.
    """
    return lane.run(lambda files: download(files, job, report, around.random_hex), cancel)
