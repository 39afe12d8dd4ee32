"""Answers of handlers: at once, later, or by an event of their own."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from ferrygate.common.errors import Problem, problem_of


class Later:
    """Stands for the end of a request that is not known yet. Owned by the engine's thread.

    A handler returns it, and ends it once by :meth:`end`, :meth:`done` or :meth:`fail`. The loop
    of the engine listens by :meth:`on_end`, and tells Done or Failed.
    """

    def __init__(self) -> None:
        self._has_ended = False
        self._problem: Problem | None = None
        self._tell: Callable[[Problem | None], None] | None = None

    def done(self) -> None:
        """End the request well."""
        self.end(None)

    def fail(self, error: BaseException) -> None:
        """End the request by an error."""
        self.end(problem_of(error))

    def end(self, problem: Problem | None) -> None:
        """End the request, by a problem if there is one."""
        self._has_ended, self._problem = True, problem
        if self._tell is not None:
            self._tell(problem)

    def on_end(self, tell: Callable[[Problem | None], None]) -> None:
        """Have ``tell`` called with the end, ``None`` for a good one; at once if it is known."""
        self._tell = tell
        if self._has_ended:
            tell(self._problem)


class Answered(Enum):
    """Says which event has answered a request already."""

    BY_BATCH_STARTED = "batch-started"


Reply = Later | Answered | None
"""Tells how a request ends; ``None`` says that it is done. A handler that fails raises."""
