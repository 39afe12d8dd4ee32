"""Serves one SFTP channel: packets out of its bytes, answers into them, with back-pressure."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from typing import Protocol

import asyncssh

from ferrygate.sandbox.faults import Faults
from ferrygate.sandbox.sftp_handler import SftpHandler
from ferrygate.sandbox.store import StatusError
from ferrygate.sandbox.store_calls import ChannelCalls
from ferrygate.sandbox.wire import MalformedError

MAX_PACKET_BYTES = 256 * 1024  # as OpenSSH takes them
_LENGTH_BYTES = 4  # of the length before each packet
_WRITE_BUFFER_BYTES = 1 << 20  # of unsent answers above which writing pauses
_POLL_SECONDS = 0.1  # between two checks that the client is still connected
_log = logging.getLogger(__name__)


class Channels(Protocol):
    """Describes the connection of a channel."""

    def cut(self) -> None:
        """End the connection without a word."""
        ...

    def ended(self, session: SftpSession) -> None:
        """Record that a channel has ended."""
        ...

    def requested(self) -> None:
        """Record that the client has asked for something now."""
        ...


class SftpSession(asyncssh.SSHServerSession[bytes]):
    """Runs on the server's event loop; requests are answered one at a time, in their order.

    Args:
        handler: answers requests.
        connection: of the channel.
        faults: failures that a test chooses.
        calls: run the handler, on the event loop or beside it.
    """

    def __init__(
        self, handler: SftpHandler, connection: Channels, faults: Faults, calls: ChannelCalls
    ) -> None:
        self._handler = handler
        self._connection = connection
        self._faults = faults
        self._calls = calls
        self._received = bytearray()
        self._writable = True
        self._over = False
        self._check_scheduled = False
        self._working = False
        self._answering = False
        self._eof_received = False
        self._is_closing: Callable[[], bool] = lambda: False

    @property
    def closing(self) -> bool:
        """Tell whether the server has sent CLOSE, or is about to."""
        return self._is_closing()

    def connection_made(self, chan: asyncssh.SSHServerChannel[bytes]) -> None:
        """Keep the channel."""
        self._chan = chan
        self._is_closing = chan.is_closing
        chan.set_write_buffer_limits(high=_WRITE_BUFFER_BYTES)

    def subsystem_requested(self, subsystem: str) -> bool:
        """Accept the SFTP subsystem only: no shell, no commands."""
        return subsystem == "sftp"

    def data_received(self, data: bytes, datatype: asyncssh.DataType) -> None:  # noqa: ARG002  the library's own signature
        """Take bytes in, and answer what is complete."""
        if self._over:
            return
        passed, cut = self._faults.received.spend(len(data))
        self._received += data[:passed]
        self._work()
        if cut:
            self._cut()

    def eof_received(self) -> bool:
        """Close the channel when the client has said all, and is not waiting for an answer."""
        self._eof_received = True
        if not self._answering:
            self._chan.exit(0)
        return True

    def pause_writing(self) -> None:
        """Stop answering until the client has read."""
        self._writable = False

    def resume_writing(self) -> None:
        """Go on where :meth:`pause_writing` stopped."""
        self._writable = True
        self.wake()

    def wake(self) -> None:
        """Answer what has queued up, then take in more."""
        if self._over:
            return
        self._work()
        if self._may_answer():
            self._chan.resume_reading()
            if self._eof_received:
                self._chan.exit(0)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  the library's own signature
        """Publish what arrived of uploads under way, as AWS Transfer does."""
        self._over = True
        self._calls.end(self._handler.end, self._ended)

    def _ended(self, problems: list[StatusError]) -> None:
        for problem in problems:
            _log.warning("an upload under way could not be kept: %s", problem.text)
        self._connection.ended(self)

    def _may_answer(self) -> bool:
        held_back = self._faults.stalled or self._answering
        return self._writable and not held_back and not self._over

    def _work(self) -> None:
        if self._working:
            return
        self._working = True
        try:
            self._answer_what_came()
        finally:
            self._working = False
        if not self._may_answer() and not self._over:
            self._chan.pause_reading()
            self._check_closed_later()

    def _answer_what_came(self) -> None:
        while self._may_answer() and len(self._received) >= _LENGTH_BYTES:
            length = int.from_bytes(self._received[:_LENGTH_BYTES])
            if length > MAX_PACKET_BYTES:
                self._cut()
                return
            end = _LENGTH_BYTES + length
            if len(self._received) < end:
                return
            packet = bytes(self._received[_LENGTH_BYTES:end])
            del self._received[:end]
            self._answering = True
            self._calls.run(partial(self._answer, packet), self._answered)

    def _check_closed_later(self) -> None:
        """Check soon whether the channel was closed, which a paused channel does not tell."""
        if not self._check_scheduled:
            self._check_scheduled = True
            asyncio.get_running_loop().call_later(_POLL_SECONDS, self._check_closed)

    def _check_closed(self) -> None:
        self._check_scheduled = False
        if self._chan.is_closing():
            self._chan.abort()  # ends it once what had come is thrown away
        elif not self._may_answer() and not self._over:
            self._check_closed_later()

    def _answer(self, packet: bytes) -> bytes | None:
        """Return the answer, or None where the packet is malformed."""
        try:
            return self._handler.answer(packet)
        except MalformedError:
            return None

    def _answered(self, answer: bytes | None) -> None:
        if self._over:
            return
        if answer is None:
            self._cut()
            return
        self._connection.requested()
        if self._handler.delay_seconds:
            asyncio.get_running_loop().call_later(self._handler.delay_seconds, self._send, answer)
        else:
            self._send(answer)

    def _send(self, answer: bytes) -> None:
        if self._over:
            return
        passed, cut = self._faults.sent.spend(len(answer))
        self._chan.write(answer[:passed])
        self._answering = False
        if cut:
            self._cut()
        elif not self._working:
            self.wake()

    def _cut(self) -> None:
        self._over = True
        self._connection.cut()
