"""Which files wait for a person's answer, and what an answer settles."""

from __future__ import annotations

import pytest

from ferrygate.common.entry import EntryKind
from ferrygate.transfers.conflicts import Conflicts
from ferrygate.transfers.name_conflict import FileFacts, NameConflict
from ferrygate.transfers.views import ConflictChoice, ConflictScope, SkipReason
from support.conflicts import EXISTING, NEW, conflict

FOLDER = FileFacts(EntryKind.FOLDER)
REPLACE, SKIP = ConflictChoice.REPLACE, ConflictChoice.SKIP
ALL, MET, THIS_ONE = ConflictScope.ALL, ConflictScope.MET, ConflictScope.THIS_ONE


def met(count: int, *, existing: FileFacts = EXISTING) -> Conflicts:
    conflicts = Conflicts()
    for number in range(count):
        assert conflicts.meet(conflict(f"{number}.csv", number=number, existing=existing)) is None
    return conflicts


def test_the_first_three_are_examples_and_all_are_counted() -> None:
    conflicts = met(25)
    assert len(conflicts) == 25
    assert [example.name for example in conflicts.examples] == ["0.csv", "1.csv", "2.csv"]


@pytest.mark.parametrize(
    ("scope", "count", "settled"),
    [
        (THIS_ONE, 4, [0]),
        (MET, 3, [0, 1, 2]),
        (MET, None, [0, 1, 2, 3, 4]),
        (ALL, 3, [0, 1, 2, 3, 4]),
    ],
)
def test_an_answer_settles_the_files_of_its_scope_in_the_order_met(
    scope: ConflictScope, count: int | None, settled: list[int]
) -> None:
    """Of those met, as many as the person was told of."""
    conflicts = met(5)
    assert conflicts.answer(1, REPLACE, scope, count) == [(number, REPLACE) for number in settled]
    assert len(conflicts) == 5 - len(settled)
    assert conflicts.for_all is (REPLACE if scope is ALL else None)


def test_an_answer_for_all_holds_for_those_still_to_come() -> None:
    conflicts = met(1)
    conflicts.answer(1, ConflictChoice.KEEP_BOTH, ALL, None)
    assert conflicts.meet(conflict(number=7)) is ConflictChoice.KEEP_BOTH


def test_an_answer_for_those_met_is_asked_for_again_with_the_next_one() -> None:
    conflicts = met(2)
    conflicts.answer(1, REPLACE, MET, 2)
    assert conflicts.meet(conflict(number=7)) is None
    assert (conflicts.question, len(conflicts)) == (2, 1)


def test_the_second_click_of_two_answers_nothing_that_was_not_seen() -> None:
    conflicts = met(3)
    assert conflicts.answer(1, REPLACE, THIS_ONE, 3) == [(0, REPLACE)]
    assert conflicts.answer(1, REPLACE, THIS_ONE, 3) == []
    assert [example.number for example in conflicts.examples] == [1, 2]


def test_nothing_replaces_a_folder_which_goes_on_being_asked_about() -> None:
    conflicts = Conflicts()
    for number, existing in enumerate([FOLDER, EXISTING, FileFacts(EntryKind.OTHER)]):
        conflicts.meet(conflict(number=number, existing=existing))
    assert conflicts.replaceable == 1
    for choice in (REPLACE, ConflictChoice.CHANGED):
        assert conflicts.answer(conflicts.question, choice, ALL, None)[1:] == []
    assert [example.number for example in conflicts.examples] == [0, 2]
    assert conflicts.meet(conflict(number=3, existing=FOLDER)) is None  # the answer is no help
    skipped = conflicts.answer(conflicts.question, SKIP, ALL, None)
    assert skipped == [(number, SkipReason.NAME_TAKEN) for number in (0, 2, 3)]


def test_what_is_skipped_says_whether_another_size_is_there() -> None:
    same = FileFacts(EntryKind.FILE, NEW.size)
    conflicts = Conflicts()
    for number, existing in enumerate([same, EXISTING, FileFacts()]):
        conflicts.meet(conflict(number=number, existing=existing))
    reasons = [reason for _number, reason in conflicts.answer(1, SKIP, MET, None)]
    taken, other = SkipReason.NAME_TAKEN, SkipReason.OTHER_SIZE_THERE
    assert reasons == [taken, other, taken]


def test_what_all_have_in_common_is_counted_for_those_that_wait() -> None:
    conflicts = met(2, existing=NEW)
    conflicts.meet(conflict(number=2, existing=FileFacts(EntryKind.FILE, NEW.size, 5.0)))
    conflicts.meet(conflict(number=3))
    assert (conflicts.same_size, conflicts.same_time) == (3, 2)
    conflicts.answer(1, REPLACE, THIS_ONE, None)
    assert (conflicts.same_size, conflicts.same_time, conflicts.replaceable) == (2, 1, 3)
    assert conflicts.take_all() == [1, 2, 3]
    assert (conflicts.same_size, conflicts.same_time, conflicts.replaceable) == (0, 0, 0)


@pytest.mark.parametrize(
    ("existing", "same_size", "same_time"),
    [
        (NEW, True, True),
        (FileFacts(EntryKind.FILE, NEW.size, NEW.modified and NEW.modified + 0.4), True, True),
        (FileFacts(EntryKind.FILE, NEW.size, NEW.modified and NEW.modified + 1), True, False),
        (FileFacts(EntryKind.FILE, NEW.size, 0), True, False),  # AWS says 0 where it has no time
        (FileFacts(EntryKind.FILE), False, False),
        (FileFacts(EntryKind.FOLDER, NEW.size), False, False),
    ],
)
def test_sizes_and_times_are_the_same_where_both_are_known(
    existing: FileFacts, *, same_size: bool, same_time: bool
) -> None:
    met = NameConflict(0, "a.csv", NEW, existing)
    assert (met.is_same_size, met.is_same_time) == (same_size, same_time)


def test_to_ask_again_is_no_answer() -> None:
    conflicts = met(1)
    assert conflicts.answer(1, ConflictChoice.ASK, ALL, None) == [(0, ConflictChoice.FAIL)]
