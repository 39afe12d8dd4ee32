"""Names the breaker's answers to one who wants to attempt a sign-in."""

from __future__ import annotations

from enum import Enum


class Gate(Enum):
    """Holds the breaker's word to one who wants to attempt a sign-in."""

    OPEN = "open"  # the lease is yours
    BUSY = "busy"  # another attempt is under way
    ASK = "ask"  # only with a person's word
    SHUT = "shut"  # not even then
