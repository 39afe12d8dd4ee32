"""Tells why files of a batch were not moved, where the batch was ended before they were."""

from __future__ import annotations

import msgspec

from ferrygate.common.errors import Cancelled, Problem, error_for, problem_of
from ferrygate.transfers.schedule.lane import cause_of
from ferrygate.transfers.views import TransferState


class EarlyEnd(msgspec.Struct, frozen=True):
    """Holds why a batch was ended.

    Attributes:
        reason: told of its files.
        is_wished: a person took the batch back.
    """

    reason: Problem
    is_wished: bool = False


def cause_of_failure(error: BaseException, end: EarlyEnd | None) -> BaseException:
    """Return what a file or a walk failed of.

    Args:
        error: what its lane met.
        end: why the batch was ended, if it was. Without a person's wish, what was taken back
            failed of the reason: the connection was given up, say.
    """
    cause = cause_of(error, taken_back=end is not None and end.is_wished)
    if isinstance(cause, Cancelled) and end is not None and not end.is_wished:
        return error_for(end.reason)
    return cause


def problem_of_walk(error: BaseException | None, end: EarlyEnd | None) -> Problem | None:
    """Return why a walk was not whole; ``None`` if it was, or a person took it back."""
    cause = None if error is None else cause_of_failure(error, end)
    return None if cause is None or isinstance(cause, Cancelled) else problem_of(cause)


def state_of(cause: BaseException) -> TransferState:
    """Choose the state of a file that failed of this."""
    is_cancelled = isinstance(cause, Cancelled)
    return TransferState.CANCELLED if is_cancelled else TransferState.NEEDS_ATTENTION
