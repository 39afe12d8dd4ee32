"""Tells what the end of a channel means for each of the items that were under way on it."""

from __future__ import annotations

from collections.abc import Sequence

from ferrygate.sftp.server_silence import ServerSilentError


def errors_of(error: Exception, items: Sequence[tuple[object, bool]]) -> list[Exception]:
    """Return the error that each item ends with.

    Where the server was silent, the item that waits for the oldest request is the cause, and is not
    begun again: it would end the connection for all the others as well. Those go on.

    Args:
        error: what ended the channel.
        items: the task that moves an item, and whether it is a walk, which has more tasks.
    """
    if not isinstance(error, ServerSilentError) or error.waiter is None:
        return [error for _item in items]
    known = any(task is error.waiter for task, _is_walk in items)
    return [
        error.unanswered() if (task is error.waiter if known else is_walk) else error
        for task, is_walk in items
    ]
