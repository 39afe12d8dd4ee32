"""Holds a channel together with what bounds the files that move over it."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from ferrygate.common.disk import Disk
from ferrygate.sftp.channel import SftpChannel
from ferrygate.sftp.files import RemoteFiles
from ferrygate.transfers.kept_folders import KeptFolders
from ferrygate.transfers.late_parts import LateParts
from ferrygate.transfers.listed_times import ListedTimes
from ferrygate.transfers.origin_mark import OriginMark
from ferrygate.transfers.replacing import ReplaceSlots
from ferrygate.transfers.schedule.in_flight_window import InFlightWindow
from ferrygate.transfers.schedule.rate_limiter import RateLimiter

_POLL_SECONDS = 1.0  # between two looks whether the limit still holds, while bytes wait for it


class TransferChannel(msgspec.Struct, frozen=True):
    """Holds what the files that move over one channel share.

    Attributes:
        files: the channel.
        disk: this computer's.
        window: the bytes they may have in flight together; told of every answer.
        limiter: how fast they may go.
        object_store: files appear on CLOSE, and EXCL may be unknown.
        late: the parts that an object store may show late.
        slots: for files of a batch that overwrite others.
        listed_times: whether the server tells other times of names than of handles.
        folders: on this computer, kept open for what is fetched into them.
        mark: marks what is fetched as come from this server.
        new_part_name: makes a hidden name that no other file has, for one that is not whole yet.
        late_check: wait until none can come any more, before a file counts as delivered.
    """

    files: RemoteFiles
    disk: Disk
    window: InFlightWindow
    limiter: RateLimiter
    object_store: bool
    late: LateParts
    slots: ReplaceSlots
    listed_times: ListedTimes
    folders: KeptFolders
    mark: OriginMark
    new_part_name: Callable[[], str]
    late_check: bool = True

    @property
    def sftp(self) -> SftpChannel:
        """Return the SFTP channel itself."""
        return self.files.channel

    def request_size(self, max_bytes: int) -> int:
        """Return the bytes to move with one request, ``max_bytes`` at the most."""
        return self.limiter.request_size(self.window.request_size(max_bytes))

    async def acquire(self, count: int) -> None:
        """Put ``count`` bytes in flight once window and limit allow; ``window`` releases them.

        Bytes that wait for the limit are in flight already, so that no others take their room.
        """
        await self.window.acquire(count)
        limits_set, wait = self.limiter.limits_set, self.limiter.spend(count)
        try:
            while wait > 0 and self.limiter.limits_set == limits_set:
                await self.sftp.sleep(min(wait, _POLL_SECONDS))
                wait -= _POLL_SECONDS
        except GeneratorExit:  # dropped, while others come to their end
            self.window.release(count)
            raise
