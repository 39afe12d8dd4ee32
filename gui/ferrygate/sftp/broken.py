"""A connection that has ended: how the SSH library says so, and how the product does."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ferrygate.common.errors import ConnectionLostError, Kind, UnansweredError
from ferrygate.common.lean_imports import Versions, replaced
from ferrygate.common.message import Duration, Message, message, plural_message
from ferrygate.sftp.tasks import Future
from ferrygate.sftp.wire import Type

# The first module to load the library, by way of the engine. It takes a third of the time without
# what would run the programs that an ssh_config names, and without a mail reader for its version.
with replaced("invoke", None), replaced("importlib.metadata", Versions()):
    from paramiko import SSHException

BROKEN = (SSHException, EOFError, OSError)
"""Errors that the library raises where a connection or a channel has ended."""


# What may be given up without a look at what became of it. An OPEN to write is looked after by
# who sent it.
_CHANGES_NOTHING = {
    Type.OPEN,
    Type.READ,
    Type.LSTAT,
    Type.FSTAT,
    Type.OPENDIR,
    Type.READDIR,
    Type.STAT,
}


def lost(detail: str) -> ConnectionLostError:
    """The error for it; ``detail`` is for support."""
    return ConnectionLostError(message("The connection to the server was lost."), detail=detail)


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
        """The error of the one request, where its channel's end is not what matters."""
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
    """The error for a server that has owed an answer for so long.

    Args:
        seconds: how long nothing came.
        unanswered: the replies that are due, in the order of asking; the first that a task waits
            for is what the server is silent about.
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


class WrongTagError(SSHException):
    """A packet does not bear the tag of its bytes: it was changed on the way."""


def was_damaged(error: BaseException | None) -> bool:
    """Tell whether an error that ended a connection says that a packet was changed on the way."""
    return isinstance(error, WrongTagError) or "Mismatched MAC" in str(error)  # the library's
