"""Notices a peer that is gone without a word, and keeps idle connections from being cut."""

from __future__ import annotations

import threading

from ferrygate.common.clock import Clock
from ferrygate.sftp.connection import Connection

ASK_AFTER = 10.0  # seconds of silence after which the server is asked for a sign of life
GONE_AFTER = 25.0  # seconds of silence after which it counts as gone
_AFTER_SLEEP = 5.0  # seconds it is given when the machine has slept meanwhile
_SLEPT = 2.0  # seconds of suspension that count as sleep


class Pulse:
    """Looks at one connection again and again; owned by the engine's thread.

    The question is one that demands an answer, and the answer counts, not that it could be sent:
    a write into a dead connection succeeds for many minutes.
    """

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock
        self._suspended = clock.suspended()
        self._asking: threading.Thread | None = None
        self._deadline: float | None = None

    def beats(self) -> bool:
        """Whether the connection stands, as far as can be told now."""
        if not self._connection.alive:
            return False
        silent = self._connection.silent_for
        if self._clock.suspended() - self._suspended > _SLEPT:
            self._suspended = self._clock.suspended()
            self._deadline = self._clock.monotonic() + _AFTER_SLEEP
            self._ask()
        elif silent > ASK_AFTER:
            self._ask()
        if self._deadline is not None:
            if silent < _AFTER_SLEEP:
                self._deadline = None
            elif self._clock.monotonic() > self._deadline:
                return False
        return silent < GONE_AFTER

    def _ask(self) -> None:
        if self._asking is None or not self._asking.is_alive():
            self._asking = threading.Thread(
                target=self._connection.ask_for_life, name="pulse", daemon=True
            )
            self._asking.start()
