"""Passes what happens in a sign-in from the attempt's thread to the engine's, and answers back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

import msgspec

from ferrygate.common.cancel import CancelToken
from ferrygate.common.clock import Clock
from ferrygate.common.secret import Secret, SecretKind
from ferrygate.common.threads import Threads
from ferrygate.engine.messages.session import (
    HostKeyQuestion,
    PromptQuestion,
    ServerSaid,
    SessionChanged,
    SessionState,
)
from ferrygate.sites.known_hosts import HostKey

T = TypeVar("T")


class StaleSecrets(msgspec.Struct, frozen=True):
    """Names secrets that must not be sent any more.

    Attributes:
        kinds: which.
        is_changed: the person has changed them at the server, so that the keychain forgets them
            too. Otherwise they were saved for another key than the server shows, and stay there.
    """

    kinds: frozenset[SecretKind]
    is_changed: bool = False


Shown = SessionChanged | StaleSecrets | ServerSaid

Question = Callable[[int], HostKeyQuestion | PromptQuestion]
"""Makes the event, once the engine has given it a number."""

_ANSWER_SECONDS = 120.0  # that a person has to look at a host key: then sshd gives up
_POLL_SECONDS = 0.5  # between two looks whether the wait was cancelled


class PendingAnswer(Generic[T]):
    """Holds a question to a person that one thread waits on and another answers."""

    def __init__(self, threads: Threads) -> None:
        self._given = threads.event()
        self._answer: T | None = None

    def give(self, answer: T | None) -> None:
        """Answer; the first answer counts."""
        if not self._given.is_set():
            self._answer = answer
            self._given.set()

    def wait(self, clock: Clock, cancel: CancelToken) -> T | None:
        """Return the answer; ``None`` if none came in time.

        Raises:
            Cancelled: as asked.
        """
        end = clock.monotonic() + _ANSWER_SECONDS
        while not clock.wait(self._given, _POLL_SECONDS) and clock.monotonic() < end:
            cancel.check()
        return self._answer if self._given.is_set() else None


class SignInObserver:
    """Passes on how the attempt goes; called on the attempt's thread."""

    def __init__(
        self,
        host: str,
        show: Callable[[Shown], None],
        ask: Callable[[Question, PendingAnswer[Any]], None],
        typed: Callable[[bool], None],
        clock: Clock,
        cancel: CancelToken,
        *,
        threads: Threads,
    ) -> None:
        self._host = host
        self._show = show
        self._ask = ask
        self._typed = typed
        self._clock = clock
        self._threads = threads
        self._cancel = cancel

    def connecting(self) -> None:
        """Show that the server is being reached."""
        self._show(SessionChanged(SessionState.CONNECTING))

    def waiting_for_code(self, until: float) -> None:
        """Show that the next code comes at ``until``, seconds since the epoch."""
        self._show(SessionChanged(SessionState.WAITING_FOR_CODE, until))

    def signing_in(self) -> None:
        """Show that password and code are on their way."""
        self._show(SessionChanged(SessionState.SIGNING_IN))

    def confirm_host_key(self, key: HostKey) -> bool:
        """Ask, and wait for the answer."""
        answer: PendingAnswer[bool] = PendingAnswer(self._threads)
        self._ask(
            lambda number: HostKeyQuestion(number, self._host, key.key_type, key.fingerprint),
            answer,
        )
        return answer.wait(self._clock, self._cancel) is True

    def server_said(self, words: str) -> None:
        """Show what the server tells the person."""
        self._show(ServerSaid(words))

    def answer_prompt(self, text: str, *, echo: bool, instruction: str = "") -> Secret | None:
        """Show the server's words, and wait for the answer."""
        answer: PendingAnswer[Secret] = PendingAnswer(self._threads)
        self._ask(lambda number: PromptQuestion(number, text, echo, instruction), answer)
        return answer.wait(self._clock, self._cancel)

    def code_typed(self, *, at_prompt: bool) -> None:
        """Note that a code leaves that the person has typed."""
        self._typed(at_prompt)

    def password_changed(self) -> None:
        """Drop the password, which the person has just changed at the server."""
        self._show(StaleSecrets(frozenset({SecretKind.PASSWORD}), is_changed=True))

    def secrets_not_used(self, kinds: frozenset[SecretKind]) -> None:
        """Drop saved secrets, which belong to a server with another host key."""
        self._show(StaleSecrets(kinds))
