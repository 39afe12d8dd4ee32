"""A channel as transfers use it."""

from __future__ import annotations

import msgspec

from ferrygate.sftp.files import RemoteFiles
from ferrygate.sftp.tasks import Flow
from ferrygate.transfers.pace import Pace
from ferrygate.transfers.window import Window


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
    pace: Pace
    object_store: bool

    async def room(self, count: int) -> None:
        """Wait until ``count`` bytes may go; ``window`` is to be told when they have landed.

        Where there is room now, nobody else can take it while the pace is waited for.
        """
        if not self.flow.try_take(count):
            await self.flow.take(count)
        wait = self.pace.spend(count)
        if wait > 0:
            await self.files.channel.sleep(wait)
