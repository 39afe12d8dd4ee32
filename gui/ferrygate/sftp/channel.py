"""One SFTP session on one byte stream: the loop that sends requests and hands out replies.

Protocol. SFTP (draft-ietf-secsh-filexfer-02) is a stream of packets. Each request bears a
number, and its reply the same one (§6), so that many requests may be in flight and replies may come
in any order. A server carries out the requests for one file as if each had waited for the one
before (§6.1), which uploads rely on, and those for different files in any order.

Threads. One thread owns the channel and runs :meth:`SftpChannel.run`; there is no lock. Another
thread hands over a call with :meth:`SftpChannel.call_soon`, or sets a cancel token: both wake the
stream on which the owner may be waiting.

The loop. Work is written as coroutines that await :class:`Future` results: a reply, the end of
another coroutine, a timer, an event. A turn of the loop queues a cancel for the main coroutine,
once; makes the calls that were handed over; then resumes every coroutine that can go on, raising
the cancel inside the main one. Only if none can go on, it sends the queued requests, in pieces of
up to 256 KiB (``sftp/bursts.py``), until the stream takes no more, and waits for bytes, a timer or
the deadline. Each whole packet resolves the future of its request, and makes the coroutine that
awaits it ready. So requests leave together, and the thread sleeps only if no coroutine can go on.

- *Silence.* Measured: the time since the last byte came, while a request has no reply. After 60 s
  the stream is read once more without waiting, as the computer may have been suspended; if that
  brings nothing, :meth:`SftpChannel.run` raises, and the channel is of no more use.
- *Pace.* A server that drips bytes never reaches that deadline. So answers and bytes are counted as
  well: less than one answer in 50 s, and less than 96 KiB in 3 minutes of waiting, ends the channel
  likewise (``sftp/pace.py``).
- *Cancel.* Requests that are still queued are removed, except for those posted with
  :meth:`SftpChannel.post`, such as a CLOSE, and for the rest of a piece of which the stream has
  taken some. Replies to requests that have left are dropped; a handle in one is closed if its
  coroutine was stopped while awaiting it (:attr:`Future.on_abandoned`).

The number of requests in flight is decided elsewhere: for transfers by the in-flight window
(``transfers/schedule``), for a listing in ``sftp/listing.py``, for OPEN by the handles that the
server allows (``sftp/handle_gate.py``). The stream minds the SSH channel's window (RFC 4254 §5.2).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from ferrygate.common.byte_stream import ByteStream, connection_lost
from ferrygate.common.cancel import CancelToken
from ferrygate.common.clock import Clock
from ferrygate.common.errors import Cancelled, ConnectionLostError
from ferrygate.sftp import wire
from ferrygate.sftp.bursts import next_burst
from ferrygate.sftp.handle_gate import HandleGate
from ferrygate.sftp.limits import Limits, parse_limits
from ferrygate.sftp.open_handles import OpenHandles
from ferrygate.sftp.packet_reader import PacketReader
from ferrygate.sftp.pending_requests import PendingRequests
from ferrygate.sftp.reply_clock import REPLY_SECONDS, ReplyClock
from ferrygate.sftp.server_silence import silent
from ferrygate.sftp.status import no_packet, other_version
from ferrygate.sftp.tasks import AutoResetEvent, Future, Task
from ferrygate.sftp.timers import Timers
from ferrygate.sftp.wire import BadPacketError, ExtendedReply, Reply, Type

T = TypeVar("T")
_LIMITS = b"limits@openssh.com"
_IDLE_SECONDS = 3600.0  # for one wait without any reply due; a call or a cancel ends it


class SftpChannel:
    """Speaks SFTP version 3 over one byte stream.

    Owned by one thread: every method but :meth:`call_soon` is called from it alone.
    """

    def __init__(
        self,
        stream: ByteStream,
        clock: Clock,
        handles: OpenHandles,
        *,
        reply_deadline: float = REPLY_SECONDS,
        large_requests: bool = True,
    ) -> None:
        """Start on an open channel whose subsystem is ``sftp``.

        Args:
            stream: carries the session, such as an SSH channel.
            clock: for deadline, timers and pace.
            handles: counts those that are open, on other channels as well.
            reply_deadline: seconds without a byte, while a reply is due, until the server is gone.
            large_requests: use the limits that a server announces; false for one that fails then.
        """
        self._stream, self._clock = stream, clock
        self._reply_clock = ReplyClock(clock, reply_deadline)
        self._large_requests = large_requests
        self._reader = PacketReader()
        self._pending = PendingRequests()
        self._out: deque[bytes | memoryview] = deque()
        self._ready: deque[tuple[Task[Any], Exception | None]] = deque()
        self._tasks: dict[Task[Any], None] = {}  # the oldest first
        self._calls: deque[Callable[[], None]] = deque()
        self._timers = Timers()
        self._version: Future[dict[bytes, bytes]] | None = None
        self.limits = Limits()
        self.gate = HandleGate(self, handles)
        self.refuses_exclusive = False  # set by transfers: this server's OPEN takes no EXCL
        self.keeps_order = False  # set on connecting: requests of all files are done in order
        self.usable = True
        self.extensions: tuple[bytes, ...] = ()  # that the server has announced, by name

    # ------------------------------------------------------------ for coroutines

    def request(self, kind: Type, *body: bytes) -> Future[Reply]:
        """Queue a request, whose body may come in parts; await the future for its reply."""
        future: Future[Reply] = Future()
        self._enqueue(future, kind, *body)
        return future

    def spawn(self, coroutine: Coroutine[Any, Any, T]) -> Task[T]:
        """Start another coroutine on this channel; await the task for its result."""
        return self._begin(coroutine)

    def drop_task(self, task: Task[Any]) -> None:
        """Stop a coroutine where it waits; its queued requests still leave, replies are dropped."""
        self._tasks.pop(task, None)
        task.coroutine.close()
        if not task.done:
            task.fail(Cancelled())

    def post(self, kind: Type, body: bytes) -> Future[Reply]:
        """Queue a request that is sent even if the work that made it is cancelled."""
        future = self.request(kind, body)
        self._pending.post(future)
        return future

    async def sleep(self, seconds: float) -> None:
        """Let so much time pass; with 0 seconds the channel's other coroutines go on first."""
        await self._timers.at(self._clock.monotonic() + seconds)

    def new_event(self) -> AutoResetEvent:
        """Make an event for a coroutine of this channel to await."""
        return AutoResetEvent(self._wake)

    # ------------------------------------------------------------ from any thread

    def call_soon(self, call: Callable[[], None]) -> None:
        """Have ``call`` called on the owner's thread, in this :meth:`run` or the next."""
        self._calls.append(call)
        self._stream.wake()

    # ------------------------------------------------------------ for the owner

    def start(self, cancel: CancelToken) -> None:
        """Exchange INIT and VERSION, and ask for the server's limits if it can tell them.

        Raises:
            ConnectionLostError: the channel ended.
            RemoteFailureError: what answered does not speak SFTP.
            ServerUnusableError: it speaks another version than 3.
        """
        self._version = Future()
        self._out.append(wire.init())

        async def wait(version: Future[dict[bytes, bytes]]) -> dict[bytes, bytes]:
            return await version

        extensions = self.run(wait(self._version), cancel)
        self.extensions = tuple(extensions)
        if self._large_requests and extensions.get(_LIMITS) == b"1":
            self.request(Type.EXTENDED, wire.string(_LIMITS)).then = self._take_limits
            self._send()

    def run(self, work: Coroutine[Any, Any, T], cancel: CancelToken) -> T:
        """Drive ``work`` to its end, and the coroutines that it spawns; stop those left then.

        When ``cancel`` is set, :class:`Cancelled` is raised once inside ``work``, where it waits.

        Raises:
            Cancelled: as asked.
            ConnectionLostError: the channel ended, or the server stopped answering.
            RemoteFailureError: the server sent something that is not SFTP.
        """
        main = self._begin(work)
        self._reply_clock.begin()
        is_raised = False  # the cancel, inside ``work``
        try:
            with cancel.watched(self._stream.wake):
                while not main.done:
                    if cancel.cancelled and not is_raised:
                        is_raised = True
                        self._ready.append((main, Cancelled()))
                    while self._calls:
                        self._calls.popleft()()
                    if self._ready:
                        self._step_ready()
                    elif self._owes and (slowness := self._reply_clock.slowness()) is not None:
                        raise slowness
                    else:
                        self._exchange()
                        for timer in self._timers.resolved(self._clock.monotonic()):
                            self._wake(timer)
        except ConnectionLostError:
            self.usable = False
            self.gate.lose_all()
            raise
        finally:
            if is_raised:
                self._take_back_requests()
            self._drop_tasks()
            self._send_rest()
            self.gate.count_closing_as_closed()
        return main.result()

    def close(self) -> None:
        """Close the channel; the server then closes the handles by itself."""
        self.usable = False
        self.gate.lose_all()
        self._out.clear()
        self._pending.clear()
        self._reader = PacketReader()
        self._stream.close()

    def wait_closed(self, seconds: float) -> bool:
        """Wait after :meth:`close` until the server has closed it as well; false if it has not.

        True after the connection's end too, though the server may not have noticed that.
        """
        return self._stream.wait_closed(seconds)

    @property
    def closed_by_server(self) -> bool:
        """Tell whether the server has closed the channel, and so has let go of its handles."""
        return self._stream.closed_by_peer

    # ------------------------------------------------------------ inside

    def _enqueue(self, future: Future[Reply], kind: Type, *body: bytes) -> None:
        if not self._pending:
            self._reply_clock.begin()
        future.asked = kind
        self._out.append(wire.packet(kind, self._pending.add(future), *body))

    def _begin(self, coroutine: Coroutine[Any, Any, T]) -> Task[T]:
        task = Task(coroutine)
        self._tasks[task] = None
        self._ready.append((task, None))
        return task

    def _step_ready(self) -> None:
        while self._ready:
            task, error = self._ready.popleft()
            if not task.done:
                self._step(task, error)

    def _step(self, task: Task[Any], error: Exception | None) -> None:
        try:
            awaited = task.coroutine.throw(error) if error else task.coroutine.send(None)
        except StopIteration as end:
            task.resolve(end.value)
        except Exception as failure:  # noqa: BLE001  for the coroutine that awaits the task
            task.fail(failure)
        else:
            awaited.waiter = task
            if awaited.done:
                self._ready.append((task, None))
            return
        self._tasks.pop(task, None)
        if task.waiter is not None:
            self._ready.append((task.waiter, None))

    def _exchange(self) -> None:
        """Send what the stream takes, then wait for bytes and take the replies in them."""
        self._send()
        data = self._receive(self._seconds_to_wait())
        if data is None and self._owes and self._reply_clock.is_over:
            data = self._receive(0.0)  # the computer may have been suspended
            if data is None:
                raise silent(self._reply_clock.silence, self._pending.futures)
        if data is None:
            return
        if not data:
            raise connection_lost("channel closed: end of data")
        self._reply_clock.received(len(data))
        try:
            for payload in self._reader.feed(data):
                self._take(payload)
        except BadPacketError as error:
            self.usable = False
            raise no_packet(error) from error

    def _receive(self, seconds: float) -> bytes | None:
        """Take the bytes that came: empty at the stream's end, ``None`` if woken or none came."""
        try:
            return self._stream.recv(seconds)
        except TimeoutError:
            return None

    @property
    def _owes(self) -> bool:
        return bool(self._pending) or self._version is not None

    def _seconds_to_wait(self) -> float:
        """Return the seconds to wait for bytes: until the deadline, or the next timer."""
        seconds = self._reply_clock.seconds_left if self._owes else _IDLE_SECONDS
        if self._timers.next is not None:
            seconds = min(seconds, self._timers.next - self._clock.monotonic())
        return max(0.0, seconds)

    def _send(self) -> None:
        """Send as much of what is queued as the stream takes now."""
        while self._out and self._stream.send_ready():
            burst = next_burst(self._out)
            sent = self._stream.send(burst)
            self._reply_clock.sent(sent)
            if sent < len(burst):
                self._out.appendleft(memoryview(burst)[sent:])

    def _take_back_requests(self) -> None:
        """Remove queued requests, except for posted ones and the rest of a piece begun."""
        queued, self._out = self._out, deque()
        for packet in queued:
            begun = isinstance(packet, memoryview)
            number = 0 if begun or self._version is not None else wire.request_number(packet)
            future = self._pending.take_back(number)
            if future is None:
                self._out.append(packet)
            else:
                self.gate.taken_back(future)

    def _send_rest(self) -> None:
        """Send as much of the queue as the stream takes now, if there is still a connection."""
        if self.usable:
            try:
                self._send()
            except ConnectionLostError:
                self.usable = False

    def _take(self, payload: memoryview) -> None:
        if self._version is not None:
            version, extensions = wire.parse_version(payload)
            if version != wire.VERSION:
                self.usable = False
                raise other_version(version)
            self._version.resolve(extensions)
            self._wake(self._version)
            self._version = None
            return
        number, reply = wire.parse_reply(payload)
        future = self._pending.answered(number)
        self._reply_clock.answered()
        future.resolve(reply)
        self._wake(future)

    def _take_limits(self, reply: Reply) -> None:
        """Take the server's limits; until they come, requests are of the smallest size."""
        if isinstance(reply, ExtendedReply):
            self.limits = parse_limits(reply.body)

    def _wake(self, future: Future[Any]) -> None:
        if future.waiter is not None and not future.waiter.done:
            self._ready.append((future.waiter, None))
        elif future.on_abandoned is not None and future.waiter is not None:
            future.on_abandoned(future.result())

    def _drop_tasks(self) -> None:
        """Stop the coroutines that the ended work has left running."""
        while self._tasks:
            self.drop_task(next(iter(self._tasks)))
        self._ready.clear()
        self._timers.clear()
