"""Flow control for listings: a lane sends no more blocks than its reader keeps up with."""

from __future__ import annotations

from collections.abc import Callable

from ferrygate.sftp.channel import SftpChannel

_BLOCKS_AHEAD = 32  # blocks that may be on their way to the reader


class BlockCredit:
    """Counts the blocks of one listing that were sent and not yet taken by the reader.

    The lane waits while there are too many. Each counter is written by one thread: the sent blocks
    by the lane, the taken ones by the engine's thread.
    """

    def __init__(self) -> None:
        self._sent = self._taken = 0
        self._changed: Callable[[], None] = _nobody

    def taken(self) -> None:
        """Note that the reader has taken a block; called on the engine's thread."""
        self._taken += 1
        self._changed()

    async def sent(self, channel: SftpChannel) -> None:
        """Note that a block was sent, and wait until another may be; called on the lane."""
        self._sent += 1
        if not self._is_full():
            return
        changed = channel.new_event()
        self._changed = lambda: channel.call_soon(changed.set)
        while self._is_full():
            await changed.wait()
        self._changed = _nobody

    def _is_full(self) -> bool:
        return self._sent - self._taken >= _BLOCKS_AHEAD


def _nobody() -> None:
    """Do nothing, as nobody waits for room."""
