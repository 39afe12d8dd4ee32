"""The channel's loop against a server in memory that answers as it is told."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import permutations

import pytest

from ferrygate.common.byte_stream import connection_lost
from ferrygate.common.cancel import CancelToken
from ferrygate.common.entry import Entry
from ferrygate.common.errors import (
    Cancelled,
    ConnectionLostError,
    Kind,
    NotFoundError,
    RemoteFailureError,
    ServerUnusableError,
)
from ferrygate.common.threads import SystemThreads
from ferrygate.sftp.channel import SftpChannel
from ferrygate.sftp.files import RemoteFiles
from ferrygate.sftp.open_handles import OpenHandles
from ferrygate.sftp.tasks import Future, Task
from ferrygate.sftp.wire import AttrsReply, HandleReply, Reply, Type, string
from support.scripted_sftp import (
    ATTRS,
    CLOSE,
    HANDLE,
    OPEN,
    OPENDIR,
    READDIR,
    STAT,
    WRITE,
    Held,
    Request,
    ScriptedServer,
    ScriptedSftp,
    ScriptedStream,
    attributes,
    reply,
    status,
)
from support.sftp_bytes import OK
from support.sftp_bytes import string as packed


@pytest.fixture
def server() -> ScriptedServer:
    return ScriptedServer({b"/a": b"1", b"/b": b"22", b"/c": b"333"}, b"/folder")


def silent(_request: Request) -> Iterable[bytes]:
    return ()


def started(answer: bytes) -> tuple[SftpChannel, CancelToken]:
    stream = ScriptedStream(lambda _payload: [answer])
    return SftpChannel(stream, stream.clock, OpenHandles(SystemThreads())), CancelToken(
        SystemThreads()
    )


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_replies_out_of_order_find_who_asked(server: ScriptedServer, order: tuple[int]) -> None:
    held: list[bytes] = []

    def hold(request: Request) -> Iterable[bytes]:
        held.append(server.usual(request))
        return [held[index] for index in order] if len(held) == 3 else ()

    server.instead[STAT] = hold
    rig = ScriptedSftp(server)

    async def work() -> list[int]:
        asked = [rig.channel.request(Type.STAT, string(path)) for path in (b"/a", b"/b", b"/c")]
        answers = [await future for future in asked]
        return [size for a in answers if isinstance(a, AttrsReply) and (size := a.entry.size)]

    assert rig.run(work()) == [1, 2, 3]


@pytest.mark.parametrize("piece", [1, 3, 7])
def test_replies_in_small_pieces(rig: ScriptedSftp, piece: int) -> None:
    rig.stream.max_recv_bytes = piece
    assert rig.run(RemoteFiles(rig.channel).stat(b"/c")).size == 3


def test_a_full_window_is_waited_for_and_nothing_is_lost(
    rig: ScriptedSftp, server: ScriptedServer
) -> None:
    rig.stream.window, rig.stream.grant = 5, 3
    files = RemoteFiles(rig.channel)

    async def work() -> None:
        handle = await files.open_for_writing(b"/new", replace=True)
        in_flight = [files.write(handle, at, b"%02d" % at) for at in range(0, 20, 2)]
        for future in in_flight:
            await future
        await files.request_close(handle)

    rig.run(work())
    assert server.files[b"/new"] == b"00020406081012141618"


def test_spawned_work_runs_beside(rig: ScriptedSftp) -> None:
    files = RemoteFiles(rig.channel)

    async def work() -> list[int | None]:
        beside = [rig.channel.spawn(files.stat(path)) for path in (b"/a", b"/b", b"/c")]
        return [(await entry).size for entry in beside]

    assert rig.run(work()) == [1, 2, 3]


def test_an_error_of_spawned_work_reaches_whoever_awaits_it(rig: ScriptedSftp) -> None:
    async def work() -> None:
        await rig.channel.spawn(RemoteFiles(rig.channel).stat(b"/missing"))

    with pytest.raises(NotFoundError):
        rig.run(work())


def test_awaiting_what_is_done_already(rig: ScriptedSftp) -> None:
    async def work() -> Reply:
        future = rig.channel.request(Type.STAT, string(b"/a"))
        await RemoteFiles(rig.channel).stat(b"/b")
        return await future

    assert isinstance(rig.run(work()), AttrsReply)


def test_cancel_while_waiting(rig: ScriptedSftp, server: ScriptedServer) -> None:
    server.instead[STAT] = silent
    rig.stream.after = rig.cancel.cancel
    with pytest.raises(Cancelled):
        rig.run(RemoteFiles(rig.channel).stat(b"/a"))


def test_the_channel_is_good_for_more_after_a_cancel(
    rig: ScriptedSftp, server: ScriptedServer
) -> None:
    late = server.instead[STAT] = Held(server)
    rig.stream.after = rig.cancel.cancel
    files = RemoteFiles(rig.channel)
    with pytest.raises(Cancelled):
        rig.run(files.stat(b"/a"))
    server.instead.clear()
    rig.stream.after = lambda: None
    rig.stream.packets.extend(late.answers)
    assert rig.channel.usable
    assert rig.channel.run(files.stat(b"/b"), CancelToken(SystemThreads())).size == 2


def test_cancelled_work_may_clean_up(rig: ScriptedSftp, server: ScriptedServer) -> None:
    server.instead[STAT] = silent
    rig.stream.after = rig.cancel.cancel

    async def work() -> str:
        try:
            await RemoteFiles(rig.channel).stat(b"/a")
        except Cancelled:
            return "cleaned up"
        return ""

    assert rig.run(work()) == "cleaned up"


def test_work_beside_is_dropped_with_the_work_it_belongs_to(rig: ScriptedSftp) -> None:
    ended: list[str] = []

    async def beside() -> None:
        try:
            await Future[None]()
        finally:
            ended.append("dropped")

    async def work() -> None:
        task = rig.channel.spawn(beside())
        await RemoteFiles(rig.channel).stat(b"/a")
        assert not task.done

    rig.run(work())
    assert ended == ["dropped"]


def test_what_is_left_running_is_dropped_in_the_order_in_which_it_began(rig: ScriptedSftp) -> None:
    dropped: list[int] = []
    begun: list[Task[None]] = []

    async def beside(number: int) -> None:
        try:
            await Future[None]()
        finally:
            dropped.append(number)

    async def work() -> None:
        begun.extend(rig.channel.spawn(beside(number)) for number in range(40))
        await RemoteFiles(rig.channel).stat(b"/a")

    rig.run(work())
    assert dropped == list(range(40))


@pytest.mark.parametrize("kind", [OPEN, OPENDIR])
def test_a_handle_nobody_waits_for_is_closed(
    rig: ScriptedSftp, server: ScriptedServer, kind: int
) -> None:
    late = server.instead[kind] = Held(server)
    rig.stream.after = rig.cancel.cancel
    files = RemoteFiles(rig.channel)
    work = files.open_folder(b"/folder") if kind == OPENDIR else files.open_for_reading(b"/a")
    with pytest.raises(Cancelled):
        rig.run(work)
    assert len(server.open_handles) == 1
    rig.stream.packets.extend(late.answers)
    rig.channel.run(files.stat(b"/b"), CancelToken(SystemThreads()))
    assert not server.open_handles


def test_a_handle_for_writing_is_never_closed_by_itself(
    rig: ScriptedSftp, server: ScriptedServer
) -> None:
    late = server.instead[OPEN] = Held(server)
    rig.stream.after = rig.cancel.cancel
    files = RemoteFiles(rig.channel)
    with pytest.raises(Cancelled):
        rig.run(files.open_for_writing(b"/new", replace=True))
    rig.stream.packets.extend(late.answers)
    rig.channel.run(files.stat(b"/b"), CancelToken(SystemThreads()))
    assert server.asked(CLOSE) == []


def test_a_cancelled_listing_closes_its_folder(rig: ScriptedSftp, server: ScriptedServer) -> None:
    server.instead[READDIR] = silent
    rig.stream.after = rig.cancel.cancel

    async def take(_entries: tuple[Entry, ...]) -> None:
        """Nothing comes."""

    with pytest.raises(Cancelled):
        rig.run(RemoteFiles(rig.channel).list_folder(b"/folder", take))
    assert not server.open_handles


def test_silence_ends_at_the_deadline(rig: ScriptedSftp, server: ScriptedServer) -> None:
    server.instead[STAT] = silent
    began = rig.stream.clock.now()
    with pytest.raises(ConnectionLostError) as caught:
        rig.run(RemoteFiles(rig.channel).stat(b"/a"))
    assert 60 <= rig.stream.clock.now() - began < 61
    assert caught.value.problem.kind is Kind.SERVER_SILENT
    assert str(caught.value.problem.sentence) == "The server did not answer for 1 min."
    assert caught.value.problem.detail == "no answer to STAT for 60 s"
    assert not rig.channel.usable


def test_idle_time_between_two_runs_does_not_count(rig: ScriptedSftp) -> None:
    rig.stream.clock.time += 3600
    assert rig.run(RemoteFiles(rig.channel).stat(b"/a")).size == 1


def test_a_server_that_speaks_now_and_then_is_not_gone(
    rig: ScriptedSftp, server: ScriptedServer
) -> None:
    held = server.instead[WRITE] = Held(server)
    files = RemoteFiles(rig.channel)

    def one_a_minute() -> None:
        if held.answers and rig.stream.clock.now() - heard[-1] > 55:
            heard.append(rig.stream.clock.now())
            rig.stream.packets.append(held.answers.pop(0))

    async def work() -> None:
        handle = await files.open_for_writing(b"/new", replace=True)
        for future in [files.write(handle, at, b"x") for at in range(3)]:
            await future

    heard = [rig.stream.clock.now()]
    rig.stream.after = one_a_minute
    rig.run(work())
    assert heard[-1] - heard[0] > 150  # a good deal over the deadline; the pace has its own


def test_the_end_of_the_stream(rig: ScriptedSftp, server: ScriptedServer) -> None:
    server.instead[STAT] = silent
    rig.stream.ended = True
    with pytest.raises(ConnectionLostError, match="lost"):
        rig.run(RemoteFiles(rig.channel).stat(b"/a"))
    assert not rig.channel.usable


def test_a_channel_that_takes_nothing_any_more(rig: ScriptedSftp) -> None:
    rig.stream.send_error = connection_lost("channel closed")
    with pytest.raises(ConnectionLostError):
        rig.run(RemoteFiles(rig.channel).stat(b"/a"))
    assert not rig.channel.usable
    rig.channel.close()
    assert rig.stream.closed


def test_garbage_first() -> None:
    channel, cancel = started(b"Last login: Tue\r\n")
    with pytest.raises(RemoteFailureError) as caught:
        channel.start(cancel)
    assert "Last login" in caught.value.problem.detail
    assert not channel.usable


def test_another_version() -> None:
    channel, cancel = started(bytes.fromhex("00000005 02 00000006"))
    with pytest.raises(ServerUnusableError, match="by SFTP version 6") as caught:
        channel.start(cancel)
    assert caught.value.problem.detail == "SFTP version 6"


def test_a_reply_in_place_of_the_version() -> None:
    channel, cancel = started(status(1, OK))
    with pytest.raises(RemoteFailureError):
        channel.start(cancel)


def test_a_reply_to_nothing(rig: ScriptedSftp, server: ScriptedServer) -> None:
    server.instead[STAT] = lambda _request: [reply(ATTRS, 4711, attributes(1))]
    with pytest.raises(RemoteFailureError) as caught:
        rig.run(RemoteFiles(rig.channel).stat(b"/a"))
    assert "4711" in caught.value.problem.detail
    assert not rig.channel.usable


def test_a_second_reply_to_one_request(rig: ScriptedSftp, server: ScriptedServer) -> None:
    server.instead[STAT] = lambda request: 2 * [server.usual(request)]
    files = RemoteFiles(rig.channel)

    async def work() -> None:
        await files.stat(b"/a")
        await files.stat(b"/b")

    with pytest.raises(RemoteFailureError):
        rig.run(work())


def test_a_reply_of_the_wrong_sort(rig: ScriptedSftp, server: ScriptedServer) -> None:
    server.instead[STAT] = lambda request: [reply(HANDLE, request.number, packed(b"h"))]
    with pytest.raises(RemoteFailureError) as caught:
        rig.run(RemoteFiles(rig.channel).stat(b"/a"))
    assert caught.value.problem.detail == f"unexpected {HandleReply.__name__}"
    assert rig.channel.usable


def test_close_closes_the_stream(rig: ScriptedSftp) -> None:
    rig.channel.close()
    assert rig.stream.closed
    assert not rig.channel.usable
