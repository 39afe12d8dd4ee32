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
from ferrygate.engine.queue.early_end import EarlyEnd, cause_of_failure, problem_of_walk, state_of
from ferrygate.transfers.views import TransferState

GIVEN_UP = EarlyEnd(CannotReachError(message("It does not answer.")).problem)
WISHED = EarlyEnd(Cancelled().problem, is_wished=True)
LOST = ConnectionLostError(message("Lost."))
FULL = NoSpaceError(message("Full."))


def test_what_a_person_took_back_is_cancelled_also_where_the_line_was_lost() -> None:
    assert isinstance(cause_of_failure(LOST, WISHED), Cancelled)
    assert isinstance(cause_of_failure(Cancelled(), WISHED), Cancelled)


def test_what_was_given_up_failed_of_the_reason_for_that() -> None:
    cause = cause_of_failure(Cancelled(), GIVEN_UP)
    assert problem_of(cause) == GIVEN_UP.reason


@pytest.mark.parametrize("end", [None, GIVEN_UP, WISHED])
def test_what_failed_by_itself_keeps_its_reason(end: EarlyEnd | None) -> None:
    assert cause_of_failure(FULL, end) is FULL


def test_before_the_end_a_cancel_is_one() -> None:
    assert isinstance(cause_of_failure(Cancelled(), None), Cancelled)
    assert cause_of_failure(LOST, None) is LOST


def test_a_walk_that_was_whole_or_taken_back_has_no_problem() -> None:
    assert problem_of_walk(None, None) is None
    assert problem_of_walk(LOST, WISHED) is None
    assert problem_of_walk(Cancelled(), GIVEN_UP) == GIVEN_UP.reason
    problem = problem_of_walk(FULL, None)
    assert problem is not None
    assert problem.kind is Kind.NO_SPACE


def test_the_state_says_whether_a_person_is_to_look() -> None:
    assert state_of(Cancelled()) is TransferState.CANCELLED
    assert state_of(FULL) is TransferState.NEEDS_ATTENTION
