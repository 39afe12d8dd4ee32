"""What the person should know that belongs to no screen: a problem to dismiss, a passing word."""

from __future__ import annotations

from ferrygate.app.presenters.observable import Observable
from ferrygate.common.clock import Clock
from ferrygate.common.errors import Problem
from ferrygate.engine import messages as m

STAYS_SECONDS = 4.0
"""How long a passing word stands."""


class NoticePresenter(Observable):
    """One problem and one passing word at a time; the newest wins."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self._words = ""
        self._until = 0.0
        self.problem: Problem | None = None

    @property
    def words(self) -> str:
        """The passing word of this moment, or none."""
        return self._words if self._clock.now() < self._until else ""

    def say(self, words: str) -> None:
        """Show a word in passing."""
        self._words, self._until = words, self._clock.now() + STAYS_SECONDS
        self._changed()

    def show(self, problem: Problem) -> None:
        """Show a problem until it is dismissed."""
        self.problem = problem
        self._changed()

    def dismiss(self) -> None:
        """The problem has been read."""
        self.problem = None
        self._changed()

    def tick(self) -> None:
        """The wall clock entered another second."""
        self._changed()

    def handle(self, event: m.Event) -> None:
        """Take in what the engine wants said."""
        if isinstance(event, m.Notice):
            self.show(event.problem)
