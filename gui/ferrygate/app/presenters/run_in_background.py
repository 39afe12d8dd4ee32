"""Lets presenters have slow work done on another thread, without Qt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from ferrygate.common.errors import Problem

T = TypeVar("T")


class RunInBackground(Protocol):
    """Does beside the window what the window must not wait for, such as reading a file."""

    def __call__(
        self, work: Callable[[], T], done: Callable[[T], None], failed: Callable[[Problem], None]
    ) -> None:
        """Have ``work`` done on another thread; ``done`` or ``failed`` follows on this one."""
        ...
