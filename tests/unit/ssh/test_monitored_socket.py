"""The socket of a line that was lost: it is kept, and reset once there is a line again."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator

import pytest

from ferrygate.ssh.monitored_socket import MonitoredSocket
from support.fake_clock import ManualClock

SENT = 64 << 20  # bytes; more than the system takes for a peer that does not read


@pytest.fixture
def ends() -> Iterator[tuple[MonitoredSocket, socket.socket]]:
    """Our end of a connection over TCP, and the server's."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        ours = socket.create_connection(listener.getsockname())
        theirs, _address = listener.accept()
    theirs.settimeout(10)
    with ours, theirs:
        yield MonitoredSocket(ours, ManualClock(), first=1 << 10), theirs


def all_that_comes(theirs: socket.socket) -> int:
    """Count the bytes that come until the stream ends in order."""
    count = 0
    while data := theirs.recv(1 << 20):
        count += len(data)
    return count


def fill(ours: MonitoredSocket) -> None:
    """Send until nothing more is taken."""
    ours.settimeout(0.1)
    with contextlib.suppress(TimeoutError):
        for _burst in range(SENT >> 20):
            ours.send(bytes(1 << 20))


def test_the_peer_of_a_kept_line_is_told_as_soon_as_it_is_reset(
    ends: tuple[MonitoredSocket, socket.socket],
) -> None:
    ours, theirs = ends
    fill(ours)
    ours.keep()
    ours.hang_up()
    ours.close()
    ours.reset()
    with pytest.raises(ConnectionResetError):  # and not the end of all that was to be sent
        all_that_comes(theirs)


def test_a_line_that_is_not_kept_is_sent_to_its_end(
    ends: tuple[MonitoredSocket, socket.socket],
) -> None:
    ours, theirs = ends
    fill(ours)
    ours.hang_up()
    ours.close()
    ours.reset()
    assert all_that_comes(theirs) > 0


def test_the_system_does_not_give_a_kept_line_up(
    ends: tuple[MonitoredSocket, socket.socket],
) -> None:
    ours, _theirs = ends
    ours.keep()
    assert ours._kept is not None
    assert not ours._kept.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
    assert not ours._kept.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
    ours.reset()


def test_a_line_that_has_ended_has_nothing_to_keep(
    ends: tuple[MonitoredSocket, socket.socket],
) -> None:
    ours, _theirs = ends
    ours.close()
    ours.keep()
    ours.reset()
