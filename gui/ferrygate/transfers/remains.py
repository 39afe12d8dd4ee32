"""Clears away what a broken upload leaves on the server."""

from __future__ import annotations

from ferrygate.common.errors import FerrygateError, NotFoundError
from ferrygate.common.i18n import _
from ferrygate.sftp.files import RemoteFiles
from ferrygate.transfers.outcome import Opened


async def clear_away(files: RemoteFiles, opened: Opened, *, object_store: bool) -> str | None:
    """After a broken upload, on a fresh channel: remove the part if nothing stood there before.

    Where OPEN was not answered, an empty file may be the part. Where files show from their OPEN on,
    it may also be the beginning of somebody else's.

    Returns a phrase for people about what is left on the server, empty when nothing is; ``None``
    where no part was found, which an object store may still be about to show.
    """
    assert opened.path is not None  # noqa: S101  else there is nothing to clear away
    if opened.stood_before is not None:
        return _replaced()
    if not opened.asked or not (opened.answered or object_store):
        return part_left()
    try:
        if opened.owns(await files.lstat(opened.path)):
            await files.remove_file(opened.path)
    except NotFoundError:
        return None
    except FerrygateError:
        return part_left()
    return ""


def what_is_left(opened: Opened | None) -> str:
    """A phrase about what an upload that will not go on has left behind; empty where nothing."""
    if opened is None or opened.path is None:
        return ""
    return _replaced() if opened.stood_before is not None else part_left()


def part_left() -> str:
    """The phrase for a part that could not be cleared away."""
    return _("A part of the file may be left on the server.")


def may_be_a_part() -> str:
    """The phrase for a file that was delivered, and that nobody could ask about again."""
    return _("It was delivered, but a part of it may have come over it since.")


def _replaced() -> str:
    return _("The file that was there may have been overwritten by an incomplete one.")
