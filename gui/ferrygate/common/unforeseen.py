"""Logs what nobody foresaw, on a thread for which nobody waits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ferrygate.common.errors import problem_of


@contextmanager
def logged() -> Iterator[None]:
    """Log an unforeseen error, and end there; Python would print it."""
    try:
        yield
    except Exception as error:  # noqa: BLE001  as above
        problem_of(error)
