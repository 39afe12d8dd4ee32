"""Provides the simulated threads, and a clock of the same time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import Any, Generic, TypeVar

from ferrygate.common.threads import Event, Lock, Mailbox, RunningThread
from simulation.scheduler import NoProgressError, Process, Scheduler, Task

T = TypeVar("T")

EPOCH = 1_795_000_000.0
"""Seconds since 1970 at which a simulation begins."""


class SimulatedEvent:
    """Simulates an event that tasks set and wait for."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        self._is_set = False
        self._waiting: list[Task] = []

    def set(self) -> None:
        self._is_set = True
        waiting, self._waiting = self._waiting, []
        for task in waiting:
            self._scheduler.wake(task)
        self._scheduler.switch()

    def clear(self) -> None:
        self._scheduler.switch()
        self._is_set = False

    def is_set(self) -> bool:
        return self._is_set

    def wait(self, seconds: float | None = None, /) -> bool:
        self._scheduler.switch()
        if self._is_set:
            return True
        task = _running(self._scheduler)
        self._waiting.append(task)
        woken = self._scheduler.wait("an event", seconds)
        _leave(self._waiting, task)
        return woken or self._is_set


class SimulatedLock:
    """Simulates a lock that one task holds at a time."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        self._holder: Task | None = None
        self._waiting: list[Task] = []

    def __enter__(self) -> bool:
        self._scheduler.switch()
        task = self._scheduler.running
        if task is None:  # outside of all tasks nothing else runs
            return True
        while self._holder is not None:
            if self._holder is task:
                raise NoProgressError(f"{task.name} takes a lock twice")
            self._waiting.append(task)
            self._scheduler.wait(f"a lock of {self._holder.name}")
        self._holder = task
        return True

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
        /,
    ) -> None:
        self._holder = None
        waiting, self._waiting = self._waiting, []
        for task in waiting:
            self._scheduler.wake(task)


class SimulatedMailbox(Generic[T]):
    """Simulates a queue between tasks."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler
        self._items: deque[T] = deque()
        self._waiting: list[Task] = []

    def put(self, item: T, /) -> None:
        self._items.append(item)
        waiting, self._waiting = self._waiting, []
        for task in waiting:
            self._scheduler.wake(task)
        self._scheduler.switch()

    def take(self) -> T:
        self._scheduler.switch()
        while not self._items:
            self._waiting.append(_running(self._scheduler))
            self._scheduler.wait("a mailbox")
        return self._items.popleft()

    def take_within(self, seconds: float) -> T | None:
        self._scheduler.switch()
        end = self._scheduler.time + seconds
        while not self._items and self._scheduler.time < end:
            task = _running(self._scheduler)
            self._waiting.append(task)
            self._scheduler.wait("a mailbox", end - self._scheduler.time)
            _leave(self._waiting, task)
        return self._items.popleft() if self._items else None

    def qsize(self) -> int:
        return len(self._items)


class SimulatedThread:
    """Stands for a task that others may wait for."""

    def __init__(self, scheduler: Scheduler, task: Task) -> None:
        self._scheduler = scheduler
        self._task = task

    def join(self, seconds: float | None, /) -> None:
        self._scheduler.switch()
        if not self._task.is_done:
            waiting = _running(self._scheduler)
            self._task.joining.append(waiting)
            self._scheduler.wait(f"the end of {self._task.name}", seconds)
            _leave(self._task.joining, waiting)

    def is_alive(self) -> bool:
        return not self._task.is_done


class SimulatedThreads:
    """Starts the threads of one process."""

    def __init__(self, scheduler: Scheduler, process: Process) -> None:
        self._scheduler = scheduler
        self._process = process

    def spawn(self, run: Callable[[], object], name: str) -> RunningThread:
        task = self._scheduler.spawn(run, name, self._process)
        self._scheduler.switch()
        return SimulatedThread(self._scheduler, task)

    def event(self) -> Event:
        return SimulatedEvent(self._scheduler)

    def lock(self) -> Lock:
        return SimulatedLock(self._scheduler)

    def mailbox(self) -> Mailbox[Any]:
        return SimulatedMailbox(self._scheduler)


class SimulatedClock:
    """Tells the scheduler's time, in which the machine is never suspended."""

    def __init__(self, scheduler: Scheduler) -> None:
        self._scheduler = scheduler

    def now(self) -> float:
        return EPOCH + self._scheduler.time

    def monotonic(self) -> float:
        return 1000.0 + self._scheduler.time

    def suspended(self) -> float:
        return 0.0

    def wait(self, event: Event, seconds: float) -> bool:
        return event.wait(max(0.0, seconds))


def _running(scheduler: Scheduler) -> Task:
    task = scheduler.running
    assert task is not None, "only tasks wait"
    return task


def _leave(waiting: list[Task], task: Task) -> None:
    """Take a task out of those that wait, unless whoever woke it has done so."""
    if task in waiting:
        waiting.remove(task)
