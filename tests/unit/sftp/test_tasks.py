"""Coroutines await futures, which bring one result, and events, which are set time and again."""

from __future__ import annotations

import weakref
from collections.abc import Callable

import pytest

from ferrygate.common.errors import Cancelled, ConnectionLostError
from ferrygate.common.message import message
from ferrygate.sftp.tasks import AutoResetEvent, Future
from support.task_runner import TaskRunner


@pytest.fixture
def runner() -> TaskRunner:
    return TaskRunner()


# ---------------------------------------------------------------- futures


def test_whoever_awaits_gets_the_result(runner: TaskRunner) -> None:
    future: Future[str] = Future()

    async def wait() -> str:
        return await future

    task = runner.begin(wait())
    assert not task.done
    future.resolve("reply")
    runner.wake(future)
    runner.go()
    assert task.result() == "reply"


def test_then_is_called_as_the_result_comes_before_anybody_is_woken(runner: TaskRunner) -> None:
    order: list[str] = []
    future: Future[str] = Future()
    future.then = lambda result: order.append(f"then {result}")

    async def wait() -> None:
        order.append(f"woken {await future}")

    _task = runner.begin(wait())
    future.resolve("reply")
    assert order == ["then reply"]
    runner.wake(future)
    runner.go()
    assert order == ["then reply", "woken reply"]


def test_then_sees_a_future_that_is_done() -> None:
    seen: list[bool] = []
    future: Future[int] = Future()
    future.then = lambda _result: seen.append(future.done)
    future.resolve(1)
    assert seen == [True]


def test_then_is_not_called_for_an_error() -> None:
    future: Future[int] = Future()
    called: list[int] = []
    future.then = called.append
    future.fail(ConnectionLostError(message("Lost.")))
    assert future.done
    assert called == []
    with pytest.raises(ConnectionLostError):
        future.result()


@pytest.mark.parametrize(
    "end",
    [
        pytest.param(lambda future: future.resolve(1), id="resolved"),
        pytest.param(lambda future: future.fail(Cancelled()), id="failed"),
    ],
)
def test_what_was_to_be_called_at_its_end_is_let_go_of_with_it(
    end: Callable[[Future[int]], None],
) -> None:
    future: Future[int] = Future()
    seen = [future]  # a circle, as where the callback goes by the future that it belongs to
    future.then = lambda _result: seen.clear()
    callback = weakref.ref(future.then)
    end(future)
    assert callback() is None


def test_a_result_of_none_is_a_result(runner: TaskRunner) -> None:
    future: Future[None] = Future()
    future.resolve(None)

    async def wait() -> str:
        await future
        return "went on"

    assert runner.begin(wait()).result() == "went on"


def test_who_is_woken_for_nothing_waits_on(runner: TaskRunner) -> None:
    future: Future[int] = Future()

    async def wait() -> int:
        return await future

    task = runner.begin(wait())
    for _time in range(3):
        runner.wake(future)
        runner.go()
    assert not task.done
    future.resolve(7)
    runner.wake(future)
    runner.go()
    assert task.result() == 7


# ---------------------------------------------------------------- events


class Woken:
    """Someone who counts how often an event woke them."""

    def __init__(self, runner: TaskRunner) -> None:
        self.changed = AutoResetEvent(runner.wake)
        self.heard = 0
        self._runner = runner

    def listen(self) -> None:
        _task = self._runner.begin(self._count())

    async def _count(self) -> None:
        while True:
            await self.changed.wait()
            self.heard += 1


def test_a_set_before_the_wait_is_not_lost(runner: TaskRunner) -> None:
    counting = Woken(runner)
    counting.changed.set()
    counting.listen()
    assert counting.heard == 1


def test_a_set_while_somebody_waits_wakes_them(runner: TaskRunner) -> None:
    counting = Woken(runner)
    counting.listen()
    for count in (1, 2, 3):
        counting.changed.set()
        runner.go()
        assert counting.heard == count


def test_sets_that_nobody_came_for_are_one(runner: TaskRunner) -> None:
    counting = Woken(runner)
    counting.listen()
    for _time in range(5):
        counting.changed.set()
    runner.go()
    assert counting.heard == 1
    counting.changed.set()
    runner.go()
    assert counting.heard == 2


def test_a_set_between_the_wake_and_the_turn_is_not_lost(runner: TaskRunner) -> None:
    """A coroutine looks around after the last set, though it was due to be woken already."""
    left = [1]
    looked: list[int] = []
    changed = AutoResetEvent(runner.wake)

    async def look_around() -> None:
        while True:
            await changed.wait()
            looked.append(left[0])

    _task = runner.begin(look_around())
    changed.set()
    left[0] = 0
    changed.set()
    runner.go()
    assert looked[-1] == 0
