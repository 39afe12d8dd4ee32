"""Holds bytes from the socket until they are parsed."""

from __future__ import annotations

from ferrygate.ssh.monitored_socket import MonitoredSocket

MAX_PACKET_BYTES = 1 << 18  # of an SSH packet, as OpenSSH has it; RFC 4253 §6.1 demands 35,000
_BUFFER_BYTES = 1 << 19  # so that behind the longest half packet there is room for as much again


class ReceiveBuffer:
    """Receives as much as there is at once, and takes the socket's place where the library reads.

    Read by one thread.

    Attributes:
        view: the buffer; bytes from ``start`` to ``end`` are held.
        start: what was before has been taken.
        end: where the next bytes go.
    """

    def __init__(self, sock: MonitoredSocket) -> None:
        self._sock = sock
        self.view = memoryview(bytearray(_BUFFER_BYTES))
        self.start = self.end = 0

    def fill(self) -> None:
        """Receive once, behind what is held, which may be no longer than a packet.

        Raises:
            EOFError: the peer has ended the stream.
            OSError: as for a socket; ``TimeoutError`` when nothing came.
        """
        held = self.end - self.start
        if self.start:
            self.view[:held] = self.view[self.start : self.end]
            self.start, self.end = 0, held
        with self.view[held:] as room:  # not kept by the traceback of an error either
            count = self._sock.recv_into(room)
        if not count:
            raise EOFError
        self.end += count

    def recv(self, size: int) -> bytes:
        """As for a socket."""
        if self.start == self.end:
            try:
                self.fill()
            except EOFError:
                return b""
        stop = min(self.start + size, self.end)
        data = bytes(self.view[self.start : stop])
        self.start = stop
        return data

    def close(self) -> None:
        """As for a socket."""
        self._sock.close()

    def release(self) -> None:
        """Let go of what is held; nothing is received any more."""
        self.view = memoryview(b"")
        self.start = self.end = 0
