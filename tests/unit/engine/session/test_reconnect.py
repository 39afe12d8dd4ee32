"""When to try again after a connection was lost."""

from __future__ import annotations

from ferrygate.engine.session.reconnect import BackOff


def test_the_first_try_is_due_at_once_and_the_waits_double() -> None:
    back_off = BackOff(100.0, 900.0, lambda: 0.5)
    waits = [back_off.due - 100.0]
    for _ in range(8):
        assert back_off.fail(200.0)
        waits.append(back_off.due - 200.0)
    assert waits == [0, 1, 2, 4, 8, 16, 32, 60, 60]


def test_waits_are_spread_by_half() -> None:
    early, late = BackOff(0.0, 900.0, lambda: 0.0), BackOff(0.0, 900.0, lambda: 1.0)
    assert early.fail(0.0)
    assert late.fail(0.0)
    assert (early.due, late.due) == (0.5, 1.5)


def test_it_is_given_up_in_the_end() -> None:
    back_off = BackOff(0.0, 10.0, lambda: 0.5)
    assert back_off.fail(8.0)
    assert back_off.fail(9.5)
    assert back_off.due == 10.0, "the last try comes at the very end"
    assert not back_off.fail(10.0)


def test_a_connection_that_carried_something_is_worth_an_early_try_but_not_for_ever() -> None:
    back_off = BackOff(0.0, 10.0, lambda: 0.5)
    assert back_off.fail(1.0)
    assert back_off.begin_again(2.0)
    assert back_off.due == 2.0
    assert not back_off.begin_again(11.0)
