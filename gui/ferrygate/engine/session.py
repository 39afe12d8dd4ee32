"""A signed-in session: the one connection and the lanes on it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from ferrygate.common.cancel import CancelToken
from ferrygate.common.clock import Clock
from ferrygate.common.errors import FerrygateError
from ferrygate.engine.desk import Office, TransferDesk
from ferrygate.engine.jobs import Surroundings
from ferrygate.engine.lane import Lane
from ferrygate.sftp.connection import Connection

_JOIN = 5.0  # seconds a lane may take to notice the end of its connection


class Session:
    """Made and ended on the engine's thread."""

    def __init__(
        self,
        connection: Connection,
        office: Office,
        clock: Clock,
        random_hex: Callable[[int], str],
    ) -> None:
        self.connection = connection
        self.browse = Lane("browse", connection.open_sftp)
        self.desk = TransferDesk(
            office, clock, Surroundings(clock, random_hex, connection.stores_objects)
        )
        self._requests: dict[int, CancelToken] = {}

    def begin(self, request: int) -> CancelToken:
        """A token for a browsing request."""
        token = self._requests[request] = CancelToken()
        return token

    def ended(self, request: int) -> None:
        """A browsing request is over."""
        self._requests.pop(request, None)

    def cancel(self, request: int) -> bool:
        """Cancel a browsing request or a batch; false where there is none of that number."""
        token = self._requests.get(request)
        if token is not None:
            token.cancel()
            return True
        return self.desk.cancel(request)

    def stop(self) -> Callable[[], None]:
        """Cancel everything; returns what is left to do and may take a moment."""
        for token in self._requests.values():
            token.cancel()
        lanes = [*self.desk.stop(), self.browse]
        self.browse.stop()

        def finish() -> None:
            for lane in lanes:
                lane.join(_JOIN)
            with contextlib.suppress(FerrygateError, OSError):  # it may be gone already
                self.connection.close()

        return finish
