"""Asks the person at the terminal, if there is one, the questions of a session."""

from __future__ import annotations

from collections.abc import Mapping

import click

from ferrygate.cli.conflict_lines import (
    CHOICES,
    SCOPES,
    choice_lines,
    question_lines,
    scope_lines,
)
from ferrygate.cli.json_lines import JsonEvent
from ferrygate.cli.terminal import Terminal
from ferrygate.common.clock import Clock
from ferrygate.common.errors import Cancelled, Kind, Problem
from ferrygate.common.i18n import _
from ferrygate.common.secret import Secret
from ferrygate.engine.messages.session import (
    CodeQuestion,
    HostKeyQuestion,
    Notice,
    PromptQuestion,
    ServerSaid,
    SessionChanged,
    SessionState,
)
from ferrygate.engine.messages.transfers import ConflictQuestion
from ferrygate.transfers.views import ConflictChoice, ConflictScope

_SAME_TRY_SECONDS = 1.0  # by which two times of one try may differ


class TerminalPrompter:
    """Answers as a :class:`ferrygate.engine.client.Prompter`; without a person, by no or nothing.

    Attributes:
        noticed: what went wrong beside the request itself.
    """

    def __init__(self, terminal: Terminal, clock: Clock, *, accept_new_host_key: bool) -> None:
        self._terminal = terminal
        self._accept = accept_new_host_key
        self._clock = clock
        self._next_try = 0.0  # seconds since the epoch, as it was printed
        self._was_signed_in = False
        self.noticed: list[Problem] = []

    def confirm_host_key(self, question: HostKeyQuestion) -> bool:
        """Return the answer: yes if an option said so, else the person's, else no."""
        self._terminal.clear_status_line()
        told = _("{host} shows a key that is not known yet: {fingerprint} ({key_type})").format(
            host=question.host, fingerprint=question.fingerprint, key_type=question.key_type
        )
        self._terminal.say(self._terminal.wrapped(told))
        if self._accept or not self._terminal.is_interactive:
            return self._accept
        return self._terminal.confirm(_("Is this the fingerprint your contact gave you?"))

    def answer_prompt(self, question: PromptQuestion) -> Secret | None:
        """Pass the server's question on to the person, who may leave the answer empty."""
        if not self._terminal.is_interactive:
            return None
        if question.instruction:
            self._terminal.say(question.instruction)
        text = _("The server asks: {question}").format(question=question.text)
        return self._terminal.answer(text, echo=question.echo)

    def answer_code(self, question: CodeQuestion) -> Secret | None:
        """Ask for the code, which shows while it is typed: it is good once, and soon over.

        Raises:
            Cancelled: the person breaks off.
        """
        if question.problem is not None:
            self._terminal.tell(question.problem)
        if not self._terminal.is_interactive:
            return None
        asked = (
            _("Type the next code to go on")
            if question.goes_on
            else _("Code from your phone or token")
        )
        try:
            return self._terminal.answer(asked, echo=True)
        except click.Abort:
            raise Cancelled from None

    def resolve_conflict(self, question: ConflictQuestion) -> tuple[ConflictChoice, ConflictScope]:
        """Ask what to do with files that are already there, and for which of them.

        Raises:
            Cancelled: the person breaks off.
        """
        self._terminal.clear_status_line()
        for line in question_lines(question, self._clock.now()):
            self._terminal.say(self._terminal.wrapped(line))
        choice = CHOICES[self._choose(_("Your choice"), choice_lines(question))]
        named = scope_lines(question)
        scope = SCOPES[self._choose(_("For which files"), named)] if named else ConflictScope.ALL
        return choice, scope

    def _choose(self, question: str, lines: Mapping[str, str]) -> str:
        for key, words in lines.items():
            self._terminal.say(self._terminal.wrapped(f"  {key}  {words}"))
        try:
            return self._terminal.choose(question, list(lines))
        except click.Abort:
            raise Cancelled from None

    def waiting_for_code(self, until: float) -> None:
        """Say how long."""
        self._terminal.countdown(until)

    def connection_changed(self, change: SessionChanged) -> None:
        """Say that it was lost and when it is tried again, once for each try, and how that ends."""
        match change.state:
            case SessionState.RECONNECTING:
                now = self._clock.now()
                until = now if change.until is None else change.until
                if self._terminal.is_away and until - self._next_try < _SAME_TRY_SECONDS:
                    return  # the try that was announced is under way
                self._next_try = until
                self._record(change.state, next_try_seconds=max(0, round(until - now)))
                self._terminal.away(until)
            case SessionState.ASKING_FOR_CODE if self._terminal.is_away:
                self._record(change.state, next_try_seconds=None)
                self._terminal.clear_status_line()
            case SessionState.SIGNED_IN if self._terminal.is_away:
                self._terminal.is_away = False
                self._record(change.state, next_try_seconds=None)
                self._terminal.clear_status_line()
                self._terminal.say(_("Connected again."))
            case SessionState.SIGNED_IN:
                self._was_signed_in = True
            case SessionState.OFFLINE if self._terminal.is_away or self._lacks_code(change):
                self._terminal.is_away = False
                self._terminal.given_up = change.problem
                self._record(change.state, next_try_seconds=None)
            case _:
                pass

    def _lacks_code(self, change: SessionChanged) -> bool:
        """Tell whether a session ends for want of a typed code."""
        problem = change.problem
        return self._was_signed_in and problem is not None and problem.kind is Kind.CODE_NEEDED

    def _record(self, state: SessionState, *, next_try_seconds: int | None) -> None:
        self._terminal.record(
            JsonEvent.CONNECTION, state=state.value, next_try_seconds=next_try_seconds
        )

    def server_said(self, message: ServerSaid) -> None:
        """Say it."""
        self._terminal.quote(message.words)

    def notice(self, notice: Notice) -> None:
        """Say it, and remember it."""
        self.noticed.append(notice.problem)
        self._terminal.warn(notice.problem.kind.value, notice.problem)
