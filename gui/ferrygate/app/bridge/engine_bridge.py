"""Hands events from the engine's threads to the Qt thread."""

from __future__ import annotations

import queue
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Protocol

from PySide6.QtCore import QObject, Qt, Signal, Slot

from ferrygate.app.render_pace import OneShot
from ferrygate.common.errors import Problem, problem_of
from ferrygate.engine.messages.command import Command, Request
from ferrygate.engine.messages.event import Event, Failed
from ferrygate.engine.messages.files import FolderBlock, TakeMore
from ferrygate.engine.messages.session import SessionChanged, SessionState

MAX_EVENTS = 256
"""Events that one turn of Qt's loop takes: some milliseconds, so that clicks and paints go on."""

MAX_NAMES = 1000
"""Entries of folders after which a turn takes no more events: as slow as MAX_EVENTS others."""

PAUSE_SECONDS = 0.02
"""The pause between two turns: small files bring an event or two every millisecond, and each turn
takes Python's lock from the engine, whose threads would move files meanwhile."""

SWITCH_SECONDS = 0.001
"""The time for which a thread may keep Python's lock (GIL). In three uploads each of 5,000 small
files, Qt's loop was late at p99 by 18, 31 and 47 ms; by 40, 53 and 59 ms with Python's own 5 ms."""


class EngineLike(Protocol):
    """Describes the part of an engine that the app needs."""

    def send(self, command: Command) -> None:
        """Take a command, from any thread, at once."""
        ...

    def close(self) -> None:
        """End, and wait until the engine's threads have ended."""
        ...


class EngineBridge(QObject):
    """Stands for the engine on the Qt thread, where its methods are to be called.

    The listener that it gives the engine may be called from any thread: events wait in a queue. A
    turn of Qt's event loop hands on up to :data:`MAX_EVENTS` of them as one list, in order: a
    signal for each would cost a turn each. The first event wakes Qt. After a turn the next one
    comes by a timer: at once if more is waiting, or if blocks of a folder were handed on, else
    after :data:`PAUSE_SECONDS`. It is no second wake-up, as Qt would deliver that within the same
    turn, ahead of clicks and paints.

    The engine sends a few blocks of a folder ahead, and another one for each :class:`TakeMore`,
    which leaves here once a block was shown.

    The engine is made on a thread of its own, since its imports are slow. Commands that come
    before it is there are kept, in order.
    """

    _woken = Signal()
    _made = Signal(object)
    _not_made = Signal(object)

    def __init__(
        self,
        handle: Callable[[Sequence[Event]], None],
        timer: OneShot,
        parent: QObject | None = None,
    ) -> None:
        """Begin without an engine; :meth:`start` makes it.

        Args:
            handle: takes the events of one turn, one to :data:`MAX_EVENTS`; the blocks among them
                hold :data:`MAX_NAMES` names, and what the last one has beyond that.
            timer: for the next turn.
            parent: Qt's owner.
        """
        super().__init__(parent)
        self._handle = handle
        self._events: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._is_awake = False  # a turn is to come, by wake-up or timer; under the lock
        self._timer = timer
        self._engine: EngineLike | None = None
        self._kept: list[Command] = []
        self._maker: threading.Thread | None = None
        self._made_engine: EngineLike | None = None  # set by the maker; ``_engine`` once Qt hears
        self._problem: Problem | None = None  # why there will be no engine
        self._switch_before = 0.0  # Python's own switch interval, in seconds
        queued = Qt.ConnectionType.QueuedConnection
        self._woken.connect(self._deliver, queued)
        self._made.connect(self._take_engine, queued)
        self._not_made.connect(self._go_without_engine, queued)

    def start(self, make_engine: Callable[[Callable[[Event], None]], EngineLike]) -> None:
        """Make the engine on another thread; to be called once. If that fails, so do all requests.

        Until :meth:`close`, all threads of this process hand Python's lock on after
        :data:`SWITCH_SECONDS`. By default a busy thread of the engine keeps it for 5 ms, and a
        click's handler or the paint of a list has to get it more than once.
        """
        self._switch_before = sys.getswitchinterval()
        sys.setswitchinterval(SWITCH_SECONDS)

        def make() -> None:
            try:
                self._made_engine = make_engine(self._tell)
            except BaseException as error:  # noqa: BLE001  whatever it is, the person is told
                self._not_made.emit(problem_of(error))
            else:
                self._made.emit(self._made_engine)

        self._maker = threading.Thread(target=make, name="engine-maker", daemon=True)
        self._maker.start()

    def send(self, command: Command) -> None:
        """Hand a command to the engine, now or once it is made."""
        if self._problem is not None:
            self._fail(command)
        elif self._engine is None:
            self._kept.append(command)
        else:
            self._engine.send(command)

    def close(self) -> None:
        """Wait until the engine is made, end it, and wait for that; once the window is closed."""
        if self._maker is not None:
            self._maker.join()
            sys.setswitchinterval(self._switch_before)
        if self._made_engine is not None:
            self._made_engine.close()

    def _tell(self, event: Event) -> None:
        """Take an event, on any thread."""
        self._events.put(event)
        self._wake()

    def _wake(self) -> None:
        with self._lock:
            is_asleep, self._is_awake = not self._is_awake, True
        if is_asleep:
            self._woken.emit()

    @Slot()
    def _deliver(self) -> None:
        events = self._drain()
        blocks = [event for event in events if isinstance(event, FolderBlock)]
        has_more = not self._events.empty()
        try:
            self._handle(events)
        finally:
            self._timer.start(0 if blocks or has_more else PAUSE_SECONDS, self._go_on)
            for block in blocks:
                self.send(TakeMore(block.request))

    def _go_on(self) -> None:
        """Deliver what has come during the pause; without any, sleep until woken."""
        with self._lock:
            self._is_awake = not self._events.empty()
        if self._is_awake:
            self._deliver()

    def _drain(self) -> list[Event]:
        events: list[Event] = []
        names = 0
        with suppress(queue.Empty):
            while len(events) < MAX_EVENTS and names < MAX_NAMES:
                event = self._events.get_nowait()
                events.append(event)
                names += len(event.entries) if isinstance(event, FolderBlock) else 0
        return events

    @Slot(object)
    def _take_engine(self, engine: EngineLike) -> None:
        self._engine = engine
        kept, self._kept = self._kept, []
        for command in kept:
            engine.send(command)

    @Slot(object)
    def _go_without_engine(self, problem: Problem) -> None:
        self._problem = problem
        self._tell(SessionChanged(state=SessionState.OFFLINE, problem=problem))
        kept, self._kept = self._kept, []
        for command in kept:
            self._fail(command)

    def _fail(self, command: Command) -> None:
        """Answer a request in place of the engine, by the queue: once :meth:`send` has returned."""
        if isinstance(command, Request) and self._problem is not None:
            self._tell(Failed(command.request, self._problem))
