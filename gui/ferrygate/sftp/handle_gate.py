"""Sends OPEN, OPENDIR and CLOSE on one channel, within the number of handles that are allowed.

Servers limit the open handles, and many refuse one too many without saying why. The rule, for all
channels of a session (:mod:`ferrygate.sftp.open_handles` counts):

- A handle counts from its OPEN until its CLOSE is answered. While the known limit is reached, an
  OPEN waits, for as long as that takes.
- An OPEN that is refused without a reason, beside more handles than ever were open together, may be
  one too many. It is sent up to three times more, until it is granted or refused with a reason:
  each time once no other handle has been open for a moment, or after 30 s of waiting for that.
- If one of these is granted with no other handle open, the handles that were open when it was
  refused are the limit from then on.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Protocol

from ferrygate.sftp import wire
from ferrygate.sftp.open_handles import OpenHandles
from ferrygate.sftp.status import says_why
from ferrygate.sftp.tasks import AutoResetEvent, Future
from ferrygate.sftp.wire import HandleReply, Reply, StatusReply, Type

_LOG = logging.getLogger(__name__)

_MAX_WAIT_SECONDS = 30.0  # that each try waits for other handles: a folder may be read slowly
_POLL_SECONDS = 0.02  # between two looks whether all others are closed
_PAUSE_SECONDS = (0.0, 0.1, 0.4)  # of each try, once alone: servers may close in their own time


class Channel(Protocol):
    """The part of :class:`ferrygate.sftp.channel.SftpChannel` that the gate needs."""

    def request(self, kind: Type, *body: bytes) -> Future[Reply]:
        """Queue a request."""
        ...

    def post(self, kind: Type, body: bytes) -> Future[Reply]:
        """Queue a request that is sent even if the work that made it is cancelled."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Let so much time pass."""

    def new_event(self) -> AutoResetEvent:
        """Make an event for a coroutine of the channel to await."""
        ...

    def call_soon(self, call: Callable[[], None]) -> None:
        """Have something done on the owner's thread; from any thread."""


class HandleGate:
    """Keeps the handles of one channel within the server's limit; owned by the channel's thread.

    Attributes:
        handles: counts over all channels of the session.
    """

    def __init__(self, channel: Channel, handles: OpenHandles) -> None:
        """Begin with no handle of this channel open."""
        self._channel = channel
        self._opening: set[Future[Reply]] = set()
        self._closing: dict[Future[Reply], None] = {}  # CLOSEs without a waiting coroutine
        self._open = 0
        self.handles = handles

    async def open(self, kind: Type, body: bytes, *, for_reading: bool) -> Reply:
        """Ask for a handle, and again while it is refused, perhaps because others are open.

        A handle ``for_reading`` is closed at once if its coroutine was stopped before it came. An
        upload's stays open: on an object store CLOSE publishes what has arrived.
        """
        changed = self._channel.new_event()
        while not self.handles.take(lambda: self._channel.call_soon(changed.set)):
            await changed.wait()
        reply, others = await self._ask(kind, body, for_reading=for_reading)
        for pause in _PAUSE_SECONDS if others else ():
            alone = await self._wait_alone(pause)
            try:
                reply, others_now = await self._ask(kind, body, for_reading=for_reading)
            finally:
                self.handles.let_others_go_on()
            if isinstance(reply, HandleReply):
                if alone:
                    self.handles.limit(others)
                    _LOG.debug("the server opens no more than %d files at a time", others)
                break
            if isinstance(reply, StatusReply) and says_why(reply):
                break
            others = others_now or others
        return reply

    def close(self, handle: bytes) -> Future[Reply]:
        """Queue a CLOSE; the handle counts as open until it is answered."""
        future = self._channel.request(Type.CLOSE, wire.string(handle))
        future.then = lambda _reply: self._closed()
        return future

    def close_later(self, handle: bytes) -> None:
        """Queue a CLOSE without waiting for its answer."""
        future = self._channel.post(Type.CLOSE, wire.string(handle))
        self._closing[future] = None

        def closed(_reply: Reply) -> None:
            self._closing.pop(future, None)
            self._closed()

        future.then = closed

    # ------------------------------------------------------------ for the channel

    def taken_back(self, future: Future[Reply]) -> None:
        """Note that a request, if it is an OPEN, was removed before it was sent."""
        if future in self._opening:
            self._opening.discard(future)
            self.handles.refused()

    def count_closing_as_closed(self) -> None:
        """Count each CLOSE that nobody awaits as answered: no replies are received for now."""
        closing, self._closing = self._closing, {}
        for future in closing:
            future.then = None
            self._closed()

    def lose_all(self) -> None:
        """Note that the channel has ended, and its handles with it."""
        opening, self._opening = len(self._opening), set()
        self._closing.clear()
        for _each in range(opening):
            self.handles.refused()
        count, self._open = self._open, 0
        if count:
            self.handles.closed(count)

    # ------------------------------------------------------------ inside

    async def _wait_alone(self, pause: float) -> bool:
        """Wait until no other handle is open, count the OPEN that follows, and let ``pause`` pass.

        False, and the OPEN follows all the same, once another refused OPEN has found the limit, or
        after :data:`_MAX_WAIT_SECONDS`.
        """
        self.handles.hold_others_back()
        is_counted = False
        try:
            known, waited = self.handles.max_open, 0.0
            while not (alone := self.handles.take_if_alone()):
                if self.handles.max_open != known or waited >= _MAX_WAIT_SECONDS:
                    self.handles.take_anyway()
                    break
                await self._channel.sleep(_POLL_SECONDS)
                waited += _POLL_SECONDS
            is_counted = True
            await self._channel.sleep(pause)
        except BaseException:  # above all, the coroutine is stopped
            if is_counted:
                self.handles.refused()
            self.handles.let_others_go_on()
            raise
        return alone

    async def _ask(self, kind: Type, body: bytes, *, for_reading: bool) -> tuple[Reply, int]:
        """Ask; a refusal comes with the number of other handles that may be its reason, or 0."""
        others = 0
        future = self._channel.request(kind, body)
        self._opening.add(future)

        def answered(reply: Reply) -> None:
            nonlocal others
            if future not in self._opening:  # the channel was lost, or the OPEN never sent
                return
            self._opening.discard(future)
            if isinstance(reply, HandleReply):
                self._open += 1
                self.handles.granted()
                return
            open_beside = self.handles.refused()
            if isinstance(reply, StatusReply) and not says_why(reply):
                others = open_beside

        future.then = answered
        if for_reading:
            future.on_abandoned = self._close_abandoned
        try:
            reply = await future
        except BaseException:  # stopped after the reply came, and before it could go on
            if for_reading and future.done:
                self._close_abandoned(future.result())
            raise
        return reply, others

    def _close_abandoned(self, reply: Reply) -> None:
        if isinstance(reply, HandleReply):
            self.close_later(reply.handle)

    def _closed(self) -> None:
        if self._open:
            self._open -= 1
            self.handles.closed()
