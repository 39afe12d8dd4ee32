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
"""Of one turn: some milliseconds, so that clicks and paints come between."""

MAX_NAMES = 1000
"""In the blocks of one turn, which take as long as all other events: one holds up to thousands."""

PAUSE_SECONDS = 0.02
"""Between two turns: small files bring an event or two every millisecond, and each turn takes
Python's lock from the engine, whose threads would move files meanwhile."""

SWITCH_SECONDS = 0.001
"""Of Python's lock. While 5,000 small files went up on a busy machine, the loop was late at p99 by
40, 53 and 59 ms with 5 ms, and by 18, 31 and 47 ms with 1 ms, in the same time."""


class EngineLike(Protocol):
    """Describes the part of an engine that the app needs."""

    def send(self, command: Command) -> None:
        """Take a command, from any thread, at once."""
        ...

    def close(self) -> None:
        """End, and wait until the engine's threads have ended."""
        ...


class EngineBridge(QObject):
    """Lives on the Qt thread; the engine's listener may be called from any thread.

    What the engine tells waits in a queue. One turn of Qt's event loop takes up to
    :data:`MAX_EVENTS` of it, in order, and hands them on as one list: a signal for each event would
    cost a turn each. The first event wakes Qt. After a turn the next one comes by a timer: at once
    if more is waiting, or if blocks of a folder were handed on, else after :data:`PAUSE_SECONDS`.
    A second wake-up would do for that, but for clicks and paints: Qt delivers what is posted
    meanwhile in the same turn, ahead of them.

    The engine sends a few blocks of a folder ahead, and another one for each :class:`TakeMore`,
    which leaves here once a block was shown.

    The engine is made on a thread of its own, since its imports are slow. Commands that come
    before it is there wait for it in order.
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
        """Make no engine yet.

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
        self._early: list[Command] = []
        self._maker: threading.Thread | None = None
        self._late: EngineLike | None = None
        self._problem: Problem | None = None  # why there will be no engine
        self._switch_before = 0.0  # Python's own, in seconds
        queued = Qt.ConnectionType.QueuedConnection
        self._woken.connect(self._deliver, queued)
        self._made.connect(self._take_engine, queued)
        self._not_made.connect(self._do_without, queued)

    def start(self, make_engine: Callable[[Callable[[Event], None]], EngineLike]) -> None:
        """Make the engine beside the window; where that fails, so does all that is asked.

        From now on Python's threads take shorter turns: a busy one of the engine keeps the others
        out for a turn, 5 ms unless told otherwise, and a click's handler or the paint of a list
        needs its turn more than once.
        """
        self._switch_before = sys.getswitchinterval()
        sys.setswitchinterval(SWITCH_SECONDS)

        def make() -> None:
            try:
                self._late = make_engine(self._tell)
            except BaseException as error:  # noqa: BLE001  whatever it is, the person is told
                self._not_made.emit(problem_of(error))
            else:
                self._made.emit(self._late)

        self._maker = threading.Thread(target=make, name="engine-maker", daemon=True)
        self._maker.start()

    def send(self, command: Command) -> None:
        """Hand a command to the engine, now or as soon as there is one."""
        if self._problem is not None:
            self._refuse(command)
        elif self._engine is None:
            self._early.append(command)
        else:
            self._engine.send(command)

    def close(self) -> None:
        """End the engine and wait for it; to be called once the window is closed."""
        if self._maker is not None:
            self._maker.join()
            sys.setswitchinterval(self._switch_before)
        if self._late is not None:
            self._late.close()

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
        is_rest = not self._events.empty()
        try:
            self._handle(events)
        finally:
            for block in blocks:
                self.send(TakeMore(block.request))
            self._timer.start(0 if blocks or is_rest else PAUSE_SECONDS, self._go_on)

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
        early, self._early = self._early, []
        for command in early:
            engine.send(command)

    @Slot(object)
    def _do_without(self, problem: Problem) -> None:
        self._problem = problem
        self._tell(SessionChanged(state=SessionState.OFFLINE, problem=problem))
        early, self._early = self._early, []
        for command in early:
            self._refuse(command)

    def _refuse(self, command: Command) -> None:
        """Answer what no engine will, as one would: not before the sender has its number."""
        if isinstance(command, Request) and self._problem is not None:
            self._tell(Failed(command.request, self._problem))
