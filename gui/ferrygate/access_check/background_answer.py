"""Asks the keychain and Okta beside the stages: either may take long, or never answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from ferrygate.common.cancel import CancelToken
from ferrygate.common.clock import Clock
from ferrygate.common.errors import Problem, problem_of
from ferrygate.common.threads import Threads

T = TypeVar("T")


@dataclass(frozen=True)
class TimedAnswer(Generic[T]):
    """Holds an answer, or why there is none, and how long either took.

    Attributes:
        value: the answer; ``None`` where there is a problem.
        problem: why there is no answer; ``None`` where there is one.
        milliseconds: from the question to the answer or the problem.
    """

    value: T | None
    problem: Problem | None
    milliseconds: int


class BackgroundAnswer(Generic[T]):
    """Asks on a background thread, which is left to itself if no answer comes in time."""

    def __init__(
        self,
        ask: Callable[[], T],
        seconds: float,
        clock: Clock,
        threads: Threads,
        cancel: CancelToken,
        name: str,
    ) -> None:
        """Begin to ask.

        Args:
            ask: waits for the answer, and returns it.
            seconds: how long the answer may take.
            clock: the time.
            threads: starts the thread.
            cancel: ends the wait.
            name: the name of the thread.
        """
        self._ask = ask
        self._clock = clock
        self._cancel = cancel
        self._began = clock.monotonic()
        self._until = self._began + seconds
        self._answered = threads.event()
        self._answer: TimedAnswer[T] | None = None
        threads.spawn(self._run, name)

    def wait(self) -> TimedAnswer[T] | None:
        """Wait for the answer; ``None`` if none came in time.

        Raises:
            Cancelled: ``cancel`` was set.
        """
        with self._cancel.watched(self._answered.set):
            self._cancel.check()
            left = self._until - self._clock.monotonic()
            self._clock.wait(self._answered, max(0.0, left))
        self._cancel.check()
        return self._answer

    def _run(self) -> None:
        value: T | None = None
        problem: Problem | None = None
        try:
            value = self._ask()
        except Exception as error:  # noqa: BLE001  told by the thread that waits
            problem = problem_of(error)
        took = round(1000 * (self._clock.monotonic() - self._began))
        self._answer = TimedAnswer(value, problem, took)
        self._answered.set()
