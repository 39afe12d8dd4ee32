"""Removes the part that a broken upload leaves on the server, if it is surely ours."""

from __future__ import annotations

from ferrygate.common.errors import FerrygateError, NotFoundError
from ferrygate.sftp.files import RemoteFiles
from ferrygate.transfers.checkpoint import UploadCheckpoint
from ferrygate.transfers.views import LeftBehind


async def clear_away(
    files: RemoteFiles, checkpoint: UploadCheckpoint, *, object_store: bool
) -> LeftBehind | None:
    """Remove the part of a broken upload, over a fresh channel, if no file was there before it.

    Where OPEN was not answered, an empty file may be the part. Where files show from their OPEN on,
    an empty file may also be the beginning of a file of others.

    Returns the remains on the server; ``None`` if no part was found, which an object store may
    still be about to show.
    """
    path = checkpoint.part_path
    assert path is not None  # noqa: S101  else there is nothing to clear away
    if not checkpoint.may_remove(object_store=object_store):
        return possible_remains(checkpoint)
    try:
        if checkpoint.owns(await files.lstat(path)):
            await files.remove_file(path)
    except NotFoundError:
        return None
    except FerrygateError:
        return LeftBehind.PART
    return LeftBehind.NOTHING


def possible_remains(checkpoint: UploadCheckpoint | None) -> LeftBehind:
    """Tell the remains that an upload that will not go on may have left."""
    if checkpoint is None or checkpoint.part_path is None:
        return LeftBehind.NOTHING
    return LeftBehind.OVERWRITTEN if checkpoint.overwritten is not None else LeftBehind.PART
