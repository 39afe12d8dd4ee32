"""The bytes of one SSH channel (RFC 4254 §5), between the transport's thread and its owner.

Each direction has a window: bytes that the receiver has granted and has not been sent yet (§5.2).
The *send window* is the peer's grant. Sending takes from it, SSH_MSG_CHANNEL_WINDOW_ADJUST adds to
it, and at 0 the owner waits. The *receive window* is ours: it bounds what a peer can make us hold,
and is granted anew once half of it was read, so that adjustments are few and the peer never waits
for one as long as the owner reads.
"""

from __future__ import annotations

import contextlib
import threading
from typing import Protocol

from paramiko import SSHException

from ferrygate.common.byte_pieces import Piece, append_piece
from ferrygate.common.byte_stream import connection_lost
from ferrygate.ssh.ssh_errors import SSH_ERRORS, lost_by

MAX_DATA_BYTES = 1 << 15  # in one packet: what every peer takes (RFC 4253 §6.1)
MIN_DATA_BYTES = 1 << 12  # a peer that asks for less is not heeded; the library has the same bound
_MAX_STDERR_BYTES = 2000  # that are kept for support


class Channel(Protocol):
    """Describes what is used of the library's channel."""

    def close(self) -> None: ...  # noqa: D102


class PacketSender(Protocol):
    """Describes what a stream sends with; raises errors of :data:`SSH_ERRORS`."""

    @property
    def burst(self) -> int:
        """Return the bytes of data to send in one go."""

    @property
    def can_send(self) -> bool:
        """Tell whether :meth:`send_data` would send now: no rekeying, and TCP takes data."""

    def send_data(self, channel: int, data: memoryview, max_data: int) -> bool:
        """Send at most a :attr:`burst` to the peer's ``channel``, ``max_data`` bytes in a packet.

        Returns false if nothing was sent; :meth:`ChannelStream.resume_sending` tells when to try
        again.
        """

    def send_window_adjust(self, channel: int, count: int) -> bool:
        """Let the peer send ``count`` bytes more; returns false while keys are exchanged."""


class ChannelStream:
    """The stream of one open channel: a :class:`ferrygate.common.byte_stream.ByteStream`.

    The peer can never make it hold more than ``window`` bytes.

    Attributes:
        stderr: the beginning of what the server's program wrote to its standard error.
    """

    def __init__(
        self,
        channel: Channel,
        sender: PacketSender,
        window: int,
        *,
        peer: int,
        send_window: int,
        max_packet: int,
    ) -> None:
        """Take over a channel before its first byte.

        Args:
            channel: to close it.
            sender: for what is sent.
            window: how many bytes the peer may send before any are received here.
            peer: the peer's number for the channel.
            send_window: how many bytes the peer takes at first.
            max_packet: how many of them in one packet.
        """
        self.stderr = b""
        self._channel = channel
        self._sender = sender
        self._peer = peer
        self._max_data = max(MIN_DATA_BYTES, min(max_packet, MAX_DATA_BYTES))
        self._changed = threading.Condition(threading.Lock())  # guards these
        self._pieces: list[Piece] = []
        self._send_window = send_window
        self._send_unblocked = False
        self._woken = False
        self._ended = False
        self._closed = threading.Event()  # by the peer, or with the connection
        self.closed_by_peer = False
        self._arrived: list[Piece] = []  # the transport's thread's
        # Sums since the channel was opened, in bytes; each is written by one thread.
        self._received = 0  # transport's
        self._dropped = 0
        self._granted = window  # owner's
        self._taken = 0
        self._returned = 0
        self._half = window // 2

    # ------------------------------------------------------------ for the owner

    def send(self, data: bytes | memoryview, /) -> int:
        """See :class:`ByteStream`."""
        with self._changed:
            if self._ended:
                raise connection_lost("channel closed")
            count = min(len(data), self._send_window, self._sender.burst)
            self._send_window -= count
        if not count:
            return 0
        try:
            is_taken = self._sender.send_data(self._peer, memoryview(data)[:count], self._max_data)
        except SSH_ERRORS as error:
            raise lost_by(error) from error
        if is_taken:
            return count
        with self._changed:
            self._send_window += count
        return 0

    def recv(self, seconds: float, /) -> bytes:
        """See :class:`ByteStream`."""
        self._return_window()
        with self._changed:
            self._changed.wait_for(self._has_news, seconds)
            if self._woken:
                self._woken = False
                raise TimeoutError
            self._send_unblocked = False
            pieces, self._pieces = self._pieces, []
            if not pieces:
                if self._ended:
                    return b""
                raise TimeoutError
        data = b"".join(pieces)
        self._taken += len(data)
        return data

    def wake(self) -> None:
        """See :class:`ByteStream`."""
        with self._changed:
            self._woken = True
            self._changed.notify()

    def send_ready(self) -> bool:
        """See :class:`ByteStream`."""
        return self._send_window > 0 and self._sender.can_send

    def close(self) -> None:
        """See :class:`ByteStream`."""
        with self._changed:
            self._ended = True
            self._pieces = []
            self._changed.notify()
        with contextlib.suppress(*SSH_ERRORS):  # the connection may have ended already
            self._channel.close()

    def wait_closed(self, seconds: float, /) -> bool:
        """See :class:`ByteStream`."""
        return self._closed.wait(seconds)

    @property
    def has_ended(self) -> bool:
        """Tell whether nothing more will come."""
        return self._ended

    def _has_news(self) -> bool:
        return bool(self._pieces) or self._woken or self._send_unblocked or self._ended

    def _return_window(self) -> None:
        """Grant the peer what was read since the last grant, once that is half of the window."""
        count = self._taken + self._dropped - self._returned
        if count >= self._half:
            self._granted += count  # before the peer can know
            with contextlib.suppress(*SSH_ERRORS):  # recv() tells the end, behind what arrived
                if self._sender.send_window_adjust(self._peer, count):
                    self._returned += count
                else:
                    self._granted -= count

    # ------------------------------------------------------------ for the transport's thread

    def take(self, data: memoryview) -> None:
        """Keep data that came, until :meth:`flush`.

        Raises:
            SSHException: the peer sent more than it may.
        """
        self._count(len(data))
        if not data:  # it is allowed, and says nothing
            return
        append_piece(self._arrived, data)

    def take_stderr(self, data: memoryview) -> None:
        """Count what came over standard error, and keep its beginning; raises as :meth:`take`."""
        self._count(len(data))
        self._dropped += len(data)
        self.stderr += bytes(data[: _MAX_STDERR_BYTES - len(self.stderr)])

    def flush(self) -> None:
        """Hand over what was taken."""
        arrived, self._arrived = self._arrived, []
        if not arrived:
            return
        with self._changed:
            if not self._ended:
                append_piece(self._pieces, arrived[0])
                self._pieces += arrived[1:]
            self._changed.notify()

    def _count(self, count: int) -> None:
        self._received += count
        if self._received > self._granted:
            raise SSHException("more data than the window takes")

    def widen_window(self, count: int) -> None:
        """Add to the send window what the peer has granted."""
        with self._changed:
            if not self._send_window:
                self._send_unblocked = True
                self._changed.notify()
            self._send_window += count

    def resume_sending(self) -> None:
        """Wake the owner to send again: keys were exchanged, or TCP takes data again."""
        with self._changed:
            self._send_unblocked = True
            self._changed.notify()

    def end(self) -> None:
        """Note that nothing more will come."""
        with self._changed:
            self._ended = True
            self._changed.notify()

    def closed(self, *, by_peer: bool) -> None:
        """Note that the channel is closed, by the peer or with the connection."""
        self.closed_by_peer = by_peer
        self.end()
        self._closed.set()
