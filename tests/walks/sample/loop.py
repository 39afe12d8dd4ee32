"""Drives coroutines, as a tracer's sample."""

from __future__ import annotations

from collections.abc import Coroutine
from contextlib import suppress
from typing import Any


class Loop:
    """Holds one coroutine at a time."""

    def __init__(self) -> None:
        self._work: Coroutine[Any, Any, None] | None = None

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Drive it to where it waits."""
        self._work = work
        self._step()

    def answer(self) -> None:
        """Let it go on."""
        self._step()

    def _step(self) -> None:
        with suppress(StopIteration):
            if self._work is not None:
                self._work.send(None)
