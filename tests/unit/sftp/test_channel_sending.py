"""A channel sends many requests in one go, and takes back those that have not left."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from ferrygate.common.byte_stream import MAX_BURST_BYTES
from ferrygate.common.cancel import CancelToken
from ferrygate.common.errors import Cancelled
from ferrygate.common.threads import SystemThreads
from ferrygate.sftp.tasks import Future
from ferrygate.sftp.wire import Type, string
from support.scripted_sftp import (
    CLOSE,
    OPEN,
    READ,
    STAT,
    WRITE,
    Request,
    ScriptedServer,
    ScriptedSftp,
)

STAT_BYTES = 4 + 1 + 4 + 4 + 2  # of a STAT of a path as short as “/a”


@pytest.fixture
def server() -> ScriptedServer:
    return ScriptedServer({b"/a": b"1", b"/b": b"22", b"/c": b"333"}, b"/folder")


@pytest.fixture
def rig(server: ScriptedServer) -> ScriptedSftp:
    rig = ScriptedSftp(server)
    rig.stream.sends.clear()
    return rig


async def ask(rig: ScriptedSftp, *paths: bytes) -> None:
    """STAT all of them at once, and wait for the answers."""
    for future in [rig.channel.request(Type.STAT, string(path)) for path in paths]:
        await future


async def write(rig: ScriptedSftp, *sizes: int) -> None:
    """WRITE blocks of these sizes at once to one file, and wait for the answers."""
    handle = await rig.files.open_for_writing(b"/new", replace=True)
    rig.stream.sends.clear()
    at = 0
    in_flight = []
    for size in sizes:
        in_flight.append(rig.files.write(handle, at, bytes([size % 251]) * size))
        at += size
    for future in in_flight:
        await future


# ---------------------------------------------------------------- bursts


def test_small_requests_leave_together(rig: ScriptedSftp) -> None:
    rig.run(ask(rig, *[b"/a"] * 500))
    assert rig.stream.sends == [500 * STAT_BYTES]


def test_a_burst_holds_256_kib_at_most(rig: ScriptedSftp, server: ScriptedServer) -> None:
    rig.run(write(rig, *[32_000] * 40))
    assert max(rig.stream.sends) <= MAX_BURST_BYTES == 256 * 1024
    assert len(rig.stream.sends) == 5  # eight of them go into one
    assert server.files[b"/new"] == bytes([32_000 % 251]) * 40 * 32_000


def test_the_largest_requests_leave_one_by_one(rig: ScriptedSftp, server: ScriptedServer) -> None:
    rig.run(write(rig, 261_120, 261_120, 261_120))
    ((handle, _at, _data), *_others) = server.asked(WRITE)
    assert rig.stream.sends == [261_120 + len(handle) + 25] * 3


def test_nothing_is_sent_while_the_peer_takes_nothing(rig: ScriptedSftp) -> None:
    rig.stream.window = 0
    rig.stream.after = rig.cancel.cancel
    with pytest.raises(Cancelled):
        rig.run(ask(rig, b"/a"))
    assert rig.stream.sends == []


@pytest.mark.parametrize("grant", [1, 7, 100, 32_000])
def test_a_burst_goes_on_where_the_window_cut_it(
    rig: ScriptedSftp, server: ScriptedServer, grant: int
) -> None:
    async def work() -> None:
        handle = await rig.files.open_for_writing(b"/new", replace=True)
        rig.stream.window, rig.stream.grant = 0, grant
        for future in [rig.files.write(handle, at, b"%04d" % at) for at in range(0, 400, 4)]:
            await future

    rig.run(work())
    assert server.files[b"/new"] == b"".join(b"%04d" % at for at in range(0, 400, 4))


def test_requests_keep_their_order_over_bursts(rig: ScriptedSftp, server: ScriptedServer) -> None:
    sizes = [10, 200_000, 10, 100_000, 261_000, 5, 5, 250_000, 20_000]
    rig.run(write(rig, *sizes))
    assert [len(data) for _handle, _at, data in server.asked(WRITE)] == sizes


# ---------------------------------------------------------------- taken back


def cancel_when_nothing_comes(rig: ScriptedSftp) -> None:
    rig.stream.after = rig.cancel.cancel


def afterwards(rig: ScriptedSftp) -> None:
    """Let the peer take data again, and somebody else work on the channel."""
    rig.stream.window = None
    rig.stream.after = lambda: None
    assert rig.channel.run(rig.files.stat(b"/c"), CancelToken(SystemThreads())).size == 3


def test_a_cancel_takes_back_what_has_not_left(rig: ScriptedSftp, server: ScriptedServer) -> None:
    rig.stream.window = 0
    cancel_when_nothing_comes(rig)
    with pytest.raises(Cancelled):
        rig.run(ask(rig, b"/a", b"/b"))
    assert rig.channel.usable
    afterwards(rig)
    assert server.asked(STAT) == [(b"/c",)]


@pytest.mark.parametrize("left", [1, 4, STAT_BYTES - 1])
def test_a_packet_of_which_a_part_has_left_is_finished(
    rig: ScriptedSftp, server: ScriptedServer, left: int
) -> None:
    server.instead[STAT] = lambda request: () if request.fields == (b"/a",) else None
    rig.stream.window = left
    cancel_when_nothing_comes(rig)
    with pytest.raises(Cancelled):
        rig.run(ask(rig, b"/a"))
    afterwards(rig)
    assert server.asked(STAT) == [(b"/a",), (b"/c",)]


def test_what_left_in_one_burst_with_a_part_is_finished_with_it(
    rig: ScriptedSftp, server: ScriptedServer
) -> None:
    """A burst is one piece once a part of it has left; what was queued behind it is not."""
    rig.stream.window = STAT_BYTES + 3
    cancel_when_nothing_comes(rig)

    async def work() -> None:
        _first = [rig.channel.request(Type.STAT, string(path)) for path in (b"/a", b"/b")]
        await rig.channel.sleep(0)
        _behind = rig.channel.request(Type.STAT, string(b"/folder"))
        await Future[None]()

    with pytest.raises(Cancelled):
        rig.run(work())
    afterwards(rig)
    assert server.asked(STAT) == [(b"/a",), (b"/b",), (b"/c",)]


def test_nobody_owes_an_answer_to_what_was_taken_back(rig: ScriptedSftp) -> None:
    rig.stream.window = 0
    cancel_when_nothing_comes(rig)
    with pytest.raises(Cancelled):
        rig.run(ask(rig, b"/a", b"/b"))
    rig.stream.after = lambda: None
    rig.channel.run(
        rig.channel.sleep(1000), CancelToken(SystemThreads())
    )  # nothing is due: no silence
    assert rig.channel.usable


def test_a_close_nobody_waits_for_is_kept(rig: ScriptedSftp, server: ScriptedServer) -> None:
    """A file being read is cancelled while the peer takes nothing: its handle is closed all the
    same, once it does."""
    cancel_when_nothing_comes(rig)

    async def work() -> None:
        handle = await rig.files.open_for_reading(b"/a")
        rig.stream.window = 0
        try:
            for future in [rig.files.read(handle, at, 1) for at in range(5)]:
                await future
        finally:
            rig.files.close_later(handle)

    with pytest.raises(Cancelled):
        rig.run(work())
    assert server.open_handles
    afterwards(rig)
    assert server.asked(READ) == []
    assert not server.open_handles


def test_a_close_that_was_posted_before_is_kept(rig: ScriptedSftp, server: ScriptedServer) -> None:
    cancel_when_nothing_comes(rig)

    async def work() -> None:
        handle = await rig.files.open_for_reading(b"/a")
        rig.stream.window = 0
        rig.files.close_later(handle)
        await ask(rig, b"/b")

    with pytest.raises(Cancelled):
        rig.run(work())
    afterwards(rig)
    assert not server.open_handles
    assert server.asked(STAT) == [(b"/c",)]


def test_an_upload_that_is_cancelled_with_its_close_queued_is_not_closed(
    rig: ScriptedSftp, server: ScriptedServer
) -> None:
    """On an object store CLOSE would publish it."""
    cancel_when_nothing_comes(rig)

    async def work() -> None:
        handle = await rig.files.open_for_writing(b"/new", replace=True)
        rig.stream.window = 0
        await rig.files.request_close(handle)

    with pytest.raises(Cancelled):
        rig.run(work())
    afterwards(rig)
    assert server.asked(CLOSE) == []


def test_an_open_that_has_not_left_opens_nothing(rig: ScriptedSftp, server: ScriptedServer) -> None:
    rig.stream.window = 0
    cancel_when_nothing_comes(rig)
    with pytest.raises(Cancelled):
        rig.run(rig.files.open_for_reading(b"/a"))
    afterwards(rig)
    assert server.asked(OPEN) == []


def silent(_request: Request) -> Iterable[bytes]:
    return ()


def test_what_dropped_work_posts_as_it_goes_is_sent(
    rig: ScriptedSftp, server: ScriptedServer
) -> None:
    """Work beside a cancelled one closes what it has open as it is dropped."""
    server.instead[READ] = silent
    cancel_when_nothing_comes(rig)

    async def read() -> None:
        handle = await rig.files.open_for_reading(b"/a")
        try:
            await rig.files.read(handle, 0, 1)
        finally:
            rig.files.close_later(handle)

    async def work() -> None:
        for task in [rig.channel.spawn(read()) for _file in range(3)]:
            await task

    with pytest.raises(Cancelled):
        rig.run(work())
    assert len(server.asked(CLOSE)) == 3
    assert not server.open_handles
