"""The SSH library's transport, made fit for several authentication requests on one connection."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Any

import msgspec
import paramiko
from paramiko.auth_handler import AuthOnlyHandler
from paramiko.common import cMSG_SERVICE_REQUEST, cMSG_USERAUTH_INFO_RESPONSE
from paramiko.transport import ServiceRequestingTransport

_MOST_PROMPTS = 16  # in one round
_MOST_ROUNDS = 16  # a round may be empty, so that nothing else ends a server that never stops
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


class Prompt(msgspec.Struct, frozen=True):
    """One thing the server asks in keyboard-interactive authentication (RFC 4256 §3.2).

    Attributes:
        text: the server's words, as they came: hostile until cleaned.
        echo: whether the answer may be shown while it is typed.
        instruction: what stood above this round's prompts, likewise.
    """

    text: str
    echo: bool
    instruction: str = ""


Respond = Callable[[tuple[Prompt, ...]], list[str]]
"""Answers one round of prompts, in their order; may take its time, and may raise."""


class AuthHandler(AuthOnlyHandler):
    """Makes ready for the answer before the request leaves, and answers prompts where it is asked.

    The library's handler makes ready after it has sent, and misses an answer that is quick: a
    one-time code lost. And it answers prompts on the transport's thread, which must not wait for a
    person; here the thread that asked for the sign-in does.
    """

    _answered: threading.Event | None = None

    def __init__(self, transport: Transport) -> None:
        self._rounds: deque[tuple[Prompt, ...]] = deque()
        self._respond: Respond | None = None
        super().__init__(transport)

    def send_auth_request(
        self,
        username: str,
        method: str,
        finish_message: Callable[[paramiko.Message], None] | None = None,
    ) -> list[str]:
        """Send one request (RFC 4252 §5) and wait for its answer."""
        self._answered = threading.Event()
        return super().send_auth_request(username, method, finish_message or _add_nothing)

    def respond_to_prompts(self, username: str, respond: Respond) -> list[str]:
        """Sign in by keyboard-interactive (RFC 4256)."""
        self._respond = respond

        def finish(message: paramiko.Message) -> None:
            message.add_string("")  # language, deprecated
            message.add_string("")  # submethods: the server's choice

        return self.send_auth_request(username, "keyboard-interactive", finish)

    def wait_for_response(self, event: threading.Event) -> list[str]:
        """Wait for the verdict; answer the prompts that come before it."""
        for _ in range(_MOST_ROUNDS):
            self._wait(event)
            if not self._rounds or self._respond is None:
                return super().wait_for_response(event)
            event.clear()
            self._send_answers(self._respond(self._rounds.popleft()))
        raise paramiko.AuthenticationException("Prompts without an end.")

    def _wait(self, event: threading.Event) -> None:
        for _ in range(round(self.transport.auth_timeout / _LOOK)):
            if event.wait(_LOOK) or not self.transport.is_active():
                return
        raise paramiko.AuthenticationException("Authentication timeout.")

    def _send_answers(self, answers: list[str]) -> None:
        message = paramiko.Message()
        message.add_byte(cMSG_USERAUTH_INFO_RESPONSE)
        message.add_int(len(answers))
        for answer in answers:
            message.add_string(answer)
        self.transport._send_message(message)  # type: ignore[attr-defined]  # noqa: SLF001  as its base does

    def _parse_userauth_info_request(self, message: paramiko.Message) -> None:
        """On the transport's thread: pass the prompts to the thread that waits."""
        title, instruction = message.get_text(), message.get_text()
        message.get_binary()  # language, deprecated
        above = "\n".join(part for part in (title, instruction) if part)
        self._rounds.append(
            tuple(
                Prompt(message.get_text(), message.get_boolean(), above)
                for _ in range(min(message.get_int(), _MOST_PROMPTS))
            )
        )
        if self._answered is not None:
            self._answered.set()

    @property
    def auth_event(self) -> threading.Event | None:
        """Set when there is something to do: a verdict, prompts, or the connection's end."""
        return self._answered

    @auth_event.setter
    def auth_event(self, _event: threading.Event | None) -> None:
        """Keeps the event made before sending, whatever the library puts in its place after."""


def _add_nothing(_message: paramiko.Message) -> None:
    """The fields of a request that has none of its own, such as ``none``."""
