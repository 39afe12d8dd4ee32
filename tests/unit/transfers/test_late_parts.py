"""Which handles of lost connections count as open, and until when."""

from __future__ import annotations

import msgspec
import pytest

from ferrygate.common.entry import Entry, EntryKind
from ferrygate.common.threads import SystemThreads
from ferrygate.transfers.late_parts import LateParts, OldHandle
from support.fake_clock import ManualClock

PATH = b"/inbox/a.csv"
OURS = (100, 1)  # size and time of the local file


def entry(size: int | None, modified: int = 5) -> Entry:
    return Entry(b"a.csv", EntryKind.FILE, size, modified)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(1000.0)


@pytest.fixture
def late(clock: ManualClock) -> LateParts:
    return LateParts(clock.monotonic, 330, SystemThreads())


def lose(late: LateParts, **changes: object) -> OldHandle:
    """One handle is lost just now."""
    handle = OldHandle(sent=100, until=late.now() + late.seconds, version=OURS)
    handle = msgspec.structs.replace(handle, **changes)
    late.lost(PATH, handle)
    return handle


def test_a_handle_counts_until_the_patience_is_over_and_then_until_it_was_asked_about(
    late: LateParts, clock: ManualClock
) -> None:
    handle = lose(late)
    assert late.until(PATH) == handle.until == 1330.0
    late.settle(PATH)
    assert late.until(PATH) == handle.until
    clock.time = 1331.0
    assert late.until(PATH) == handle.until  # nobody has asked
    late.settle(PATH)
    assert late.until(PATH) is None


def test_a_part_that_was_seen_closes_its_handle(late: LateParts) -> None:
    lose(late)
    assert late.see(PATH, entry(40))
    assert late.until(PATH) is None


@pytest.mark.parametrize("there", [entry(101), entry(None)])
def test_what_cannot_be_the_part_closes_nothing(late: LateParts, there: Entry) -> None:
    lose(late)
    assert not late.see(PATH, there)
    assert late.until(PATH) is not None


@pytest.mark.parametrize(("there", "is_part"), [(entry(40), False), (entry(40, 6), True)])
def test_what_stood_there_before_is_not_the_part(
    late: LateParts, there: Entry, *, is_part: bool
) -> None:
    lose(late, before=entry(40))
    assert late.see(PATH, there) is is_part


def test_where_nobody_knows_what_stood_there_only_the_time_decides(late: LateParts) -> None:
    lose(late, told=False)
    assert not late.see(PATH, entry(40))


def test_a_part_of_one_of_several_handles_proves_nothing_about_any(late: LateParts) -> None:
    lose(late)
    handle = lose(late, sent=80, until=1400.0)
    for _look in range(3):
        late.see(PATH, entry(40))
    assert late.until(PATH) == handle.until
    late.see(PATH, entry(90))  # too large for the second one
    assert late.until(PATH) == handle.until
    late.see(PATH, entry(70))
    assert late.until(PATH) is None


def test_a_handle_of_which_nobody_knows_may_have_put_the_part_there_as_well(
    late: LateParts,
) -> None:
    doubtful = lose(late, told=False)
    handle = lose(late, sent=200, until=1400.0)
    late.see(PATH, entry(40))
    assert late.until(PATH) == handle.until
    late.see(PATH, entry(150))  # too large for the other one
    assert late.until(PATH) == doubtful.until


def test_a_file_that_was_delivered_meanwhile_is_not_taken_for_the_part(late: LateParts) -> None:
    handle = lose(late)
    late.settle(PATH)
    assert not late.see(PATH, entry(100, 6))
    assert late.until(PATH) == handle.until
    assert late.see(PATH, entry(40, 7), ours=100)
    assert late.until(PATH) is None


def test_each_part_over_a_delivered_file_is_one_handle_less(late: LateParts) -> None:
    lose(late)
    lose(late, sent=80, until=1400.0)
    assert late.see(PATH, entry(40), ours=100)
    assert late.until(PATH) == 1400.0
    assert not late.see(PATH, entry(100), ours=100)
    assert late.see(PATH, entry(90), ours=100)  # it may have been the second that came first
    assert late.until(PATH) is None
    assert not late.see(PATH, entry(30), ours=100)


def test_a_handle_whose_file_is_whole_does_no_harm(late: LateParts) -> None:
    lose(late, whole=True)
    assert late.until(PATH) is not None
    assert late.until(PATH, OURS) is None
    assert late.until(PATH, (100, 2)) is not None  # the local file was changed since


def test_a_part_of_another_version_may_look_like_the_file(late: LateParts) -> None:
    lose(late)
    assert not late.may_hide(PATH, 100, OURS)
    assert late.may_hide(PATH, 100, (100, 2))
    assert not late.may_hide(PATH, 101, (101, 2))


def test_a_server_that_never_shows_parts_late_has_nothing_to_be_waited_for(
    clock: ManualClock,
) -> None:
    late = LateParts(clock.monotonic, 0, SystemThreads())
    lose(late)
    assert late.until(PATH) is None


def test_parts_are_waited_for_a_moment_once_there_is_a_connection(
    late: LateParts, clock: ManualClock
) -> None:
    late.connected()
    assert late.look_until == 1005.0
    late.seconds = 2
    clock.time = 2000.0
    late.connected()
    assert late.look_until == 2002.0


def test_handles_that_nobody_asks_about_are_forgotten_in_the_end(
    late: LateParts, clock: ManualClock
) -> None:
    lose(late)
    clock.time += 8000
    late.lost(b"/other", OldHandle(sent=1, until=clock.time + 330))
    assert late.until(PATH) is None
