"""Answers to an authentication request that come at bad moments, or are odd."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import cast

import paramiko
import pytest

from ferrygate.ssh.prompts import Prompt, PromptRound
from ferrygate.ssh.transport import (
    AuthHandler,
    AuthRefusedError,
    PasswordChangeRequestError,
    Transport,
)
from support.sftp_bytes import string

Say = Callable[[AuthHandler], None]


class EndingTransport:
    """A connection on which all answers have come, and which has ended, once a request is sent."""

    auth_timeout = verdict_timeout = 0.5

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.on_send: Callable[[], None] = lambda: None
        self.while_waiting: Callable[[], None] = lambda: None
        self._active = True

    def _send_message(self, _message: paramiko.Message) -> None:
        self.on_send()

    def end(self) -> None:
        self._active = False

    def is_active(self) -> bool:
        return self._active

    def get_exception(self) -> Exception | None:
        return None

    def get_log_channel(self) -> str:
        return "ferrygate.ssh"

    def _log(self, *_words: object) -> None:
        """Not looked at."""

    def _auth_trigger(self) -> None:
        """Nothing is compressed."""


@pytest.fixture
def transport() -> EndingTransport:
    return EndingTransport()


@pytest.fixture
def handler(transport: EndingTransport) -> AuthHandler:
    return AuthHandler(cast("Transport", transport))


def accept(handler: AuthHandler) -> None:
    handler._parse_userauth_success(paramiko.Message())


def failure(methods: bytes, *, partial: bool) -> paramiko.Message:
    return paramiko.Message(string(methods) + (b"\1" if partial else b"\0"))


def ask(handler: AuthHandler, *prompts: bytes) -> None:
    body = b"".join(string(prompt) + b"\0" for prompt in prompts)
    above = string(b"Labor K\xe4lte") + string(b"") + string(b"")
    count = len(prompts).to_bytes(4, "big")
    handler._parse_userauth_info_request(paramiko.Message(above + count + body))


def send(handler: AuthHandler, transport: EndingTransport, say: Say) -> list[str]:
    """Send a password; the server says something and hangs up before anyone can look."""

    def answer() -> None:
        say(handler)
        transport.end()

    transport.on_send = answer
    return handler.auth_password("v", "x")


def test_a_refusal_before_a_hang_up_is_a_refusal(
    handler: AuthHandler, transport: EndingTransport
) -> None:
    def refuse(handler: AuthHandler) -> None:
        handler._parse_userauth_failure(failure(b"password,publickey", partial=False))

    with pytest.raises(AuthRefusedError) as caught:
        send(handler, transport, refuse)
    assert caught.value.methods == ("password", "publickey")
    assert caught.value.offered


def test_success_before_a_hang_up_is_success(
    handler: AuthHandler, transport: EndingTransport
) -> None:
    assert send(handler, transport, accept) == []


def test_a_part_before_a_hang_up_is_a_part(
    handler: AuthHandler, transport: EndingTransport
) -> None:
    def resume_sending(handler: AuthHandler) -> None:
        handler._parse_userauth_failure(failure(b"publickey", partial=True))

    assert send(handler, transport, resume_sending) == ["publickey"]


def test_an_answer_to_an_earlier_request_is_none_to_this(
    handler: AuthHandler, transport: EndingTransport
) -> None:
    transport.on_send = lambda: accept(handler)
    assert handler.auth_none("v") == []
    with pytest.raises(EOFError):
        send(handler, transport, lambda _handler: None)


def test_prompts_that_are_no_utf_8(handler: AuthHandler, transport: EndingTransport) -> None:
    asked: list[PromptRound] = []
    says: Iterator[Say] = iter((lambda handler: ask(handler, b"Pa\xdfwort: "), accept))
    transport.on_send = lambda: next(says)(handler)

    def respond(prompts: PromptRound) -> list[str]:
        asked.append(prompts)
        return ["x"]

    assert handler.respond_to_prompts("v", respond) == []
    assert asked == [
        PromptRound(
            "Labor K\N{REPLACEMENT CHARACTER}lte",
            (Prompt("Pa\N{REPLACEMENT CHARACTER}wort: ", echo=False),),
        )
    ]


def test_prompts_upon_prompts_are_not_kept(
    handler: AuthHandler, transport: EndingTransport
) -> None:
    def ask_twice() -> None:
        ask(handler, b"one")
        ask(handler, b"two")

    transport.on_send = ask_twice
    with pytest.raises(paramiko.SSHException, match="nobody waits"):
        handler.respond_to_prompts("v", lambda _prompts: [])


def test_prompts_without_a_question_are_not_kept(handler: AuthHandler) -> None:
    with pytest.raises(paramiko.SSHException, match="nobody waits"):
        ask(handler, b"Password: ")


def test_a_request_to_change_the_password_is_an_answer(
    handler: AuthHandler, transport: EndingTransport
) -> None:
    def expire(handler: AuthHandler) -> None:
        request = string(b"Your password has expired.") + string(b"en")
        handler._parse_userauth_info_request(paramiko.Message(request))

    with pytest.raises(PasswordChangeRequestError) as caught:
        send(handler, transport, expire)
    assert caught.value.prompt == "Your password has expired."


def test_a_verdict_is_waited_for_longer_than_the_methods(
    handler: AuthHandler, transport: EndingTransport
) -> None:
    looks: list[None] = []
    transport.auth_timeout, transport.verdict_timeout = 0.1, 0.4
    transport.while_waiting = lambda: looks.append(None)
    with pytest.raises(TimeoutError, match="no verdict"):
        handler.auth_none("v")
    assert len(looks) == 1
    looks.clear()
    with pytest.raises(TimeoutError, match="no verdict"):
        handler.auth_password("v", "x")
    assert len(looks) == 4


@pytest.mark.parametrize(
    ("claimed", "there"), [(0xFFFF_FFFF, 0), (3, 1), (17, 17)], ids=["2^32", "three of one", "17"]
)
def test_prompts_that_are_not_there_are_not_asked(
    handler: AuthHandler, claimed: int, there: int
) -> None:
    handler._respond = lambda _asked: []
    above = string(b"") * 3 + claimed.to_bytes(4, "big")
    message = paramiko.Message(above + (string(b"Code:") + b"\0") * there)
    with pytest.raises(paramiko.SSHException, match="prompts claimed"):
        handler._parse_userauth_info_request(message)


def test_the_rounds_of_a_server_have_one_deadline_together(
    handler: AuthHandler, transport: EndingTransport
) -> None:
    looks = 0

    def wait() -> None:
        nonlocal looks
        looks += 1
        if looks % 3 == 0:  # just in time for a deadline of each round
            ask(handler)

    transport.while_waiting = wait
    with pytest.raises(TimeoutError, match="no verdict"):
        handler.respond_to_prompts("v", lambda _round: [])
    assert looks == 5
