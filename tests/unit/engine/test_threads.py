"""The small parts between threads: inbox, tasks, lanes and people's answers."""

from __future__ import annotations

import sys
import threading
from queue import SimpleQueue
from typing import Any

import pytest

from ferrygate.common.cancel import CancelToken
from ferrygate.common.clock import SystemClock
from ferrygate.common.entry import Entry, EntryKind
from ferrygate.common.errors import Cancelled, ConnectionLostError
from ferrygate.common.inbox import Callback, Inbox
from ferrygate.common.message import message
from ferrygate.common.threads import SystemThreads
from ferrygate.engine.background_tasks import BackgroundTasks
from ferrygate.engine.breakdown import handed_to
from ferrygate.engine.session.reconnect import BackOff
from ferrygate.engine.session.sign_in_observer import PendingAnswer
from ferrygate.sftp.channel import SftpChannel
from ferrygate.transfers.schedule.lane import Lane
from support.fake_clock import ManualClock
from support.scripted_sftp import ScriptedServer, ScriptedSftp

ENTRY = Entry(b"a", EntryKind.FILE, 1, 1_700_000_000)


def test_an_inbox_keeps_the_order() -> None:
    inbox = Inbox(ManualClock(), SystemThreads())
    done: list[int] = []
    for number in range(3):
        inbox.post(lambda number=number: done.append(number))  # type: ignore[misc]
    for _ in range(3):
        act = inbox.take(1)
        assert act is not None
        act()
    assert done == [0, 1, 2]
    assert inbox.take(1) is None


def test_an_inbox_waits_no_longer_than_it_may() -> None:
    clock = ManualClock(1000)
    inbox = Inbox(clock, SystemThreads())
    assert inbox.take(5) is None
    assert clock.now() == 1005


def test_nothing_posted_by_many_threads_is_lost() -> None:
    inbox = Inbox(SystemClock(), SystemThreads())
    taken: list[int] = []

    def post_many() -> None:
        for number in range(200):
            inbox.post(lambda number=number: taken.append(number))  # type: ignore[misc]

    threads = [threading.Thread(target=post_many) for _ in range(4)]
    for thread in threads:
        thread.start()
    while len(taken) < 800:
        act = inbox.take(5)
        assert act is not None
        act()
    for thread in threads:
        thread.join()


class Acts:
    """Acts posted by other threads, done here."""

    def __init__(self) -> None:
        self.posted: SimpleQueue[Callback] = SimpleQueue()
        self.tasks = BackgroundTasks(self.posted.put, SystemThreads())
        self.results: list[Any] = []

    def do(self, request: int, work: Any) -> None:
        self.tasks.do(request, work, self.results.append, self.results.append)

    def one(self) -> Any:
        self.posted.get(timeout=5)()
        return self.results[-1]


def test_an_aside_reports_back() -> None:
    acts = Acts()
    acts.do(1, lambda _cancel: "result")
    assert acts.one() == "result"
    assert not acts.tasks.cancel(1)


def test_an_aside_that_fails_reports_its_error() -> None:
    acts = Acts()

    def fail(_cancel: CancelToken) -> None:
        raise ConnectionLostError(message("Lost."))

    acts.do(1, fail)
    assert isinstance(acts.one(), ConnectionLostError)


def test_an_aside_that_ends_its_thread_reports_that() -> None:
    acts = Acts()
    acts.do(1, lambda _cancel: sys.exit(1))
    assert isinstance(acts.one(), SystemExit)


def test_an_aside_is_cancelled_by_its_number() -> None:
    acts = Acts()
    for number in (1, 2):
        acts.do(number, lambda cancel: cancel.event.wait(5))
    assert acts.tasks.cancel(1)
    assert not acts.tasks.cancel(3)
    assert acts.one() is True
    acts.tasks.cancel_all()
    assert acts.one() is True


class StartedLanes:
    """A lane, what its jobs ended with, and the channels it opened."""

    def __init__(self) -> None:
        self.opened: list[ScriptedSftp] = []
        self.ends: SimpleQueue[Any] = SimpleQueue()
        self.unforeseen: SimpleQueue[BaseException] = SimpleQueue()
        self.lane = Lane("test", self._open, self.unforeseen.put, SystemThreads())

    def _open(self, _cancel: CancelToken) -> SftpChannel:
        self.opened.append(ScriptedSftp(ScriptedServer({b"/a": b"1"})))
        return self.opened[-1].channel

    def submit(self, cancel: CancelToken) -> None:
        self.lane.submit(
            lambda lane: lane.run(lambda files: files.lstat(b"/a"), cancel),
            self.ends.put,
            self.ends.put,
        )

    def end(self) -> None:
        self.lane.stop()
        self.lane.join(5)


@pytest.mark.parametrize("error", [ZeroDivisionError(), SystemExit()])
def test_a_lane_outlives_what_nobody_foresaw_and_hands_it_over(error: BaseException) -> None:
    lanes = StartedLanes()

    def fail(_given: object) -> None:
        raise error

    lanes.lane.submit(fail, lanes.ends.put, fail)  # the word of the end fails as well
    assert lanes.unforeseen.get(timeout=5) is error
    lanes.submit(CancelToken(SystemThreads()))
    assert lanes.ends.get(timeout=5) == ENTRY
    lanes.end()


def test_an_error_that_is_handed_over_is_raised_where_it_is_taken() -> None:
    acts = Acts()
    handed_to(acts.posted.put)(ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        acts.one()


def test_a_lane_opens_one_channel_when_it_is_needed() -> None:
    lanes = StartedLanes()
    for _ in range(3):
        lanes.submit(CancelToken(SystemThreads()))
    assert [lanes.ends.get(timeout=5) for _ in range(3)] == [ENTRY] * 3
    lanes.end()
    assert len(lanes.opened) == 1
    assert lanes.opened[0].stream.closed


def test_a_lane_opens_another_channel_for_a_broken_one() -> None:
    lanes = StartedLanes()
    lanes.submit(CancelToken(SystemThreads()))
    lanes.ends.get(timeout=5)
    lanes.opened[0].stream.ended = True
    lanes.opened[0].server.instead = dict.fromkeys(range(20), lambda _request: ())
    lanes.submit(CancelToken(SystemThreads()))
    assert isinstance(lanes.ends.get(timeout=5), ConnectionLostError)
    lanes.submit(CancelToken(SystemThreads()))
    assert lanes.ends.get(timeout=5) == ENTRY
    lanes.end()
    assert len(lanes.opened) == 2


def test_a_lane_that_waits_for_the_end_of_its_old_channel_hears_a_cancel() -> None:
    lanes = StartedLanes()
    lanes.submit(CancelToken(SystemThreads()))
    lanes.ends.get(timeout=5)
    cancel = CancelToken(SystemThreads())

    old = lanes.opened[0].stream
    old.peer_closes, old.on_close_awaited = False, cancel.cancel
    lanes.lane.drop_later()
    lanes.submit(cancel)
    assert isinstance(lanes.ends.get(timeout=5), Cancelled)
    assert len(lanes.opened) == 1
    old.peer_closes = True
    lanes.submit(CancelToken(SystemThreads()))
    assert lanes.ends.get(timeout=5) == ENTRY
    lanes.end()


def test_a_lane_sends_nothing_for_what_was_cancelled_before() -> None:
    lanes = StartedLanes()
    cancel = CancelToken(SystemThreads())
    cancel.cancel()
    lanes.submit(cancel)
    assert isinstance(lanes.ends.get(timeout=5), Cancelled)
    lanes.end()
    assert lanes.opened == []


def test_the_first_answer_of_a_person_counts() -> None:
    answer = PendingAnswer[str](SystemThreads())
    answer.give("yes")
    answer.give("no")
    assert answer.wait(ManualClock(), CancelToken(SystemThreads())) == "yes"


def test_no_answer_in_two_minutes_is_none() -> None:
    clock = ManualClock(1000)
    assert PendingAnswer[str](SystemThreads()).wait(clock, CancelToken(SystemThreads())) is None
    assert 1120 <= clock.now() <= 1121


def test_a_question_can_be_taken_back() -> None:
    cancel = CancelToken(SystemThreads())
    cancel.cancel()
    with pytest.raises(Cancelled):
        PendingAnswer[str](SystemThreads()).wait(ManualClock(), cancel)


def test_tries_grow_apart_and_end() -> None:
    back_off = BackOff(0, 200, lambda: 0.5)
    now, waits = 0.0, []
    while back_off.fail(now):
        waits.append(back_off.due - now)
        now = back_off.due
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 17], "the last one is cut short by the end"


@pytest.mark.parametrize(("random", "wait"), [(0.0, 0.5), (1.0, 1.5)])
def test_tries_are_spread(random: float, wait: float) -> None:
    back_off = BackOff(10, 100, lambda: random)
    assert back_off.due == 10
    assert back_off.fail(10)
    assert back_off.due == 10 + wait
