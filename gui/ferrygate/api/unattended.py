"""Answers questions for a program, where no person can be asked."""

from __future__ import annotations

from collections.abc import Callable

from ferrygate.common.secret import Secret
from ferrygate.engine.messages.session import (
    CodeQuestion,
    HostKeyQuestion,
    Notice,
    PromptQuestion,
    ServerSaid,
    SessionChanged,
)
from ferrygate.engine.messages.transfers import ConflictQuestion
from ferrygate.transfers.views import ConflictChoice, ConflictScope


class Unattended:
    """Answers as a program must: takes no unknown host key, no question and no taken name."""

    def __init__(
        self,
        *,
        accept_new_host_key: bool = False,
        on_connection: Callable[[SessionChanged], None] | None = None,
    ) -> None:
        self._accept = accept_new_host_key
        self._on_connection = on_connection

    def confirm_host_key(self, question: HostKeyQuestion) -> bool:  # noqa: ARG002  the protocol's
        """Answer as the program said beforehand."""
        return self._accept

    def answer_prompt(self, question: PromptQuestion) -> Secret | None:  # noqa: ARG002  the protocol's
        """Decline to answer."""
        return None

    def answer_code(self, question: CodeQuestion) -> Secret | None:  # noqa: ARG002  the protocol's
        """Have no code to type."""
        return None

    def resolve_conflict(
        self,
        question: ConflictQuestion,  # noqa: ARG002  the protocol's
    ) -> tuple[ConflictChoice, ConflictScope]:
        """Overwrite nothing."""
        return ConflictChoice.FAIL, ConflictScope.ALL

    def connection_changed(self, change: SessionChanged) -> None:
        """Pass it on to the program."""
        if self._on_connection is not None:
            self._on_connection(change)

    def waiting_for_code(self, until: float) -> None:
        """Do nothing: there is no person to tell."""

    def server_said(self, message: ServerSaid) -> None:
        """Do nothing: there is no person to tell."""

    def notice(self, notice: Notice) -> None:
        """Do nothing: there is no person to tell."""
