"""Knows if a session needs a code that a person types, and asks for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ferrygate.codes.typed_code import typed_code
from ferrygate.common.clock import Clock
from ferrygate.common.errors import CodeNeededError, Problem
from ferrygate.common.message import message
from ferrygate.common.secret import Secret
from ferrygate.engine.messages.event import Event
from ferrygate.engine.messages.session import CodeQuestion, SessionChanged, SessionState
from ferrygate.engine.reply import Later
from ferrygate.engine.session.session_secrets import SessionSecrets
from ferrygate.sign_in.credentials import TypedCode
from ferrygate.sites.site import Site
from ferrygate.sites.without_code import surely_needs_code


class SignInRequest(NamedTuple):
    """Holds what an attempt is made for.

    Attributes:
        request: its number; below 0 for the supervisor's own, which bring a session back.
        site: the site.
        reply: ends its request; nobody listens to the supervisor's own.
        try_anyway: a person's word after repeated refusals.
    """

    request: int
    site: Site
    reply: Later
    try_anyway: bool = False

    @property
    def goes_on(self) -> bool:
        """Tell whether it brings a session back."""
        return self.request < 0

    @property
    def connecting(self) -> SessionState:
        """Name the session's state while the attempt is made."""
        return SessionState.RECONNECTING if self.goes_on else SessionState.CONNECTING


class TypedCodes:
    """Knows what the session's codes come from. Owned by the engine's thread.

    Attributes:
        asked: the sign-in that waits for an answer, if one does.
    """

    def __init__(
        self, secrets: SessionSecrets, clock: Clock, emit: Callable[[Event], None]
    ) -> None:
        self._secrets = secrets
        self._clock = clock
        self._emit = emit
        self._is_interactive = False
        self._was_typed = False
        self._question = 0
        self.asked: SignInRequest | None = None

    def begin(self, *, is_interactive: bool) -> None:
        """Begin with another sign-in, where a person who types codes is there or is not."""
        self._is_interactive = is_interactive
        self._was_typed = False
        self.asked = None

    def has_left(self, *, at_prompt: bool) -> None:
        """Note that a code left that a person has typed; one who answers a prompt is there."""
        self._was_typed = True
        self._is_interactive |= at_prompt

    def read(self, text: Secret, site: Site) -> TypedCode:
        """Read what was typed just now.

        Raises:
            UsageError: it is no code of the site's.
        """
        code = typed_code(text.reveal(), site.sign_in.digits)
        return TypedCode(code, TypedCode.now(self._clock) + site.sign_in.period)

    def must_ask(self, site: Site) -> bool:
        """Tell whether a code is needed for the next sign-in that a person can type."""
        return self._is_interactive and self._needs(site)

    def must_end(self, site: Site) -> bool:
        """Tell whether a code is needed, and no person is there to type one."""
        return not self._is_interactive and self._was_typed and self._needs(site)

    def _needs(self, site: Site) -> bool:
        made_here = self._secrets.credentials.code_secret is not None
        return not made_here and (self._was_typed or surely_needs_code(site))

    def ask(self, question: int, sign_in: SignInRequest, problem: Problem | None) -> None:
        """Ask for a code, in place of one that did not do where there is a problem."""
        self._question, self.asked = question, sign_in
        self._emit(SessionChanged(SessionState.ASKING_FOR_CODE))
        digits = sign_in.site.sign_in.digits
        self._emit(CodeQuestion(question, digits, sign_in.goes_on, problem))

    def take(self, question: int | None = None) -> SignInRequest | None:
        """Take the sign-in that this question, or any, holds up; none where it is gone."""
        if question is not None and question != self._question:
            return None
        asked, self.asked = self.asked, None
        return asked


def code_needed(*, goes_on: bool) -> CodeNeededError:
    """Make the error for a code that was needed and did not come."""
    if goes_on:
        return CodeNeededError(
            message("The connection was lost, and it takes another code to go on."),
            next_step=message("Sign in again with the next code."),
        )
    return CodeNeededError(
        message("This sign-in needs a code, and none was typed."),
        next_step=message("Sign in again, and type the code that your phone or token shows."),
    )
