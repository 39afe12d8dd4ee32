"""Runs jobs on a lane: one thread that owns one SFTP channel, and does one job after the other.

An SFTP channel is never shared between threads: requests of one thread would be answered to the
other, and libraries that lock it have deadlocked. What is to go on beside each other on one
channel are coroutines of one job (ADR 008).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from ferrygate.common.cancel import CancelToken
from ferrygate.common.errors import (
    Cancelled,
    ConnectionLostError,
    FerrygateError,
    UnsupportedError,
)
from ferrygate.common.threads import Mailbox, Threads
from ferrygate.sftp.channel import SftpChannel
from ferrygate.sftp.files import RemoteFiles

_LOG = logging.getLogger(__name__)

T = TypeVar("T")

_POLLS = 30  # for whether the server has closed a channel as well: 3 s, as most do at once
_POLL_SECONDS = 0.1  # that each waits, so that a cancel is noticed

Work = Callable[[RemoteFiles], Coroutine[Any, Any, T]]


class LaneRefusedError(Exception):
    """Tells that the server grants no channel for this lane."""

    def __init__(self, cause: FerrygateError) -> None:
        super().__init__()
        self.cause = cause


def cause_of(error: BaseException, *, taken_back: bool) -> BaseException:
    """Return the reason why work on a lane ended.

    If the work was cancelled (``taken_back``), the loss of its connection is not told.
    """
    cause = error.cause if isinstance(error, LaneRefusedError) else error
    if taken_back and isinstance(cause, ConnectionLostError):
        return Cancelled()
    return cause


class Lane:
    """Runs jobs in order on its own thread; the channel is opened when first needed.

    :meth:`run` and :meth:`drop` are for the jobs themselves; everything else may be called from
    any thread.
    """

    def __init__(
        self,
        name: str,
        open_channel: Callable[[CancelToken], SftpChannel],
        unforeseen: Callable[[BaseException], None],
        threads: Threads,
    ) -> None:
        """Start the thread.

        Args:
            name: of the thread.
            open_channel: opens a channel, on the lane's thread.
            unforeseen: is told, on the lane's thread, of an error that ended a job without calling
                its ``failed``: whatever waits for the job would hear nothing else.
            threads: starts the thread.
        """
        self._name = name
        self._open_channel = open_channel
        self._unforeseen = unforeseen
        self._channel: SftpChannel | None = None
        self.let_go_cleanly = False  # the server has closed the channel that was dropped last
        self._jobs: Mailbox[Callable[[], None] | None] = threads.mailbox()
        self._thread = threads.spawn(self._work_off, name)

    def submit(
        self,
        job: Callable[[Lane], T],
        done: Callable[[T], None],
        failed: Callable[[BaseException], None],
    ) -> None:
        """Queue a job; ``done`` or ``failed`` is called on the lane's thread."""

        def whole() -> None:
            try:
                result = job(self)
            except Exception as error:  # noqa: BLE001  handed over
                failed(error)
            else:
                done(result)

        self._jobs.put(whole)

    def run(self, work: Work[T], cancel: CancelToken) -> T:
        """Run a coroutine over the lane's channel, which is opened if there is none.

        Raises:
            Cancelled: as asked; where that was before this call, nothing was sent.
            FerrygateError: what the work raises, or the connection's end.
            LaneRefusedError: no channel can be opened.
        """
        cancel.check()
        if self._channel is None or not self._channel.usable:
            self._let_go(cancel)
            try:
                self._channel = self._open_channel(cancel)
            except UnsupportedError as error:
                _LOG.debug("%s gets no channel: %s", self._name, error.problem.detail)
                raise LaneRefusedError(error) from error
            _LOG.debug("%s has a channel", self._name)
        return self._channel.run(work(RemoteFiles(self._channel)), cancel)

    def drop_later(self) -> None:
        """Queue :meth:`drop`."""
        self._jobs.put(self.drop)

    def drop(self) -> None:
        """Close the channel without a word, leaving open handles to the server."""
        if self._channel is not None:
            self._channel.close()

    def _let_go(self, cancel: CancelToken) -> None:
        """Wait until the server has closed the old channel too, or it would count one more."""
        old = self._channel
        if old is None:
            return
        old.close()
        self.let_go_cleanly = False
        for _look in range(_POLLS):
            if old.wait_closed(_POLL_SECONDS):
                break
            cancel.check()
        self.let_go_cleanly = old.closed_by_server
        _LOG.debug("%s let its channel go, closed: %s", self._name, self.let_go_cleanly)
        self._channel = None

    def stop(self) -> None:
        """End the thread after the jobs queued so far; what is queued later is not begun."""
        self._jobs.put(None)

    def join(self, seconds: float) -> None:
        """Wait for the thread's end after :meth:`stop`."""
        self._thread.join(seconds)

    def _work_off(self) -> None:
        while (job := self._jobs.take()) is not None:
            try:
                job()
            except BaseException as error:  # noqa: BLE001  the jobs behind it are still to be done
                self._unforeseen(error)
        self.drop()
