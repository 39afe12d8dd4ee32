"""Turns the end of a command into an exit code for the shell."""

from __future__ import annotations

from enum import IntEnum

from ferrygate.common.errors import Kind


class Exit(IntEnum):
    """Names the exit statuses; click uses 2 for wrong usage as well."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    REFUSED = 3
    HOST_KEY = 4
    UNREACHABLE = 5
    STOPPED = 6
    INTERRUPTED = 130  # 128 and SIGINT, as shells say it


_BY_KIND = {
    Kind.CANCELLED: Exit.INTERRUPTED,
    Kind.CANNOT_REACH: Exit.UNREACHABLE,
    Kind.CODE_NEEDED: Exit.USAGE,
    Kind.CODE_NOT_SET_UP: Exit.REFUSED,
    Kind.CODE_SECRET: Exit.USAGE,
    Kind.CONNECTION_FILE: Exit.USAGE,
    Kind.CONNECTION_LOST: Exit.UNREACHABLE,
    Kind.HOST_KEY_CHANGED: Exit.HOST_KEY,
    Kind.HOST_KEY_UNKNOWN: Exit.HOST_KEY,
    Kind.LOCK_OUT_BREAKER: Exit.STOPPED,
    Kind.LOCK_OUT_SHUT: Exit.STOPPED,
    Kind.PASSPHRASE_MISSING: Exit.USAGE,
    Kind.PASSWORD_EXPIRED: Exit.REFUSED,
    Kind.PRIVATE_KEY: Exit.USAGE,
    Kind.PROMPT_UNANSWERED: Exit.USAGE,
    Kind.SECRETS_MISSING: Exit.USAGE,
    Kind.SERVER_BUSY: Exit.UNREACHABLE,
    Kind.SERVER_SILENT: Exit.UNREACHABLE,
    Kind.SERVER_UNUSABLE: Exit.UNREACHABLE,
    Kind.SETTINGS: Exit.USAGE,
    Kind.SIGN_IN_METHOD: Exit.REFUSED,
    Kind.SIGN_IN_REFUSED: Exit.REFUSED,
    Kind.SIGN_IN_UNANSWERED: Exit.REFUSED,
    Kind.USAGE: Exit.USAGE,
}


def exit_for(kind: Kind) -> Exit:
    """Return the exit status for a kind of problem; 1 if no other fits."""
    return _BY_KIND.get(kind, Exit.FAILED)
