"""A sending thread does not wait for long, however slow the line and whatever the peer does."""

from __future__ import annotations

import socket
import threading

import paramiko
import pytest
from paramiko import SSHException

from ferrygate.ssh.monitored_socket import MonitoredSocket
from ferrygate.ssh.packetizer import Packetizer
from support.fake_clock import ManualClock
from support.ssh_packets import (
    DATA,
    EVERY_SUITE,
    GCM_128,
    GLOBAL_REQUEST,
    Outgoing,
    Pair,
    Suite,
    message,
    pair,
    stream,
)

BLOCK = memoryview(bytes(100_000))


def fill(ends: Pair) -> int:
    """Send data until the peer, who does not read, takes no more; how many blocks it was."""
    blocks = 0
    while ends.ours.send_data(7, BLOCK, 32_768):
        blocks += 1
    assert not ends.ours.sends_at_once
    return blocks


def read(ends: Pair, blocks: int) -> None:
    """Have the peer read so many blocks after all."""
    size = 0
    while size < blocks * len(BLOCK):
        kind, came = ends.theirs.read_message()
        assert (kind, came.get_int()) == (DATA, 7)
        size += len(came.get_binary())


def send_for_ever(ends: Pair, answer: paramiko.Message) -> None:
    while True:
        ends.ours.send_message(answer)


def reading(ends: Pair) -> threading.Thread:
    """Run the transport's thread, until a global request comes."""
    thread = threading.Thread(target=ends.ours.read_message)
    thread.start()
    return thread


@EVERY_SUITE
def test_a_peer_that_does_not_read_holds_nobody_up(suite: Suite) -> None:
    with pair(suite) as ends:
        waiting = ends.ours.router.streams[3] = stream(Outgoing())
        blocks = fill(ends)
        ends.ours.send_message(message(GLOBAL_REQUEST, b"in its turn"))
        thread = reading(ends)
        with pytest.raises(TimeoutError):
            waiting.recv(0.3)  # nothing to wake it yet
        read(ends, blocks)
        assert ends.theirs.read_message()[1].get_binary() == b"in its turn"
        with pytest.raises(TimeoutError):
            waiting.recv(30)  # woken: it may go on
        assert ends.ours.sends_at_once
        assert ends.ours.send_data(7, memoryview(b"x"), 1)
        ends.theirs.send_message(message(GLOBAL_REQUEST))
        thread.join()


@EVERY_SUITE
def test_what_comes_is_read_while_nothing_can_be_sent(suite: Suite) -> None:
    with pair(suite) as ends:
        receiving = ends.ours.router.streams[3] = stream(Outgoing())
        fill(ends)
        thread = reading(ends)
        for _ in range(20):
            ends.theirs.send_message(message(DATA, 3, bytes(10_000)))
        ends.theirs.send_message(message(GLOBAL_REQUEST))
        thread.join()
        assert receiving.recv(30) == bytes(200_000)


@EVERY_SUITE
def test_a_peer_that_asks_and_does_not_read_is_not_answered_for_ever(suite: Suite) -> None:
    with pair(suite) as ends:
        fill(ends)
        answer = message(GLOBAL_REQUEST, bytes(30_000))
        for _ in range(20):
            ends.ours.send_message(answer)
        with pytest.raises(SSHException, match="does not read"):
            send_for_ever(ends, answer)


@EVERY_SUITE
def test_closed_while_the_peer_does_not_read(suite: Suite) -> None:
    with pair(suite) as ends:
        fill(ends)
        ends.ours.close()
        with pytest.raises(EOFError):
            ends.ours.send_data(7, BLOCK, 32_768)
        with pytest.raises(EOFError):
            ends.ours.send_message(message(GLOBAL_REQUEST))


class SlowSocket(MonitoredSocket):
    """Takes a kilobyte at a time, at so many bytes a second, and brings nothing."""

    def __init__(self, rate: float) -> None:
        with socket.socket() as unused:
            super().__init__(unused, ManualClock(), first=0)
        self.time = ManualClock()
        self.clock = self.time
        self.rate = rate

    def send(self, data: bytes | memoryview) -> int:
        taken = min(len(data), 1024)
        self.time.time += taken / self.rate
        return taken

    def recv_into(self, buffer: memoryview) -> int:  # noqa: ARG002  the socket's
        raise TimeoutError

    writable = True


class HesitantSocket(SlowSocket):
    """Takes nothing, every other time, although it said that it would."""

    hesitates = True

    def send(self, data: bytes | memoryview) -> int:
        self.hesitates = not self.hesitates
        if self.hesitates:
            raise TimeoutError
        return super().send(data)


def test_a_socket_that_takes_nothing_when_kept_bytes_are_sent_is_asked_again() -> None:
    hesitant = HesitantSocket(1e6)
    ours = Packetizer(hesitant)
    GCM_128.encrypts(ours)
    assert ours.send_data(7, memoryview(bytes(3000)), 32_768)
    assert not ours.sends_at_once
    for _time in range(10):
        ours._resume_sending()
    assert ours.sends_at_once


@pytest.mark.parametrize(
    ("rate", "burst"), [(1e8, 262_144), (1e7, 262_144), (2e6, 65_536), (1e5, 32_768)]
)
def test_a_burst_never_holds_others_up_for_long(rate: float, burst: int) -> None:
    slow = SlowSocket(rate)
    ours = Packetizer(slow)
    GCM_128.encrypts(ours)

    def send(data: bytes) -> None:
        began = slow.time.time
        assert ours.send_data(7, memoryview(data), 32_768)
        assert slow.time.time - began < 0.15
        while not ours.sends_at_once:
            ours._resume_sending()

    for _ in range(10):
        send(bytes(ours.burst))
    assert ours.burst == burst
    slow.rate = 1e9
    send(b"a request")
    assert ours.burst == burst
    for _ in range(4):
        send(bytes(ours.burst))
    assert ours.burst == 262_144
