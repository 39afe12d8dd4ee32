"""The SSH library's transport, with several authentication requests on one connection."""

from __future__ import annotations

import threading
from collections.abc import Callable

import paramiko
from paramiko.auth_handler import AuthOnlyHandler
from paramiko.common import (
    cMSG_CHANNEL_REQUEST,
    cMSG_SERVICE_REQUEST,
    cMSG_USERAUTH_INFO_RESPONSE,
)

from ferrygate.ssh.algorithms import RSA
from ferrygate.ssh.banner import Banner
from ferrygate.ssh.deadlines import Deadlines
from ferrygate.ssh.monitored_socket import MonitoredSocket
from ferrygate.ssh.prompts import Prompt, PromptRound, Respond
from ferrygate.ssh.ssh_errors import SSH_ERRORS
from ferrygate.ssh.stream_transport import StreamTransport

_MAX_METHODS_CHARACTERS = 1000  # of their names
_MAX_PROMPTS = 16  # in one round
_MIN_PROMPT_BYTES = 5  # the length of its text, and whether the answer shows (RFC 4256 §3.2)
_MAX_ROUNDS = 16  # a round may be empty, so that nothing else ends a server that never stops
_CERTIFICATE = "-cert-v01@openssh.com"
_POLL_SECONDS = 0.1  # between two looks whether the connection is still up


class Transport(StreamTransport):
    """Asks for the authentication service once (RFC 4253 §10), however many methods follow.

    The library's usual transport asks anew before each method, and strict servers hang up on that.
    Its own cure, the base of the base class here, waits for ever on a peer that falls silent.

    Attributes:
        verdict_timeout: seconds that the answer to a secret may take.
        while_waiting: called several times a second while that answer is waited for; may raise.
        banner: what the server says to people before it lets anybody in.
        on_banner: called with each piece of it, on the thread that reads.
    """

    def __init__(self, sock: MonitoredSocket) -> None:
        self._accepted = threading.Event()
        self.verdict_timeout = Deadlines().verdict
        self.while_waiting: Callable[[], None] = _do_nothing
        self.banner = Banner()
        self.on_banner: Callable[[str], None] = lambda _words: None
        super().__init__(sock)

    def auth_none(self, username: str) -> list[str]:
        """Ask which methods there are, in one flight with the request for the service."""
        return self._handler().auth_none(username)

    def auth_key(self, username: str, key: paramiko.PKey) -> list[str]:
        """Prove that we hold a key, in one flight with the request for the service.

        The algorithm that an RSA key signs with is for the server to choose. It does so before it
        accepts the service (RFC 8308 §2.4).
        """
        if key.get_name() == RSA and not self.server_extensions:
            self.ensure_session()
        self._check_key_type(key)
        return self._handler().auth_publickey(username, key)

    def _check_key_type(self, key: paramiko.PKey) -> None:
        """Compare what the key can sign with to what the server takes, if it says (RFC 8308 §3.1).

        Raises:
            KeyTypeError: there is nothing in common.
        """
        told = self.server_extensions.get("server-sig-algs", b"").decode("utf-8", "replace")
        name = key.get_name().removesuffix(_CERTIFICATE)
        can = [each for each in self.preferred_pubkeys if "rsa" in each] if name == RSA else [name]
        if told and not set(can) & set(told.split(",")):
            raise KeyTypeError(f"{name}; the server takes {told}")

    def auth_prompts(self, username: str, respond: Respond) -> list[str]:
        """Sign in by keyboard-interactive (RFC 4256); ``respond`` is called on this thread."""
        self.ensure_session()
        return self._handler().respond_to_prompts(username, respond)

    def ensure_session(self) -> None:
        """Have the authentication service accepted, within :attr:`auth_timeout` seconds.

        Before a secret is sent: one that a server is not ready for would be lost.

        Raises:
            paramiko.SSHException: the connection ended.
            TimeoutError: the server did not answer in time.
        """
        self._handler()
        for _ in range(round(self.auth_timeout / _POLL_SECONDS)):
            if self._accepted.wait(_POLL_SECONDS) or not self.is_active():
                break
        if not self.is_active():
            raise paramiko.SSHException("no authentication service")
        if not self._accepted.is_set():
            raise TimeoutError("no authentication service")

    def _handler(self) -> AuthHandler:
        """Return the handler of the authentication service, which is requested once."""
        if self.auth_handler is None:
            self.auth_handler = self.get_auth_handler()
            request = paramiko.Message()
            request.add_byte(cMSG_SERVICE_REQUEST)
            request.add_string("ssh-userauth")
            self._send_message(request)
        assert isinstance(self.auth_handler, AuthHandler)  # noqa: S101  ours
        return self.auth_handler

    def request_subsystem(self, channel: paramiko.Channel, name: str) -> None:
        """Ask for a subsystem (RFC 4254 §6.5) without waiting for the answer.

        The library closes the channel when it is refused.
        """
        request = paramiko.Message()
        request.add_byte(cMSG_CHANNEL_REQUEST)
        request.add_int(channel.remote_chanid)
        request.add_string("subsystem")
        request.add_boolean(True)  # noqa: FBT003  the library's
        request.add_string(name)
        self._send_user_message(request)

    def get_auth_handler(self) -> AuthHandler:
        """Make the handler that loses no answer."""
        return AuthHandler(self)

    def get_exception(self) -> Exception | None:
        """Take the error that ended the connection, once; the library's callers expect its kind.

        Its thread stops on whatever is thrown there, such as text that is not UTF-8.
        """
        error = super().get_exception()
        if error is None or isinstance(error, SSH_ERRORS):
            return error
        return paramiko.SSHException(type(error).__name__)

    def _parse_service_accept(self, message: paramiko.Message) -> None:
        if message.get_text() == "ssh-userauth":
            self._accepted.set()


class PasswordChangeRequestError(paramiko.AuthenticationException):
    """The password is right and has to be changed first (RFC 4252 §8, PASSWD_CHANGEREQ).

    Attributes:
        prompt: the server's words: hostile until cleaned.
    """

    def __init__(self, prompt: str) -> None:
        super().__init__("password expired")
        self.prompt = prompt


class KeyTypeError(paramiko.AuthenticationException):
    """The server takes no signature that a key of this type can make; nothing was sent."""


class AuthRefusedError(paramiko.AuthenticationException):
    """The server said no (RFC 4252 §5.1).

    Attributes:
        methods: those that can continue.
        offered: whether the method that was tried is among them.
    """

    def __init__(self, methods: tuple[str, ...], *, offered: bool) -> None:
        super().__init__("refused")
        self.methods = methods
        self.offered = offered


class AuthHandler(AuthOnlyHandler):
    """Loses no answer, and answers prompts where it is asked.

    The library's handler makes ready for the answer after it has sent, and misses one that is
    quick: a one-time code lost. It forgets an answer after which the server hangs up. And it
    answers prompts on the transport's thread, which must not wait for a person; here the thread
    that asked for the sign-in does.
    """

    _answered: threading.Event | None = None

    def __init__(self, transport: Transport) -> None:
        self._verdict: list[str] | AuthRefusedError | PasswordChangeRequestError | None = None
        self._round: PromptRound | None = None
        self._respond: Respond | None = None
        self._ours = transport
        super().__init__(transport)

    def send_auth_request(
        self,
        username: str,
        method: str,
        finish_message: Callable[[paramiko.Message], None] | None = None,
    ) -> list[str]:
        """Send one request (RFC 4252 §5) and wait for its answer.

        Returns the methods that can continue, none when the server is content.

        Raises:
            AuthRefusedError: the server said no.
            PasswordChangeRequestError: the password has to be changed first.
            paramiko.SSHException, EOFError, OSError: the connection ended before it answered.
        """
        self._verdict = self._round = None
        self._answered = threading.Event()
        return super().send_auth_request(username, method, finish_message or _add_nothing)

    def respond_to_prompts(self, username: str, respond: Respond) -> list[str]:
        """Sign in by keyboard-interactive (RFC 4256); answers as :meth:`send_auth_request`."""

        def finish(message: paramiko.Message) -> None:
            message.add_string("")  # language, deprecated
            message.add_string("")  # submethods: the server's choice

        self._respond = respond
        try:
            return self.send_auth_request(username, "keyboard-interactive", finish)
        finally:
            self._respond = None

    def wait_for_response(self, event: threading.Event) -> list[str]:
        """Wait for the verdict; answer the prompts that come before it.

        One deadline bounds the server's own time over all rounds.
        """
        asks_methods = self.auth_method == "none"
        seconds = self._ours.auth_timeout if asks_methods else self._ours.verdict_timeout
        polls = round(seconds / _POLL_SECONDS)
        for _ in range(_MAX_ROUNDS):
            polls = self._wait(event, polls)
            event.clear()  # before anything is looked at, so that what comes now is seen next
            if isinstance(self._verdict, AuthRefusedError | PasswordChangeRequestError):
                raise self._verdict
            if self._verdict is not None:
                return self._verdict
            if self._round is None or self._respond is None:
                raise self.transport.get_exception() or EOFError
            asked, self._round = self._round, None
            self._send_answers(self._respond(asked))
        raise paramiko.AuthenticationException("Prompts without an end.")

    def _wait(self, event: threading.Event, polls: int) -> int:
        """Wait for a message of the server's; returns how many polls are left for further ones."""
        for left in range(polls, 0, -1):
            if event.wait(_POLL_SECONDS) or not self._ours.is_active():
                return left
            self._ours.while_waiting()
        raise TimeoutError("no verdict")

    def _send_answers(self, answers: list[str]) -> None:
        message = paramiko.Message()
        message.add_byte(cMSG_USERAUTH_INFO_RESPONSE)
        message.add_int(len(answers))
        for answer in answers:
            message.add_string(answer)
        self.transport._send_message(message)  # type: ignore[attr-defined]  # noqa: SLF001  as its base does

    # ------------------------------------------------------------ on the transport's thread

    def _parse_userauth_success(self, message: paramiko.Message) -> None:
        self._verdict = []
        super()._parse_userauth_success(message)  # type: ignore[misc]  # the stubs leave it out

    def _parse_userauth_failure(self, message: paramiko.Message) -> None:
        """Note the verdict here, and nowhere that the connection's end would overwrite it."""
        methods = _text(message)[:_MAX_METHODS_CHARACTERS].split(",")
        if message.get_boolean():
            self._verdict = methods
        else:
            self._verdict = AuthRefusedError(tuple(methods), offered=self.auth_method in methods)
        self._notify()

    def _parse_userauth_info_request(self, message: paramiko.Message) -> None:
        """Pass the prompts to the thread that waits; a server asks one round at a time.

        Under the method ``password`` this number means that the password has expired.
        """
        if self.auth_method == "password" and self._verdict is None:
            self._verdict = PasswordChangeRequestError(_text(message))
            self._notify()
            return
        if self._respond is None or self._round is not None:
            raise paramiko.SSHException("Prompts that nobody waits for.")
        title, instruction = _text(message), _text(message)
        message.get_binary()  # language, deprecated
        above = "\n".join(part for part in (title, instruction) if part)
        count = message.get_int()
        if count > min(_MAX_PROMPTS, len(message.get_remainder()) // _MIN_PROMPT_BYTES):
            raise paramiko.SSHException(f"{count} prompts claimed")  # no empty ones for a person
        prompts = tuple(Prompt(_text(message), message.get_boolean()) for _ in range(count))
        self._round = PromptRound(above, prompts)
        self._notify()

    def _parse_userauth_banner(self, message: paramiko.Message) -> None:
        """Keep what the server says to people (RFC 4252 §5.4); the library only logs it."""
        piece = self._ours.banner.add(message.get_binary())
        if piece:
            self._ours.logger.info("banner: %s", piece)
            self._ours.on_banner(piece)

    def _notify(self) -> None:
        if self._answered is not None:
            self._answered.set()

    @property
    def auth_event(self) -> threading.Event | None:
        """Set when there is something to do: a verdict, prompts, or the connection's end."""
        return self._answered

    @auth_event.setter
    def auth_event(self, _event: threading.Event | None) -> None:
        """Keep the event made before sending, whatever the library puts in its place after."""


def _text(message: paramiko.Message) -> str:
    """Read the next string; it should be UTF-8, and what is not must not end the sign-in."""
    return message.get_binary().decode("utf-8", "replace")


def _do_nothing() -> None:
    """Wait for an answer, and do nothing meanwhile."""


def _add_nothing(_message: paramiko.Message) -> None:
    """Add no fields: the method ``none`` has none of its own."""
