"""A channel as transfers use it."""

from __future__ import annotations

import msgspec

from ferrygate.sftp.files import RemoteFiles
from ferrygate.transfers.kept_folders import KeptFolders
from ferrygate.transfers.late_parts import LateParts
from ferrygate.transfers.listed_times import ListedTimes
from ferrygate.transfers.origin_mark import OriginMark
from ferrygate.transfers.rate_limiter import RateLimiter
from ferrygate.transfers.replacing import ReplaceSlots
from ferrygate.transfers.window import Window

_LOOK = 1.0  # seconds after which whoever waits looks whether the limit still holds


class Route(msgspec.Struct, frozen=True):
    """Holds what the files that move over one channel share.

    Attributes:
        files: the channel.
        window: the bytes they may have in flight together; told of every answer.
        limiter: how fast they may go.
        object_store: files appear on CLOSE, and EXCL may be unknown.
        late: the parts that an object store may show late.
        slots: for files of a batch that overwrite others.
        listed_times: whether the server tells other times of names than of handles.
        folders: on this computer, kept open for what is fetched into them.
        mark: marks what is fetched as come from this server.
        late_check: wait until none can come any more, before a file counts as delivered.
    """

    files: RemoteFiles
    window: Window
    limiter: RateLimiter
    object_store: bool
    late: LateParts
    slots: ReplaceSlots
    listed_times: ListedTimes
    folders: KeptFolders
    mark: OriginMark
    late_check: bool = True

    def piece(self, most: int) -> int:
        """Return the bytes to move with one request, ``most`` at the most."""
        return self.limiter.piece(self.window.piece(most))

    async def room(self, count: int) -> None:
        """Wait until ``count`` bytes may go; ``window`` is to be told when they have landed.

        Bytes that wait for the limit count as in flight already, so nobody takes their room.
        """
        await self.window.take(count)
        limits_set, wait = self.limiter.limits_set, self.limiter.spend(count)
        try:
            while wait > 0 and self.limiter.limits_set == limits_set:
                await self.files.channel.sleep(min(wait, _LOOK))
                wait -= _LOOK
        except GeneratorExit:  # dropped, while others come to their end
            self.window.give_back(count)
            raise
