"""Notices a peer that is gone without a word, and keeps idle connections from being cut."""

from __future__ import annotations

from typing import Protocol

from ferrygate.common.clock import Clock
from ferrygate.common.threads import RunningThread, Threads
from ferrygate.common.unforeseen import logged

ASK_AFTER_SECONDS = 10.0  # of silence, then the server is asked for a sign of life
GONE_AFTER_SECONDS = 25.0  # of silence, then the server counts as gone
CRAWLS_AFTER_SECONDS = 60.0  # without a whole packet, of 32 KiB at most: of no use
_AFTER_SLEEP_SECONDS = 5.0  # that the server has to answer after this computer has slept
_SLEPT_SECONDS = 2.0  # of suspension that count as sleep


class Peer(Protocol):
    """Describes what is looked at: a :class:`ferrygate.sftp.connection.SecureConnection`."""

    @property
    def alive(self) -> bool:
        """Tell whether the connection stands, as far as is known without asking."""
        ...

    @property
    def silent_for(self) -> float:
        """Seconds since the server was last heard."""
        ...

    @property
    def incomplete_for(self) -> float:
        """Seconds since the last packet of the server's was here to its end."""
        ...

    def send_keepalive(self) -> None:
        """Have the server answer something; waits for it."""


class Liveness:
    """Looks at one connection again and again; owned by the engine's thread.

    The question is one that demands an answer, and the answer counts, not that it could be sent:
    a write into a dead connection succeeds for many minutes. A line on which bytes come one by one
    is alive, and of no use: what is asked of it, such as a channel, is given up again and again.
    """

    def __init__(self, connection: Peer, clock: Clock, threads: Threads) -> None:
        self.crawls = False
        self._connection = connection
        self._clock = clock
        self._threads = threads
        self._suspended = clock.suspended()
        self._asking: RunningThread | None = None
        self._awake: float | None = None  # when it woke up; nothing was heard since

    def is_alive(self) -> bool:
        """Tell whether the connection stands, as far as can be told now."""
        if not self._connection.alive:
            return False
        silent, now = self._connection.silent_for, self._clock.monotonic()
        incomplete = self._connection.incomplete_for
        if self._clock.suspended() - self._suspended > _SLEPT_SECONDS:
            self._suspended = self._clock.suspended()
            self._awake = now
            self._ask()
        elif max(silent, incomplete) > ASK_AFTER_SECONDS:
            self._ask()
        if self._awake is not None:
            # Steady time stands still in sleep: what was heard just before it looks recent.
            if silent <= now - self._awake:
                self._awake = None
            elif now - self._awake > _AFTER_SLEEP_SECONDS:
                return False
        self.crawls = incomplete >= CRAWLS_AFTER_SECONDS and silent < GONE_AFTER_SECONDS
        return silent < GONE_AFTER_SECONDS and not self.crawls

    def _ask(self) -> None:
        if self._asking is None or not self._asking.is_alive():
            self._asking = self._threads.spawn(
                logged()(self._connection.send_keepalive), "liveness"
            )
