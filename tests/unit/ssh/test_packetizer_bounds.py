"""Lengths that no packet has, and keys that change while others send."""

from __future__ import annotations

import struct
import threading
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR
from paramiko import SSHException

from ferrygate.ssh.receive_buffer import MAX_PACKET_BYTES
from support.ssh_packets import (
    CTR_ETM,
    CTR_MAC,
    DATA,
    EVERY_SUITE,
    GCM_128,
    GLOBAL_REQUEST,
    SUITES,
    Pair,
    Suite,
    message,
    pair,
)

LENGTHS = pytest.mark.parametrize("length", [MAX_PACKET_BYTES + 28, 0x4000_000C, 0xFFFF_FFFC])


@LENGTHS
@pytest.mark.parametrize("suite", [CTR_ETM, CTR_MAC, None], ids=["etm", "mac", "clear"])
def test_a_packet_that_is_too_long_is_refused_before_it_is_read(
    suite: Suite | None, length: int
) -> None:
    with pair(suite) as ends:
        block = struct.pack(">I", length) + bytes(12)
        if suite is CTR_MAC:  # the length is encrypted
            key, iv, _options = suite._options(b"<")
            block = Cipher(AES(key), CTR(iv)).encryptor().update(block)
        ends.their_socket.sendall(block)
        with pytest.raises(SSHException, match=r"packet of \d+ bytes"):
            ends.ours.read_message()


@EVERY_SUITE
def test_keys_do_not_change_while_a_message_leaves(suite: Suite) -> None:
    with pair(suite) as ends:
        lock = ends.ours._Packetizer__write_lock  # type: ignore[attr-defined]  # held by who sends
        lock.acquire()
        switched = threading.Thread(target=suite.encrypts, args=(ends.ours, b"new"))
        switched.start()
        sealer = ends.ours._sealer
        switched.join(0.05)
        assert ends.ours._sealer is sealer
        assert switched.is_alive()
        lock.release()
        switched.join()
        suite.decrypts(ends.theirs, b"new")
        ends.ours.send_message(message(GLOBAL_REQUEST))
        assert ends.theirs.read_message()[0] == GLOBAL_REQUEST


def run_in_turn(ends: Pair, *works: Callable[[], None]) -> None:
    """Run each on a thread of its own; all wait for the write lock, in their order."""
    lock, pause = ends.ours._Packetizer__write_lock, threading.Event()  # type: ignore[attr-defined]  # as above
    threads = [threading.Thread(target=work) for work in works]
    with lock:
        for count, thread in enumerate(threads, start=1):
            thread.start()
            while len(lock._waiting) < count:
                pause.wait(0.001)
    for thread in threads:
        thread.join()


def send_a_message(ends: Pair) -> None:
    ends.ours.send_message(message(GLOBAL_REQUEST, b"first"))


def send_data(ends: Pair, data: bytes = b"first", max_data: int = 32_768) -> None:
    assert ends.ours.send_data(7, memoryview(data), max_data)


@pytest.mark.parametrize("send", [send_a_message, send_data])
@pytest.mark.parametrize("after", SUITES, ids=lambda suite: suite.name)
@pytest.mark.parametrize("before", [None, GCM_128, CTR_ETM], ids=["clear", "gcm", "ctr"])
def test_a_message_that_waits_for_new_keys_leaves_under_them_alone(
    before: Suite | None, after: Suite, send: Callable[[Pair], None]
) -> None:
    """One that left by the library would have the number (nonce) of the next one of ours."""
    with pair(before) as ends:
        run_in_turn(ends, lambda: after.encrypts(ends.ours, b"new"), lambda: send(ends))
        after.decrypts(ends.theirs, b"new")
        ends.ours.send_message(message(GLOBAL_REQUEST, b"second"))
        kind, came = ends.theirs.read_message()
        if kind == DATA:
            assert came.get_int() == 7
        assert came.get_binary() == b"first"
        assert ends.theirs.read_message()[1].get_binary() == b"second"


@pytest.mark.parametrize("after", SUITES, ids=lambda suite: suite.name)
@pytest.mark.parametrize("before", [None, GCM_128, CTR_ETM], ids=["clear", "gcm", "ctr"])
def test_all_packets_of_a_burst_leave_before_the_keys_change(
    before: Suite | None, after: Suite
) -> None:
    with pair(before) as ends:
        run_in_turn(
            ends,
            lambda: send_data(ends, b"xyz", 1),
            lambda: after.encrypts(ends.ours, b"new"),
        )
        assert [ends.theirs.read_message()[0] for _ in "xyz"] == [DATA] * 3
        after.decrypts(ends.theirs, b"new")
        ends.ours.send_message(message(GLOBAL_REQUEST, b"second"))
        assert ends.theirs.read_message()[1].get_binary() == b"second"
