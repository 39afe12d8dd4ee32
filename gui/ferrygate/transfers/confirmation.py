"""Asks the server for the size of a file that was sent."""

from __future__ import annotations

import msgspec

from ferrygate.common import remote_path
from ferrygate.common.entry import Entry
from ferrygate.common.errors import FerrygateError, NotFoundError, Problem, SizeMismatchError
from ferrygate.common.message import Size, message
from ferrygate.sftp.files import RemoteFiles
from ferrygate.transfers.outcome import FileOutcome
from ferrygate.transfers.views import Confirmation


async def confirm(
    files: RemoteFiles, outcome: FileOutcome, told: Entry | None = None
) -> FileOutcome:
    """Return the outcome of a delivered file with what the server confirms of its size.

    A drop box may refuse to say, or a workflow may have moved the file. ``told`` is what the
    server said already; it counts where it agrees, since it may have been asked too early.

    Raises:
        SizeMismatchError: it names another size.
    """
    path, sent = outcome.remote, outcome.size
    if told is not None and told.size == sent:
        return _with(outcome, Confirmation.CONFIRMED)
    try:
        size = (await files.stat(path)).size
    except NotFoundError:
        return _with(outcome, Confirmation.MOVED_ON)
    except FerrygateError as error:
        return _with(outcome, Confirmation.REFUSED, error.problem)
    if size is None:
        return _with(outcome, Confirmation.NO_SIZES)
    if size != sent:
        raise SizeMismatchError(
            message(
                "{sent} were sent, but the server has {size} of “{name}”.",
                sent=Size(sent),
                size=Size(size),
                name=remote_path.basename(path),
            ),
            next_step=message(
                "Compare the two files. Where the server changes files as they arrive, sending it "
                "again cannot help: ask your contact."
            ),
            detail=f"sent {sent} bytes, server has {size}",
        )
    return _with(outcome, Confirmation.CONFIRMED)


def _with(
    outcome: FileOutcome, confirmation: Confirmation, not_told: Problem | None = None
) -> FileOutcome:
    return msgspec.structs.replace(outcome, confirmation=confirmation, not_told=not_told)
