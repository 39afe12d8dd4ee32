"""A listing that does not run away from whoever reads it."""

from __future__ import annotations

from collections.abc import Callable

from ferrygate.sftp.channel import SftpChannel

_AHEAD = 32  # blocks that may be on their way to the reader


class BlockCredit:
    """Credit for as many blocks as the reader has room for.

    Each number has one writer: the lane counts what it sends, the engine what was taken.
    """

    def __init__(self) -> None:
        self._sent = self._taken = 0
        self._changed: Callable[[], None] = _nobody

    def taken(self) -> None:
        """The reader has taken a block; on the engine's thread."""
        self._taken += 1
        self._changed()

    async def sent(self, channel: SftpChannel) -> None:
        """A block was sent; waits until there is room for another; on the lane."""
        self._sent += 1
        if not self._is_full():
            return
        changed = channel.new_event()
        self._changed = lambda: channel.call_soon(changed.set)
        while self._is_full():
            await changed.wait()
        self._changed = _nobody

    def _is_full(self) -> bool:
        return self._sent - self._taken >= _AHEAD


def _nobody() -> None:
    """Do nothing, as nobody waits for room."""
