"""What an interrupt does to a command that has more to say."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from ferrygate.cli.terminal import Terminal


@contextmanager
def on_interrupt(terminal: Terminal, stop: Callable[[], None]) -> Iterator[None]:
    """Have SIGINT and SIGTERM call ``stop`` at first, and raise KeyboardInterrupt from then on.

    An exception would come in the midst of whatever is being told, and what follows would be lost.
    A question can be left by an exception only.

    Args:
        terminal: knows whether a question waits.
        stop: is called between any two steps of the main thread, so it may wait for nothing.
    """
    stopping = False

    def interrupted(_number: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        first, stopping = not stopping, True
        if not first or terminal.is_asking:
            raise KeyboardInterrupt
        stop()

    before = {
        number: handler
        for number in (signal.SIGINT, signal.SIGTERM)
        if (handler := signal.getsignal(number)) is not signal.SIG_IGN
    }
    try:
        for number in before:
            signal.signal(number, interrupted)
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
