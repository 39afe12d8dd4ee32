"""Routes what comes for the channels of a connection to their streams."""

from __future__ import annotations

import struct

from paramiko import SSHException

from ferrygate.ssh.stream import ChannelStream

_WINDOW_ADJUST, _DATA, _EXTENDED_DATA, _EOF, _CLOSE = range(93, 98)  # RFC 4254 §9
_U32 = struct.Struct(">I")


class ChannelRouter:
    """Hands messages to the streams of their channels, on the thread that receives.

    Attributes:
        streams: by our number of their channel; changed by the thread that reads.
    """

    def __init__(self) -> None:
        self.streams: dict[int, ChannelStream] = {}
        self._unflushed: set[ChannelStream] = set()

    def deliver(self, kind: int, body: memoryview) -> bool:
        """Give a message to its channel's stream; returns true if the library need not see it.

        Raises:
            SSHException: it does not hold together, or is more than it may be.
        """
        if not _WINDOW_ADJUST <= kind <= _CLOSE:
            return False
        try:
            (number,) = _U32.unpack_from(body)
            stream = self.streams.get(number)
            if stream is None:
                return False
            if kind == _WINDOW_ADJUST:
                stream.widen_window(*_U32.unpack_from(body, 4))
            elif kind == _DATA:
                stream.take(_string(body[4:]))
                self._unflushed.add(stream)
            elif kind == _EXTENDED_DATA:
                stream.take_stderr(_string(body[8:]))
            else:
                self.flush()
                stream.end()
                if kind == _CLOSE:
                    self.streams.pop(number).closed(by_peer=True)
                return False
        except struct.error:
            raise SSHException(f"message {kind} cut short") from None
        return True

    def flush(self) -> None:
        """Wake the owners of streams for which something came."""
        for stream in self._unflushed:
            stream.flush()
        self._unflushed.clear()

    def resume_sending(self) -> None:
        """Tell all streams that they may send again; on any thread."""
        for stream in list(self.streams.values()):
            stream.resume_sending()

    def end(self) -> None:
        """End all streams: the connection has ended."""
        self.flush()
        for stream in self.streams.values():
            stream.closed(by_peer=False)


def _string(field: memoryview) -> memoryview:
    """Read the string (RFC 4251 §5) that ends a message."""
    (size,) = _U32.unpack_from(field)
    if size != len(field) - _U32.size:
        raise SSHException(f"string of {size} bytes in {len(field)}")
    return field[_U32.size :]
