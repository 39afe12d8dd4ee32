"""The answers of a program, where no person can be asked."""

from __future__ import annotations

from collections.abc import Callable

from ferrygate.common.secret import Secret
from ferrygate.engine import messages as m


class Unattended:
    """Answers as a program must: unknown host keys and questions are refused, taken names fail."""

    def __init__(
        self,
        *,
        accept_new_host_key: bool = False,
        on_connection: Callable[[m.SessionChanged], None] | None = None,
    ) -> None:
        self._accept = accept_new_host_key
        self._on_connection = on_connection

    def confirm_host_key(self, question: m.HostKeyQuestion) -> bool:  # noqa: ARG002  the protocol's
        """Answer as the program said beforehand."""
        return self._accept

    def answer_prompt(self, question: m.PromptQuestion) -> Secret | None:  # noqa: ARG002  the protocol's
        """Refuse to answer."""
        return None

    def answer_code(self, question: m.CodeQuestion) -> Secret | None:  # noqa: ARG002  the protocol's
        """Have no code to type."""
        return None

    def resolve_conflict(
        self,
        question: m.ConflictQuestion,  # noqa: ARG002  the protocol's
    ) -> tuple[m.ConflictChoice, m.ConflictScope]:
        """Overwrite nothing."""
        return m.ConflictChoice.FAIL, m.ConflictScope.ALL

    def connection_changed(self, change: m.SessionChanged) -> None:
        """Pass it on to the program."""
        if self._on_connection is not None:
            self._on_connection(change)

    def waiting_for_code(self, until: float) -> None:
        """Do nothing: there is no person to tell."""

    def server_said(self, message: m.ServerSaid) -> None:
        """Do nothing: there is no person to tell."""

    def notice(self, notice: m.Notice) -> None:
        """Do nothing: there is no person to tell."""
