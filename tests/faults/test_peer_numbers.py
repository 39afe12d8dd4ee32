"""Numbers that a peer names: none of them keeps a thread of ours busy, or fills the memory."""

from __future__ import annotations

import struct
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

import paramiko
import pytest

from ferrygate.common.cancel import CancelToken
from ferrygate.common.clock import SystemClock
from ferrygate.common.errors import FerrygateError
from ferrygate.common.secret import Secret
from ferrygate.common.threads import SystemThreads
from ferrygate.ssh.answers import AuthOutcome
from ferrygate.ssh.connection import Connection, connect
from ferrygate.ssh.deadlines import Deadlines
from ferrygate.ssh.receive_buffer import MAX_PACKET_BYTES
from servers.rigs.server_process import HOST
from support.broken_peers import IDENT, Stranger, offer, packet, raw_peer
from support.scripted_ssh import Script, ext_info, scripted_ssh
from support.sftp_bytes import string

CLOCK = SystemClock()
PATIENT = Deadlines(connect=30.0, handshake=30.0, authentication=30.0)  # so no deadline ends it
IN_TIME = 2.0  # seconds
MANY = 0xFFFF_FFFF
NEGATIVE = b"\xff" + bytes(256)  # a number of 2048 bits below zero
LONG = struct.pack(">I", (1 << 20) - 1) + b"\x7f\xff"  # claims a MiB, brings two bytes


@contextmanager
def in_time() -> Iterator[None]:
    """Check that the handshake is over within two seconds, and the thread that reads with it."""
    before = set(threading.enumerate())
    began = CLOCK.monotonic()
    yield
    assert CLOCK.monotonic() - began < IN_TIME
    left = [each for each in threading.enumerate() if isinstance(each, paramiko.Transport)]
    assert not [each for each in left if each not in before and not each.server_mode]


def connected(port: int) -> Connection:
    return connect(HOST, port, (), CLOCK, PATIENT, CancelToken(SystemThreads()))


# ---------------------------------------------------------------- before the key was accepted


def group(modulus: bytes, generator: bytes = b"\x02") -> bytes:
    return packet(b"\x1f" + string(modulus) + string(generator))


def reply(host_key: bytes, number: bytes, signature: bytes) -> bytes:
    """Make the end of a key exchange: host key, the server's number, signature (RFC 4253 §8)."""
    return packet(b"\x1f" + string(host_key) + number + string(signature))


GROUP_EXCHANGE = b"diffie-hellman-group-exchange-sha256"
GROUP_14 = b"diffie-hellman-group14-sha256"
RSA, ECDSA = b"rsa-sha2-256", b"ecdsa-sha2-nistp256"
TWO = string(b"\x02")
PUBLIC_ECDSA = paramiko.ECDSAKey.generate().asbytes()

HOSTILE = {
    "a negative modulus": offer(GROUP_EXCHANGE) + group(NEGATIVE),
    "an even modulus": offer(GROUP_EXCHANGE) + group(b"\x40" + bytes(255)),
    "a modulus of 8192 bits": offer(GROUP_EXCHANGE) + group(b"\x00" + b"\xff" * 1024),
    "a modulus of 1024 bits": offer(GROUP_EXCHANGE) + group(b"\x00" + b"\xff" * 128),
    "a modulus that claims a MiB": offer(GROUP_EXCHANGE) + packet(b"\x1f" + LONG),
    "a modulus of 60,000 bytes": offer(GROUP_EXCHANGE) + group(b"\x7f" * 60_000),
    "a negative generator": offer(GROUP_EXCHANGE) + group(b"\x7f" * 256, b"\xff\x01"),
    "a generator of 60,000 bytes": offer(GROUP_EXCHANGE) + group(b"\x7f" * 256, b"\x7f" * 60_000),
    "a public number that claims a MiB": offer(GROUP_14) + packet(b"\x1f" + string(b"key") + LONG),
    "a host key with a number that claims a MiB": offer(GROUP_14, RSA)
    + reply(string(b"ssh-rsa") + LONG, TWO, b"signature"),
    "a host key of 60,000 bytes": offer(GROUP_14, RSA)
    + reply(string(b"ssh-rsa") + string(b"\x01\x00\x01") + string(b"\x7f" * 60_000), TWO, b"s"),
    "a signature with a number that claims a MiB": offer(GROUP_14, ECDSA)
    + reply(PUBLIC_ECDSA, TWO, string(ECDSA) + string(LONG)),
    "algorithms without an end": offer(b",".join([b"kex-strict-x"] * 10_000)),
    "a packet of 4 GiB": b"\xff\xff\xff\xfc" + bytes(12),
}


@pytest.mark.parametrize("words", HOSTILE.values(), ids=HOSTILE)
def test_a_number_in_a_key_exchange_costs_nothing(words: bytes) -> None:
    def behave(stranger: Stranger) -> None:
        stranger.say(IDENT + words)
        stranger.fall_silent()

    with raw_peer(behave) as (port, _came), in_time(), pytest.raises(FerrygateError):
        connected(port)


@pytest.mark.parametrize(
    "message",
    [
        ext_info(MANY),
        ext_info(MANY, (b"server-sig-algs", b"ssh-ed25519")),
        ext_info(2, (b"server-sig-algs", b"ssh-ed25519")),
        ext_info(65, *((b"%d" % number, b"x" * 8) for number in range(65))),
        ext_info(1) + struct.pack(">I", 1 << 20) + bytes(4),
    ],
    ids=["2^32", "2^32 and one", "two claimed, one there", "65", "a name of a MiB"],
)
def test_extensions_that_claim_more_than_there_is_end_the_connection(message: bytes) -> None:
    script = Script()
    script.behind_newkeys = [message]
    with scripted_ssh(script) as port, in_time():
        try:
            connection = connected(port)
        except FerrygateError:
            return
        with closing(connection):
            assert connection.auth_none("v").outcome is AuthOutcome.UNKNOWN
            assert not connection.alive


# ---------------------------------------------------------------- extensions where they may stand


def extensions(connection: Connection) -> dict[str, bytes]:
    connection.auth_none("v")  # its answer comes behind what was said before
    return connection._transport.server_extensions


HONEST = ext_info(1, (b"server-sig-algs", b"rsa-sha2-512"))
OTHER = ext_info(1, (b"server-sig-algs", b"ssh-rsa"))


def test_extensions_right_behind_the_keys_are_taken() -> None:
    script = Script()
    script.behind_newkeys = [HONEST]
    with scripted_ssh(script) as port, closing(connected(port)) as connection:
        assert extensions(connection) == {"server-sig-algs": b"rsa-sha2-512"}


def test_extensions_later_than_that_are_not() -> None:
    script = Script()
    script.behind_newkeys = [HONEST, OTHER]
    with scripted_ssh(script) as port, closing(connected(port)) as connection:
        assert extensions(connection) == {"server-sig-algs": b"rsa-sha2-512"}


def test_extensions_right_before_the_sign_in_is_accepted_replace_them() -> None:
    script = Script()
    script.behind_newkeys, script.before_success = [HONEST], [OTHER]
    with scripted_ssh(script) as port, closing(connected(port)) as connection:
        connection.trust()
        assert connection.auth_password("v", Secret("x")).outcome is AuthOutcome.ACCEPTED
        assert connection._transport.server_extensions == {"server-sig-algs": b"ssh-rsa"}


def test_extensions_with_something_behind_them_do_not() -> None:
    script = Script()
    script.behind_newkeys, script.before_success = [HONEST], [OTHER, b"\x02" + string(b"ignored")]
    with scripted_ssh(script) as port, closing(connected(port)) as connection:
        connection.trust()
        assert connection.auth_password("v", Secret("x")).outcome is AuthOutcome.ACCEPTED
        assert connection._transport.server_extensions == {"server-sig-algs": b"rsa-sha2-512"}


# ---------------------------------------------------------------- packets, and keys anew


def test_a_packet_under_any_cipher_has_a_bound() -> None:
    script = Script()
    script.ciphers, script.digests = ("aes128-ctr",), ("hmac-sha2-256-etm@openssh.com",)
    with scripted_ssh(script) as port, in_time(), closing(connected(port)) as connection:
        connection.trust()
        connection.auth_none("v")
        script.transports[0].sock.sendall(struct.pack(">I", MAX_PACKET_BYTES + 32) + bytes(12))
        connection.send_keepalive()
        assert not connection.alive


def test_the_host_key_stays_the_same_when_keys_are_exchanged_anew() -> None:
    script = Script()
    with scripted_ssh(script) as port, in_time(), closing(connected(port)) as connection:
        connection.trust()
        assert connection.auth_password("v", Secret("x")).outcome is AuthOutcome.ACCEPTED
        first = connection.host_key
        script.transports[0].renegotiate_keys()
        assert connection.alive
        assert connection.host_key == first
        script.transports[0].server_key_dict[first.key_type] = paramiko.ECDSAKey.generate()
        with pytest.raises((paramiko.SSHException, EOFError)):
            script.transports[0].renegotiate_keys()
        assert not connection.alive
