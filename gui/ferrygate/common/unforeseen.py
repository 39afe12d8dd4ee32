"""Logs unforeseen errors on threads whose result is not awaited."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ferrygate.common.errors import problem_of


@contextmanager
def logged() -> Iterator[None]:
    """Log an error of the block, and end the block; else Python would print the error."""
    try:
        yield
    except Exception as error:  # noqa: BLE001  as above
        problem_of(error)  # logs
