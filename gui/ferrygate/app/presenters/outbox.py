"""The way from presenters to the engine: numbers requests, sends commands."""

from __future__ import annotations

import itertools
from collections.abc import Callable

from ferrygate.engine.messages.command import Command


class Outbox:
    """Hands commands to the engine and gives out request numbers, each once."""

    def __init__(self, send: Callable[[Command], None]) -> None:
        self._send = send
        self._numbers = itertools.count(1)

    def number(self) -> int:
        """Return a request number that was not used yet."""
        return next(self._numbers)

    def send(self, command: Command) -> None:
        """Hand a command over."""
        self._send(command)

    def ask(self, make: Callable[[int], Command]) -> int:
        """Make a command with a fresh number, send it, and return the number."""
        number = self.number()
        self._send(make(number))
        return number
