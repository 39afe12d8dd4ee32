"""Limits of requests are asked of the server, believed within reason, and kept to."""

from __future__ import annotations

import struct
from collections.abc import Iterable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ferrygate.common.cancel import CancelToken
from ferrygate.common.threads import SystemThreads
from ferrygate.sftp.channel import SftpChannel
from ferrygate.sftp.limits import Limits, parse_limits
from ferrygate.sftp.open_handles import OpenHandles
from ferrygate.sftp.wire import Type, packet, read_body, write_head
from support.scripted_sftp import (
    DATA,
    EXTENDED,
    EXTENDED_REPLY,
    HANDLE,
    READ,
    Request,
    ScriptedServer,
    ScriptedSftp,
    ScriptedStream,
    reply,
    status,
)
from support.sftp_bytes import FAILURE, OK, OP_UNSUPPORTED, string

LIMITS = b"limits@openssh.com"
OPENSSH = (262_144, 261_120, 261_120, 19_995)  # what OpenSSH 9.2 tells
NUMBERS = st.integers(0, 2**64 - 1)


def told(*numbers: int) -> bytes:
    """Make the answer's body: packet, read, write, handles."""
    return struct.pack(">QQQQ", *numbers)


def rig_for(
    answer: bytes | None, *, extensions: dict[bytes, bytes] | None = None
) -> tuple[ScriptedSftp, ScriptedServer]:
    """Make a channel to a server that announces the extension, and answers with these limits."""
    server = ScriptedServer({b"/a": b"1"})
    server.extensions = {LIMITS: b"1"} if extensions is None else extensions
    if answer is not None:
        server.instead[EXTENDED] = lambda asked: [reply(EXTENDED_REPLY, asked.number, answer)]
    return ScriptedSftp(server), server


def test_a_server_that_fails_with_large_requests_is_not_asked_for_limits() -> None:
    server = ScriptedServer({b"/a": b"1"})
    server.extensions = {LIMITS: b"1"}
    stream = ScriptedStream(server.answer)
    channel = SftpChannel(stream, stream.clock, OpenHandles(SystemThreads()), large_requests=False)
    channel.start(CancelToken(SystemThreads()))
    assert server.asked(EXTENDED) == []
    assert channel.limits == Limits()


def limits_of(rig: ScriptedSftp) -> Limits:
    """Give the limits that the channel has learned, once the answer has come."""
    rig.run(rig.files.stat(b"/a"))
    return rig.channel.limits


# ---------------------------------------------------------------- asking


def test_the_limits_are_asked_right_behind_the_version() -> None:
    rig, server = rig_for(told(*OPENSSH))
    assert server.asked(EXTENDED) == [(LIMITS,)]
    assert rig.channel.limits == Limits()  # nobody waited for the answer
    assert limits_of(rig) == Limits(read=261_120, write=261_120, handles=19_995)


@pytest.mark.parametrize(
    "extensions",
    [{}, {LIMITS: b"2"}, {LIMITS: b""}, {b"posix-rename@openssh.com": b"1"}],
)
def test_who_does_not_announce_them_is_not_asked(extensions: dict[bytes, bytes]) -> None:
    rig, server = rig_for(told(*OPENSSH), extensions=extensions)
    assert limits_of(rig) == Limits()
    assert server.asked(EXTENDED) == []


@pytest.mark.parametrize("code", [OK, FAILURE, OP_UNSUPPORTED])
def test_who_announces_and_refuses_them_keeps_the_smallest(code: int) -> None:
    rig, server = rig_for(None)
    server.instead[EXTENDED] = lambda asked: [status(asked.number, code)]
    assert limits_of(rig) == Limits()


@pytest.mark.parametrize("kind", [HANDLE, DATA])
def test_an_answer_of_another_sort_is_none(kind: int) -> None:
    rig, server = rig_for(None)
    body = string(told(*OPENSSH))
    server.instead[EXTENDED] = lambda asked: [reply(kind, asked.number, body)]
    assert limits_of(rig) == Limits()
    assert rig.channel.usable


def test_work_goes_on_while_the_answer_is_due() -> None:
    server = ScriptedServer({b"/a": bytes(100_000)})
    server.extensions = {LIMITS: b"1"}

    late: list[bytes] = []

    def keep(asked: Request) -> Iterable[bytes]:
        late.append(reply(EXTENDED_REPLY, asked.number, told(*OPENSSH)))
        return ()

    server.instead[EXTENDED] = keep
    rig = ScriptedSftp(server)
    assert limits_of(rig) == Limits()
    rig.stream.packets.extend(late)
    assert limits_of(rig).read == 261_120


# ---------------------------------------------------------------- believing


@pytest.mark.parametrize(
    ("numbers", "limits"),
    [
        (OPENSSH, Limits(261_120, 261_120, 19_995)),
        ((0, 0, 0, 0), Limits(261_120, 261_120, 128)),  # 0 says that there is no limit
        ((34_000, 0, 0, 0), Limits(32_976, 32_976, 128)),
        ((34_000, 32_768, 32_768, 100), Limits(32_768, 32_768, 100)),
        ((65_536, 65_536, 65_536, 64), Limits(64_512, 64_512, 64)),
        ((262_144, 16_384, 8192, 20), Limits(16_384, 8192, 20)),
        ((1, 1, 1, 1), Limits(1024, 1024, 1)),
        ((100, 0, 0, 2), Limits(1024, 1024, 2)),
        ((2**64 - 1,) * 4, Limits(261_120, 261_120, 20_000)),
        ((2**30, 2**30, 2**20, 2**31), Limits(261_120, 261_120, 20_000)),
    ],
)
def test_odd_limits(numbers: tuple[int, ...], limits: Limits) -> None:
    assert parse_limits(told(*numbers)) == limits


@pytest.mark.parametrize("length", [0, 1, 8, 31])
def test_an_answer_cut_short_is_none(length: int) -> None:
    assert parse_limits(told(*OPENSSH)[:length]) == Limits()


def test_an_answer_may_say_more_than_is_known_today() -> None:
    assert parse_limits(told(*OPENSSH) + b"more").read == 261_120


@given(NUMBERS, NUMBERS, NUMBERS, NUMBERS)
@example(1023, 5, 5, 0)
def test_whatever_is_told_requests_stay_within_reason(
    packet: int, read: int, write: int, handles: int
) -> None:
    limits = parse_limits(told(packet, read, write, handles))
    assert limits.write is not None
    for asked, most in ((limits.read, read), (limits.write, write)):
        assert 1024 <= asked <= 261_120
        assert asked <= max(most, 1024) or not most
        assert asked + 1024 <= packet or asked == 1024 or not packet
    assert 1 <= limits.handles <= 20_000
    assert len(read_body(b"h" * 256, 0, limits.read)) < 1024


# ---------------------------------------------------------------- keeping to them


def test_requests_are_as_large_as_the_server_takes() -> None:
    rig, server = rig_for(told(70_000, 60_000, 50_000, 8))
    server.files[b"/a"] = bytearray(60_000)
    limits_of(rig)
    assert rig.files.read_size == 60_000
    assert rig.files.write_size(b"h" * 256) == 50_000

    async def read() -> None:
        handle = await rig.files.open_for_reading(b"/a")
        await rig.files.read(handle, 0, rig.files.read_size)

    rig.run(read())
    assert [length for _handle, _at, length in server.asked(READ)] == [60_000]


def test_without_limits_requests_are_what_every_server_takes() -> None:
    rig, _server = rig_for(None, extensions={})
    assert (rig.files.read_size, rig.files.write_size(b"h")) == (32_768, 32_768)


@pytest.mark.parametrize("length", [1, 256, 257, 300, 1000, 4096])
def test_a_write_with_a_long_handle_is_no_longer_than_every_server_takes(length: int) -> None:
    rig, _server = rig_for(None, extensions={})
    handle = b"h" * length
    size = rig.files.write_size(handle)
    whole = packet(Type.WRITE, 1, write_head(handle, 0, size), bytes(size))
    assert len(whole) <= 34_000
    assert size > 28_000


def test_the_request_is_the_bytes_of_the_draft() -> None:
    sent: list[bytes] = []

    class Tap(ScriptedServer):
        def answer(self, payload: bytes) -> Iterable[bytes]:
            sent.append(payload)
            return super().answer(payload)

    server = Tap({})
    server.extensions = {LIMITS: b"1"}
    ScriptedSftp(server)
    assert sent[1] == bytes([Type.EXTENDED]) + struct.pack(">I", 1) + string(LIMITS)
