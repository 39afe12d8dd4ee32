"""The SSH library's errors for a connection that has ended, and their translation."""

from __future__ import annotations

from paramiko import SSHException

from ferrygate.common.byte_stream import connection_lost
from ferrygate.common.errors import ConnectionLostError

SSH_ERRORS = (SSHException, EOFError, OSError)
"""Errors that the library raises where a connection or a channel has ended."""


class WrongTagError(SSHException):
    """A packet does not bear the tag of its bytes: it was changed on the way."""


def was_damaged(error: BaseException | None) -> bool:
    """Tell whether an error that ended a connection says that a packet was changed on the way."""
    return isinstance(error, WrongTagError) or "Mismatched MAC" in str(error)  # the library's


def lost_by(error: Exception) -> ConnectionLostError:
    """Translate one of :data:`SSH_ERRORS`, which ended a channel."""
    return connection_lost(f"channel error: {type(error).__name__}")
