from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator

import pytest

from ferrygate.common.cancel import CancelToken
from ferrygate.common.clock import SystemClock
from ferrygate.common.errors import Cancelled, CannotReachError
from ferrygate.common.threads import SystemThreads
from ferrygate.ssh.preconnect import Preconnect

HOST = "127.0.0.1"
CLOCK = SystemClock()


@pytest.fixture
def server() -> Iterator[socket.socket]:
    with socket.create_server((HOST, 0)) as server:
        server.settimeout(5)
        yield server


def port_of(server: socket.socket) -> int:
    port: int = server.getsockname()[1]
    return port


def ahead_of(port: int, seconds: float = 5.0) -> contextlib.closing[Preconnect]:
    return contextlib.closing(Preconnect(HOST, port, seconds, CLOCK))


def test_a_connection_is_taken_once_and_stays_open(server: socket.socket) -> None:
    port = port_of(server)
    with ahead_of(port) as ahead:
        taken = ahead.take(HOST, port, CancelToken(SystemThreads()))
        assert taken is not None
        assert ahead.take(HOST, port, CancelToken(SystemThreads())) is None
    with taken, server.accept()[0] as other:
        taken.send(b"still there")
        assert other.recv(100) == b"still there"


def test_a_connection_that_nobody_takes_is_closed(server: socket.socket) -> None:
    port = port_of(server)
    with ahead_of(port) as ahead:
        assert ahead.take("localhost", port, CancelToken(SystemThreads())) is None
        assert ahead.take(HOST, port + 1, CancelToken(SystemThreads())) is None
        other = server.accept()[0]
    with other:
        assert other.recv(100) == b""
    assert ahead.take(HOST, port, CancelToken(SystemThreads())) is None


def test_who_takes_it_is_told_that_nobody_is_there(server: socket.socket) -> None:
    port = port_of(server)
    server.close()
    with ahead_of(port) as ahead:
        with pytest.raises(CannotReachError, match="nothing answers"):
            ahead.take(HOST, port, CancelToken(SystemThreads()))
        assert ahead.take(HOST, port, CancelToken(SystemThreads())) is None


def test_dialling_is_cancelled_by_whoever_waits_and_by_closing() -> None:
    with contextlib.ExitStack() as held:
        full = held.enter_context(socket.create_server((HOST, 0), backlog=0))
        for _caller in range(4):
            caller = held.enter_context(socket.socket())
            caller.settimeout(0)
            caller.connect_ex(full.getsockname())
        cancel = CancelToken(SystemThreads())
        cancel.cancel()
        began = CLOCK.monotonic()
        with ahead_of(port_of(full), 60.0) as ahead, pytest.raises(Cancelled):
            ahead.take(HOST, port_of(full), cancel)
        assert CLOCK.monotonic() - began < 2
