from __future__ import annotations

import threading

import pytest

from ferrygate.common.threads import Event, Mailbox, SystemThreads

FOREVER = 60.0  # seconds, for what comes at once
THREADS = SystemThreads()


def test_a_spawned_thread_runs_beside_the_one_that_spawned_it() -> None:
    seen: Mailbox[tuple[str, bool]] = THREADS.mailbox()

    def run() -> None:
        seen.put((threading.current_thread().name, threading.current_thread().daemon))

    running = THREADS.spawn(run, "worker")
    assert seen.take_within(FOREVER) == ("worker", True)
    running.join(FOREVER)
    assert not running.is_alive()


def test_a_join_ends_when_its_time_is_over() -> None:
    end = THREADS.event()
    running = THREADS.spawn(lambda: end.wait(FOREVER), "worker")
    running.join(0.001)
    assert running.is_alive()
    end.set()
    running.join(None)
    assert not running.is_alive()


def test_an_event_is_set_until_it_is_cleared() -> None:
    event: Event = THREADS.event()
    assert not event.is_set()
    assert not event.wait(0)
    event.set()
    assert event.wait(FOREVER)
    event.clear()
    assert not event.is_set()


def test_a_lock_is_held_by_one_at_a_time() -> None:
    lock = THREADS.lock()
    steps: Mailbox[str] = THREADS.mailbox()

    def run() -> None:
        with lock:
            steps.put("second")

    with lock:
        running = THREADS.spawn(run, "worker")
        running.join(0.01)
        steps.put("first")
    running.join(FOREVER)
    assert [steps.take(), steps.take()] == ["first", "second"]


def test_a_lock_is_let_go_of_when_its_work_fails() -> None:
    lock = THREADS.lock()
    with pytest.raises(ZeroDivisionError), lock:
        raise ZeroDivisionError
    with lock:
        pass


def test_a_mailbox_gives_in_the_order_in_which_it_was_filled() -> None:
    mailbox: Mailbox[int] = THREADS.mailbox()
    for number in range(3):
        mailbox.put(number)
    assert mailbox.qsize() == 3
    assert [mailbox.take() for _ in range(3)] == [0, 1, 2]
    assert mailbox.qsize() == 0


def test_an_empty_mailbox_gives_nothing_once_the_time_is_over() -> None:
    mailbox: Mailbox[int] = THREADS.mailbox()
    assert mailbox.take_within(0) is None
    assert mailbox.take_within(0.001) is None


def test_a_mailbox_wakes_the_thread_that_waits_for_it() -> None:
    there: Mailbox[str] = THREADS.mailbox()
    back: Mailbox[str] = THREADS.mailbox()
    running = THREADS.spawn(lambda: back.put(there.take()), "worker")
    there.put("word")
    assert back.take_within(FOREVER) == "word"
    running.join(FOREVER)
