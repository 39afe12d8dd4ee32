"""Reads replies, and raises for those that refuse."""

from __future__ import annotations

from typing import TypeVar

from ferrygate.common.errors import RemoteFailureError
from ferrygate.common.message import message
from ferrygate.sftp.status import error_for_status
from ferrygate.sftp.wire import (
    AttrsReply,
    Buffer,
    DataReply,
    HandleReply,
    NameReply,
    Reply,
    Status,
    StatusReply,
)

R = TypeVar("R", HandleReply, NameReply, AttrsReply)


def check_ok(reply: Reply, subject: bytes) -> None:
    """Raise unless the server said OK; ``subject`` is the path that was asked about."""
    if not (isinstance(reply, StatusReply) and reply.code == Status.OK):
        raise _unexpected(reply, subject)


def data_read(reply: Reply, path: bytes) -> Buffer | None:
    """Return the bytes a READ brought; ``None`` at the end of the file."""
    if isinstance(reply, DataReply):
        return reply.data
    if isinstance(reply, StatusReply) and reply.code == Status.EOF:
        return None
    raise _unexpected(reply, path)


def expect(kind: type[R], reply: Reply, subject: bytes) -> R:
    """Return the reply if it is of the expected kind; else raise its error."""
    if isinstance(reply, kind):
        return reply
    raise _unexpected(reply, subject)


def _unexpected(reply: Reply, subject: bytes) -> Exception:
    if isinstance(reply, StatusReply):
        return error_for_status(reply, subject)
    return RemoteFailureError(
        message("The server gave an answer that does not fit the question."),
        detail=f"unexpected {type(reply).__name__}",
    )
