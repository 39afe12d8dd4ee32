"""Runs a server of the SSH library's own, which sends what a test wants, and when."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import paramiko
from paramiko.common import AUTH_FAILED, AUTH_SUCCESSFUL, OPEN_SUCCEEDED

from servers.rigs.server_process import HOST
from support.sftp_bytes import string

HOST_KEY = paramiko.ECDSAKey.generate()
EXT_INFO = 7


def ext_info(count: int, *pairs: tuple[bytes, bytes]) -> bytes:
    """Make an EXT_INFO (RFC 8308 §2.3) that claims to hold ``count`` extensions."""
    packed = b"".join(string(name) + string(value) for name, value in pairs)
    return bytes((EXT_INFO,)) + count.to_bytes(4, "big") + packed


class Script(paramiko.ServerInterface):
    """Holds what a server says, and how it answers.

    Attributes:
        behind_newkeys: messages right behind its first NEWKEYS.
        before_success: messages right before it accepts the password.
        password: the one that is right; any where none.
        banner: said when authentication begins.
        ciphers, digests: what it offers; the library's where left empty.
        subsystem: serves the SFTP subsystem, on a thread of its own; refused where none.
        on_password: called before a password is answered.
        on_channel: called before a channel is.
        hold: for a test to wait on.
    """

    def __init__(self) -> None:
        self.behind_newkeys: list[bytes] = []
        self.before_success: list[bytes] = []
        self.password: str | None = None
        self.banner = ""
        self.ciphers: tuple[str, ...] = ()
        self.digests: tuple[str, ...] = ()
        self.subsystem: Callable[[paramiko.Channel], None] | None = None
        self.on_password: Callable[[], object] = lambda: None
        self.on_channel: Callable[[], None] = lambda: None
        self.hold = threading.Event()
        self.host_keys: list[paramiko.PKey] = [HOST_KEY]
        self.transports: list[ScriptedTransport] = []
        self.passwords: list[str] = []
        self.channel_refusal: int = OPEN_SUCCEEDED
        self.threads: list[threading.Thread] = []

    def hang_up(self) -> None:
        """End the connection that came last."""
        self.transports[-1].close()

    def get_banner(self) -> tuple[str, str]:
        return self.banner, "en"

    def get_allowed_auths(self, username: str) -> str:  # noqa: ARG002  the library's
        return "password,publickey"

    def check_auth_password(self, username: str, password: str) -> int:  # noqa: ARG002  the library's
        self.passwords.append(password)
        self.on_password()
        if self.password is not None and password != self.password:
            return AUTH_FAILED
        for message in self.before_success:
            self.transports[-1].say(message)
        return AUTH_SUCCESSFUL

    def check_channel_request(self, kind: str, chanid: int) -> int:  # noqa: ARG002  the library's
        self.on_channel()
        return self.channel_refusal

    def check_channel_subsystem_request(self, channel: paramiko.Channel, name: str) -> bool:  # noqa: ARG002  the library's
        if self.subsystem is None:
            return False
        self.threads.append(threading.Thread(target=self.subsystem, args=(channel,)))
        self.threads[-1].start()
        return True


class ScriptedTransport(paramiko.Transport):
    """Holds one connection of a server."""

    def __init__(self, sock: socket.socket, script: Script) -> None:
        super().__init__(sock, server_sig_algs=False)
        self._script = script
        self._began = False
        options = self.get_security_options()
        options.ciphers = script.ciphers or options.ciphers
        options.digests = script.digests or options.digests

    def say(self, message: bytes) -> None:
        """Send a message, made by hand."""
        packed = paramiko.Message()
        packed.add_bytes(message)
        self._send_message(packed)  # type: ignore[attr-defined]  # the stubs leave it out

    def _activate_outbound(self) -> None:
        super()._activate_outbound()  # type: ignore[misc]  # as above
        messages = [] if self._began else self._script.behind_newkeys
        self._began = True
        for message in messages:
            self.say(message)

    def _log(self, *_record: Any) -> None:
        """Drop the log of the server."""


@contextmanager
def scripted_ssh(script: Script, before_ident: tuple[bytes, float] = (b"", 0.0)) -> Iterator[int]:
    """Run a server that follows the script on every connection; give its port.

    What is said ``before_ident`` is followed by so many seconds of silence.
    """
    over = threading.Event()

    def accept() -> None:
        with suppress(OSError):  # the listener was shut
            while True:
                taken, _address = listener.accept()
                taken.sendall(before_ident[0])
                over.wait(before_ident[1])
                transport = ScriptedTransport(taken, script)
                for key in script.host_keys:
                    transport.add_server_key(key)
                script.transports.append(transport)
                transport.start_server(event=threading.Event(), server=script)

    with socket.create_server((HOST, 0)) as listener:
        accepting = threading.Thread(target=accept, name="scripted")
        accepting.start()
        try:
            yield listener.getsockname()[1]
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            accepting.join()
            for transport in script.transports:
                transport.close()
                transport.join()
                transport.packetizer.complete_handshake()  # ends a timer that outlives a failure
            for thread in script.threads:
                thread.join()
