"""Asking an object store again, where a part may have come late: see :mod:`.late_parts`."""

from __future__ import annotations

import msgspec

from ferrygate.common.errors import FerrygateError, SizeMismatchError
from ferrygate.sftp.status import TELLS_NOTHING
from ferrygate.transfers.checkpoint import UploadCheckpoint
from ferrygate.transfers.confirmation import confirm
from ferrygate.transfers.outcome import Outcome
from ferrygate.transfers.route import Route
from ferrygate.transfers.target import standing
from ferrygate.transfers.views import Confirmation, LateCheck

_BETWEEN_LOOKS = 0.25  # seconds


async def look_for_part(route: Route, checkpoint: UploadCheckpoint) -> None:
    """Wait a moment for the part of the connection that was lost.

    A server that has noticed the end shows it within seconds, and then nothing has to be asked
    again later. Returns at once where no old handle is known to be open.
    """
    path = checkpoint.part_path
    while path is not None and route.late.until(path) is not None:
        try:
            there = await standing(route.files, path)
        except TELLS_NOTHING:
            return
        if there is not None:
            route.late.see(path, there)
        is_open = route.late.until(path) is not None  # a part may be that of several handles
        if not is_open or route.late.now() >= route.late.look_until:
            return
        await route.files.channel.sleep(_BETWEEN_LOOKS)


async def was_overwritten(route: Route, path: bytes, sent: int) -> bool:
    """Tell whether a part that came late stands where a file of ``sent`` bytes was delivered."""
    if route.late.until(path) is None:
        return False
    try:
        return route.late.see(path, await route.files.stat(path), ours=sent)
    except FerrygateError:
        return False


async def ask_again(route: Route, checkpoint: UploadCheckpoint) -> Outcome | None:
    """Ask about a delivered file, now that no part can come any more.

    Returns ``None`` where a part has come, or may have come unnoticed, and it is to be sent again.

    Raises:
        SizeMismatchError: the server has another size, which no part of ours explains.
    """
    delivered = checkpoint.delivered
    assert delivered is not None  # noqa: S101  else there is nothing to ask again about
    path, sent = delivered.remote, delivered.size
    if route.late.has_newer(path, delivered.sha256):  # that one is asked about, and stays
        return msgspec.structs.replace(
            delivered,
            confirmation=Confirmation.REPLACED_SINCE,
            late_check=LateCheck.NOT_DONE,
        )
    try:
        asked = await confirm(route.files, delivered)
    except SizeMismatchError:
        if await was_overwritten(route, path, sent):
            return None
        raise
    if route.late.may_hide(path, sent, checkpoint.version):
        checkpoint.may_be_whole()
        return None
    route.late.settle(path)
    done = LateCheck.DONE if asked.confirmed else LateCheck.NOT_DONE
    return msgspec.structs.replace(asked, late_check=done)


def not_asked_again(outcome: Outcome) -> Outcome:
    """The end of a delivered file for whose late check nobody waits."""
    return msgspec.structs.replace(
        outcome,
        confirmation=Confirmation.NOT_ASKED_AGAIN,
        late_check=LateCheck.NOT_DONE,
    )
