"""Reports from a thread that has many, to the engine's."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from ferrygate.common.inbox import Callback

# Reports after which the engine looks at what else there is: a click waits behind them, and eight
# lanes with small files leave the engine's thread little of a processor.
_REPORTS_PER_TURN = 16


class ReportQueue:
    """Reports that come close together travel together, so that few of them wake the engine."""

    def __init__(self, post: Callable[[Callback], object]) -> None:
        self._post = post
        self._reports: deque[Callback] = deque()
        self._posted = False

    def put(self, report: Callback) -> None:
        """Have something done on the engine's thread; from any thread."""
        self._reports.append(report)
        if not self._posted:
            self._posted = True
            self._post(self._hand_over)

    def _hand_over(self) -> None:
        self._posted = False  # before the first is taken: one that comes now posts anew
        try:
            for _ in range(_REPORTS_PER_TURN):
                if not self._reports:
                    return
                self._reports.popleft()()
        finally:  # a report that fails keeps none behind it
            if self._reports:
                self._posted = True
                self._post(self._hand_over)
