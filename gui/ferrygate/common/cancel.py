"""Taking a request back, from any thread."""

from __future__ import annotations

import threading

from ferrygate.common.errors import Cancelled
from ferrygate.common.i18n import _


class CancelToken:
    """Set once, by whoever asked; looked at by whoever works.

    ``event`` may be waited on, so that no work has to poll while it only waits.
    """

    def __init__(self) -> None:
        self.event = threading.Event()

    def cancel(self) -> None:
        """Ask for the end of the work."""
        self.event.set()

    @property
    def cancelled(self) -> bool:
        """Whether the end was asked for."""
        return self.event.is_set()

    def check(self) -> None:
        """Raise :class:`Cancelled` when the end was asked for."""
        if self.cancelled:
            raise Cancelled(_("Cancelled."))
