"""A channel as transfers use it."""

from __future__ import annotations

import msgspec

from ferrygate.sftp.files import RemoteFiles
from ferrygate.sftp.tasks import Flow
from ferrygate.transfers.rate_limiter import RateLimiter
from ferrygate.transfers.window import Window

_LOOK = 1.0  # seconds after which whoever waits looks whether the limit still holds


class Route(msgspec.Struct, frozen=True):
    """What the files that move over one channel share.

    Attributes:
        files: the channel.
        flow: the bytes they may have in flight together.
        window: how many those are; told of every answer.
        pace: how fast they may go.
        object_store: files appear on CLOSE, and EXCL may be unknown.
    """

    files: RemoteFiles
    flow: Flow
    window: Window
    pace: RateLimiter
    object_store: bool

    async def room(self, count: int) -> None:
        """Wait until ``count`` bytes may go; ``window`` is to be told when they have landed.

        Where there is room now, nobody else can take it while the pace is waited for.
        """
        if not self.flow.try_take(count):
            await self.flow.take(count)
        limits_set, wait = self.pace.limits_set, self.pace.spend(count)
        while wait > 0 and self.pace.limits_set == limits_set:
            await self.files.channel.sleep(min(wait, _LOOK))
            wait -= _LOOK
