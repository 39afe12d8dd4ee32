from __future__ import annotations

import socket

import pytest

from ferrygate.common.cancel import CancelToken
from ferrygate.common.clock import SystemClock
from ferrygate.common.errors import CannotReachError
from ferrygate.common.threads import SystemThreads
from ferrygate.ssh.algorithms import Offer, agreed
from ferrygate.ssh.connect_steps import (
    AddressFailed,
    AlgorithmsAgreed,
    ConnectStep,
    NameResolved,
    TcpConnected,
)
from ferrygate.ssh.dial import Addresses, dial
from ferrygate.ssh.preconnect import Preconnect
from support.fake_clock import ManualClock

OURS = Offer(
    ("mlkem768x25519-sha256", "curve25519-sha256"),
    ("ssh-ed25519", "rsa-sha2-512"),
    ("aes128-gcm@openssh.com", "aes128-ctr"),
    ("hmac-sha2-256-etm@openssh.com", "hmac-sha2-256"),
    ("none",),
)


@pytest.mark.parametrize(
    ("name", "is_safe"),
    [
        ("mlkem768x25519-sha256", True),
        ("mlkem1024nistp384-sha384", True),
        ("sntrup761x25519-sha512@openssh.com", True),
        ("ecdh-nistp384-kyber-768r3-sha384-d00@openquantumsafe.org", True),
        ("curve25519-sha256", False),
        ("diffie-hellman-group16-sha512", False),
    ],
)
def test_a_key_exchange_is_post_quantum_by_its_name(name: str, *, is_safe: bool) -> None:
    assert AlgorithmsAgreed(name, "", "").is_post_quantum is is_safe


def test_the_first_of_ours_that_they_have_is_agreed_on() -> None:
    theirs = Offer(
        ("curve25519-sha256", "mlkem768x25519-sha256"),
        ("rsa-sha2-512",),
        ("aes128-ctr", "aes256-ctr"),
        ("hmac-sha2-256",),
        ("none",),
    )
    agreement = AlgorithmsAgreed(
        "mlkem768x25519-sha256", "rsa-sha2-512", "aes128-ctr", "hmac-sha2-256"
    )
    assert agreed(OURS, theirs) == agreement
    assert agreed(OURS, OURS).mac == ""


def closed_port() -> tuple[str, int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        host, port = server.getsockname()
        return str(host), int(port)


def test_dialling_tells_the_addresses_and_which_of_them_answered() -> None:
    steps: list[ConnectStep] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        found: Addresses = [
            (socket.AF_INET, socket.SOCK_STREAM, 0, "", address)
            for address in (("127.0.0.2", closed_port()[1]), ("127.0.0.1", port))
        ]
        clock, cancel = SystemClock(), CancelToken(SystemThreads())
        with dial("there", port, 10.0, clock, cancel, lambda *_: found, report=steps.append):
            server.accept()[0].close()
    resolved, failed, connected = steps
    assert isinstance(resolved, NameResolved)
    assert (resolved.host, resolved.addresses) == ("there", ("127.0.0.2", "127.0.0.1"))
    assert isinstance(failed, AddressFailed)
    assert (failed.address, failed.port, failed.is_refused) == ("127.0.0.2", port, True)
    assert isinstance(connected, TcpConnected)
    assert (connected.address, connected.port) == ("127.0.0.1", port)


def test_where_nothing_answers_the_name_was_found_and_each_address_failed() -> None:
    host, port = closed_port()
    steps: list[ConnectStep] = []
    with pytest.raises(CannotReachError):
        dial(host, port, 10.0, SystemClock(), CancelToken(SystemThreads()), report=steps.append)
    assert [type(step) for step in steps] == [NameResolved, AddressFailed]


def test_no_address_is_tried_once_the_time_for_all_is_over() -> None:
    steps: list[ConnectStep] = []
    clock = ManualClock()  # which the wait for the name moves as well, however short it is

    def resolve(_host: str, _port: int) -> Addresses:
        clock.time += 3
        return [(socket.AF_INET, socket.SOCK_STREAM, 0, "", closed_port())]

    cancel = CancelToken(SystemThreads())
    with pytest.raises(CannotReachError, match="does not answer"):
        dial("there", 22, 1e9, clock, cancel, resolve, total_seconds=2.0, report=steps.append)
    assert [type(step) for step in steps] == [NameResolved]


def test_a_connection_that_was_dialled_ahead_tells_its_steps_when_it_is_taken() -> None:
    steps: list[ConnectStep] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        preconnect = Preconnect("127.0.0.1", port, 10.0, SystemClock())
        taken = preconnect.take("127.0.0.1", port, CancelToken(SystemThreads()), steps.append)
        assert taken is not None
        taken.close()
        preconnect.close()
        server.accept()[0].close()
    assert [type(step) for step in steps] == [NameResolved, TcpConnected]
