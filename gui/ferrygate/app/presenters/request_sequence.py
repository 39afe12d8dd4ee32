"""Requests that must follow each other, such as the steps of one sign-in."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import TypeAlias

from ferrygate.app.presenters.outbox import Outbox
from ferrygate.common.errors import Problem
from ferrygate.engine.messages.command import CancelRequest, Command
from ferrygate.engine.messages.event import Done, Event, Failed

Step: TypeAlias = Callable[[int], Command]


class RequestSequence:
    """Sends each step when the one before is done; the first failure ends it."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._steps: deque[Step] = deque()
        self._current: int | None = None
        self.problem: Problem | None = None

    @property
    def busy(self) -> bool:
        """Tell whether a step is under way."""
        return self._current is not None

    def waits_for(self, request: int) -> bool:
        """Tell whether this is the request of the step under way."""
        return self._current == request

    def start(self, steps: Iterable[Step]) -> None:
        """Forget what was under way and begin with the first step."""
        self._steps = deque(steps)
        self.problem = None
        self._next()

    def cancel(self) -> None:
        """Take the step under way back; the engine answers for it."""
        self._steps.clear()
        if self._current is not None:
            self._outbox.send(CancelRequest(target=self._current))

    def handle(self, event: Event) -> bool:
        """Tell whether the event was the answer to the step under way."""
        if not isinstance(event, Done | Failed) or event.request != self._current:
            return False
        if isinstance(event, Failed):
            self.problem = event.problem
            self._steps.clear()
        self._next()
        return True

    def _next(self) -> None:
        self._current = self._outbox.ask(self._steps.popleft()) if self._steps else None
