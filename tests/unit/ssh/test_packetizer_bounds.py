"""Lengths that no packet has, and keys that change while others send."""

from __future__ import annotations

import struct
import threading

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR
from paramiko import SSHException

from ferrygate.ssh.receive_buffer import MAX_PACKET_BYTES
from support.ssh_packets import CTR_ETM, CTR_MAC, EVERY_SUITE, GLOBAL_REQUEST, Suite, message, pair

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
