"""Servers that allow few open handles: what is refused is asked for again, and all comes."""

from __future__ import annotations

import pytest

from ferrygate.common.errors import NotFoundError, PermissionDeniedError, RemoteFailureError
from ferrygate.common.threads import SystemThreads
from ferrygate.sftp.files import RemoteFiles
from ferrygate.sftp.open_handles import OpenHandles
from ferrygate.sftp.replies import data_read
from ferrygate.sftp.tasks import Task
from support.scripted_sftp import CLOSE, OPEN, Held, Request, ScriptedServer, ScriptedSftp, status
from support.sftp_bytes import FAILURE, NO_SUCH_FILE, PERMISSION_DENIED

FILES = 40


@pytest.fixture
def server() -> ScriptedServer:
    return ScriptedServer({b"/%02d" % number: b"%d" % number for number in range(FILES)}, b"/sub")


async def fetch(files: RemoteFiles, path: bytes) -> bytes:
    handle = await files.open_for_reading(path)
    try:
        return bytes(data_read(await files.read(handle, 0, 100), path) or b"")
    finally:
        files.close_later(handle)


def fetch_all(rig: ScriptedSftp, paths: list[bytes]) -> list[bytes]:
    async def together() -> list[bytes]:
        running = [rig.channel.spawn(fetch(rig.files, path)) for path in paths]
        return [await each for each in running]

    return rig.run(together())


@pytest.mark.parametrize("code", [FAILURE, PERMISSION_DENIED, 4711])
@pytest.mark.parametrize("most", [1, 2, 10, 39])
def test_every_file_comes_however_few_handles_there_are(
    rig: ScriptedSftp, server: ScriptedServer, most: int, code: int
) -> None:
    server.most_handles, server.too_many = most, code
    paths = sorted(server.files)
    assert fetch_all(rig, paths) == [bytes(server.files[path]) for path in paths]
    assert rig.channel.gate.handles.max_open == most
    before = len(server.asked(OPEN))
    assert fetch_all(rig, paths) == [bytes(server.files[path]) for path in paths]
    assert len(server.asked(OPEN)) == before + FILES  # none was refused any more
    assert not server.open_handles


def test_without_a_limit_nobody_waits(rig: ScriptedSftp, server: ScriptedServer) -> None:
    fetch_all(rig, sorted(server.files))
    assert rig.channel.gate.handles.max_open is None
    assert server.most_open == FILES
    assert len(server.asked(OPEN)) == FILES


def test_a_refusal_that_is_meant_stands_and_limits_nothing(
    rig: ScriptedSftp, server: ScriptedServer
) -> None:
    server.instead[OPEN] = lambda request: (
        [status(request.number, PERMISSION_DENIED)] if request.fields[0] == b"/39" else None
    )
    with pytest.raises(PermissionDeniedError):
        fetch_all(rig, sorted(server.files))
    assert rig.channel.gate.handles.max_open is None


def test_a_refusal_that_says_why_is_not_asked_again(
    rig: ScriptedSftp, server: ScriptedServer
) -> None:
    with pytest.raises(NotFoundError):
        fetch_all(rig, [*sorted(server.files), b"/none"])
    assert len(server.asked(OPEN)) == FILES + 1


def test_a_reason_that_comes_when_it_is_asked_again_is_the_answer(
    rig: ScriptedSftp, server: ScriptedServer
) -> None:
    codes = iter([FAILURE, NO_SUCH_FILE])
    server.instead[OPEN] = lambda request: (
        [status(request.number, next(codes, FAILURE))] if request.fields[0] == b"/39" else None
    )
    with pytest.raises(NotFoundError):
        fetch_all(rig, sorted(server.files))
    assert len(server.asked(OPEN)) == FILES + 1


@pytest.mark.parametrize("seconds", [0.05, 0.3])
def test_a_server_that_lets_go_of_a_handle_after_it_has_said_so(
    rig: ScriptedSftp, server: ScriptedServer, seconds: float
) -> None:
    """Give the server its time once all others are closed, however long those are waited for."""
    held: list[tuple[float, bytes]] = []

    def open_one(request: Request) -> list[bytes] | None:
        now = rig.stream.clock.time
        still = [handle for until, handle in held if now < until]
        if len(server.open_handles) + len(still) >= 1:
            return [status(request.number, FAILURE)]
        return None

    def close_one(request: Request) -> None:
        held.append((rig.stream.clock.time + seconds, request.fields[0]))

    server.instead |= {OPEN: open_one, CLOSE: close_one}
    paths = sorted(server.files)[:4]

    async def read_slowly(path: bytes) -> bytes:
        handle = await rig.files.open_for_reading(path)
        await rig.channel.sleep(1)
        await rig.files.request_close(handle)
        return path

    async def together() -> list[bytes]:
        running = [rig.channel.spawn(read_slowly(path)) for path in paths]
        return [await each for each in running]

    assert rig.run(together()) == paths


def test_a_refusal_beside_fewer_handles_than_were_granted_is_believed(
    rig: ScriptedSftp, server: ScriptedServer
) -> None:
    fetch_all(rig, sorted(server.files))
    server.instead[OPEN] = lambda request: (
        [status(request.number, FAILURE)] if request.fields[0] == b"/01" else None
    )
    before = len(server.asked(OPEN))
    with pytest.raises(RemoteFailureError):
        fetch_all(rig, [b"/00", b"/01"])
    assert len(server.asked(OPEN)) == before + 2


def test_one_open_folder_is_enough_for_many(rig: ScriptedSftp, server: ScriptedServer) -> None:
    server.folders |= {b"/sub/%d" % number for number in range(10)}
    server.most_handles = 1

    async def together() -> int:
        running = [
            rig.channel.spawn(rig.files.entries(b"/sub/%d" % number)) for number in range(10)
        ]
        return sum([(await each)[1].is_whole for each in running])

    assert rig.run(together()) == 10


def test_channels_share_what_their_server_allows(server: ScriptedServer) -> None:
    first, second = ScriptedSftp(server), ScriptedSftp(server)
    second.channel.gate.handles = first.channel.gate.handles
    server.most_handles = 1

    async def open_one(files: RemoteFiles) -> bytes:
        return await files.open_for_reading(b"/00")

    handle = first.run(open_one(first.files))

    waits: list[float] = []

    def let_go() -> None:
        waits.append(second.stream.clock.time)
        if len(waits) == 5:
            server.open_handles.pop(handle)
            first.channel.close()

    second.stream.after = let_go
    second.run(open_one(second.files))
    assert first.channel.gate.handles.max_open == 1


def test_a_handle_that_is_kept_for_long_stops_nobody_for_ever(
    rig: ScriptedSftp, server: ScriptedServer
) -> None:
    server.most_handles = 1

    async def keep_one() -> None:
        await rig.files.open_for_reading(b"/00")
        with pytest.raises(RemoteFailureError):
            await rig.files.open_for_reading(b"/01")

    rig.run(keep_one())
    assert rig.stream.clock.time > 30


def test_handles_of_a_channel_that_ended_do_not_count(rig: ScriptedSftp) -> None:
    handles = rig.channel.gate.handles

    async def open_two() -> None:
        await rig.files.open_for_reading(b"/00")
        await rig.files.open_for_reading(b"/01")

    rig.run(open_two())
    assert not handles.take_if_alone()
    rig.channel.close()
    assert handles.take_if_alone()


def test_what_was_taken_back_before_it_left_does_not_count(
    rig: ScriptedSftp, server: ScriptedServer
) -> None:
    rig.stream.window = 0
    rig.stream.after = rig.cancel.cancel
    with pytest.raises(Exception, match="Cancelled"):
        rig.run(rig.files.open_for_reading(b"/00"))
    assert rig.channel.gate.handles.take_if_alone()
    assert server.asked(OPEN) == []


def test_a_handle_that_came_just_before_its_coroutine_was_stopped_is_closed(
    rig: ScriptedSftp, server: ScriptedServer
) -> None:
    """Its reply was taken, and the coroutine ready to go on with it."""
    server.instead[OPEN] = held = Held(server)
    rig.stream.after = lambda: rig.stream.packets.append(b"".join(held.answers))

    async def open_and_stop(others: list[Task[bytes]]) -> None:
        rig.files.close_later(await rig.files.open_for_reading(b"/00"))
        rig.channel.drop_task(others.pop())

    async def open_two() -> None:
        others: list[Task[bytes]] = []
        one = rig.channel.spawn(open_and_stop(others))
        others.append(rig.channel.spawn(rig.files.open_for_reading(b"/01")))
        await one

    rig.run(open_two())
    assert not server.open_handles
    assert rig.channel.gate.handles.take_if_alone()


def test_a_coroutine_that_is_stopped_before_it_asks_again_holds_no_other_up(
    rig: ScriptedSftp, server: ScriptedServer
) -> None:
    server.instead[OPEN] = lambda request: (
        [status(request.number, FAILURE)] if request.fields[0] == b"/01" else None
    )

    async def open_and_stop() -> None:
        handle = await rig.files.open_for_reading(b"/00")
        other = rig.channel.spawn(rig.files.open_for_reading(b"/01"))
        await rig.channel.sleep(1)
        await rig.files.request_close(handle)
        while len(server.asked(OPEN)) < 3:
            await rig.channel.sleep(0.01)
        await rig.channel.sleep(0.05)  # into the pause before it asks again
        rig.channel.drop_task(other)

    rig.run(open_and_stop())
    assert len(server.asked(OPEN)) == 3
    assert rig.channel.gate.handles.take_if_alone()


def test_a_limit_that_has_held_is_tried_one_higher_and_ever_later() -> None:
    handles = OpenHandles(SystemThreads())
    handles.limit(2)

    def opens_until_more(most: int) -> int:
        opens = 0
        while handles.max_open == most:
            assert handles.take(lambda: None)
            assert handles.take(lambda: None)
            handles.granted()
            handles.granted()
            handles.closed(2)
            opens += 1
        return opens

    assert opens_until_more(2) == 64
    handles.limit(2)
    assert opens_until_more(2) == 64 * 8
