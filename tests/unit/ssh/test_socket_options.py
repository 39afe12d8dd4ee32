"""A connection that is dead is noticed, and nothing small waits for something big."""

from __future__ import annotations

import socket

import pytest

from ferrygate.common.cancel import CancelToken
from ferrygate.common.clock import SystemClock
from ferrygate.common.threads import SystemThreads
from ferrygate.ssh.dial import dial


@pytest.mark.parametrize(
    ("level", "name", "value"),
    [
        (socket.SOL_SOCKET, "SO_KEEPALIVE", 1),
        (socket.IPPROTO_TCP, "TCP_NODELAY", 1),
        (socket.IPPROTO_TCP, "TCP_KEEPIDLE", 30),
        (socket.IPPROTO_TCP, "TCP_KEEPINTVL", 10),
        (socket.IPPROTO_TCP, "TCP_KEEPCNT", 3),
        (socket.IPPROTO_TCP, "TCP_USER_TIMEOUT", 30_000),
        (socket.IPPROTO_TCP, "TCP_NOTSENT_LOWAT", 262_144),
    ],
)
def test_a_connection_is_tuned(level: int, name: str, value: int) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with dial("127.0.0.1", port, 5, SystemClock(), CancelToken(SystemThreads())) as dialled:
            assert dialled.getsockopt(level, getattr(socket, name)) == value
