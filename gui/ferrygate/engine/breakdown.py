"""Words the failure of the engine's own thread, and hands other threads' errors to that one."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from ferrygate.common.errors import Kind, Problem, problem_of
from ferrygate.common.inbox import Callback
from ferrygate.common.message import message


def breakdown() -> Problem:
    """Word the failure, in advance: making words may be what fails."""
    return Problem(
        kind=Kind.INTERNAL,
        sentence=message("Something unexpected went wrong in Ferrygate, and it cannot go on."),
        next_step=message("Start it again. Copy the details and send them to support."),
    )


def with_cause(problem: Problem, error: BaseException) -> Problem:
    """Add the error's type and place, for support."""
    return msgspec.structs.replace(problem, detail=problem_of(error).detail)


def handed_to(post: Callable[[Callback], object]) -> Callable[[BaseException], None]:
    """Return a callback by which an unforeseen error of another thread is raised on the engine's.

    Args:
        post: has something done on the engine's thread.
    """

    def hand_over(error: BaseException) -> None:
        def raise_there() -> None:
            raise error

        post(raise_there)

    return hand_over
