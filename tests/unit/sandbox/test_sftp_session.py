"""An SFTP channel whose requests are answered beside the event loop, run by hand."""

from __future__ import annotations

import asyncio
import struct
from collections import deque
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TypeVar, cast

import asyncssh
import pytest

from ferrygate.codes.totp import CodeSecret
from ferrygate.common.secret import Secret
from ferrygate.sandbox.accounts import Account
from ferrygate.sandbox.faults import Faults
from ferrygate.sandbox.organization import Organization
from ferrygate.sandbox.sftp_session import SftpSession
from support.fake_clock import ManualClock
from support.sandbox_desk import Desk
from support.sandbox_packets import NO_ATTRIBUTES, UPLOAD, framed
from support.sftp_bytes import string

T = TypeVar("T")
REALPATH, OPEN, WRITE = 16, 3, 6


class CallsByHand:
    """Keep calls until the test lets them run."""

    def __init__(self) -> None:
        self._waiting: deque[Callable[[], None]] = deque()

    def run(self, call: Callable[[], T], then: Callable[[T], None]) -> None:
        self._waiting.append(lambda: then(call()))

    end = run

    def run_all(self) -> None:
        while self._waiting:
            self._waiting.popleft()()

    def __len__(self) -> int:
        return len(self._waiting)


class Channel:
    """Record what a session does to its channel."""

    def __init__(self) -> None:
        self.sent = bytearray()
        self.is_paused = False
        self.exits = 0

    def write(self, data: bytes) -> None:
        self.sent += data

    def pause_reading(self) -> None:
        self.is_paused = True

    def resume_reading(self) -> None:
        self.is_paused = False

    def exit(self, _status: int) -> None:
        self.exits += 1

    def is_closing(self) -> bool:
        return False

    def set_write_buffer_limits(self, high: int) -> None:
        pass

    def requests_answered(self) -> list[int]:
        """Return the numbers of the requests that were answered, in order."""
        found, at = [], 0
        while at < len(self.sent):
            length, _, request = struct.unpack_from(">IBI", self.sent, at)
            found.append(request)
            at += 4 + length
        return found


class Bench:
    """Join a session, its channel, and the connection around it."""

    def __init__(self, folder: Path) -> None:
        clock = ManualClock()
        account = Account(username="vendor7", password=Secret("p"), factors=())
        secret = CodeSecret(key=Secret("JBSWY3DPEHPK3PXP"))
        organization = Organization(account, clock, lambda: secret, ())
        self.desk = Desk(folder)
        self.calls = CallsByHand()
        self.channel = Channel()
        self.ended_sessions = 0
        self.cuts = 0
        self.session = SftpSession(self.desk.handler, self, Faults(organization), self.calls)
        self.session.connection_made(cast("asyncssh.SSHServerChannel[bytes]", self.channel))

    def cut(self) -> None:
        self.cuts += 1

    def ended(self, _session: SftpSession) -> None:
        self.ended_sessions += 1

    def requested(self) -> None:
        pass

    def ask(self, kind: int, request: int, *fields: bytes) -> None:
        packet = bytes((kind,)) + struct.pack(">I", request) + b"".join(fields)
        self.session.data_received(framed(packet), None)


Steps = Callable[[Bench], Coroutine[None, None, None]]
InLoop = Callable[[Steps], Bench]


@pytest.fixture
def in_loop(tmp_path: Path) -> InLoop:
    def run(steps: Steps) -> Bench:
        async def within() -> Bench:
            bench = Bench(tmp_path)
            await steps(bench)
            return bench

        return asyncio.run(within())

    return run


def test_requests_wait_for_the_one_before_and_reading_pauses(in_loop: InLoop) -> None:
    async def three(bench: Bench) -> None:
        for request in (1, 2, 3):
            bench.ask(REALPATH, request, string(b"a"))
        assert len(bench.calls) == 1
        assert bench.channel.is_paused

    in_loop(three)


def test_answers_keep_their_order(in_loop: InLoop) -> None:
    async def three(bench: Bench) -> None:
        for request in (1, 2, 3):
            bench.ask(REALPATH, request, string(b"a"))
        bench.calls.run_all()

    bench = in_loop(three)
    assert bench.channel.requests_answered() == [1, 2, 3]
    assert not bench.channel.is_paused


def test_a_client_that_has_said_all_gets_its_answers_first(in_loop: InLoop) -> None:
    async def two_and_goodbye(bench: Bench) -> None:
        for request in (1, 2):
            bench.ask(REALPATH, request, string(b"a"))
        bench.session.eof_received()
        assert bench.channel.exits == 0
        bench.calls.run_all()

    bench = in_loop(two_and_goodbye)
    assert bench.channel.requests_answered() == [1, 2]
    assert bench.channel.exits == 1


def test_an_upload_of_a_lost_channel_is_published_after_the_call_that_runs(
    in_loop: InLoop,
) -> None:
    async def lost(bench: Bench) -> None:
        bench.ask(OPEN, 1, string(b"/a"), struct.pack(">I", UPLOAD), NO_ATTRIBUTES)
        bench.calls.run_all()
        handle = bytes(bench.channel.sent[9:])
        bench.ask(WRITE, 2, handle, bytes(8), string(b"half"))
        bench.session.connection_lost(None)
        assert bench.ended_sessions == 0
        bench.calls.run_all()

    bench = in_loop(lost)
    assert (bench.desk.home / "a").read_bytes() == b"half"
    assert bench.channel.requests_answered() == [1]
    assert bench.ended_sessions == 1


def test_a_malformed_request_cuts_the_connection(in_loop: InLoop) -> None:
    async def malformed(bench: Bench) -> None:
        bench.ask(REALPATH, 1)
        bench.calls.run_all()

    bench = in_loop(malformed)
    assert (bench.cuts, bench.channel.exits, len(bench.channel.sent)) == (1, 0, 0)
