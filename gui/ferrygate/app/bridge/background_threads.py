"""Threads beside the window's, for what may wait."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

from ferrygate.common.errors import Problem, problem_of

T = TypeVar("T")

JOIN_TIMEOUT_SECONDS = 2.0  # a drive that hangs does not hold up the window's end


class BackgroundThreads(QObject):
    """Runs each piece of work on a daemon thread of its own, as ``RunInBackground`` has it.

    A drive may hang for ever, so nothing waits for what was asked before.
    """

    _ended = Signal(object)

    def __init__(
        self, parent: QObject | None = None, join_timeout_seconds: float = JOIN_TIMEOUT_SECONDS
    ) -> None:
        """Make none yet.

        Args:
            parent: Qt's owner.
            join_timeout_seconds: for which the end of each thread is waited at the window's end.
        """
        super().__init__(parent)
        self._join_timeout_seconds = join_timeout_seconds
        self._threads: list[threading.Thread] = []
        self._closed = threading.Event()
        self._ended.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    def __call__(
        self, work: Callable[[], T], done: Callable[[T], None], failed: Callable[[Problem], None]
    ) -> None:
        """Have ``work`` done; ``done`` or ``failed`` follows on the window's thread."""
        ended, closed = self._ended, self._closed

        def run() -> None:
            tell: Callable[[], None]
            try:
                tell = partial(done, work())
            except BaseException as error:  # noqa: BLE001  whatever it is, the person is told
                tell = partial(failed, problem_of(error))
            if not closed.is_set():
                ended.emit(tell)

        self._threads = [thread for thread in self._threads if thread.is_alive()]
        thread = threading.Thread(target=run, name="beside the window", daemon=True)
        self._threads.append(thread)
        thread.start()

    def close(self) -> None:
        """Let what is under way end, such as the writing of a file, but not for long."""
        for thread in self._threads:
            thread.join(self._join_timeout_seconds)
        self._closed.set()

    @Slot(object)
    def _tell(self, tell: Callable[[], None]) -> None:
        tell()
