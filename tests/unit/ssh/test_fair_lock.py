"""A fair lock goes to the thread that has waited longest."""

from __future__ import annotations

import threading

from ferrygate.ssh.fair_lock import FairLock


def test_a_thread_that_takes_it_again_at_once_waits_its_turn() -> None:
    lock, log, pause = FairLock(), list[str](), threading.Event()

    def note(name: str) -> None:
        with lock:
            log.append(name)

    lock.acquire()
    others = []
    for name in ("first", "second"):
        others.append(threading.Thread(target=note, args=(name,)))
        others[-1].start()
        while len(lock._waiting) < len(others):
            pause.wait(0.001)
    lock.release()
    with lock:
        log.append("again")
    for other in others:
        other.join()
    assert log == ["first", "second", "again"]


def test_one_thread_at_a_time() -> None:
    lock, inside, most = FairLock(), list[int](), list[int]()

    def work() -> None:
        for number in range(200):
            with lock:
                inside.append(number)
                most.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 800


def test_a_thread_that_holds_it_may_take_it_again() -> None:
    lock, log = FairLock(), list[str]()

    def note() -> None:
        with lock:
            log.append("other")

    with lock:
        other = threading.Thread(target=note)
        other.start()
        with lock:
            log.append("inner")
        log.append("outer")
    other.join()
    assert log == ["inner", "outer", "other"]
