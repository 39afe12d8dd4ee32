"""Makes the errors for a server that does not answer, or next to nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ferrygate.common.errors import ConnectionLostError, Kind, UnansweredError
from ferrygate.common.message import Duration, Message, message, plural_message
from ferrygate.sftp.tasks import Future
from ferrygate.sftp.wire import Type

# Requests that change nothing on the server, so that they may be given up without a look at what
# became of them. An OPEN for writing does, and the upload that sent it looks after it.
_CHANGES_NOTHING = {
    Type.OPEN,
    Type.READ,
    Type.LSTAT,
    Type.FSTAT,
    Type.OPENDIR,
    Type.READDIR,
    Type.STAT,
}


class ServerSilentError(ConnectionLostError):
    """A channel has ended since the server did not answer on it, though it may elsewhere.

    Attributes:
        waiter: the task that waits for the request which is unanswered for longest; ``None`` where
            that changes something on the server, and may have been done.
    """

    kind = Kind.SERVER_SILENT

    def __init__(
        self, sentence: Message, *, next_step: Message | None, detail: str, waiter: object | None
    ) -> None:
        super().__init__(sentence, next_step=next_step, detail=detail)
        self.waiter = waiter

    def unanswered(self) -> UnansweredError:
        """Make the error of the one request, for callers whom the channel's end does not matter."""
        problem = self.problem
        return UnansweredError(problem.sentence, next_step=problem.next_step, detail=problem.detail)


class ServerSlowError(ServerSilentError):
    """A server answers, and so slowly that to ask again would take as long for as little."""


def too_slow(seconds: float, answers: int) -> ServerSlowError:
    """Make the error for a server from which next to nothing comes.

    Args:
        seconds: for how long answers were due.
        answers: how many came meanwhile.
    """
    sentence = plural_message(
        "The server is too slow: {count} answer came in {time}.",
        "The server is too slow: {count} answers came in {time}.",
        answers,
    )
    return ServerSlowError(
        sentence.filled(time=Duration(round(seconds))),
        next_step=message("Try again later, or tell your contact."),
        detail=f"{answers} answers in {seconds:.0f} s",
        waiter=None,
    )


def silent(seconds: float, unanswered: Iterable[Future[Any]]) -> ServerSilentError:
    """Make the error for a server that does not answer.

    Args:
        seconds: for how long nothing came.
        unanswered: the replies that are due, in the order of asking; the sentence names the first
            that a task waits for.
    """
    due = [*unanswered, Future[Any]()]
    oldest = next((future for future in due if future.waiter is not None), due[0])
    asked = oldest.asked
    if asked == Type.OPEN:
        sentence = message("The server did not answer for {time} when it was asked to open a file.")
    elif asked in {Type.OPENDIR, Type.READDIR}:
        sentence = message(
            "The server did not answer for {time} when it was asked what a folder holds."
        )
    elif asked == Type.CLOSE:
        sentence = message("The server did not answer for {time} when it was asked to keep a file.")
    else:
        sentence = message("The server did not answer for {time}.")
    name = Type(asked).name if asked else "INIT"
    return ServerSilentError(
        sentence.filled(time=Duration(round(seconds))),
        next_step=message("Try again later, or tell your contact."),
        detail=f"no answer to {name} for {seconds:.0f} s",
        waiter=oldest.waiter if asked in _CHANGES_NOTHING else None,
    )
