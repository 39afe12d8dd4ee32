"""A server that answers real requests as some bytes tell it to.

The bytes are a program: for every time the client listens, which of its requests is answered and
how: honestly, with a reply of any kind whose fields are any bytes, or with no packet at all. So any
bytes are a session, and a fuzzer that changes some changes one answer.
"""

from __future__ import annotations

import struct
from collections import deque
from collections.abc import Callable

from ferrygate.common.cancel import CancelToken
from support.fake_clock import ManualClock
from support.scripted_sftp import (
    ATTRS,
    DATA,
    EXTENDED_REPLY,
    FILE,
    FOLDER,
    HANDLE,
    INIT,
    LINK,
    NAME,
    READ,
    STATUS,
    VERSION,
    Request,
    ScriptedServer,
    attributes,
    parse_request,
    reply,
)
from support.sftp_bytes import string

_STEPS = 20_000  # calls of a stream in one session; the longest honest one needs some hundred
_LIMITS = b"limits@openssh.com"
_MODES = (FILE, FOLDER, LINK, 0, 0o140777)
_PIECES = (1 << 30, 1, 5, 300)  # bytes that come at a time
_IN_PIECES = 3000  # bytes; behind these all come at once, or a session would take its time


class Script:
    """The bytes that tell a server what to do, from the first to the last."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def over(self) -> bool:
        return self._at >= len(self._data)

    def byte(self) -> int:
        """Take the next byte; 0 after the last."""
        return self.take(1)[0]

    def take(self, count: int) -> bytes:
        """So many bytes; zeros after the last."""
        taken = self._data[self._at : self._at + count]
        self._at += count
        return taken.ljust(count, b"\0")

    def number(self) -> int:
        """Take a number of a few bits or of all 64, often one at an edge."""
        size = self.byte()
        if size < 128:
            return size
        edge: int = struct.unpack(">Q", self.take(8))[0] if size < 144 else 1 << (size & 63)
        return edge - (size >> 6 & 1)

    def text(self) -> bytes:
        return self.take(self.byte() % 48)


class HostileStream:
    """A channel to a server that follows a script."""

    def __init__(self, script: Script, clock: ManualClock, cancel: CancelToken) -> None:
        self.served = 0  # bytes
        self._script = script
        self._clock = clock
        self._cancel = cancel
        self._steps = 0
        self._most = _PIECES[script.byte() % len(_PIECES)]
        self._limits = script.byte()
        self._honest = ScriptedServer(
            {b"/folder/a": b"a" * 70_000, b"/folder/below/b": b"b"}, b"/folder", b"/folder/below"
        )
        self._received = bytearray()
        self._asked: deque[Request] = deque()
        self._coming = bytearray()
        self._answers: tuple[Callable[[], bytes], ...] = (
            self._usual,
            self._usual,
            self._all_usual,
            self._status,
            self._handle,
            self._data,
            self._names,
            self._attributes,
            self._extended,
            self._any_body,
            self._raw,
            self._nothing,
        )

    # ------------------------------------------------------------ the client's side

    def send(self, data: bytes | memoryview, /) -> int:
        self._step()
        self._received += data
        while len(self._received) >= 4:
            end = 4 + int.from_bytes(self._received[:4])
            if len(self._received) < end:
                break
            self._take(bytes(self._received[4:end]))
            del self._received[:end]
        return len(data)

    def recv(self, seconds: float, /) -> bytes:
        self._step()
        while not self._coming:
            if self._script.over:
                return b""
            self._coming += self._answers[self._script.byte() % len(self._answers)]()
            if not self._coming:
                self._clock.time += min(seconds, 1.0)
                raise TimeoutError
        most = self._most if self.served < _IN_PIECES else len(self._coming)
        data = bytes(self._coming[:most])
        del self._coming[:most]
        self.served += len(data)
        return data

    def wake(self) -> None:
        """Nothing here takes time."""

    def send_ready(self) -> bool:
        return True

    def close(self) -> None:
        """Close nothing: the stream ends with its script."""

    closed_by_peer = False

    def wait_closed(self, _seconds: float, /) -> bool:
        return True

    def _step(self) -> None:
        self._steps += 1
        if self._steps > _STEPS:
            raise AssertionError("the session does not come to an end")

    # ------------------------------------------------------------ the server's

    def _take(self, payload: bytes) -> None:
        if payload[0] == INIT:
            pairs = string(_LIMITS) + string(b"1") if self._limits & 1 else b""
            version = string(struct.pack(">BI", VERSION, 3) + pairs)
            self._coming += version if self._limits < 250 else self._raw()
        else:
            self._asked.append(parse_request(payload))

    def _one(self) -> Request:
        """One of the requests that were not answered; now and then one that was never made."""
        choice = self._script.byte()
        if not self._asked or choice > 250:
            return Request(0, self._script.number() & 0xFFFFFFFF, ())
        self._asked.rotate(-(choice % len(self._asked)))
        return self._asked.popleft()

    def _usual(self) -> bytes:
        return self._answer(self._asked.popleft()) if self._asked else b""

    def _all_usual(self) -> bytes:
        asked, self._asked = self._asked, deque()
        return b"".join(map(self._answer, asked))

    def _answer(self, request: Request) -> bytes:
        try:
            return self._honest.usual(request)
        except KeyError:  # a handle that this server never gave
            return reply(STATUS, request.number, struct.pack(">I", 4))

    def _status(self) -> bytes:
        number, code = self._one().number, self._script.number() & 0xFFFFFFFF
        body = struct.pack(">I", code)
        if self._script.byte() & 1:
            body += string(self._script.text()) + string(b"en")
        return reply(STATUS, number, body)

    def _handle(self) -> bytes:
        number = self._one().number
        return reply(HANDLE, number, string(self._script.text() * (self._script.byte() % 8)))

    def _data(self) -> bytes:
        request = self._one()
        asked = request.fields[2] if request.kind == READ else 1
        lengths = (asked, asked + 1, asked // 2, 0, 1)
        length = lengths[self._script.byte() % len(lengths)]
        return reply(DATA, request.number, string(bytes(length)))

    def _names(self) -> bytes:
        number, entries = self._one().number, self._script.byte() % 8
        told = entries if self._script.byte() & 7 else self._script.number() & 0xFFFFFFFF
        packed = [
            string(self._script.text()) + string(b"-rw") + self._any_attributes()
            for _entry in range(entries)
        ]
        return reply(NAME, number, struct.pack(">I", told), *packed)

    def _attributes(self) -> bytes:
        return reply(ATTRS, self._one().number, self._any_attributes())

    def _any_attributes(self) -> bytes:
        form = self._script.byte()
        size = self._script.number() & 0xFFFFFFFFFFFFFFFF
        if form < 200:
            return attributes(size, _MODES[form % len(_MODES)], form << 24)
        return struct.pack(">IQ", self._script.number() & 0xFFFFFFFF, size) + self._script.text()

    def _extended(self) -> bytes:
        numbers = [self._script.number() & 0xFFFFFFFFFFFFFFFF for _limit in range(4)]
        return reply(EXTENDED_REPLY, self._one().number, struct.pack(">QQQQ", *numbers))

    def _any_body(self) -> bytes:
        kind = (STATUS, HANDLE, DATA, NAME, ATTRS, EXTENDED_REPLY, 77)[self._script.byte() % 7]
        return reply(kind, self._one().number, self._script.text())

    def _raw(self) -> bytes:
        return self._script.text()

    def _nothing(self) -> bytes:
        """Time passes; perhaps somebody loses patience."""
        if self._script.byte() > 200:
            self._cancel.cancel()
        return b""
