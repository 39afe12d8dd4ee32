"""Lets a command that is interrupted end in good order."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue
from types import FrameType
from typing import Any

from ferrygate.cli.terminal import Terminal
from ferrygate.common.clock import Clock

ENDING_SIGNALS = tuple(  # Windows has no SIGHUP
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)
"""Signals that end a program: from a person, a service manager, a terminal that is closed."""
# Between two looks for a signal that woke no thread; people take half a second for "at once".
_POLL_SECONDS = 0.5
# Signals that follow one another within this time are one interrupt: timeout(1) sends each twice.
_REPEAT_SECONDS = 0.5


def handle_ending_signals(
    handler: Callable[[int, FrameType | None], Any] | signal.Handlers,
) -> None:
    """Set what ending signals do; one that is ignored stays so, since nohup asks for that."""
    for number in ENDING_SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, handler)


class InterruptWait:
    """Waits until the program is interrupted, or :meth:`end` is called.

    A ``SimpleQueue`` may be put to while the same thread is inside ``get``, as a signal's handler
    does; a ``threading.Event`` would wait for its own lock for ever.
    """

    def __init__(self) -> None:
        self._ends: SimpleQueue[None] = SimpleQueue()
        handle_ending_signals(lambda *_signal: self.end())

    def end(self) -> None:
        """Have the wait end, also one that has not begun."""
        self._ends.put(None)

    def wait(self) -> None:
        """Wait for :meth:`end`; return at once, or ``_POLL_SECONDS`` later.

        A signal that arrives just before ``get`` begins does not interrupt it, and on Windows no
        signal does. Python runs the signal's handler when the ``get`` of this poll times out.
        """
        while True:
            with suppress(Empty):
                return self._ends.get(timeout=_POLL_SECONDS)


@contextmanager
def on_interrupt(terminal: Terminal, clock: Clock, stop: Callable[[], None]) -> Iterator[None]:
    """Have SIGINT, SIGTERM and SIGHUP call ``stop`` at first, and raise KeyboardInterrupt later on.

    An exception would interrupt whatever is being printed, and the rest of the report would be
    lost. While a question waits, an exception is the only way to leave it.

    Args:
        terminal: tells if a question waits.
        clock: the time.
        stop: called for each signal, between any two steps of the main thread, so it must not
            block. It has to wake that thread each time: a ``SimpleQueue.get`` that a signal
            interrupts may forget its time limit (seen in Python 3.11).
    """
    stopped_at: float | None = None

    def interrupted(_number: int, _frame: FrameType | None) -> None:
        nonlocal stopped_at
        now = clock.monotonic()
        stopped_at = now if stopped_at is None else stopped_at
        if terminal.is_asking or now - stopped_at > _REPEAT_SECONDS:
            raise KeyboardInterrupt
        stop()

    before = {
        number: handler
        for number in ENDING_SIGNALS
        if (handler := signal.getsignal(number)) is not signal.SIG_IGN
    }
    try:
        for number in before:
            signal.signal(number, interrupted)
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
