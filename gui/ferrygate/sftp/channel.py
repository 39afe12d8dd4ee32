"""One SFTP session on one SSH channel, driven by the thread that owns it.

Work is written as coroutines that await replies. Many of them run on one channel at a time, so
that requests of one file and of many files are in flight together; the loop in
:meth:`SftpChannel.run` sends, receives and wakes whoever waits. There is no lock: one thread owns
the channel.
"""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Callable, Coroutine, Generator
from typing import Any, Generic, TypeVar

from ferrygate.common.cancel import CancelToken
from ferrygate.common.clock import Clock
from ferrygate.common.errors import Cancelled, ConnectionLostError, RemoteFailureError
from ferrygate.common.i18n import _
from ferrygate.sftp import wire
from ferrygate.sftp.broken import BROKEN, lost
from ferrygate.sftp.stream import ByteStream
from ferrygate.sftp.wire import BadPacketError, HandleReply, Reply, Type

T = TypeVar("T")

_TICK = 0.1  # how often a quiet channel looks at its cancel token, seconds


class Future(Generic[T]):
    """A result that one coroutine may await."""

    __slots__ = ("_error", "_result", "done", "on_abandoned", "waiter")

    def __init__(self) -> None:
        self.done = False
        self.waiter: _Task[Any] | None = None
        self.on_abandoned: Callable[[T], None] | None = None
        self._result: T | None = None
        self._error: BaseException | None = None

    def __await__(self) -> Generator[Future[T], None, T]:
        while not self.done:  # a task thrown out of one wait may be woken for it later
            yield self
        return self.result()

    def result(self) -> T:
        """The result, or the error raised; only once ``done``."""
        if self._error is not None:
            raise self._error
        return self._result  # type: ignore[return-value]  # set together with ``done``

    def resolve(self, result: T) -> None:
        """Set the result."""
        self._result = result
        self.done = True

    def fail(self, error: BaseException) -> None:
        """Set the error to raise in the waiter."""
        self._error = error
        self.done = True


class _Task(Future[T]):
    """A running coroutine, and the future of its result."""

    __slots__ = ("coroutine",)

    def __init__(self, coroutine: Coroutine[Any, Any, T]) -> None:
        super().__init__()
        self.coroutine = coroutine


class SftpChannel:
    """The SFTP protocol on one channel.

    Owned by one thread: every method but :meth:`close` is called from it alone.
    """

    def __init__(self, stream: ByteStream, clock: Clock, *, reply_deadline: float = 60.0) -> None:
        """Start on an open channel whose subsystem is ``sftp``.

        Args:
            stream: the channel.
            clock: for the deadline.
            reply_deadline: seconds without a byte while replies are due, after which the server
                counts as gone.
        """
        self._stream = stream
        self._clock = clock
        self._reply_deadline = reply_deadline
        self._reader = wire.PacketReader()
        self._next_id = 0
        self._pending: dict[int, Future[Reply]] = {}
        self._out: deque[bytes] = deque()
        self._ready: deque[tuple[_Task[Any], Exception | None]] = deque()
        self._tasks: set[_Task[Any]] = set()
        self._heard = clock.monotonic()
        self._version: Future[dict[bytes, bytes]] | None = None
        self.usable = True

    # ------------------------------------------------------------ for coroutines

    def request(self, kind: Type, body: bytes) -> Future[Reply]:
        """Queue a request now; await the result for its reply."""
        future: Future[Reply] = Future()
        self._enqueue(kind, body, future)
        return future

    def request_handle(self, kind: Type, body: bytes) -> Future[Reply]:
        """As :meth:`request`, for a handle that is closed by itself if nobody waits any more.

        Not for uploads: on an object store CLOSE publishes what has arrived.
        """
        future = self.request(kind, body)
        future.on_abandoned = self._close_abandoned
        return future

    def spawn(self, coroutine: Coroutine[Any, Any, T]) -> Future[T]:
        """Start a coroutine beside the calling one; await the result for its end."""
        return self._begin(coroutine)

    def post(self, kind: Type, body: bytes) -> None:
        """Queue a request whose reply nobody waits for."""
        self._enqueue(kind, body, Future())

    # ------------------------------------------------------------ for the owner

    def start(self, cancel: CancelToken) -> dict[bytes, bytes]:
        """Exchange INIT and VERSION; returns the server's extensions.

        Raises:
            ConnectionLostError: the channel ended.
            RemoteFailureError: what answered does not speak SFTP version 3.
        """
        self._version = Future()
        self._out.append(wire.init())

        async def wait(version: Future[dict[bytes, bytes]]) -> dict[bytes, bytes]:
            return await version

        return self.run(wait(self._version), cancel)

    def run(self, work: Coroutine[Any, Any, T], cancel: CancelToken) -> T:
        """Drive ``work``, and what it spawns, to its end.

        When ``cancel`` is set, :class:`Cancelled` is raised inside ``work`` where it waits; what
        it spawned is dropped at its end.

        Raises:
            Cancelled: as asked.
            ConnectionLostError: the channel ended, or the server stopped answering.
        """
        main = self._begin(work)
        self._heard = self._clock.monotonic()
        told = False
        try:
            while not main.done:
                if cancel.cancelled and not told:
                    told = True
                    self._ready.append((main, Cancelled(_("Cancelled."))))
                if self._ready:
                    self._step_ready()
                else:
                    assert self._pending or self._out or self._version, "nothing is due"  # noqa: S101
                    self._exchange()
            self._send()  # what was queued without waiting for its reply
        except ConnectionLostError:
            self.usable = False
            if not main.done:  # else the work is done, and only what nobody waits for is lost
                raise
        finally:
            self._drop_tasks()
        return main.result()

    def close(self) -> None:
        """Close the channel without another word; open handles are the server's to deal with."""
        self.usable = False
        with contextlib.suppress(*BROKEN):  # it may be dead already
            self._stream.close()

    # ------------------------------------------------------------ inside

    def _enqueue(self, kind: Type, body: bytes, future: Future[Reply]) -> None:
        self._next_id = (self._next_id + 1) & 0xFFFFFFFF
        self._pending[self._next_id] = future
        self._out.append(wire.packet(kind, self._next_id, body))

    def _begin(self, coroutine: Coroutine[Any, Any, T]) -> _Task[T]:
        task = _Task(coroutine)
        self._tasks.add(task)
        self._ready.append((task, None))
        return task

    def _step_ready(self) -> None:
        while self._ready:
            task, error = self._ready.popleft()
            if not task.done:
                self._step(task, error)

    def _step(self, task: _Task[Any], error: Exception | None) -> None:
        try:
            awaited = task.coroutine.throw(error) if error else task.coroutine.send(None)
        except StopIteration as end:
            task.resolve(end.value)
        except Exception as failure:  # noqa: BLE001  handed to whoever awaits the task
            task.fail(failure)
        else:
            awaited.waiter = task
            if awaited.done:
                self._ready.append((task, None))
            return
        self._tasks.discard(task)
        if task.waiter is not None:
            self._ready.append((task.waiter, None))

    def _exchange(self) -> None:
        """Send what the window takes, then receive what came."""
        self._send()
        try:
            data = self._stream.recv(_TICK)
        except TimeoutError:
            silence = self._clock.monotonic() - self._heard
            if silence > self._reply_deadline:
                raise lost(f"no reply: silent for {silence:.0f} s") from None
            return
        except BROKEN as error:
            raise lost(f"channel error: {type(error).__name__}") from error
        if not data:
            raise lost("channel closed: end of data")
        self._heard = self._clock.monotonic()
        try:
            for payload in self._reader.feed(data):
                self._take(payload)
        except BadPacketError as error:
            self.usable = False
            raise RemoteFailureError(
                _("The server sent something that is not part of a file transfer."),
                next_step=_("Tell your contact; the details help them."),
                detail=str(error),
            ) from error

    def _send(self) -> None:
        """Send as much of what is queued as the window takes now."""
        try:
            while self._out and self._stream.send_ready():
                chunk = self._out[0]
                sent = self._stream.send(chunk)
                if sent == len(chunk):
                    self._out.popleft()
                else:
                    self._out[0] = chunk[sent:]
        except BROKEN as error:
            raise lost(f"channel error: {type(error).__name__}") from error

    def _take(self, payload: bytes) -> None:
        if self._version is not None:
            version, extensions = wire.parse_version(payload)
            if version != wire.VERSION:
                raise BadPacketError(f"SFTP version {version}")
            self._version.resolve(extensions)
            self._wake(self._version)
            self._version = None
            return
        number, reply = wire.parse_reply(payload)
        future = self._pending.pop(number, None)
        if future is None:
            raise BadPacketError(f"reply to request {number}, which was not asked")
        future.resolve(reply)
        self._wake(future)

    def _wake(self, future: Future[Any]) -> None:
        if future.waiter is not None and not future.waiter.done:
            self._ready.append((future.waiter, None))
        elif future.on_abandoned is not None and future.waiter is not None:
            future.on_abandoned(future.result())

    def _close_abandoned(self, reply: Reply) -> None:
        if isinstance(reply, HandleReply):
            self.post(Type.CLOSE, wire.string(reply.handle))

    def _drop_tasks(self) -> None:
        """Forget what the ended work left running; replies still due find nobody waiting."""
        while self._tasks:
            task = self._tasks.pop()
            task.coroutine.close()
            task.fail(Cancelled(_("Cancelled.")))
        self._ready.clear()
