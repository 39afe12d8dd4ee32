"""Work beside the window, for presenters on a table."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from ferrygate.common.errors import FerrygateError, Problem

T = TypeVar("T")


def at_once(
    work: Callable[[], T], done: Callable[[T], None], failed: Callable[[Problem], None]
) -> None:
    """Beside nothing: the answer is there when the call returns."""
    try:
        result = work()
    except FerrygateError as error:
        failed(error.problem)
    else:
        done(result)


class DeferredBackground:
    """Does nothing until it is told to, and then all of it in order."""

    def __init__(self) -> None:
        self._waiting: deque[Callable[[], None]] = deque()

    def __call__(
        self, work: Callable[[], T], done: Callable[[T], None], failed: Callable[[Problem], None]
    ) -> None:
        self._waiting.append(partial(at_once, work, done, failed))

    def work(self) -> None:
        """Do what was asked for, and what comes of it."""
        while self._waiting:
            self._waiting.popleft()()
