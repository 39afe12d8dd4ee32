from __future__ import annotations

from ferrygate.sftp.timers import Timers


def test_futures_resolve_in_the_order_of_their_times() -> None:
    timers = Timers()
    late, soon, as_soon = timers.at(5.0), timers.at(1.0), timers.at(1.0)
    assert timers.next == 1.0
    assert list(timers.resolved(0.9)) == []
    assert list(timers.resolved(4.0)) == [soon, as_soon]
    assert soon.done
    assert as_soon.done
    assert not late.done
    assert timers.next == 5.0


def test_nothing_is_left_of_cleared_timers() -> None:
    timers = Timers()
    forgotten = timers.at(1.0)
    timers.clear()
    assert timers.next is None
    assert list(timers.resolved(2.0)) == []
    assert not forgotten.done
