"""Peers that break SSH at a chosen stage: they fall silent, hang up, or never stop talking."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from enum import Enum
from typing import Any

import asyncssh

from servers.rigs.asyncssh_thread import serving
from servers.rigs.server_process import HOST

IDENT = b"SSH-2.0-Broken_1.0\r\n"


class Stranger:
    """Offers a peer's behaviour what it may do with its one connection.

    Attributes:
        sent: bytes that were said so far.
        heard: all that came so far.
    """

    def __init__(self, sock: socket.socket, over: threading.Event) -> None:
        self._sock = sock
        self._over = over
        self.sent = 0
        self.heard = bytearray()

    def say(self, data: bytes) -> bool:
        """Send; false once the other side has gone."""
        try:
            self._sock.sendall(data)
        except OSError:
            return False
        self.sent += len(data)
        return True

    def hear(self) -> bool:
        """Wait for a few bytes; false once the other side has gone."""
        try:
            data = self._sock.recv(4096)
        except OSError:
            return False
        self.heard += data
        return bool(data)

    def fall_silent(self) -> None:
        """Take nothing and say nothing until the other side has gone."""
        while self.hear():
            pass

    def wait(self, seconds: float) -> bool:
        """Let time pass; false once the test is over."""
        return not self._over.wait(seconds)

    def repeat(self, data: bytes, seconds: float = 0.0) -> None:
        """Say the same for ever, so many seconds apart."""
        while self.say(data) and not self._over.wait(seconds):
            pass


Behaviour = Callable[[Stranger], None]


@contextmanager
def raw_peer(behave: Behaviour) -> Iterator[tuple[int, list[Stranger]]]:
    """Open a port whose connections ``behave`` handles; give it, and the connections made."""
    over, came, threads = threading.Event(), list[Stranger](), list[threading.Thread]()

    def serve(taken: socket.socket) -> None:
        with taken:
            came.append(Stranger(taken, over))
            behave(came[-1])

    def accept() -> None:
        with suppress(OSError):  # the listener was shut
            while True:
                taken, _address = listener.accept()
                threads.append(threading.Thread(target=serve, args=(taken,), name="stranger"))
                threads[-1].start()

    with socket.create_server((HOST, 0)) as listener:
        accepting = threading.Thread(target=accept, name="strangers")
        accepting.start()
        try:
            yield listener.getsockname()[1], came
        finally:
            over.set()
            listener.shutdown(socket.SHUT_RDWR)
            accepting.join()
            for thread in threads:
                thread.join()


def packet(payload: bytes) -> bytes:
    """Make a message in clear, as before keys were exchanged (RFC 4253 §6)."""
    padding = 8 - (len(payload) + 5) % 8 + 8
    return struct.pack(">IB", len(payload) + padding + 1, padding) + payload + bytes(padding)


def kexinit(*name_lists: bytes) -> bytes:
    """Make a packet with the server's choices (RFC 4253 §7.1)."""
    lists = b"".join(struct.pack(">I", len(names)) + names for names in name_lists)
    return packet(b"\x14" + bytes(16) + lists + bytes(5))


def offer(
    key_exchange: bytes = b"curve25519-sha256@libssh.org",
    host_key: bytes = b"ssh-ed25519",
    cipher: bytes = b"aes128-gcm@openssh.com",
    mac: bytes = b"hmac-sha2-256",
) -> bytes:
    """Make the KEXINIT of a server that offers these, and no compression."""
    both_ways = (cipher, cipher, mac, mac, b"none", b"none", b"", b"")
    return kexinit(key_exchange, host_key, *both_ways)


GOOD_KEXINIT = offer()


class BreakPoint(Enum):
    """Names how far a server gets that keys can be exchanged with."""

    METHODS = "methods"
    PASSWORD = "password"
    CHANNEL = "channel"
    SUBSYSTEM = "subsystem"
    VERSION = "version"
    REQUEST = "request"


class Failing:
    """Holds where a server breaks, and how.

    Attributes:
        stage: where.
        hangs_up: it ends the connection there; otherwise it freezes.
        passwords: how many it was sent.
    """

    def __init__(self, stage: BreakPoint, *, hangs_up: bool) -> None:
        self.stage = stage
        self.hangs_up = hangs_up
        self.passwords = 0
        self.thaw = threading.Event()

    def reached(self, stage: BreakPoint, connection: asyncssh.SSHServerConnection) -> None:
        """Break, if this is the stage."""
        if stage is not self.stage:
            return
        if self.hangs_up:
            connection.abort()
        else:
            self.thaw.wait()  # the whole event loop stands still, as a frozen process does


class _FailingServer(asyncssh.SSHServer):
    def __init__(self, failing: Failing) -> None:
        self._failing = failing

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._connection = conn

    def begin_auth(self, username: str) -> bool:  # noqa: ARG002  the protocol's
        self._failing.reached(BreakPoint.METHODS, self._connection)
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:  # noqa: ARG002  the protocol's
        self._failing.passwords += 1
        self._failing.reached(BreakPoint.PASSWORD, self._connection)
        return True

    def session_requested(self) -> Any:
        self._failing.reached(BreakPoint.CHANNEL, self._connection)
        return _FailingSession(self._failing, self._connection)


class _FailingSession(asyncssh.SSHServerSession[bytes]):
    """Speak SFTP as far as VERSION; then answer nothing."""

    def __init__(self, failing: Failing, connection: asyncssh.SSHServerConnection) -> None:
        self._failing = failing
        self._connection = connection
        self._introduced = False

    def connection_made(self, chan: Any) -> None:
        self._channel = chan

    def subsystem_requested(self, subsystem: str) -> bool:  # noqa: ARG002  the protocol's
        self._failing.reached(BreakPoint.SUBSYSTEM, self._connection)
        return True

    def data_received(self, data: bytes, datatype: Any) -> None:  # noqa: ARG002  the protocol's
        self._failing.reached(
            BreakPoint.REQUEST if self._introduced else BreakPoint.VERSION, self._connection
        )
        if not self._introduced:
            self._introduced = True
            self._channel.write(bytes.fromhex("00000005 02 00000003"))


@contextmanager
def failing_server(failing: Failing) -> Iterator[int]:
    """Run a server that takes any password, until it breaks; give its port."""
    with serving(lambda: _FailingServer(failing), encoding=None) as port:
        try:
            yield port
        finally:
            failing.thaw.set()
