"""Why files of a batch that was ended early were not moved."""

from __future__ import annotations

import pytest

from ferrygate.common.errors import (
    Cancelled,
    CannotReachError,
    ConnectionLostError,
    Kind,
    NoSpaceError,
    problem_of,
)
from ferrygate.common.message import message
from ferrygate.engine.queue.early_end import EarlyEnd, state_of
from ferrygate.transfers.views import TransferState

GIVEN_UP = EarlyEnd(CannotReachError(message("It does not answer.")).problem)
WISHED = EarlyEnd(Cancelled().problem, is_wished=True)
LOST = ConnectionLostError(message("Lost."))
FULL = NoSpaceError(message("Full."))


def test_what_a_person_took_back_is_cancelled_also_where_the_line_was_lost() -> None:
    assert isinstance(WISHED.cause_of(LOST, has_come=True), Cancelled)
    assert isinstance(WISHED.cause_of(Cancelled(), has_come=True), Cancelled)


def test_what_was_given_up_failed_of_the_reason_for_that() -> None:
    cause = GIVEN_UP.cause_of(Cancelled(), has_come=True)
    assert problem_of(cause) == GIVEN_UP.reason


@pytest.mark.parametrize("end", [EarlyEnd(), GIVEN_UP, WISHED])
def test_what_failed_by_itself_keeps_its_reason(end: EarlyEnd) -> None:
    assert end.cause_of(FULL, has_come=True) is FULL


def test_before_the_end_a_cancel_is_one() -> None:
    assert isinstance(EarlyEnd().cause_of(Cancelled(), has_come=False), Cancelled)
    assert EarlyEnd().cause_of(LOST, has_come=False) is LOST


def test_a_walk_that_was_whole_or_taken_back_has_no_problem() -> None:
    assert EarlyEnd().problem_of_walk(None, has_come=False) is None
    assert WISHED.problem_of_walk(LOST, has_come=True) is None
    assert GIVEN_UP.problem_of_walk(Cancelled(), has_come=True) == GIVEN_UP.reason
    problem = EarlyEnd().problem_of_walk(FULL, has_come=False)
    assert problem is not None
    assert problem.kind is Kind.NO_SPACE


def test_the_state_says_whether_a_person_is_to_look() -> None:
    assert state_of(Cancelled()) is TransferState.CANCELLED
    assert state_of(FULL) is TransferState.NEEDS_ATTENTION
