"""Raises a signal while the main thread sleeps, without waking it.

That is so where it comes in the instant before the sleep, and always on Windows.
"""

from __future__ import annotations

import signal
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from e2e.program import wait_until


@contextmanager
def unheard_signal(number: signal.Signals, asleep_in: str) -> Iterator[None]:
    """Send it to another thread once the main thread is in a function of that name.

    Python's handlers run in the main thread only, and the system wakes whom the signal is for.
    """
    main = threading.get_ident()

    def send() -> None:
        wait_until(
            lambda: traceback.extract_stack(sys._current_frames()[main])[-1].name == asleep_in
        )
        signal.pthread_kill(threading.get_ident(), number)

    thread = threading.Thread(target=send)
    thread.start()
    try:
        yield
    finally:
        thread.join()
