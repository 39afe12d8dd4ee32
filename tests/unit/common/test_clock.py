from __future__ import annotations

import threading
import time

from ferrygate.common.clock import SystemClock


def test_the_clocks_are_the_machine_s() -> None:
    clock = SystemClock()
    before = time.time(), time.monotonic()
    assert clock.now() >= before[0]
    assert clock.monotonic() >= before[1]


def test_waiting_ends_when_the_event_is_set_or_the_time_is_over() -> None:
    event = threading.Event()
    assert not SystemClock().wait(event, -1)
    assert not SystemClock().wait(event, 0.001)
    event.set()
    assert SystemClock().wait(event, 60)
