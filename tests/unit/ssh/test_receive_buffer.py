"""Bytes of a socket, received in big pieces and taken in small ones."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from ferrygate.common.clock import SystemClock
from ferrygate.ssh.monitored_socket import MonitoredSocket
from ferrygate.ssh.receive_buffer import ReceiveBuffer


@pytest.fixture
def ends() -> Iterator[tuple[ReceiveBuffer, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.settimeout(0.1)
        sock = MonitoredSocket(ours, SystemClock(), first=1 << 30)
        yield ReceiveBuffer(sock), theirs


def test_bytes_come_in_any_pieces(ends: tuple[ReceiveBuffer, socket.socket]) -> None:
    held, theirs = ends
    theirs.sendall(b"hello you")
    assert [held.recv(5), held.recv(1), held.recv(99)] == [b"hello", b" ", b"you"]
    with pytest.raises(TimeoutError):
        held.recv(1)
    theirs.close()
    assert held.recv(1) == b""
