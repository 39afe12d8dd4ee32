"""Engine threads on one side, the Qt thread on the other."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, Qt, Signal, Slot

from ferrygate.common.errors import Problem, problem_of
from ferrygate.engine.messages import (
    Command,
    Event,
    Failed,
    FolderBlock,
    Request,
    SessionChanged,
    SessionState,
    TakeMore,
)


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

    The engine is made on a thread of its own, since its imports are slow. Commands that come
    before it is there wait for it in order.
    """

    _happened = Signal(object)
    _made = Signal(object)
    _not_made = Signal(object)

    def __init__(self, handle: Callable[[Event], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._handle = handle
        self._engine: EngineLike | None = None
        self._early: list[Command] = []
        self._maker: threading.Thread | None = None
        self._late: EngineLike | None = None
        self._problem: Problem | None = None  # why there will be no engine
        queued = Qt.ConnectionType.QueuedConnection
        self._happened.connect(self._deliver, queued)
        self._made.connect(self._take_engine, queued)
        self._not_made.connect(self._do_without, queued)

    def start(self, make_engine: Callable[[Callable[[Event], None]], EngineLike]) -> None:
        """Make the engine beside the window; where that fails, so does all that is asked."""

        def make() -> None:
            try:
                self._late = make_engine(self._happened.emit)
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
        """End the engine and wait for it; call it after the window is gone."""
        if self._maker is not None:
            self._maker.join()
        if self._late is not None:
            self._late.close()

    @Slot(object)
    def _deliver(self, event: Event) -> None:
        self._handle(event)
        if isinstance(event, FolderBlock):
            self.send(TakeMore(event.request))

    @Slot(object)
    def _take_engine(self, engine: EngineLike) -> None:
        self._engine = engine
        early, self._early = self._early, []
        for command in early:
            engine.send(command)

    @Slot(object)
    def _do_without(self, problem: Problem) -> None:
        self._problem = problem
        self._happened.emit(SessionChanged(state=SessionState.OFFLINE, problem=problem))
        early, self._early = self._early, []
        for command in early:
            self._refuse(command)

    def _refuse(self, command: Command) -> None:
        """Answer what no engine will, as one would: not before the sender has its number."""
        if isinstance(command, Request) and self._problem is not None:
            self._happened.emit(Failed(command.request, self._problem))
