"""The bytes of one channel, as a protocol on top sees them: where ``sftp`` and ``ssh`` meet.

Neither folder knows the other. ``ssh`` makes streams out of channels of an SSH connection; a
test, or a simulation, makes one out of a script.
"""

from __future__ import annotations

from typing import Protocol

from ferrygate.common.errors import ConnectionLostError
from ferrygate.common.message import message

MAX_BURST_BYTES = 1 << 18
"""Bytes that a stream takes in one call of :meth:`ByteStream.send`, at most."""


class ByteStream(Protocol):
    """The bytes of a channel, both ways; ``wake`` and ``close`` are for any thread."""

    def send(self, data: bytes | memoryview, /) -> int:
        """Send the beginning of ``data``; returns how many bytes, 0 while none can be sent.

        Blocks for a tenth of a second at most, and not while keys are exchanged.

        Raises:
            ConnectionLostError: the channel or the connection has ended.
        """

    def recv(self, seconds: float, /) -> bytes:
        """Take the bytes that have arrived; empty at the end, once all were taken.

        Raises:
            TimeoutError: nothing came in that time, or :meth:`wake` was called, or :meth:`send`
                can go on after it could not.
            ConnectionLostError: the connection has ended.
        """

    def wake(self) -> None:
        """Have :meth:`recv` raise ``TimeoutError`` at once, now or the next time it is called."""

    def send_ready(self) -> bool:
        """Tell whether :meth:`send` would send something now."""

    def close(self) -> None:
        """Close the channel; raises nothing where it has ended already."""

    def wait_closed(self, seconds: float, /) -> bool:
        """Wait until the peer has closed it too, or the connection has ended; false if neither."""

    @property
    def closed_by_peer(self) -> bool:
        """Tell whether the peer has said that it has closed the channel."""


def connection_lost(detail: str) -> ConnectionLostError:
    """Make the error for a channel or connection that has ended; ``detail`` is for support."""
    return ConnectionLostError(message("The connection to the server was lost."), detail=detail)
