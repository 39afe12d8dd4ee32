"""The exchange of keys on a fresh connection, and what is left of one that fails."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from ferrygate.common.cancel import CancelToken
from ferrygate.common.clock import SystemClock
from ferrygate.common.errors import Cancelled
from ferrygate.common.threads import SystemThreads
from ferrygate.sites.known_hosts import HostKey
from ferrygate.ssh.connect_steps import ConnectStep, FirstLineRead, OtherProtocolRead
from ferrygate.ssh.deadlines import Deadlines
from ferrygate.ssh.handshake import Handshake, known_first
from ferrygate.ssh.monitored_socket import MonitoredSocket
from ferrygate.ssh.other_protocols import Protocol
from ferrygate.ssh.ssh_errors import SSH_ERRORS

SHORT = Deadlines(connect=0.3, handshake=0.3, authentication=0.3, verdict=0.3, channel=0.3)
OFFERED = ("ssh-ed25519", "ecdsa-sha2-nistp256", "rsa-sha2-512", "rsa-sha2-256")


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Our end of a connection, and the server's."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


@pytest.fixture
def handshake(pair: tuple[socket.socket, socket.socket]) -> Handshake:
    return Handshake(MonitoredSocket(pair[0], SystemClock(), first=1 << 16), SHORT)


@pytest.mark.parametrize(
    ("known", "first"),
    [
        ((), OFFERED),
        (("rsa",), ("ssh-ed25519", *OFFERED[1:])),
        (("ssh-rsa",), ("rsa-sha2-512", "rsa-sha2-256", "ssh-ed25519", "ecdsa-sha2-nistp256")),
        (("ecdsa-sha2-nistp256",), ("ecdsa-sha2-nistp256", "ssh-ed25519", *OFFERED[2:])),
    ],
)
def test_types_of_keys_on_record_come_first(known: tuple[str, ...], first: tuple[str, ...]) -> None:
    assert known_first(OFFERED, tuple(HostKey(key_type, b"") for key_type in known)) == first


def test_a_server_that_ends_after_its_line_is_described(
    handshake: Handshake, pair: tuple[socket.socket, socket.socket]
) -> None:
    steps: list[ConnectStep] = []
    pair[1].sendall(b"SSH-2.0-Odd_1.0\r\n")
    pair[1].shutdown(socket.SHUT_WR)
    with pytest.raises(SSH_ERRORS) as caught:
        handshake.exchange_keys("acme.example:22", (), CancelToken(SystemThreads()))
    heard = handshake.abandon(caught.value, steps.append)
    assert heard.first == b"SSH-2.0-Odd_1.0\r\n"
    assert heard.has_ended
    assert not heard.is_late
    assert steps == [FirstLineRead("SSH-2.0-Odd_1.0")]


def test_a_server_that_says_nothing_is_late_and_hung_up_on(
    handshake: Handshake, pair: tuple[socket.socket, socket.socket]
) -> None:
    with pytest.raises(TimeoutError) as caught:
        handshake.exchange_keys("acme.example:22", (), CancelToken(SystemThreads()))
    steps: list[ConnectStep] = []
    heard = handshake.abandon(caught.value, steps.append)
    assert (heard.first, heard.is_late, heard.is_slow, steps) == (b"", True, False, [])
    while pair[1].recv(4096):  # our own line and offer, then the end
        pass


def test_a_server_that_hangs_up_without_a_word_is_told(
    handshake: Handshake, pair: tuple[socket.socket, socket.socket]
) -> None:
    pair[1].shutdown(socket.SHUT_WR)
    with pytest.raises(SSH_ERRORS) as caught:
        handshake.exchange_keys("acme.example:22", (), CancelToken(SystemThreads()))
    steps: list[ConnectStep] = []
    assert handshake.abandon(caught.value, steps.append).has_ended
    assert steps == [OtherProtocolRead(None, "")]


def test_another_protocol_is_not_waited_for(
    pair: tuple[socket.socket, socket.socket],
) -> None:
    handshake = Handshake(MonitoredSocket(pair[0], SystemClock(), first=1 << 16), Deadlines())
    steps: list[ConnectStep] = []
    pair[1].sendall(b"220 mx1.example.org ESMTP Postfix\r\n")
    with pytest.raises(SSH_ERRORS) as caught:
        handshake.exchange_keys("acme.example:22", (), CancelToken(SystemThreads()))
    assert not handshake.abandon(caught.value, steps.append).is_late
    assert steps == [OtherProtocolRead(Protocol.MAIL, "220 mx1.example.org ESMTP Postfix")]


def test_bytes_that_are_no_text_are_told_as_bytes(
    handshake: Handshake, pair: tuple[socket.socket, socket.socket]
) -> None:
    steps: list[ConnectStep] = []
    pair[1].sendall(b"\x15\x03\x01\x00\x02\x02\x0a")
    with pytest.raises(SSH_ERRORS) as caught:
        handshake.exchange_keys("acme.example:22", (), CancelToken(SystemThreads()))
    handshake.abandon(caught.value, steps.append)
    assert steps == [OtherProtocolRead(Protocol.TLS, repr(b"\x15\x03\x01\x00\x02\x02\x0a"))]


def test_a_cancelled_exchange_ends_at_once(handshake: Handshake) -> None:
    cancel = CancelToken(SystemThreads())
    cancel.cancel()
    with pytest.raises(Cancelled) as caught:
        handshake.exchange_keys("acme.example:22", (), cancel)
    handshake.abandon(caught.value, lambda _step: None)
