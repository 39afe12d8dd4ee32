"""The SSH library's transport, made fit for several authentication requests on one connection."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import paramiko
from paramiko.auth_handler import AuthOnlyHandler
from paramiko.common import cMSG_SERVICE_REQUEST
from paramiko.transport import ServiceRequestingTransport

_LOOK = 0.1  # how often a wait looks whether the connection still stands, seconds


class Transport(ServiceRequestingTransport):
    """Asks for the authentication service once (RFC 4253 §10), however many methods follow.

    The library's usual transport asks anew before each method, and strict servers hang up on that.
    Its own cure, the base class here, waits for ever on a peer that falls silent.
    """

    def __init__(self, sock: Any) -> None:
        self._accepted = threading.Event()
        super().__init__(sock)

    def ensure_session(self) -> None:
        """Have the authentication service accepted, within :attr:`auth_timeout` seconds.

        Raises:
            paramiko.SSHException: the connection ended, or nobody answered in time.
        """
        if not self._accepted.is_set():
            request = paramiko.Message()
            request.add_byte(cMSG_SERVICE_REQUEST)
            request.add_string("ssh-userauth")
            self._send_message(request)  # type: ignore[attr-defined]  # the stubs leave it out
            for _ in range(round(self.auth_timeout / _LOOK)):
                if self._accepted.wait(_LOOK) or not self.is_active():
                    break
            self.auth_handler = self.get_auth_handler()
        if not (self._accepted.is_set() and self.is_active()):
            raise paramiko.SSHException("no authentication service")

    def get_auth_handler(self) -> AuthHandler:
        """The handler that loses no answer."""
        return AuthHandler(self)

    def _parse_service_accept(self, message: paramiko.Message) -> None:
        if message.get_text() == "ssh-userauth":
            self._accepted.set()


class AuthHandler(AuthOnlyHandler):
    """Makes ready for the answer before the request leaves.

    The library's handler does so after it has sent, and misses an answer that is quick. An answer
    missed is a one-time code lost.
    """

    _answered: threading.Event | None = None

    def send_auth_request(
        self,
        username: str,
        method: str,
        finish_message: Callable[[paramiko.Message], None] | None = None,
    ) -> list[str]:
        """Send one request (RFC 4252 §5) and wait for its answer."""
        self._answered = threading.Event()
        return super().send_auth_request(username, method, finish_message or _add_nothing)

    @property
    def auth_event(self) -> threading.Event | None:
        """Set when the answer is there, or the connection has ended."""
        return self._answered

    @auth_event.setter
    def auth_event(self, _event: threading.Event | None) -> None:
        """Keeps the event made before sending, whatever the library puts in its place after."""


def _add_nothing(_message: paramiko.Message) -> None:
    """The fields of a request that has none of its own, such as ``none``."""
