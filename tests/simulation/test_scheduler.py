"""The scheduler and its threads: order, time, locks, the ends of tasks and of processes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from ferrygate.common.threads import Lock, Mailbox
from simulation.event_log import EventLog
from simulation.scheduler import NoProgressError, Process, Scheduler
from simulation.threads import SimulatedClock, SimulatedThreads


class Machine:
    """Holds a scheduler, the threads of one process on it, and the clock."""

    def __init__(self, seed: int = 1) -> None:
        self.scheduler = Scheduler(seed, EventLog())
        self.process = Process("program")
        self.threads = SimulatedThreads(self.scheduler, self.process)
        self.clock = SimulatedClock(self.scheduler)
        self.told: list[object] = []

    def run(self, main: Callable[[], None]) -> None:
        self.scheduler.run(main)
        self.scheduler.run(lambda: self.wait(1))  # for those that are about to end
        assert self.scheduler.living() == []

    def wait(self, seconds: float) -> None:
        self.clock.wait(self.threads.event(), seconds)


def order_of(seed: int) -> list[object]:
    """Run three threads that meet at a mailbox; returns who put what, in order, and the log."""
    machine = Machine(seed)
    mailbox: Mailbox[object] = machine.threads.mailbox()

    def put(name: str) -> None:
        for number in range(5):
            mailbox.put((name, number))

    def main() -> None:
        threads = [machine.threads.spawn(partial(put, name), name) for name in "abc"]
        for thread in threads:
            thread.join(None)
        while mailbox.qsize():
            machine.told.append(mailbox.take())

    machine.run(main)
    return [*machine.told, machine.scheduler.log.digest]


def test_the_same_seed_gives_the_same_order_and_log() -> None:
    assert order_of(7) == order_of(7)


def test_other_seeds_give_other_orders() -> None:
    orders = {tuple(order_of(seed)[:-1]) for seed in range(20)}
    assert len(orders) > 15


def test_each_thread_keeps_its_own_order() -> None:
    told = order_of(3)[:-1]
    for name in "abc":
        assert [each for each in told if each in {(name, number) for number in range(5)}] == [
            (name, number) for number in range(5)
        ]


def test_time_jumps_to_the_next_deadline() -> None:
    machine = Machine()

    def wait(seconds: float) -> None:
        machine.wait(seconds)
        machine.told.append((seconds, round(machine.scheduler.time)))

    def main() -> None:
        seconds = (3600, 60, 600)
        threads = [machine.threads.spawn(partial(wait, each), f"{each}") for each in seconds]
        for thread in threads:
            thread.join(None)

    machine.run(main)
    assert machine.told == [(60, 60), (600, 600), (3600, 3600)]


def test_a_wait_is_over_once_the_event_is_set() -> None:
    machine = Machine()
    event = machine.threads.event()

    def set_later() -> None:
        machine.wait(5)
        event.set()

    def main() -> None:
        machine.threads.spawn(set_later, "sets")
        assert machine.clock.wait(event, 60)
        assert machine.clock.monotonic() < 1010

    machine.run(main)


def test_a_wait_without_its_event_takes_its_time() -> None:
    machine = Machine()

    def main() -> None:
        assert not machine.clock.wait(machine.threads.event(), 60)
        assert machine.scheduler.time >= 60

    machine.run(main)


def most_inside(seed: int) -> int:
    """Have four tasks hold a lock; returns how many held it at once, at most."""
    machine = Machine(seed)
    lock, inside = machine.threads.lock(), [0]

    def hold() -> None:
        with lock:
            inside[0] += 1
            machine.wait(0.001)
            machine.told.append(inside[0])
            inside[0] -= 1

    def main() -> None:
        for thread in [machine.threads.spawn(hold, f"{number}") for number in range(4)]:
            thread.join(None)

    machine.run(main)
    assert len(machine.told) == 4
    return max(map(int, map(str, machine.told)))


@pytest.mark.parametrize("seed", range(20))
def test_a_lock_lets_one_task_in_at_a_time(seed: int) -> None:
    assert most_inside(seed) == 1


def test_a_lock_taken_twice_is_told() -> None:
    machine = Machine()
    lock = machine.threads.lock()

    def main() -> None:
        with lock, lock:
            pass

    with pytest.raises(NoProgressError, match="main takes a lock twice"):
        machine.run(main)
    machine.scheduler.unwind()


def deadlock_of(seed: int) -> str:
    """Have two tasks take two locks, each in its own order; returns what is told of a deadlock."""
    machine = Machine(seed)
    one, other = machine.threads.lock(), machine.threads.lock()

    def take_both(first: Lock, second: Lock) -> None:
        with first, second:
            pass

    def main() -> None:
        left = machine.threads.spawn(lambda: take_both(one, other), "left")
        right = machine.threads.spawn(lambda: take_both(other, one), "right")
        left.join(None)
        right.join(None)

    try:
        machine.run(main)
    except NoProgressError as error:
        machine.scheduler.unwind()
        return str(error)
    return ""


def test_two_tasks_that_wait_for_each_other_are_told_with_their_places() -> None:
    told = next(filter(None, map(deadlock_of, range(50))))
    assert "no task can run" in told
    assert "left waits for a lock of right" in told
    assert "right waits for a lock of left" in told
    assert "test_scheduler.py" not in told  # the simulation's own frames are left out


def test_a_run_that_takes_too_long_is_told() -> None:
    machine = Machine()

    def tick() -> None:
        while True:
            machine.wait(1.0)

    def main() -> None:
        machine.threads.spawn(tick, "ticks").join(None)

    with pytest.raises(NoProgressError, match="main waits for the end of ticks"):
        machine.scheduler.run(main, seconds=100)
    machine.scheduler.unwind()


def test_a_join_with_a_limit_gives_up() -> None:
    machine = Machine()
    end = machine.threads.event()

    def main() -> None:
        thread = machine.threads.spawn(lambda: machine.clock.wait(end, 3600), "waits")
        thread.join(10)
        assert thread.is_alive()
        assert 10 <= machine.scheduler.time < 11
        end.set()
        thread.join(None)
        assert not thread.is_alive()

    machine.run(main)


def test_a_mailbox_is_waited_for_within_a_time() -> None:
    machine = Machine()
    mailbox: Mailbox[object] = machine.threads.mailbox()

    def main() -> None:
        assert mailbox.take_within(5) is None
        assert machine.scheduler.time >= 5
        machine.threads.spawn(lambda: mailbox.put("letter"), "sends")
        assert mailbox.take_within(5) == "letter"
        assert mailbox.take_within(0) is None

    machine.run(main)


def test_an_error_of_a_task_ends_the_run() -> None:
    machine = Machine()

    def fail() -> None:
        raise ZeroDivisionError

    def main() -> None:
        machine.threads.spawn(fail, "fails").join(None)

    with pytest.raises(ZeroDivisionError):
        machine.run(main)
    machine.scheduler.unwind()


def test_a_killed_process_does_nothing_more_not_even_what_is_to_be_done_in_the_end() -> None:
    machine = Machine()

    def work() -> None:
        try:
            while True:
                machine.wait(1.0)
                machine.told.append("works")
        finally:
            machine.told.append("tidies up")

    def main() -> None:
        machine.threads.spawn(work, "works")
        machine.wait(3.5)

    def end() -> None:
        machine.scheduler.kill(machine.process)
        SimulatedClock(machine.scheduler).wait(machine.threads.event(), 10)

    machine.scheduler.run(main)
    machine.scheduler.run(end)
    assert machine.told == ["works"] * 3
    machine.scheduler.unwind()
    assert machine.told == ["works"] * 3 + ["tidies up"]


def test_a_task_that_is_buried_waits_for_nothing() -> None:
    machine = Machine()
    lock, event = machine.threads.lock(), machine.threads.event()

    def work() -> None:
        with lock:
            try:
                event.wait(100)
            finally:
                event.wait(100)
                machine.told.append("never")

    def main() -> None:
        machine.threads.spawn(work, "works")
        machine.wait(1)

    machine.scheduler.run(main)
    machine.scheduler.unwind()
    assert machine.told == []
    assert machine.scheduler.living() == []
