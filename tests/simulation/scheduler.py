"""Runs threads as greenlets of one thread of the system, in an order and a time that a seed draws.

A task is a simulated thread. It runs until it reaches a *switch point*: a lock, an event, a
mailbox, a wait of the clock, a join, or a call of the world around it (a disk, a line). There the
scheduler draws who runs next. So a task is interrupted where threads meet, and nowhere else.

*Time* is the scheduler's own. Each step takes a few microseconds of it; a task is now and then
held up for longer, as by an operating system; and if no task can run, time jumps to the
next deadline. So an hour of waiting takes no time at all, and a step is never too slow.

*The order* depends on the seed alone: not on hashes, addresses, or the garbage collector, which
is off meanwhile, as finalizers may reach switch points too.

*The end of a process* by :meth:`Scheduler.kill` is that of ``kill -9``: its tasks are left where
they are. Nothing of them runs, no ``finally`` either, until :meth:`Scheduler.unwind` unwinds them,
which belongs after all that is looked at.
"""

from __future__ import annotations

import gc
import heapq
import math
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from random import Random

import greenlet

from simulation.event_log import EventLog

MAX_STEPS = 2_000_000
"""Steps after which a run counts as one that goes round in circles."""

_STEP_SECONDS = 20e-6  # that a step takes at most
_DELAY_PROBABILITY = 0.002  # that a task does not run at once when it could
_MAX_DELAY_SECONDS = 0.050
_STICKINESS = (0.0, 0.5, 0.9)  # how likely the running task goes on, one for each seed
_FRAMES = 4  # of each task, in what is told of a deadlock


class NoProgressError(AssertionError):
    """Tells that a run does not come to its end, and where each task stands."""


class Process:
    """Groups the tasks that a kill ends together."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.is_dead = False


class Task:
    """Holds a simulated thread.

    Attributes:
        waits_for: says what it waits for; empty while it can run.
        is_done: it has come to its end.
    """

    def __init__(self, name: str, process: Process) -> None:
        self.name = name
        self.process = process
        self.waits_for = ""
        self.is_done = False
        self.was_woken = False
        self.round = 0  # of its waits, so that the deadline of an earlier one has no effect
        self.joining: list[Task] = []


class Scheduler:
    """Runs tasks until a first one is done."""

    def __init__(self, seed: int, log: EventLog) -> None:
        """Begin at time 0, with no task."""
        self.log = log
        self.time = 0.0  # seconds since the beginning
        self.steps = 0
        self._random = Random(f"order of {seed}")
        self._stickiness = self._random.choice(_STICKINESS)
        self._ready: list[Task] = []
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._at_step: tuple[int, Callable[[], None]] | None = None
        self._tasks: dict[Task, greenlet.greenlet] = {}  # that have not come to their end
        self._running: Task | None = None
        self._hub: greenlet.greenlet | None = None
        self._number = 0

    # ------------------------------------------------------------ for the world

    def run(
        self, main: Callable[[], None], name: str = "main", *, seconds: float = math.inf
    ) -> None:
        """Run a task to its end, and all that it starts beside it.

        Raises:
            NoProgressError: it does not come to an end: no task can run and none has a deadline, so
                many ``seconds`` are over, or the tasks go round in circles.
        """
        self._hub = greenlet.getcurrent()
        first = self.spawn(main, name, Process(name))
        with _without_collector():
            while not first.is_done:
                self._step(seconds)

    def spawn(self, run: Callable[[], object], name: str, process: Process) -> Task:
        """Start a task; an error that it raises ends :meth:`run`."""
        if process.is_dead:
            raise greenlet.GreenletExit
        task = Task(name, process)

        def whole() -> None:
            run()
            self._end(task)

        self._tasks[task] = greenlet.greenlet(whole, self._hub)
        self.note(f"starts {name}")
        self._ready.append(task)
        return task

    def call_in(self, seconds: float, act: Callable[[], None]) -> None:
        """Have something done after a time, between the steps of tasks; it must not wait."""
        self._number += 1
        heapq.heappush(self._timers, (self.time + seconds, self._number, act))

    def call_at_step(self, step: int, act: Callable[[], None]) -> None:
        """Have something done at a step, in place of what was to be done at another."""
        self._at_step = (step, act)

    def kill(self, process: Process) -> None:
        """End a process where it stands; not for a task of its own."""
        self.note(f"kills {process.name}")
        process.is_dead = True
        self._ready = [task for task in self._ready if task.process is not process]

    def unwind(self) -> None:
        """Unwind all tasks that have not ended; nothing that they do reaches the world any more."""
        for task in self._tasks:
            task.process.is_dead = True
        self._ready.clear()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # of coroutines that were not begun
            for task, body in list(self._tasks.items()):
                self._running = task
                with suppress(Exception):  # of a world that is no more
                    body.throw(greenlet.GreenletExit)
                assert body.dead, f"{task.name} does not end"
            self._running = None
            if self._tasks:
                self._tasks.clear()
                gc.collect()

    def living(self) -> list[str]:
        """Name the tasks that have not ended, but for those of killed processes."""
        return [task.name for task in self._tasks if not task.process.is_dead]

    def note(self, what: str) -> None:
        """Log something that the running task does."""
        task = self._running
        if task is None or not task.process.is_dead:
            self.log.add(self.time, "-" if task is None else task.name, what)

    # ------------------------------------------------------------ for tasks

    @property
    def running(self) -> Task | None:
        """Return the task that runs; ``None`` outside of all."""
        return self._running

    def switch(self) -> None:
        """Let others run, or go on: a switch point at which the task waits for nothing."""
        task = self._running
        if task is None:
            return
        self._check(task)
        if self._random.random() < self._stickiness:
            return
        self._ready.append(task)
        self._to_hub()

    def wait(self, waits_for: str, seconds: float | None = None) -> bool:
        """Have the running task wait until :meth:`wake`; false if the time was over before."""
        task = self._running
        assert task is not None, f"no task waits for {waits_for}"
        self._check(task)
        task.waits_for, task.was_woken = waits_for, False
        task.round += 1
        if seconds is not None:
            self.call_in(max(0.0, seconds), partial(self._end_wait, task, task.round))
        self._to_hub()
        return task.was_woken

    def wake(self, task: Task) -> None:
        """End a task's wait."""
        if task.waits_for and not task.process.is_dead:
            task.waits_for, task.was_woken = "", True
            self._ready.append(task)

    # ------------------------------------------------------------ inside

    def _check(self, task: Task) -> None:
        """End a task of a dead process, which runs only to be buried."""
        if task.process.is_dead:
            raise greenlet.GreenletExit

    def _to_hub(self) -> None:
        assert self._hub is not None, "tasks run within run()"
        self._hub.switch()
        assert self._running is not None
        self._check(self._running)

    def _step(self, seconds: float) -> None:
        self.steps += 1
        self.time += self._random.random() * _STEP_SECONDS
        if self._at_step is not None and self._at_step[0] <= self.steps:
            (_step, act), self._at_step = self._at_step, None
            act()
        while self._timers and (self._timers[0][0] <= self.time or not self._ready):
            due, _number, act = heapq.heappop(self._timers)
            self.time = max(self.time, due)
            act()
        if not self._ready:
            raise NoProgressError(self._where_each_stands("no task can run"))
        if self.time > seconds or self.steps > MAX_STEPS:
            raise NoProgressError(self._where_each_stands(f"{self.steps} steps, {self.time:.0f} s"))
        self._resume(self._ready.pop(self._random.randrange(len(self._ready))))

    def _resume(self, task: Task) -> None:
        if self._random.random() < _DELAY_PROBABILITY:
            self._hold_up(task)
            return
        self._running = task
        self.log.add(self.time, task.name, "runs")
        try:
            self._tasks[task].switch()
        except BaseException:
            self._end(task)
            raise
        finally:
            self._running = None

    def _hold_up(self, task: Task) -> None:
        """Let a task that could run do so a little later."""
        task.waits_for = "a processor"
        task.round += 1
        seconds = self._random.random() * _MAX_DELAY_SECONDS
        self.call_in(seconds, partial(self._end_wait, task, task.round))

    def _end_wait(self, task: Task, number: int) -> None:
        """End a task's wait as its time is over, unless it has ended before."""
        if task.waits_for and task.round == number and not task.process.is_dead:
            task.waits_for = ""
            self._ready.append(task)

    def _end(self, task: Task) -> None:
        task.is_done = True
        self._tasks.pop(task, None)
        for waiting in task.joining:
            self.wake(waiting)
        self.note("ends")

    def _where_each_stands(self, why: str) -> str:
        lines = [f"stuck at {self.time:.6f} s: {why}"]
        for task, body in self._tasks.items():
            if task.process.is_dead:
                continue
            lines.append(f"{task.name} waits for {task.waits_for or 'nothing'}:")
            stack = traceback.extract_stack(body.gr_frame) if body.gr_frame is not None else []
            told = [frame for frame in stack if "/simulation/" not in frame.filename]
            lines += [
                f"    {frame.filename}:{frame.lineno} {frame.name}" for frame in told[-_FRAMES:]
            ]
        return "\n".join(lines)


@contextmanager
def _without_collector() -> Iterator[None]:
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
