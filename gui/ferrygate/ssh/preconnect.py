"""Dials a server while the program still loads the SSH library and the engine."""

from __future__ import annotations

import socket
import threading
from queue import Empty, SimpleQueue

from ferrygate.common.cancel import CancelToken
from ferrygate.common.clock import Clock
from ferrygate.common.errors import FerrygateError
from ferrygate.common.threads import SystemThreads
from ferrygate.ssh.connect_steps import ConnectStep, ReportConnectStep, report_nothing
from ferrygate.ssh.dial import POLL_SECONDS, dial

_JOIN_SECONDS = 1.0  # for a dialling that is not needed to end; looking up a name may take longer


class Preconnect:
    """One connection that is dialled on a thread of its own. Nothing is sent over it.

    One thread takes it, once, and closes it.
    """

    def __init__(self, host: str, port: int, seconds: float, clock: Clock) -> None:
        """Begin to dial, as :func:`ferrygate.ssh.dial.dial`."""
        self._where = (host, port)
        self._seconds = seconds
        self._clock = clock
        self._unneeded = CancelToken(SystemThreads())
        self._steps: list[ConnectStep] = []
        self._end: SimpleQueue[socket.socket | FerrygateError] = SimpleQueue()
        self._thread = threading.Thread(target=self._dial, name="dial", daemon=True)
        self._thread.start()

    def take(
        self,
        host: str,
        port: int,
        cancel: CancelToken,
        report: ReportConnectStep = report_nothing,
    ) -> socket.socket | None:
        """Take the connection, once; none if it leads elsewhere, or was taken before.

        Args:
            host: where it is to lead.
            port: the TCP port.
            cancel: ends the wait.
            report: takes the steps that were done meanwhile.

        Raises:
            CannotReachError: as for dialling.
            Cancelled: as asked.
        """
        if (host, port) != self._where or self._unneeded.cancelled:
            return None
        while self._thread.is_alive():
            self._thread.join(POLL_SECONDS)
            cancel.check()
        try:
            end = self._end.get_nowait()
        except Empty:
            return None
        for step in self._steps:
            report(step)
        if isinstance(end, FerrygateError):
            raise end
        return end

    def close(self) -> None:
        """Hang up, unless it was taken."""
        self._unneeded.cancel()
        self._thread.join(_JOIN_SECONDS)
        try:
            end = self._end.get_nowait()
        except Empty:
            return
        if isinstance(end, socket.socket):
            end.close()

    def _dial(self) -> None:
        host, port = self._where
        try:
            sock = dial(
                host, port, self._seconds, self._clock, self._unneeded, report=self._steps.append
            )
        except FerrygateError as error:
            self._end.put(error)
            return
        if self._unneeded.cancelled:
            sock.close()
        else:
            self._end.put(sock)
