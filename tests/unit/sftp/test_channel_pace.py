"""Servers that answer, and so slowly that nothing gets ahead, on a clock that a test moves."""

from __future__ import annotations

import pytest

from ferrygate.common.errors import Kind
from ferrygate.sftp.pace import SPAN_SECONDS
from ferrygate.sftp.server_silence import ServerSlowError
from support.scripted_sftp import READ, STAT, Request, ScriptedServer, ScriptedSftp


@pytest.fixture
def server() -> ScriptedServer:
    return ScriptedServer({b"/a": b"1"})


def delayed(rig: ScriptedSftp, server: ScriptedServer, seconds: float, *kinds: int) -> None:
    """Have each answer to requests of these kinds take so long."""

    def late(_request: Request) -> None:
        rig.stream.clock.time += seconds  # and then the usual answer

    server.instead.update(dict.fromkeys(kinds, late))


def test_a_server_that_takes_a_minute_for_each_answer_is_given_up(
    rig: ScriptedSftp, server: ScriptedServer
) -> None:
    delayed(rig, server, 59, STAT)

    async def work() -> None:
        for _number in range(100):
            await rig.files.stat(b"/a")

    began = rig.stream.clock.now()
    with pytest.raises(ServerSlowError, match="too slow: 4 answers came in 4 min") as caught:
        rig.run(work())
    assert SPAN_SECONDS <= rig.stream.clock.now() - began <= SPAN_SECONDS + 60
    assert caught.value.problem.kind is Kind.SERVER_SILENT
    assert not rig.channel.usable


def test_an_answer_that_comes_byte_by_byte_is_given_up(
    rig: ScriptedSftp, server: ScriptedServer
) -> None:
    server.instead[STAT] = lambda _request: ()

    async def work() -> None:
        asked = rig.channel.spawn(rig.files.stat(b"/a"))
        await rig.channel.sleep(0)
        for byte in bytes([0, 0, 0, 200]) + bytes(range(100)):
            await rig.channel.sleep(59)
            rig.stream.packets.append(bytes([byte]))
        await asked

    began = rig.stream.clock.now()
    with pytest.raises(ServerSlowError, match="too slow: 0 answers"):
        rig.run(work())
    assert rig.stream.clock.now() - began <= SPAN_SECONDS + 60


@pytest.mark.parametrize("seconds", [1, 19, 30, 44])
def test_a_server_that_gets_ahead_is_followed_to_the_end(
    rig: ScriptedSftp, server: ScriptedServer, seconds: float
) -> None:
    delayed(rig, server, seconds, STAT)

    async def work() -> int:
        for _number in range(100):
            await rig.files.stat(b"/a")
        return 100

    assert rig.run(work()) == 100


@pytest.mark.parametrize("seconds", [55, 59])
def test_a_server_that_needs_most_of_a_minute_each_time_is_given_up(
    rig: ScriptedSftp, server: ScriptedServer, seconds: float
) -> None:
    delayed(rig, server, seconds, STAT)

    async def work() -> None:
        for _number in range(100):
            await rig.files.stat(b"/a")

    with pytest.raises(ServerSlowError):
        rig.run(work())


def test_a_few_slow_answers_among_quick_ones_are_borne(
    rig: ScriptedSftp, server: ScriptedServer
) -> None:
    """As where files lie in an archive, or are searched for viruses on CLOSE."""
    delayed(rig, server, 55, STAT)

    async def work() -> int:
        for _number in range(20):
            await rig.files.stat(b"/a")
            for _other in range(3):
                await rig.files.lstat(b"/a")
        return 20

    assert rig.run(work()) == 20


def test_a_line_that_moves_bytes_needs_few_answers(
    rig: ScriptedSftp, server: ScriptedServer
) -> None:
    server.files[b"/large"] = bytearray(20 << 15)
    delayed(rig, server, 50, READ)

    async def work() -> int:
        handle = await rig.files.open_for_reading(b"/large")
        for at in range(20):
            await rig.files.read(handle, at << 15, 1 << 15)
        return 20

    assert rig.run(work()) == 20


def test_time_in_which_nothing_was_due_is_no_wait(rig: ScriptedSftp) -> None:
    async def work() -> None:
        for _number in range(20):
            await rig.files.stat(b"/a")
            await rig.channel.sleep(600)

    rig.run(work())


def test_a_process_that_stood_still_blames_nobody(
    rig: ScriptedSftp, server: ScriptedServer
) -> None:
    delayed(rig, server, 3600, STAT)
    assert rig.run(rig.files.stat(b"/a")).size == 1
