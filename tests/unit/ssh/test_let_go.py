"""An ended connection lets go of its memory before Python looks for circles of objects."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Iterator
from contextlib import closing

import pytest

from ferrygate.common.cancel import CancelToken
from ferrygate.common.clock import SystemClock
from ferrygate.common.errors import ConnectionLostError
from ferrygate.common.threads import SystemThreads
from ferrygate.sandbox.sandbox import Sandbox
from ferrygate.sftp.wire import Type
from ferrygate.ssh.connection import connect
from ferrygate.ssh.deadlines import Deadlines
from support.scripted_sftp import ScriptedServer, ScriptedSftp

MIB = 1 << 20


@pytest.fixture
def uncollected() -> Iterator[None]:
    """Nothing goes but what nobody refers to; memory is counted."""
    gc.collect()
    gc.disable()
    tracemalloc.start()
    try:
        yield
    finally:
        tracemalloc.stop()
        gc.enable()


def held() -> int:
    """Count the bytes that the SFTP and SSH code has; the sandbox's are not looked at."""
    ours = [
        tracemalloc.Filter(inclusive=True, filename_pattern=f"*/ferrygate/{folder}/*")
        for folder in ("sftp", "ssh")
    ]
    traces = tracemalloc.take_snapshot().filter_traces(ours)
    return sum(trace.size for trace in traces.traces)


@pytest.mark.usefixtures("uncollected")
def test_a_channel_that_was_cut_lets_go_of_what_it_did_not_send() -> None:
    rigs = []
    for _channel in range(4):
        rig = ScriptedSftp(ScriptedServer())
        rigs.append(rig)
        rig.stream.window = 0

        async def send(rig: ScriptedSftp = rig) -> None:
            block = bytes(MIB)
            replies = [rig.channel.request(Type.WRITE, block) for _write in range(8)]
            await replies[-1]

        rig.stream.ended = True
        with pytest.raises(ConnectionLostError):
            rig.run(send())
        rig.channel.close()
    assert held() < 2 * MIB


@pytest.mark.usefixtures("uncollected")
def test_a_connection_that_was_closed_lets_go_of_its_buffers(sandbox: Sandbox) -> None:
    ready, clock = sandbox.ready, SystemClock()

    def open_and_close() -> None:
        connection = connect(
            ready.host, ready.port, (), clock, Deadlines(), CancelToken(SystemThreads())
        )
        with closing(connection):
            connection.trust()

    for _connection in range(4):
        open_and_close()
    assert held() < MIB  # 800 KB each, where they were kept
