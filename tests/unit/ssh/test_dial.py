"""Finding a host's addresses, which no deadline of the system's ends."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from ferrygate.common.cancel import CancelToken
from ferrygate.common.clock import SystemClock
from ferrygate.common.errors import Cancelled, CannotReachError
from ferrygate.common.threads import SystemThreads
from ferrygate.ssh.dial import Addresses, dial
from support.fake_clock import ManualClock


class HungResolver:
    """Hangs until it is let go; remembers on which threads it was asked."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.go = threading.Event()
        self.threads: list[threading.Thread] = []

    def __call__(self, _host: str, _port: int) -> Addresses:
        self.threads.append(threading.current_thread())
        self.asked.set()
        self.go.wait()
        return []


@pytest.fixture
def hung() -> Iterator[HungResolver]:
    resolver = HungResolver()
    yield resolver
    resolver.go.set()
    for thread in resolver.threads:
        thread.join()


def test_a_resolver_that_hangs_is_given_up_in_time(hung: HungResolver) -> None:
    clock = ManualClock()
    began = clock.monotonic()
    with pytest.raises(CannotReachError, match="could not be found in time") as caught:
        dial("sftp.example.org", 22, 10.0, clock, CancelToken(SystemThreads()), hung)
    assert caught.value.problem.next_step
    assert caught.value.problem.detail == "sftp.example.org:22: name not resolved (timed out)"
    assert clock.monotonic() - began == pytest.approx(10.0, abs=0.2)
    assert not hung.go.is_set(), "it still hangs"


def test_a_resolver_that_hangs_holds_up_no_end_of_the_program(hung: HungResolver) -> None:
    with pytest.raises(CannotReachError):
        dial("sftp.example.org", 22, 10.0, ManualClock(), CancelToken(SystemThreads()), hung)
    hung.asked.wait()
    assert [thread.daemon for thread in hung.threads] == [True]


def test_the_wait_for_a_resolver_is_cancelled(hung: HungResolver) -> None:
    cancel = CancelToken(SystemThreads())

    def cancel_under_way() -> None:
        hung.asked.wait()
        cancel.cancel()

    person = threading.Thread(target=cancel_under_way)
    person.start()
    with pytest.raises(Cancelled):
        dial("sftp.example.org", 22, 3600.0, SystemClock(), cancel, hung)
    person.join()


@pytest.mark.parametrize("error", [socket.gaierror(-2, "unknown"), UnicodeError("label too long")])
def test_a_name_that_stands_for_nothing(error: Exception) -> None:
    def refuse(_host: str, _port: int) -> Addresses:
        raise error

    with pytest.raises(CannotReachError, match=r"no server called sftp\.example\.org"):
        dial("sftp.example.org", 22, 10.0, SystemClock(), CancelToken(SystemThreads()), refuse)


def test_the_address_that_was_found_is_the_one_dialled() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()
        found = [(socket.AF_INET, socket.SOCK_STREAM, 0, "", address)]
        with dial(
            "sftp.example.org",
            22,
            10.0,
            SystemClock(),
            CancelToken(SystemThreads()),
            lambda *_: found,
        ):
            server.accept()[0].close()
