"""Makes the problem that is told where a connection was lost and is given up."""

from __future__ import annotations

from enum import Enum

import msgspec

from ferrygate.common.errors import ConnectionLostError, Problem
from ferrygate.common.message import Duration, message


class Gone(Enum):
    """Why a connection is given up."""

    NOT_BACK = "not-back"  # the server was not reached any more
    AGAIN_AND_AGAIN = "again-and-again"  # it was, and the connection never lasted
    CRAWLS = "crawls"  # the line brings next to nothing
    DAMAGED = "damaged"  # bytes are changed on the way


def given_up(why: Gone, seconds: float, last: Problem, steps: str) -> Problem:
    """Make the problem that ends a session.

    Args:
        why: what came of the connection.
        seconds: how long it was tried to bring it back.
        last: why the last try failed.
        steps: those of the sign-in that brought the connection, for support.
    """
    sentence = {
        Gone.NOT_BACK: message("The connection was lost, and has not come back within {time}."),
        Gone.AGAIN_AND_AGAIN: message("The connection was lost again and again within {time}."),
        Gone.CRAWLS: message("The line is too slow: next to nothing came for {time}."),
        Gone.DAMAGED: message("What the server sent was changed on its way, again and again."),
    }[why]
    problem = ConnectionLostError(
        sentence.filled(time=Duration(seconds)),
        next_step=message("Tell whoever looks after your network.")
        if why is Gone.DAMAGED
        else message("Try again once the server can be reached."),
        detail=f"last try: {last.sentence} {last.detail}".rstrip(),
        server_said=last.server_said,
    ).problem
    return msgspec.structs.replace(problem, steps=last.steps or steps)
