"""The TCP socket under the SSH library, which says when the peer was last heard."""

from __future__ import annotations

import contextlib
import selectors
import socket
import struct
import sys

from ferrygate.common.clock import Clock

_FIRST_BYTES = 1024  # of the first bytes
# ``struct linger``: on, for 0 seconds (socket(7); two shorts on Windows).
_NOTHING_LINGERS = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)


class MonitoredSocket:
    """A socket as the SSH library needs it, with what its bytes tell of the peer.

    Methods that sockets have do the same here.

    Attributes:
        heard: when the last byte came, on the steady clock; read by any thread, as the rest is.
        first: the first bytes, to tell who speaks there.
        has_ended: the other side has closed the connection.
    """

    def __init__(self, sock: socket.socket, clock: Clock, *, first: int) -> None:
        """Wrap a connected socket.

        Args:
            sock: the socket.
            clock: for the time a byte was received.
            first: how many bytes a stranger may send; the library keeps a line without an end.
        """
        self._sock = sock
        self.clock = clock
        self._left: int | None = first
        self._kept: socket.socket | None = None
        self.heard = clock.monotonic()
        self.first = b""
        self.has_ended = False

    def trust(self) -> None:
        """Lift the bound on the bytes that may come: the peer's host key was accepted."""
        self._left = None

    def recv_into(self, buffer: memoryview) -> int:
        """Receive; returns how many bytes, none at the end of the stream."""
        try:
            count = self._sock.recv_into(buffer)
        except ConnectionError:
            self.has_ended = True
            raise
        self.has_ended = not count
        self.heard = self.clock.monotonic()
        if self._left is not None:
            self.first += bytes(buffer[: min(count, _FIRST_BYTES - len(self.first))])
            self._left -= count
            if self._left < 0:
                raise ConnectionAbortedError("too many bytes from a stranger")
        return count

    def send(self, data: bytes | memoryview) -> int:
        """Send; returns how much was taken."""
        return self._sock.send(data)

    @property
    def writable(self) -> bool:
        """Tell whether sending would not wait, be it for an error."""
        with selectors.DefaultSelector() as selector:
            try:
                selector.register(self._sock, selectors.EVENT_WRITE)
            except (OSError, ValueError):  # closed
                return True
            return bool(selector.select(0))

    def settimeout(self, seconds: float | None) -> None:
        """Set the time after which the other calls raise ``TimeoutError``."""
        self._sock.settimeout(seconds)

    def getpeername(self) -> object:
        """Return the peer's address."""
        return self._sock.getpeername()

    @property
    def _closed(self) -> bool:
        """Read by the library when it waits for its thread to end."""
        return self._sock.fileno() < 0

    def hang_up(self) -> None:
        """Shut the connection down both ways; a thread that waits to receive is woken at once."""
        with contextlib.suppress(OSError):  # the other side may have been quicker
            self._sock.shutdown(socket.SHUT_RDWR)

    def keep(self) -> None:
        """Have the connection outlive :meth:`close`, until :meth:`reset`.

        A peer on a line that is dead just now would hear of the end much later, or never. So the
        system must not give the connection up by itself meanwhile.
        """
        with contextlib.suppress(OSError):  # it has ended already
            kept = self._kept = self._sock.dup()
            kept.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 0)
            if hasattr(socket, "TCP_USER_TIMEOUT"):
                kept.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 0)

    def reset(self) -> None:
        """End what was kept: the peer is told at once (RST), and nothing that waits is sent.

        The system would else go on sending it for minutes, to be taken by the server as ours.
        """
        kept, self._kept = self._kept, None
        if kept is not None:
            kept.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NOTHING_LINGERS)
            kept.close()

    def close(self) -> None:
        """Close; a thread that receives or sends notices within 0.1 s."""
        self._sock.close()
