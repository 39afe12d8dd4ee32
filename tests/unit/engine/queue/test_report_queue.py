"""Reports on their way to the engine's thread: all of them, in order, few at a time."""

from __future__ import annotations

import threading
from collections import deque
from functools import partial

import pytest

from ferrygate.common.clock import SystemClock
from ferrygate.common.inbox import Callback, Inbox
from ferrygate.common.threads import SystemThreads
from ferrygate.engine.queue.report_queue import ReportQueue


class Engine:
    """The engine's side: what was posted to it, and what was done."""

    def __init__(self) -> None:
        self.posted: deque[Callback] = deque()
        self.queue = ReportQueue(self.posted.append)
        self.done: list[object] = []
        self.woken = 0

    def put(self, *reports: object) -> None:
        for report in reports:
            self.queue.put(partial(self.done.append, report))

    def turn(self) -> None:
        """Do one thing that was posted."""
        self.woken += 1
        self.posted.popleft()()

    def run(self) -> None:
        while self.posted:
            self.turn()


@pytest.fixture
def engine() -> Engine:
    return Engine()


def test_reports_are_done_in_order_and_not_before(engine: Engine) -> None:
    engine.put(*range(10))
    assert engine.done == []
    engine.run()
    assert engine.done == list(range(10))


def test_those_that_come_together_wake_the_engine_once(engine: Engine) -> None:
    engine.put(*range(12))
    assert len(engine.posted) == 1
    engine.run()
    engine.put(*range(12, 20))
    assert len(engine.posted) == 1
    engine.run()
    assert engine.woken == 2
    assert engine.done == list(range(20))


def test_after_16_the_engine_looks_at_what_else_there_is(engine: Engine) -> None:
    engine.put(*range(100))
    engine.posted.append(lambda: engine.done.append("a command"))
    engine.run()
    assert engine.done == [*range(16), "a command", *range(16, 100)]
    assert engine.woken <= 9


@pytest.mark.parametrize("count", [15, 16, 17, 32])
def test_a_turn_that_ends_just_there_loses_nothing(engine: Engine, count: int) -> None:
    engine.put(*range(count))
    engine.run()
    engine.put("one more")
    engine.run()
    assert engine.done == [*range(count), "one more"]


def test_a_report_may_put_in_others(engine: Engine) -> None:
    def report() -> None:
        engine.done.append("first")
        engine.put("third")

    engine.queue.put(report)
    engine.put("second")
    engine.run()
    assert engine.done == ["first", "second", "third"]


def test_one_that_fails_does_not_keep_those_behind_it(engine: Engine) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    engine.put("before")
    engine.queue.put(fail)
    engine.put("behind")
    with pytest.raises(ZeroDivisionError):
        engine.run()
    engine.run()
    assert engine.done == ["before", "behind"]


def test_many_threads_lose_nothing_and_keep_their_order() -> None:
    inbox = Inbox(SystemClock(), SystemThreads())
    queue = ReportQueue(inbox.post)
    done: list[tuple[int, int]] = []

    def put_often(thread: int) -> None:
        for number in range(2000):
            queue.put(partial(done.append, (thread, number)))

    threads = [threading.Thread(target=put_often, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    while len(done) < 8000:
        act = inbox.take(5)
        assert act is not None
        act()
    for thread in threads:
        thread.join()
    for thread_number in range(4):
        assert [at for of, at in done if of == thread_number] == list(range(2000))
