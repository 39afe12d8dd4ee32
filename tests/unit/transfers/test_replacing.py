"""The slots of files that overwrite others."""

from __future__ import annotations

from functools import partial

from ferrygate.common.threads import SystemThreads
from ferrygate.transfers.replacing import MAX_REPLACING, ReplaceSlots


def test_few_have_one_and_the_others_get_theirs_in_their_order() -> None:
    slots, woken = ReplaceSlots(SystemThreads()), list[int]()
    assert all(slots.acquire(number) for number in range(MAX_REPLACING))
    assert not slots.acquire(100)
    for number in (100, 101, 102):
        slots.wait(number, partial(woken.append, number))
    slots.release(3)
    assert woken == [100]
    slots.release(101)  # it waits no longer
    slots.release(100)
    assert woken == [100, 102]
    assert slots.acquire(102)


def test_who_has_one_keeps_it_and_takes_no_second_one() -> None:
    slots = ReplaceSlots(SystemThreads())
    for _again in range(20):
        assert slots.acquire(7)
    assert all(slots.acquire(number) for number in range(MAX_REPLACING - 1))


def test_a_slot_that_is_free_by_now_is_not_waited_for() -> None:
    woken = list[int]()
    ReplaceSlots(SystemThreads()).wait(7, partial(woken.append, 7))
    assert woken == [7]


def test_who_has_none_gives_none_back() -> None:
    slots = ReplaceSlots(SystemThreads())
    for number in range(MAX_REPLACING):
        slots.acquire(number)
    slots.release(100)
    assert not slots.acquire(101)


class _LastMoment(ReplaceSlots):
    """Has all slots given back as soon as one was refused, as another thread may do."""

    def acquire(self, number: int) -> bool:
        is_taken = super().acquire(number)
        if not is_taken:
            for holder in range(MAX_REPLACING):
                self.release(holder)
        return is_taken


def test_slots_that_are_given_back_as_one_begins_to_wait_are_not_missed() -> None:
    slots, woken = _LastMoment(SystemThreads()), list[int]()
    for number in range(MAX_REPLACING):
        slots.acquire(number)
    slots.wait(100, partial(woken.append, 100))
    is_free = ReplaceSlots.acquire(slots, 200)
    assert woken == [100] or not is_free
