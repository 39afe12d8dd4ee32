from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt, QThread, QTimer
from pytestqt.qtbot import QtBot

from ferrygate.app.bridge.engine_bridge import (
    MAX_EVENTS,
    MAX_NAMES,
    PAUSE_SECONDS,
    SWITCH_SECONDS,
    EngineBridge,
)
from ferrygate.app.bridge.one_shot_timer import OneShotTimer
from ferrygate.app.bridge.ticker import Ticker
from ferrygate.common.clock import SystemClock
from ferrygate.common.entry import Entry, EntryKind
from ferrygate.engine.messages.command import Command
from ferrygate.engine.messages.event import Done, Event, Failed
from ferrygate.engine.messages.files import FolderBlock, TakeMore
from ferrygate.engine.messages.session import SessionChanged, SignOut
from support.hand_timer import HandTimer

if TYPE_CHECKING:
    from gui.conftest import StillClock

pytestmark = pytest.mark.gui

Listener = Callable[[Event], None]


def noted(listeners: list[Listener], listener: Listener) -> Quiet:
    """Make an engine that says what the test says."""
    listeners.append(listener)
    return Quiet()


def bridge_to(handle: Callable[[Sequence[Event]], None]) -> EngineBridge:
    """Make a bridge with Qt's own timer."""
    return EngineBridge(handle, OneShotTimer())


class Recorder:
    """Notes what it is handed, and on which thread."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.turns: list[int] = []
        self.threads: set[QThread] = set()

    def handle(self, events: Sequence[Event]) -> None:
        self.events += events
        self.turns.append(len(events))
        self.threads.add(QThread.currentThread())


class Quiet:
    """An engine that only notes what it is sent."""

    def __init__(self) -> None:
        self.commands: list[Command] = []
        self.closed = False

    def send(self, command: Command) -> None:
        self.commands.append(command)

    def close(self) -> None:
        self.closed = True


def test_commands_wait_for_the_engine_in_order(qtbot: QtBot) -> None:
    engine = Quiet()
    may_be_made = threading.Event()

    def make(_listener: Listener) -> Quiet:
        may_be_made.wait(10)
        return engine

    bridge = bridge_to(Recorder().handle)
    bridge.start(make)
    bridge.send(SignOut(request=1))
    bridge.send(SignOut(request=2))
    assert engine.commands == []
    may_be_made.set()
    qtbot.waitUntil(lambda: len(engine.commands) == 2)
    bridge.send(SignOut(request=3))
    assert [command.request for command in engine.commands] == [1, 2, 3]  # type: ignore[union-attr]
    bridge.close()
    assert engine.closed


def test_what_is_asked_of_an_engine_that_cannot_be_made_fails(qtbot: QtBot) -> None:
    may_be_made = threading.Event()

    def make(_listener: Listener) -> Quiet:
        may_be_made.wait(10)
        raise ZeroDivisionError

    recorder = Recorder()
    bridge = bridge_to(recorder.handle)
    bridge.start(make)
    bridge.send(SignOut(request=1))
    may_be_made.set()
    qtbot.waitUntil(lambda: len(recorder.events) == 2)
    bridge.send(SignOut(request=2))
    qtbot.waitUntil(lambda: len(recorder.events) == 3)
    changed, *failed = recorder.events
    assert isinstance(changed, SessionChanged)
    assert changed.problem is not None
    assert failed == [Failed(number, changed.problem) for number in (1, 2)]
    bridge.close()


def test_a_listing_hears_of_each_block_that_was_shown(qtbot: QtBot) -> None:
    engine, listeners = Quiet(), []

    def make(listener: Listener) -> Quiet:
        listeners.append(listener)
        return engine

    recorder = Recorder()
    bridge = bridge_to(recorder.handle)
    bridge.start(make)
    qtbot.waitUntil(lambda: bool(listeners))
    listeners[0](FolderBlock(request=7, entries=()))
    qtbot.waitUntil(lambda: bool(engine.commands))
    assert recorder.events == [FolderBlock(request=7, entries=())]
    assert engine.commands == [TakeMore(target=7)]
    bridge.close()


def test_events_of_many_threads_arrive_on_the_windows_thread(qtbot: QtBot) -> None:
    recorder = Recorder()
    bridge = bridge_to(recorder.handle)
    listeners: list[Listener] = []

    def make(listener: Listener) -> Quiet:
        listeners.append(listener)
        return Quiet()

    bridge.start(make)
    qtbot.waitUntil(lambda: bool(listeners))

    def tell(first: int) -> None:
        for number in range(first, first + 100):
            listeners[0](Done(request=number))

    threads = [threading.Thread(target=tell, args=(first,)) for first in (0, 100, 200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    qtbot.waitUntil(lambda: len(recorder.events) == 300)
    assert recorder.threads == {QThread.currentThread()}
    bridge.close()


def test_what_has_come_is_one_turns_list_in_order(qtbot: QtBot) -> None:
    recorder, listeners = Recorder(), list[Listener]()
    bridge = bridge_to(recorder.handle)
    bridge.start(partial(noted, listeners))
    qtbot.waitUntil(lambda: bool(listeners))
    for number in range(MAX_EVENTS + 40):
        listeners[0](Done(request=number))
    qtbot.waitUntil(lambda: len(recorder.events) == MAX_EVENTS + 40)
    assert recorder.events == [Done(request=number) for number in range(MAX_EVENTS + 40)]
    assert recorder.turns == [MAX_EVENTS, 40]
    bridge.close()


def test_a_turn_takes_a_listings_blocks_by_their_names(qtbot: QtBot) -> None:
    recorder, listeners = Recorder(), list[Listener]()
    bridge = bridge_to(recorder.handle)
    bridge.start(partial(noted, listeners))
    qtbot.waitUntil(lambda: bool(listeners))
    block = FolderBlock(1, (Entry(b"a.csv", EntryKind.FILE),) * (MAX_NAMES // 2))
    for _number in range(5):
        listeners[0](block)
    qtbot.waitUntil(lambda: len(recorder.events) == 5)
    assert recorder.turns == [2, 2, 1]
    bridge.close()


def test_a_timer_comes_between_the_turns_of_what_waits(qtbot: QtBot) -> None:
    seen, listeners = list[str](), list[Listener]()

    def handle(_events: Sequence[Event]) -> None:
        seen.append("turn")
        sorted(range(50_000), key=lambda number: -number)  # takes some milliseconds

    bridge = bridge_to(handle)
    beat = QTimer()
    beat.setTimerType(Qt.TimerType.PreciseTimer)
    beat.timeout.connect(lambda: seen.append("beat"))
    bridge.start(partial(noted, listeners))
    qtbot.waitUntil(lambda: bool(listeners))
    beat.start(1)  # millisecond, so that one is due after each turn
    for number in range(5 * MAX_EVENTS):
        listeners[0](Done(request=number))
    qtbot.waitUntil(lambda: seen.count("turn") == 5)
    beat.stop()
    assert all("beat" in pair for pair in pairwise(seen))
    bridge.close()


def test_what_comes_after_a_turn_waits_for_a_pause_and_a_folders_block_for_none(
    qtbot: QtBot, clock: StillClock
) -> None:
    recorder, timer, listeners = Recorder(), HandTimer(clock), list[Listener]()
    bridge = EngineBridge(recorder.handle, timer)
    bridge.start(partial(noted, listeners))
    qtbot.waitUntil(lambda: bool(listeners))
    tell = listeners[0]
    tell(Done(request=1))
    qtbot.waitUntil(lambda: recorder.turns == [1])
    for number in (2, 3):
        tell(Done(request=number))
    timer.move(PAUSE_SECONDS * 0.9)
    assert recorder.turns == [1]
    timer.move(PAUSE_SECONDS * 0.1)
    assert recorder.turns == [1, 2]
    tell(FolderBlock(request=4, entries=()))
    timer.move(PAUSE_SECONDS)
    assert timer.waits == [PAUSE_SECONDS, PAUSE_SECONDS, 0]
    timer.move(0)  # nothing has come, so the next event wakes Qt again
    tell(Done(request=5))
    qtbot.waitUntil(lambda: recorder.turns == [1, 2, 1, 1])
    bridge.close()


def test_a_turn_that_fails_holds_up_neither_a_listing_nor_the_next_turn(qtbot: QtBot) -> None:
    engine, listeners, taken = Quiet(), list[Listener](), list[Event]()

    def fail(events: Sequence[Event]) -> None:
        taken.extend(events)
        raise ValueError("on purpose")

    def make(listener: Listener) -> Quiet:
        listeners.append(listener)
        return engine

    bridge = bridge_to(fail)
    bridge.start(make)
    qtbot.waitUntil(lambda: bool(listeners))
    bridge.send(SignOut(request=1))
    qtbot.waitUntil(lambda: bool(engine.commands))
    with qtbot.capture_exceptions() as exceptions:
        listeners[0](FolderBlock(request=7, entries=()))
        qtbot.waitUntil(lambda: len(engine.commands) == 2)
        listeners[0](Done(request=8))
        qtbot.waitUntil(lambda: len(taken) == 2)
    assert engine.commands[1] == TakeMore(target=7)
    assert [kind for kind, _error, _trace in exceptions] == [ValueError, ValueError]
    bridge.close()


def test_an_engine_that_takes_nothing_more_does_not_keep_the_next_events(qtbot: QtBot) -> None:
    class Broken(Quiet):
        def send(self, command: Command) -> None:
            super().send(command)
            if isinstance(command, TakeMore):
                raise TypeError(command)

    def make(listener: Listener) -> Quiet:
        listeners.append(listener)
        return engine

    engine, recorder, listeners = Broken(), Recorder(), list[Listener]()
    bridge = bridge_to(recorder.handle)
    bridge.start(make)
    bridge.send(SignOut(request=1))
    qtbot.waitUntil(lambda: bool(engine.commands))
    with qtbot.capture_exceptions() as exceptions:
        listeners[0](FolderBlock(request=7, entries=()))
        qtbot.waitUntil(lambda: bool(exceptions))
        listeners[0](Done(request=8))
        qtbot.waitUntil(lambda: len(recorder.events) == 2)
    bridge.close()


def test_pythons_threads_take_short_turns_while_there_is_an_engine(qtbot: QtBot) -> None:
    before = sys.getswitchinterval()
    listeners: list[Listener] = []
    bridge = bridge_to(Recorder().handle)
    bridge.start(partial(noted, listeners))
    qtbot.waitUntil(lambda: bool(listeners))
    assert sys.getswitchinterval() == pytest.approx(SWITCH_SECONDS, rel=0.01)
    bridge.close()
    assert sys.getswitchinterval() == pytest.approx(before, rel=0.01)


def test_an_engine_that_cannot_be_made_is_a_problem_and_no_crash(qtbot: QtBot) -> None:
    recorder = Recorder()
    bridge = bridge_to(recorder.handle)

    def make(_listener: Listener) -> Quiet:
        raise RuntimeError("with a secret in it")

    bridge.start(make)
    qtbot.waitUntil(lambda: bool(recorder.events))
    (event,) = recorder.events
    assert isinstance(event, SessionChanged)
    assert event.problem is not None
    assert "secret" not in event.problem.detail
    bridge.close()


def test_the_tick_comes_right_after_the_second_begins(qtbot: QtBot) -> None:
    clock = SystemClock()
    times: list[float] = []
    ticker = Ticker(clock)
    ticker.ticked.connect(lambda: times.append(clock.now()))
    ticker.start()
    qtbot.waitUntil(lambda: len(times) >= 2, timeout=5000)
    ticker.stop()
    assert int(times[1]) == int(times[0]) + 1
    assert all(0 < time % 1 < 0.5 for time in times)


def test_the_ticker_can_be_stopped(qtbot: QtBot, clock: StillClock) -> None:
    ticker = Ticker(clock)
    ticker.start()
    ticker.stop()
    with qtbot.assertNotEmitted(ticker.ticked, wait=20):
        pass
