"""Tells the person what belongs to no screen: a problem to dismiss, a passing word."""

from __future__ import annotations

from collections import deque

from ferrygate.app.presenters.observable import Observable
from ferrygate.common.clock import Clock
from ferrygate.common.errors import ConnectionLostError, Problem
from ferrygate.common.message import message
from ferrygate.engine.messages.event import Event
from ferrygate.engine.messages.session import Notice, ServerSaid, SessionChanged, SessionState

STAYS_SECONDS = 4.0
"""Seconds for which a passing word stands."""


_HEARD = 16  # of a server's sayings are known again


class NoticePresenter(Observable):
    """One problem and one passing word at a time; the newest wins."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self._words = ""
        self._until = 0.0
        self._reconnecting = False
        self._heard: deque[str] = deque(maxlen=_HEARD)
        self._of_server: Problem | None = None
        self.problem: Problem | None = None

    @property
    def words(self) -> str:
        """Return the passing word of this moment, or none."""
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
        """Drop the problem, as it has been read."""
        self.problem = None
        self._changed()

    def tick(self) -> None:
        """Drop words that are old, as the wall clock has entered another second."""
        self._changed()

    def handle(self, event: Event) -> None:
        """Take in what the engine wants said."""
        match event:
            case Notice():
                self.show(event.problem)
            case SessionChanged(state=state):
                self._reconnecting = state is SessionState.RECONNECTING
                if not self._reconnecting and self.problem is self._of_server:
                    self.dismiss()
            case ServerSaid(words=words):
                self._hear(words)
            case _:
                pass

    def _hear(self, words: str) -> None:
        """Show what a server says while a session comes back: the sign-in's card is away then.

        What it has said before, such as a banner, is not repeated.
        """
        if self._reconnecting and words not in self._heard:
            self._of_server = _said(words)
            self.show(self._of_server)
        self._heard.append(words)


def _said(words: str) -> Problem:
    return ConnectionLostError(
        message("The connection was lost, and Ferrygate is signing in again."), server_said=words
    ).problem
