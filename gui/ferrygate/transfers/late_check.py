"""Asks an object store again, where a part may have come late: see :mod:`.late_parts`."""

from __future__ import annotations

import msgspec

from ferrygate.common.errors import FerrygateError, SizeMismatchError
from ferrygate.sftp.status import STAT_NOT_ALLOWED
from ferrygate.transfers.checkpoint import UploadCheckpoint
from ferrygate.transfers.confirmation import confirm
from ferrygate.transfers.outcome import FileOutcome
from ferrygate.transfers.target import entry_or_none
from ferrygate.transfers.transfer_channel import TransferChannel
from ferrygate.transfers.views import Confirmation, LateCheck

_POLL_SECONDS = 0.25  # between two looks for a late part


async def look_for_part(channel: TransferChannel, checkpoint: UploadCheckpoint) -> None:
    """Wait a moment for the part of the connection that was lost.

    A server that has noticed the end shows it within seconds, and then nothing has to be asked
    again later. Returns at once where no old handle is known to be open.
    """
    path = checkpoint.part_path
    while path is not None and channel.late.until(path) is not None:
        try:
            there = await entry_or_none(channel.files, path)
        except STAT_NOT_ALLOWED:
            return
        if there is not None:
            channel.late.see(path, there)
        is_open = channel.late.until(path) is not None  # a part may be that of several handles
        if not is_open or channel.late.now() >= channel.late.look_until:
            return
        await channel.sftp.sleep(_POLL_SECONDS)


async def was_overwritten(channel: TransferChannel, path: bytes, sent: int) -> bool:
    """Tell whether a part that came late has replaced a delivered file of ``sent`` bytes."""
    if channel.late.until(path) is None:
        return False
    try:
        return channel.late.see(path, await channel.files.stat(path), ours=sent)
    except FerrygateError:
        return False


async def ask_again(channel: TransferChannel, checkpoint: UploadCheckpoint) -> FileOutcome | None:
    """Ask about a delivered file, now that no part can come any more.

    Returns ``None`` where a part has come, or may have come unnoticed, and it is to be sent again.

    Raises:
        SizeMismatchError: the server has another size, which no part of ours explains.
    """
    delivered = checkpoint.delivered
    assert delivered is not None  # noqa: S101  else there is nothing to ask again about
    path, sent = delivered.remote, delivered.size
    if channel.late.has_newer(path, delivered.sha256):  # that one is asked about, and stays
        return msgspec.structs.replace(
            delivered,
            confirmation=Confirmation.REPLACED_SINCE,
            late_check=LateCheck.NOT_DONE,
        )
    try:
        asked = await confirm(channel.files, delivered)
    except SizeMismatchError:
        if await was_overwritten(channel, path, sent):
            return None
        raise
    if channel.late.may_hide(path, sent, checkpoint.version):
        checkpoint.may_be_whole()
        return None
    channel.late.settle(path)
    done = LateCheck.DONE if asked.confirmed else LateCheck.NOT_DONE
    return msgspec.structs.replace(asked, late_check=done)


def without_late_check(outcome: FileOutcome) -> FileOutcome:
    """Return the end of a delivered file whose late check is not waited for."""
    return msgspec.structs.replace(
        outcome,
        confirmation=Confirmation.NOT_ASKED_AGAIN,
        late_check=LateCheck.NOT_DONE,
    )
